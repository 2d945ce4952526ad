-- SPDX-License-Identifier: EUPL-1.2
-- How many cases and entities stand alike, and the few that stand in rare combinations.

-- name: tally_of_case
-- takes case_id; gives the tally that counts it (0: none), and the one that should (NULL: there is none yet)
SELECT d.tally, t.id
FROM desk_case d LEFT JOIN desk_tally t ON t.workspace = d.workspace AND t.is_open = d.is_open AND t.is_owned = d.is_owned AND t.procedure = d.procedure
     AND t.state = d.state AND t.sectors = coalesce(d.sectors, '[]') AND t.offices = d.offices AND t.flags = d.flags AND t.owed_by = d.owed_by AND t.opened_by = d.opened_by
WHERE d.case_id = $1;

-- name: tally_enter_case
-- takes case_id
INSERT INTO desk_tally (workspace, is_open, is_owned, procedure, state, sectors, offices, flags, owed_by, opened_by, cases)
SELECT workspace, is_open, is_owned, procedure, state, coalesce(sectors, '[]'), offices, flags, owed_by, opened_by, 1 FROM desk_case WHERE case_id = $1
ON CONFLICT (workspace, is_open, is_owned, procedure, state, sectors, offices, flags, owed_by, opened_by) DO UPDATE SET cases = desk_tally.cases + 1;

-- name: tally_set_case
-- takes case_id: it is counted by the tally that it stands in
UPDATE desk_case SET tally =
    (SELECT t.id FROM desk_tally t
     WHERE t.workspace = desk_case.workspace AND t.is_open = desk_case.is_open AND t.is_owned = desk_case.is_owned AND t.procedure = desk_case.procedure
       AND t.state = desk_case.state AND t.sectors = coalesce(desk_case.sectors, '[]') AND t.offices = desk_case.offices AND t.flags = desk_case.flags
       AND t.owed_by = desk_case.owed_by AND t.opened_by = desk_case.opened_by)
WHERE case_id = $1;

-- name: tally_leave_case
-- takes id of a tally
UPDATE desk_tally SET cases = cases - 1 WHERE id = $1;
-- name: tally_drop_case
-- takes id of a tally: gone where it counts nothing any more
DELETE FROM desk_tally WHERE id = $1 AND cases = 0;

-- name: tally_of_entity
-- takes id; gives as tally_of_case
SELECT e.tally, t.id FROM entity e LEFT JOIN entity_tally t ON t.status = e.status AND t.class = coalesce(e.class, e.class_proposed, '')
     AND t.sectors = coalesce(e.sectors, '[]')
WHERE e.id = $1;

-- name: tally_enter_entity
-- takes id
INSERT INTO entity_tally (status, class, sectors, entities)
SELECT status, coalesce(class, class_proposed, ''), coalesce(sectors, '[]'), 1 FROM entity WHERE id = $1
ON CONFLICT (status, class, sectors) DO UPDATE SET entities = entity_tally.entities + 1;

-- name: tally_set_entity
-- takes id
UPDATE entity SET tally = (SELECT t.id FROM entity_tally t WHERE t.status = entity.status AND t.class = coalesce(entity.class, entity.class_proposed, '')
                           AND t.sectors = coalesce(entity.sectors, '[]'))
WHERE id = $1;

-- name: tally_leave_entity
-- takes id of a tally
UPDATE entity_tally SET entities = entities - 1 WHERE id = $1;
-- name: tally_drop_entity
-- takes id of a tally
DELETE FROM entity_tally WHERE id = $1 AND entities = 0;

-- name: derived_clear_desk_tally
DELETE FROM desk_tally;
-- name: derived_clear_entity_tally
DELETE FROM entity_tally;

-- name: tally_cases
-- Takes the filters of lists of cases (desk.sql) but the instant and the class, so that $9 says whether it has an owner; $10 1 where closed ones count too
-- else 0. Gives how many fit, and how many the workspace has
SELECT coalesce(sum(CASE WHEN {tally_fits} AND ($9 IS NULL OR t.is_owned = $9) THEN t.cases ELSE 0 END), 0), coalesce(sum(t.cases), 0)
FROM desk_tally t WHERE t.workspace = $1 AND (t.is_open = 1 OR $10 = 1);

-- name: tally_cases_among
-- Takes the same, and cases (JSON array); gives how many of these fit
SELECT count(*) FROM json_each($11) h CROSS JOIN desk_case d
WHERE d.case_id = h.value AND d.workspace = $1 AND (d.is_open = 1 OR $10 = 1) AND {case_fits} AND ($9 IS NULL OR d.is_owned = $9);

-- name: tally_entities
-- Takes JSON array of sectors or NULL for all, status or NULL, class or NULL; gives how many entities fit, and how many there are
SELECT coalesce(sum(CASE WHEN ($1 IS NULL OR EXISTS (SELECT 1 FROM json_each(t.sectors) s, json_each($1) b WHERE s.value = b.value))
  AND ($2 IS NULL OR t.status = $2) AND ($3 IS NULL OR t.class = $3) THEN t.entities ELSE 0 END), 0), coalesce(sum(t.entities), 0)
FROM entity_tally t;

-- name: tally_entities_among
-- Takes the same, and entities (JSON array); gives how many of these fit
SELECT count(*) FROM json_each($4) h CROSS JOIN entity e JOIN entity_tally t ON t.id = e.tally
WHERE e.id = h.value AND ($1 IS NULL OR EXISTS (SELECT 1 FROM json_each(t.sectors) s, json_each($1) b WHERE s.value = b.value))
  AND ($2 IS NULL OR t.status = $2) AND ($3 IS NULL OR t.class = $3);
