-- SPDX-License-Identifier: EUPL-1.2
-- Strands: what runs through several cases (service/strand.h). A walk begins at the points of one case and follows the links.

-- name: strand_link_add
-- takes filing_id, strand, case_id, point, other_id, other_point, filed_in, at_ms
INSERT INTO strand_link (filing_id, strand, case_id, point, other_id, other_point, filed_in, at_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8);

-- name: strand_note_add
-- takes filing_id, strand, note, case_id, point, at_ms
INSERT INTO strand_note (filing_id, strand, note, case_id, point, at_ms) VALUES ($1, $2, $3, $4, $5, $6);

-- name: strand_about_add
-- takes filing_id, strand, case_id, about_id
INSERT INTO strand_about (filing_id, strand, case_id, about_id) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING;

-- name: strand_link_find
-- takes case_id, strand, filing_id; gives a row where that filing joined the case
SELECT other_id FROM strand_link WHERE case_id = $1 AND strand = $2 AND filing_id = $3;

-- name: strand_link_made
-- takes filing_id; gives a row where that filing joins cases
SELECT case_id FROM strand_link WHERE filing_id = $1 LIMIT 1;

-- name: strand_link_same
-- takes case_id, strand, point, other_id, other_point; gives filing_id of a link that says so already
SELECT filing_id FROM strand_link WHERE case_id = $1 AND strand = $2 AND point = $3 AND other_id = $4 AND other_point = $5 LIMIT 1;

-- name: strand_link_drop
-- takes filing_id
DELETE FROM strand_link WHERE filing_id = $1;

-- name: strand_note_drop
-- takes filing_id
DELETE FROM strand_note WHERE filing_id = $1;

-- name: strand_about_drop
-- takes filing_id
DELETE FROM strand_about WHERE filing_id = $1;

-- name: strand_cases
-- takes case_id; gives the other cases that any strand joins with it
WITH RECURSIVE run (strand, case_id, point) AS (
    SELECT strand, case_id, point FROM strand_link WHERE case_id = $1
    UNION
    SELECT l.strand, l.other_id, l.other_point FROM run r JOIN strand_link l ON l.case_id = r.case_id AND l.point = r.point AND l.strand = r.strand
)
SELECT DISTINCT case_id FROM run WHERE case_id <> $1 ORDER BY case_id;

-- name: strand_noted
-- takes case_id; gives note, point of the case: each note that stands there or at a point joined to it
WITH RECURSIVE run (strand, start, case_id, point) AS (
    SELECT f.strand, f.point, f.case_id, f.point
    FROM (SELECT strand, case_id, point FROM strand_link WHERE case_id = $1 UNION SELECT strand, case_id, point FROM strand_note WHERE case_id = $1) f
    UNION
    SELECT r.strand, r.start, l.other_id, l.other_point FROM run r JOIN strand_link l ON l.case_id = r.case_id AND l.point = r.point AND l.strand = r.strand
)
SELECT DISTINCT n.note, r.start FROM run r JOIN strand_note n ON n.case_id = r.case_id AND n.point = r.point AND n.strand = r.strand ORDER BY n.note, r.start;

-- name: strand_notes_of_case
-- takes case_id, strand; gives point of the case, note, at_ms, filing_id, case_id, point where it was noted
WITH RECURSIVE run (start, case_id, point) AS (
    SELECT f.point, f.case_id, f.point
    FROM (SELECT case_id, point FROM strand_link WHERE case_id = $1 AND strand = $2 UNION SELECT case_id, point FROM strand_note WHERE case_id = $1 AND strand = $2) f
    UNION
    SELECT r.start, l.other_id, l.other_point FROM run r JOIN strand_link l ON l.case_id = r.case_id AND l.point = r.point AND l.strand = $2
)
SELECT r.start, n.note, n.at_ms, n.filing_id, n.case_id, n.point
FROM run r JOIN strand_note n ON n.case_id = r.case_id AND n.point = r.point AND n.strand = $2
ORDER BY r.start, n.note, n.at_ms, n.filing_id, n.point LIMIT 250;

-- name: strand_links_of_case
-- takes case_id, strand; gives point, filing_id, other_id, other_point, at_ms, the case in which it was said
SELECT point, filing_id, other_id, other_point, at_ms, filed_in FROM strand_link WHERE case_id = $1 AND strand = $2 ORDER BY point, at_ms, filing_id LIMIT 250;

-- name: strand_candidates
-- takes case_id, strand, entity_id (NULL: none), procedure; gives id, whether of the same entity, about the same case, linked with it otherwise
SELECT c.id,
       CASE WHEN c.entity_id = $3 THEN 1 ELSE 0 END,
       CASE WHEN EXISTS (SELECT 1 FROM strand_about a JOIN strand_about b ON b.about_id = a.about_id AND b.strand = a.strand
                         WHERE a.case_id = $1 AND b.case_id = c.id AND a.strand = $2) THEN 1 ELSE 0 END,
       CASE WHEN EXISTS (SELECT 1 FROM desk_link k WHERE k.case_id = $1 AND k.other = c.id) THEN 1 ELSE 0 END
FROM case_file c
WHERE c.id IN (SELECT id FROM case_file WHERE entity_id = $3
               UNION SELECT b.case_id FROM strand_about a JOIN strand_about b ON b.about_id = a.about_id AND b.strand = a.strand WHERE a.case_id = $1 AND a.strand = $2
               UNION SELECT other FROM desk_link WHERE case_id = $1)
  AND c.id <> $1 AND c.procedure = $4
ORDER BY c.id DESC LIMIT 250;

-- name: derived_clear_strand_link
DELETE FROM strand_link;

-- name: derived_clear_strand_note
DELETE FROM strand_note;

-- name: derived_clear_strand_about
DELETE FROM strand_about;
