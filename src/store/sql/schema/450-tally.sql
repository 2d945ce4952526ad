-- SPDX-License-Identifier: EUPL-1.2
-- How many cases and entities there are of each kind, and which, without walking through all; and the register by parts of names.

-- Derived: what lists of cases filter by, each combination that occurs, and how many cases stand alike in it (service/tally.c keeps it).
CREATE TABLE desk_tally (
    id INTEGER PRIMARY KEY,
    workspace TEXT NOT NULL,
    is_open INTEGER NOT NULL,
    is_owned INTEGER NOT NULL,
    procedure TEXT NOT NULL,
    state TEXT NOT NULL,
    sectors TEXT NOT NULL,              -- JSON array
    offices TEXT NOT NULL,
    flags TEXT NOT NULL,
    owed_by TEXT NOT NULL,
    opened_by TEXT NOT NULL,
    cases INTEGER NOT NULL,             -- never 0
    UNIQUE (workspace, is_open, is_owned, procedure, state, sectors, offices, flags, owed_by, opened_by)
);

-- The queue's rows again, with a rowid: they are long, and keyed by text few would fit on an inner page of the tree (schema/100-filing.sql).
CREATE TABLE desk_row (
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
    is_owned INTEGER NOT NULL DEFAULT 0,
    tally INTEGER NOT NULL DEFAULT 0    -- desk_tally.id; 0: not counted yet
);
INSERT INTO desk_tally (workspace, is_open, is_owned, procedure, state, sectors, offices, flags, owed_by, opened_by, cases)
SELECT workspace, is_open, is_owned, procedure, state, coalesce(sectors, '[]'), offices, flags, owed_by, opened_by, count(*)
FROM desk_case GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10;
INSERT INTO desk_row (case_id, workspace, procedure, entity_id, sectors, state, is_open, offices, is_closed, opened_by, flags, owed_by, next_due_ms, late_ms,
                      opened_ms, changed_ms, last_seq, plain_version, plain_changed_ms, plain_due_ms, owner, backup, assigned_by, is_owned, tally)
SELECT d.case_id, d.workspace, d.procedure, d.entity_id, d.sectors, d.state, d.is_open, d.offices, d.is_closed, d.opened_by, d.flags, d.owed_by, d.next_due_ms, d.late_ms,
       d.opened_ms, d.changed_ms, d.last_seq, d.plain_version, d.plain_changed_ms, d.plain_due_ms, d.owner, d.backup, d.assigned_by, d.is_owned, t.id
FROM desk_case d JOIN desk_tally t ON t.workspace = d.workspace AND t.is_open = d.is_open AND t.is_owned = d.is_owned AND t.procedure = d.procedure
     AND t.state = d.state AND t.sectors = coalesce(d.sectors, '[]') AND t.offices = d.offices AND t.flags = d.flags AND t.owed_by = d.owed_by AND t.opened_by = d.opened_by
ORDER BY d.last_seq;
DROP TABLE desk_case;
ALTER TABLE desk_row RENAME TO desk_case;
CREATE INDEX desk_queue ON desk_case (workspace, is_owned, next_due_ms, case_id) WHERE is_open = 1;
CREATE INDEX desk_newest ON desk_case (workspace, opened_ms, case_id) WHERE is_open = 1;
CREATE INDEX desk_changed ON desk_case (workspace, changed_ms, case_id);
CREATE INDEX desk_owner ON desk_case (owner, next_due_ms, case_id) WHERE owner IS NOT NULL;
CREATE INDEX desk_backup ON desk_case (backup, next_due_ms, case_id) WHERE backup IS NOT NULL;
CREATE INDEX desk_assigned ON desk_case (assigned_by) WHERE assigned_by IS NOT NULL;
CREATE INDEX desk_plain ON desk_case (entity_id, plain_changed_ms, case_id);
CREATE INDEX desk_alike ON desk_case (tally);

-- Derived: the same of the register.
CREATE TABLE entity_tally (
    id INTEGER PRIMARY KEY,
    status TEXT NOT NULL,
    class TEXT NOT NULL,                -- decided, else proposed; empty: neither
    sectors TEXT NOT NULL,              -- JSON array
    entities INTEGER NOT NULL,          -- never 0
    UNIQUE (status, class, sectors)
);
ALTER TABLE entity ADD COLUMN tally INTEGER NOT NULL DEFAULT 0; -- entity_tally.id
INSERT INTO entity_tally (status, class, sectors, entities)
SELECT status, coalesce(class, class_proposed, ''), coalesce(sectors, '[]'), count(*) FROM entity GROUP BY 1, 2, 3;
UPDATE entity SET tally = (SELECT t.id FROM entity_tally t WHERE t.status = entity.status AND t.class = coalesce(entity.class, entity.class_proposed, '')
                           AND t.sectors = coalesce(entity.sectors, '[]'));
CREATE INDEX entity_alike ON entity (tally);

-- Derived: each name from each of its letters on, 12 letters of it: part of a name is found by a range (service/entity_part.c).
CREATE TABLE entity_part (
    part TEXT NOT NULL,
    entity_id TEXT NOT NULL,
    PRIMARY KEY (part, entity_id)
) WITHOUT ROWID;
INSERT INTO entity_part (part, entity_id)
WITH RECURSIVE letter (id, name, at) AS (
    SELECT id, name_folded, 1 FROM entity WHERE name_folded <> ''
    UNION ALL SELECT id, name, at + 1 FROM letter WHERE at < length(name))
SELECT DISTINCT substr(name, at, 12), id FROM letter;
