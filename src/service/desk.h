// SPDX-License-Identifier: EUPL-1.2
/*
 * The desk: one short row for each case, made from effects, from which queues are read.
 */
#ifndef SERVICE_DESK_H
#define SERVICE_DESK_H

#include "base/json.h"
#include "service/effects.h"

struct desk_row { // the case that a filing is in
    const struct json *file; // "case" of the effects
    struct span id, workspace, entity, sectors, procedure;
    struct span filed_for; // the entity that the filing is of: the case's, or the party that filed
    struct span seen_by;   // of the filing; empty: all who see the case
};

// Of a filing in the case's content, as text with blanks between; empty where all see it.
struct span desk_seen_by(const struct json *content, struct span filing_id, struct arena *arena);
// On the writing connection: the case's row in the queue.
CHECKED struct err desk_case_put(const struct services *services, struct store_conn *conn, const struct effects_of *of, const struct desk_row *row, const struct json *content,
                                 int64_t next_due_ms, struct arena *arena, struct why *why);

#endif
