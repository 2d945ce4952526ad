-- SPDX-License-Identifier: EUPL-1.2
-- Parties of cases: the many whom one case concerns, each with a part of its own.

-- Derived. One row a party: an entity, or a case under a case that stands over many.
CREATE TABLE case_party (
    case_id TEXT NOT NULL,
    party TEXT NOT NULL,            -- E... or C...
    state TEXT NOT NULL,            -- of the party's part
    joined_seq INTEGER NOT NULL,    -- log position of the filing by which it became a party
    joined_ms INTEGER NOT NULL,
    left_seq INTEGER,               -- and by which it ceased to be one
    version INTEGER NOT NULL,
    changed_ms INTEGER NOT NULL,
    content TEXT,                   -- JSON: its part as the law sees it; NULL until it files
    PRIMARY KEY (case_id, party)
);
CREATE INDEX case_party_by_state ON case_party (case_id, state, party) WHERE left_seq IS NULL;
CREATE INDEX case_party_by_party ON case_party (party, case_id);

-- Derived. What each party owes, once for all of them: nothing is written for a party until it has done it.
CREATE TABLE party_duty (
    case_id TEXT NOT NULL,
    ordinal INTEGER NOT NULL,       -- in the case's party_duties
    duty TEXT NOT NULL,
    opened_seq INTEGER NOT NULL,
    of_joined INTEGER NOT NULL,     -- 1: of those that joined by the filing that opened it; 0: of all that were parties then
    due_ms INTEGER NOT NULL,        -- the earlier reading, or 9223372036854775807
    due_latest_ms INTEGER NOT NULL,
    closed_ms INTEGER,
    content TEXT NOT NULL,          -- JSON: the duty as the law states it
    PRIMARY KEY (case_id, ordinal)
);

-- Derived. Which party has done which of them.
CREATE TABLE party_duty_done (
    case_id TEXT NOT NULL,
    ordinal INTEGER NOT NULL,
    party TEXT NOT NULL,
    done_ms INTEGER NOT NULL,
    PRIMARY KEY (case_id, ordinal, party)
) WITHOUT ROWID;

-- What is still to be done for many parties, in order, a few hundred at a time. Derived where kind is 'add' (a rebuild adds
-- all parties at once); not derived where it is 'message'.
CREATE TABLE party_task (
    id INTEGER PRIMARY KEY,
    case_id TEXT NOT NULL,
    filing_id TEXT NOT NULL,
    seq INTEGER NOT NULL,           -- log position of the filing
    kind TEXT NOT NULL,             -- add, message
    content TEXT NOT NULL,          -- JSON: the operation; for add with its parties
    cursor TEXT NOT NULL            -- message: the last party that was told
);
CREATE INDEX party_task_by_case ON party_task (case_id, id);

-- A case of many parties has as many filings: what offices filed in it is found without them, and what one party filed too.
CREATE INDEX filing_of_offices ON filing (case_id, seq) WHERE filer_role <> 'party';
CREATE INDEX filing_of_party ON filing (case_id, entity_id, seq) WHERE filer_role = 'party';

-- Derived. What selections of the register look for, one row a value: sector, type, class (decided, else proposed), size, service
-- (a state where services are provided), product (supplier and product in lower case), contact ('mail': someone can be written to).
ALTER TABLE entity ADD COLUMN size TEXT; -- as the program assessed it; NULL where it is not determined
CREATE INDEX entity_by_status ON entity (status, id);
CREATE TABLE entity_trait (
    kind TEXT NOT NULL,
    value TEXT NOT NULL,
    entity_id TEXT NOT NULL,
    PRIMARY KEY (kind, value, entity_id)
) WITHOUT ROWID;
CREATE INDEX entity_trait_of ON entity_trait (entity_id);

-- Not derived, kept for two days: whom a selection found when an officer looked, so that what is sent can be held against it.
CREATE TABLE selection_preview (
    version TEXT PRIMARY KEY NOT NULL, -- hash over the entities found
    criteria TEXT NOT NULL,
    entities TEXT NOT NULL,            -- JSON array, sorted
    created_ms INTEGER NOT NULL
);
CREATE INDEX selection_preview_by_age ON selection_preview (created_ms);
