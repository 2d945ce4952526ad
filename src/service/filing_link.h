// SPDX-License-Identifier: EUPL-1.2
/* What a filing joins to its own entity. */
#ifndef SERVICE_FILING_LINK_H
#define SERVICE_FILING_LINK_H

#include "base/json.h"
#include "service/services.h"

// Entities that a document joins to its own must be others, and there.
CHECKED struct err filing_check_links(struct store_conn *conn, const struct json *ops, struct span entity_id, struct arena *arena,
                                      struct why *why);

#endif
