-- SPDX-License-Identifier: EUPL-1.2
-- Locks between cases (service/lock.h).

-- name: lock_add
-- takes filing_id, lock, key, case_id, until_ms
INSERT INTO case_lock (filing_id, lock, key, case_id, until_ms) VALUES ($1, $2, $3, $4, $5);

-- name: lock_find
-- takes lock, key, now_ms, case_id that asks; gives until_ms of the longest that another case set
SELECT until_ms FROM case_lock WHERE lock = $1 AND key = $2 AND until_ms > $3 AND case_id <> $4 ORDER BY until_ms DESC LIMIT 1;

-- name: derived_clear_case_lock
DELETE FROM case_lock;
