// SPDX-License-Identifier: EUPL-1.2
/* Signed notes against a published one, and what a strict reader refuses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sodium.h>

#include "record/note.h"
#include "record/tree.h"

// The example of Go's golang.org/x/mod/sumdb/note, an independent implementation.
#define PETER_KEY "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
#define PETER_TEXT "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
#define PETER_LINE                                                                                                     \
    "\xe2\x80\x94 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"

static uint8_t secret[NOTE_SECRET_BYTES], public_key[NOTE_PUBLIC_BYTES];
static struct arena arena;

static int setup(void **state) {
    uint8_t seed[32];
    (void)state;
    for (size_t i = 0; i < sizeof seed; i++) seed[i] = (uint8_t)i;
    arena_init(&arena, 4 * 1024 * 1024);
    return sodium_init() < 0 ? -1 : crypto_sign_seed_keypair(public_key, secret, seed);
}
static int teardown(void **state) {
    (void)state;
    arena_fini(&arena);
    return 0;
}

static void test_published_note(void **state) {
    struct verifier_key key;
    struct note note;
    struct buf text;
    (void)state;
    assert_false(is_err(verifier_key_parse(SPAN(PETER_KEY), &key, NULL)));
    assert_false(is_err(note_parse(&arena, SPAN(PETER_TEXT "\n" PETER_LINE), &note, NULL)));
    assert_int_equal(note.count, 1);
    assert_true(span_is(note.body, PETER_TEXT));
    assert_int_equal(note_verify(&note, &key, NULL), NOTE_VALID);
    buf_init(&text, &arena, 256);
    verifier_key_write(&text, &key);
    assert_true(span_is(buf_span(&text), PETER_KEY));

    assert_false(is_err(note_parse(&arena, SPAN("If you " PETER_TEXT "\n" PETER_LINE), &note, NULL)));
    assert_int_equal(note_verify(&note, &key, NULL), NOTE_FORGED);
    key.id[0] ^= 1; // another key: its signature is not there
    assert_int_equal(note_verify(&note, &key, NULL), NOTE_ABSENT);
}

static void test_refused_notes(void **state) {
    static const char *const BAD[] = {
        "", "\n", "\n\n", "text\n", "text\n\n", "text\n\nno dash\n", PETER_LINE, "\n" PETER_LINE,
        "text\n" PETER_LINE, "text\n\n" PETER_LINE "\n", "text\n\n" PETER_LINE "more", "te\txt\n\n" PETER_LINE,
        "te\rxt\n\n" PETER_LINE, "te\xffxt\n\n" PETER_LINE, "text\n\n\xe2\x80\x94 name\n", "text\n\n\xe2\x80\x94 name \n",
        "text\n\n\xe2\x80\x94  AAAAAAAA\n", "text\n\n\xe2\x80\x94 na+me AAAAAAAA\n", "text\n\n\xe2\x80\x94 name AAAAAAAA \n",
        "text\n\n\xe2\x80\x94 name AAAAAA==\n", "text\n\n\xe2\x80\x94 name AAAAAAAB=\n", "text\n\n\xe2\x80\x94 name AAAAAAB=\n",
        "text\n\n\xe2\x80\x94 name AAAA*AAA\n", "text\n\n- name AAAAAAAA\n", "text\n\n\xe2\x80\x94 na\xc2\xa0me AAAAAAAA\n",
    };
    (void)state;
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        struct note note;
        struct why why = {0};
        if (note_parse(&arena, span_of(BAD[i]), &note, &why).code != ERR_INPUT) fail_msg("taken: %zu", i);
        assert_true(why.is_set);
    }
    struct note note;
    assert_false(is_err(note_parse(&arena, SPAN("a\n\nb\n\n\xe2\x80\x94 name AAAAAAAA\n"), &note, NULL)));
    assert_true(span_is(note.body, "a\n\nb\n")); // the last blank line separates
}

static void test_refused_keys(void **state) {
    static const char *const BAD[] = {
        "", "PeterNeumann", "PeterNeumann+c74f20a3", "+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+C74F20A3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TX",
        "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW=", "Peter Neumann+c74f20a3+ARpc",
        "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10T",
        "PeterNeumann+c74f20a3+Ahpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
    };
    (void)state;
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        struct verifier_key key;
        struct why why = {0};
        if (verifier_key_parse(span_of(BAD[i]), &key, &why).code != ERR_INPUT) fail_msg("taken: %s", BAD[i]);
        assert_string_equal(why.rule, "note.key");
    }
}

static struct note signed_head(struct span origin, uint64_t size, struct buf *text) {
    struct hash root = hash_sha256(SPAN("root"));
    struct note note;
    buf_init(text, &arena, NOTE_BYTES_MAX);
    note_sign(text, origin, size, &root, secret);
    assert_false(is_err(note_parse(&arena, buf_span(text), &note, NULL)));
    return note;
}

static void test_checkpoint(void **state) {
    struct buf text;
    struct checkpoint head;
    struct verifier_key key = verifier_key_make(KEY_LOG, SPAN("varde.example.lu/log"), public_key);
    struct hash root = hash_sha256(SPAN("root"));
    (void)state;
    struct note note = signed_head(key.name, 20852163, &text);
    assert_false(is_err(checkpoint_parse(note.body, &head, NULL)));
    assert_true(span_equals(head.origin, key.name));
    assert_int_equal(head.size, 20852163);
    assert_true(hash_equals(&head.root, &root));
    assert_int_equal(note_verify_log(&note, &key, head.origin), NOTE_VALID);
    for (size_t i = 0; i < text.len; i++) { // no byte can change
        struct note other;
        text.at[i] ^= 0x04;
        bool is_parsed = !is_err(note_parse(&arena, buf_span(&text), &other, NULL));
        assert_false(is_parsed && note_verify(&other, &key, NULL) == NOTE_VALID);
        text.at[i] ^= 0x04;
    }
}

static void test_refused_checkpoints(void **state) {
    static const char ROOT[] = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=";
    static const struct {
        const char *origin, *size, *rest;
        bool is_good;
    } ROWS[] = {
        {"o", "0", "\n", true},   {"o", "12", "\nextension\n", true}, {"", "1", "\n", false},   {"o", "", "\n", false},
        {"o", "01", "\n", false}, {"o", "-1", "\n", false},           {"o", "+1", "\n", false}, {"o", "1 ", "\n", false},
        {"o", "4611686018427387904", "\n", true}, {"o", "4611686018427387905", "\n", false},
        {"o", "99999999999999999999999", "\n", false}, {"a b", "1", "\n", false}, {"o", "1", "\n\n", false},
        {"o", "1", "=\n", false}, {"o", "1", "", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        struct checkpoint head;
        struct span body = arena_printf(&arena, "%s\n%s\n%s%s", ROWS[i].origin, ROWS[i].size, ROOT, ROWS[i].rest);
        if (is_err(checkpoint_parse(body, &head, NULL)) == ROWS[i].is_good) fail_msg("row %zu", i);
    }
}

static void test_cosignature(void **state) {
    struct verifier_key key = verifier_key_make(KEY_WITNESS, SPAN("witness.example.fr/w1"), public_key);
    struct verifier_key log = verifier_key_make(KEY_LOG, SPAN("witness.example.fr/w1"), public_key);
    struct buf text;
    struct note note, other;
    int64_t time_s = 0;
    (void)state;
    note = signed_head(SPAN("varde.example.lu/log"), 7, &text);
    note_cosign(&text, note.body, key.name, 1679315147, secret);
    assert_false(is_err(note_parse(&arena, buf_span(&text), &other, NULL)));
    assert_int_equal(other.count, 2);
    assert_int_equal(note_verify(&other, &key, &time_s), NOTE_VALID);
    assert_int_equal(time_s, 1679315147);
    assert_int_equal(note_verify(&other, &log, NULL), NOTE_ABSENT); // the type is part of the key's id
    assert_int_equal(note_verify(&note, &key, NULL), NOTE_ABSENT);
    uint8_t *bytes = arena_take(&arena, other.signatures[1].bytes.len);
    memcpy(bytes, other.signatures[1].bytes.at, other.signatures[1].bytes.len);
    bytes[7] ^= 1; // one second off
    other.signatures[1].bytes.at = bytes;
    assert_int_equal(note_verify(&other, &key, NULL), NOTE_FORGED);
}

static void test_epoch_origins(void **state) {
    static const struct {
        const char *origin;
        uint64_t epoch;
    } ROWS[] = {{"a/log", 1},          {"a/log/epoch-2", 2},  {"a/log/epoch-10", 10}, {"a/log/epoch-1", 0},
                {"a/log/epoch-02", 0}, {"a/log/epoch-", 0},   {"a/log/epoch-2x", 0},  {"a/log2", 0},
                {"a/lo", 0},           {"b/log/epoch-2", 0},  {"", 0},                {"a/log/epoch-9999999999", 0}};
    struct buf text;
    (void)state;
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++)
        if (epoch_of_origin(SPAN("a/log"), span_of(ROWS[i].origin)) != ROWS[i].epoch) fail_msg("%s", ROWS[i].origin);
    struct verifier_key key = verifier_key_make(KEY_LOG, SPAN("a/log"), public_key);
    struct note note = signed_head(SPAN("a/log/epoch-3"), 1, &text);
    assert_int_equal(note_verify_log(&note, &key, SPAN("a/log/epoch-3")), NOTE_VALID);
    assert_int_equal(note_verify_log(&note, &key, SPAN("a/log/epoch-2")), NOTE_ABSENT);
    assert_int_equal(note_verify_log(&note, &key, SPAN("b/log")), NOTE_ABSENT);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_published_note), cmocka_unit_test(test_refused_notes),
        cmocka_unit_test(test_refused_keys),   cmocka_unit_test(test_checkpoint),
        cmocka_unit_test(test_refused_checkpoints), cmocka_unit_test(test_cosignature),
        cmocka_unit_test(test_epoch_origins),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
