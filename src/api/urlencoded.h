// SPDX-License-Identifier: EUPL-1.2
/* application/x-www-form-urlencoded: what browsers send without a script, in queries and bodies. Input from outside. Pure. */
#ifndef API_URLENCODED_H
#define API_URLENCODED_H

#include "base/limits.h"
#include "base/span.h"

struct form_pair {
    struct span name, value; // decoded, UTF-8; lines of a value end with "\n"
};
struct form {
    size_t count;
    struct form_pair pairs[LIMIT_FORM_PAIRS];
};

// Decodes one name or value ('+' is a blank); at == NULL where it is malformed or not UTF-8.
struct span urlencoded_text(struct arena *arena, struct span text);
// Reads a whole form, names in the order sent. ERR_INPUT (rule form.encoding) for bad encoding or a NUL, ERR_LIMIT (form.size)
// for more than LIMIT_FORM_BYTES or LIMIT_FORM_PAIRS.
CHECKED struct err urlencoded_parse(struct arena *arena, struct span body, struct form *ret, struct why *why);
// The first value of that name; at == NULL where there is none.
struct span form_value(const struct form *form, struct span name);

#endif
