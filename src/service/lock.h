// SPDX-License-Identifier: EUPL-1.2
/*
 * Locks between cases: "the same not again for two years". The law says which filing locks what until when, and which asks (`locks:`);
 * here they are held. And fields in which an office may only name the state for which it speaks (`own: yes`).
 */
#ifndef SERVICE_LOCK_H
#define SERVICE_LOCK_H

#include "service/filing.h"

struct effects_of;

// Whether nothing keeps the plan from being filed. ERR_LAW names the lock, the article and until when; ERR_INPUT the field.
CHECKED struct err lock_check(const struct services *services, struct store_conn *conn, const struct filing_plan *plan, int64_t now_ms,
                              struct arena *arena, struct why *why);
// Does one operation of a filing's effects, where it locks; others are left alone.
CHECKED struct err lock_op(struct store_conn *conn, const struct effects_of *of, const struct json *op, struct span case_id, struct why *why);

#endif
