// SPDX-License-Identifier: EUPL-1.2
/* What the filing of one document and of one report for several entities share. */
#ifndef API_FILING_JSON_H
#define API_FILING_JSON_H

#include "api/api.h"
#include "service/filing.h"

// A filing out of the request's body, which is left in *ret_body.
CHECKED struct err filing_read(struct api_request *request, struct json *ret_body, struct filing_request *ret, struct why *why);
// The members of an answer to a filing that was written, without braces: filing, case, entity, state, duties, receipt.
CHECKED struct err filed_write_json(struct api_request *request, struct store_conn *conn, struct span filing_id, bool is_repeat,
                                    struct json_out *out, struct why *why);
// POST /api/v1/filings with "entities": one report makes a case of each.
CHECKED struct err filing_group_post(struct api_request *request, struct api_response *response, const struct json *body,
                                     const struct filing_request *first, struct why *why);

#endif
