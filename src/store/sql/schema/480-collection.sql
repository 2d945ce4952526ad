-- SPDX-License-Identifier: EUPL-1.2
-- Collections: what a node keeps of the extracts that other states' nodes make of their registers, and who may read it.

-- Derived: what each state handed in last.
CREATE TABLE collection_sender (
    extract TEXT NOT NULL,
    state TEXT NOT NULL,
    case_id TEXT NOT NULL,          -- in which all of it is handed in
    filing_id TEXT NOT NULL,
    office TEXT NOT NULL,           -- that handed it in
    version TEXT NOT NULL,
    made_ms INTEGER NOT NULL,       -- at the state's node
    received_ms INTEGER NOT NULL,
    total INTEGER NOT NULL,         -- entries that the state says it has
    has_more INTEGER NOT NULL,
    signature TEXT NOT NULL,        -- verified, unknown_key, none
    PRIMARY KEY (extract, state)
);

-- Derived: entries, from the attachments of filings.
CREATE TABLE collection_entry (
    extract TEXT NOT NULL,
    state TEXT NOT NULL,
    entity_id TEXT NOT NULL,        -- as the state's node names it
    filing_id TEXT NOT NULL,        -- with which it came as it is now
    attachment_id TEXT NOT NULL,
    received_ms INTEGER NOT NULL,
    name TEXT NOT NULL,
    folded TEXT NOT NULL,           -- of the name
    types TEXT NOT NULL,            -- JSON array
    content TEXT NOT NULL,          -- JSON object: the attributes
    PRIMARY KEY (extract, state, entity_id)
);
CREATE INDEX collection_entry_name ON collection_entry (extract, folded, state, entity_id);
CREATE INDEX collection_entry_filing ON collection_entry (filing_id);

-- Derived: texts by which entries may be alike.
CREATE TABLE collection_key (
    extract TEXT NOT NULL,
    key TEXT NOT NULL,
    state TEXT NOT NULL,
    entity_id TEXT NOT NULL,
    PRIMARY KEY (extract, key, state, entity_id)
);
CREATE INDEX collection_key_entry ON collection_key (extract, state, entity_id);

-- Derived: what a person said of two entries; ONE comes before OTHER.
CREATE TABLE collection_pair (
    extract TEXT NOT NULL,
    one TEXT NOT NULL,              -- BE:E0123456789abcdef
    other TEXT NOT NULL,
    verdict TEXT NOT NULL,          -- same, different
    filing_id TEXT NOT NULL,
    PRIMARY KEY (extract, one, other)
);

-- Derived: which office may read within which bounds.
CREATE TABLE collection_grant (
    filing_id TEXT NOT NULL PRIMARY KEY,
    case_id TEXT NOT NULL,
    extract TEXT NOT NULL,
    office TEXT NOT NULL,
    bounds TEXT NOT NULL,           -- JSON: {"states","sectors","types","withheld"}
    granted_ms INTEGER NOT NULL,
    until_ms INTEGER NOT NULL,
    ended_ms INTEGER                -- NULL: in force until its end
);
CREATE INDEX collection_grant_office ON collection_grant (extract, office);
CREATE INDEX collection_grant_case ON collection_grant (case_id);

-- The field of a peer's entry that holds the verifier key of its node; derived like the rest of the table.
ALTER TABLE peer ADD COLUMN key_field TEXT;
