-- SPDX-License-Identifier: EUPL-1.2
-- Filings without account, filings recorded for another, and when the ways to file were down.

-- Not derived: who holds a case that was opened without account. The token itself is shown once.
CREATE TABLE claim (
    token_sha256 BLOB PRIMARY KEY,
    case_id TEXT NOT NULL UNIQUE,
    filing_id TEXT NOT NULL,        -- the one that opened the case
    points INTEGER NOT NULL,        -- how much of it agreed with the register when it came; a hint, no decision
    created_ms INTEGER NOT NULL,
    person_id TEXT,                 -- who took the case over; NULL: nobody yet
    taken_ms INTEGER
) WITHOUT ROWID;
CREATE INDEX claim_by_age ON claim (created_ms);

-- Derived: filings that an officer recorded for who filed them. From whom they came stands in the filing alone.
CREATE TABLE intake (
    filing_id TEXT PRIMARY KEY,
    case_id TEXT NOT NULL,
    office_kind TEXT NOT NULL,
    channel TEXT
) WITHOUT ROWID;
CREATE INDEX intake_by_case ON intake (case_id);

-- Not derived: each run of the node. seen_ms is renewed every few seconds; without stopped_ms the node did not end in order.
CREATE TABLE uptime (
    id INTEGER PRIMARY KEY,
    started_ms INTEGER NOT NULL,
    seen_ms INTEGER NOT NULL,
    stopped_ms INTEGER
);

-- Not derived: when the node was down or took no filings, as it found itself.
CREATE TABLE downtime (
    id INTEGER PRIMARY KEY,
    from_ms INTEGER NOT NULL,
    to_ms INTEGER,                  -- NULL: it lasts
    kind TEXT NOT NULL,             -- crash, stop, readonly
    note TEXT
);
CREATE INDEX downtime_by_end ON downtime (to_ms, from_ms);

-- Derived: outages that an office declared, one a case.
CREATE TABLE outage (
    case_id TEXT PRIMARY KEY,
    filing_id TEXT NOT NULL,
    from_ms INTEGER NOT NULL,
    to_ms INTEGER                   -- NULL: it lasts
) WITHOUT ROWID;
CREATE INDEX outage_by_end ON outage (to_ms, from_ms);
