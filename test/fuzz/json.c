// SPDX-License-Identifier: EUPL-1.2
/* What is read as JSON can be written; what was written reads as the same; the canonical form is a fixed point. */
#include <assert.h>

#include "base/json.h"
#include "base/limits.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena arena;
    arena_init(&arena, 64 * 1024 * 1024);
    struct json root;
    struct why why = {0};
    struct err e = json_parse(&arena, span_make(data, size), &root, &why);
    if (is_err(e)) {
        assert(e.code == ERR_MEMORY || why.words[0] != '\0');
    } else {
        struct buf text, first, second;
        buf_init(&text, &arena, 16 * 1024 * 1024);
        struct json_out out;
        json_out_init(&out, &text);
        json_out_value(&out, &root);
        assert(!out.is_failed && !text.is_failed);
        buf_init(&first, &arena, 16 * 1024 * 1024);
        if (!is_err(json_canonical(&first, &root))) { // trees without floats
            struct json again;
            assert(!is_err(json_parse(&arena, buf_span(&text), &again, NULL)));
            buf_init(&second, &arena, 16 * 1024 * 1024);
            assert(!is_err(json_canonical(&second, &again)));
            assert(span_equals(buf_span(&first), buf_span(&second)));
            assert(!is_err(json_parse(&arena, buf_span(&first), &again, NULL)));
            buf_clear(&second);
            assert(!is_err(json_canonical(&second, &again)));
            assert(span_equals(buf_span(&first), buf_span(&second)));
        }
    }
    arena_fini(&arena);
    return 0;
}
