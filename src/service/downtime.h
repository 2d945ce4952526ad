// SPDX-License-Identifier: EUPL-1.2
/*
 * When the ways to file were down: found by the node itself (it crashed, was stopped, took no filings), or declared by an
 * office in a filing. Shown beside what is late; it excuses nothing by itself.
 */
#ifndef SERVICE_DOWNTIME_H
#define SERVICE_DOWNTIME_H

#include "base/json.h"
#include "service/services.h"

struct effects_of;

enum { DOWNTIME_BEAT_MS = 10 * 1000, DOWNTIME_LEAST_MS = 2 * 1000 };
#define DOWNTIME_BEFORE_DUE_MS MS_PER_DAY // looked at before a due date

// In a transaction, at the start of the node: what lies between its last sign of life and now becomes a row, and a new run
// begins. IS_READ_ONLY: it will take no filings.
CHECKED struct err downtime_start(struct store_conn *conn, bool is_read_only, int64_t now_ms, struct arena *arena, struct why *why);
// In a transaction, every DOWNTIME_BEAT_MS.
CHECKED struct err downtime_beat(struct store_conn *conn, bool is_read_only, int64_t now_ms, struct arena *arena, struct why *why);
// In a transaction, at a stop in order.
CHECKED struct err downtime_stop(struct store_conn *conn, int64_t now_ms, struct why *why);

// Does the operation {"op":"downtime"}; others are left alone.
CHECKED struct err downtime_op(struct store_conn *conn, const struct effects_of *of, struct span case_id, const struct json *op, struct why *why);

// [{"kind","from","to"|null,"note"|null,"case"|null}] of what overlaps FROM_MS to before TO_MS, latest first, at most MOST.
CHECKED struct err downtime_write(struct json_out *out, struct store_conn *conn, int64_t from_ms, int64_t to_ms, int64_t most,
                                  struct arena *arena, struct why *why);
// Downtimes that may stand beside late duties.
struct downtimes {
    struct rows rows; // kind, from_ms, to_ms or NULL, note, case; latest first
};
// Those within a day before the due date of a late duty (or one that was done late), or between its two readings. DUTIES: array, or
// NULL. Reads nothing where none is late.
CHECKED struct err downtimes_load(struct store_conn *conn, const struct json *duties, int64_t now_ms, struct arena *arena,
                                  struct downtimes *ret, struct why *why);
// The member "downtimes" of a late duty, of those that concern it; otherwise nothing. Inside the duty's object.
void downtimes_write_beside(struct json_out *out, const struct downtimes *downtimes, const struct json *duty, int64_t now_ms, struct arena *arena);

#endif
