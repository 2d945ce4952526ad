-- SPDX-License-Identifier: EUPL-1.2
-- What a filing of one case keeps others from.

-- Derived: one row a filing and key.
CREATE TABLE case_lock (
    filing_id TEXT NOT NULL,
    lock TEXT NOT NULL,             -- name in the law
    key TEXT NOT NULL,              -- values of the case's facts
    case_id TEXT NOT NULL,
    until_ms INTEGER NOT NULL,
    PRIMARY KEY (filing_id, lock, key)
) WITHOUT ROWID;
CREATE INDEX case_lock_by_key ON case_lock (lock, key, until_ms);
