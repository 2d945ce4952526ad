-- SPDX-License-Identifier: EUPL-1.2
-- Parties of cases.

-- name: party_get
-- takes case_id, party; gives state, joined_seq, joined_ms, left_seq, version, changed_ms, content, id of the filing by which it joined
SELECT p.state, p.joined_seq, p.joined_ms, p.left_seq, p.version, p.changed_ms, p.content, f.id
FROM case_party p LEFT JOIN filing f ON f.seq = p.joined_seq WHERE p.case_id = $1 AND p.party = $2;

-- name: party_version
-- takes case_id, party; gives version, left_seq
SELECT version, left_seq FROM case_party WHERE case_id = $1 AND party = $2;

-- name: parties_among
-- takes case_id, JSON array of parties; gives those of them that are parties, and the versions of their parts
SELECT party, version FROM case_party WHERE case_id = $1 AND left_seq IS NULL AND party IN (SELECT value FROM json_each($2)) ORDER BY party;

-- name: party_members_among
-- takes case_id, JSON array of entities; gives the cases that are its parties and are of one of these entities: id, procedure, entity
SELECT p.party, c.procedure, c.entity_id FROM case_party p JOIN case_file c ON c.id = p.party
WHERE p.case_id = $1 AND p.left_seq IS NULL AND c.entity_id IN (SELECT value FROM json_each($2)) ORDER BY p.party;

-- name: parties_unknown
-- takes JSON array of entities and cases; gives those that are neither on the register nor a case at the desk, or that are cases above others
SELECT j.value FROM json_each($1) j
WHERE NOT EXISTS (SELECT 1 FROM entity e WHERE e.id = j.value)
  AND NOT EXISTS (SELECT 1 FROM case_file c WHERE c.id = j.value AND c.workspace = 'desk'
                  AND NOT EXISTS (SELECT 1 FROM case_party p WHERE p.case_id = c.id))
LIMIT 6;

-- name: party_add_many
-- takes case_id, JSON array of parties, state, seq, joined_ms. Who ceased to be a party becomes one again, with its part; who is one stays as it is
INSERT INTO case_party (case_id, party, state, joined_seq, joined_ms, left_seq, version, changed_ms, content)
SELECT $1, value, $3, $4, $5, NULL, 1, $5, NULL FROM json_each($2) WHERE true
ON CONFLICT (case_id, party) DO UPDATE SET joined_seq = excluded.joined_seq, joined_ms = excluded.joined_ms, left_seq = NULL,
    version = case_party.version + 1, changed_ms = excluded.changed_ms
WHERE case_party.left_seq IS NOT NULL;

-- name: party_remove_many
-- takes case_id, JSON array of parties, seq, changed_ms
UPDATE case_party SET left_seq = $3, version = version + 1, changed_ms = $4
WHERE case_id = $1 AND left_seq IS NULL AND party IN (SELECT value FROM json_each($2));

-- name: party_put
-- takes case_id, party, state, changed_ms, content
UPDATE case_party SET state = $3, version = version + 1, changed_ms = $4, content = $5 WHERE case_id = $1 AND party = $2;

-- name: party_counts
-- takes case_id; gives state, number of parties
SELECT state, count(*) FROM case_party WHERE case_id = $1 AND left_seq IS NULL GROUP BY state ORDER BY state;

-- name: party_page
-- takes case_id, party after which to go on, number of rows, state or NULL; gives party, state, joined_ms, changed_ms, name of the entity, its class
SELECT p.party, p.state, p.joined_ms, p.changed_ms, e.name, coalesce(e.class, e.class_proposed)
FROM case_party p LEFT JOIN entity e ON e.id = p.party
WHERE p.case_id = $1 AND p.left_seq IS NULL AND p.party > $2 AND ($4 IS NULL OR p.state = $4)
ORDER BY p.party LIMIT $3;

-- name: party_duty_put
-- takes case_id, ordinal, duty, opened_seq, of_joined, due_ms, due_latest_ms, closed_ms, content
INSERT INTO party_duty (case_id, ordinal, duty, opened_seq, of_joined, due_ms, due_latest_ms, closed_ms, content)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (case_id, ordinal) DO UPDATE SET due_ms = excluded.due_ms, due_latest_ms = excluded.due_latest_ms,
    closed_ms = coalesce(party_duty.closed_ms, excluded.closed_ms), content = excluded.content;

-- name: party_duty_counts
-- takes case_id; gives ordinal, duty, due_ms, due_latest_ms, closed_ms, parties that owe or owed it, those that have done it,
-- those that did after due_latest_ms
SELECT d.ordinal, d.duty, d.due_ms, d.due_latest_ms, d.closed_ms,
       (SELECT count(*) FROM case_party p WHERE p.case_id = d.case_id AND p.left_seq IS NULL
          AND (p.joined_seq = d.opened_seq OR (d.of_joined = 0 AND p.joined_seq < d.opened_seq))),
       (SELECT count(*) FROM party_duty_done x WHERE x.case_id = d.case_id AND x.ordinal = d.ordinal),
       (SELECT count(*) FROM party_duty_done x WHERE x.case_id = d.case_id AND x.ordinal = d.ordinal AND x.done_ms > d.due_latest_ms)
FROM party_duty d WHERE d.case_id = $1 ORDER BY d.ordinal;

-- name: party_done_clear
-- takes case_id, party
DELETE FROM party_duty_done WHERE case_id = $1 AND party = $2;

-- name: party_done_add
-- takes case_id, party, duty, filing that opened it (its log position), done_ms
INSERT INTO party_duty_done (case_id, ordinal, party, done_ms)
SELECT case_id, ordinal, $2, $5 FROM party_duty WHERE case_id = $1 AND duty = $3 AND opened_seq = $4;

-- name: party_task_add
-- takes case_id, filing_id, seq, kind, content
INSERT INTO party_task (case_id, filing_id, seq, kind, content, cursor) VALUES ($1, $2, $3, $4, $5, '');

-- name: party_task_next
-- gives id, case_id, filing_id, seq, kind, content, cursor of what is to be done first
SELECT id, case_id, filing_id, seq, kind, content, cursor FROM party_task ORDER BY id LIMIT 1;

-- name: party_task_count
-- takes case_id or NULL; gives the number of tasks
SELECT count(*) FROM party_task WHERE $1 IS NULL OR case_id = $1;

-- name: party_task_move
-- takes id, cursor
UPDATE party_task SET cursor = $2 WHERE id = $1;

-- name: party_task_done
-- takes id
DELETE FROM party_task WHERE id = $1;

-- name: parties_to_tell
-- takes case_id, party after which to go on, number of rows, seq, JSON array of states or NULL, 1 for those alone that joined by the filing
-- at seq; gives party: those that were parties when the filing at seq was made, and still are
SELECT party FROM case_party
WHERE case_id = $1 AND left_seq IS NULL AND party > $2 AND joined_seq <= $4
  AND ($5 IS NULL OR state IN (SELECT value FROM json_each($5)))
  AND ($6 = 0 OR joined_seq = $4)
ORDER BY party LIMIT $3;

-- name: derived_clear_case_party
DELETE FROM case_party;
-- name: derived_clear_party_duty
DELETE FROM party_duty;
-- name: derived_clear_party_duty_done
DELETE FROM party_duty_done;
-- name: derived_clear_party_task
DELETE FROM party_task WHERE kind = 'add';

-- name: party_page_late
-- takes case_id, party after which to go on, number of rows, state or NULL, now_ms; gives the columns of party_page: only those that owe
-- something after its latest reading
SELECT p.party, p.state, p.joined_ms, p.changed_ms, e.name, coalesce(e.class, e.class_proposed)
FROM case_party p LEFT JOIN entity e ON e.id = p.party
WHERE p.case_id = $1 AND p.left_seq IS NULL AND p.party > $2 AND ($4 IS NULL OR p.state = $4)
  AND EXISTS (SELECT 1 FROM party_duty d WHERE d.case_id = p.case_id AND d.closed_ms IS NULL AND d.due_latest_ms < $5
              AND (p.joined_seq = d.opened_seq OR (d.of_joined = 0 AND p.joined_seq < d.opened_seq))
              AND NOT EXISTS (SELECT 1 FROM party_duty_done x WHERE x.case_id = d.case_id AND x.ordinal = d.ordinal AND x.party = p.party))
ORDER BY p.party LIMIT $3;

-- name: member_page
-- Cases under a case. Takes case_id, party after which to go on, number of rows, state of the case under it or NULL; gives id, procedure,
-- state, entity_id, entity name, sectors, next_due_ms, opened_ms, changed_ms, joined_ms
SELECT c.id, c.procedure, c.state, c.entity_id, e.name, c.sectors, c.next_due_ms, c.opened_ms, c.changed_ms, p.joined_ms
FROM case_party p JOIN case_file c ON c.id = p.party LEFT JOIN entity e ON e.id = c.entity_id
WHERE p.case_id = $1 AND p.left_seq IS NULL AND p.party > $2 AND ($4 IS NULL OR c.state = $4)
ORDER BY p.party LIMIT $3;

-- name: member_counts
-- takes case_id; gives procedure, state, number of cases under it
SELECT c.procedure, c.state, count(*) FROM case_party p JOIN case_file c ON c.id = p.party
WHERE p.case_id = $1 AND p.left_seq IS NULL GROUP BY c.procedure, c.state ORDER BY c.procedure, c.state;

-- name: member_late
-- takes case_id, now_ms; gives the number of cases under it whose entity owes something after its latest reading, and those duties
SELECT count(DISTINCT d.case_id), count(*) FROM case_party p JOIN duty d ON d.case_id = p.party
WHERE p.case_id = $1 AND p.left_seq IS NULL AND d.done_ms IS NULL AND d.owed_by = 'entity' AND d.due_latest_ms < $2;

-- name: member_states
-- takes case_id; gives affected state, number of cases under it that name it
SELECT s.value, count(*) FROM case_party p JOIN case_file c ON c.id = p.party, json_each(c.content, '$.facts.affected_states') s
WHERE p.case_id = $1 AND p.left_seq IS NULL GROUP BY s.value ORDER BY s.value;

-- name: member_timeline
-- Filings in the case and in those under it, last first. Takes case_id, seq before which to go on, number of rows; gives seq, id, case_id,
-- entity_id, entity name, procedure, document, filer_role, received_ms
SELECT f.seq, f.id, f.case_id, f.entity_id, e.name, f.procedure, f.document, f.filer_role, f.received_ms
FROM (SELECT party AS id FROM case_party WHERE case_id = $1 AND left_seq IS NULL UNION ALL SELECT $1) m
JOIN filing f ON f.case_id = m.id LEFT JOIN entity e ON e.id = f.entity_id
WHERE f.seq < $2 ORDER BY f.seq DESC LIMIT $3;

-- name: case_above
-- takes case_id; gives id, procedure, state of the cases that it stands under, and when it came under them
SELECT c.id, c.procedure, c.state, p.joined_ms FROM case_party p JOIN case_file c ON c.id = p.case_id
WHERE p.party = $1 AND p.left_seq IS NULL ORDER BY p.joined_ms, c.id;

-- name: member_candidates
-- Cases that may come under a case, newest first. Takes case_id, JSON array of procedures, opened_ms from and to; gives id, entity name
SELECT c.id, e.name FROM case_file c LEFT JOIN entity e ON e.id = c.entity_id
WHERE c.workspace = 'desk' AND c.procedure IN (SELECT value FROM json_each($2)) AND c.opened_ms BETWEEN $3 AND $4
  AND NOT EXISTS (SELECT 1 FROM case_party p WHERE p.case_id = $1 AND p.party = c.id AND p.left_seq IS NULL)
ORDER BY c.opened_ms DESC, c.id DESC LIMIT 2000;

-- name: case_above_version
-- takes case_id; gives a number that grows with whatever changes in the cases that it stands or stood under
SELECT coalesce(sum(c.version + p.version), 0) FROM case_party p JOIN case_file c ON c.id = p.case_id WHERE p.party = $1;
