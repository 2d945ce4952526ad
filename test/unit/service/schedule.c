// SPDX-License-Identifier: EUPL-1.2
/*
 * Orders to erase on schedule: what is due and nothing else, not what is held or still owes something; the same when the node dies between
 * two steps; a stop counts at once; a rebuild gives the same tables.
 */
#include "filing_stand.h"
#include "service/schedule.h"
#include "service/standing_erasure.h"

enum { NOTIFICATIONS = 25, DAYS = 100 };

static struct embedded_file files[4096];
static const char RETENTION[] = "rules:\n"
                                "  - {procedure: incident, document: \"*\", keep: {days: 30}, counted_from: last_filing, article: \"Test 1\", certainty: mem}\n"
                                "  - {procedure: account, document: left, keep: {days: 60}, counted_from: filed, article: \"Test 3\", certainty: mem}\n"
                                "  - {procedure: \"*\", document: \"*\", keep: unknown, counted_from: last_filing, article: \"Test 2\", certainty: mem}\n";

static int setup_law(void **state) {
    static struct arena law_arena;
    struct law *law;
    if (setup(state) != 0) return -1;
    (void)file_many; // of the stand, not needed here
    (void)seeds;
    (void)seed_first;
    for (size_t i = 0; i < embedded_law_count; i++) {
        files[i] = embedded_law[i];
        if (strcmp(files[i].path, "eu/nis2/retention.yaml") == 0) {
            files[i].bytes = (const uint8_t *)RETENTION;
            files[i].size_bytes = sizeof RETENTION - 1;
        }
    }
    arena_init(&law_arena, LIMIT_PACK_ARENA_BYTES);
    must(law_load(&law_arena, files, embedded_law_count, &law, &why));
    world->services.law = law;
    return 0;
}

// Files as FILER in a transaction of its own; gives the case.
static struct span file_as(unsigned filer, const char *procedure, const char *document, struct span case_id, const char *as, struct span fields,
                           struct span *ret_filing) {
    struct deed deed = {.filer = filer};
    world->now_ms += 5 * MS_PER_MINUTE;
    deed_of(&deed, procedure, document, arena_text(&arena, case_id), "", fields);
    if (as != NULL) deed.request.as = span_of(as);
    must(deed_finish(world, &deed, &arena, &why));
    must(filing_decide(&world->services, conn, &deed.principal, &deed.request, world->now_ms, &arena, &deed.plan, &why));
    if (!deed.plan.decision.is_accepted) fail_msg("%s: %.*s", document, SPAN_FMT(deed.plan.decision.faults[0].words));
    must(store_begin(conn, &why));
    must(filing_write(&world->services, conn, &edge, &deed.plan, world->now_ms, &arena, &deed.seq, &why));
    must(store_commit(conn, &why));
    if (ret_filing != NULL) *ret_filing = deed.plan.filing_id;
    return deed.plan.case_id;
}

static struct span voluntary(unsigned number, bool is_answered) {
    struct span id = file_as(0, "incident", "voluntary_notification", SPAN(""), "anyone", arena_printf(&arena, "{\"kind\":\"near_miss\",\"summary\":\"Number %u.\"}", number), NULL);
    if (is_answered) (void)file_as(FILER_CSIRT, "incident", "answer", id, "csirt", SPAN("{\"feedback\":\"Thank you.\"}"), NULL);
    return id;
}

static struct span today(void) { return civil_text(&arena, zone_date(world->services.zone, world->now_ms)); }

static struct span order(void) {
    struct span filing, id = file_as(FILER_CSIRT, "erasure_order", "order", SPAN(""), "csirt",
                                     arena_printf(&arena, "{\"through\":\"%.*s\",\"reason\":\"Due.\"}", SPAN_FMT(today())), &filing);
    (void)file_as(FILER_CA, "erasure_order", "approval", id, "ca", arena_printf(&arena, "{\"order\":\"%.*s\"}", SPAN_FMT(filing)), NULL);
    return id;
}

static int64_t number(enum statement statement, struct span id, size_t column) {
    struct value params[] = {value_text(id), value_int(world->now_ms)};
    struct rows rows;
    must(store_read(conn, statement, params, 2, &arena, &rows, &why));
    assert_int_equal(rows.count, 1);
    return rows_int(&rows, 0, column);
}

static struct span stage(struct span id) {
    struct value params[] = {value_text(id), value_int(world->now_ms)};
    struct rows rows;
    must(store_read(conn, STMT_ERASURE_BATCH_GET, params, 2, &arena, &rows, &why));
    return rows_span(&rows, 0, 0);
}

// As the node does it, but killed KILLS times, before every other commit: then nothing of it is there, and it forgets where it was.
static unsigned carry_out(unsigned kills) {
    int64_t after = -1;
    bool has_some = false;
    unsigned steps = 0, written = 0;
    for (; steps < 200; steps++) {
        struct schedule_step step;
        must(schedule_look(&world->services, conn, after, world->now_ms, &arena, &step, &why));
        if (step.order.len == 0) return steps;
        after = step.is_end ? -1 : step.after_seq;
        bool is_last = step.is_end && step.count == 0 && !has_some;
        has_some = !step.is_end && (has_some || step.count > 0);
        if (step.count > 0 || is_last) {
            must(store_begin(conn, &why));
            must(schedule_do(&world->services, conn, &edge, &step, world->now_ms, &arena, &why));
            if (kills > 0 && ++written % 2 == 1) {
                store_rollback(conn);
                must(record_edge_load(conn, &arena, &edge, &why));
                after = -1;
                has_some = false;
                kills--;
                continue;
            }
            must(store_commit(conn, &why));
        }
        world->now_ms += 1000;
    }
    fail_msg("the order is never done");
    return 0;
}

static uint64_t keys_of(struct span case_id) {
    struct value param = value_text(case_id);
    struct rows rows;
    must(store_read(conn, STMT_FILINGS_OF_CASE, &param, 1, &arena, &rows, &why));
    uint64_t shown = 0;
    for (size_t i = 0; i < rows.count; i++) {
        struct record_open record;
        must(record_read(conn, rows_span(&rows, i, 0), &arena, &record, &why));
        for (size_t k = 0; k < record.field_count; k++) shown += record.fields[k].state != RECEIPT_ERASED;
    }
    return shown;
}

static void fill(struct span *held, struct span *owing, struct span *young, struct span *plain) {
    for (unsigned i = 0; i < NOTIFICATIONS; i++) *plain = voluntary(i, true);
    *held = voluntary(100, true);
    *owing = voluntary(101, false);
    world->now_ms += (int64_t)DAYS * MS_PER_DAY;
    *young = voluntary(102, true);
    (void)file_as(FILER_CA, "legal_hold", "hold", SPAN(""), "ca",
                  arena_printf(&arena, "{\"of_case\":\"%.*s\",\"ground\":\"proceedings\",\"reason\":\"Before the court.\"}", SPAN_FMT(*held)), NULL);
}

static void only_what_is_due_is_erased(void **state) {
    (void)state;
    for (unsigned kills = 0; kills < 3; kills++) {
        struct span held, owing, young, plain;
        node_begin(7 + kills);
        fill(&held, &owing, &young, &plain);
        struct span id = order();
        (void)carry_out(kills);
        assert_true(span_is(stage(id), "done"));
        assert_int_equal(number(STMT_ERASURE_BATCH_GET, id, 1), NOTIFICATIONS * 2);
        assert_int_equal(keys_of(plain), 0);
        assert_true(keys_of(held) > 0 && keys_of(owing) > 0 && keys_of(young) > 0);
        sound(derived_wrong(world, conn, file, &why));
        node_end();
    }
}

static void a_hold_that_ends_lets_go(void **state) {
    (void)state;
    struct span held, owing, young, plain;
    node_begin(11);
    fill(&held, &owing, &young, &plain);
    struct rows rows;
    struct value most = value_int(10);
    must(store_read(conn, STMT_LEGAL_HOLDS, &most, 1, &arena, &rows, &why));
    assert_int_equal(rows.count, 1);
    (void)file_as(FILER_CA, "legal_hold", "end_of_hold", rows_span(&rows, 0, 0), "ca", SPAN("{\"reason\":\"Judgment.\"}"), NULL);
    struct span id = order();
    (void)carry_out(0);
    assert_int_equal(number(STMT_ERASURE_BATCH_GET, id, 1), NOTIFICATIONS * 2 + 2);
    assert_int_equal(keys_of(held), 0);
    node_end();
}

static void a_stop_counts_at_once(void **state) {
    (void)state;
    struct span held, owing, young, plain;
    struct schedule_step step;
    node_begin(13);
    fill(&held, &owing, &young, &plain);
    struct span id = order();
    must(schedule_look(&world->services, conn, -1, world->now_ms, &arena, &step, &why));
    assert_int_equal(step.count, SCHEDULE_TARGETS);
    (void)file_as(FILER_CA, "erasure_order", "stop", id, "ca", SPAN("{\"reason\":\"Wrong day.\"}"), NULL);
    must(store_begin(conn, &why));
    must(schedule_do(&world->services, conn, &edge, &step, world->now_ms, &arena, &why)); // was looked up before the stop
    must(store_commit(conn, &why));
    assert_int_equal(number(STMT_ERASURE_BATCH_GET, id, 1), 0);
    assert_true(keys_of(plain) > 0);
    node_end();
}

#define RULE_INCIDENT "eu/nis2 incident * 30 days last_filing"
#define RULE_ACCOUNT "eu/nis2 account left 60 days filed"

// A standing order over RULES (JSON); gives the case.
static struct span stand(const char *rules, bool is_confirmed) {
    struct span filing, id = file_as(FILER_CSIRT, "erasure_standing", "standing_order", SPAN(""), "csirt",
                                     arena_printf(&arena, "{\"rules\":%s,\"reason\":\"Due is due.\"}", rules), &filing);
    if (is_confirmed) (void)file_as(FILER_CA, "erasure_standing", "standing_approval", id, "ca", arena_printf(&arena, "{\"order\":\"%.*s\"}", SPAN_FMT(filing)), NULL);
    return id;
}

// As the node looks: all standing orders, each to its end; gives that under which something is due.
static struct span due_under(void) {
    struct span after = SPAN("");
    int64_t seq = -1;
    for (unsigned steps = 0; steps < 100; steps++) {
        struct standing_look look;
        must(standing_erasure_look(&world->services, conn, after, seq, world->now_ms, &arena, &look, &why));
        if (look.has_due || look.standing.len == 0) return look.standing;
        seq = look.is_end ? -1 : look.after_seq;
        if (look.is_end) after = look.standing;
    }
    fail_msg("the look never ends");
    return after;
}

static void begin_run(struct span standing) {
    must(store_begin(conn, &why));
    must(standing_erasure_begin(&world->services, conn, &edge, standing, world->now_ms, &arena, &why));
    must(store_commit(conn, &why));
}

static struct span newest_batch(size_t column) {
    struct value most = value_int(1);
    struct rows rows;
    must(store_read(conn, STMT_ERASURE_BATCHES, &most, 1, &arena, &rows, &why));
    return rows.count == 1 ? rows_span(&rows, 0, column) : span_make(NULL, 0);
}

static struct span report_of(struct span id) {
    struct value param = value_text(id);
    struct rows rows;
    struct record_open record;
    struct json values;
    must(store_read(conn, STMT_FILINGS_OF_CASE, &param, 1, &arena, &rows, &why));
    must(record_read(conn, rows_span(&rows, rows.count - 1, 0), &arena, &record, &why));
    must(record_values(&record, &arena, &values, &why));
    struct buf text;
    struct json_out out;
    buf_init(&text, &arena, 4096);
    json_out_init(&out, &text);
    json_out_value(&out, json_get(&values, "report"));
    return buf_span(&text);
}

static void a_standing_order_runs_by_itself(void **state) {
    (void)state;
    struct span held, owing, young, plain;
    node_begin(19);
    fill(&held, &owing, &young, &plain);
    world->now_ms += MS_PER_DAY; // a run speaks of days that are over
    assert_int_equal(due_under().len, 0);
    struct span other = stand("[{\"name\":\"eu/nis2 incident * 29 days last_filing\"}]", true); // no rule of law is that
    assert_int_equal(due_under().len, 0);
    struct span waits = stand("[{\"name\":\"" RULE_INCIDENT "\"}]", false);
    assert_int_equal(due_under().len, 0); // not before the second person
    begin_run(waits);
    assert_int_equal(newest_batch(0).len, 0);
    struct span standing = stand("[{\"name\":\"" RULE_INCIDENT "\"}]", true);
    assert_true(span_equals(due_under(), standing));
    begin_run(standing);
    struct span run = newest_batch(0);
    assert_true(span_is(stage(run), "approved") && span_equals(newest_batch(6), standing));
    begin_run(standing); // one at a time
    assert_true(span_equals(newest_batch(0), run));
    (void)carry_out(2);
    assert_true(span_is(stage(run), "done"));
    assert_int_equal(number(STMT_ERASURE_BATCH_GET, run, 1), NOTIFICATIONS * 2);
    assert_int_equal(keys_of(plain), 0);
    assert_true(keys_of(held) > 0 && keys_of(owing) > 0 && keys_of(young) > 0);
    assert_string_equal(arena_text(&arena, report_of(run)),
                        "[{\"count\":25,\"document\":\"answer\",\"procedure\":\"incident\",\"rule\":\"" RULE_INCIDENT "\"},"
                        "{\"count\":25,\"document\":\"voluntary_notification\",\"procedure\":\"incident\",\"rule\":\"" RULE_INCIDENT "\"}]");
    assert_int_equal(due_under().len, 0);
    assert_true(other.len > 0);
    sound(derived_wrong(world, conn, file, &why));
    node_end();
}

static void a_revoked_standing_order_ends_its_run(void **state) {
    (void)state;
    struct span held, owing, young, plain;
    struct schedule_step step;
    node_begin(23);
    fill(&held, &owing, &young, &plain);
    world->now_ms += MS_PER_DAY;
    struct span standing = stand("[{\"name\":\"" RULE_INCIDENT "\"}]", true);
    begin_run(standing);
    struct span run = newest_batch(0);
    must(schedule_look(&world->services, conn, -1, world->now_ms, &arena, &step, &why));
    assert_int_equal(step.count, SCHEDULE_TARGETS);
    (void)file_as(FILER_CA, "erasure_standing", "standing_revocation", standing, "ca", SPAN("{\"reason\":\"Not any more.\"}"), NULL);
    must(store_begin(conn, &why));
    must(schedule_do(&world->services, conn, &edge, &step, world->now_ms, &arena, &why)); // was looked up before
    must(store_commit(conn, &why));
    (void)carry_out(0);
    assert_true(span_is(stage(run), "done"));
    assert_int_equal(number(STMT_ERASURE_BATCH_GET, run, 1), 0);
    assert_true(keys_of(plain) > 0);
    assert_int_equal(due_under().len, 0);
    node_end();
}

static struct span leaver(const char *id, int64_t left_ms, bool is_shut_out) {
    struct value person[] = {value_text(span_of(id)), value_text(arena_printf(&arena, "%s@left.example", id)), value_text(SPAN("Somebody")), value_text(SPAN("en")),
                             value_text(arena_printf(&arena, "pseudonym of %s", id)), value_int(0), value_int(left_ms), value_null()};
    struct value shut[] = {value_text(span_of(id)), value_int(is_shut_out), value_int(left_ms)};
    must(store_begin(conn, &why));
    must(store_write(conn, STMT_ACCESS_PERSON_ADD, person, sizeof person / sizeof *person, NULL, &why));
    must(store_write(conn, STMT_ACCESS_PERSON_SET_DISABLED, shut, 3, NULL, &why));
    must(store_commit(conn, &why));
    return span_of(id);
}

static struct span login_of(struct span id) {
    struct value param = value_text(id);
    struct rows rows;
    must(store_read(conn, STMT_ACCESS_PERSON_GET, &param, 1, &arena, &rows, &why));
    assert_int_equal(rows.count, 1);
    return rows_span(&rows, 0, 1);
}

// Whose period is over, and nobody else: who left lately, who is still there, who is only shut out and has her role still.
static void accounts_of_leavers_go_with_it(void **state) {
    (void)state;
    node_begin(29);
    int64_t now = world->now_ms;
    struct span gone = leaver("P00000000000000GN", now, true), here = leaver("P00000000000000HR", now, false), shut = leaver("P00000000000000SH", now, true);
    struct value role[] = {value_text(SPAN("R1")), value_text(shut), value_text(SPAN("csirt")), value_int(ROLE_OFFICER), value_text(SPAN("")), value_int(now), value_text(SPAN("P1"))};
    must(store_begin(conn, &why));
    must(store_write(conn, STMT_ACCESS_ROLE_ADD, role, sizeof role / sizeof *role, NULL, &why));
    must(store_commit(conn, &why));
    world->now_ms += 30 * MS_PER_DAY;
    struct span late = leaver("P00000000000000LT", world->now_ms, true);
    struct span standing = stand("[{\"name\":\"" RULE_ACCOUNT "\"}]", true);
    assert_int_equal(due_under().len, 0);
    world->now_ms += 32 * MS_PER_DAY;
    assert_true(span_equals(due_under(), standing));
    begin_run(standing);
    (void)carry_out(1);
    assert_true(span_is(stage(newest_batch(0)), "done"));
    assert_true(span_starts_with(login_of(gone), SPAN("erased ")));
    assert_string_equal(arena_text(&arena, report_of(newest_batch(0))),
                        "[{\"count\":1,\"document\":\"left\",\"procedure\":\"account\",\"rule\":\"" RULE_ACCOUNT "\"}]");
    assert_int_equal(due_under().len, 0);
    world->now_ms += (int64_t)300 * MS_PER_DAY;
    begin_run(standing);
    (void)carry_out(0);
    assert_true(span_starts_with(login_of(late), SPAN("erased ")));
    assert_true(!span_starts_with(login_of(here), SPAN("erased ")) && !span_starts_with(login_of(shut), SPAN("erased ")));
    node_end();
}

static void nobody_approves_her_own_order(void **state) {
    (void)state;
    struct deed deed = {.filer = FILER_CSIRT};
    struct span filing;
    node_begin(17);
    struct span id = file_as(FILER_CSIRT, "erasure_order", "order", SPAN(""), "csirt",
                             arena_printf(&arena, "{\"through\":\"%.*s\",\"reason\":\"Due.\"}", SPAN_FMT(today())), &filing);
    deed_of(&deed, "erasure_order", "approval", arena_text(&arena, id), "", arena_printf(&arena, "{\"order\":\"%.*s\"}", SPAN_FMT(filing)));
    must(deed_finish(world, &deed, &arena, &why));
    struct err e = filing_decide(&world->services, conn, &deed.principal, &deed.request, world->now_ms, &arena, &deed.plan, &why);
    assert_int_equal(e.code, ERR_DENIED);
    assert_true(span_is(stage(id), "ordered"));
    node_end();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_what_is_due_is_erased),
        cmocka_unit_test(a_hold_that_ends_lets_go),
        cmocka_unit_test(a_stop_counts_at_once),
        cmocka_unit_test(accounts_of_leavers_go_with_it),
        cmocka_unit_test(a_revoked_standing_order_ends_its_run),
        cmocka_unit_test(a_standing_order_runs_by_itself),
        cmocka_unit_test(nobody_approves_her_own_order),
    };
    return cmocka_run_group_tests(tests, setup_law, teardown);
}
