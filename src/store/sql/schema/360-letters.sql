-- SPDX-License-Identifier: EUPL-1.2
-- Letters of offices: written, approved, numbered, made, sealed, served.

-- Derived: a letter by the filing that wrote it.
CREATE TABLE letter (
    filing_id TEXT PRIMARY KEY,
    case_id TEXT NOT NULL,
    entity_id TEXT,
    office TEXT NOT NULL,
    writer TEXT NOT NULL,           -- pseudonym
    template TEXT NOT NULL,
    language TEXT NOT NULL,
    state TEXT NOT NULL,            -- waiting (for the head), refused, issued, made, sealed
    year INTEGER,                   -- with number: given when it is issued, without gaps within office and year
    number INTEGER,
    label TEXT,                     -- the number as people read it
    written_ms INTEGER NOT NULL,
    issued_ms INTEGER,
    made_by TEXT,                   -- filing of the node that has the PDF attached
    sealed_by TEXT,                 -- filing of the node that has the seal attached
    served_by TEXT,                 -- last record of service
    served_ms INTEGER               -- when it counts as served
) WITHOUT ROWID;
CREATE UNIQUE INDEX letter_by_number ON letter (office, year, number) WHERE number IS NOT NULL;
CREATE INDEX letter_by_case ON letter (case_id, filing_id);
CREATE INDEX letter_to_do ON letter (state, filing_id) WHERE state IN ('issued', 'made');

-- Not derived: attempts to make or seal a letter; a row is gone once it is done.
CREATE TABLE letter_attempt (
    filing_id TEXT PRIMARY KEY,
    count INTEGER NOT NULL,
    next_ms INTEGER NOT NULL,       -- not before
    words TEXT NOT NULL             -- why the last one failed
) WITHOUT ROWID;
