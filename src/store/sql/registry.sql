-- SPDX-License-Identifier: EUPL-1.2
-- Extracts of the register, numbers of entities, and entries that the law sees otherwise today.

-- name: registry_page
-- takes id after which to go on, number of rows, JSON array of types or NULL for all; gives id, name, status, class (decided, else proposed), types, profile
SELECT e.id, e.name, e.status, coalesce(e.class, e.class_proposed), e.types, e.profile FROM entity e
WHERE e.id > $1 AND ($3 IS NULL OR EXISTS (SELECT 1 FROM json_each(e.types) t, json_each($3) w WHERE t.value = w.value))
ORDER BY e.id LIMIT $2;

-- name: registry_rescope_page
-- takes id after which to go on, number of rows, procedure; gives id, name, status, class decided, version, profile, its case of that procedure
SELECT e.id, e.name, e.status, e.class, e.version, e.profile,
       (SELECT c.id FROM case_file c WHERE c.entity_id = e.id AND c.procedure = $3 ORDER BY c.opened_ms DESC, c.id LIMIT 1)
FROM entity e WHERE e.id > $1 ORDER BY e.id LIMIT $2;

-- name: what_if_page
-- takes id after which to go on, number of rows; gives id, name, profile
SELECT id, name, profile FROM entity WHERE id > $1 ORDER BY id LIMIT $2;

-- name: registry_sent_list
-- takes extract; gives entity_id, mark
SELECT entity_id, mark FROM registry_sent WHERE extract = $1 ORDER BY entity_id;

-- name: registry_sent_put
-- takes extract, entity_id, mark, filing_id
INSERT INTO registry_sent (extract, entity_id, mark, filing_id) VALUES ($1, $2, $3, $4)
ON CONFLICT (extract, entity_id) DO UPDATE SET mark = excluded.mark, filing_id = excluded.filing_id;

-- name: registry_sent_drop
-- takes extract, entity_id
DELETE FROM registry_sent WHERE extract = $1 AND entity_id = $2;

-- name: registry_numbers_put
-- takes filing_id, made_ms, content
INSERT INTO registry_numbers (filing_id, made_ms, content) VALUES ($1, $2, $3);

-- name: registry_numbers_get
-- takes filing_id; gives made_ms, content
SELECT made_ms, content FROM registry_numbers WHERE filing_id = $1;

-- name: registry_numbers_list
-- gives filing_id, made_ms; the latest first
SELECT filing_id, made_ms FROM registry_numbers ORDER BY made_ms DESC, filing_id LIMIT 50;

-- name: derived_clear_registry_sent
DELETE FROM registry_sent;
-- name: derived_clear_registry_numbers
DELETE FROM registry_numbers;
