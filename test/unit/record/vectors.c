// SPDX-License-Identifier: EUPL-1.2
/*
 * The test vectors of doc/spec/record.md: made here from fixed seeds, kept in test/vectors/record.json, and compared with
 * it. `vectors --write` writes the file anew. test/e2e/receipts.py proves them again with tools/verify.py, which shares no
 * line with this program.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>
#include <sodium.h>

#include "os/file.h"
#include "record/head.h"
#include "record/receipt.h"
#include "record/tile.h"

#define FILE_NAME "test/vectors/record.json"
#define ORIGIN "varde.example.lu/log"
enum { LOG = 300, HEADERS = 6, FIELDS = 5, AT = 260, VECTORS_BYTES = 1024 * 1024 };

static struct arena arena;
static struct buf text;
static struct json_out out;
static struct hash nodes[10][LOG], entries[LOG];
static struct receipt_item header[HEADERS], fields[FIELDS];
static struct hash commitments[HEADERS + FIELDS];
static uint8_t log_secret[NOTE_SECRET_BYTES], witness_secret[2][NOTE_SECRET_BYTES];

static struct err node_read(void *context, unsigned level, uint64_t index, struct hash *ret) {
    (void)context;
    *ret = nodes[level][index];
    return err_none();
}
static struct err entry_read(void *context, uint64_t index, struct hash *ret) {
    (void)context;
    *ret = entries[index];
    return err_none();
}
static const struct tree_reader NODES = {.read = node_read};
static const struct entry_reader ENTRIES = {.read = entry_read};

// --- writing ---

static void base64(const char *name, struct span bytes) {
    struct buf b;
    buf_init(&b, &arena, 4096);
    buf_add_base64(&b, bytes);
    json_out_member_string(&out, name, buf_span(&b));
}
static void hashes(const char *name, const struct hash *at, size_t count) {
    json_out_name(&out, name);
    json_out_array(&out);
    for (size_t i = 0; i < count; i++) {
        struct buf b;
        buf_init(&b, &arena, 64);
        buf_add_base64(&b, hash_span(&at[i]));
        json_out_string(&out, buf_span(&b));
    }
    json_out_array_end(&out);
}
static void part(const char *name) {
    buf_add_byte(&text, '\n');
    json_out_name(&out, name);
    json_out_array(&out);
}
static void row(void) {
    json_out_object(&out);
}
static void row_end(void) {
    json_out_object_end(&out);
    buf_add_byte(&text, '\n');
}

// --- what is proved ---

static void secret_make(const char *name, uint8_t ret[NOTE_SECRET_BYTES]) {
    uint8_t public_key[NOTE_PUBLIC_BYTES];
    struct hash seed = hash_sha256(span_of(name));
    assert_int_equal(crypto_sign_seed_keypair(public_key, ret, seed.bytes), 0);
}

static void item_make(size_t number, const char *name, const char *canonical) {
    bool is_header = number < HEADERS;
    struct json value;
    struct buf again;
    buf_init(&again, &arena, 4096);
    assert_false(is_err(json_parse(&arena, span_of(canonical), &value, NULL)));
    assert_false(is_err(json_canonical(&again, &value)));
    assert_true(span_is(buf_span(&again), canonical)); // RFC 8785 sorts by UTF-16 units: U+1F525 before U+FFFD
    struct receipt_item *item = is_header ? &header[number] : &fields[number - HEADERS];
    struct hash salt = hash_sha256(arena_printf(&arena, "salt %zu", number));
    *item = (struct receipt_item){.item = {.name = span_of(name), .canonical = span_of(canonical)}};
    memcpy(item->item.salt, salt.bytes, sizeof item->item.salt);
    item->commitment = commitments[number] = record_item_commit(is_header ? RECORD_HEADER : RECORD_FIELD, &item->item);
    row();
    json_out_member_text(&out, "kind", is_header ? "header" : "field");
    json_out_member_text(&out, "name", name);
    json_out_member_text(&out, "value", canonical);
    base64("salt", span_make(salt.bytes, HASH_BYTES));
    base64("commitment", hash_span(&item->commitment));
    row_end();
}

static void items(void) {
    part("items");
    item_make(0, "node", "\"LU\"");
    item_make(1, "filing", "\"F0000000000000000\"");
    item_make(2, "received_at", "\"2026-11-22T01:00:00Z\"");
    item_make(3, "recorded_at", "\"2026-11-22T01:00:00.250Z\"");
    item_make(4, "packs", "[{\"hash\":\"00\",\"pack\":\"eu/nis2\"},{\"hash\":\"01\",\"pack\":\"national/lu\"}]");
    item_make(5, "marking", "{\"audience\":[],\"tlp\":\"amber\"}");
    item_make(6, "summary", "\"\xc3\x89lectricit\xc3\xa9 \xe2\x82\xac \xf0\x9f\x94\xa5 \\\"quoted\\\" \\\\ / \\n\\u001f\x7f\"");
    item_make(7, "affected", "9223372036854775807");
    item_make(8, "loss", "\"1250000.50\"");
    item_make(9, "services", "{\"a\":null,\"b\":[-9223372036854775808,0],\"\xf0\x9f\x94\xa5\":false,\"\xef\xbf\xbd\":true}");
    item_make(10, "cause", "null");
    json_out_array_end(&out);
}

static void records(void) {
    part("records");
    for (size_t count = 1; count <= HEADERS + FIELDS; count += count < 3 ? 1 : 4) {
        struct hash entry = record_commit(commitments, count);
        row();
        hashes("commitments", commitments, count);
        base64("entry", hash_span(&entry));
        row_end();
    }
    json_out_array_end(&out);
}

// Entry i is the SHA-256 of i in decimal, but for the record of the receipts.
static void tree(void) {
    struct tree_frontier frontier = {.size = 0};
    json_out_member_int(&out, "record_index", AT);
    part("roots");
    for (size_t i = 0; i < LOG; i++) {
        struct tree_node made[TREE_LEVELS];
        size_t count;
        entries[i] = i == AT ? record_commit(commitments, HEADERS + FIELDS) : hash_sha256(arena_printf(&arena, "%zu", i));
        tree_append(&frontier, &entries[i], made, &count);
        for (size_t n = 0; n < count; n++) nodes[made[n].level][made[n].index] = made[n].hash;
        if (i > 8 && i != 255 && i != 256 && i != LOG - 1) continue;
        struct hash root = tree_root(&frontier);
        row();
        json_out_member_int(&out, "size", (int64_t)i + 1);
        base64("root", hash_span(&root));
        row_end();
    }
    json_out_array_end(&out);
}

static void proofs(void) {
    static const uint64_t PAIRS[][2] = {{0, 1}, {0, 2}, {1, 3}, {4, 7}, {6, 8}, {8, 9}, {255, 256}, {256, 300}, {AT, 300}};
    struct hash proof[TREE_PROOF_MAX];
    size_t count;
    part("inclusion");
    for (size_t i = 0; i < sizeof PAIRS / sizeof *PAIRS; i++) {
        assert_false(is_err(tree_inclusion(&NODES, PAIRS[i][0], PAIRS[i][1], proof, &count)));
        row();
        json_out_member_int(&out, "index", (int64_t)PAIRS[i][0]);
        json_out_member_int(&out, "size", (int64_t)PAIRS[i][1]);
        hashes("proof", proof, count);
        row_end();
    }
    json_out_array_end(&out);
    part("consistency");
    for (size_t i = 0; i < sizeof PAIRS / sizeof *PAIRS; i++) {
        assert_false(is_err(tree_consistency(&NODES, PAIRS[i][0], PAIRS[i][1], proof, &count)));
        row();
        json_out_member_int(&out, "old", (int64_t)PAIRS[i][0]);
        json_out_member_int(&out, "new", (int64_t)PAIRS[i][1]);
        hashes("proof", proof, count);
        row_end();
    }
    json_out_array_end(&out);
}

static void tiles(void) {
    static const char *const PATHS[] = {"tile/0/000", "tile/0/001.p/44", "tile/1/000.p/1", "tile/entries/000",
                                        "tile/entries/001.p/7"};
    part("tiles");
    for (size_t i = 0; i < sizeof PATHS / sizeof *PATHS; i++) {
        struct tile tile;
        struct buf content;
        buf_init(&content, &arena, TILE_ENTRIES_BYTES_MAX);
        assert_false(is_err(tile_path_parse(span_of(PATHS[i]), &tile, NULL)));
        if (tile.is_entries) assert_false(is_err(tile_entries(&tile, LOG, &ENTRIES, &content)));
        else assert_false(is_err(tile_content(&tile, LOG, &NODES, &content)));
        struct hash hash = hash_sha256(buf_span(&content));
        row();
        json_out_member_text(&out, "path", PATHS[i]);
        json_out_member_int(&out, "size", LOG);
        json_out_member_int(&out, "bytes", (int64_t)content.len);
        base64("sha256", hash_span(&hash));
        row_end();
    }
    json_out_array_end(&out);
}

static struct span key_text(enum key_type type, const char *name, const uint8_t *secret) {
    struct verifier_key key = verifier_key_make(type, span_of(name), secret + 32);
    struct buf b;
    buf_init(&b, &arena, NOTE_KEY_TEXT_BYTES_MAX);
    verifier_key_write(&b, &key);
    return buf_span(&b);
}

static struct span log_vkey, witness_vkey[2];

static void keys(void) {
    secret_make("log", log_secret);
    secret_make("witness 0", witness_secret[0]);
    secret_make("witness 1", witness_secret[1]);
    log_vkey = key_text(KEY_LOG, ORIGIN, log_secret);
    witness_vkey[0] = key_text(KEY_WITNESS, "witness.example.fr/w0", witness_secret[0]);
    witness_vkey[1] = key_text(KEY_WITNESS, "witness.example.be/w1", witness_secret[1]);
    buf_add_byte(&text, '\n');
    json_out_name(&out, "keys");
    json_out_object(&out);
    json_out_member_string(&out, "log", log_vkey);
    json_out_member_string(&out, "witness0", witness_vkey[0]);
    json_out_member_string(&out, "witness1", witness_vkey[1]);
    json_out_object_end(&out);
}

static struct span note_make(const char *origin, uint64_t size, size_t witnesses) {
    static const char *const NAMES[] = {"witness.example.fr/w0", "witness.example.be/w1"};
    struct hash root;
    struct buf note, body;
    assert_false(is_err(tree_root_at(&NODES, size, &root)));
    buf_init(&note, &arena, NOTE_BYTES_MAX);
    buf_init(&body, &arena, NOTE_BYTES_MAX);
    note_sign(&note, span_of(origin), size, &root, log_secret);
    checkpoint_write(&body, span_of(origin), size, &root);
    for (size_t i = 0; i < witnesses; i++)
        note_cosign(&note, buf_span(&body), span_of(NAMES[i]), 1800000000 + (int64_t)i, witness_secret[i]);
    return buf_span(&note);
}

static void notes(void) {
    struct epoch epoch = {.origin = SPAN(ORIGIN "/epoch-2"), .time_ms = 1800000000000, .reason = SPAN("restored from a backup")};
    struct buf statement;
    part("notes");
    for (size_t i = 0; i < 3; i++) json_out_string(&out, note_make(ORIGIN, LOG, i));
    json_out_array_end(&out);
    epoch.last = (struct log_head){.origin = SPAN(ORIGIN), .size = LOG};
    assert_false(is_err(tree_root_at(&NODES, LOG, &epoch.last.root)));
    buf_init(&statement, &arena, 4096);
    assert_false(is_err(epoch_sign(&statement, &epoch, SPAN(ORIGIN), log_secret, NULL)));
    buf_add_byte(&text, '\n');
    json_out_member_string(&out, "epoch", buf_span(&statement));
}

// --- receipts ---

static struct span receipt_make(const char *origin, uint64_t size, size_t witnesses) {
    struct hash proof[TREE_PROOF_MAX];
    struct receipt receipt = {.header_count = HEADERS, .field_count = FIELDS, .header = header, .fields = fields, .index = AT,
                              .size = size, .proof = proof, .note = note_make(origin, size, witnesses),
                              .answer_by = SPAN("CSIRT"), .answer_how = SPAN("+352 0000")};
    struct buf b;
    struct json_out o;
    assert_false(is_err(tree_inclusion(&NODES, AT, size, proof, &receipt.proof_count)));
    buf_init(&b, &arena, LIMIT_RECEIPT_BYTES);
    json_out_init(&o, &b);
    assert_false(is_err(receipt_write(&o, &receipt, &arena, NULL)));
    return buf_span(&b);
}

static void receipt_row(const char *name, struct span json) {
    const struct span texts[] = {log_vkey, witness_vkey[0], witness_vkey[1]};
    struct verifier_key trusted[3];
    struct receipt_report report;
    struct why why = {0};
    for (size_t i = 0; i < 3; i++) assert_false(is_err(verifier_key_parse(texts[i], &trusted[i], NULL)));
    bool is_valid = !is_err(receipt_verify(json, trusted, 3, &arena, &report, &why));
    row();
    json_out_member_text(&out, "name", name);
    json_out_member_bool(&out, "valid", is_valid);
    if (is_valid) json_out_member_int(&out, "cosigned", (int64_t)report.cosigned);
    else json_out_member_text(&out, "rule", why.rule);
    json_out_member_string(&out, "receipt", json);
    row_end();
}

static struct span replaced(struct span json, const char *what, const char *with) {
    struct buf b;
    size_t len = strlen(what), at = 0;
    while (at + len <= json.len && memcmp(json.at + at, what, len) != 0) at++;
    if (at + len > json.len) fail_msg("%s is not in the receipt", what);
    buf_init(&b, &arena, LIMIT_RECEIPT_BYTES);
    buf_add(&b, span_part(json, 0, at));
    buf_add_text(&b, with);
    buf_add(&b, span_part(json, at + len, json.len));
    return buf_span(&b);
}

static void receipts(void) {
    static const struct {
        const char *name, *what, *with;
    } CHANGES[] = {
        {"another value", "\"value\":9223372036854775807", "\"value\":9223372036854775806"},
        {"a value beyond 64 bits", "\"value\":9223372036854775807", "\"value\":9223372036854775808"},
        {"a float", "\"value\":9223372036854775807", "\"value\":9223372036854775807.0"},
        {"an exponent", "\"value\":9223372036854775807", "\"value\":9e3"},
        {"another spelling", "\"value\":\"LU\"", "\"value\" : \"\\u004c\\u0055\""},
        {"members in another order", "\"tlp\":\"amber\"", "\"tlp\":\"\\u0061mber\""},
        {"a lone surrogate", "\"value\":\"LU\"", "\"value\":\"\\ud800\""},
        {"a name twice in an object", "\"tlp\":\"amber\"", "\"tlp\":\"amber\",\"tlp\":\"amber\""},
        {"an item left out", "\"value\":null,", ""},
        {"an unknown member", "\"header\"", "\"x\":0,\"header\""},
        {"a front that says otherwise", "\"node\":\"LU\"", "\"node\":\"FR\""},
        {"another standing", "signed by the authority", "signed by no one"},
        {"another index", "\"index\":260", "\"index\":261"},
        {"a minus", "\"index\":260", "\"index\":-260"},
        {"another size", "\"size\":300", "\"size\":299"},
        {"another head", "\\n300\\n", "\\n301\\n"},
        {"a padded size", "\\n300\\n", "\\n0300\\n"},
        {"bytes after it", "\"format\"", "\"format\"}{"},
        {"an empty proof", "\"proof\":[", "\"proof\":[],\"prooff\":["},
    };
    part("receipts");
    struct span whole = receipt_make(ORIGIN, LOG, 0);
    receipt_row("whole", whole);
    receipt_row("whole, the smallest tree", receipt_make(ORIGIN, AT + 1, 0));
    receipt_row("cosigned by one", receipt_make(ORIGIN, LOG, 1));
    receipt_row("cosigned by two", receipt_make(ORIGIN, LOG, 2));
    receipt_row("of the second epoch", receipt_make(ORIGIN "/epoch-2", LOG, 1));
    receipt_row("of another log", receipt_make("varde.example.fr/log", LOG, 0));
    header[5].state = fields[0].state = RECEIPT_WITHHELD;
    fields[1].state = RECEIPT_ERASED;
    receipt_row("withheld and erased in part", receipt_make(ORIGIN, LOG, 0));
    receipt_row("a withheld item shown as erased", replaced(receipt_make(ORIGIN, LOG, 0), "withheld", "erased"));
    receipt_row("a state that is none", replaced(receipt_make(ORIGIN, LOG, 0), "withheld", "secret"));
    header[5].state = fields[0].state = fields[1].state = RECEIPT_SHOWN;
    for (size_t i = 0; i < sizeof CHANGES / sizeof *CHANGES; i++)
        receipt_row(CHANGES[i].name, replaced(whole, CHANGES[i].what, CHANGES[i].with));
    receipt_row("truncated", span_part(whole, 0, whole.len - 1));
    receipt_row("empty", span_make("", 0));
    json_out_array_end(&out);
}

static void vectors_make(void) {
    buf_init(&text, NULL, VECTORS_BYTES);
    json_out_init(&out, &text);
    json_out_object(&out);
    json_out_member_text(&out, "of", "doc/spec/record.md; made by test/unit/record/vectors.c --write");
    items();
    records();
    tree();
    proofs();
    tiles();
    keys();
    notes();
    receipts();
    json_out_object_end(&out);
    buf_add_byte(&text, '\n');
    assert_false(text.is_failed || out.is_failed);
}

static void test_vectors_are_the_file(void **state) {
    struct span file;
    struct why why = {0};
    (void)state;
    vectors_make();
    if (is_err(file_read(&arena, FILE_NAME, VECTORS_BYTES, &file, &why))) fail_msg("%s", why.words);
    assert_int_equal(file.len, text.len);
    assert_memory_equal(file.at, text.at, text.len);
}

static void test_write(void **state) {
    (void)state;
    vectors_make();
    assert_false(is_err(file_write(FILE_NAME, buf_span(&text), 0644, NULL)));
}

int main(int argc, char **argv) {
    const struct CMUnitTest check[] = {cmocka_unit_test(test_vectors_are_the_file)}, write[] = {cmocka_unit_test(test_write)};
    bool must_write = argc == 2 && strcmp(argv[1], "--write") == 0;
    arena_init(&arena, 64 * 1024 * 1024);
    int failed = must_write ? cmocka_run_group_tests(write, NULL, NULL) : cmocka_run_group_tests(check, NULL, NULL);
    buf_fini(&text);
    arena_fini(&arena);
    return failed;
}
