-- SPDX-License-Identifier: EUPL-1.2
-- Persons who read a case because a filing named them (service/admission.h).

-- name: reader_add
-- takes filing_id, case_id, person_id
INSERT INTO case_reader (filing_id, case_id, person_id) VALUES ($1, $2, $3);

-- name: reader_drop
-- takes filing_id that admitted her, case_id
DELETE FROM case_reader WHERE filing_id = $1 AND case_id = $2;

-- name: reader_by
-- takes filing_id; gives case_id, person_id
SELECT case_id, person_id FROM case_reader WHERE filing_id = $1;

-- name: readers_of_case
-- takes case_id; gives person_id, each once
SELECT DISTINCT person_id FROM case_reader WHERE case_id = $1 ORDER BY person_id;

-- name: case_offices
-- takes case_id; gives offices
SELECT offices FROM desk_case WHERE case_id = $1;

-- name: case_offices_set
-- takes case_id, offices
UPDATE desk_case SET offices = $2 WHERE case_id = $1;

-- name: derived_clear_case_reader
DELETE FROM case_reader;
