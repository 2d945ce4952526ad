-- SPDX-License-Identifier: EUPL-1.2
-- What is let out and what is held back. Everything here is derived from the record: filings say it, these tables find it.

-- Derived: freezes (spills) and holds, in force until they are lifted or their time is over.
CREATE TABLE block (
    filing_id TEXT NOT NULL,        -- that placed it
    ordinal INTEGER NOT NULL,       -- of the operation
    case_id TEXT NOT NULL,
    kind TEXT NOT NULL,             -- freeze, hold
    target TEXT,                    -- filing; NULL: the whole case
    until_ms INTEGER NOT NULL,      -- or 9223372036854775807
    placed_ms INTEGER NOT NULL,
    lifted_by TEXT,                 -- filing
    lifted_ms INTEGER,
    office TEXT NOT NULL,           -- kind of office, or entity, that placed it
    content TEXT NOT NULL,          -- JSON: the operation
    PRIMARY KEY (filing_id, ordinal)
);
CREATE INDEX block_by_case ON block (case_id) WHERE lifted_by IS NULL;

-- Derived: markings that were raised or lowered after filing; the last one counts.
CREATE TABLE marking (
    target TEXT NOT NULL,           -- filing
    name TEXT NOT NULL,             -- field; empty: the filing as a whole
    case_id TEXT NOT NULL,
    label TEXT NOT NULL,
    audience TEXT,                  -- JSON array of names; NULL: whoever is in the case
    basis TEXT,
    set_by TEXT NOT NULL,           -- filing
    office TEXT NOT NULL,           -- kind of office of the one who set it
    PRIMARY KEY (target, name)
);
CREATE INDEX marking_by_case ON marking (case_id);

-- Derived: what was released to whom, and what became of it. Also what was held or refused: released_ms is then NULL.
CREATE TABLE disclosure (
    release_id TEXT NOT NULL,       -- filing that released (or held, or refused) it
    recipient TEXT NOT NULL,        -- "state:FR", "body:enisa", "office:spoc"
    case_id TEXT NOT NULL,
    source_id TEXT NOT NULL,        -- filing that is disclosed
    state TEXT NOT NULL,            -- held, refused, released, handed_over, acknowledged, answered, recalled, destroyed
    released_ms INTEGER,
    changed_ms INTEGER NOT NULL,
    last_filing TEXT NOT NULL,      -- that brought it into its state
    recalled_by TEXT,               -- filing: a recall or a spill
    content TEXT NOT NULL,          -- JSON: the operation of the release
    PRIMARY KEY (release_id, recipient)
);
CREATE INDEX disclosure_by_case ON disclosure (case_id, release_id, recipient);
CREATE INDEX disclosure_by_source ON disclosure (source_id);

-- Derived: narrow sets that may be released without an officer, until a day.
CREATE TABLE standing (
    filing_id TEXT NOT NULL PRIMARY KEY,
    case_id TEXT NOT NULL,
    until_ms INTEGER NOT NULL,
    revoked_by TEXT,
    content TEXT NOT NULL           -- JSON: the operation
);

-- Derived: other states and bodies, and how they are reached. Addresses stay in the filing.
CREATE TABLE peer (
    name TEXT NOT NULL PRIMARY KEY, -- "state:FR", "body:enisa"
    way TEXT NOT NULL,              -- node, documents
    filing_id TEXT NOT NULL,
    changed_ms INTEGER NOT NULL
);
