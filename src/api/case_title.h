// SPDX-License-Identifier: EUPL-1.2
/* What a case that concerns no entity is called in a list. */
#ifndef API_CASE_TITLE_H
#define API_CASE_TITLE_H

#include "api/resources.h"

// Empty where nothing of the opening filing is for who asks. IS_PARTY: she reads as a party of the case, not for an office that works in it.
CHECKED struct err case_title_read(struct api_request *request, struct span case_id, bool is_party, struct span *ret, struct why *why);

#endif
