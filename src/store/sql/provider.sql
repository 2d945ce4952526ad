-- SPDX-License-Identifier: EUPL-1.2
-- Statements of sign-in through other providers (OpenID Connect).

-- name: provider_state_add
-- takes $1 hash, $2 expires_ms; a second time is a conflict
INSERT INTO provider_state (state_hash, expires_ms) VALUES ($1, $2);

-- name: provider_state_prune
-- takes $1 instant; removes those that expired before it
DELETE FROM provider_state WHERE expires_ms < $1;

-- name: link_add
-- takes $1 id, $2 provider, $3 subject, $4 person, $5 made_ms
INSERT INTO person_link (id, provider, subject, person_id, made_ms) VALUES ($1, $2, $3, $4, $5);

-- name: link_find
-- takes $1 provider, $2 subject; gives id, person, is the person shut out
SELECT l.id, l.person_id, p.is_disabled FROM person_link l JOIN person p ON p.id = l.person_id WHERE l.provider = $1 AND l.subject = $2;

-- name: link_use
-- takes $1 id, $2 used_ms
UPDATE person_link SET used_ms = $2 WHERE id = $1;

-- name: link_list
-- takes $1 person; gives id, provider, subject, made_ms, used_ms
SELECT id, provider, subject, made_ms, used_ms FROM person_link WHERE person_id = $1 ORDER BY id LIMIT 50;

-- name: link_count
-- takes $1 person; gives how many she has
SELECT count(*) FROM person_link WHERE person_id = $1;

-- name: link_drop
-- takes $1 id, $2 person
DELETE FROM person_link WHERE id = $1 AND person_id = $2;

-- name: link_drop_all
-- takes $1 person
DELETE FROM person_link WHERE person_id = $1;
