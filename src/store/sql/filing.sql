-- SPDX-License-Identifier: EUPL-1.2
-- What is derived from the record: cases, duties, filings, proposals.

-- name: case_get
-- takes id; gives id, procedure, workspace, entity_id, sectors, state, content, version, next_due_ms, opened_ms, changed_ms,
-- last_seq, offices, is_closed, plain_version, plain_changed_ms, plain_due_ms, owner, backup
SELECT c.id, c.procedure, c.workspace, c.entity_id, c.sectors, c.state, c.content, c.version, c.next_due_ms, c.opened_ms,
       c.changed_ms, c.last_seq, d.offices, d.is_closed, d.plain_version, d.plain_changed_ms, d.plain_due_ms, d.owner, d.backup
FROM case_file c JOIN desk_case d ON d.case_id = c.id WHERE c.id = $1;

-- name: case_version
-- takes id; gives version
SELECT version FROM case_file WHERE id = $1;

-- name: cases_of_entity
-- takes entity_id, procedure; gives id, state of the cases of that procedure, last changed first
SELECT id, state FROM case_file WHERE entity_id = $1 AND procedure = $2 ORDER BY changed_ms DESC, id DESC LIMIT 250;

-- name: case_put
-- takes id, procedure, workspace, entity_id, sectors, state, content, version, next_due_ms, opened_ms, changed_ms, last_seq
INSERT INTO case_file (id, procedure, workspace, entity_id, sectors, state, content, version, next_due_ms, opened_ms,
                       changed_ms, last_seq)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
ON CONFLICT (id) DO UPDATE SET workspace = excluded.workspace, entity_id = excluded.entity_id, sectors = excluded.sectors, state = excluded.state,
    content = excluded.content, version = excluded.version, next_due_ms = excluded.next_due_ms,
    changed_ms = excluded.changed_ms, last_seq = excluded.last_seq;

-- name: case_page_due
-- Next due first. Takes next_due_ms and id after which to go on, number of rows, workspace, what bounds the reader (JSON:
-- [{"k":" csirt ","s":[sectors]|null}]), procedure or NULL, state or NULL
-- gives id, procedure, workspace, entity_id, sectors, state, version, next_due_ms, opened_ms, changed_ms, entity name,
-- offices, is_closed
SELECT c.id, c.procedure, c.workspace, c.entity_id, c.sectors, c.state, c.version, c.next_due_ms, c.opened_ms,
       c.changed_ms, e.name, d.offices, d.is_closed
FROM case_file c JOIN desk_case d ON d.case_id = c.id LEFT JOIN entity e ON e.id = c.entity_id
WHERE c.workspace = $4 AND (c.next_due_ms, c.id) > ($1, $2)
  AND EXISTS (SELECT 1 FROM json_each($5) b WHERE instr(d.offices, b.value ->> 'k') > 0
              AND (b.value ->> 's' IS NULL OR EXISTS (SELECT 1 FROM json_each(d.sectors) s, json_each(b.value ->> 's') x WHERE s.value = x.value)))
  AND ($6 IS NULL OR c.procedure = $6)
  AND ($7 IS NULL OR c.state = $7)
ORDER BY c.next_due_ms, c.id LIMIT $3;

-- name: case_few_due
-- The same, where few fit: these are found by their tallies, and sorted.
SELECT c.id, c.procedure, c.workspace, c.entity_id, c.sectors, c.state, c.version, c.next_due_ms, c.opened_ms,
       c.changed_ms, e.name, d.offices, d.is_closed
FROM desk_tally t CROSS JOIN desk_case d CROSS JOIN case_file c LEFT JOIN entity e ON e.id = c.entity_id
WHERE t.workspace = $4 AND d.tally = t.id AND c.id = d.case_id AND (c.next_due_ms, c.id) > ($1, $2)
  AND EXISTS (SELECT 1 FROM json_each($5) b WHERE instr(t.offices, b.value ->> 'k') > 0
              AND (b.value ->> 's' IS NULL OR EXISTS (SELECT 1 FROM json_each(t.sectors) s, json_each(b.value ->> 's') x WHERE s.value = x.value)))
  AND ($6 IS NULL OR t.procedure = $6)
  AND ($7 IS NULL OR t.state = $7)
ORDER BY c.next_due_ms, c.id LIMIT $3;

-- name: case_situation
-- Those changed last first. Takes number of rows, workspace, what bounds the reader (as case_page_due)
-- gives id, procedure, workspace, entity_id, sectors, state, next_due_ms, content, offices, is_closed
SELECT c.id, c.procedure, c.workspace, c.entity_id, c.sectors, c.state, c.next_due_ms, c.content, d.offices, d.is_closed
FROM desk_case d CROSS JOIN case_file c
WHERE d.workspace = $2 AND c.id = d.case_id
  AND EXISTS (SELECT 1 FROM json_each($3) b WHERE instr(d.offices, b.value ->> 'k') > 0
              AND (b.value ->> 's' IS NULL OR EXISTS (SELECT 1 FROM json_each(d.sectors) s, json_each(b.value ->> 's') x WHERE s.value = x.value)))
ORDER BY d.changed_ms DESC, d.case_id DESC LIMIT $1;

-- name: case_page_of_entity
-- Its own, and those in which it is a party. Takes changed_ms and id before which to go on, number of rows, entity_id
-- gives the columns of case_page_due
SELECT * FROM (
    SELECT c.id, c.procedure, c.workspace, c.entity_id, c.sectors, c.state, c.version, c.next_due_ms, c.opened_ms, c.changed_ms, e.name,
           d.offices, d.is_closed
    FROM case_file c JOIN desk_case d ON d.case_id = c.id LEFT JOIN entity e ON e.id = c.entity_id
    WHERE c.entity_id = $4 AND (c.changed_ms, c.id) < ($1, $2)
    UNION ALL
    SELECT c.id, c.procedure, c.workspace, p.party, c.sectors, c.state, c.version, c.next_due_ms, c.opened_ms, c.changed_ms, e.name,
           d.offices, 0
    FROM case_party p JOIN case_file c ON c.id = p.case_id JOIN desk_case d ON d.case_id = c.id LEFT JOIN entity e ON e.id = p.party
    WHERE p.party = $4 AND p.left_seq IS NULL AND (c.changed_ms, c.id) < ($1, $2)) AS own
ORDER BY changed_ms DESC, id DESC LIMIT $3;

-- name: case_page_of_entity_plain
-- The same for one who sees no document that only some see: to her such a document changed nothing.
SELECT * FROM (
    SELECT d.case_id AS id, d.procedure, d.workspace, d.entity_id, d.sectors, d.state, d.plain_version, d.plain_due_ms, d.opened_ms,
           d.plain_changed_ms AS changed_ms, e.name, d.offices, d.is_closed
    FROM desk_case d LEFT JOIN entity e ON e.id = d.entity_id
    WHERE d.entity_id = $4 AND (d.plain_changed_ms, d.case_id) < ($1, $2)
    UNION ALL
    SELECT d.case_id, d.procedure, d.workspace, p.party, d.sectors, d.state, d.plain_version, d.plain_due_ms, d.opened_ms,
           d.plain_changed_ms, e.name, d.offices, 0
    FROM case_party p JOIN desk_case d ON d.case_id = p.case_id LEFT JOIN entity e ON e.id = p.party
    WHERE p.party = $4 AND p.left_seq IS NULL AND (d.plain_changed_ms, d.case_id) < ($1, $2)) AS own
ORDER BY changed_ms DESC, id DESC LIMIT $3;

-- name: duty_clear
-- takes case_id
DELETE FROM duty WHERE case_id = $1;

-- name: duty_add
-- takes case_id, ordinal, duty, document, owed_by, entity_id, workspace, sectors, due_ms, due_latest_ms, done_ms, content, procedure,
-- seen_by
INSERT INTO duty (case_id, ordinal, duty, document, owed_by, entity_id, workspace, sectors, due_ms, due_latest_ms, done_ms,
                  content, procedure, seen_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14);

-- name: duty_page
-- Open duties, next due first. Takes due_ms, case_id, ordinal after which to go on, number of rows, workspace, bounds as
-- case_page_due, owed_by or NULL, latest due_ms; gives case_id, ordinal, entity_id, due_ms, due_latest_ms, content, entity name,
-- procedure, workspace, sectors, offices, is_closed, seen_by, name of the case's owner
SELECT d.case_id, d.ordinal, d.entity_id, d.due_ms, d.due_latest_ms, d.content, e.name, d.procedure, d.workspace, d.sectors,
       c.offices, c.is_closed, d.seen_by, o.name
FROM duty d JOIN desk_case c ON c.case_id = d.case_id LEFT JOIN entity e ON e.id = d.entity_id LEFT JOIN person o ON o.id = c.owner
WHERE d.done_ms IS NULL AND d.workspace = $5 AND (d.due_ms, d.case_id, d.ordinal) > ($1, $2, $3)
  AND EXISTS (SELECT 1 FROM json_each($6) b WHERE instr(c.offices, b.value ->> 'k') > 0
              AND (d.seen_by IS NULL OR instr(' ' || d.seen_by || ' ', b.value ->> 'r') > 0)
              AND (b.value ->> 's' IS NULL OR EXISTS (SELECT 1 FROM json_each(d.sectors) s, json_each(b.value ->> 's') x WHERE s.value = x.value)))
  AND ($7 IS NULL OR d.owed_by = $7) AND d.due_ms <= $8
ORDER BY d.due_ms, d.case_id, d.ordinal LIMIT $4;

-- name: duty_page_of_entity
-- Those of its cases, and what it owes as a party of others (their ordinals begin at 1000000)
-- takes due_ms, case_id, ordinal after which to go on, number of rows, entity_id, owed_by or NULL, latest due_ms
-- gives the columns of duty_page but the owner's name
SELECT * FROM (
    SELECT d.case_id, d.ordinal, d.entity_id, d.due_ms AS due_ms, d.due_latest_ms, d.content, e.name, d.procedure, d.workspace, d.sectors,
           c.offices, c.is_closed, d.seen_by
    FROM duty d JOIN desk_case c ON c.case_id = d.case_id LEFT JOIN entity e ON e.id = d.entity_id
    WHERE d.done_ms IS NULL AND d.entity_id = $5 AND (d.due_ms, d.case_id, d.ordinal) > ($1, $2, $3)
      AND ($6 IS NULL OR d.owed_by = $6) AND d.due_ms <= $7
    UNION ALL
    SELECT d.case_id, d.ordinal + 1000000, p.party, d.due_ms, d.due_latest_ms, d.content, e.name, c.procedure, c.workspace, c.sectors,
           c.offices, 0, NULL
    FROM case_party p JOIN party_duty d ON d.case_id = p.case_id JOIN desk_case c ON c.case_id = p.case_id LEFT JOIN entity e ON e.id = p.party
    WHERE p.party = $5 AND p.left_seq IS NULL AND d.closed_ms IS NULL
      AND (p.joined_seq = d.opened_seq OR (d.of_joined = 0 AND p.joined_seq < d.opened_seq))
      AND NOT EXISTS (SELECT 1 FROM party_duty_done x WHERE x.case_id = d.case_id AND x.ordinal = d.ordinal AND x.party = p.party)
      AND (d.due_ms, d.case_id, d.ordinal + 1000000) > ($1, $2, $3)
      AND ($6 IS NULL OR $6 = 'party' OR $6 = 'entity') AND d.due_ms <= $7) AS own
ORDER BY due_ms, case_id, ordinal LIMIT $4;

-- name: duty_counts
-- takes now_ms; gives workspace, open, past the earlier reading, past the later reading
SELECT workspace, count(*), coalesce(sum(due_ms < $1), 0), coalesce(sum(due_latest_ms < $1), 0)
FROM duty WHERE done_ms IS NULL AND workspace <> 'own' GROUP BY workspace;

-- name: filing_add
-- takes id, seq, case_id, entity_id, workspace, procedure, document, filer_role, filer, received_ms, recorded_ms, seen_by, office
INSERT INTO filing (id, seq, case_id, entity_id, workspace, procedure, document, filer_role, filer, received_ms, recorded_ms, seen_by, office)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13);

-- name: filing_get
-- takes id; gives id, seq, case_id, entity_id, workspace, procedure, document, filer_role, filer, received_ms, recorded_ms, sectors,
-- seen_by, office, offices that the case reaches, is_closed
SELECT f.id, f.seq, f.case_id, f.entity_id, f.workspace, f.procedure, f.document, f.filer_role, f.filer, f.received_ms,
       f.recorded_ms, c.sectors, f.seen_by, f.office, c.offices, c.is_closed
FROM filing f JOIN desk_case c ON c.case_id = f.case_id WHERE f.id = $1;

-- name: filings_of_case
-- Without those of parties, who may be many (filings_of_party). Takes case_id; gives id, seq, case_id, entity_id, workspace, procedure, document, filer_role, filer, received_ms, recorded_ms,
-- seen_by, office
SELECT id, seq, case_id, entity_id, workspace, procedure, document, filer_role, filer, received_ms, recorded_ms, seen_by, office
FROM filing WHERE case_id = $1 AND filer_role <> 'party' ORDER BY seq;

-- name: filings_of_party
-- takes case_id, entity or office that is a party; gives the columns of filings_of_case
SELECT id, seq, case_id, entity_id, workspace, procedure, document, filer_role, filer, received_ms, recorded_ms, seen_by, office
FROM filing WHERE case_id = $1 AND filer_role = 'party' AND (entity_id = $2 OR (entity_id IS NULL AND office = $2)) ORDER BY seq;

-- name: filing_is_filer
-- takes case_id, pseudonym; gives 1 where that person filed in the case, else 0: not who filed for an office or as a party, or recorded for another
SELECT EXISTS (SELECT 1 FROM filing f WHERE f.case_id = $1 AND f.filer = $2 AND f.filer_role IN ('entity', 'anyone')
               AND NOT EXISTS (SELECT 1 FROM intake i WHERE i.filing_id = f.id));

-- name: filings_since
-- takes seq after which to go on, number of rows; gives seq, id, case_id, entity_id, workspace, procedure, document, sectors,
-- offices that the case reaches, is_closed, seen_by, filer, filer_role, office
SELECT f.seq, f.id, f.case_id, f.entity_id, f.workspace, f.procedure, f.document, c.sectors, c.offices, c.is_closed, f.seen_by,
       f.filer, f.filer_role, f.office
FROM filing f JOIN desk_case c ON c.case_id = f.case_id WHERE f.seq > $1 ORDER BY f.seq LIMIT $2;

-- name: proposal_add
-- takes filing_id, ordinal, case_id, content
INSERT INTO proposal (filing_id, ordinal, case_id, content) VALUES ($1, $2, $3, $4);

-- name: proposals_of_case
-- takes case_id; gives filing_id, ordinal, content
SELECT filing_id, ordinal, content FROM proposal WHERE case_id = $1 ORDER BY filing_id, ordinal;

-- name: outbox_add
-- takes filing_id, case_id, content, created_ms, next_ms
INSERT INTO outbox (filing_id, case_id, content, created_ms, next_ms) VALUES ($1, $2, $3, $4, $5);

-- name: outbox_due
-- takes now_ms, number of rows; gives id, filing_id, case_id, content, attempts
SELECT id, filing_id, case_id, content, attempts FROM outbox WHERE next_ms <= $1 ORDER BY next_ms, id LIMIT $2;

-- name: outbox_sent
-- takes id, sent_ms
UPDATE outbox SET sent_ms = $2, next_ms = 9223372036854775807, failure = NULL WHERE id = $1;

-- name: outbox_counts
-- gives the number waiting, and the number that failed at least once and wait
SELECT count(*), coalesce(sum(attempts > 0), 0) FROM outbox WHERE next_ms < 9223372036854775807;

-- name: idempotency_get
-- takes person_id, key; gives request_hash, filing_id
SELECT request_hash, filing_id FROM idempotency WHERE person_id = $1 AND key = $2;

-- name: idempotency_add
-- takes person_id, key, request_hash, filing_id, created_ms
INSERT INTO idempotency (person_id, key, request_hash, filing_id, created_ms) VALUES ($1, $2, $3, $4, $5);

-- name: idempotency_expire
-- takes the oldest created_ms to keep
DELETE FROM idempotency WHERE created_ms < $1;

-- name: derived_clear_entity
DELETE FROM entity;
-- name: derived_clear_case
DELETE FROM case_file;
-- name: derived_clear_duty
DELETE FROM duty;
-- name: derived_clear_filing
DELETE FROM filing;
-- name: derived_clear_proposal
DELETE FROM proposal;
