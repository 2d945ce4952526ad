-- SPDX-License-Identifier: EUPL-1.2
-- What statistics count, what was released of them, and what retention waits for.

-- Derived: of each case what statistics ask about, without words and texts.
CREATE TABLE case_figure (
    case_id TEXT NOT NULL PRIMARY KEY,
    procedure TEXT NOT NULL,
    entity_id TEXT,
    first_ms INTEGER NOT NULL,      -- receipt of the first and the last filing
    last_ms INTEGER NOT NULL,
    content TEXT NOT NULL           -- JSON: {"state","facts","flags","filings","duties"} as the case has them, lean
);
CREATE INDEX case_figure_by_time ON case_figure (procedure, last_ms, case_id, first_ms);

-- Derived: figures as they were frozen by a filing, one set a case.
CREATE TABLE figure_release (
    case_id TEXT NOT NULL PRIMARY KEY,
    statistic TEXT NOT NULL,
    population TEXT NOT NULL,
    period TEXT NOT NULL,
    from_ms INTEGER NOT NULL,
    to_ms INTEGER NOT NULL,
    stage TEXT NOT NULL,            -- prepared, reviewed, filed, public, withdrawn
    filing_id TEXT NOT NULL,        -- that froze them
    made_ms INTEGER NOT NULL,
    moved_ms INTEGER NOT NULL,      -- when the stage was reached
    content TEXT NOT NULL           -- JSON: the figures
);
CREATE INDEX figure_release_by_statistic ON figure_release (statistic, from_ms, moved_ms);
CREATE INDEX figure_release_by_population ON figure_release (population, from_ms, to_ms);

-- Derived: what must not be erased, whatever its period says.
CREATE TABLE legal_hold (
    filing_id TEXT NOT NULL PRIMARY KEY, -- that set it
    held_in TEXT NOT NULL,          -- the case of the hold itself
    case_id TEXT,                   -- this case
    entity_id TEXT,                 -- or all of this entity
    set_ms INTEGER NOT NULL,
    ended_by TEXT,                  -- filing that ended it
    ended_ms INTEGER
);
CREATE INDEX legal_hold_of_case ON legal_hold (case_id) WHERE ended_ms IS NULL;
CREATE INDEX legal_hold_of_entity ON legal_hold (entity_id) WHERE ended_ms IS NULL;

-- Derived: erasures that a head ordered, to be done in the background.
CREATE TABLE erasure_batch (
    case_id TEXT NOT NULL PRIMARY KEY,
    filing_id TEXT NOT NULL,        -- that ordered it
    through_ms INTEGER NOT NULL,    -- what was due before
    stage TEXT NOT NULL,            -- ordered, approved, done, stopped
    moved_ms INTEGER NOT NULL,
    filings INTEGER NOT NULL        -- erased so far
);
CREATE TABLE erasure_part ( -- derived: filings of the node that carry an order out
    filing_id TEXT NOT NULL PRIMARY KEY,
    case_id TEXT NOT NULL           -- of the order
);
CREATE INDEX erasure_part_of_order ON erasure_part (case_id);
CREATE INDEX erasure_batch_open ON erasure_batch (moved_ms) WHERE stage = 'approved';

-- Not derived: searches for a person in what is held, with their ground.
CREATE TABLE privacy_search (
    id INTEGER PRIMARY KEY NOT NULL,
    at_ms INTEGER NOT NULL,
    person_id TEXT NOT NULL,        -- who searched
    case_id TEXT,                   -- the request that it serves
    ground TEXT NOT NULL,
    terms BLOB NOT NULL,            -- keyed hash of what was searched for: the same search is seen as the same
    hits INTEGER NOT NULL
);
CREATE INDEX privacy_search_by_time ON privacy_search (at_ms);
