// SPDX-License-Identifier: EUPL-1.2
/* What the resources and the pages of published documents share. */
#ifndef API_PUBLIC_H
#define API_PUBLIC_H

#include "api/api.h"
#include "service/publication.h"

struct public_document {
    struct publication of;
    struct json form; // as procedure_write_form writes it, in the reader's language
    struct span label;
    struct rows versions; // of publication_versions
};
// The one that the path's first parameter and ?version= name.
CHECKED struct err public_read(struct api_request *request, struct public_document *ret, struct why *why);
struct public_list {
    int64_t limit;
    struct rows rows; // of publication_page; the last one of limit + 1 says that there are more
    size_t count;     // of rows to show, of which the gate may keep some
};
CHECKED struct err public_list_read(struct api_request *request, bool is_calendar, int64_t limit, struct public_list *ret, struct why *why);
// What people call the document.
struct span public_label(struct api_request *request, const struct publication *of);
// Lets caches keep the answer for a minute, under a strong ETag of its bytes; 304 where the client has them.
void public_cacheable(struct api_request *request, struct api_response *response);

#endif
