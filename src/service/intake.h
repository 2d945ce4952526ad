// SPDX-License-Identifier: EUPL-1.2
/*
 * Filings that an officer records for another: what came by telephone, on paper, in person. The document is the other's,
 * timeliness counts from when the office had it, and the record says who recorded it and how it came.
 */
#ifndef SERVICE_INTAKE_H
#define SERVICE_INTAKE_H

#include "law/procedure.h"
#include "service/services.h"

struct effects_of;

// FIELDS with the member on_behalf added, and when the office had it. ERR_INPUT where on_behalf has no readable received_at.
CHECKED struct err intake_fields(const struct services *services, const struct json *fields, const struct json *on_behalf,
                                 struct arena *arena, struct json *ret, int64_t *ret_received_ms, struct why *why);
// Whether PRINCIPAL may record DOCUMENT in the case (or open it): officer at an office of one of the kinds that the document
// names. *ret_kind and *ret_office are through which.
CHECKED struct err intake_allowed(const struct principal *principal, const struct procedure_document *document,
                                  const struct access_case *of, bool is_new_case, int64_t now_ms, struct span *ret_kind,
                                  struct span *ret_office, struct why *why);
// Does the operation {"op":"intake"}; others are left alone.
CHECKED struct err intake_op(struct store_conn *conn, const struct effects_of *of, struct span case_id, const struct json *op, struct why *why);
// The member "recorded_by" {"office_kind","channel"} of a filing that is among INTAKES (rows of intake_of_case); otherwise nothing.
void intake_write(struct json_out *out, const struct rows *intakes, struct span filing_id);
// Where the case stood before goes with it: its filings follow to another workspace or entity.
CHECKED struct err intake_move(struct store_conn *conn, struct span case_id, struct span workspace, struct span entity_id,
                               struct arena *arena, struct why *why);

#endif
