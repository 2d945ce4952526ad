-- SPDX-License-Identifier: EUPL-1.2
-- Strands: what runs through several cases (service/strand.h).

-- Derived: a point of a case is the same as one of another. Two rows a filing, one for each end.
CREATE TABLE strand_link (
    filing_id TEXT NOT NULL,
    strand TEXT NOT NULL,           -- name in the law
    case_id TEXT NOT NULL,
    point TEXT NOT NULL,
    other_id TEXT NOT NULL,
    other_point TEXT NOT NULL,
    filed_in TEXT NOT NULL,         -- the case in which it was said
    at_ms INTEGER NOT NULL,
    PRIMARY KEY (filing_id, strand, case_id)
) WITHOUT ROWID;
CREATE INDEX strand_link_by_point ON strand_link (case_id, point, strand);

-- Derived: what a filing noted at a point.
CREATE TABLE strand_note (
    filing_id TEXT NOT NULL,
    strand TEXT NOT NULL,
    note TEXT NOT NULL,             -- name in the law
    case_id TEXT NOT NULL,
    point TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    PRIMARY KEY (filing_id, strand, note, point)
) WITHOUT ROWID;
CREATE INDEX strand_note_by_point ON strand_note (case_id, point, strand);

-- Derived: a case is about another, which joins nothing and only proposes.
CREATE TABLE strand_about (
    filing_id TEXT NOT NULL,
    strand TEXT NOT NULL,
    case_id TEXT NOT NULL,
    about_id TEXT NOT NULL,
    PRIMARY KEY (filing_id, strand, about_id)
) WITHOUT ROWID;
CREATE INDEX strand_about_by_case ON strand_about (case_id);
CREATE INDEX strand_about_by_about ON strand_about (about_id, strand);
