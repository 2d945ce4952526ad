// SPDX-License-Identifier: EUPL-1.2
/* The parts of access that need no database: codes of RFC 6238, codes as people type them, passwords, addresses, rates. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>

#include <liboath/oath.h>

#include "service/access_private.h"

static uint8_t next_random;
static void counting_random(void *at, size_t size_bytes) {
    for (size_t i = 0; i < size_bytes; i++) ((uint8_t *)at)[i] = next_random++;
}
static const struct access_env ENV = {.now_ms = 0, .random = counting_random};

// RFC 6238, appendix B, SHA-1: eight digits there, of which six digits are the tail.
static const struct {
    int64_t at_s;
    const char *code;
} VECTORS[] = {{59, "287082"},         {1111111109, "081804"}, {1111111111, "050471"},
               {1234567890, "005924"}, {2000000000, "279037"}, {20000000000, "353130"}};
static const struct span SEED = {(const uint8_t *)"12345678901234567890", 20};

static void codes_are_those_of_rfc_6238(void **state) {
    (void)state;
    assert_int_equal(oath_init(), OATH_OK);
    for (size_t i = 0; i < sizeof VECTORS / sizeof VECTORS[0]; i++) {
        int64_t step = -1, now_ms = VECTORS[i].at_s * 1000;
        char code[TOTP_DIGITS + 1];
        assert_true(totp_code(SEED, VECTORS[i].at_s / 30, code));
        assert_string_equal(code, VECTORS[i].code);
        assert_true(totp_check(SEED, span_of(VECTORS[i].code), now_ms, 0, &step));
        assert_int_equal(step, VECTORS[i].at_s / 30);
    }
}

static void a_code_counts_one_step_beside_and_once(void **state) {
    (void)state;
    const int64_t step = 1234567890 / 30;
    struct span code = SPAN("005924");
    for (int64_t offset = -3; offset <= 3; offset++) {
        int64_t found = 0, now_ms = (step + offset) * 30 * 1000 + 500;
        assert_int_equal(totp_check(SEED, code, now_ms, 0, &found), offset >= -1 && offset <= 1);
        if (offset >= -1 && offset <= 1) {
            assert_int_equal(found, step);
            assert_false(totp_check(SEED, code, now_ms, step, &found));     // used
            assert_false(totp_check(SEED, code, now_ms, step + 1, &found)); // a later one was used
            assert_true(totp_check(SEED, code, now_ms, step - 1, &found));
        }
    }
    int64_t found = 0;
    static const char *const WRONG[] = {"", "00592", "0059240", "005925", "      ", "00592\0"};
    for (size_t i = 0; i < sizeof WRONG / sizeof WRONG[0]; i++)
        assert_false(totp_check(SEED, span_of(WRONG[i]), step * 30 * 1000, 0, &found));
}

static void codes_are_read_as_people_type_them(void **state) {
    (void)state;
    struct arena arena;
    arena_init(&arena, 1 << 20);
    struct span code = access_code_make(&ENV, &arena);
    assert_int_equal(code.len, ACCESS_CODE_BYTES);
    struct hash made, typed;
    assert_true(access_code_hash(code, &made));
    assert_true(access_code_hash(SPAN("0123 4567 89ab-cdef"), &made));
    assert_true(access_code_hash(SPAN("o1234-56789AB C-DEF"), &typed));
    assert_true(hash_equals(&made, &typed));
    assert_true(access_code_hash(SPAN("0I23-4567-89ab-cdef"), &typed));
    assert_true(hash_equals(&made, &typed));
    assert_true(access_code_hash(SPAN("0123-4567-89ab-cdeg"), &typed));
    assert_false(hash_equals(&made, &typed));
    static const char *const BAD[] = {"", "123456", "0123-4567-89ab-cde", "0123-4567-89ab-cdef0", "0123-4567-89ab-cdeu",
                                      "0123.4567.89ab.cdef"};
    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++) assert_false(access_code_hash(span_of(BAD[i]), &typed));
    assert_false(access_code_hash(span_make("0123456789abcd\0f", 16), &typed));
    arena_fini(&arena);
}

static void tokens_hold_256_bits(void **state) {
    (void)state;
    struct arena arena;
    arena_init(&arena, 1 << 20);
    next_random = 0;
    struct span token = access_token_make(&ENV, 't', &arena);
    // 0x00 01 02 ... 1f in Crockford's base32, four bits of nothing at the end
    assert_true(span_is(token, "vrd_t_000g40r40m30e209185gr38e1w8124gk2gahc5rr34d1p70x3rfg"));
    assert_false(span_equals(token, access_token_make(&ENV, 't', &arena)));
    arena_fini(&arena);
}

static void passwords_follow_the_rules(void **state) {
    (void)state;
    static const struct {
        const char *password, *rule;
    } CASES[] = {
        {"seven quiet lighthouses", NULL},
        {"\xc3\xa5\xc3\xa6\xc3\xb8 \xc3\xa5ngstr\xc3\xb8ms \xe2\x82\xac", NULL},
        {"eleven char", "access.password_short"},
        {"\xc3\xa5\xc3\xa6\xc3\xb8\xc3\xa5\xc3\xa6\xc3\xb8", "access.password_short"}, // six characters, twelve bytes
        {"", "access.password_short"},
        {"seven quiet\xff lighthouses", "access.password_text"},
        {"PasswordPassword", "access.password_common"},
        {"qwertyuiopas99!", "access.password_common"},
        {"aaaaaaaaaaaaaaaa", "access.password_common"},
        {"abcabcabcabcabc", "access.password_common"},
        {"Password2026", "access.password_common"},
        {"my name is ANA.LIMA", "access.password_login"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct why why = {0};
        struct err e = access_password_rules(span_of(CASES[i].password), SPAN("ana.lima@company.example"), &why);
        if (is_err(e) != (CASES[i].rule != NULL) || (CASES[i].rule != NULL && strcmp(why.rule, CASES[i].rule) != 0))
            fail_msg("case %zu: got \"%s\"", i, why.rule);
        if (is_err(e)) assert_string_equal(why.field, "/password");
    }
    char text[LIMIT_PASSWORD_BYTES + 2];
    for (size_t i = 0; i < sizeof text; i++) text[i] = (char)('a' + i % 17);
    struct why why = {0};
    assert_int_equal(access_password_rules(span_make(text, LIMIT_PASSWORD_BYTES), SPAN(""), &why).code, ERR_NONE);
    assert_int_equal(access_password_rules(span_make(text, LIMIT_PASSWORD_BYTES + 1), SPAN(""), &why).code, ERR_INPUT);
}

static void waits_grow_to_a_bound(void **state) {
    (void)state;
    static const enum access_lock_kind KINDS[] = {LOCK_LOGIN, LOCK_ADDRESS};
    static const int64_t FREE[] = {LIMIT_FREE_FAILURES_PERSON, LIMIT_FREE_FAILURES_ADDRESS};
    static const int64_t LONGEST[] = {LIMIT_LOCK_PERSON_MS, LIMIT_LOCK_ADDRESS_MS};
    for (size_t k = 0; k < 2; k++) {
        for (int64_t n = 0; n < FREE[k]; n++) assert_int_equal(access_lock_wait_ms(KINDS[k], n), 0);
        assert_int_equal(access_lock_wait_ms(KINDS[k], FREE[k]), LIMIT_LOCK_FIRST_MS);
        assert_int_equal(access_lock_wait_ms(KINDS[k], FREE[k] + 1), 2 * LIMIT_LOCK_FIRST_MS);
        for (int64_t n = FREE[k]; n < 2000; n++) {
            int64_t wait_ms = access_lock_wait_ms(KINDS[k], n);
            assert_true(wait_ms <= LONGEST[k] && wait_ms <= access_lock_wait_ms(KINDS[k], n + 1));
        }
        assert_int_equal(access_lock_wait_ms(KINDS[k], INT64_MAX), LONGEST[k]);
    }
}

static bool is_same_part(const char *a, const char *b) {
    uint8_t x[64], y[64];
    size_t x_len = access_address_part(span_of(a), x), y_len = access_address_part(span_of(b), y);
    return x_len == y_len && memcmp(x, y, x_len) == 0;
}

static void addresses_count_by_their_part(void **state) {
    (void)state;
    assert_true(is_same_part("203.0.113.9", "203.0.113.9"));
    assert_false(is_same_part("203.0.113.9", "203.0.113.10"));
    assert_true(is_same_part("203.0.113.9", "::ffff:203.0.113.9"));
    assert_true(is_same_part("203.0.113.9", "::FFFF:cb00:7109"));
    assert_true(is_same_part("2001:db8:1:2:3:4:5:6", "2001:0DB8:1:2::9"));
    assert_true(is_same_part("2001:db8::1%eth0", "2001:db8:0:0:ffff::"));
    assert_false(is_same_part("2001:db8:1:2::1", "2001:db8:1:3::1"));
    assert_true(is_same_part("::", "::1"));
    assert_true(is_same_part("2001:db8:1:2::1:203.0.113.9", "2001:db8:1:2::"));
    uint8_t part[64];
    assert_int_equal(access_address_part(SPAN("203.0.113.9"), part), 4);
    assert_int_equal(access_address_part(SPAN("2001:db8::"), part), 8);
    static const char *const TEXT[] = {"P0123456789abcdef", "1.2.3",     "1.2.3.4.5",    "1.2.3.256", "1:2:3:4:5:6:7",
                                       "1:2:3:4:5:6:7:8:9", "1::2::3",   "12345::",      ":1",        "1:2:3:4:5:6:7:8::",
                                       "1:",                "1.2.3.-4", "1:2:3:4:5:6:7:", ""};
    for (size_t i = 0; i < sizeof TEXT / sizeof TEXT[0]; i++)
        if (access_address_part(span_of(TEXT[i]), part) != strlen(TEXT[i])) fail_msg("%s was read as an address", TEXT[i]);
}

static void a_bucket_empties_and_fills(void **state) {
    (void)state;
    static const uint8_t KEY[16] = {1};
    struct access_rates *rates = access_rates_new(KEY);
    assert_non_null(rates);
    int64_t now_ms = 1790000000000, wait_ms = 0;
    struct span who = SPAN("203.0.113.9");
    int taken = 0;
    struct why why = {0};
    while (!is_err(access_rate_take(rates, RATE_PASSWORD, who, now_ms, &wait_ms, &why))) taken++;
    assert_int_equal(taken, 5);
    assert_string_equal(why.rule, "access.rate");
    assert_true(wait_ms > 0 && wait_ms <= 60 * 1000);
    assert_int_equal(access_rate_take(rates, RATE_PASSWORD, who, now_ms + wait_ms - 1, NULL, NULL).code, ERR_LIMIT);
    assert_int_equal(access_rate_take(rates, RATE_PASSWORD, who, now_ms + wait_ms, NULL, NULL).code, ERR_NONE);
    assert_int_equal(access_rate_take(rates, RATE_PASSWORD, who, now_ms + wait_ms, NULL, NULL).code, ERR_LIMIT);
    assert_int_equal(access_rate_take(rates, RATE_PASSWORD, SPAN("203.0.113.10"), now_ms, NULL, NULL).code, ERR_NONE);
    assert_int_equal(access_rate_take(rates, RATE_SIGN_IN, who, now_ms, NULL, NULL).code, ERR_NONE);
    // many others at once: memory stays what it is, and who is rightly under the rate is never refused
    for (uint32_t i = 0; i < 4U * LIMIT_RATE_BUCKETS; i++) {
        char text[32];
        (void)snprintf(text, sizeof text, "10.%u.%u.%u", i >> 16 & 255U, i >> 8 & 255U, i & 255U);
        assert_int_equal(access_rate_take(rates, RATE_PASSWORD, span_of(text), now_ms, NULL, NULL).code, ERR_NONE);
    }
    access_rates_free(rates);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(codes_are_those_of_rfc_6238),
        cmocka_unit_test(a_code_counts_one_step_beside_and_once),
        cmocka_unit_test(codes_are_read_as_people_type_them),
        cmocka_unit_test(tokens_hold_256_bits),
        cmocka_unit_test(passwords_follow_the_rules),
        cmocka_unit_test(waits_grow_to_a_bound),
        cmocka_unit_test(addresses_count_by_their_part),
        cmocka_unit_test(a_bucket_empties_and_fills),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
