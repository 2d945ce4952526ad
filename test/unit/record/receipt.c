// SPDX-License-Identifier: EUPL-1.2
/* Receipts: made, verified, withheld and erased in part, and changed in every byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>
#include <sodium.h>

#include "record/receipt.h"

enum { HEADERS = 5, FIELDS = 4, LOG = 11, AT = 6 };
#define ORIGIN "varde.example.lu/log"

static uint8_t secret[NOTE_SECRET_BYTES], public_key[NOTE_PUBLIC_BYTES];
static struct arena arena;
static struct receipt_item header[HEADERS], fields[FIELDS];
static struct hash nodes[5][LOG];
static struct hash commitments[HEADERS + FIELDS];

static struct err node_read(void *context, unsigned level, uint64_t index, struct hash *ret) {
    (void)context;
    *ret = nodes[level][index];
    return err_none();
}

static struct receipt_item item_make(enum record_kind kind, const char *name, const char *canonical, size_t number) {
    struct receipt_item item = {.state = RECEIPT_SHOWN, .item = {.name = span_of(name), .canonical = span_of(canonical)}};
    struct hash salt = hash_sha256(span_make(&number, sizeof number));
    memcpy(item.item.salt, salt.bytes, RECORD_SALT_BYTES);
    item.commitment = record_item_commit(kind, &item.item);
    commitments[number] = item.commitment;
    return item;
}

static int setup(void **state) {
    uint8_t seed[32] = {7};
    (void)state;
    arena_init(&arena, 64 * 1024 * 1024);
    if (sodium_init() < 0 || crypto_sign_seed_keypair(public_key, secret, seed) != 0) return -1;
    header[0] = item_make(RECORD_HEADER, "node", "\"LU\"", 0);
    header[1] = item_make(RECORD_HEADER, "filing", "\"F0123456789abcdef\"", 1);
    header[2] = item_make(RECORD_HEADER, "received_at", "\"2026-11-22T01:00:00Z\"", 2);
    header[3] = item_make(RECORD_HEADER, "recorded_at", "\"2026-11-22T01:00:01Z\"", 3);
    header[4] = item_make(RECORD_HEADER, "packs", "[{\"hash\":\"00ff\",\"pack\":\"eu/nis2\"}]", 4);
    fields[0] = item_make(RECORD_FIELD, "summary", "\"D\xc3\xa9ni de service \\u0001\"", 5);
    fields[1] = item_make(RECORD_FIELD, "aware_at", "\"2026-11-21T22:15:00+01:00\"", 6);
    fields[2] = item_make(RECORD_FIELD, "affected", "-42", 7);
    fields[3] = item_make(RECORD_FIELD, "note", "null", 8);
    struct tree_frontier frontier = {.size = 0};
    for (size_t i = 0; i < LOG; i++) {
        struct tree_node made[TREE_LEVELS];
        size_t count;
        struct hash entry = i == AT ? record_commit(commitments, HEADERS + FIELDS) : hash_sha256(span_make(&i, sizeof i));
        tree_append(&frontier, &entry, made, &count);
        for (size_t n = 0; n < count; n++) nodes[made[n].level][made[n].index] = made[n].hash;
    }
    return 0;
}
static int teardown(void **state) {
    (void)state;
    arena_fini(&arena);
    return 0;
}

// A receipt of the record in the tree of SIZE records, with what header and fields say now.
static struct span receipt_make(uint64_t size, struct span origin, bool is_cosigned) {
    const struct tree_reader reader = {.read = node_read};
    struct hash proof[TREE_PROOF_MAX], root;
    struct receipt receipt = {.header_count = HEADERS, .field_count = FIELDS, .header = header, .fields = fields,
                              .index = AT, .size = size, .proof = proof, .answer_by = SPAN("CSIRT LU"),
                              .answer_how = SPAN("+352 1234")};
    struct buf note, text;
    struct json_out out;
    struct why why = {0};
    assert_false(is_err(tree_root_at(&reader, size, &root)));
    assert_false(is_err(tree_inclusion(&reader, AT, size, proof, &receipt.proof_count)));
    buf_init(&note, &arena, NOTE_BYTES_MAX);
    note_sign(&note, origin, size, &root, secret);
    if (is_cosigned) {
        struct buf body;
        buf_init(&body, &arena, NOTE_BYTES_MAX);
        checkpoint_write(&body, origin, size, &root);
        note_cosign(&note, buf_span(&body), SPAN("witness.example.fr/w1"), 1800000000, secret);
    }
    receipt.note = buf_span(&note);
    buf_init(&text, &arena, LIMIT_RECEIPT_BYTES);
    json_out_init(&out, &text);
    if (is_err(receipt_write(&out, &receipt, &arena, &why))) fail_msg("%s", why.words);
    assert_false(out.is_failed || text.is_failed);
    return buf_span(&text);
}

static struct verifier_key log_key(void) { return verifier_key_make(KEY_LOG, SPAN(ORIGIN), public_key); }

static struct err verify(struct span text, struct receipt_report *ret, struct why *why) {
    struct verifier_key key = log_key();
    return receipt_verify(text, &key, 1, &arena, ret, why);
}

static void test_whole(void **state) {
    (void)state;
    for (uint64_t size = AT + 1; size <= LOG; size++) {
        struct receipt_report report;
        struct why why = {0};
        if (is_err(verify(receipt_make(size, SPAN(ORIGIN), false), &report, &why))) fail_msg("%s %s", why.field, why.words);
        assert_true(span_is(report.node, "LU") && span_is(report.filing, "F0123456789abcdef"));
        assert_true(span_is(report.recorded_at, "2026-11-22T01:00:01Z") && span_is(report.origin, ORIGIN));
        assert_int_equal(report.index, AT);
        assert_int_equal(report.size, size);
        assert_int_equal(report.shown, HEADERS + FIELDS);
        assert_int_equal(report.withheld + report.erased, 0);
        assert_int_equal(report.epoch, 1);
        assert_true(span_is(report.answer_how, "+352 1234"));
    }
}

static void test_withheld_and_erased(void **state) {
    struct receipt_report report;
    (void)state;
    fields[0].state = RECEIPT_WITHHELD;
    fields[2].state = RECEIPT_ERASED;
    struct span text = receipt_make(LOG, SPAN(ORIGIN), false);
    fields[0].state = fields[2].state = RECEIPT_SHOWN;
    assert_false(is_err(verify(text, &report, NULL)));
    assert_int_equal(report.shown, HEADERS + FIELDS - 2);
    assert_int_equal(report.withheld, 1);
    assert_int_equal(report.erased, 1);
    for (size_t i = 0; i + 7 < text.len; i++) assert_memory_not_equal(text.at + i, "service", 7);
}

static void test_witnesses(void **state) {
    const struct verifier_key keys[] = {log_key(), verifier_key_make(KEY_WITNESS, SPAN("witness.example.fr/w1"), public_key),
                                        verifier_key_make(KEY_WITNESS, SPAN("witness.example.be/w2"), public_key)};
    struct receipt_report report;
    (void)state;
    struct span text = receipt_make(LOG, SPAN(ORIGIN "/epoch-2"), true);
    assert_false(is_err(receipt_verify(text, keys, 3, &arena, &report, NULL)));
    assert_int_equal(report.witnesses, 2);
    assert_int_equal(report.cosigned, 1);
    assert_int_equal(report.cosigned_latest_s, 1800000000);
    assert_int_equal(report.epoch, 2);
    struct why why = {0}; // witnesses do not replace the log
    assert_int_equal(receipt_verify(text, keys + 1, 2, &arena, &report, &why).code, ERR_INPUT);
    assert_string_equal(why.rule, "receipt.key");
}

static void test_wrong_key(void **state) {
    uint8_t other[NOTE_PUBLIC_BYTES], other_secret[NOTE_SECRET_BYTES], seed[32] = {8};
    struct receipt_report report;
    (void)state;
    (void)crypto_sign_seed_keypair(other, other_secret, seed);
    const struct verifier_key keys[] = {verifier_key_make(KEY_LOG, SPAN(ORIGIN), other),
                                        verifier_key_make(KEY_LOG, SPAN("varde.example.fr/log"), public_key)};
    struct span text = receipt_make(LOG, SPAN(ORIGIN), false);
    for (size_t i = 0; i < 2; i++) {
        struct why why = {0};
        assert_int_equal(receipt_verify(text, &keys[i], 1, &arena, &report, &why).code, ERR_INPUT);
        assert_string_equal(why.rule, "receipt.key");
    }
    assert_true(is_err(receipt_verify(text, NULL, 0, &arena, &report, NULL)));
}

// What may change without notice: who will answer and how; these are statements.
static bool is_statement(struct span text, size_t at) {
    static const char *const PARTS[] = {"CSIRT LU", "+352 1234"};
    for (size_t i = 0; i < 2; i++)
        for (size_t from = 0; from + strlen(PARTS[i]) <= text.len; from++)
            if (memcmp(text.at + from, PARTS[i], strlen(PARTS[i])) == 0 && at >= from && at < from + strlen(PARTS[i])) return true;
    return false;
}

static void test_every_byte_counts(void **state) {
    (void)state;
    struct span text = receipt_make(LOG, SPAN(ORIGIN), false);
    uint8_t *changed = (uint8_t *)arena_take(&arena, text.len);
    size_t refused = 0, taken = 0;
    for (size_t i = 0; i < text.len; i++) {
        struct arena small;
        struct receipt_report report;
        arena_init(&small, 16 * 1024 * 1024);
        memcpy(changed, text.at, text.len);
        changed[i] ^= 0x01;
        struct verifier_key key = log_key();
        bool is_valid = !is_err(receipt_verify(span_make(changed, text.len), &key, 1, &small, &report, NULL));
        if (is_valid && !is_statement(text, i)) fail_msg("byte %zu of %zu does not count", i, text.len);
        taken += is_valid;
        refused += !is_valid;
        arena_fini(&small);
    }
    assert_true(refused > 1000 && taken > 10);
}

static struct span replaced(struct span text, const char *what, const char *with) {
    struct buf out;
    size_t len = strlen(what), at = 0;
    while (at + len <= text.len && memcmp(text.at + at, what, len) != 0) at++;
    if (at + len > text.len) fail_msg("%s is not in the receipt", what);
    buf_init(&out, &arena, LIMIT_RECEIPT_BYTES);
    buf_add(&out, span_part(text, 0, at));
    buf_add_text(&out, with);
    buf_add(&out, span_part(text, at + len, text.len));
    return buf_span(&out);
}

static void test_changes_and_their_rules(void **state) {
    static const struct {
        const char *what, *with, *rule;
    } ROWS[] = {
        {"varde-receipt/1", "varde-receipt/2", "receipt.form"},
        {"\"header\":[", "\"more\":1,\"header\":[", "receipt.form"},
        {"\"format\"", "\"format\":\"varde-receipt/1\",\"format\"", "json.duplicate_key"},
        {"\"node\":\"LU\"", "\"node\":\"FR\"", "receipt.front"},
        {"\"value\":\"LU\"", "\"value\":\"FR\"", "receipt.front"},
        {"\"value\":-42", "\"value\":-43", "receipt.inclusion"},
        {"\"value\":-42", "\"value\":-42.0", "receipt.value"},
        {"\"value\":-42,", "", "receipt.item"},
        {"\"name\":\"affected\"", "\"name\":\"affecte\"", "receipt.inclusion"},
        {"\"name\":\"affected\"", "\"name\":\"summary\"", "receipt.item"},
        {"\"name\":\"affected\"", "\"name\":\"\"", "receipt.item"},
        {"\"name\":\"affected\"", "\"name\":\"affected\",\"state\":\"erased\"", "receipt.item"},
        {"by the authority", "by the authority and cosigned by witnesses", "receipt.standing"},
        {"\"index\":6", "\"index\":7", "receipt.inclusion"},
        {"\"index\":6", "\"index\":-6", "receipt.log"},
        {"\"index\":6", "\"index\":11", "receipt.log"},
        {"\"index\":6", "\"index\":6.0", "receipt.log"},
        {"\"size\":11", "\"size\":12", "receipt.log"},
        {"\"proof\":[", "\"proof\":[\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\",", "receipt.inclusion"},
        {"\"origin\":\"varde.example.lu/log\"", "\"origin\":\"varde.example.fr/log\"", "receipt.log"},
        {"\"fields\":[", "\"fields\":[],\"feelds\":[", "receipt.form"},
        {"\\n11\\n", "\\n012\\n", "note.checkpoint"},
    };
    (void)state;
    struct span text = receipt_make(LOG, SPAN(ORIGIN), false);
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        struct receipt_report report;
        struct why why = {0};
        if (!is_err(verify(replaced(text, ROWS[i].what, ROWS[i].with), &report, &why))) fail_msg("taken: %s", ROWS[i].with);
        if (strcmp(why.rule, ROWS[i].rule) != 0) fail_msg("%s: rule %s, not %s", ROWS[i].with, why.rule, ROWS[i].rule);
    }
}

static void test_spelling_does_not_count(void **state) {
    struct receipt_report report;
    (void)state; // values are proved, not their spelling: space and escapes may come and go
    struct span text = receipt_make(LOG, SPAN(ORIGIN), false);
    assert_false(is_err(verify(replaced(text, "\"value\":-42", " \"value\" :\n\t-42"), &report, NULL)));
    assert_false(is_err(verify(replaced(text, "\"value\":\"LU\"", "\"value\":\"\\u004cU\""), &report, NULL)));
    assert_false(is_err(verify(replaced(text, "{\"hash\":\"00ff\",\"pack\":\"eu/nis2\"}",
                                        "{\"pack\":\"eu\\/nis2\",\"hash\":\"00ff\"}"), &report, NULL)));
}

static void test_write_refuses(void **state) {
    struct buf text, note;
    struct json_out out;
    struct hash root = {{0}};
    struct receipt receipt = {.header_count = HEADERS, .field_count = FIELDS, .header = header, .fields = fields,
                              .index = 0, .size = 2, .proof = NULL};
    (void)state;
    buf_init(&note, &arena, NOTE_BYTES_MAX);
    buf_init(&text, &arena, LIMIT_RECEIPT_BYTES);
    note_sign(&note, SPAN(ORIGIN), 1, &root, secret);
    receipt.note = buf_span(&note);
    json_out_init(&out, &text);
    assert_int_equal(receipt_write(&out, &receipt, &arena, NULL).code, ERR_INPUT); // the note is of size 1
    receipt.size = 1;
    header[0].state = RECEIPT_WITHHELD;
    json_out_init(&out, &text);
    assert_int_equal(receipt_write(&out, &receipt, &arena, NULL).code, ERR_INPUT); // the node is always shown
    header[0].state = RECEIPT_SHOWN;
    json_out_init(&out, &text);
    assert_false(is_err(receipt_write(&out, &receipt, &arena, NULL)));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole),        cmocka_unit_test(test_withheld_and_erased),
        cmocka_unit_test(test_witnesses),    cmocka_unit_test(test_wrong_key),
        cmocka_unit_test(test_every_byte_counts), cmocka_unit_test(test_changes_and_their_rules),
        cmocka_unit_test(test_spelling_does_not_count), cmocka_unit_test(test_write_refuses),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
