-- SPDX-License-Identifier: EUPL-1.2
-- Persons who read a case because a filing named them.

-- Derived: one row a filing that admitted somebody and that no other took back.
CREATE TABLE case_reader (
    filing_id TEXT NOT NULL PRIMARY KEY,
    case_id TEXT NOT NULL,
    person_id TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX case_reader_by_case ON case_reader (case_id);
