// SPDX-License-Identifier: EUPL-1.2
/*
 * Standing orders to erase: which rules of retention the node may carry out by itself, without an order for each time. A named officer gives
 * one, a second person confirms it where the state's law says so, and either ends it. It names the rules with their periods, so that a rule
 * that changes is not covered before somebody says so. Each run is an order of its own, with its report.
 *
 * Erased with what is due: the accounts of people who left, where a rule of retention sets them a period.
 */
#ifndef SERVICE_STANDING_ERASURE_H
#define SERVICE_STANDING_ERASURE_H

#include "service/retention.h"
#include "service/services.h"

struct effects_of;

enum { ACCOUNTS_AT_ONCE = 500 }; // erased with one order; who left last waits for the next

// {"op":"batch","as":"stand"|"confirm"|"revoke"} of a filing's effects.
CHECKED struct err standing_erasure_op(struct store_conn *conn, const struct effects_of *of, const struct json *op, struct span case_id,
                                       struct arena *arena, struct why *why);

struct standing_look {
    struct span standing; // case; empty: none is left to look at
    bool has_due;         // something is due under it
    int64_t after_seq;    // where to look next
    bool is_end;          // all was looked at
};
// Reading. The standing order in force after AFTER_CASE, from the filing after AFTER_SEQ on (-1 from the start).
CHECKED struct err standing_erasure_look(const struct services *services, struct store_conn *conn, struct span after_case, int64_t after_seq,
                                         int64_t now_ms, struct arena *arena, struct standing_look *ret, struct why *why);
// In the writer's transaction: files the run. Does nothing where the order was revoked meanwhile, or another one is being carried out.
CHECKED struct err standing_erasure_begin(struct services *services, struct store_conn *conn, struct log_edge *edge, struct span standing,
                                          int64_t now_ms, struct arena *arena, struct why *why);
// Changes whenever a standing order does. Reading.
CHECKED struct err standing_erasure_mark(struct store_conn *conn, struct arena *arena, int64_t *ret, struct why *why);

struct accounts_due {
    size_t count;
    struct span *persons;
    struct span rule; // its name; empty: none sets a period, or it is none of ONLY
};
// ONLY as in a question of retention. Reading.
CHECKED struct err accounts_due(const struct services *services, struct store_conn *conn, const struct json *only, int64_t through_ms, int64_t now_ms,
                                struct arena *arena, struct accounts_due *ret, struct why *why);
CHECKED struct err account_erase(struct store_conn *conn, struct span person_id, struct why *why);

// Members "standing" and "accounts" of the report of retention.
CHECKED struct err standing_erasure_write(struct json_out *out, const struct services *services, struct store_conn *conn, int64_t now_ms,
                                          struct arena *arena, struct why *why);

#endif
