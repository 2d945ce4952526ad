-- SPDX-License-Identifier: EUPL-1.2
-- The register of entities.

-- name: entity_get
-- takes id; gives id, name, identifier, status, class, class_proposed, sectors, types, profile, version, created_ms, changed_ms, size
SELECT id, name, identifier, status, class, class_proposed, sectors, types, profile, version, created_ms, changed_ms, size
FROM entity WHERE id = $1;

-- name: entity_put
-- takes id, name, name_folded, identifier, status, class, class_proposed, sectors, types, profile, version, created_ms, changed_ms, size
INSERT INTO entity (id, name, name_folded, identifier, status, class, class_proposed, sectors, types, profile, version,
                    created_ms, changed_ms, size)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
ON CONFLICT (id) DO UPDATE SET name = excluded.name, name_folded = excluded.name_folded, identifier = excluded.identifier,
    status = excluded.status, class = excluded.class, class_proposed = excluded.class_proposed, sectors = excluded.sectors,
    types = excluded.types, profile = excluded.profile, version = excluded.version, changed_ms = excluded.changed_ms,
    size = excluded.size;

-- name: entity_sectors
-- takes id; gives sectors
SELECT sectors FROM entity WHERE id = $1;

-- name: entity_version
-- takes id; gives version
SELECT version FROM entity WHERE id = $1;

-- name: entity_page
-- By name. Takes name_folded and id after which to go on, number of rows, JSON array of sectors or NULL for all, status or NULL,
-- class or NULL, text that the folded name contains or NULL, the same text as an identifier
-- gives id, name, identifier, status, class, class_proposed, sectors, types, version, changed_ms, name_folded
SELECT e.id, e.name, e.identifier, e.status, e.class, e.class_proposed, e.sectors, e.types, e.version, e.changed_ms, e.name_folded
FROM entity e
WHERE (e.name_folded, e.id) > ($1, $2)
  AND ($7 IS NULL OR instr(e.name_folded, $7) > 0 OR e.identifier = $8)
  AND ($4 IS NULL OR EXISTS (SELECT 1 FROM json_each(e.sectors) s, json_each($4) b WHERE s.value = b.value))
  AND ($5 IS NULL OR e.status = $5)
  AND ($6 IS NULL OR coalesce(e.class, e.class_proposed) = $6)
ORDER BY e.name_folded, e.id LIMIT $3;

-- name: entity_few
-- As entity_page without a text, where few fit: these are found by their tallies, and sorted. Takes $1 to $6 of it
SELECT e.id, e.name, e.identifier, e.status, e.class, e.class_proposed, e.sectors, e.types, e.version, e.changed_ms, e.name_folded
FROM entity_tally t CROSS JOIN entity e
WHERE e.tally = t.id AND (e.name_folded, e.id) > ($1, $2)
  AND ($4 IS NULL OR EXISTS (SELECT 1 FROM json_each(t.sectors) s, json_each($4) b WHERE s.value = b.value))
  AND ($5 IS NULL OR t.status = $5) AND ($6 IS NULL OR t.class = $6)
ORDER BY e.name_folded, e.id LIMIT $3;

-- name: entity_named
-- As entity_page with a text, where few names contain it: these are found by their parts, and sorted. Takes $1 to $8 of it, first part and the end of the range
SELECT e.id, e.name, e.identifier, e.status, e.class, e.class_proposed, e.sectors, e.types, e.version, e.changed_ms, e.name_folded
FROM (SELECT p.entity_id AS id FROM entity_part p WHERE p.part >= $9 AND p.part < $10 UNION SELECT i.id FROM entity i WHERE i.identifier = $8) m CROSS JOIN entity e
WHERE e.id = m.id AND (e.name_folded, e.id) > ($1, $2) AND (instr(e.name_folded, $7) > 0 OR e.identifier = $8)
  AND ($4 IS NULL OR EXISTS (SELECT 1 FROM json_each(e.sectors) s, json_each($4) b WHERE s.value = b.value))
  AND ($5 IS NULL OR e.status = $5)
  AND ($6 IS NULL OR coalesce(e.class, e.class_proposed) = $6)
ORDER BY e.name_folded, e.id LIMIT $3;

-- name: entity_parts_within
-- takes first part and the end of the range, number to which it counts; gives how many parts of names lie there
SELECT count(*) FROM (SELECT 1 FROM entity_part WHERE part >= $1 AND part < $2 LIMIT $3) AS near;

-- name: entity_count
-- Where many names contain the text: takes the filters of entity_page, sectors, status, class, text, identifier, and entries to leave out (JSON array)
SELECT count(*) FROM entity
WHERE ($1 IS NULL OR EXISTS (SELECT 1 FROM json_each(sectors) s, json_each($1) b WHERE s.value = b.value))
  AND ($2 IS NULL OR status = $2)
  AND ($3 IS NULL OR coalesce(class, class_proposed) = $3)
  AND (instr(name_folded, $4) > 0 OR identifier = $5)
  AND id NOT IN (SELECT value FROM json_each($6));

-- name: entity_count_named
-- The same where few names contain the text: takes as well first part and the end of the range
SELECT count(*)
FROM (SELECT p.entity_id AS id FROM entity_part p WHERE p.part >= $7 AND p.part < $8 UNION SELECT i.id FROM entity i WHERE i.identifier = $5) m CROSS JOIN entity e
WHERE e.id = m.id AND (instr(e.name_folded, $4) > 0 OR e.identifier = $5)
  AND ($1 IS NULL OR EXISTS (SELECT 1 FROM json_each(e.sectors) s, json_each($1) b WHERE s.value = b.value))
  AND ($2 IS NULL OR e.status = $2)
  AND ($3 IS NULL OR coalesce(e.class, e.class_proposed) = $3)
  AND e.id NOT IN (SELECT value FROM json_each($6));

-- name: entity_name_folded
-- takes id; gives name_folded
SELECT name_folded FROM entity WHERE id = $1;

-- name: entity_parts_add
-- takes id, parts of its name (JSON array), each once
INSERT INTO entity_part (part, entity_id) SELECT value, $1 FROM json_each($2) WHERE 1 = 1 ON CONFLICT (part, entity_id) DO NOTHING;
-- name: entity_parts_remove
-- takes id, parts of the name that it had (JSON array)
DELETE FROM entity_part WHERE entity_id = $1 AND part IN (SELECT value FROM json_each($2));
-- name: derived_clear_entity_part
DELETE FROM entity_part;

-- name: entity_twins
-- takes id, identifier or NULL, folded name; gives id of other entities with the same identifier or name
SELECT id FROM entity WHERE identifier = $2 AND id <> $1
UNION SELECT id FROM entity WHERE name_folded = $3 AND id <> $1
ORDER BY id LIMIT 20;

-- name: entity_counts
-- An entity of two sectors counts in each. Takes JSON array of sectors or NULL for all; gives sector, class (decided, else
-- proposed), status, number
SELECT s.value, nullif(t.class, ''), t.status, sum(t.entities)
FROM entity_tally t, json_each(t.sectors) s
WHERE $1 IS NULL OR s.value IN (SELECT value FROM json_each($1))
GROUP BY 1, 2, 3 ORDER BY 1, 2, 3;

-- name: entity_counts_distinct
-- Each entity once. Takes JSON array of sectors or NULL for all; gives class (decided, else proposed), status, number
SELECT nullif(t.class, ''), t.status, sum(t.entities) FROM entity_tally t
WHERE $1 IS NULL OR EXISTS (SELECT 1 FROM json_each(t.sectors) s, json_each($1) b WHERE s.value = b.value)
GROUP BY 1, 2 ORDER BY 1, 2;
