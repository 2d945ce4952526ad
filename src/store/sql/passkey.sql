-- SPDX-License-Identifier: EUPL-1.2
-- Statements of passkeys.

-- name: passkey_add
-- takes $1 id, $2 credential, $3 person, $4 name, $5 algorithm, $6 public key, $7 counter, $8 made_ms
INSERT INTO passkey (id, credential, person_id, name, algorithm, public_key, counter, made_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8);

-- name: passkey_find
-- takes $1 credential; gives id, person, algorithm, public key, counter, halted_ms, is the person shut out
SELECT k.id, k.person_id, k.algorithm, k.public_key, k.counter, k.halted_ms, p.is_disabled
FROM passkey k JOIN person p ON p.id = k.person_id WHERE k.credential = $1;

-- name: passkey_list
-- takes $1 person; gives id, name, made_ms, used_ms, halted_ms, credential
SELECT id, name, made_ms, used_ms, halted_ms, credential FROM passkey WHERE person_id = $1 ORDER BY id LIMIT 50;

-- name: passkey_count
-- takes $1 person; gives how many she has
SELECT count(*) FROM passkey WHERE person_id = $1;

-- name: passkey_use
-- takes $1 id, $2 counter, $3 used_ms
UPDATE passkey SET counter = $2, used_ms = $3 WHERE id = $1;

-- name: passkey_halt
-- takes $1 id, $2 halted_ms
UPDATE passkey SET halted_ms = $2 WHERE id = $1 AND halted_ms IS NULL;

-- name: passkey_drop
-- takes $1 id, $2 person
DELETE FROM passkey WHERE id = $1 AND person_id = $2;

-- name: passkey_drop_all
-- takes $1 person
DELETE FROM passkey WHERE person_id = $1;

-- name: passkey_challenge_add
-- takes $1 hash, $2 expires_ms; a second time is a conflict
INSERT INTO passkey_challenge (challenge_hash, expires_ms) VALUES ($1, $2);

-- name: passkey_challenge_prune
-- takes $1 instant; removes those that expired before it
DELETE FROM passkey_challenge WHERE expires_ms < $1;
