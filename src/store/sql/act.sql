-- SPDX-License-Identifier: EUPL-1.2
-- Statements of who may act: firms, assignments, renewals, claims, invitations, leavers.

-- name: act_mandate_renew
-- takes $1 id, $2 until_ms or NULL, $3 now_ms, $4 renewed_by
UPDATE mandate SET until_ms = $2, renewed_ms = $3, renewed_by = $4 WHERE id = $1 AND revoked_ms IS NULL;

-- name: act_mandate_of_firm
-- takes $1 firm; gives id, entity, scopes, capacity, procedures, from_ms, until_ms, ground, entity's name of mandates not revoked
SELECT m.id, m.entity, m.scopes, m.capacity, m.procedures, m.from_ms, m.until_ms, m.ground, e.name
FROM mandate m LEFT JOIN entity e ON e.id = m.entity WHERE m.firm_id = $1 AND m.revoked_ms IS NULL ORDER BY m.id LIMIT 1000;

-- name: act_firm_add
-- takes $1 id, $2 name, $3 made_ms, $4 made_by
INSERT INTO firm (id, name, made_ms, made_by) VALUES ($1, $2, $3, $4);

-- name: act_firm_get
-- takes $1 id; gives id, name, made_ms
SELECT id, name, made_ms FROM firm WHERE id = $1;

-- name: act_firm_count
-- takes $1 person; gives how many firms she has made
SELECT count(*) FROM firm WHERE made_by = $1;

-- name: act_firm_of_person
-- takes $1 person; gives id, name, is_manager of the firms that she is a member of
SELECT f.id, f.name, m.is_manager FROM firm_member m JOIN firm f ON f.id = m.firm_id
WHERE m.person_id = $1 AND m.ended_ms IS NULL ORDER BY f.id LIMIT 100;

-- name: act_member_add
-- takes $1 firm, $2 person, $3 is_manager, $4 added_ms, $5 added_by
INSERT INTO firm_member (firm_id, person_id, is_manager, added_ms, added_by) VALUES ($1, $2, $3, $4, $5);

-- name: act_member_get
-- takes $1 firm, $2 person; gives is_manager
SELECT is_manager FROM firm_member WHERE firm_id = $1 AND person_id = $2 AND ended_ms IS NULL;

-- name: act_member_list
-- takes $1 firm; gives person, login, name, is_manager, added_ms, ended_ms
SELECT m.person_id, p.login, p.name, m.is_manager, m.added_ms, m.ended_ms FROM firm_member m JOIN person p ON p.id = m.person_id
WHERE m.firm_id = $1 ORDER BY m.added_ms, m.person_id LIMIT 250;

-- name: act_member_count
-- takes $1 firm; gives how many members it has, and how many of them are managers
SELECT count(*), coalesce(sum(is_manager), 0) FROM firm_member WHERE firm_id = $1 AND ended_ms IS NULL;

-- name: act_member_end
-- takes $1 firm, $2 person, $3 ended_ms, $4 ended_by
UPDATE firm_member SET ended_ms = $3, ended_by = $4 WHERE firm_id = $1 AND person_id = $2 AND ended_ms IS NULL;

-- name: act_assignment_add
-- takes $1 mandate, $2 person, $3 scopes, $4 added_ms, $5 added_by
INSERT INTO mandate_assignment (mandate_id, person_id, scopes, added_ms, added_by) VALUES ($1, $2, $3, $4, $5);

-- name: act_assignment_end
-- takes $1 mandate, $2 person, $3 ended_ms, $4 ended_by
UPDATE mandate_assignment SET ended_ms = $3, ended_by = $4 WHERE mandate_id = $1 AND person_id = $2 AND ended_ms IS NULL;

-- name: act_assignment_end_of_firm
-- takes $1 firm, $2 person, $3 ended_ms, $4 ended_by: all of a person under the firm's mandates
UPDATE mandate_assignment SET ended_ms = $3, ended_by = $4 WHERE person_id = $2 AND ended_ms IS NULL
  AND mandate_id IN (SELECT m.id FROM mandate m WHERE m.firm_id = $1);

-- name: act_assignment_list
-- takes $1 mandate; gives person, login, name, scopes, added_ms of those who work under it
SELECT a.person_id, p.login, p.name, a.scopes, a.added_ms FROM mandate_assignment a JOIN person p ON p.id = a.person_id
WHERE a.mandate_id = $1 AND a.ended_ms IS NULL ORDER BY a.person_id LIMIT 250;

-- name: act_entity_by_number
-- takes $1 number; gives id of at most two entities that have it
SELECT id FROM entity WHERE identifier = $1 ORDER BY id LIMIT 2;

-- name: act_claim_add
-- takes $1 id, $2 person, $3 firm, $4 asked, $5 entity, $6 scopes, $7 capacity, $8 procedures, $9 ground, $10 until_ms, $11 state,
-- $12 proof, $13 proved_ms, $14 made_ms, $15 expires_ms
INSERT INTO mandate_claim (id, person_id, firm_id, asked, entity, scopes, capacity, procedures, ground, until_ms, state, attempts, proof, proved_ms,
  made_ms, expires_ms)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 0, $12, $13, $14, $15);

-- name: act_claim_count
-- takes $1 person, $2 now_ms; gives how many of her claims wait
SELECT count(*) FROM mandate_claim WHERE person_id = $1 AND state IN ('open', 'proved') AND expires_ms > $2;

-- name: act_claim_get
-- takes $1 id; gives id, person, firm, asked, entity, scopes, capacity, procedures, ground, until_ms, state, attempts, proof, proved_ms,
-- made_ms, expires_ms, decided_ms, decided_by, reason, mandate, login, name
SELECT c.id, c.person_id, c.firm_id, c.asked, c.entity, c.scopes, c.capacity, c.procedures, c.ground, c.until_ms, c.state, c.attempts,
       c.proof, c.proved_ms, c.made_ms, c.expires_ms, c.decided_ms, c.decided_by, c.reason, c.mandate_id, p.login, p.name
FROM mandate_claim c JOIN person p ON p.id = c.person_id WHERE c.id = $1;

-- name: act_claim_of_person
-- takes $1 person, $2 id to start after, $3 most rows; gives the columns of act_claim_get
SELECT c.id, c.person_id, c.firm_id, c.asked, c.entity, c.scopes, c.capacity, c.procedures, c.ground, c.until_ms, c.state, c.attempts,
       c.proof, c.proved_ms, c.made_ms, c.expires_ms, c.decided_ms, c.decided_by, c.reason, c.mandate_id, p.login, p.name
FROM mandate_claim c JOIN person p ON p.id = c.person_id WHERE c.person_id = $1 AND c.id > $2 ORDER BY c.id LIMIT $3;

-- name: act_claim_of_entity
-- takes $1 entity, $2 id to start after, $3 most rows; gives the columns of act_claim_get
SELECT c.id, c.person_id, c.firm_id, c.asked, c.entity, c.scopes, c.capacity, c.procedures, c.ground, c.until_ms, c.state, c.attempts,
       c.proof, c.proved_ms, c.made_ms, c.expires_ms, c.decided_ms, c.decided_by, c.reason, c.mandate_id, p.login, p.name
FROM mandate_claim c JOIN person p ON p.id = c.person_id WHERE c.entity = $1 AND c.id > $2 ORDER BY c.id LIMIT $3;

-- name: act_claim_waiting
-- takes $1 now_ms, $2 id to start after, $3 most rows, $4 JSON array of sectors (NULL: all, also those that fit no entity); gives the
-- columns of act_claim_get, of all claims that wait
SELECT c.id, c.person_id, c.firm_id, c.asked, c.entity, c.scopes, c.capacity, c.procedures, c.ground, c.until_ms, c.state, c.attempts,
       c.proof, c.proved_ms, c.made_ms, c.expires_ms, c.decided_ms, c.decided_by, c.reason, c.mandate_id, p.login, p.name
FROM mandate_claim c JOIN person p ON p.id = c.person_id
WHERE c.state IN ('open', 'proved') AND c.expires_ms > $1 AND c.id > $2
  AND ($4 IS NULL OR EXISTS (SELECT 1 FROM entity e, json_each(e.sectors) s WHERE e.id = c.entity AND s.value IN (SELECT value FROM json_each($4))))
ORDER BY c.id LIMIT $3;

-- name: act_claim_entity
-- takes $1 id, $2 entity: an officer says whom a claim that fitted nothing is for
UPDATE mandate_claim SET entity = $2 WHERE id = $1 AND entity IS NULL;

-- name: act_claim_attempt
-- takes $1 id: one more wrong code
UPDATE mandate_claim SET attempts = attempts + 1 WHERE id = $1;

-- name: act_claim_prove
-- takes $1 id, $2 proof, $3 now_ms
UPDATE mandate_claim SET proof = $2, proved_ms = $3, state = 'proved' WHERE id = $1 AND proof IS NULL AND state = 'open';

-- name: act_claim_end
-- takes $1 id, $2 state, $3 now_ms, $4 decided_by, $5 reason, $6 mandate; changes no row where it was decided before
UPDATE mandate_claim SET state = $2, decided_ms = $3, decided_by = $4, reason = $5, mandate_id = $6 WHERE id = $1 AND state IN ('open', 'proved');

-- name: act_claim_code_put
-- takes $1 claim, $2 kind, $3 hash, $4 made_ms, $5 made_by, $6 expires_ms; a later code takes the place of the earlier of its kind
INSERT INTO mandate_claim_code (claim_id, kind, code_hash, made_ms, made_by, expires_ms) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (claim_id, kind) DO UPDATE SET code_hash = excluded.code_hash, made_ms = excluded.made_ms, made_by = excluded.made_by,
  expires_ms = excluded.expires_ms;

-- name: act_claim_code_find
-- takes $1 claim, $2 hash, $3 now_ms; gives kind
SELECT kind FROM mandate_claim_code WHERE claim_id = $1 AND code_hash = $2 AND expires_ms > $3;

-- name: act_claim_code_list
-- takes $1 claim; gives kind, made_ms, made_by, expires_ms
SELECT kind, made_ms, made_by, expires_ms FROM mandate_claim_code WHERE claim_id = $1 ORDER BY kind;

-- name: act_claim_code_drop
-- takes $1 claim
DELETE FROM mandate_claim_code WHERE claim_id = $1;

-- name: act_voice_add
-- takes $1 claim, $2 person, $3 side, $4 is_approval, $5 reason, $6 at_ms; a second time is a conflict
INSERT INTO mandate_claim_voice (claim_id, person_id, side, is_approval, reason, at_ms) VALUES ($1, $2, $3, $4, $5, $6);

-- name: act_voice_list
-- takes $1 claim; gives person, name, side, is_approval, reason, at_ms in the order in which they spoke
SELECT v.person_id, p.name, v.side, v.is_approval, v.reason, v.at_ms FROM mandate_claim_voice v JOIN person p ON p.id = v.person_id
WHERE v.claim_id = $1 ORDER BY v.at_ms, v.person_id;

-- name: act_invitation_add
-- takes $1 id, $2 entity, $3 hash, $4 login, $5 scopes, $6 capacity, $7 procedures, $8 may_delegate, $9 ground, $10 until_ms, $11 made_ms,
-- $12 made_by, $13 expires_ms
INSERT INTO mandate_invitation (id, entity, code_hash, login, scopes, capacity, procedures, may_delegate, ground, until_ms, made_ms, made_by,
  expires_ms)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13);

-- name: act_invitation_count
-- takes $1 entity, $2 now_ms; gives how many are open
SELECT count(*) FROM mandate_invitation WHERE entity = $1 AND used_ms IS NULL AND revoked_ms IS NULL AND expires_ms > $2;

-- name: act_invitation_list
-- takes $1 entity, $2 id to start after, $3 most rows; gives id, login, scopes, capacity, procedures, may_delegate, ground, until_ms, made_ms,
-- inviter's name, expires_ms, used_ms, name of who used it, mandate, revoked_ms
SELECT i.id, i.login, i.scopes, i.capacity, i.procedures, i.may_delegate, i.ground, i.until_ms, i.made_ms, p.name, i.expires_ms, i.used_ms,
       u.name, i.mandate_id, i.revoked_ms
FROM mandate_invitation i JOIN person p ON p.id = i.made_by LEFT JOIN person u ON u.id = i.used_by
WHERE i.entity = $1 AND i.id > $2 ORDER BY i.id LIMIT $3;

-- name: act_invitation_find
-- takes $1 hash, $2 now_ms; gives id, entity, login, scopes, capacity, procedures, may_delegate, ground, until_ms, made_by of an open one
SELECT id, entity, login, scopes, capacity, procedures, may_delegate, ground, until_ms, made_by FROM mandate_invitation
WHERE code_hash = $1 AND used_ms IS NULL AND revoked_ms IS NULL AND expires_ms > $2;

-- name: act_invitation_use
-- takes $1 id, $2 now_ms, $3 person, $4 mandate
UPDATE mandate_invitation SET used_ms = $2, used_by = $3, mandate_id = $4 WHERE id = $1 AND used_ms IS NULL AND revoked_ms IS NULL;

-- name: act_invitation_revoke
-- takes $1 id, $2 entity, $3 now_ms, $4 revoked_by
UPDATE mandate_invitation SET revoked_ms = $3, revoked_by = $4 WHERE id = $1 AND entity = $2 AND used_ms IS NULL AND revoked_ms IS NULL;

-- name: act_invitation_of_inviter_end
-- takes $1 person, $2 entity (NULL: of all), $3 now_ms, $4 revoked_by: what a leaver handed out ends with her
UPDATE mandate_invitation SET revoked_ms = $3, revoked_by = $4
WHERE made_by = $1 AND ($2 IS NULL OR entity = $2) AND used_ms IS NULL AND revoked_ms IS NULL;

-- name: act_person_entities
-- takes $1 person; gives entity, union of scopes over her mandates in force or to come, own or under a firm
SELECT entity, max(scopes & 1) + max(scopes & 2) + max(scopes & 4) FROM (
  SELECT m.entity, m.scopes FROM mandate m WHERE m.person_id = $1 AND m.revoked_ms IS NULL
  UNION ALL
  SELECT m.entity, m.scopes & a.scopes FROM mandate_assignment a JOIN mandate m ON m.id = a.mandate_id
  WHERE a.person_id = $1 AND a.ended_ms IS NULL AND m.revoked_ms IS NULL) GROUP BY entity ORDER BY entity LIMIT 1000;

-- name: act_others_who_may
-- takes $1 entity, $2 person, $3 scope, $4 now_ms; gives how many others may that for the entity now
SELECT count(*) FROM person p WHERE p.id <> $2 AND p.is_disabled = 0 AND (
  EXISTS (SELECT 1 FROM mandate m WHERE m.person_id = p.id AND m.entity = $1 AND (m.scopes & $3) <> 0 AND m.revoked_ms IS NULL
          AND m.from_ms <= $4 AND (m.until_ms IS NULL OR m.until_ms > $4))
  OR EXISTS (SELECT 1 FROM mandate_assignment a JOIN mandate m ON m.id = a.mandate_id
             JOIN firm_member f ON f.person_id = a.person_id AND f.firm_id = m.firm_id AND f.ended_ms IS NULL
             WHERE a.person_id = p.id AND a.ended_ms IS NULL AND m.entity = $1 AND (m.scopes & a.scopes & $3) <> 0 AND m.revoked_ms IS NULL
             AND m.from_ms <= $4 AND (m.until_ms IS NULL OR m.until_ms > $4)))
  AND p.id IN (SELECT m.person_id FROM mandate m WHERE m.entity = $1
               UNION SELECT a.person_id FROM mandate_assignment a JOIN mandate m ON m.id = a.mandate_id WHERE m.entity = $1);

-- name: act_mandate_of_person_at
-- takes $1 person, $2 entity (NULL: of all); gives id, entity, scopes, ground of her own mandates that are not revoked
SELECT id, entity, scopes, ground FROM mandate WHERE person_id = $1 AND revoked_ms IS NULL AND ($2 IS NULL OR entity = $2) ORDER BY id LIMIT 1000;

-- name: act_assignment_of_person_at
-- takes $1 person, $2 entity (NULL: of all); gives mandate, entity, scopes, firm of what she works under
SELECT a.mandate_id, m.entity, m.scopes & a.scopes, m.firm_id FROM mandate_assignment a JOIN mandate m ON m.id = a.mandate_id
WHERE a.person_id = $1 AND a.ended_ms IS NULL AND m.revoked_ms IS NULL AND ($2 IS NULL OR m.entity = $2) ORDER BY a.mandate_id LIMIT 1000;

-- name: act_draft_expire
-- takes $1 person, $2 expires_ms: none of her drafts lives longer
UPDATE draft SET expires_ms = $2 WHERE person_id = $1 AND expires_ms > $2;

-- name: act_claim_of_person_end
-- takes $1 person, $2 entity (NULL: all), $3 now_ms, $4 decided_by, $5 reason
UPDATE mandate_claim SET state = 'ended', decided_ms = $3, decided_by = $4, reason = $5
WHERE person_id = $1 AND ($2 IS NULL OR entity = $2) AND state IN ('open', 'proved');

-- name: act_person_open
-- takes $1 person, $2 now_ms; gives how many sessions, tokens, drafts and open claims she has
SELECT (SELECT count(*) FROM session s WHERE s.person_id = $1 AND s.expires_ms > $2),
       (SELECT count(*) FROM token t WHERE t.person_id = $1 AND t.revoked_ms IS NULL AND t.expires_ms > $2),
       (SELECT count(*) FROM draft d WHERE d.person_id = $1 AND d.expires_ms > $2),
       (SELECT count(*) FROM mandate_claim c WHERE c.person_id = $1 AND c.state IN ('open', 'proved') AND c.expires_ms > $2);

-- name: act_role_others
-- takes $1 office, $2 person; gives how many others are officers or heads of it
SELECT count(*) FROM role r JOIN person p ON p.id = r.person_id
WHERE r.office = $1 AND r.person_id <> $2 AND r.role >= 2 AND r.revoked_ms IS NULL AND p.is_disabled = 0;

-- name: act_turn_of_person
-- takes $1 person, $2 office (NULL: all), $3 now_ms; gives office, step, from_ms, until_ms of her turns on call that are not over
SELECT office, step, from_ms, until_ms FROM rota_turn WHERE person_id = $1 AND ($2 IS NULL OR office = $2) AND until_ms > $3
ORDER BY office, from_ms, step LIMIT 1000;

-- name: act_turn_hand_over
-- takes $1 person, $2 office (NULL: all), $3 now_ms, $4 who takes over
UPDATE rota_turn SET person_id = $4 WHERE person_id = $1 AND ($2 IS NULL OR office = $2) AND until_ms > $3;

-- name: act_turn_drop
-- takes $1 person, $2 office (NULL: all), $3 now_ms: nobody is called in her place
DELETE FROM rota_turn WHERE person_id = $1 AND ($2 IS NULL OR office = $2) AND until_ms > $3;

-- name: act_rota_touch
-- takes $1 office, $2 changed_ms, $3 changed_by
UPDATE rota SET version = version + 1, changed_ms = $2, changed_by = $3 WHERE office = $1;

-- name: act_tasks_of_person
-- takes $1 person; gives how many open cases are hers at the desk
SELECT count(*) FROM desk_case WHERE owner = $1 AND is_open = 1;
