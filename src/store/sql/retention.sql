-- SPDX-License-Identifier: EUPL-1.2
-- What the rules of retention look at.

-- name: retention_page
-- takes $1 seq after which to go on, $2 number of rows; gives seq, filing id, case_id, procedure, document, recorded_ms,
-- recorded_ms of the last filing of the case, number of open duties of the case, number of fields that can still be read
SELECT f.seq, f.id, f.case_id, f.procedure, f.document, f.recorded_ms,
       (SELECT max(l.recorded_ms) FROM filing l WHERE l.case_id = f.case_id),
       (SELECT count(*) FROM duty d WHERE d.case_id = f.case_id AND d.done_ms IS NULL),
       (SELECT count(*) FROM field_key k WHERE k.record_seq = f.seq)
FROM filing f WHERE f.seq > $1 ORDER BY f.seq LIMIT $2;
