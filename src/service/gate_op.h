// SPDX-License-Identifier: EUPL-1.2
/*
 * What filings change at the gate: blocks (freezes and holds), markings. Operations as law/operation.c names them.
 */
#ifndef SERVICE_GATE_OP_H
#define SERVICE_GATE_OP_H

#include "service/services.h"

struct effects_of;
struct json;
struct procedure_document;
struct filing_request;

// Does one operation of a filing's effects, where it concerns the gate; others are left alone. CASE_ID is of the filing.
CHECKED struct err gate_op(struct store_conn *conn, const struct effects_of *of, const struct json *op, size_t ordinal, struct span case_id,
                           struct arena *arena, struct why *why);

// Whether the operations may be done by someone who files AS this role of that office (empty: none): targets are filings of the
// case, a freeze spares nobody but is lifted only where it stands, a marking is lowered only by the office whose it is.
CHECKED struct err gate_op_allowed(struct store_conn *conn, const struct json *ops, struct span case_id, struct span as, struct arena *arena,
                                   struct why *why);

// Whether this person may file this document: head where one is needed, another person where another is needed.
CHECKED struct err gate_person_allowed(struct store_conn *conn, const struct principal *principal, const struct procedure_document *document,
                                       struct span office, const struct json *values, struct arena *arena, struct why *why);

#endif
