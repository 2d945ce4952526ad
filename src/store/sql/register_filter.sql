-- SPDX-License-Identifier: EUPL-1.2
-- The register by more than name, status and class: what selections look for (entity_trait), and what an entry lacks.

-- part: register_fits
-- $1 JSON array of sectors or NULL for all, $2 status or NULL, $3 class or NULL, $4 text contained in the folded name or NULL, $5 the same text as an
-- identifier; each or NULL: $6 sector, $7 size, $8 type, $9 Member State of services, $10 attribute that the profile lacks
($1 IS NULL OR EXISTS (SELECT 1 FROM json_each(e.sectors) s, json_each($1) b WHERE s.value = b.value))
  AND ($2 IS NULL OR e.status = $2)
  AND ($3 IS NULL OR coalesce(e.class, e.class_proposed) = $3)
  AND ($4 IS NULL OR instr(e.name_folded, $4) > 0 OR e.identifier = $5)
  AND ($6 IS NULL OR EXISTS (SELECT 1 FROM entity_trait t WHERE t.kind = 'sector' AND t.value = $6 AND t.entity_id = e.id))
  AND ($7 IS NULL OR EXISTS (SELECT 1 FROM entity_trait t WHERE t.kind = 'size' AND t.value = $7 AND t.entity_id = e.id))
  AND ($8 IS NULL OR EXISTS (SELECT 1 FROM entity_trait t WHERE t.kind = 'type' AND t.value = $8 AND t.entity_id = e.id))
  AND ($9 IS NULL OR EXISTS (SELECT 1 FROM entity_trait t WHERE t.kind = 'service' AND t.value = $9 AND t.entity_id = e.id))
  AND ($10 IS NULL OR NOT EXISTS (SELECT 1 FROM json_each(e.profile) p WHERE p.key = $10))

-- name: register_filter_page
-- takes the filters, name_folded and id after which to go on, number of rows; gives what entity_page gives
SELECT e.id, e.name, e.identifier, e.status, e.class, e.class_proposed, e.sectors, e.types, e.version, e.changed_ms, e.name_folded
FROM entity e
WHERE (e.name_folded, e.id) > ($11, $12) AND {register_fits}
ORDER BY e.name_folded, e.id LIMIT $13;

-- name: register_filter_count
-- takes the filters, and entries to leave out (JSON array); gives the number of rows
SELECT count(*) FROM entity e
WHERE {register_fits}
  AND e.id NOT IN (SELECT value FROM json_each($11));
