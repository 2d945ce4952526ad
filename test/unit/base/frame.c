// SPDX-License-Identifier: EUPL-1.2
/* Frames: whole, in pieces, broken, and too large. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/frame.h"
#include "base/limits.h"

static void write_sample(struct buf *buf) {
    size_t mark = frame_begin(buf, 7, 0x0102030405060708);
    frame_field(buf, 1, SPAN("one"));
    frame_field(buf, 2, SPAN(""));
    frame_field_u64(buf, 3, UINT64_MAX);
    frame_field(buf, 1, SPAN("again"));
    assert_true(frame_end(buf, mark));
}

static void reads_what_was_written(void **state) {
    (void)state;
    struct buf buf;
    buf_init(&buf, NULL, LIMIT_FRAME_BYTES * 2);
    write_sample(&buf);
    size_t one = buf.len;
    write_sample(&buf);
    struct frame frame;
    size_t used;
    assert_false(is_err(frame_next(buf_span(&buf), &frame, &used)));
    assert_int_equal(used, one);
    assert_int_equal(frame.type, 7);
    assert_true(frame.number == 0x0102030405060708);
    assert_true(span_is(frame_get(&frame, 1), "one")); // the first of several
    assert_non_null(frame_get(&frame, 2).at);
    assert_int_equal(frame_get(&frame, 2).len, 0);
    assert_null(frame_get(&frame, 9).at);
    assert_true(frame_get_u64(&frame, 3, 0) == UINT64_MAX);
    assert_int_equal(frame_get_u64(&frame, 1, 5), 5); // not eight bytes
    assert_int_equal(frame_get_u64(&frame, 9, 6), 6);
    size_t at = 0, count = 0;
    uint16_t tag;
    struct span value;
    while (frame_each(&frame, &at, &tag, &value)) count++;
    assert_int_equal(count, 4);
    assert_true(span_is(value, "again"));
    for (size_t len = 0; len < one; len++) { // every shorter piece asks for more
        used = 99;
        assert_false(is_err(frame_next(span_part(buf_span(&buf), 0, len), &frame, &used)));
        assert_int_equal(used, 0);
    }
    buf_fini(&buf);
}

// Each byte changed: a frame is accepted or refused, but what is accepted is well formed, and lengths never lead outside.
static void broken_frames_are_refused(void **state) {
    (void)state;
    struct buf buf;
    buf_init(&buf, NULL, LIMIT_FRAME_BYTES);
    write_sample(&buf);
    size_t refused = 0;
    for (size_t i = 0; i < buf.len; i++) {
        for (unsigned flip = 1; flip < 256; flip <<= 1) {
            uint8_t *copy = mem_take(buf.len);
            memcpy(copy, buf.at, buf.len);
            copy[i] = (uint8_t)(copy[i] ^ flip);
            struct frame frame;
            size_t used;
            if (is_err(frame_next(span_make(copy, buf.len), &frame, &used))) {
                refused++;
            } else if (used > 0) {
                size_t at = 0, total = 0;
                uint16_t tag;
                struct span value;
                while (frame_each(&frame, &at, &tag, &value)) {
                    assert_true(value.at + value.len <= copy + used);
                    for (size_t k = 0; k < value.len; k++) total += value.at[k];
                }
                assert_true(total < 100000);
            }
            mem_give(copy);
        }
    }
    assert_true(refused > 100);
    static const uint8_t SHORT[4] = {11, 0, 0, 0}, LONG[4] = {0xff, 0xff, 0xff, 0xff};
    struct frame frame;
    size_t used;
    assert_int_equal(frame_next(span_make(SHORT, 4), &frame, &used).code, ERR_CORRUPT);
    assert_int_equal(frame_next(span_make(LONG, 4), &frame, &used).code, ERR_CORRUPT); // at once, without waiting for the rest
    buf_fini(&buf);
}

static void too_large_is_put_back(void **state) {
    (void)state;
    struct buf buf;
    buf_init(&buf, NULL, LIMIT_FRAME_BYTES * 4);
    write_sample(&buf);
    size_t before = buf.len;
    uint8_t *large = mem_take(LIMIT_FRAME_BYTES + 1);
    size_t mark = frame_begin(&buf, 1, 1);
    frame_field(&buf, 1, span_make(large, LIMIT_FRAME_BYTES));
    assert_false(frame_end(&buf, mark)); // with its head it is larger than a frame
    assert_int_equal(buf.len, before);
    mark = frame_begin(&buf, 1, 1);
    frame_field(&buf, 1, span_make(large, LIMIT_FRAME_BYTES + 1));
    assert_false(frame_end(&buf, mark));
    assert_int_equal(buf.len, before);
    mark = frame_begin(&buf, 1, 1);
    frame_field(&buf, 1, span_make(large, LIMIT_FRAME_BYTES - 24));
    assert_true(frame_end(&buf, mark)); // exactly the largest frame
    struct frame frame;
    size_t used;
    assert_false(is_err(frame_next(span_part(buf_span(&buf), before, buf.len), &frame, &used)));
    assert_int_equal(used, LIMIT_FRAME_BYTES);
    mem_give(large);
    buf_fini(&buf);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_was_written),
        cmocka_unit_test(broken_frames_are_refused),
        cmocka_unit_test(too_large_is_put_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
