-- SPDX-License-Identifier: EUPL-1.2
-- Statements of the store itself.

-- name: store_migrations
-- takes nothing; gives number, name, sha256 of each migration done, ascending
SELECT number, name, sha256 FROM migration ORDER BY number;

-- name: store_migration_add
-- takes $1 number, $2 name, $3 sha256
INSERT INTO migration (number, name, sha256) VALUES ($1, $2, $3);

-- name: store_meta_get
-- takes $1 name; gives value, or no row
SELECT value FROM meta WHERE name = $1;

-- name: store_meta_set
-- takes $1 name, $2 value; adds or replaces
INSERT INTO meta (name, value) VALUES ($1, $2)
ON CONFLICT (name) DO UPDATE SET value = excluded.value;

-- name: store_meta_add
-- takes $1 name, $2 value; a name that is there already is a conflict
INSERT INTO meta (name, value) VALUES ($1, $2);
