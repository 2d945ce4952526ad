// SPDX-License-Identifier: EUPL-1.2
/*
 * Orders to erase on schedule: what is due and nothing else, not what is held or still owes something; the same when the node dies between
 * two steps; a stop counts at once; a rebuild gives the same tables.
 */
#include "filing_stand.h"
#include "service/schedule.h"

enum { NOTIFICATIONS = 25, DAYS = 100 };

static struct embedded_file files[4096];
static const char RETENTION[] = "rules:\n"
                                "  - {procedure: incident, document: \"*\", keep: {days: 30}, counted_from: last_filing, article: \"Test 1\", certainty: mem}\n"
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
    struct value param = value_text(id);
    struct rows rows;
    must(store_read(conn, statement, &param, 1, &arena, &rows, &why));
    assert_int_equal(rows.count, 1);
    return rows_int(&rows, 0, column);
}

static struct span stage(struct span id) {
    struct value param = value_text(id);
    struct rows rows;
    must(store_read(conn, STMT_ERASURE_BATCH_GET, &param, 1, &arena, &rows, &why));
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
        cmocka_unit_test(nobody_approves_her_own_order),
    };
    return cmocka_run_group_tests(tests, setup_law, teardown);
}
