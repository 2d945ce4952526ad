// SPDX-License-Identifier: EUPL-1.2
/* The register asked for more than name, status and class: sector, size, type, Member State of services, what an entry lacks. */
#ifndef API_ENTITY_FILTER_H
#define API_ENTITY_FILTER_H

#include "api/resources.h"

// Whether the address asks for any of it.
bool entity_filter_is_asked(const struct api_request *request);
// SECTORS: those of who asks, a JSON array or NULL for all; FOLDED: what the folded name contains, may be
// empty; AFTER: name and id to go on after. Rows as entity_page gives them.
CHECKED struct err entity_filter_page(struct api_request *request, struct span sectors, struct span folded, const struct span after[2], int64_t limit,
                                      struct rows *ret, struct why *why);
// HIDDEN: entries to leave out, a JSON array.
CHECKED struct err entity_filter_count(struct api_request *request, struct span sectors, struct span folded, struct span hidden, int64_t *ret, struct why *why);

#endif
