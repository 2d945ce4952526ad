-- SPDX-License-Identifier: EUPL-1.2
-- The daily work at a desk: what stands in its queue, who may see what of a case, who works on it and who is away.

-- Derived: the roles that see the filing, with blanks between; NULL: whoever sees the case. And the office that filed it.
ALTER TABLE filing ADD COLUMN seen_by TEXT;
ALTER TABLE filing ADD COLUMN office TEXT;
-- Derived: the same for a duty.
ALTER TABLE duty ADD COLUMN seen_by TEXT;

-- Derived: one short row a case, so that a queue reads nothing else. Lists in a text have a blank before and after each word.
CREATE TABLE desk_case (
    case_id TEXT NOT NULL PRIMARY KEY,
    workspace TEXT NOT NULL,
    procedure TEXT NOT NULL,
    entity_id TEXT,
    sectors TEXT,                       -- JSON array; NULL where none is known
    state TEXT NOT NULL,
    is_open INTEGER NOT NULL,           -- the state is not final
    offices TEXT NOT NULL,              -- kinds of office that the case reaches
    is_closed INTEGER NOT NULL,         -- to its entity
    opened_by TEXT NOT NULL,            -- the document
    flags TEXT NOT NULL,                -- that are set and that all offices may see
    owed_by TEXT NOT NULL,              -- roles with an open duty
    next_due_ms INTEGER NOT NULL,       -- earliest open duty, or 9223372036854775807
    late_ms INTEGER NOT NULL,           -- when the first of them counts as late, or 9223372036854775807
    opened_ms INTEGER NOT NULL,
    changed_ms INTEGER NOT NULL,
    last_seq INTEGER NOT NULL,
    plain_version INTEGER NOT NULL,     -- as one sees it who sees no document that only some see
    plain_changed_ms INTEGER NOT NULL,
    plain_due_ms INTEGER NOT NULL,
    owner TEXT,                         -- persons; NULL: nobody yet
    backup TEXT,
    assigned_by TEXT,                   -- the filing that said so
    is_owned INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE INDEX desk_queue ON desk_case (workspace, is_owned, next_due_ms, case_id) WHERE is_open = 1;
CREATE INDEX desk_newest ON desk_case (workspace, opened_ms, case_id) WHERE is_open = 1;
CREATE INDEX desk_changed ON desk_case (workspace, changed_ms, case_id);
CREATE INDEX desk_owner ON desk_case (owner, next_due_ms, case_id) WHERE owner IS NOT NULL;
CREATE INDEX desk_backup ON desk_case (backup, next_due_ms, case_id) WHERE backup IS NOT NULL;
CREATE INDEX desk_assigned ON desk_case (assigned_by) WHERE assigned_by IS NOT NULL;
CREATE INDEX desk_plain ON desk_case (entity_id, plain_changed_ms, case_id);

-- Derived: cases that belong together. Each pair has two rows, one for either end.
CREATE TABLE desk_link (
    case_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    other TEXT NOT NULL,
    is_to INTEGER NOT NULL,             -- 1: the link goes from case_id to other
    filing_id TEXT NOT NULL,
    seen_by TEXT,                       -- as of the filing
    PRIMARY KEY (case_id, kind, other, is_to)
) WITHOUT ROWID;

-- Not derived: up to where a person has read a case.
CREATE TABLE desk_mark (
    person_id TEXT NOT NULL,
    case_id TEXT NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (person_id, case_id)
) WITHOUT ROWID;

-- Not derived: a person's shifts. Since when she is on one, and since when things are new to her.
CREATE TABLE desk_shift (
    person_id TEXT NOT NULL PRIMARY KEY,
    begun_ms INTEGER,                   -- NULL: on none
    since_ms INTEGER NOT NULL           -- end of the shift before
) WITHOUT ROWID;

-- Not derived: who is away, and who stands in.
CREATE TABLE desk_absence (
    id TEXT NOT NULL PRIMARY KEY,
    person_id TEXT NOT NULL,
    from_ms INTEGER NOT NULL,
    until_ms INTEGER NOT NULL,
    deputy TEXT,                        -- NULL: the backup of each case
    noted_by TEXT NOT NULL,
    noted_ms INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX desk_absence_of ON desk_absence (person_id, until_ms);

-- Derived: words of fields that the law calls searchable, as HMACs under the node's secret: no text of a filing stands here.
-- Erasing a field deletes its rows.
CREATE TABLE search_word (
    workspace INTEGER NOT NULL,         -- 0 desk, 1 supervision: each finds its own alone
    word BLOB NOT NULL,                 -- 8 bytes
    seq INTEGER NOT NULL,               -- of the record
    item INTEGER NOT NULL,              -- of the form's fields
    PRIMARY KEY (workspace, word, seq, item)
) WITHOUT ROWID;
-- Which words a field gave, to delete them by.
CREATE INDEX search_word_of_field ON search_word (seq, item);

-- Cases of before; `varde rebuild` says it exactly.
INSERT INTO desk_case (case_id, workspace, procedure, entity_id, sectors, state, is_open, offices, is_closed, opened_by, flags,
                       owed_by, next_due_ms, late_ms, opened_ms, changed_ms, last_seq, plain_version, plain_changed_ms, plain_due_ms)
SELECT c.id, c.workspace, c.procedure, c.entity_id, c.sectors, c.state, 1, CASE c.workspace WHEN 'desk' THEN ' csirt ca ' ELSE ' ca ' END, 0,
       coalesce((SELECT f.document FROM filing f WHERE f.case_id = c.id ORDER BY f.seq LIMIT 1), ''), ' ', ' ', c.next_due_ms,
       c.next_due_ms, c.opened_ms, c.changed_ms, c.last_seq, c.version, c.changed_ms, c.next_due_ms
FROM case_file c;
