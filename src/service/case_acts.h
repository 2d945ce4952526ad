// SPDX-License-Identifier: EUPL-1.2
/*
 * Other acts that an incident touches, in the case as its entity sees it: from the case's facts, with fields taken from what the entity
 * filed. Nothing is stored and nobody is told; the answer says so first and last.
 */
#ifndef SERVICE_CASE_ACTS_H
#define SERVICE_CASE_ACTS_H

#include "service/case.h"
#include "service/gate_view.h"

// Writes the member "other_acts", where the law says how a case of this procedure answers. FILINGS: rows of filings_of_case, read through GATE. SUBJECT: the
// entity's facts, or NULL.
CHECKED struct err case_acts_write(struct json_out *out, const struct services *services, struct store_conn *conn, const struct gate_view *gate,
                                   const struct case_file *file, const struct rows *filings, const struct json *subject, struct span lang, int64_t now_ms, struct arena *arena,
                                   struct why *why);

#endif
