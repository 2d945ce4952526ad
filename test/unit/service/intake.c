// SPDX-License-Identifier: EUPL-1.2
/* Claims and their tokens, and downtimes: what stands between two runs of the node, and what is shown beside a late duty. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "service/claim.h"
#include "service/downtime.h"
#include "service/effects.h"

#define T0 ((int64_t)1780000000000) // some day in 2026
#define MINUTE ((int64_t)MS_PER_MINUTE)

static struct arena arena;
static struct store *store;
static struct store_conn *conn;
static struct why why;
static char directory[64], file[96];

static void must_at(struct err e, int line) {
    if (is_err(e)) fail_msg("line %d: %s: %s (%s)", line, err_name(e.code), why.words, why.rule);
}
#define must(EXPR) must_at((EXPR), __LINE__)

static int setup(void **state) {
    (void)state;
    why = (struct why){0};
    arena_init(&arena, (size_t)64 * 1024 * 1024);
    (void)snprintf(directory, sizeof directory, "/tmp/varde-intake-XXXXXX");
    if (mkdtemp(directory) == NULL) return 1;
    (void)snprintf(file, sizeof file, "%s/node.db", directory);
    must(store_open(file, true, &store, &why));
    must(store_connect(store, STORE_WRITE, &conn, &why));
    must(store_begin(conn, &why));
    return 0;
}

static int teardown(void **state) {
    static const char *const ENDINGS[] = {"", "-wal", "-shm"};
    (void)state;
    store_rollback(conn);
    store_disconnect(conn);
    store_close(store);
    for (size_t i = 0; i < 3; i++) {
        char path[128];
        (void)snprintf(path, sizeof path, "%s%s", file, ENDINGS[i]);
        (void)unlink(path);
    }
    (void)rmdir(directory);
    arena_fini(&arena);
    return 0;
}

static struct span downtimes(int64_t from_ms, int64_t to_ms) {
    struct buf text;
    struct json_out out;
    buf_init(&text, &arena, 65536);
    json_out_init(&out, &text);
    must(downtime_write(&out, conn, from_ms, to_ms, 100, &arena, &why));
    return buf_span(&text);
}

static void expect_text(struct span got, const char *wanted) {
    if (!span_is(got, wanted)) fail_msg("%.*s, not %s", SPAN_FMT(got), wanted);
}

// --- downtimes ---

static void gaps_between_runs_are_found(void **state) {
    (void)state;
    must(downtime_start(conn, false, T0, &arena, &why)); // the first run: nothing lies before it
    expect_text(downtimes(0, INT64_MAX), "[]");
    must(downtime_beat(conn, false, T0 + 10 * MINUTE, &arena, &why));
    must(downtime_start(conn, false, T0 + 15 * MINUTE, &arena, &why)); // no sign of a stop
    expect_text(downtimes(0, INT64_MAX), "[{\"kind\":\"crash\",\"from\":\"2026-05-28T20:36:40Z\",\"to\":\"2026-05-28T20:41:40Z\",\"note\":null,\"case\":null}]");
    must(downtime_stop(conn, T0 + 20 * MINUTE, &why));
    must(downtime_start(conn, false, T0 + 20 * MINUTE + 500, &arena, &why)); // too short to matter
    must(downtime_stop(conn, T0 + 30 * MINUTE, &why));
    must(downtime_start(conn, false, T0 + 90 * MINUTE, &arena, &why));
    expect_text(downtimes(T0 + 60 * MINUTE, T0 + 61 * MINUTE), "[{\"kind\":\"stop\",\"from\":\"2026-05-28T20:56:40Z\",\"to\":\"2026-05-28T21:56:40Z\",\"note\":null,\"case\":null}]");
    expect_text(downtimes(T0 + 16 * MINUTE, T0 + 29 * MINUTE), "[]");
    must(downtime_start(conn, false, T0 + 80 * MINUTE, &arena, &why)); // the clock was set back: no time of its own
    expect_text(downtimes(T0 + 91 * MINUTE, INT64_MAX), "[]");
}

static void reading_only_lasts_until_it_ends(void **state) {
    (void)state;
    must(downtime_start(conn, true, T0, &arena, &why));
    must(downtime_beat(conn, true, T0 + MINUTE, &arena, &why));
    expect_text(downtimes(T0 + 5 * MINUTE, T0 + 6 * MINUTE), "[{\"kind\":\"readonly\",\"from\":\"2026-05-28T20:26:40Z\",\"to\":null,\"note\":null,\"case\":null}]");
    must(downtime_start(conn, false, T0 + MINUTE + 100, &arena, &why));
    expect_text(downtimes(T0 + 5 * MINUTE, T0 + 6 * MINUTE), "[]");
}

static void declare(const char *case_id, const char *op_text) {
    struct json op;
    struct effects_of of = {.filing_id = SPAN("F1")};
    must(json_parse(&arena, span_of(op_text), &op, &why));
    must(downtime_op(conn, &of, span_of(case_id), &op, &why));
}

static struct span duty_beside(const char *duty_text, int64_t now_ms) {
    struct json duty;
    struct buf text;
    struct json_out out;
    struct downtimes found;
    must(json_parse(&arena, span_of(duty_text), &duty, &why));
    struct json duties = {.type = JSON_ARRAY, .count = 1, .items = &duty};
    must(downtimes_load(conn, &duties, now_ms, &arena, &found, &why));
    buf_init(&text, &arena, 65536);
    json_out_init(&out, &text);
    json_out_object(&out);
    downtimes_write_beside(&out, &found, &duty, now_ms, &arena);
    json_out_object_end(&out);
    return buf_span(&text);
}

#define DUTY(DONE) "{\"duty\":\"d\",\"due\":\"2026-05-28T20:00:00Z\",\"due_latest\":\"2026-05-28T21:00:00Z\",\"is_firm\":true,\"done_at\":" DONE "}"

static void outages_stand_beside_what_is_late(void **state) {
    (void)state;
    declare("C1", "{\"op\":\"downtime\",\"kind\":\"declared\",\"from\":\"2026-05-28T10:00:00Z\",\"to\":\"2026-05-28T11:00:00Z\"}");
    declare("C2", "{\"op\":\"downtime\",\"kind\":\"declared\",\"from\":\"2026-05-27T10:00:00Z\",\"to\":\"2026-05-27T20:00:00Z\"}"); // ended a day before
    declare("C3", "{\"op\":\"downtime\",\"kind\":\"declared\",\"from\":\"2026-05-28T21:00:00Z\",\"to\":null}");                     // after the later reading
    static const char LATE[] = "{\"downtimes\":[{\"kind\":\"declared\",\"from\":\"2026-05-28T10:00:00Z\",\"to\":\"2026-05-28T11:00:00Z\",\"note\":null,\"case\":\"C1\"}]}";
    expect_text(duty_beside(DUTY("null"), T0 + 100 * MINUTE), LATE);
    expect_text(duty_beside(DUTY("\"2026-05-28T22:00:00Z\""), T0 + 100 * MINUTE), LATE);
    expect_text(duty_beside(DUTY("\"2026-05-28T19:00:00Z\""), T0 + 100 * MINUTE), "{}"); // in time: nothing stands beside
    expect_text(duty_beside(DUTY("null"), T0 - 60 * MINUTE), "{}");                      // not yet
    declare("C1", "{\"op\":\"downtime\",\"kind\":\"withdrawn\",\"from\":null,\"to\":null}");
    expect_text(duty_beside(DUTY("null"), T0 + 100 * MINUTE), "{}");
    declare("C1", "{\"op\":\"message\"}"); // another operation is left alone
}

// --- claims ---

static void chance(void *at, size_t size_bytes) {
    static uint8_t next = 1;
    memset(at, next++, size_bytes);
}

static void a_token_comes_again_only_for_the_same_request(void **state) {
    (void)state;
    struct services services = {.node_secret = {7}, .random = chance};
    struct hash one = hash_sha256(SPAN("one")), two = hash_sha256(SPAN("two"));
    struct span key = SPAN("0123456789abcdef");
    char a[CLAIM_TOKEN_BYTES + 1], b[CLAIM_TOKEN_BYTES + 1];
    claim_token_make(&services, key, &one, a);
    claim_token_make(&services, key, &one, b);
    assert_string_equal(a, b);
    assert_int_equal(strlen(a), CLAIM_TOKEN_BYTES);
    claim_token_make(&services, key, &two, b);
    assert_string_not_equal(a, b);
    claim_token_make(&services, SPAN("0123456789abcdeg"), &one, b);
    assert_string_not_equal(a, b);
    services.node_secret[0] = 8;
    claim_token_make(&services, key, &one, b);
    assert_string_not_equal(a, b);
    claim_token_make(&services, SPAN("short"), &one, a); // what could be guessed counts for nothing
    claim_token_make(&services, SPAN("short"), &one, b);
    assert_string_not_equal(a, b);
}

// What a holder files is decided before it is written: her token may have ended in between.
static void a_token_that_ended_meanwhile_writes_nothing(void **state) {
    (void)state;
    struct hash first = hash_sha256(SPAN("1")), second = hash_sha256(SPAN("2"));
    must(claim_invite(conn, &first, SPAN("C1"), SPAN("F1"), T0, &why));
    must(claim_still_counts(conn, &first, &arena, &why));
    must(claim_invite(conn, &second, SPAN("C1"), SPAN("F2"), T0 + 1, &why));
    assert_int_equal(claim_still_counts(conn, &first, &arena, NULL).code, ERR_NOT_FOUND);
    must(claim_still_counts(conn, &second, &arena, &why));
    must(claim_take(conn, &second, SPAN("P1"), T0 + 2, &why));
    assert_int_equal(claim_still_counts(conn, &second, &arena, NULL).code, ERR_CONFLICT);
}

static void a_claim_is_taken_once_and_counted_by_the_hour(void **state) {
    (void)state;
    struct services services = {.random = chance};
    struct hash body = hash_sha256(SPAN(""));
    char token[CLAIM_TOKEN_BYTES + 1];
    struct claim claim;
    claim_token_make(&services, SPAN(""), &body, token);
    struct hash hash = claim_token_hash(span_of(token));
    assert_int_equal(claim_find(conn, span_of(token), &arena, &claim, &why).code, ERR_NOT_FOUND);
    must(claim_add(conn, &hash, SPAN("C1"), SPAN("F1"), 30, 2, T0, &arena, &why));
    must(claim_find(conn, span_of(token), &arena, &claim, &why));
    assert_true(span_is(claim.case_id, "C1") && claim.person_id.len == 0);
    must(claim_take(conn, &hash, SPAN("P1"), T0, &why));
    assert_int_equal(claim_take(conn, &hash, SPAN("P2"), T0, &why).code, ERR_CONFLICT);
    must(claim_find(conn, span_of(token), &arena, &claim, &why));
    assert_true(span_is(claim.person_id, "P1"));
    struct hash second = hash_sha256(SPAN("2")), third = hash_sha256(SPAN("3"));
    must(claim_add(conn, &second, SPAN("C2"), SPAN("F2"), 0, 2, T0 + 10 * MINUTE, &arena, &why));
    why = (struct why){0};
    assert_int_equal(claim_add(conn, &third, SPAN("C3"), SPAN("F3"), 0, 2, T0 + 59 * MINUTE, &arena, &why).code, ERR_LIMIT);
    must(claim_add(conn, &third, SPAN("C3"), SPAN("F3"), 0, 2, T0 + 61 * MINUTE, &arena, &why));
    assert_int_equal(claim_find(conn, SPAN("vrd_e_"), &arena, &claim, NULL).code, ERR_NOT_FOUND);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(gaps_between_runs_are_found, setup, teardown),
        cmocka_unit_test_setup_teardown(reading_only_lasts_until_it_ends, setup, teardown),
        cmocka_unit_test_setup_teardown(outages_stand_beside_what_is_late, setup, teardown),
        cmocka_unit_test(a_token_comes_again_only_for_the_same_request),
        cmocka_unit_test_setup_teardown(a_token_that_ended_meanwhile_writes_nothing, setup, teardown),
        cmocka_unit_test_setup_teardown(a_claim_is_taken_once_and_counted_by_the_hour, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
