// SPDX-License-Identifier: EUPL-1.2
/*
 * Strands: what runs through several cases, such as one conduct (src/law/strand.c says which filings join, note and end). Here links and notes
 * are held, walked, and shown. What was noted in one case counts in every case that is joined with it, also for who may not see that
 * case: she learns that the note stands, and nothing of where.
 */
#ifndef SERVICE_STRAND_H
#define SERVICE_STRAND_H

#include "service/case.h"
#include "service/filing.h"

struct effects_of;

// What counts at the points of the case, as decisions ask it: {"dpa_fined":["a"]}. In the writer's transaction too: a filing in another
// case that changes it moves this case's version.
CHECKED struct err strand_noted(struct store_conn *conn, struct span case_id, struct arena *arena, struct json *ret, struct why *why);
// Whether what the plan joins can be joined, and what it takes back is there. Who sees the other case was asked before.
CHECKED struct err strand_allowed(const struct services *services, struct store_conn *conn, const struct filing_plan *plan, struct arena *arena, struct why *why);
// Does one operation of a filing's effects, where it is one of these.
CHECKED struct err strand_op(struct store_conn *conn, const struct effects_of *of, const struct json *op, struct span case_id, struct arena *arena, struct why *why);
// Takes out of a record that joins two cases which the other one is, where that is not hers to know who asks through VIEW.
struct gate_view;
struct gate_withheld;
struct record_open;
CHECKED struct err strand_withhold(const struct gate_view *view, struct store_conn *conn, struct record_open *record, struct arena *arena,
                                   struct gate_withheld *withheld, struct why *why);
// Writes the member "strands" for an officer who sees the case; with PROPOSE also which other cases may be joined, and why. Nothing where the
// procedure has none.
CHECKED struct err strand_write(struct json_out *out, const struct services *services, struct store_conn *conn, const struct case_file *file,
                                const struct principal *principal, bool propose, struct span lang, int64_t now_ms, struct arena *arena, struct why *why);

#endif
