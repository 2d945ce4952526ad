// SPDX-License-Identifier: EUPL-1.2
/*
 * Erasure: the keys of fields go, by a filing. What was sealed under them can't be opened again; names and commitments stay,
 * so that the rest of the record still proves itself.
 */
#ifndef SERVICE_ERASURE_H
#define SERVICE_ERASURE_H

#include "base/json.h"
#include "service/services.h"

struct effects_of;

// Whether the principal may do what the operations of a decision would erase: head of an office concerned by the case of
// each target, with the right to delete. ERR_INPUT (field "/target") where a target or a field of it does not exist.
CHECKED struct err erasure_allowed(const struct services *services, struct store_conn *conn, const struct principal *principal,
                                   const struct json *ops, int64_t now_ms, struct arena *arena, struct why *why);

// Does one operation {"op":"erase",...} in the writer's transaction; others are left alone. An entity whose entry came from
// the fields is made anew without them.
CHECKED struct err erasure_op(struct services *services, struct store_conn *conn, const struct effects_of *of,
                              const struct json *op, struct arena *arena, struct why *why);

#endif
