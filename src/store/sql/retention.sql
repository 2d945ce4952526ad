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
-- takes case_id, filing_id, through_ms, moved_ms
INSERT INTO erasure_batch (case_id, filing_id, through_ms, stage, moved_ms, filings) VALUES ($1, $2, $3, 'ordered', $4, 0);

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
-- gives case_id, through_ms of the approved order that waits longest
SELECT case_id, through_ms FROM erasure_batch WHERE stage = 'approved' ORDER BY moved_ms, case_id LIMIT 1;

-- name: erasure_batch_get
-- takes case_id; gives stage, filings
SELECT stage, filings FROM erasure_batch WHERE case_id = $1;

-- name: erasure_batches
-- takes number of rows; gives case_id, filing_id, through_ms, stage, moved_ms, filings; newest first
SELECT case_id, filing_id, through_ms, stage, moved_ms, filings FROM erasure_batch ORDER BY moved_ms DESC, case_id LIMIT $1;

-- name: erasure_batch_result
-- takes case_id of the order; gives number of fields erased under it, number of attachments of the filings that lost their keys
SELECT (SELECT count(*) FROM erasure_part p JOIN erasure e ON e.filing_id = p.filing_id WHERE p.case_id = $1),
       (SELECT count(*) FROM attachment a WHERE a.filing_id IN
           (SELECT r.filing_id FROM erasure_part p JOIN erasure e ON e.filing_id = p.filing_id JOIN record r ON r.seq = e.record_seq
            WHERE p.case_id = $1)
        AND NOT EXISTS (SELECT 1 FROM attachment_key k WHERE k.attachment_id = a.id));

-- name: derived_clear_erasure_part
DELETE FROM erasure_part;
