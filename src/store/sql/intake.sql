-- SPDX-License-Identifier: EUPL-1.2
-- Filings without account (claims), filings recorded for another (intake), downtimes.

-- name: claim_add
-- takes token_sha256, case_id, filing_id, points, created_ms
INSERT INTO claim (token_sha256, case_id, filing_id, points, created_ms) VALUES ($1, $2, $3, $4, $5);

-- name: claim_get
-- takes token_sha256; gives case_id, filing_id, created_ms, person_id, taken_ms
SELECT case_id, filing_id, created_ms, person_id, taken_ms FROM claim WHERE token_sha256 = $1;

-- name: claim_take
-- takes token_sha256, person_id, taken_ms; changes nothing where somebody took it
UPDATE claim SET person_id = $2, taken_ms = $3 WHERE token_sha256 = $1 AND person_id IS NULL;

-- name: claim_end
-- takes case_id
DELETE FROM claim WHERE case_id = $1;

-- name: claim_count_since
-- takes created_ms; gives how many claims are younger, and the first of them
SELECT count(*), min(created_ms) FROM claim WHERE created_ms > $1;

-- name: held_page
-- The queue of held cases in which an office owes something, the most plausible first. What was recorded by an officer
-- (without claim) has 100 points. Takes minus points, opened_ms, id after which to go on, number of rows, workspace;
-- gives id, procedure, state, opened_ms, changed_ms, version, minus points, first filing, its document, whether claimed, channel
SELECT c.id, c.procedure, c.state, c.opened_ms, c.changed_ms, c.version, -coalesce(k.points, 100), f.id, f.document,
       k.person_id IS NOT NULL, i.channel
FROM case_file c LEFT JOIN claim k ON k.case_id = c.id
JOIN filing f ON f.seq = (SELECT min(g.seq) FROM filing g WHERE g.case_id = c.id)
LEFT JOIN intake i ON i.filing_id = f.id
WHERE c.workspace = $5 AND EXISTS (SELECT 1 FROM duty d WHERE d.case_id = c.id AND d.done_ms IS NULL AND d.owed_by <> 'entity')
  AND (-coalesce(k.points, 100), c.opened_ms, c.id) > ($1, $2, $3)
ORDER BY -coalesce(k.points, 100), c.opened_ms, c.id LIMIT $4;

-- name: held_count
-- takes workspace; gives how many held cases wait for an office
SELECT count(*) FROM case_file c
WHERE c.workspace = $1 AND EXISTS (SELECT 1 FROM duty d WHERE d.case_id = c.id AND d.done_ms IS NULL AND d.owed_by <> 'entity');

-- name: entities_by_name
-- takes the folded name; gives id, name, status, profile of entries that agree
SELECT id, name, status, profile FROM entity WHERE name_folded = $1 ORDER BY id LIMIT 5;

-- name: entities_by_number
-- takes the national number; gives id, name, status, profile of entries that agree
SELECT id, name, status, profile FROM entity WHERE identifier = $1 ORDER BY id LIMIT 5;

-- name: cases_open_of_entity
-- takes entity_id, procedure, opened_ms; gives id, state of the cases in which something is owed, or opened since then
SELECT c.id, c.state FROM case_file c
WHERE c.entity_id = $1 AND c.procedure = $2
  AND (c.opened_ms >= $3 OR EXISTS (SELECT 1 FROM duty d WHERE d.case_id = c.id AND d.done_ms IS NULL))
ORDER BY c.changed_ms DESC, c.id DESC LIMIT 10;

-- name: intake_add
-- takes filing_id, case_id, office_kind, channel
INSERT INTO intake (filing_id, case_id, office_kind, channel) VALUES ($1, $2, $3, $4);

-- name: intake_of_case
-- takes case_id; gives filing_id, office_kind, channel
SELECT filing_id, office_kind, channel FROM intake WHERE case_id = $1;

-- name: case_place
-- takes id; gives workspace, entity_id
SELECT workspace, entity_id FROM case_file WHERE id = $1;

-- name: filings_move
-- The case's filings go where the case goes. Takes case_id, workspace, entity_id
UPDATE filing SET workspace = $2, entity_id = $3 WHERE case_id = $1;

-- name: uptime_start
-- takes started_ms
INSERT INTO uptime (started_ms, seen_ms) VALUES ($1, $1);

-- name: uptime_last
-- gives id, started_ms, seen_ms, stopped_ms of the newest run
SELECT id, started_ms, seen_ms, stopped_ms FROM uptime ORDER BY id DESC LIMIT 1;

-- name: uptime_beat
-- takes seen_ms
UPDATE uptime SET seen_ms = $1 WHERE id = (SELECT max(id) FROM uptime) AND seen_ms < $1;

-- name: uptime_stop
-- takes stopped_ms
UPDATE uptime SET seen_ms = $1, stopped_ms = $1 WHERE id = (SELECT max(id) FROM uptime);

-- name: uptime_expire
-- takes the oldest seen_ms to keep
DELETE FROM uptime WHERE seen_ms < $1;

-- name: downtime_add
-- takes from_ms, to_ms or NULL, kind, note
INSERT INTO downtime (from_ms, to_ms, kind, note) VALUES ($1, $2, $3, $4);

-- name: downtime_end
-- takes kind, to_ms: those of the kind that last have ended
UPDATE downtime SET to_ms = $2 WHERE kind = $1 AND to_ms IS NULL;

-- name: downtime_is_open
-- takes kind; gives 1 where one lasts, else 0
SELECT EXISTS (SELECT 1 FROM downtime WHERE kind = $1 AND to_ms IS NULL);

-- name: outage_put
-- takes case_id, filing_id, from_ms, to_ms or NULL
INSERT INTO outage (case_id, filing_id, from_ms, to_ms) VALUES ($1, $2, $3, $4)
ON CONFLICT (case_id) DO UPDATE SET filing_id = excluded.filing_id, from_ms = excluded.from_ms, to_ms = excluded.to_ms;

-- name: outage_drop
-- takes case_id
DELETE FROM outage WHERE case_id = $1;

-- name: downtimes_between
-- What overlaps the time from $1 to before $2, latest first; gives kind, from_ms, to_ms or NULL, note, case_id of a declared one
SELECT kind, from_ms, to_ms, note, case_id FROM (
    SELECT d.kind AS kind, d.from_ms AS from_ms, d.to_ms AS to_ms, d.note AS note, NULL AS case_id FROM downtime d
    UNION ALL
    SELECT 'declared', o.from_ms, o.to_ms, NULL, o.case_id FROM outage o) AS t
WHERE from_ms < $2 AND (to_ms IS NULL OR to_ms > $1)
ORDER BY from_ms DESC, kind, case_id LIMIT $3;

-- name: derived_clear_intake
DELETE FROM intake;
-- name: derived_clear_outage
DELETE FROM outage;
