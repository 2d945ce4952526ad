-- SPDX-License-Identifier: EUPL-1.2
-- Obligations that recur by the calendar.

-- name: obligation_open
-- takes obligation, due_on, case_id, opened_by, opened_seq, opened_ms
INSERT INTO obligation (obligation, due_on, case_id, opened_by, opened_seq, opened_ms) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (obligation, due_on) DO NOTHING;

-- name: obligation_done
-- takes case_id, done_by, done_filing, done_ms
UPDATE obligation SET done_by = $2, done_filing = $3, done_ms = $4 WHERE case_id = $1;

-- name: obligation_get
-- takes obligation, due_on; gives case_id, done_by
SELECT case_id, done_by FROM obligation WHERE obligation = $1 AND due_on = $2;

-- name: obligation_last
-- The one that is due last. Takes obligation; gives due_on, done_ms
SELECT due_on, done_ms FROM obligation WHERE obligation = $1 ORDER BY due_on DESC LIMIT 1;

-- name: obligation_waits
-- The first that is not fulfilled. Takes obligation; gives case_id, opened_seq
SELECT case_id, opened_seq FROM obligation WHERE obligation = $1 AND done_by IS NULL ORDER BY due_on LIMIT 1;

-- name: obligation_fulfilling
-- A filing that may fulfil it and fulfils no other. Takes procedure, document, seq after which; gives id, received_ms, case, seq; at most 20
SELECT f.id, f.received_ms, f.case_id, f.seq FROM filing f WHERE f.procedure = $1 AND f.document = $2 AND f.seq > $3
AND NOT EXISTS (SELECT 1 FROM obligation o WHERE o.done_filing = f.id) ORDER BY f.seq LIMIT 20;

-- name: obligation_list
-- takes obligation, number of rows; gives due_on, case_id, opened_by, opened_ms, done_by, done_filing, done_ms; the latest first
SELECT due_on, case_id, opened_by, opened_ms, done_by, done_filing, done_ms FROM obligation WHERE obligation = $1
ORDER BY due_on DESC LIMIT $2;

-- name: obligation_duties
-- What cases owe of themselves. Takes procedure, duty, number of rows; gives case_id, content; the latest case first
SELECT d.case_id, d.content FROM duty d JOIN desk_case c ON c.case_id = d.case_id
WHERE d.procedure = $1 AND d.duty = $2 ORDER BY c.opened_ms DESC, d.case_id, d.ordinal DESC LIMIT $3;

-- name: obligation_parties
-- takes case_id; gives how many were asked, and how many have answered
SELECT (SELECT count(*) FROM case_party p WHERE p.case_id = $1 AND p.left_seq IS NULL),
       (SELECT count(DISTINCT x.party) FROM party_duty_done x WHERE x.case_id = $1);

-- name: obligation_first_record
-- gives when the first filing of this node was recorded
SELECT recorded_ms FROM filing ORDER BY seq LIMIT 1;

-- name: derived_clear_obligation
DELETE FROM obligation;
