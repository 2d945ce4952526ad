-- SPDX-License-Identifier: EUPL-1.2
-- The record (enduring) and what is derived from it (can be rebuilt).

-- Enduring: one row a filing, in log order. Header and effects are canonical JSON, made once.
CREATE TABLE record (
    seq INTEGER PRIMARY KEY,        -- position in the log, from 0
    filing_id TEXT NOT NULL UNIQUE,
    entry BLOB NOT NULL,            -- 32 bytes: the record commitment
    header TEXT NOT NULL,           -- canonical JSON array of [name, value] of the committed header items
    header_salts BLOB NOT NULL,     -- 32 bytes an item, in the same order
    names TEXT NOT NULL,            -- canonical JSON array: the form's field names in form order
    sealed BLOB NOT NULL,           -- one sealed item after another: u32 length (LE), ciphertext of salt and value
    commitments BLOB NOT NULL,      -- 32 bytes a field, in form order; they stay when a key is erased
    effects TEXT NOT NULL           -- canonical JSON: what the decision changed
);

-- Enduring, with a life of its own: erasing a field deletes its row here.
CREATE TABLE field_key (
    record_seq INTEGER NOT NULL,
    item INTEGER NOT NULL,
    key BLOB NOT NULL,
    PRIMARY KEY (record_seq, item)
) WITHOUT ROWID;

-- Enduring: which fields were erased, by which filing.
CREATE TABLE erasure (
    record_seq INTEGER NOT NULL,
    item INTEGER NOT NULL,
    filing_id TEXT NOT NULL,
    erased_ms INTEGER NOT NULL,
    PRIMARY KEY (record_seq, item)
) WITHOUT ROWID;

-- The log's Merkle tree: every complete node. Derived from record.entry, kept for proofs and tiles.
CREATE TABLE tree_node (
    level INTEGER NOT NULL,
    idx INTEGER NOT NULL,
    hash BLOB NOT NULL,
    PRIMARY KEY (level, idx)
) WITHOUT ROWID;

-- Heads that keys signed. kind 'latest' is for receipts, 'published' for everybody; one row of each an origin.
CREATE TABLE tree_head (
    origin TEXT NOT NULL,
    kind TEXT NOT NULL,
    size INTEGER NOT NULL,
    note TEXT NOT NULL,
    signed_ms INTEGER NOT NULL,
    PRIMARY KEY (origin, kind)
) WITHOUT ROWID;

-- Law packs in use, archived by content.
CREATE TABLE pack_archive (
    hash BLOB PRIMARY KEY,
    description TEXT NOT NULL,      -- JSON: id, version, files of each pack
    content BLOB NOT NULL,          -- zstd of the files
    loaded_ms INTEGER NOT NULL
) WITHOUT ROWID;

-- Derived from here on, except where a table says otherwise.

-- Tables with long rows have a rowid: keyed by text without one, few rows would fit on an inner page of the tree, and each
-- step into it would cost more pages the more cases there are. What is long stands last: lists read past nothing.

CREATE TABLE entity (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    name_folded TEXT NOT NULL,
    identifier TEXT,                -- national number
    status TEXT NOT NULL,           -- pending, registered, refused, closed, merged, ...
    class TEXT,                     -- decided by a person
    class_proposed TEXT,            -- computed
    sectors TEXT,                   -- JSON array; NULL where none is known
    types TEXT NOT NULL,            -- JSON array of entity types
    version INTEGER NOT NULL,
    created_ms INTEGER NOT NULL,
    changed_ms INTEGER NOT NULL,
    profile TEXT NOT NULL           -- JSON object: register attribute to value
);
CREATE INDEX entity_by_name ON entity (name_folded, id);
CREATE INDEX entity_by_identifier ON entity (identifier, id) WHERE identifier IS NOT NULL;

CREATE TABLE case_file (
    id TEXT NOT NULL PRIMARY KEY,
    procedure TEXT NOT NULL,
    workspace TEXT NOT NULL,
    entity_id TEXT,
    sectors TEXT,                   -- JSON array; NULL where none is known
    state TEXT NOT NULL,
    version INTEGER NOT NULL,
    next_due_ms INTEGER NOT NULL,   -- earliest open duty, or 9223372036854775807
    opened_ms INTEGER NOT NULL,
    changed_ms INTEGER NOT NULL,
    last_seq INTEGER NOT NULL,
    content TEXT NOT NULL           -- JSON: the case as the law sees it
);
CREATE INDEX case_by_due ON case_file (workspace, next_due_ms, id);
CREATE INDEX case_by_entity ON case_file (entity_id, changed_ms, id);

CREATE TABLE duty (
    case_id TEXT NOT NULL,
    ordinal INTEGER NOT NULL,
    duty TEXT NOT NULL,
    document TEXT,
    owed_by TEXT NOT NULL,
    entity_id TEXT,
    procedure TEXT NOT NULL,        -- of the case, so that a list need not look the case up
    workspace TEXT NOT NULL,
    sectors TEXT,                   -- JSON array; NULL where none is known
    due_ms INTEGER NOT NULL,        -- the earlier reading, or 9223372036854775807
    due_latest_ms INTEGER NOT NULL, -- the later reading
    done_ms INTEGER,
    content TEXT NOT NULL,          -- JSON: the duty as the law states it
    PRIMARY KEY (case_id, ordinal)
);
CREATE INDEX duty_open ON duty (workspace, due_ms, case_id, ordinal) WHERE done_ms IS NULL;
CREATE INDEX duty_open_of_entity ON duty (entity_id, due_ms, case_id, ordinal) WHERE done_ms IS NULL;

CREATE TABLE filing (
    seq INTEGER PRIMARY KEY,        -- of its record
    id TEXT NOT NULL UNIQUE,
    case_id TEXT NOT NULL,
    entity_id TEXT,
    workspace TEXT NOT NULL,
    procedure TEXT NOT NULL,
    document TEXT NOT NULL,
    filer_role TEXT NOT NULL,
    filer TEXT NOT NULL,            -- pseudonym
    received_ms INTEGER NOT NULL,
    recorded_ms INTEGER NOT NULL
);
CREATE INDEX filing_by_case ON filing (case_id, seq);
CREATE INDEX filing_by_entity ON filing (entity_id, seq);

CREATE TABLE proposal (
    filing_id TEXT NOT NULL,
    ordinal INTEGER NOT NULL,
    case_id TEXT NOT NULL,
    content TEXT NOT NULL,          -- JSON: recipient, fields, article, reason
    PRIMARY KEY (case_id, filing_id, ordinal)
);

-- Not derived: what is to be sent, and whether it was.
CREATE TABLE outbox (
    id INTEGER PRIMARY KEY,
    filing_id TEXT NOT NULL,
    case_id TEXT NOT NULL,
    content TEXT NOT NULL,          -- JSON: to, kind, article
    created_ms INTEGER NOT NULL,
    next_ms INTEGER NOT NULL,       -- when to try (again); 9223372036854775807 once done
    attempts INTEGER NOT NULL DEFAULT 0,
    sent_ms INTEGER,
    failure TEXT
);
CREATE INDEX outbox_due ON outbox (next_ms, id);

-- Not derived: answers to repeated requests.
CREATE TABLE idempotency (
    person_id TEXT NOT NULL,
    key TEXT NOT NULL,
    request_hash BLOB NOT NULL,
    filing_id TEXT NOT NULL,
    created_ms INTEGER NOT NULL,
    PRIMARY KEY (person_id, key)
) WITHOUT ROWID;
CREATE INDEX idempotency_by_age ON idempotency (created_ms);

-- Not derived: attachments, encrypted in chunks; the key stands apart so that it can be erased.
CREATE TABLE attachment (
    id TEXT PRIMARY KEY,
    person_id TEXT NOT NULL,
    name TEXT NOT NULL,
    media_type TEXT NOT NULL,
    size_bytes INTEGER NOT NULL,
    sha256 BLOB NOT NULL,
    case_id TEXT,                   -- set when a filing refers to it
    filing_id TEXT,
    created_ms INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX attachment_by_case ON attachment (case_id, id);
CREATE INDEX attachment_unfiled ON attachment (created_ms) WHERE filing_id IS NULL;
CREATE TABLE attachment_chunk (
    attachment_id TEXT NOT NULL,
    ordinal INTEGER NOT NULL,
    sealed BLOB NOT NULL,
    PRIMARY KEY (attachment_id, ordinal)
) WITHOUT ROWID;
CREATE TABLE attachment_key (
    attachment_id TEXT PRIMARY KEY,
    key BLOB NOT NULL
) WITHOUT ROWID;

-- Not derived: drafts, encrypted for their author; they expire.
CREATE TABLE draft (
    id TEXT PRIMARY KEY,
    person_id TEXT NOT NULL,
    version INTEGER NOT NULL,
    sealed BLOB NOT NULL,
    changed_ms INTEGER NOT NULL,
    expires_ms INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX draft_by_person ON draft (person_id, changed_ms, id);
CREATE INDEX draft_by_expiry ON draft (expires_ms);
