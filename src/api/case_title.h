// SPDX-License-Identifier: EUPL-1.2
/* What a case that concerns no entity is called in a list. */
#ifndef API_CASE_TITLE_H
#define API_CASE_TITLE_H

#include "api/resources.h"

struct case_title {
    struct span text;              // empty where nothing of the opening filing is for who asks
    struct access_reading reading; // of that filing, to be noted where there is a text
};
// OFFICE: she reads it for that office as a party of the case; at == NULL: for an office that works in it.
CHECKED struct err case_title_read(struct api_request *request, struct span case_id, struct span office, struct case_title *ret, struct why *why);

#endif
