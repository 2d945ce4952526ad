-- SPDX-License-Identifier: EUPL-1.2
-- Letters of offices.

-- name: letter_add
-- takes filing_id, case_id, entity_id, office, writer, template, language, state, written_ms
INSERT INTO letter (filing_id, case_id, entity_id, office, writer, template, language, state, written_ms)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9);

-- name: letter_last_number
-- takes office, year; gives the highest number given, 0 where there is none
SELECT coalesce(max(number), 0) FROM letter WHERE office = $1 AND year = $2;

-- name: letter_issue
-- takes filing_id, year, number, label, issued_ms
UPDATE letter SET state = 'issued', year = $2, number = $3, label = $4, issued_ms = $5 WHERE filing_id = $1 AND state = 'waiting';

-- name: letter_refuse
-- takes filing_id
UPDATE letter SET state = 'refused' WHERE filing_id = $1 AND state = 'waiting';

-- name: letter_make
-- takes filing_id, filing that has the PDF, its number as written there (NULL: as it is)
UPDATE letter SET state = 'made', made_by = $2, label = coalesce($3, label) WHERE filing_id = $1 AND state = 'issued';

-- name: letter_seal
-- takes filing_id, filing that has the seal
UPDATE letter SET state = 'sealed', sealed_by = $2 WHERE filing_id = $1 AND state = 'made';

-- name: letter_serve
-- takes filing_id, record of service, served_ms
UPDATE letter SET served_by = $2, served_ms = $3 WHERE filing_id = $1;

-- name: letter_get
-- takes filing_id; gives case_id, entity_id, office, writer, template, language, state, label, written_ms, issued_ms, made_by, sealed_by,
-- served_by, served_ms
SELECT case_id, entity_id, office, writer, template, language, state, label, written_ms, issued_ms, made_by, sealed_by, served_by, served_ms
FROM letter WHERE filing_id = $1;

-- name: letters_of_case
-- takes case_id; gives filing_id, then as letter_get without case_id
SELECT filing_id, entity_id, office, writer, template, language, state, label, written_ms, issued_ms, made_by, sealed_by, served_by, served_ms
FROM letter WHERE case_id = $1 ORDER BY written_ms, filing_id LIMIT 250;

-- name: letters_of_offices
-- takes written_ms and filing_id before which to go on, 1 for those alone that are neither served nor refused, number of rows, offices (JSON array);
-- gives filing_id, case_id, template, language, office, state, label, written_ms, issued_ms, served_ms, newest first
SELECT filing_id, case_id, template, language, office, state, label, written_ms, issued_ms, served_ms FROM letter
WHERE (written_ms, filing_id) < ($1, $2) AND office IN (SELECT value FROM json_each($5)) AND ($3 = 0 OR (served_ms IS NULL AND state <> 'refused'))
ORDER BY written_ms DESC, filing_id DESC LIMIT $4;

-- name: letters_to_do
-- takes state, now_ms, most rows; gives filing_id, attempts of those that wait to be made (issued) or sealed (made)
SELECT l.filing_id, coalesce(a.count, 0) FROM letter l LEFT JOIN letter_attempt a ON a.filing_id = l.filing_id
WHERE l.state = $1 AND coalesce(a.next_ms, 0) <= $2 ORDER BY l.filing_id LIMIT $3;

-- name: letter_attachment
-- takes the filing that has it; gives id
SELECT id FROM attachment WHERE filing_id = $1 ORDER BY id LIMIT 1;

-- name: letter_attempt_put
-- takes filing_id, count, next_ms, words
INSERT INTO letter_attempt (filing_id, count, next_ms, words) VALUES ($1, $2, $3, $4)
ON CONFLICT (filing_id) DO UPDATE SET count = excluded.count, next_ms = excluded.next_ms, words = excluded.words;

-- name: letter_attempt_get
-- takes filing_id; gives count, next_ms, words
SELECT count, next_ms, words FROM letter_attempt WHERE filing_id = $1;

-- name: letter_attempt_end
-- takes filing_id
DELETE FROM letter_attempt WHERE filing_id = $1;

-- name: derived_clear_letter
DELETE FROM letter;
