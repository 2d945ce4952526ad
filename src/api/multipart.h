// SPDX-License-Identifier: EUPL-1.2
/* multipart/form-data (RFC 7578): what browsers send without a script where a form has a file. Input from outside. Pure. */
#ifndef API_MULTIPART_H
#define API_MULTIPART_H

#include "base/limits.h"
#include "base/span.h"

struct multipart_part {
    struct span name, bytes; // borrowed from the body
    bool is_file;            // it says a file's name
};
struct multipart {
    size_t count;
    struct multipart_part parts[LIMIT_MULTIPART_PARTS];
};

// Reads BODY, sent with that Content-Type. ERR_UNSUPPORTED (http.media_type) for another type, ERR_INPUT (form.encoding) for what no
// browser sends, ERR_LIMIT (form.size) for too many parts.
CHECKED struct err multipart_parse(struct span content_type, struct span body, struct multipart *ret, struct why *why);
// The first part of that name; NULL where there is none.
const struct multipart_part *multipart_find(const struct multipart *form, const char *name);

#endif
