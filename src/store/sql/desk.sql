-- SPDX-License-Identifier: EUPL-1.2
-- The desk: its queue, who works on what, shifts, absences, links, search.

-- name: desk_case_put
-- takes case_id, workspace, procedure, entity_id, sectors, state, is_open, offices, is_closed, opened_by, flags, owed_by,
-- next_due_ms, late_ms, changed_ms, last_seq, 1 where all see the filing else 0, plain_due_ms
INSERT INTO desk_case (case_id, workspace, procedure, entity_id, sectors, state, is_open, offices, is_closed, opened_by, flags,
                       owed_by, next_due_ms, late_ms, opened_ms, changed_ms, last_seq, plain_version, plain_changed_ms, plain_due_ms)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $15, $16, 1, $15, $18)
ON CONFLICT (case_id) DO UPDATE SET workspace = excluded.workspace, entity_id = excluded.entity_id, sectors = excluded.sectors, state = excluded.state,
    is_open = excluded.is_open, offices = excluded.offices, is_closed = excluded.is_closed, flags = excluded.flags,
    owed_by = excluded.owed_by, next_due_ms = excluded.next_due_ms, late_ms = excluded.late_ms, changed_ms = excluded.changed_ms,
    last_seq = excluded.last_seq, plain_version = desk_case.plain_version + $17,
    plain_changed_ms = CASE WHEN $17 = 1 THEN excluded.changed_ms ELSE desk_case.plain_changed_ms END,
    plain_due_ms = excluded.plain_due_ms;

-- name: derived_clear_desk_case
DELETE FROM desk_case;
-- name: derived_clear_desk_link
DELETE FROM desk_link;
-- name: derived_clear_search
DELETE FROM search_word;

-- name: desk_assign
-- takes case_id, owner, backup, filing_id, 1 where there is an owner else 0
UPDATE desk_case SET owner = $2, backup = $3, assigned_by = $4, is_owned = $5 WHERE case_id = $1;

-- name: desk_assigned_by
-- takes filing_id; gives case_id where that filing says who works on it
SELECT case_id FROM desk_case WHERE assigned_by = $1;

-- name: desk_link_put
-- takes case_id, kind, other, is_to, filing_id, seen_by
INSERT INTO desk_link (case_id, kind, other, is_to, filing_id, seen_by) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (case_id, kind, other, is_to) DO NOTHING;

-- name: desk_links_of_case
-- takes case_id; gives kind, other, is_to, seen_by
SELECT kind, other, is_to, seen_by FROM desk_link WHERE case_id = $1 ORDER BY kind, other, is_to LIMIT 250;

-- name: case_touch
-- takes id; what is shown of the case has changed, though nothing was filed in it
UPDATE case_file SET version = version + 1 WHERE id = $1;

-- The filters of lists of cases, of the same numbers in all statements: workspace, bounds as case_page_due; then, each NULL for any: state, procedure,
-- sector, flag, role with an open duty, document that opened it, instant before which something is late, class, 1 where it has an owner and 0
-- where it has none.

-- part: case_fits
-- $2 to $8 of a case
EXISTS (SELECT 1 FROM json_each($2) b WHERE instr(d.offices, b.value ->> 'k') > 0
              AND (b.value ->> 's' IS NULL OR EXISTS (SELECT 1 FROM json_each(d.sectors) s, json_each(b.value ->> 's') x WHERE s.value = x.value)))
  AND ($3 IS NULL OR d.state = $3) AND ($4 IS NULL OR d.procedure = $4)
  AND ($5 IS NULL OR instr(coalesce(d.sectors, ''), '"' || $5 || '"') > 0)
  AND ($6 IS NULL OR instr(d.flags, ' ' || $6 || ' ') > 0) AND ($7 IS NULL OR instr(d.owed_by, ' ' || $7 || ' ') > 0)
  AND ($8 IS NULL OR d.opened_by = $8)

-- part: tally_fits
-- the same of all cases that stand alike
EXISTS (SELECT 1 FROM json_each($2) b WHERE instr(t.offices, b.value ->> 'k') > 0
              AND (b.value ->> 's' IS NULL OR EXISTS (SELECT 1 FROM json_each(t.sectors) s, json_each(b.value ->> 's') x WHERE s.value = x.value)))
  AND ($3 IS NULL OR t.state = $3) AND ($4 IS NULL OR t.procedure = $4) AND ($5 IS NULL OR instr(t.sectors, '"' || $5 || '"') > 0)
  AND ($6 IS NULL OR instr(t.flags, ' ' || $6 || ' ') > 0) AND ($7 IS NULL OR instr(t.owed_by, ' ' || $7 || ' ') > 0)
  AND ($8 IS NULL OR t.opened_by = $8)

-- part: late_and_class
-- $9 and $10, which tallies don't know
AND ($9 IS NULL OR d.late_ms < $9) AND ($10 IS NULL OR coalesce(e.class, e.class_proposed) = $10)

-- part: desk_shown
d.case_id, d.procedure, d.workspace, d.entity_id, d.sectors, d.state, d.offices, d.is_closed, d.opened_by, d.flags, d.owner,
       d.backup, d.is_owned, d.next_due_ms, d.opened_ms, d.changed_ms, d.last_seq, e.name, coalesce(e.class, e.class_proposed),
       o.name, k.name

-- part: desk_names
LEFT JOIN entity e ON e.id = d.entity_id LEFT JOIN person o ON o.id = d.owner LEFT JOIN person k ON k.id = d.backup

-- name: desk_page_queue
-- One half of the queue, next due first: what has no owner, or what has one. Takes the filters of lists of cases; $12 is_owned, $13 next_due_ms and
-- $14 case_id after which to go on, $15 number of rows
-- gives case_id, procedure, workspace, entity_id, sectors, state, offices, is_closed, opened_by, flags, owner, backup, is_owned,
-- next_due_ms, opened_ms, changed_ms, last_seq, entity name, class, names of owner and backup
SELECT {desk_shown}
FROM desk_case d {desk_names}
WHERE d.workspace = $1 AND d.is_open = 1 AND d.is_owned = $12 AND (d.next_due_ms, d.case_id) > ($13, $14)
  AND d.next_due_ms <= coalesce($9, 9223372036854775807) -- nothing is late before it is due
  AND {case_fits} {late_and_class}
  AND ($11 IS NULL OR d.is_owned = $11)
ORDER BY d.next_due_ms, d.case_id LIMIT $15;

-- name: desk_page_newest
-- The same, last opened first: takes 0 as $12, opened_ms and case_id before which to go on
SELECT {desk_shown}
FROM desk_case d {desk_names}
WHERE d.workspace = $1 AND d.is_open = 1 AND (d.opened_ms, d.case_id) < ($13, $14) AND $12 = 0
  AND {case_fits} {late_and_class}
  AND ($11 IS NULL OR d.is_owned = $11)
ORDER BY d.opened_ms DESC, d.case_id DESC LIMIT $15;

-- name: desk_page_changed
-- The same, last changed first, and also what is closed: takes as $12 the instant since which, changed_ms and case_id before which to go on
SELECT {desk_shown}
FROM desk_case d {desk_names}
WHERE d.workspace = $1 AND (d.changed_ms, d.case_id) < ($13, $14) AND d.changed_ms > $12
  AND {case_fits} {late_and_class}
  AND ($11 IS NULL OR d.is_owned = $11)
ORDER BY d.changed_ms DESC, d.case_id DESC LIMIT $15;

-- name: desk_few_queue
-- As desk_page_queue, where few fit: these are found by their tallies, and sorted.
SELECT {desk_shown}
FROM desk_tally t CROSS JOIN desk_case d {desk_names}
WHERE t.workspace = $1 AND t.is_open = 1 AND t.is_owned = $12 AND d.tally = t.id AND (d.next_due_ms, d.case_id) > ($13, $14)
  AND {tally_fits} {late_and_class}
  AND ($11 IS NULL OR t.is_owned = $11)
ORDER BY d.next_due_ms, d.case_id LIMIT $15;

-- name: desk_few_newest
-- As desk_page_newest, where few fit.
SELECT {desk_shown}
FROM desk_tally t CROSS JOIN desk_case d {desk_names}
WHERE t.workspace = $1 AND t.is_open = 1 AND d.tally = t.id AND (d.opened_ms, d.case_id) < ($13, $14) AND $12 = 0
  AND {tally_fits} {late_and_class}
  AND ($11 IS NULL OR t.is_owned = $11)
ORDER BY d.opened_ms DESC, d.case_id DESC LIMIT $15;

-- name: desk_few_changed
-- As desk_page_changed, where few fit.
SELECT {desk_shown}
FROM desk_tally t CROSS JOIN desk_case d {desk_names}
WHERE t.workspace = $1 AND d.tally = t.id AND (d.changed_ms, d.case_id) < ($13, $14) AND d.changed_ms > $12
  AND {tally_fits} {late_and_class}
  AND ($11 IS NULL OR t.is_owned = $11)
ORDER BY d.changed_ms DESC, d.case_id DESC LIMIT $15;

-- name: desk_page_person
-- What one person has to do, next due first: her own, those of persons for whom she is the deputy, and those in which she is the backup
-- of someone who is away. Takes 0 as $12, next_due_ms, case_id after which to go on; $11 person, $16 JSON array of persons whose deputy
-- she is, $17 JSON array of all who are away without deputy
SELECT {desk_shown}
FROM (SELECT case_id FROM desk_case WHERE owner = $11
      UNION SELECT case_id FROM desk_case WHERE owner IN (SELECT value FROM json_each($16))
      UNION SELECT case_id FROM desk_case WHERE backup = $11 AND owner IN (SELECT value FROM json_each($17))) own
     CROSS JOIN desk_case d {desk_names}
WHERE d.case_id = own.case_id AND d.workspace = $1 AND d.is_open = 1 AND (d.next_due_ms, d.case_id) > ($13, $14) AND $12 = 0
  AND {case_fits} {late_and_class}
ORDER BY d.next_due_ms, d.case_id LIMIT $15;

-- name: desk_count
-- How many the queue has, where tallies don't know it (tally_cases does, mostly). Takes the filters, $12 cases to leave out (JSON array), $13 the
-- instant since which they changed, $14 1 where closed ones count too else 0
SELECT count(*) FROM desk_case d LEFT JOIN entity e ON e.id = d.entity_id
WHERE d.workspace = $1 AND d.changed_ms > $13 AND (d.is_open = 1 OR $14 = 1)
  AND {case_fits} {late_and_class}
  AND ($11 IS NULL OR d.is_owned = $11)
  AND d.case_id NOT IN (SELECT value FROM json_each($12));

-- name: desk_count_late
-- The same of open ones that are late: takes $1 to $12
SELECT count(*) FROM desk_case d LEFT JOIN entity e ON e.id = d.entity_id
WHERE d.workspace = $1 AND d.is_open = 1 AND d.is_owned IN (0, 1) AND d.next_due_ms <= $9
  AND {case_fits} {late_and_class}
  AND ($11 IS NULL OR d.is_owned = $11)
  AND d.case_id NOT IN (SELECT value FROM json_each($12));

-- name: desk_count_person
-- The same of what one person has to do: takes $1 to $10, $11 person, $12 cases to leave out, $13 and $14 as $16 and $17 of desk_page_person
SELECT count(*)
FROM (SELECT case_id FROM desk_case WHERE owner = $11
      UNION SELECT case_id FROM desk_case WHERE owner IN (SELECT value FROM json_each($13))
      UNION SELECT case_id FROM desk_case WHERE backup = $11 AND owner IN (SELECT value FROM json_each($14))) own
     CROSS JOIN desk_case d LEFT JOIN entity e ON e.id = d.entity_id
WHERE d.case_id = own.case_id AND d.workspace = $1 AND d.is_open = 1
  AND {case_fits} {late_and_class}
  AND d.case_id NOT IN (SELECT value FROM json_each($12));

-- name: desk_duties_open
-- takes case_id; gives content, seen_by of what is open, next due first
SELECT content, seen_by FROM duty WHERE case_id = $1 AND done_ms IS NULL ORDER BY due_ms, ordinal LIMIT 50;

-- name: desk_filings_after
-- takes case_id, seq after which, recorded_ms after which, number of rows
-- gives id, document, filer_role, filer, office, seen_by, recorded_ms, seq, last first
SELECT id, document, filer_role, filer, office, seen_by, recorded_ms, seq
FROM filing WHERE case_id = $1 AND seq > $2 AND recorded_ms > $3 ORDER BY seq DESC LIMIT $4;

-- name: desk_mark_get
-- takes person_id, case_id; gives seq up to which she has read it
SELECT seq FROM desk_mark WHERE person_id = $1 AND case_id = $2;

-- name: desk_mark_put
-- takes person_id, case_id, seq
INSERT INTO desk_mark (person_id, case_id, seq) VALUES ($1, $2, $3)
ON CONFLICT (person_id, case_id) DO UPDATE SET seq = excluded.seq WHERE desk_mark.seq < excluded.seq;

-- name: desk_shift_get
-- takes person_id; gives begun_ms or NULL, since_ms
SELECT begun_ms, since_ms FROM desk_shift WHERE person_id = $1;

-- name: desk_shift_begin
-- takes person_id, now_ms. What is new to her counts from the end of the last shift; where that was forgotten, from its begin
INSERT INTO desk_shift (person_id, begun_ms, since_ms) VALUES ($1, $2, $2)
ON CONFLICT (person_id) DO UPDATE SET since_ms = coalesce(desk_shift.begun_ms, desk_shift.since_ms), begun_ms = excluded.begun_ms;

-- name: desk_shift_end
-- takes person_id, now_ms; changes nothing where she is on none
UPDATE desk_shift SET begun_ms = NULL, since_ms = $2 WHERE person_id = $1 AND begun_ms IS NOT NULL;

-- name: desk_absence_add
-- takes id, person_id, from_ms, until_ms, deputy or NULL, noted_by, noted_ms
INSERT INTO desk_absence (id, person_id, from_ms, until_ms, deputy, noted_by, noted_ms) VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: desk_absence_get
-- takes id; gives id, person_id, from_ms, until_ms, deputy
SELECT id, person_id, from_ms, until_ms, deputy FROM desk_absence WHERE id = $1;

-- name: desk_absence_remove
-- takes id
DELETE FROM desk_absence WHERE id = $1;

-- name: desk_absences
-- takes instant; gives id, person_id, from_ms, until_ms, deputy, names of both: what has not ended by then
SELECT a.id, a.person_id, a.from_ms, a.until_ms, a.deputy, p.name, d.name
FROM desk_absence a LEFT JOIN person p ON p.id = a.person_id LEFT JOIN person d ON d.id = a.deputy
WHERE a.until_ms > $1 ORDER BY a.from_ms, a.id LIMIT 1000;

-- name: desk_absence_prune
-- takes instant: what ended before
DELETE FROM desk_absence WHERE until_ms < $1;

-- name: desk_colleagues
-- takes office; gives person, name, role, sectors of those who work there
SELECT p.id, p.name, r.role, r.sectors FROM role r JOIN person p ON p.id = r.person_id
WHERE r.office = $1 AND r.revoked_ms IS NULL AND p.is_disabled = 0 ORDER BY p.name, p.id LIMIT 1000;

-- name: search_word_add
-- takes workspace, word, seq, item
INSERT INTO search_word (workspace, word, seq, item) VALUES ($1, $2, $3, $4) ON CONFLICT (workspace, word, seq, item) DO NOTHING;

-- name: search_field_remove
-- takes seq, item
DELETE FROM search_word WHERE seq = $1 AND item = $2;

-- name: search_case_move
-- takes case_id, workspace
UPDATE search_word SET workspace = $2 WHERE seq IN (SELECT seq FROM filing WHERE case_id = $1) AND workspace <> $2;

-- name: desk_case_workspace
-- takes case_id; gives workspace
SELECT workspace FROM desk_case WHERE case_id = $1;

-- name: search_page
-- Filings with all the words, last first. Takes workspace, first word, seq before which to go on, number of rows, bounds as
-- case_page_due, five further words or NULL
-- gives seq, filing, case_id, document, filer_role, filer, office, seen_by, recorded_ms, procedure, workspace, entity_id, sectors,
-- offices, is_closed, entity name, state
SELECT w.seq, f.id, f.case_id, f.document, f.filer_role, f.filer, f.office, f.seen_by, f.recorded_ms, d.procedure, d.workspace,
       d.entity_id, d.sectors, d.offices, d.is_closed, e.name, d.state
FROM search_word w JOIN filing f ON f.seq = w.seq JOIN desk_case d ON d.case_id = f.case_id LEFT JOIN entity e ON e.id = d.entity_id
WHERE w.workspace = $1 AND w.word = $2 AND w.seq < $3 -- each filing once
  AND NOT EXISTS (SELECT 1 FROM search_word o WHERE o.workspace = $1 AND o.word = $2 AND o.seq = w.seq AND o.item < w.item)
  AND EXISTS (SELECT 1 FROM json_each($5) b WHERE instr(d.offices, b.value ->> 'k') > 0
              AND (f.seen_by IS NULL OR instr(' ' || f.seen_by || ' ', b.value ->> 'r') > 0)
              AND (b.value ->> 's' IS NULL OR EXISTS (SELECT 1 FROM json_each(d.sectors) s, json_each(b.value ->> 's') x WHERE s.value = x.value)))
  AND ($6 IS NULL OR EXISTS (SELECT 1 FROM search_word o WHERE o.workspace = $1 AND o.word = $6 AND o.seq = w.seq))
  AND ($7 IS NULL OR EXISTS (SELECT 1 FROM search_word o WHERE o.workspace = $1 AND o.word = $7 AND o.seq = w.seq))
  AND ($8 IS NULL OR EXISTS (SELECT 1 FROM search_word o WHERE o.workspace = $1 AND o.word = $8 AND o.seq = w.seq))
  AND ($9 IS NULL OR EXISTS (SELECT 1 FROM search_word o WHERE o.workspace = $1 AND o.word = $9 AND o.seq = w.seq))
  AND ($10 IS NULL OR EXISTS (SELECT 1 FROM search_word o WHERE o.workspace = $1 AND o.word = $10 AND o.seq = w.seq))
ORDER BY w.seq DESC LIMIT $4;

-- name: search_rarity
-- takes workspace, word, number to which it counts; gives in how many fields the word stands
SELECT count(*) FROM (SELECT 1 FROM search_word WHERE workspace = $1 AND word = $2 LIMIT $3) AS near;

-- name: search_items
-- takes workspace, word, seq; gives the items of the record with that word
SELECT item FROM search_word WHERE workspace = $1 AND word = $2 AND seq = $3 ORDER BY item;
