// SPDX-License-Identifier: EUPL-1.2
/*
 * Obligations that recur by the calendar (law/obligation.h): the node opens a case on its day by a filing of its own, and closes it when
 * a filing fulfils it. What was opened is derived from these filings, so a restart, a rebuild or a node that was down goes on exactly
 * where it was: each is opened once.
 */
#ifndef SERVICE_OBLIGATION_H
#define SERVICE_OBLIGATION_H

#include "base/json.h"
#include "service/services.h"

struct effects_of;
struct obligation;

// {"op":"obligation",..} of a filing's effects; others are left alone. CASE_ID is of the filing.
CHECKED struct err obligation_op(struct services *services, struct store_conn *conn, const struct effects_of *of, const struct json *op,
                                 struct span case_id, struct arena *arena, struct why *why);

struct obligation_step { // what the node has to file next
    const struct obligation *of; // NULL: nothing
    struct span due_on;          // to be opened
    struct span case_id, filing; // or fulfilled by this filing
    int64_t at_ms;               // when that was received
};
// Reading.
CHECKED struct err obligation_look(struct services *services, struct store_conn *conn, int64_t now_ms, struct arena *arena,
                                   struct obligation_step *ret, struct why *why);
// In the writer's transaction. Does nothing where another filing did it meanwhile.
CHECKED struct err obligation_do(struct services *services, struct store_conn *conn, struct log_edge *edge, const struct obligation_step *step,
                                 int64_t now_ms, struct arena *arena, struct why *why);

// {"state","at","obligations":[..]}: what this node's state owes, since when, until when, done when and by which filing. Cases that
// PRINCIPAL may not see are left out.
CHECKED struct err obligations_write(struct json_out *out, struct services *services, struct store_conn *conn, const struct principal *principal,
                                     struct span lang, int64_t now_ms, struct arena *arena, struct why *why);

#endif
