// SPDX-License-Identifier: EUPL-1.2
/* Forms with a file as browsers send them: no input crashes the reader, and what it gives lies within the body. The first line is the Content-Type. */
#include "api/multipart.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct span all = span_make(data, size);
    size_t end = span_find(all, '\n', 0);
    struct span body = span_part(all, end + 1, all.len);
    struct multipart form;
    struct why why = {0};
    if (is_err(multipart_parse(span_part(all, 0, end), body, &form, &why))) {
        if (!why.is_set) __builtin_trap();
        return 0;
    }
    if (form.count > LIMIT_MULTIPART_PARTS) __builtin_trap();
    for (size_t i = 0; i < form.count; i++) {
        const struct multipart_part *part = &form.parts[i];
        if (!span_is_utf8(part->name) || part->bytes.at < body.at || part->bytes.at + part->bytes.len > body.at + body.len) __builtin_trap();
        if (part->name.len > 0 && multipart_find(&form, "") == part) __builtin_trap();
    }
    return 0;
}
