-- SPDX-License-Identifier: EUPL-1.2
-- Hooks of persons and offices: whether one was set on a node of exercises. Only such a node calls it, and it calls no other: so one
-- that came with a copy of a live node's database is not called in an exercise.
ALTER TABLE channel ADD COLUMN is_exercise INTEGER NOT NULL DEFAULT 0;
