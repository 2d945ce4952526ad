// SPDX-License-Identifier: EUPL-1.2
/* Arenas and buffers: limits, alignment, zeroed memory, sticky errors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdalign.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/span.h"

static void arena_keeps_its_limit(void **state) {
    (void)state;
    struct arena arena;
    arena_init(&arena, 10000);
    assert_null(arena_take(&arena, 10001));
    volatile size_t many = SIZE_MAX / 2;
    assert_null(arena_take_array(&arena, many, 4)); // the product overflows
    size_t taken = 0;
    while (arena_take(&arena, 100) != NULL) taken += 100;
    assert_true(taken >= 8000 && taken <= 10000);
    assert_true(arena.used_bytes <= 10000);
    arena_fini(&arena);
    arena_fini(&arena);
    assert_int_equal(arena.used_bytes, 0);
}

static void arena_gives_zeroed_aligned_memory(void **state) {
    (void)state;
    struct arena arena;
    arena_init(&arena, 1024 * 1024);
    for (size_t round = 0; round < 3; round++) {
        for (size_t size = 0; size < 300; size++) {
            uint8_t *at = arena_take(&arena, size);
            assert_non_null(at);
            assert_int_equal((uintptr_t)at % alignof(max_align_t), 0);
            for (size_t i = 0; i < size; i++) assert_int_equal(at[i], 0);
            memset(at, 0xa5, size);
        }
        arena_reset(&arena);
    }
    arena_fini(&arena);
}

static void arena_resizes_what_was_taken_last_in_its_place(void **state) {
    (void)state;
    struct arena arena;
    arena_init(&arena, 65536);
    char *first = arena_take(&arena, 5);
    memcpy(first, "abcd", 5);
    char *longer = arena_resize(&arena, first, 5, 200);
    assert_ptr_equal(longer, first);
    assert_string_equal(longer, "abcd");
    for (size_t i = 5; i < 200; i++) assert_int_equal(longer[i], 0);
    char *other = arena_take(&arena, 16);
    assert_true(other >= longer + 200); // not over what grew
    char *moved = arena_resize(&arena, longer, 200, 300);
    assert_ptr_not_equal(moved, longer);
    assert_string_equal(moved, "abcd");
    assert_string_equal(longer, "abcd"); // the old place stays
    assert_ptr_not_equal(arena_resize(&arena, moved, 300, 20000), NULL); // another block
    assert_null(arena_resize(&arena, moved, 300, 70000));
    arena_fini(&arena);
}

static void arena_copies_end_with_nul(void **state) {
    (void)state;
    struct arena arena;
    arena_init(&arena, 65536);
    struct span copy = arena_copy(&arena, SPAN("ab\0c"));
    assert_int_equal(copy.len, 4);
    assert_int_equal(copy.at[4], 0);
    assert_string_equal(arena_text(&arena, SPAN("xyz")), "xyz");
    assert_string_equal(arena_text(&arena, span_make(NULL, 0)), "");
    assert_true(span_is(arena_printf(&arena, "%d-%s", 7, "x"), "7-x"));
    assert_null(arena_printf(&arena, "%65537s", "").at);
    arena_fini(&arena);
}

static void buf_error_is_sticky(void **state) {
    (void)state;
    struct buf buf;
    buf_init(&buf, NULL, 10);
    buf_add_text(&buf, "12345678");
    buf_add_text(&buf, "abc");
    assert_true(buf.is_failed);
    buf_add_byte(&buf, 'x'); // would fit, but the error stays
    assert_true(span_is(buf_span(&buf), "12345678"));
    buf_clear(&buf);
    assert_false(buf.is_failed);
    buf_add_text(&buf, "1234567890");
    assert_false(buf.is_failed);
    assert_null(buf_extend(&buf, 1));
    assert_true(buf.is_failed);
    buf_fini(&buf);
    buf_fini(&buf);
}

static void buf_grows_in_an_arena(void **state) {
    (void)state;
    struct arena arena;
    arena_init(&arena, 1024 * 1024);
    struct buf buf;
    buf_init(&buf, &arena, 100000);
    for (int i = 0; i < 10000; i++) buf_add_text(&buf, "0123456789");
    assert_false(buf.is_failed);
    assert_int_equal(buf.len, 100000);
    for (size_t i = 0; i < buf.len; i++) assert_int_equal(buf.at[i], '0' + i % 10);
    buf_drop_front(&buf, 99995);
    assert_true(span_is(buf_span(&buf), "56789"));
    buf_drop_front(&buf, 0);
    buf_drop_front(&buf, 99);
    assert_int_equal(buf.len, 0);
    arena_fini(&arena);
    arena_init(&arena, 1000); // an arena too small for the buffer
    buf_init(&buf, &arena, 100000);
    for (int i = 0; i < 200; i++) buf_add_text(&buf, "0123456789");
    assert_true(buf.is_failed);
    arena_fini(&arena);
}

static void buf_writes_numbers(void **state) {
    (void)state;
    struct buf buf;
    buf_init(&buf, NULL, 4096);
    buf_add_int(&buf, INT64_MIN);
    buf_add_byte(&buf, ' ');
    buf_add_int(&buf, INT64_MAX);
    buf_add_byte(&buf, ' ');
    buf_add_int(&buf, 0);
    assert_true(span_is(buf_span(&buf), "-9223372036854775808 9223372036854775807 0"));
    buf_clear(&buf);
    buf_add_u16(&buf, 0x0102);
    buf_add_u32(&buf, 0x01020304);
    buf_add_u64(&buf, 0x0102030405060708);
    assert_true(span_equals(buf_span(&buf), SPAN("\x02\x01\x04\x03\x02\x01\x08\x07\x06\x05\x04\x03\x02\x01")));
    buf_clear(&buf);
    buf_printf(&buf, "%s %d", "one", 2);
    assert_true(span_is(buf_span(&buf), "one 2"));
    buf_clear(&buf);
    buf_printf(&buf, "%700d", 5); // longer than the small buffer inside
    assert_int_equal(buf.len, 700);
    assert_int_equal(buf.at[699], '5');
    buf_fini(&buf);
}

static void the_first_reason_stays(void **state) {
    (void)state;
    struct why why = {0};
    assert_int_equal(why_set(&why, ERR_LAW, "/a", "r.one", "X 1", "first %d", 1).code, ERR_LAW);
    assert_int_equal(why_set(&why, ERR_IO, "/b", "r.two", NULL, "second").code, ERR_IO);
    assert_int_equal(why.code, ERR_LAW);
    assert_string_equal(why.field, "/a");
    assert_string_equal(why.rule, "r.one");
    assert_string_equal(why.article, "X 1");
    assert_string_equal(why.words, "first 1");
    assert_int_equal(why_set(NULL, ERR_BUSY, NULL, NULL, NULL, "none").code, ERR_BUSY);
    struct why cut = {0};
    (void)why_set(&cut, ERR_INPUT, NULL, NULL, NULL, "%2000s", "x");
    assert_int_equal(strlen(cut.words), sizeof cut.words - 1);
    assert_string_equal(err_name(ERR_LAW), "law");
    assert_string_equal(err_name((enum err_code)99), "unknown");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arena_keeps_its_limit),
        cmocka_unit_test(arena_gives_zeroed_aligned_memory),
        cmocka_unit_test(arena_resizes_what_was_taken_last_in_its_place),
        cmocka_unit_test(arena_copies_end_with_nul),
        cmocka_unit_test(buf_error_is_sticky),
        cmocka_unit_test(buf_grows_in_an_arena),
        cmocka_unit_test(buf_writes_numbers),
        cmocka_unit_test(the_first_reason_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
