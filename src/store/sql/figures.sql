-- SPDX-License-Identifier: EUPL-1.2
-- Statistics: what is counted, and what was released.

-- name: case_figure_get
-- takes case_id; gives first_ms, last_ms
SELECT first_ms, last_ms FROM case_figure WHERE case_id = $1;

-- name: case_figure_put
-- takes case_id, procedure, entity_id, first_ms, last_ms, content
INSERT INTO case_figure (case_id, procedure, entity_id, first_ms, last_ms, content) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (case_id) DO UPDATE SET entity_id = excluded.entity_id, first_ms = excluded.first_ms, last_ms = excluded.last_ms,
    content = excluded.content;

-- name: case_figure_page
-- Cases that something was filed in at or around a period. Takes procedure, from_ms, to_ms, last_ms and case_id after which to go on, number
-- of rows, path of a fact of cases that stand over many ('$.facts.NAME') or NULL, its value: of the cases under one whose fact has that value
-- the first stands for all; and now: what is held as a whole then leaves by no way, so it is not counted; 1 where only
-- the last case of an entity counts, otherwise 0. Gives last_ms, case_id, content,
-- class, status, types and profile of the entity
SELECT f.last_ms, f.case_id, f.content, coalesce(e.class, e.class_proposed), e.status, e.types, e.profile
FROM case_figure f LEFT JOIN entity e ON e.id = f.entity_id
WHERE f.procedure = $1 AND f.last_ms >= $2 AND f.first_ms < $3 AND (f.last_ms, f.case_id) > ($4, $5)
  AND ($7 IS NULL OR NOT EXISTS (
       SELECT 1 FROM case_party p JOIN case_figure a ON a.case_id = p.case_id AND json_extract(a.content, $7) = $8
       JOIN case_party q ON q.case_id = p.case_id AND q.left_seq IS NULL JOIN case_figure g ON g.case_id = q.party
       WHERE p.party = f.case_id AND p.left_seq IS NULL AND g.procedure = f.procedure AND (g.first_ms, g.case_id) < (f.first_ms, f.case_id)))
  AND NOT EXISTS (SELECT 1 FROM block b WHERE b.case_id = f.case_id AND b.kind = 'hold' AND b.target IS NULL AND b.lifted_by IS NULL
                  AND b.until_ms > $9)
  AND ($10 = 0 OR NOT EXISTS (SELECT 1 FROM case_figure o WHERE o.entity_id = f.entity_id AND o.procedure = f.procedure AND o.first_ms < $3
                              AND (o.last_ms, o.case_id) > (f.last_ms, f.case_id)))
ORDER BY f.last_ms, f.case_id LIMIT $6;

-- name: entity_figure_page
-- takes id after which to go on, latest created_ms, number of rows; gives id, class, status, types, profile
SELECT e.id, coalesce(e.class, e.class_proposed), e.status, e.types, e.profile
FROM entity e WHERE e.id > $1 AND e.created_ms < $2 ORDER BY e.id LIMIT $3;

-- name: figure_release_put
-- takes case_id, statistic, population, period, from_ms, to_ms, stage, filing_id, made_ms, content
INSERT INTO figure_release (case_id, statistic, population, period, from_ms, to_ms, stage, filing_id, made_ms, moved_ms, content)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $10)
ON CONFLICT (case_id) DO UPDATE SET statistic = excluded.statistic, population = excluded.population, period = excluded.period,
    from_ms = excluded.from_ms, to_ms = excluded.to_ms, stage = excluded.stage, filing_id = excluded.filing_id,
    made_ms = excluded.made_ms, moved_ms = excluded.moved_ms, content = excluded.content;

-- name: figure_release_move
-- takes case_id, stage, moved_ms
UPDATE figure_release SET stage = $2, moved_ms = $3 WHERE case_id = $1;

-- name: figure_release_of_case
-- takes case_id; gives statistic, period, stage, content, filing_id
SELECT statistic, period, stage, content, filing_id FROM figure_release WHERE case_id = $1;

-- name: figure_releases_near
-- What was released of a population in periods that touch this one. Takes population, from_ms, to_ms, case_id to leave out
-- gives case_id, statistic, period, from_ms, to_ms, content; earliest first
SELECT case_id, statistic, period, from_ms, to_ms, content FROM figure_release
WHERE population = $1 AND from_ms < $3 AND to_ms > $2 AND case_id <> $4 AND stage IN ('filed', 'public')
ORDER BY moved_ms, case_id LIMIT 64;

-- name: figure_release_last
-- The last released figures of a period. Takes statistic, from_ms, whether only public ones; gives case_id, period, stage,
-- filing_id, made_ms, moved_ms, content
SELECT case_id, period, stage, filing_id, made_ms, moved_ms, content FROM figure_release
WHERE statistic = $1 AND from_ms = $2 AND (stage = 'public' OR ($3 = 0 AND stage = 'filed'))
ORDER BY moved_ms DESC, case_id DESC LIMIT 1;

-- name: figure_releases
-- takes statistic, whether only public ones; gives case_id, period, stage, filing_id, made_ms, moved_ms; newest first
SELECT case_id, period, stage, filing_id, made_ms, moved_ms FROM figure_release
WHERE statistic = $1 AND (stage = 'public' OR $2 = 0) ORDER BY from_ms DESC, moved_ms DESC LIMIT 100;

-- name: derived_clear_case_figure
DELETE FROM case_figure;
-- name: derived_clear_figure_release
DELETE FROM figure_release;
-- name: derived_clear_legal_hold
DELETE FROM legal_hold;
-- name: derived_clear_erasure_batch
DELETE FROM erasure_batch;
