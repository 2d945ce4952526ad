-- SPDX-License-Identifier: EUPL-1.2
-- Derived: standing orders to erase; which rules of retention the node may carry out by itself.
CREATE TABLE erasure_standing (
    case_id TEXT NOT NULL PRIMARY KEY,
    filing_id TEXT NOT NULL,        -- that gave it
    rules TEXT NOT NULL,            -- JSON array: each rule as the report of retention names it
    until_ms INTEGER NOT NULL,      -- or 9223372036854775807
    stage TEXT NOT NULL,            -- proposed, in_force, revoked
    moved_ms INTEGER NOT NULL
);
-- Derived: the standing order under which the node ordered; NULL: a person did.
ALTER TABLE erasure_batch ADD COLUMN standing TEXT;
-- Not derived, as the person: when she was last shut out; NULL: she is not, or it was before this was noted.
ALTER TABLE person ADD COLUMN left_ms INTEGER;
CREATE INDEX person_left ON person (left_ms) WHERE left_ms IS NOT NULL;
