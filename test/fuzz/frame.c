// SPDX-License-Identifier: EUPL-1.2
/* Frames from a broken or hostile role: whole frames are taken one after another, and each is written again as it was. */
#include <assert.h>

#include "base/frame.h"
#include "base/limits.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct span rest = span_make(data, size);
    struct frame frame;
    size_t used = 0;
    while (!is_err(frame_next(rest, &frame, &used)) && used > 0) {
        assert(used <= rest.len && used <= LIMIT_FRAME_BYTES);
        struct buf copy;
        buf_init(&copy, NULL, LIMIT_FRAME_BYTES);
        size_t mark = frame_begin(&copy, frame.type, frame.number), at = 0;
        uint16_t tag;
        struct span value;
        while (frame_each(&frame, &at, &tag, &value)) frame_field(&copy, tag, value);
        assert(frame_end(&copy, mark));
        assert(span_equals(buf_span(&copy), span_part(rest, 0, used)));
        buf_fini(&copy);
        rest = span_part(rest, used, rest.len);
    }
    return 0;
}
