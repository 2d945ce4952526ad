// SPDX-License-Identifier: EUPL-1.2
/* The attachments that a filing names: whether they are there and the filer's, and taking them into the case. */
#ifndef SERVICE_FILING_ATTACHMENT_H
#define SERVICE_FILING_ATTACHMENT_H

#include "service/filing.h"

// *ret: what the record's header says of them: [{"id","sha256","size"}].
CHECKED struct err filing_check_attachments(struct store_conn *conn, const struct filing_request *request, const struct principal *principal, size_t most, struct arena *arena, struct json *ret, struct why *why);
// Inside the writer's transaction; ERR_CONFLICT where another filing was faster.
CHECKED struct err filing_claim_attachments(struct store_conn *conn, const struct filing_plan *plan, struct why *why);

#endif
