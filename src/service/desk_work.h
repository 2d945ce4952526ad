// SPDX-License-Identifier: EUPL-1.2
/*
 * Who works on a case, and which cases belong together: what documents of the desk say, checked before they are filed and done
 * as effects.
 */
#ifndef SERVICE_DESK_WORK_H
#define SERVICE_DESK_WORK_H

#include "service/case.h"
#include "service/desk.h"
#include "service/filing.h"

// Whether the persons that PLAN names may work on the case (officer of an office that sees it), and what it joins may be joined: an
// entity on the register; a case of the same workspace that the filer sees. FILE: NULL where the plan opens the case.
CHECKED struct err desk_check(const struct services *services, struct store_conn *conn, const struct filing_plan *plan,
                              const struct case_file *file, int64_t now_ms, struct arena *arena, struct why *why);
// Effects "assign" and, between cases, "link". On the writing connection.
CHECKED struct err desk_op(struct store_conn *conn, const struct effects_of *of, const struct desk_row *row, const struct json *op, struct arena *arena, struct why *why);
// After fields of a filing were erased: the case has no owner any more whose name went with them.
CHECKED struct err desk_erased(struct store_conn *conn, struct span filing_id, struct arena *arena, struct why *why);

// "links": the cases that belong to this one, as far as the viewer may see them.
struct viewer;
CHECKED struct err desk_write_links(struct json_out *out, const struct services *services, struct store_conn *conn, struct span case_id,
                                    const struct viewer *viewer, int64_t now_ms, struct arena *arena, struct why *why);

#endif
