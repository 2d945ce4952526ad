-- SPDX-License-Identifier: EUPL-1.2
-- The desk: its queue, who works on what, shifts, absences, links, search.

-- name: desk_case_put
-- takes case_id, workspace, procedure, entity_id, sectors, state, is_open, offices, is_closed, opened_by, flags, owed_by,
-- next_due_ms, late_ms, changed_ms, last_seq, 1 where all see the filing else 0, plain_due_ms
INSERT INTO desk_case (case_id, workspace, procedure, entity_id, sectors, state, is_open, offices, is_closed, opened_by, flags,
                       owed_by, next_due_ms, late_ms, opened_ms, changed_ms, last_seq, plain_version, plain_changed_ms, plain_due_ms)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $15, $16, 1, $15, $18)
ON CONFLICT (case_id) DO UPDATE SET workspace = excluded.workspace, entity_id = excluded.entity_id, sectors = excluded.sectors, state = excluded.state,
    is_open = excluded.is_open, offices = excluded.offices, is_closed = excluded.is_closed, flags = excluded.flags,
    owed_by = excluded.owed_by, next_due_ms = excluded.next_due_ms, late_ms = excluded.late_ms, changed_ms = excluded.changed_ms,
    last_seq = excluded.last_seq, plain_version = desk_case.plain_version + $17,
    plain_changed_ms = CASE WHEN $17 = 1 THEN excluded.changed_ms ELSE desk_case.plain_changed_ms END,
    plain_due_ms = excluded.plain_due_ms;

-- name: derived_clear_desk_case
DELETE FROM desk_case;
-- name: derived_clear_desk_link
DELETE FROM desk_link;
-- name: derived_clear_search
DELETE FROM search_word;
