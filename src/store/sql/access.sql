-- SPDX-License-Identifier: EUPL-1.2
-- Statements of access: persons, sessions, tokens, roles, mandates, codes, failures, events, readings.

-- name: access_session_find
-- takes $1 token hash; gives id, expires_ms, is_totp_done, person id, pseudonym, name, language, is_administrator, is_disabled,
-- has roles, has mandates
SELECT s.id, s.expires_ms, s.is_totp_done, p.id, p.pseudonym, p.name, p.language, p.is_administrator, p.is_disabled,
       EXISTS (SELECT 1 FROM role r WHERE r.person_id = p.id AND r.revoked_ms IS NULL),
       EXISTS (SELECT 1 FROM mandate m WHERE m.person_id = p.id AND m.revoked_ms IS NULL)
       OR EXISTS (SELECT 1 FROM mandate_assignment a WHERE a.person_id = p.id AND a.ended_ms IS NULL)
FROM session s JOIN person p ON p.id = s.person_id WHERE s.token_hash = $1;

-- name: access_token_find
-- takes $1 token hash; gives id, expires_ms, is_totp_done, person id, pseudonym, name, language, is_administrator, is_disabled,
-- has roles, has mandates, scopes, revoked_ms, used_ms
SELECT t.id, t.expires_ms, t.is_totp_done, p.id, p.pseudonym, p.name, p.language, p.is_administrator, p.is_disabled,
       EXISTS (SELECT 1 FROM role r WHERE r.person_id = p.id AND r.revoked_ms IS NULL),
       EXISTS (SELECT 1 FROM mandate m WHERE m.person_id = p.id AND m.revoked_ms IS NULL)
       OR EXISTS (SELECT 1 FROM mandate_assignment a WHERE a.person_id = p.id AND a.ended_ms IS NULL),
       t.scopes, t.revoked_ms, t.used_ms
FROM token t JOIN person p ON p.id = t.person_id WHERE t.token_hash = $1;

-- name: access_role_of_person
-- takes $1 person; gives id, office, role, sectors, granted_ms, granted_by of the roles in force
SELECT id, office, role, sectors, granted_ms, granted_by FROM role WHERE person_id = $1 AND revoked_ms IS NULL
ORDER BY office;

-- name: access_person_language
-- takes $1 id, $2 language
UPDATE person SET language = $2 WHERE id = $1;

-- name: access_mandate_in_force
-- takes $1 person, $2 now_ms; gives id, entity, scopes, from_ms, until_ms, capacity, procedures, may_delegate, firm of mandates in
-- force or to come: her own, and those of firms under which she was set to work
SELECT id, entity, scopes, from_ms, until_ms, capacity, procedures, may_delegate, firm_id FROM mandate
WHERE person_id = $1 AND revoked_ms IS NULL AND (until_ms IS NULL OR until_ms > $2)
UNION ALL
SELECT m.id, m.entity, m.scopes & a.scopes, m.from_ms, m.until_ms, m.capacity, m.procedures, m.may_delegate, m.firm_id
FROM mandate_assignment a JOIN mandate m ON m.id = a.mandate_id
  JOIN firm_member f ON f.person_id = a.person_id AND f.firm_id = m.firm_id AND f.ended_ms IS NULL
WHERE a.person_id = $1 AND a.ended_ms IS NULL AND m.revoked_ms IS NULL AND (m.until_ms IS NULL OR m.until_ms > $2)
ORDER BY 2, 1 LIMIT 1000;

-- name: access_person_add
-- takes $1 id, $2 login, $3 name, $4 language, $5 pseudonym, $6 is_administrator, $7 created_ms, $8 created_by
INSERT INTO person (id, login, name, language, pseudonym, is_administrator, is_disabled, created_ms, created_by)
VALUES ($1, $2, $3, $4, $5, $6, 0, $7, $8);

-- name: access_person_by_login
-- takes $1 login; gives id
SELECT id FROM person WHERE login = $1;

-- name: access_person_get
-- takes $1 id; gives id, login, name, language, pseudonym, is_administrator, is_disabled, created_ms, has password, has second factor
SELECT p.id, p.login, p.name, p.language, p.pseudonym, p.is_administrator, p.is_disabled, p.created_ms,
       EXISTS (SELECT 1 FROM person_password w WHERE w.person_id = p.id),
       EXISTS (SELECT 1 FROM person_totp t WHERE t.person_id = p.id AND t.secret IS NOT NULL)
FROM person p WHERE p.id = $1;

-- name: access_person_list
-- takes $1 id to start after, $2 most rows; gives the columns of access_person_get, by id
SELECT p.id, p.login, p.name, p.language, p.pseudonym, p.is_administrator, p.is_disabled, p.created_ms,
       EXISTS (SELECT 1 FROM person_password w WHERE w.person_id = p.id),
       EXISTS (SELECT 1 FROM person_totp t WHERE t.person_id = p.id AND t.secret IS NOT NULL)
FROM person p WHERE p.id > $1 ORDER BY p.id LIMIT $2;

-- name: access_person_set_disabled
-- takes $1 id, $2 is_disabled, $3 now_ms
UPDATE person SET is_disabled = $2, left_ms = CASE WHEN $2 = 1 THEN coalesce(left_ms, $3) END WHERE id = $1;

-- name: access_person_set_administrator
-- takes $1 id, $2 is_administrator
UPDATE person SET is_administrator = $2 WHERE id = $1;

-- name: access_administrator_others
-- takes $1 person; gives how many other administrators are not shut out
SELECT count(*) FROM person WHERE is_administrator = 1 AND is_disabled = 0 AND id <> $1;

-- name: access_second_others
-- takes $1 person, $2 person; gives how many other administrators or heads with a second factor there are
SELECT count(*) FROM person p
WHERE p.is_disabled = 0 AND p.id <> $1 AND p.id <> $2
  AND (p.is_administrator = 1
       OR EXISTS (SELECT 1 FROM role r WHERE r.person_id = p.id AND r.role = 3 AND r.revoked_ms IS NULL))
  AND EXISTS (SELECT 1 FROM person_totp t WHERE t.person_id = p.id AND t.secret IS NOT NULL);

-- name: access_password_get
-- takes $1 person; gives ops, memory_bytes, salt, hash
SELECT ops, memory_bytes, salt, hash FROM person_password WHERE person_id = $1;

-- name: access_password_by_login
-- takes $1 login; gives ops, memory_bytes, salt, hash, person id of a person who is not shut out
SELECT w.ops, w.memory_bytes, w.salt, w.hash, p.id FROM person p JOIN person_password w ON w.person_id = p.id
WHERE p.login = $1 AND p.is_disabled = 0;

-- name: access_password_put
-- takes $1 person, $2 ops, $3 memory_bytes, $4 salt, $5 hash, $6 set_ms; adds or replaces
INSERT INTO person_password (person_id, ops, memory_bytes, salt, hash, set_ms) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (person_id) DO UPDATE SET ops = excluded.ops, memory_bytes = excluded.memory_bytes, salt = excluded.salt,
  hash = excluded.hash, set_ms = excluded.set_ms;

-- name: access_totp_get
-- takes $1 person; gives secret, last_step, pending
SELECT secret, last_step, pending FROM person_totp WHERE person_id = $1;

-- name: access_totp_begin
-- takes $1 person, $2 pending; adds or replaces what is pending
INSERT INTO person_totp (person_id, secret, last_step, pending) VALUES ($1, NULL, 0, $2)
ON CONFLICT (person_id) DO UPDATE SET pending = excluded.pending;

-- name: access_totp_confirm
-- takes $1 person, $2 step
UPDATE person_totp SET secret = pending, pending = NULL, last_step = $2 WHERE person_id = $1 AND pending IS NOT NULL;

-- name: access_totp_use
-- takes $1 person, $2 step; changes no row where a code of that or a later step was used already
UPDATE person_totp SET last_step = $2 WHERE person_id = $1 AND secret IS NOT NULL AND last_step < $2;

-- name: access_totp_drop
-- takes $1 person
DELETE FROM person_totp WHERE person_id = $1;

-- name: access_recovery_add
-- takes $1 code hash, $2 person
INSERT INTO person_recovery (code_hash, person_id) VALUES ($1, $2);

-- name: access_recovery_count
-- takes $1 code hash, $2 login; gives 1 where it is a recovery code of that person, who is not shut out
SELECT count(*) FROM person_recovery r JOIN person p ON p.id = r.person_id
WHERE r.code_hash = $1 AND p.login = $2 AND p.is_disabled = 0;

-- name: access_recovery_use
-- takes $1 code hash, $2 person
DELETE FROM person_recovery WHERE code_hash = $1 AND person_id = $2;

-- name: access_recovery_drop
-- takes $1 person
DELETE FROM person_recovery WHERE person_id = $1;

-- name: access_recovery_left
-- takes $1 person; gives how many codes are left
SELECT count(*) FROM person_recovery WHERE person_id = $1;

-- name: access_session_add
-- takes $1 token hash, $2 id, $3 person, $4 created_ms, $5 expires_ms, $6 is_totp_done
INSERT INTO session (token_hash, id, person_id, created_ms, expires_ms, is_totp_done) VALUES ($1, $2, $3, $4, $5, $6);

-- name: access_session_trim
-- takes $1 person, $2 how many of the newest stay; removes the others
DELETE FROM session WHERE person_id = $1 AND id NOT IN
  (SELECT s.id FROM session s WHERE s.person_id = $1 ORDER BY s.created_ms DESC, s.id DESC LIMIT $2);

-- name: access_session_get
-- takes $1 id, $2 person; gives created_ms, expires_ms
SELECT created_ms, expires_ms FROM session WHERE id = $1 AND person_id = $2;

-- name: access_session_prolong
-- takes $1 id, $2 expires_ms
UPDATE session SET expires_ms = $2 WHERE id = $1;

-- name: access_session_totp_done
-- takes $1 id, $2 person
UPDATE session SET is_totp_done = 1 WHERE id = $1 AND person_id = $2;

-- name: access_session_end
-- takes $1 id, $2 person
DELETE FROM session WHERE id = $1 AND person_id = $2;

-- name: access_session_end_others
-- takes $1 person, $2 id of the session that stays (empty: none)
DELETE FROM session WHERE person_id = $1 AND id <> $2;

-- name: access_session_list
-- takes $1 person, $2 now_ms; gives id, created_ms, expires_ms, is_totp_done, newest first
SELECT id, created_ms, expires_ms, is_totp_done FROM session WHERE person_id = $1 AND expires_ms > $2
ORDER BY created_ms DESC, id DESC;

-- name: access_session_prune
-- takes $1 now_ms
DELETE FROM session WHERE expires_ms <= $1;

-- name: access_token_add
-- takes $1 token hash, $2 id, $3 person, $4 name, $5 scopes, $6 is_totp_done, $7 created_ms, $8 expires_ms
INSERT INTO token (token_hash, id, person_id, name, scopes, is_totp_done, created_ms, expires_ms)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8);

-- name: access_token_count
-- takes $1 person, $2 now_ms; gives how many tokens are in force
SELECT count(*) FROM token WHERE person_id = $1 AND revoked_ms IS NULL AND expires_ms > $2;

-- name: access_token_revoke
-- takes $1 id, $2 person, $3 now_ms
UPDATE token SET revoked_ms = $3 WHERE id = $1 AND person_id = $2 AND revoked_ms IS NULL;

-- name: access_token_revoke_all
-- takes $1 person, $2 now_ms
UPDATE token SET revoked_ms = $2 WHERE person_id = $1 AND revoked_ms IS NULL;

-- name: access_token_list
-- takes $1 person; gives id, name, scopes, created_ms, expires_ms, revoked_ms, used_ms, newest first
SELECT id, name, scopes, created_ms, expires_ms, revoked_ms, used_ms FROM token WHERE person_id = $1
ORDER BY created_ms DESC, id DESC LIMIT 250;

-- name: access_token_list_all
-- takes $1 id after which to go on, $2 number of rows; gives the columns of access_token_list, then id, login and name of the person
SELECT t.id, t.name, t.scopes, t.created_ms, t.expires_ms, t.revoked_ms, t.used_ms, p.id, p.login, p.name
FROM token t JOIN person p ON p.id = t.person_id WHERE t.id > $1 ORDER BY t.id LIMIT $2;

-- name: access_token_used
-- takes $1 id, $2 now_ms
UPDATE token SET used_ms = $2 WHERE id = $1;

-- name: access_token_prune
-- takes $1 instant; removes tokens that ended before it
DELETE FROM token WHERE expires_ms < $1 OR revoked_ms < $1;

-- name: access_role_add
-- takes $1 id, $2 person, $3 office, $4 role, $5 sectors, $6 granted_ms, $7 granted_by
INSERT INTO role (id, person_id, office, role, sectors, granted_ms, granted_by) VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: access_role_count
-- takes $1 person; gives how many roles are in force
SELECT count(*) FROM role WHERE person_id = $1 AND revoked_ms IS NULL;

-- name: access_role_get
-- takes $1 id; gives person, office, role of a role in force
SELECT person_id, office, role FROM role WHERE id = $1 AND revoked_ms IS NULL;

-- name: access_role_revoke
-- takes $1 id, $2 revoked_by, $3 now_ms
UPDATE role SET revoked_ms = $3, revoked_by = $2 WHERE id = $1 AND revoked_ms IS NULL;

-- name: access_mandate_add
-- takes $1 id, $2 person, $3 firm (one of the two), $4 entity, $5 scopes, $6 capacity, $7 procedures, $8 may_delegate, $9 from_ms,
-- $10 until_ms, $11 ground, $12 granted_ms, $13 granted_by
INSERT INTO mandate (id, person_id, firm_id, entity, scopes, capacity, procedures, may_delegate, from_ms, until_ms, ground, granted_ms, granted_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13);

-- name: access_mandate_count
-- takes $1 person or firm, $2 now_ms; gives how many mandates are in force or to come
SELECT (SELECT count(*) FROM mandate WHERE person_id = $1 AND revoked_ms IS NULL AND (until_ms IS NULL OR until_ms > $2)) +
       (SELECT count(*) FROM mandate WHERE firm_id = $1 AND revoked_ms IS NULL AND (until_ms IS NULL OR until_ms > $2));

-- name: access_mandate_get
-- takes $1 id; gives person, entity, scopes, firm, capacity, procedures, may_delegate, from_ms, until_ms of a mandate that is not revoked
SELECT person_id, entity, scopes, firm_id, capacity, procedures, may_delegate, from_ms, until_ms FROM mandate WHERE id = $1 AND revoked_ms IS NULL;

-- name: access_mandate_revoke
-- takes $1 id, $2 revoked_by, $3 now_ms
UPDATE mandate SET revoked_ms = $3, revoked_by = $2 WHERE id = $1 AND revoked_ms IS NULL;

-- name: access_mandate_of_person
-- takes $1 person, $2 most rows; gives id, person, entity, scopes, from_ms, until_ms, ground, granted_ms, granted_by, revoked_ms, name,
-- firm, firm's name, capacity, procedures, may_delegate, revoked_by, renewed_ms
SELECT m.id, m.person_id, m.entity, m.scopes, m.from_ms, m.until_ms, m.ground, m.granted_ms, m.granted_by, m.revoked_ms, p.name,
       m.firm_id, f.name, m.capacity, m.procedures, m.may_delegate, m.revoked_by, m.renewed_ms
FROM mandate m LEFT JOIN person p ON p.id = m.person_id LEFT JOIN firm f ON f.id = m.firm_id
WHERE m.person_id = $1 AND m.revoked_ms IS NULL ORDER BY m.id LIMIT $2;

-- name: access_mandate_of_entity
-- takes $1 entity, $2 most rows, $3 id to start after, $4 instant or NULL: only those not revoked that end before it; gives the columns
-- of access_mandate_of_person, revoked ones too
SELECT m.id, m.person_id, m.entity, m.scopes, m.from_ms, m.until_ms, m.ground, m.granted_ms, m.granted_by, m.revoked_ms, p.name,
       m.firm_id, f.name, m.capacity, m.procedures, m.may_delegate, m.revoked_by, m.renewed_ms
FROM mandate m LEFT JOIN person p ON p.id = m.person_id LEFT JOIN firm f ON f.id = m.firm_id
WHERE m.entity = $1 AND m.id > $3 AND ($4 IS NULL OR (m.revoked_ms IS NULL AND m.until_ms < $4)) ORDER BY m.id LIMIT $2;

-- name: access_code_add
-- takes $1 id, $2 kind, $3 person, $4 first hash, $5 needs_second, $6 issued_ms, $7 issued_by, $8 expires_ms
INSERT INTO access_code (id, kind, person_id, first_hash, needs_second, issued_ms, issued_by, expires_ms)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8);

-- name: access_code_find
-- takes $1 first hash; gives id, kind, person, needs_second, second hash, expires_ms, used_ms, issued_by, joined_by
SELECT id, kind, person_id, needs_second, second_hash, expires_ms, used_ms, issued_by, joined_by FROM access_code
WHERE first_hash = $1;

-- name: access_code_get
-- takes $1 id; gives kind, person, needs_second, second hash, expires_ms, used_ms, issued_by
SELECT kind, person_id, needs_second, second_hash, expires_ms, used_ms, issued_by FROM access_code WHERE id = $1;

-- name: access_code_join
-- takes $1 id, $2 second hash, $3 joined_by
UPDATE access_code SET second_hash = $2, joined_by = $3
WHERE id = $1 AND needs_second = 1 AND second_hash IS NULL AND used_ms IS NULL;

-- name: access_code_use
-- takes $1 person, $2 now_ms; every code of the person that is open ends
UPDATE access_code SET used_ms = $2 WHERE person_id = $1 AND used_ms IS NULL;

-- name: access_code_list
-- takes $1 now_ms, $2 most rows; gives id, kind, person, login, needs_second, is joined, issued_ms, issued_by, expires_ms of open codes
SELECT c.id, c.kind, c.person_id, p.login, c.needs_second, c.second_hash IS NOT NULL, c.issued_ms, c.issued_by, c.expires_ms
FROM access_code c JOIN person p ON p.id = c.person_id WHERE c.used_ms IS NULL AND c.expires_ms > $1
ORDER BY c.issued_ms, c.id LIMIT $2;

-- name: access_code_prune
-- takes $1 instant; removes codes that ended before it
DELETE FROM access_code WHERE expires_ms < $1;

-- name: access_setup_get
-- takes nothing; gives person, done_ms once the first administrator is there
SELECT person_id, done_ms FROM access_setup WHERE id = 1;

-- name: access_setup_add
-- takes $1 person, $2 done_ms; a second time is a conflict
INSERT INTO access_setup (id, person_id, done_ms) VALUES (1, $1, $2);

-- name: access_failure_get
-- takes $1 key; gives failures, last_ms, until_ms
SELECT failures, last_ms, until_ms FROM access_failure WHERE key = $1;

-- name: access_failure_put
-- takes $1 key, $2 failures, $3 last_ms, $4 until_ms; adds or replaces
INSERT INTO access_failure (key, failures, last_ms, until_ms) VALUES ($1, $2, $3, $4)
ON CONFLICT (key) DO UPDATE SET failures = excluded.failures, last_ms = excluded.last_ms, until_ms = excluded.until_ms;

-- name: access_failure_drop
-- takes $1 key
DELETE FROM access_failure WHERE key = $1;

-- name: access_failure_prune
-- takes $1 instant; removes failures before it
DELETE FROM access_failure WHERE last_ms < $1;

-- name: access_event_add
-- takes $1 at_ms, $2 person, $3 kind, $4 by, $5 detail
INSERT INTO access_event (at_ms, person_id, kind, by_id, detail) VALUES ($1, $2, $3, $4, $5);

-- name: access_event_list
-- takes $1 person, $2 id to come before, $3 most rows; gives id, at_ms, kind, by, detail, newest first
SELECT id, at_ms, kind, by_id, detail FROM access_event WHERE person_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3;

-- name: access_event_last
-- takes $1 person; gives at_ms of her newest event
SELECT at_ms FROM access_event WHERE person_id = $1 ORDER BY id DESC LIMIT 1;

-- name: access_event_prune
-- takes $1 instant; removes events before it
DELETE FROM access_event WHERE at_ms < $1;

-- name: access_reading_count
-- takes $1 person, $2 kind, $3 resource, $4 hour; gives 1 where it is noted
SELECT count(*) FROM access_reading WHERE person_id = $1 AND kind = $2 AND resource = $3 AND hour = $4;

-- name: access_reading_add
-- takes $1 hour, $2 person, $3 kind, $4 resource, $5 office, $6 entity, $7 first_ms; a further reading within the hour counts up
INSERT INTO access_reading (hour, person_id, kind, resource, office, entity, first_ms, readings)
VALUES ($1, $2, $3, $4, $5, $6, $7, 1)
ON CONFLICT (person_id, kind, resource, hour) DO UPDATE SET readings = access_reading.readings + 1;

-- name: access_reading_list
-- takes $1 id to come before, $2 most rows; gives id, first_ms, person, login, office, kind, resource, entity, readings, newest first
SELECT r.id, r.first_ms, r.person_id, p.login, r.office, r.kind, r.resource, r.entity, r.readings
FROM access_reading r LEFT JOIN person p ON p.id = r.person_id WHERE r.id < $1 ORDER BY r.id DESC LIMIT $2;

-- name: access_reading_of_entity
-- takes $1 entity, $2 id to come before, $3 most rows; gives id, first_ms, office, kind, resource, readings of readings through
-- an office, newest first, without persons
SELECT id, first_ms, office, kind, resource, readings FROM access_reading
WHERE entity = $1 AND id < $2 AND office IS NOT NULL ORDER BY id DESC LIMIT $3;

-- name: access_reading_prune
-- takes $1 instant; removes readings before it
DELETE FROM access_reading WHERE first_ms < $1;
