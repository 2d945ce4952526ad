-- SPDX-License-Identifier: EUPL-1.2
-- What everybody may read (service/publication.h).

-- name: publication_last
-- takes filing_id of any version; gives id and version of the latest
SELECT l.id, l.version FROM publication p JOIN publication l ON l.id = p.id AND l.is_latest = 1 WHERE p.filing_id = $1;

-- name: publication_pass
-- takes id; its versions are no longer the latest
UPDATE publication SET is_latest = 0 WHERE id = $1 AND is_latest = 1;

-- name: publication_add
-- takes seq, filing_id, id, version, case_id, procedure, document, office, published_ms, calendar
INSERT INTO publication (seq, filing_id, id, version, is_latest, case_id, procedure, document, office, published_ms, calendar)
VALUES ($1, $2, $3, $4, 1, $5, $6, $7, $8, $9, $10);

-- name: publication_end
-- takes filing_id of any version, ended_ms
UPDATE publication SET ended_ms = $2 WHERE is_latest = 1 AND ended_ms IS NULL AND id = (SELECT id FROM publication WHERE filing_id = $1);

-- name: publication_get
-- takes filing_id of any version, version or NULL for the latest; gives id, filing_id, version, is_latest, case_id, procedure, document,
-- office, published_ms, whether the latest has ended, calendar, and workspace, entity_id, sectors, offices of the case
SELECT v.id, v.filing_id, v.version, v.is_latest, v.case_id, v.procedure, v.document, v.office, v.published_ms, l.ended_ms, v.calendar,
       c.workspace, c.entity_id, c.sectors, c.offices
FROM publication p JOIN publication l ON l.id = p.id AND l.is_latest = 1
     JOIN publication v ON v.id = p.id AND v.version = coalesce($2, l.version) JOIN desk_case c ON c.case_id = v.case_id
WHERE p.filing_id = $1;

-- name: publication_versions
-- takes id; gives version, filing_id, published_ms, oldest first
SELECT version, filing_id, published_ms FROM publication WHERE id = $1 ORDER BY version LIMIT 250;

-- name: publication_page
-- Latest versions, newest first. Takes seq before which to go on, number of rows, procedure or NULL, document or NULL, 1: also those that
-- have ended and stood in a calendar, and none without one
-- gives seq and the columns of publication_get
SELECT v.seq, v.id, v.filing_id, v.version, v.is_latest, v.case_id, v.procedure, v.document, v.office, v.published_ms, v.ended_ms, v.calendar,
       c.workspace, c.entity_id, c.sectors, c.offices
FROM publication v JOIN desk_case c ON c.case_id = v.case_id
WHERE v.is_latest = 1 AND v.seq < $1 AND ($3 IS NULL OR v.procedure = $3) AND ($4 IS NULL OR v.document = $4)
  AND (CASE WHEN $5 = 1 THEN v.calendar IS NOT NULL ELSE v.ended_ms IS NULL END)
ORDER BY v.seq DESC LIMIT $2;

-- name: derived_clear_publication
DELETE FROM publication;
