-- SPDX-License-Identifier: EUPL-1.2
-- Notices about claims and mandates.

-- name: notice_add
-- takes kind, subject, audience, until_ms, next_ms
INSERT INTO notice (kind, subject, audience, until_ms, next_ms) VALUES ($1, $2, $3, $4, $5);

-- name: notices_due
-- takes now_ms, number of rows; gives id, kind, subject, audience, until_ms
SELECT id, kind, subject, audience, until_ms FROM notice WHERE done_ms IS NULL AND next_ms <= $1 ORDER BY next_ms, id LIMIT $2;

-- name: notice_done
-- takes id, done_ms, outcome
UPDATE notice SET done_ms = $2, outcome = $3 WHERE id = $1 AND done_ms IS NULL;

-- name: notice_put_off
-- takes id, next_ms
UPDATE notice SET next_ms = $2 WHERE id = $1;

-- name: notice_audience_last
-- takes audience; gives when it was last told
SELECT max(done_ms) FROM notice WHERE audience = $1 AND outcome = 'sent';

-- name: notice_audience_take
-- takes audience, done_ms: what else waits for it is told by the same message
UPDATE notice SET done_ms = $2, outcome = 'joined' WHERE audience = $1 AND done_ms IS NULL;

-- name: notice_dates_drop
-- takes mandate: its end was moved
DELETE FROM notice WHERE subject = $1 AND kind IN ('mandate_ends', 'mandate_ended') AND done_ms IS NULL;

-- name: notice_recall_add
-- takes release, recipient, next_ms: it was recalled
INSERT INTO notice (kind, subject, audience, next_ms) VALUES ('recall_made', $1, $2, $3);

-- name: notice_recall_told
-- takes release, recipient; gives how often the notice of recall was sent, when last, and when it is sent again (NULL: no more)
SELECT count(done_ms), max(done_ms), min(CASE WHEN done_ms IS NULL THEN next_ms END) FROM notice
WHERE subject = $1 AND kind = 'recall' AND audience = $2 AND (done_ms IS NULL OR outcome = 'sent');

-- name: notice_expire
-- takes the oldest done_ms to keep
DELETE FROM notice WHERE done_ms < $1;

-- name: notice_mandate
-- takes mandate; gives entity, until_ms, revoked_ms, 1 where a claim was granted by it, granted_ms
SELECT entity, until_ms, revoked_ms, EXISTS (SELECT 1 FROM mandate_claim c WHERE c.entity = m.entity AND c.mandate_id = m.id), granted_ms
FROM mandate m WHERE m.id = $1;

-- name: notice_holders
-- takes mandate; gives the persons who have it: herself, or who works under a firm's and who manages the firm
SELECT person_id FROM mandate WHERE id = $1 AND person_id IS NOT NULL
UNION SELECT person_id FROM mandate_assignment WHERE mandate_id = $1 AND ended_ms IS NULL
UNION SELECT f.person_id FROM mandate m JOIN firm_member f ON f.firm_id = m.firm_id WHERE m.id = $1 AND f.is_manager = 1 AND f.ended_ms IS NULL
ORDER BY 1 LIMIT 200;

-- name: notice_managers
-- takes entity, now_ms; gives the persons who may manage it now
SELECT m.person_id FROM mandate m
WHERE m.entity = $1 AND m.revoked_ms IS NULL AND m.from_ms <= $2 AND (m.until_ms IS NULL OR m.until_ms > $2) AND (m.scopes & 4) = 4
  AND m.person_id IS NOT NULL
UNION SELECT a.person_id FROM mandate m JOIN mandate_assignment a ON a.mandate_id = m.id
WHERE m.entity = $1 AND m.revoked_ms IS NULL AND m.from_ms <= $2 AND (m.until_ms IS NULL OR m.until_ms > $2) AND (m.scopes & a.scopes & 4) = 4
  AND a.ended_ms IS NULL
ORDER BY 1 LIMIT 200;
