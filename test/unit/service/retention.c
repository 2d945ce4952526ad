// SPDX-License-Identifier: EUPL-1.2
/* The report of retention: what is proposed, held by open duties, kept, or erased already; and that nothing is erased. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "service/retention.h"

#define FILE_OF(PATH, TEXT) {PATH, (const unsigned char *)("" TEXT), sizeof(TEXT) - 1, false}

static char directory[64], file[96];
static struct arena arena;
static struct store *store;
static struct store_conn *conn;
static struct law *law;

static void must(struct err e, const struct why *why) {
    if (is_err(e)) fail_msg("%s: %s", err_name(e.code), why != NULL ? why->words : "");
}
static int64_t at(int year, unsigned month, unsigned day) {
    return civil_to_days((struct civil){year, (uint8_t)month, (uint8_t)day}) * MS_PER_DAY + 12 * (int64_t)MS_PER_HOUR;
}

static int setup(void **state) {
    (void)state;
    static const struct embedded_file FILES[] = {
        FILE_OF("eu/a/pack.yaml", "id: eu/a\ntitle: A\nversion: '1'\nfrom: 2024-10-18\n"),
        FILE_OF("eu/a/retention.yaml",
                "rules:\n- {procedure: '*', document: '*', keep: unknown, counted_from: last_filing, article: 'A 1'}\n"),
        FILE_OF("national/be/pack.yaml", "id: national/be\ntitle: BE\nversion: '1'\n"),
        FILE_OF("national/be/retention.yaml",
                "rules:\n- {procedure: incident, document: '*', keep: {years: 5}, counted_from: last_filing, article: 'B 7'}\n"),
    };
    struct why why = {0};
    arena_init(&arena, (size_t)32 * 1024 * 1024);
    (void)snprintf(directory, sizeof directory, "/tmp/varde-retention-XXXXXX");
    if (mkdtemp(directory) == NULL) return -1;
    (void)snprintf(file, sizeof file, "%s/node.db", directory);
    must(law_load(&arena, FILES, 4, &law, &why), &why);
    must(store_open(file, true, &store, &why), &why);
    must(store_connect(store, STORE_WRITE, &conn, &why), &why);
    must(store_begin(conn, &why), &why);
    return 0;
}

static int teardown(void **state) {
    (void)state;
    store_disconnect(conn);
    store_close(store);
    (void)unlink(file);
    arena_fini(&arena);
    return rmdir(directory);
}

static void write_row(enum statement statement, const struct value *params, size_t count) {
    struct why why = {0};
    must(store_write(conn, statement, params, count, NULL, &why), &why);
}

// A filing with FIELDS fields that can still be read.
static void filing(int64_t seq, const char *case_id, const char *procedure, const char *document, int64_t recorded_ms, int64_t fields) {
    char id[16];
    (void)snprintf(id, sizeof id, "F%lld", (long long)seq);
    const struct value record[] = {value_int(seq), value_text(span_of(id)), value_blob(SPAN("e")), value_text(SPAN("[]")),
                                   value_blob(SPAN("")), value_text(SPAN("[]")), value_blob(SPAN("")), value_blob(SPAN("")),
                                   value_text(SPAN("{}"))};
    write_row(STMT_RECORD_ADD, record, 9);
    const struct value row[] = {value_text(span_of(id)), value_int(seq), value_text(span_of(case_id)), value_null(),
                                value_text(SPAN("desk")), value_text(span_of(procedure)), value_text(span_of(document)),
                                value_text(SPAN("entity")), value_text(SPAN("p")), value_int(recorded_ms), value_int(recorded_ms),
                                value_null(), value_null()};
    write_row(STMT_FILING_ADD, row, 13);
    uint8_t bytes[32 * 16] = {1};
    assert_true(fields <= 16);
    const struct value keys[] = {value_int(seq), value_blob(span_make(bytes, (size_t)fields * 32)), value_int(fields)};
    if (fields > 0) write_row(STMT_FIELD_KEYS_ADD, keys, 3);
}

static void open_duty(const char *case_id) {
    const struct value row[] = {value_text(span_of(case_id)), value_int(0), value_text(SPAN("final")), value_null(),
                                value_text(SPAN("entity")), value_null(), value_text(SPAN("desk")), value_null(),
                                value_int(1), value_int(1), value_null(), value_text(SPAN("{}")),
                                value_text(SPAN("incident")), value_null()};
    write_row(STMT_DUTY_ADD, row, 14);
}

static const struct json *ask(const struct retention_question *question) {
    struct buf text;
    struct json_out out;
    struct why why = {0};
    struct json *report = ARENA_NEW(&arena, struct json);
    buf_init(&text, &arena, 1 << 20);
    json_out_init(&out, &text);
    must(retention_write_json(&out, conn, question, &arena, &why), &why);
    assert_false(text.is_failed || out.is_failed);
    must(json_parse(&arena, buf_span(&text), report, &why), &why);
    return report;
}

static const struct json *rule_line(const struct json *report, const char *document) {
    const struct json *lines = json_get(report, "rules");
    for (size_t i = 0; i < lines->count; i++)
        if (span_is(json_get_string(&lines->items[i], "document"), document)) return &lines->items[i];
    fail_msg("no line for %s", document);
    return NULL;
}

static void test_report(void **state) {
    (void)state;
    filing(0, "C1", "incident", "early_warning", at(2020, 1, 10), 3);
    filing(1, "C1", "incident", "final_report", at(2021, 2, 10), 5); // the case's last: counts for both
    filing(2, "C2", "incident", "early_warning", at(2019, 1, 1), 2); // over, but something is owed
    open_duty("C2");
    filing(3, "C3", "incident", "early_warning", at(2019, 1, 1), 0); // nothing left to erase
    filing(4, "C4", "registration", "register", at(2010, 1, 1), 9);  // no period
    filing(5, "C5", "incident", "early_warning", at(2021, 6, 1), 1); // over later
    struct retention_question question = {.law = law, .state = SPAN("BE"), .now_ms = at(2026, 3, 1), .after_seq = -1, .list_max = 100};
    const struct json *report = ask(&question), *list = json_get(report, "proposals");
    assert_int_equal(list->count, 2);
    assert_true(span_is(json_get_string(&list->items[0], "filing"), "F0"));
    assert_true(span_is(json_get_string(&list->items[0], "over_at"), "2026-02-11T00:00:00Z"));
    assert_true(span_is(json_get_string(&list->items[0], "article"), "B 7"));
    assert_non_null(strstr((const char *)json_get_string(&list->items[0], "ground").at, "60 months"));
    assert_int_equal(json_get_int(&list->items[1], "fields", 0), 5);
    const struct json *early = rule_line(report, "early_warning");
    assert_int_equal(json_get_int(early, "filings", 0), 4);
    assert_int_equal(json_get_int(early, "over", 0), 1);
    assert_int_equal(json_get_int(early, "held", 0), 1);
    assert_true(span_is(json_get_string(early, "next_over"), "2026-06-02T00:00:00Z"));
    const struct json *registered = rule_line(report, "register");
    assert_true(span_is(json_get_string(registered, "keep"), "unknown"));
    assert_true(span_is(json_get_string(registered, "pack"), "eu/a"));
    assert_int_equal(json_get_int(registered, "over", 9), 0);

    question.through_ms = at(2026, 12, 31); // what comes within the year
    list = json_get(ask(&question), "proposals");
    assert_int_equal(list->count, 3);
    assert_false(json_get_bool(&list->items[2], "is_over", true));

    question.now_ms = at(2026, 2, 10); // the last day of the period
    question.through_ms = 0;
    assert_int_equal(json_get(ask(&question), "proposals")->count, 0);
    question.state = SPAN("LU"); // no rule of that state: all is kept
    question.now_ms = at(2090, 1, 1);
    assert_int_equal(json_get(ask(&question), "proposals")->count, 0);
}

static void test_long_lists_go_on(void **state) {
    (void)state;
    for (int64_t seq = 0; seq < 1203; seq++) filing(seq, "C1", "incident", "progress", at(2015, 1, 1), 1);
    struct retention_question question = {.law = law, .state = SPAN("BE"), .now_ms = at(2026, 1, 1), .after_seq = -1, .list_max = 500};
    size_t total = 0;
    for (int round = 0; round < 3; round++) {
        const struct json *report = ask(&question), *list = json_get(report, "proposals");
        assert_int_equal(json_get_int(rule_line(report, "progress"), "over", 0), 1203);
        assert_int_equal(json_get_int(&list->items[0], "seq", -1), question.after_seq + 1);
        total += list->count;
        assert_int_equal(json_get_bool(report, "proposals_left", true), round < 2);
        question.after_seq = json_get_int(report, "next", -1);
    }
    assert_int_equal(total, 1203);
    struct rows rows;
    const struct value params[] = {value_int(1202)};
    must(store_read(conn, STMT_FIELD_KEYS, params, 1, &arena, &rows, NULL), NULL);
    assert_int_equal(rows.count, 1); // it only proposes
}

int main(void) {
#define TEST(NAME) cmocka_unit_test_setup_teardown(NAME, setup, teardown)
    const struct CMUnitTest tests[] = {TEST(test_report), TEST(test_long_lists_go_on)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
