-- SPDX-License-Identifier: EUPL-1.2
-- Selections of the register.

-- name: trait_add
-- takes kind, value, entity_id
INSERT INTO entity_trait (kind, value, entity_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING;

-- name: trait_remove
-- takes kind, value, entity_id
DELETE FROM entity_trait WHERE kind = $1 AND value = $2 AND entity_id = $3;

-- name: traits_of_entity
-- takes entity_id; gives kind, value
SELECT kind, value FROM entity_trait WHERE entity_id = $1 ORDER BY kind, value;

-- name: selection_find
-- Entities of the given statuses that meet all criteria given, or are named, but for the exceptions. Takes JSON arrays: $1 statuses, $2
-- sectors, $3 types, $4 sizes, $5 classes, $6 states of services, $7 products (each contained in the declared one), $8 entities, $9
-- exceptions, each NULL where not given; $10 1 where there are criteria at all (or everyone is meant), else 0; $11 JSON array of
-- sectors that bound whom one may select, or NULL
-- gives id, status, sectors, class (decided, else proposed), name, 1 where there is someone to tell: a contact with an address, or a person who reads for it
SELECT e.id, e.status, e.sectors, coalesce(e.class, e.class_proposed), e.name,
       EXISTS (SELECT 1 FROM entity_trait c WHERE c.kind = 'contact' AND c.value = 'mail' AND c.entity_id = e.id)
       OR EXISTS (SELECT 1 FROM mandate m WHERE m.entity = e.id AND m.revoked_ms IS NULL AND m.scopes & 1)
FROM entity e
WHERE e.status IN (SELECT value FROM json_each($1))
  AND (($10 = 1
        AND ($2 IS NULL OR e.id IN (SELECT entity_id FROM entity_trait WHERE kind = 'sector' AND value IN (SELECT value FROM json_each($2))))
        AND ($3 IS NULL OR e.id IN (SELECT entity_id FROM entity_trait WHERE kind = 'type' AND value IN (SELECT value FROM json_each($3))))
        AND ($4 IS NULL OR e.id IN (SELECT entity_id FROM entity_trait WHERE kind = 'size' AND value IN (SELECT value FROM json_each($4))))
        AND ($5 IS NULL OR e.id IN (SELECT entity_id FROM entity_trait WHERE kind = 'class' AND value IN (SELECT value FROM json_each($5))))
        AND ($6 IS NULL OR e.id IN (SELECT entity_id FROM entity_trait WHERE kind = 'service' AND value IN (SELECT value FROM json_each($6))))
        AND ($7 IS NULL OR e.id IN (SELECT t.entity_id FROM entity_trait t, json_each($7) p WHERE t.kind = 'product' AND instr(t.value, p.value) > 0)))
       OR ($8 IS NOT NULL AND e.id IN (SELECT value FROM json_each($8))))
  AND ($9 IS NULL OR e.id NOT IN (SELECT value FROM json_each($9)))
  AND ($11 IS NULL OR e.id IN (SELECT entity_id FROM entity_trait WHERE kind = 'sector' AND value IN (SELECT value FROM json_each($11))))
ORDER BY e.id LIMIT 60001;

-- name: selection_profiles
-- takes JSON array of entities; gives the columns of entity_get
SELECT id, name, identifier, status, class, class_proposed, sectors, types, profile, version, created_ms, changed_ms, size
FROM entity WHERE id IN (SELECT value FROM json_each($1));

-- name: preview_put
-- takes version, criteria, JSON array of entities, created_ms
INSERT INTO selection_preview (version, criteria, entities, created_ms) VALUES ($1, $2, $3, $4)
ON CONFLICT (version) DO UPDATE SET created_ms = excluded.created_ms;

-- name: preview_get
-- takes version; gives criteria, JSON array of entities, created_ms
SELECT criteria, entities, created_ms FROM selection_preview WHERE version = $1;

-- name: preview_expire
-- takes the oldest created_ms to keep
DELETE FROM selection_preview WHERE created_ms < $1;

-- name: entity_names
-- takes JSON array of entities; gives id, name
SELECT id, name FROM entity WHERE id IN (SELECT value FROM json_each($1)) ORDER BY id;

-- name: derived_clear_entity_trait
DELETE FROM entity_trait;
