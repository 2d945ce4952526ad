// SPDX-License-Identifier: EUPL-1.2
/* SHA-256 and HMAC against published vectors; threads. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <pthread.h>

#include "base/hash.h"

static void assert_hash(struct hash hash, const char *hex) {
    struct buf buf;
    buf_init(&buf, NULL, 64);
    buf_add_hex(&buf, hash_span(&hash));
    assert_true(span_is(buf_span(&buf), hex));
    buf_fini(&buf);
}

static void sha256_vectors(void **state) { // FIPS 180-4
    (void)state;
    assert_hash(hash_sha256(SPAN("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assert_hash(hash_sha256(span_make(NULL, 0)), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assert_hash(hash_sha256(SPAN("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_hash(hash_sha256(SPAN("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")),
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    struct span parts[] = {SPAN("a"), SPAN(""), SPAN("bc")};
    assert_hash(hash_sha256_parts(parts, 3), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    struct hash a = hash_sha256(SPAN("a")), b = hash_sha256(SPAN("a"));
    assert_true(hash_equals(&a, &b));
    b.bytes[31] ^= 1;
    assert_false(hash_equals(&a, &b));
}

static void hmac_vectors(void **state) { // RFC 4231, cases 1, 2 and 6
    (void)state;
    assert_hash(hash_hmac(SPAN("\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b"), SPAN("Hi There")),
                "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    assert_hash(hash_hmac(SPAN("Jefe"), SPAN("what do ya want for nothing?")),
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    uint8_t key[131];
    memset(key, 0xaa, sizeof key);
    assert_hash(hash_hmac(span_make(key, sizeof key), SPAN("Test Using Larger Than Block-Size Key - Hash Key First")),
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
    assert_true(secret_equals(SPAN("abc"), SPAN("abc")));
    assert_false(secret_equals(SPAN("abc"), SPAN("abd")));
    assert_false(secret_equals(SPAN("abc"), SPAN("ab")));
    assert_true(secret_equals(SPAN(""), span_make(NULL, 0)));
}

static void *hash_many(void *ret_all_right) {
    bool *is_right = ret_all_right;
    struct hash first = hash_sha256(SPAN("x"));
    *is_right = true;
    for (int i = 0; i < 2000; i++) {
        struct hash again = hash_sha256(SPAN("x"));
        if (!hash_equals(&first, &again)) *is_right = false;
    }
    return NULL;
}

static void threads_do_not_meet(void **state) {
    (void)state;
    pthread_t threads[4];
    bool is_right[4];
    for (size_t i = 0; i < 4; i++) assert_int_equal(pthread_create(&threads[i], NULL, hash_many, &is_right[i]), 0);
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_true(is_right[i]);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sha256_vectors),
        cmocka_unit_test(hmac_vectors),
        cmocka_unit_test(threads_do_not_meet),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
