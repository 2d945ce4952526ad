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
-- takes name_folded and id after which to go on, number of rows, JSON array of sectors or NULL for all, status or NULL,
-- class or NULL, text contained in the folded name (with % around) or NULL, the same text as an identifier
-- gives id, name, identifier, status, class, class_proposed, sectors, types, version, changed_ms, name_folded
-- The names are looked through in their index (n), which is small; only what fits is read as a whole (e).
SELECT e.id, e.name, e.identifier, e.status, e.class, e.class_proposed, e.sectors, e.types, e.version, e.changed_ms, e.name_folded
FROM entity n JOIN entity e ON e.id = n.id
WHERE (n.name_folded, n.id) > ($1, $2)
  AND ($7 IS NULL OR n.name_folded LIKE $7 ESCAPE '\' OR n.id IN (SELECT i.id FROM entity i WHERE i.identifier = $8))
  AND ($4 IS NULL OR EXISTS (SELECT 1 FROM json_each(e.sectors) s, json_each($4) b WHERE s.value = b.value))
  AND ($5 IS NULL OR e.status = $5)
  AND ($6 IS NULL OR coalesce(e.class, e.class_proposed) = $6)
ORDER BY n.name_folded, n.id LIMIT $3;

-- name: entity_count
-- takes the filters of entity_page: sectors, status, class, text, identifier, and entries to leave out (JSON array); gives the number of rows
SELECT count(*) FROM entity
WHERE ($1 IS NULL OR EXISTS (SELECT 1 FROM json_each(sectors) s, json_each($1) b WHERE s.value = b.value))
  AND ($2 IS NULL OR status = $2)
  AND ($3 IS NULL OR coalesce(class, class_proposed) = $3)
  AND ($4 IS NULL OR name_folded LIKE $4 ESCAPE '\' OR identifier = $5)
  AND id NOT IN (SELECT value FROM json_each($6));

-- name: entity_twins
-- takes id, identifier or NULL, folded name; gives id of other entities with the same identifier or name
SELECT id FROM entity WHERE identifier = $2 AND id <> $1
UNION SELECT id FROM entity WHERE name_folded = $3 AND id <> $1
ORDER BY id LIMIT 20;

-- name: entity_counts
-- An entity of two sectors counts in each. Takes JSON array of sectors or NULL for all; gives sector, class (decided, else
-- proposed), status, number
SELECT s.value, coalesce(entity.class, entity.class_proposed), entity.status, count(*)
FROM entity, json_each(entity.sectors) s
WHERE $1 IS NULL OR s.value IN (SELECT value FROM json_each($1))
GROUP BY 1, 2, 3 ORDER BY 1, 2, 3;

-- name: entity_counts_distinct
-- Each entity once. Takes JSON array of sectors or NULL for all; gives class (decided, else proposed), status, number
SELECT coalesce(class, class_proposed), status, count(*) FROM entity
WHERE $1 IS NULL OR EXISTS (SELECT 1 FROM json_each(sectors) s, json_each($1) b WHERE s.value = b.value)
GROUP BY 1, 2 ORDER BY 1, 2;
