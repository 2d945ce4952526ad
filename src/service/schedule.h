// SPDX-License-Identifier: EUPL-1.2
/*
 * Erasure on schedule: holds that keep what is due, and orders to erase it, carried out by the node in small filings.
 *
 * An order is carried out from what the store says at each step: what is due, not held and can still be read. So it goes on exactly
 * where it was after any crash, and a hold or a stop counts from the next step on.
 */
#ifndef SERVICE_SCHEDULE_H
#define SERVICE_SCHEDULE_H

#include "base/json.h"
#include "service/services.h"

struct effects_of;

enum { SCHEDULE_TARGETS = 32, SCHEDULE_ROWS = 1000 }; // erased in one filing; looked at in one step

// {"op":"keep",..} and {"op":"batch",..} of a filing's effects; others are left alone. CASE_ID is of the filing.
CHECKED struct err schedule_op(struct services *services, struct store_conn *conn, const struct effects_of *of, const struct json *op,
                               struct span case_id, struct arena *arena, struct why *why);

// The node's own role, where the document has it among its filers.
CHECKED struct err schedule_role(const struct span *roles, size_t count, struct span *ret_as, struct why *why);

// Files the node's document of the packs whose effect is "batch" as AS; CASE_ID empty: in a case of its own. In the writer's transaction.
CHECKED struct err schedule_file(struct services *services, struct store_conn *conn, struct log_edge *edge, const char *as, struct span case_id,
                                 const struct json *fields, int64_t now_ms, struct arena *arena, struct why *why);

struct schedule_step { // what to do next
    struct span order;      // case; empty: nothing is ordered
    size_t count;
    struct span *filings;   // to be erased now
    int64_t after_seq;      // where to look next
    bool is_end;            // all was looked at
};
// Reading. AFTER_SEQ is where the last step ended (-1 from the start), DIRTY whether one since the start found something.
CHECKED struct err schedule_look(const struct services *services, struct store_conn *conn, int64_t after_seq, int64_t now_ms,
                                 struct arena *arena, struct schedule_step *ret, struct why *why);
// In the writer's transaction: files the erasures of the step, or (none left) that the order is carried out. Does nothing where the order was
// stopped meanwhile; leaves out what is held since.
CHECKED struct err schedule_do(struct services *services, struct store_conn *conn, struct log_edge *edge, const struct schedule_step *step,
                               int64_t now_ms, struct arena *arena, struct why *why);

// Members "holds" and "orders" of the report of retention.
CHECKED struct err schedule_write(struct json_out *out, struct store_conn *conn, struct arena *arena, struct why *why);

#endif
