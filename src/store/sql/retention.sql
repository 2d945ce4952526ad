-- SPDX-License-Identifier: EUPL-1.2
-- What the rules of retention look at.

-- name: retention_page
-- What is an entity's own is no office's to count or erase. Takes $1 seq after which to go on, $2 number of rows; gives seq, filing id, case_id, procedure, document, recorded_ms,
-- recorded_ms of the last filing of the case, number of open duties of the case, number of fields that can still be read,
-- number of legal holds, entity_id
SELECT f.seq, f.id, f.case_id, f.procedure, f.document, f.recorded_ms,
       (SELECT max(l.recorded_ms) FROM filing l WHERE l.case_id = f.case_id),
       (SELECT count(*) FROM duty d WHERE d.case_id = f.case_id AND d.done_ms IS NULL),
       (SELECT count(*) FROM field_key k WHERE k.record_seq = f.seq),
       (SELECT count(*) FROM legal_hold h WHERE h.case_id = f.case_id AND h.ended_ms IS NULL)
           + (SELECT count(*) FROM legal_hold h WHERE h.entity_id = f.entity_id AND h.ended_ms IS NULL)
FROM filing f WHERE f.seq > $1 AND f.workspace <> 'own' ORDER BY f.seq LIMIT $2;

-- name: legal_hold_add
-- takes filing_id, held_in, case_id, entity_id, set_ms
INSERT INTO legal_hold (filing_id, held_in, case_id, entity_id, set_ms) VALUES ($1, $2, $3, $4, $5);

-- name: legal_hold_end
-- takes held_in, ended_by, ended_ms
UPDATE legal_hold SET ended_by = $2, ended_ms = $3 WHERE held_in = $1 AND ended_ms IS NULL;

-- name: legal_holds
-- takes number of rows; gives held_in, filing_id, case_id, entity_id, set_ms of those that stand, newest first
SELECT held_in, filing_id, case_id, entity_id, set_ms FROM legal_hold WHERE ended_ms IS NULL ORDER BY set_ms DESC, filing_id LIMIT $1;

-- name: legal_hold_of_filing
-- takes filing id; gives 1 where a hold stands that covers it, else 0
SELECT EXISTS (SELECT 1 FROM filing f JOIN legal_hold h ON h.case_id = f.case_id OR h.entity_id = f.entity_id
               WHERE f.id = $1 AND h.ended_ms IS NULL);

-- name: erasure_batch_add
-- takes case_id, filing_id, through_ms, moved_ms, stage, case of the standing order or NULL
INSERT INTO erasure_batch (case_id, filing_id, through_ms, stage, moved_ms, filings, standing) VALUES ($1, $2, $3, $5, $4, 0, $6);

-- name: erasure_batch_move
-- takes case_id, stage, moved_ms
UPDATE erasure_batch SET stage = $2, moved_ms = $3 WHERE case_id = $1;

-- name: erasure_batch_count
-- takes case_id, filings more
UPDATE erasure_batch SET filings = filings + $2 WHERE case_id = $1;

-- name: erasure_part_add
-- takes filing_id, case_id of the order
INSERT INTO erasure_part (filing_id, case_id) VALUES ($1, $2);

-- name: erasure_batch_next
-- takes now_ms; gives case_id, through_ms, standing or NULL, the rules of that while it is in force or NULL, of the approved order that waits longest
SELECT b.case_id, b.through_ms, b.standing, s.rules FROM erasure_batch b
LEFT JOIN erasure_standing s ON s.case_id = b.standing AND s.stage = 'in_force' AND s.until_ms > $1
WHERE b.stage = 'approved' ORDER BY b.moved_ms, b.case_id LIMIT 1;

-- name: erasure_batch_get
-- takes case_id, now_ms; gives stage, filings, through_ms, standing or NULL, the rules of that while it is in force or NULL
SELECT b.stage, b.filings, b.through_ms, b.standing, s.rules FROM erasure_batch b
LEFT JOIN erasure_standing s ON s.case_id = b.standing AND s.stage = 'in_force' AND s.until_ms > $2
WHERE b.case_id = $1;

-- name: erasure_batches
-- takes number of rows; gives case_id, filing_id, through_ms, stage, moved_ms, filings, standing; newest first
SELECT case_id, filing_id, through_ms, stage, moved_ms, filings, standing FROM erasure_batch ORDER BY moved_ms DESC, case_id LIMIT $1;

-- name: erasure_batch_result
-- takes case_id of the order; gives number of fields erased under it, number of attachments of the filings that lost their keys
SELECT (SELECT count(*) FROM erasure_part p JOIN erasure e ON e.filing_id = p.filing_id WHERE p.case_id = $1),
       (SELECT count(*) FROM attachment a WHERE a.filing_id IN
           (SELECT r.filing_id FROM erasure_part p JOIN erasure e ON e.filing_id = p.filing_id JOIN record r ON r.seq = e.record_seq
            WHERE p.case_id = $1)
        AND NOT EXISTS (SELECT 1 FROM attachment_key k WHERE k.attachment_id = a.id));

-- name: derived_clear_erasure_part
DELETE FROM erasure_part;

-- name: derived_clear_erasure_standing
DELETE FROM erasure_standing;

-- name: erasure_batch_documents
-- takes case_id of the order, number of rows; gives procedure, document, number of filings that were erased under it
SELECT f.procedure, f.document, count(DISTINCT f.seq) FROM erasure_part p JOIN erasure e ON e.filing_id = p.filing_id
JOIN filing f ON f.seq = e.record_seq WHERE p.case_id = $1 GROUP BY f.procedure, f.document ORDER BY f.procedure, f.document LIMIT $2;

-- name: erasure_standing_put
-- takes case_id, filing_id, rules, until_ms, stage, moved_ms
INSERT INTO erasure_standing (case_id, filing_id, rules, until_ms, stage, moved_ms) VALUES ($1, $2, $3, $4, $5, $6);

-- name: erasure_standing_move
-- takes case_id, stage, moved_ms
UPDATE erasure_standing SET stage = $2, moved_ms = $3 WHERE case_id = $1;

-- name: erasure_standing_next
-- takes now_ms, case_id after which to look; gives case_id, rules of the next that is in force
SELECT case_id, rules FROM erasure_standing WHERE stage = 'in_force' AND until_ms > $1 AND case_id > $2 ORDER BY case_id LIMIT 1;

-- name: erasure_standing_mark
-- gives when one of them last changed, or 0
SELECT coalesce(max(moved_ms), 0) FROM erasure_standing;

-- name: erasure_standings
-- takes number of rows; gives case_id, filing_id, rules, until_ms, stage, moved_ms; newest first
SELECT case_id, filing_id, rules, until_ms, stage, moved_ms FROM erasure_standing ORDER BY moved_ms DESC, case_id LIMIT $1;

-- name: accounts_left
-- takes number of rows; gives id, left_ms of accounts of people who left: shut out, and nothing that they might do is in force; longest ago first
SELECT p.id, p.left_ms FROM person p WHERE p.left_ms IS NOT NULL AND p.is_disabled = 1 AND p.is_administrator = 0
  AND NOT EXISTS (SELECT 1 FROM role r WHERE r.person_id = p.id AND r.revoked_ms IS NULL)
  AND NOT EXISTS (SELECT 1 FROM mandate m WHERE m.person_id = p.id AND m.revoked_ms IS NULL)
  AND NOT EXISTS (SELECT 1 FROM firm_member f WHERE f.person_id = p.id AND f.ended_ms IS NULL)
ORDER BY p.left_ms, p.id LIMIT $1;

-- What follows takes a person's id. Of her row id and pseudonym stay: records and lists of who might do what name her by them.

-- name: account_erase_person
UPDATE person SET login = 'erased ' || id, name = '', language = '', left_ms = NULL WHERE id = $1;

-- name: account_erase_person_password
DELETE FROM person_password WHERE person_id = $1;

-- name: account_erase_person_totp
DELETE FROM person_totp WHERE person_id = $1;

-- name: account_erase_person_recovery
DELETE FROM person_recovery WHERE person_id = $1;

-- name: account_erase_session
DELETE FROM session WHERE person_id = $1;

-- name: account_erase_token
DELETE FROM token WHERE person_id = $1;

-- name: account_erase_access_code
DELETE FROM access_code WHERE person_id = $1;

-- name: account_erase_access_event
DELETE FROM access_event WHERE person_id = $1;

-- name: account_erase_passkey
DELETE FROM passkey WHERE person_id = $1;

-- name: account_erase_person_link
DELETE FROM person_link WHERE person_id = $1;

-- name: account_erase_draft
DELETE FROM draft WHERE person_id = $1;

-- name: account_erase_desk_mark
DELETE FROM desk_mark WHERE person_id = $1;

-- name: account_erase_desk_shift
DELETE FROM desk_shift WHERE person_id = $1;

-- name: account_erase_desk_absence
DELETE FROM desk_absence WHERE person_id = $1;

-- name: account_erase_idempotency
DELETE FROM idempotency WHERE person_id = $1;

-- name: account_erase_channel
DELETE FROM channel WHERE owner_kind = 'person' AND owner = $1;

-- name: account_erase_delivery
UPDATE delivery SET address = '' WHERE owner_kind = 'person' AND owner = $1 AND state IN ('waiting', 'sent', 'failed', 'dropped');
