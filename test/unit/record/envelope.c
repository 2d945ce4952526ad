// SPDX-License-Identifier: EUPL-1.2
/* Envelopes: what was signed verifies, nothing else does, and no envelope is a checkpoint. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>
#include <sodium.h>

#include "record/envelope.h"

static struct arena arena;
static uint8_t secret[NOTE_SECRET_BYTES], public_key[NOTE_PUBLIC_BYTES];
#define NAME SPAN("varde.example.lu/log")

static struct envelope plain(void) {
    return (struct envelope){.kind = SPAN("disclosure"), .subject = SPAN("F0000000000000001"), .to = SPAN("state:FR"), .media = SPAN("application/pdf"),
                             .sha256 = hash_sha256(SPAN("document")), .time_ms = 1795000000000};
}

static struct span signed_text(const struct envelope *envelope) {
    struct buf *buf = ARENA_NEW(&arena, struct buf);
    buf_init(buf, &arena, NOTE_BYTES_MAX);
    assert_false(is_err(envelope_sign(buf, envelope, NAME, secret, NULL)));
    return buf_span(buf);
}

static void test_again(void **state) {
    (void)state;
    struct envelope envelope = plain(), found;
    struct verifier_key key = verifier_key_make(KEY_LOG, NAME, public_key), other = verifier_key_make(KEY_LOG, SPAN("other/log"), public_key),
                        witness = verifier_key_make(KEY_WITNESS, NAME, public_key);
    struct span text = signed_text(&envelope);
    assert_false(is_err(envelope_verify(text, &key, &arena, &found, NULL)));
    assert_true(span_equals(found.to, envelope.to) && span_equals(found.subject, envelope.subject) && span_equals(found.kind, envelope.kind));
    assert_true(span_equals(found.media, envelope.media) && hash_equals(&found.sha256, &envelope.sha256) && found.time_ms == envelope.time_ms);
    assert_true(is_err(envelope_verify(text, &other, &arena, &found, NULL)));
    assert_true(is_err(envelope_verify(text, &witness, &arena, &found, NULL)));
    struct note note;
    struct checkpoint head;
    assert_false(is_err(note_parse(&arena, text, &note, NULL)));
    assert_true(is_err(checkpoint_parse(note.body, &head, NULL)));
}

static void test_each_byte(void **state) {
    (void)state;
    struct envelope envelope = plain(), found;
    struct verifier_key key = verifier_key_make(KEY_LOG, NAME, public_key);
    struct span text = signed_text(&envelope);
    uint8_t *copy = arena_take(&arena, text.len);
    assert_non_null(copy);
    for (size_t i = 0; i < text.len; i++) {
        memcpy(copy, text.at, text.len);
        copy[i] ^= 1;
        struct why why = {0};
        if (!is_err(envelope_verify(span_make(copy, text.len), &key, &arena, &found, &why))) fail_msg("byte %zu may change", i);
    }
    assert_true(is_err(envelope_verify(span_part(text, 0, text.len - 1), &key, &arena, &found, NULL)));
}

// A checkpoint that the same key signed is no envelope, nor is another statement.
static void test_other_notes(void **state) {
    (void)state;
    struct verifier_key key = verifier_key_make(KEY_LOG, NAME, public_key);
    struct envelope found;
    struct why why = {0};
    struct hash root = hash_sha256(SPAN("root"));
    struct buf buf;
    buf_init(&buf, &arena, NOTE_BYTES_MAX);
    note_sign(&buf, NAME, 7, &root, secret);
    assert_true(is_err(envelope_verify(buf_span(&buf), &key, &arena, &found, &why)));
    assert_string_equal(why.rule, "envelope.form");
}

static void test_words(void **state) {
    (void)state;
    static const char *const BAD[] = {"", "two words", "line\nto state:DE", "caf\xc3\xa9", "\x7f"};
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        for (unsigned member = 0; member < 4; member++) {
            struct envelope envelope = plain();
            struct span *at[] = {&envelope.kind, &envelope.subject, &envelope.to, &envelope.media};
            struct buf buf;
            struct why why = {0};
            *at[member] = span_of(BAD[i]);
            buf_init(&buf, &arena, NOTE_BYTES_MAX);
            assert_int_equal(envelope_sign(&buf, &envelope, NAME, secret, &why).code, ERR_INPUT);
            assert_string_equal(why.rule, "envelope.form");
            assert_int_equal(buf.len, 0);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_again), cmocka_unit_test(test_each_byte), cmocka_unit_test(test_other_notes), cmocka_unit_test(test_words)};
    uint8_t seed[crypto_sign_SEEDBYTES] = {7};
    arena_init(&arena, 32 * 1024 * 1024);
    (void)crypto_sign_seed_keypair(public_key, secret, seed);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_fini(&arena);
    return failed;
}
