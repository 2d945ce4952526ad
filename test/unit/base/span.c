// SPDX-License-Identifier: EUPL-1.2
/* Spans: comparing, cutting, numbers, UTF-8, hexadecimal and base64. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/span.h"

static const struct span ABSENT = {NULL, 0};

static void compares_by_bytes(void **state) {
    (void)state;
    assert_true(span_equals(SPAN("abc"), span_of("abc")));
    assert_false(span_equals(SPAN("abc"), SPAN("abd")));
    assert_false(span_equals(SPAN("abc"), SPAN("ab")));
    assert_true(span_equals(ABSENT, SPAN("")));
    assert_true(span_compare(SPAN("ab"), SPAN("abc")) < 0);
    assert_true(span_compare(SPAN("b"), SPAN("abc")) > 0);
    assert_true(span_compare(SPAN("\x80"), SPAN("a")) > 0); // unsigned
    assert_int_equal(span_compare(ABSENT, SPAN("")), 0);
    assert_true(span_starts_with(SPAN("abc"), SPAN("ab")));
    assert_true(span_starts_with(SPAN("abc"), SPAN("")));
    assert_false(span_starts_with(SPAN("ab"), SPAN("abc")));
    assert_true(span_ends_with(SPAN("abc"), SPAN("bc")));
    assert_false(span_ends_with(SPAN("bc"), SPAN("abc")));
}

static void cuts_and_clamps(void **state) {
    (void)state;
    struct span s = SPAN("a,b,c");
    assert_int_equal(span_find(s, ',', 0), 1);
    assert_int_equal(span_find(s, ',', 2), 3);
    assert_int_equal(span_find(s, ',', 4), 5);
    assert_int_equal(span_find(s, ',', 99), 5);
    assert_int_equal(span_find(ABSENT, ',', 0), 0);
    assert_true(span_is(span_part(s, 2, 3), "b"));
    assert_true(span_is(span_part(s, 4, 99), "c"));
    assert_int_equal(span_part(s, 9, 3).len, 0);
    assert_int_equal(span_part(ABSENT, 0, 9).len, 0);
    assert_true(span_is(span_trim(SPAN(" \t a b \r\n")), "a b"));
    assert_int_equal(span_trim(SPAN(" \n ")).len, 0);
}

static void reads_integers_exactly(void **state) {
    (void)state;
    static const struct {
        const char *text;
        bool is_number;
        int64_t value;
    } ROWS[] = {
        {"0", true, 0},
        {"-0", true, 0},
        {"42", true, 42},
        {"9223372036854775807", true, INT64_MAX},
        {"-9223372036854775808", true, INT64_MIN},
        {"9223372036854775808", false, 0},
        {"-9223372036854775809", false, 0},
        {"99999999999999999999", false, 0},
        {"", false, 0},
        {"-", false, 0},
        {"+1", false, 0},
        {" 1", false, 0},
        {"1 ", false, 0},
        {"1.0", false, 0},
        {"0x1", false, 0},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        int64_t value = -7;
        assert_int_equal(span_to_int(span_of(ROWS[i].text), &value), ROWS[i].is_number);
        assert_int_equal(value, ROWS[i].is_number ? ROWS[i].value : -7); // written only on success
    }
}

static void knows_utf8(void **state) {
    (void)state;
    static const char *const GOOD[] = {"", "a", "é", "€", "\xf0\x9f\x94\xa5", "\xed\x9f\xbf", "\xee\x80\x80", "\xf4\x8f\xbf\xbf"};
    static const char *const BAD[] = {
        "\x80",                // a continuation alone
        "\xc3",                // cut
        "\xc0\xaf",            // overlong /
        "\xe0\x80\xaf",        // overlong /
        "\xf0\x80\x80\xaf",    // overlong /
        "\xed\xa0\x80",        // a surrogate
        "\xf4\x90\x80\x80",    // beyond U+10FFFF
        "\xf5\x80\x80\x80",    // beyond
        "\xe2\x82",            // cut
        "a\xff",               // never a byte of UTF-8
        "\xe2\x28\xa1",        // a wrong second byte
        "\xf0\x9f\x94\x28",    // a wrong fourth byte
    };
    for (size_t i = 0; i < sizeof GOOD / sizeof GOOD[0]; i++) assert_true(span_is_utf8(span_of(GOOD[i])));
    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++) assert_false(span_is_utf8(span_of(BAD[i])));
    assert_true(span_is_utf8(SPAN("a\0b")));
}

static void hex_goes_both_ways(void **state) {
    (void)state;
    struct arena arena;
    arena_init(&arena, 65536);
    struct buf buf;
    buf_init(&buf, &arena, 64);
    buf_add_hex(&buf, SPAN("\x00\x7f\xff"));
    assert_true(span_is(buf_span(&buf), "007fff"));
    struct span out = SPAN("untouched");
    assert_false(is_err(hex_decode(&arena, SPAN("007fFF"), &out)));
    assert_true(span_equals(out, SPAN("\x00\x7f\xff")));
    assert_false(is_err(hex_decode(&arena, SPAN(""), &out)));
    assert_int_equal(out.len, 0);
    out = SPAN("untouched");
    assert_int_equal(hex_decode(&arena, SPAN("0"), &out).code, ERR_INPUT);
    assert_int_equal(hex_decode(&arena, SPAN("0g"), &out).code, ERR_INPUT);
    assert_true(span_is(out, "untouched"));
    arena_fini(&arena);
}

static void base64_goes_both_ways(void **state) {
    (void)state;
    static const struct {
        const char *plain, *coded;
    } ROWS[] = {// RFC 4648, section 10
                {"", ""},         {"f", "Zg=="},        {"fo", "Zm8="},        {"foo", "Zm9v"},
                {"foob", "Zm9vYg=="}, {"fooba", "Zm9vYmE="}, {"foobar", "Zm9vYmFy"}, {"\xff\xfe\xfd", "//79"}};
    struct arena arena;
    arena_init(&arena, 65536);
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        struct buf buf;
        buf_init(&buf, &arena, 64);
        buf_add_base64(&buf, span_of(ROWS[i].plain));
        assert_true(span_is(buf_span(&buf), ROWS[i].coded));
        struct span out;
        assert_false(is_err(base64_decode(&arena, span_of(ROWS[i].coded), &out)));
        assert_true(span_is(out, ROWS[i].plain));
    }
    static const char *const BAD[] = {"Zg", "Zg=", "Z===", "====", "Zg==Zg==", "Zh==", "Zm9=", "Zm 9", "Zm-v", "=Zg="};
    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++) {
        struct span out = SPAN("untouched");
        assert_int_equal(base64_decode(&arena, span_of(BAD[i]), &out).code, ERR_INPUT);
        assert_true(span_is(out, "untouched"));
    }
    arena_fini(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(compares_by_bytes), cmocka_unit_test(cuts_and_clamps),    cmocka_unit_test(reads_integers_exactly),
        cmocka_unit_test(knows_utf8),        cmocka_unit_test(hex_goes_both_ways), cmocka_unit_test(base64_goes_both_ways),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
