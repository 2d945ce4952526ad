// SPDX-License-Identifier: EUPL-1.2
/*
 * Which cases a period holds, to the second and in the state's own time; that figures frozen by a filing stay while the case moves
 * on; that a rebuild gives the same; that what was released of a quarter binds the year.
 */
#include "filing_stand.h"
#include "service/figures.h"

static int setup_here(void **state) {
    (void)file_many; // of the stand, not needed here
    (void)seeds;
    (void)seed_first;
    (void)file_it;
    return setup(state);
}

static struct span file_at(const char *at, unsigned filer, const char *procedure, const char *document, struct span case_id, const char *as, struct span fields,
                           struct span *ret_filing) {
    struct deed deed = {.filer = filer};
    struct stamp stamp;
    must(stamp_parse(span_of(at), NULL, "", &stamp, &why));
    world->now_ms = stamp.ms + 40; // deeds are received 40 ms before
    deed_of(&deed, procedure, document, arena_text(&arena, case_id), "", fields);
    deed.request.as = span_of(as);
    must(deed_finish(world, &deed, &arena, &why));
    must(filing_decide(&world->services, conn, &deed.principal, &deed.request, world->now_ms, &arena, &deed.plan, &why));
    if (!deed.plan.decision.is_accepted) fail_msg("%s: %.*s", document, SPAN_FMT(deed.plan.decision.faults[0].words));
    must(store_begin(conn, &why));
    must(filing_write(&world->services, conn, &edge, &deed.plan, world->now_ms, &arena, &deed.seq, &why));
    must(store_commit(conn, &why));
    if (ret_filing != NULL) *ret_filing = deed.plan.filing_id;
    return deed.plan.case_id;
}

static struct span voluntary(const char *at, const char *kind) {
    return file_at(at, 0, "incident", "voluntary_notification", SPAN(""), "anyone",
                   arena_printf(&arena, "{\"kind\":\"%s\",\"summary\":\"It happened.\"}", kind), NULL);
}

static struct figures count_of(const char *name, const char *text) {
    const struct statistic *statistic = law_statistic(world->services.law, span_of(name));
    struct period period;
    struct figures figures;
    assert_non_null(statistic);
    must(period_read(statistic->period, span_of(text), world->services.zone, &arena, &period, &why));
    must(figures_count(&world->services, conn, statistic, &period, world->now_ms, &arena, &figures, &why));
    return figures;
}

static int64_t value_at(const struct figures *figures, const char *dimension, const char *value) {
    struct figure_cell like = {0};
    for (size_t d = 0; dimension != NULL && d < figures->statistic->population->dimension_count; d++)
        if (span_is(figures->statistic->population->dimensions[d].name, dimension)) like.at[d] = span_of(value);
    const struct figure_cell *cell = figure_find(figures, &like);
    return cell == NULL ? 0 : cell->values[0];
}

// Brussels is at +02:00 in September: the quarter ends at 22:00 UTC.
static void a_period_ends_in_local_time(void **state) {
    (void)state;
    node_begin(3);
    (void)voluntary("2026-06-30T21:59:59Z", "near_miss"); // second quarter
    (void)voluntary("2026-06-30T22:00:00Z", "near_miss"); // third
    (void)voluntary("2026-09-30T21:59:59Z", "threat");    // third
    (void)voluntary("2026-09-30T22:00:00Z", "threat");    // fourth
    struct figures q2 = count_of("quarterly_summary", "2026-Q2"), q3 = count_of("quarterly_summary", "2026-Q3");
    struct figures q4 = count_of("quarterly_summary", "2026-Q4"), year = count_of("annual_statistics", "2026");
    assert_int_equal(value_at(&q2, NULL, NULL), 1);
    assert_int_equal(value_at(&q3, NULL, NULL), 2);
    assert_int_equal(value_at(&q3, "notification", "near_miss"), 1);
    assert_int_equal(value_at(&q3, "notification", "cyber_threat"), 1);
    assert_int_equal(value_at(&q4, NULL, NULL), 1);
    assert_int_equal(value_at(&year, NULL, NULL), 4);
    node_end();
}

static void what_is_withdrawn_does_not_count(void **state) {
    (void)state;
    node_begin(4);
    struct span id = voluntary("2026-08-01T10:00:00Z", "near_miss");
    (void)voluntary("2026-08-01T11:00:00Z", "near_miss");
    (void)file_at("2026-11-01T10:00:00Z", FILER_CSIRT, "incident", "withdrawal", id, "csirt", SPAN("{\"reason\":\"A test.\"}"), NULL);
    struct figures q3 = count_of("quarterly_summary", "2026-Q3"), q4 = count_of("quarterly_summary", "2026-Q4");
    assert_int_equal(value_at(&q3, NULL, NULL), 1); // though the withdrawal came later
    assert_int_equal(value_at(&q4, NULL, NULL), 0); // and the later filing moves nothing
    node_end();
}

static void what_is_held_does_not_count(void **state) {
    (void)state;
    node_begin(4);
    struct span id = voluntary("2026-08-01T10:00:00Z", "near_miss");
    (void)voluntary("2026-08-01T11:00:00Z", "near_miss");
    (void)file_at("2026-11-01T10:00:00Z", FILER_CSIRT, "incident", "hold", id, "csirt",
                  SPAN("{\"ground\":\"national_security\",\"reason\":\"A test.\",\"until\":\"2026-12-01T00:00:00Z\"}"), NULL);
    struct figures q3 = count_of("quarterly_summary", "2026-Q3");
    assert_int_equal(value_at(&q3, NULL, NULL), 1); // while it is held
    world->now_ms += 60 * MS_PER_DAY;
    q3 = count_of("quarterly_summary", "2026-Q3");
    assert_int_equal(value_at(&q3, NULL, NULL), 2); // and again when the hold has run out
    node_end();
}

static void what_was_frozen_stays(void **state) {
    (void)state;
    struct span filing;
    struct rows rows;
    struct json content;
    struct figures frozen;
    node_begin(5);
    struct span first = voluntary("2026-08-01T10:00:00Z", "near_miss");
    for (unsigned i = 0; i < 9; i++) (void)voluntary("2026-08-02T10:00:00Z", i < 7 ? "threat" : "near_miss");
    struct span id = file_at("2026-10-05T10:00:00Z", FILER_CSIRT, "summary", "preparation", SPAN(""), "csirt",
                             SPAN("{\"statistic\":\"quarterly_summary\",\"day\":\"2026-08-15\"}"), &filing);
    (void)file_at("2026-10-06T10:00:00Z", FILER_CA, "summary", "review", id, "ca",
                  arena_printf(&arena, "{\"figures\":\"%.*s\",\"verdict\":\"approved\"}", SPAN_FMT(filing)), NULL);
    (void)file_at("2026-10-08T10:00:00Z", FILER_CSIRT, "summary", "publication", id, "csirt", SPAN("{}"), NULL);
    (void)file_at("2026-10-09T10:00:00Z", FILER_CSIRT, "incident", "withdrawal", first, "csirt", SPAN("{\"reason\":\"A test.\"}"), NULL);
    struct value param = value_text(id);
    must(store_read(conn, STMT_FIGURE_RELEASE_OF_CASE, &param, 1, &arena, &rows, &why));
    assert_true(span_is(rows_span(&rows, 0, 2), "public"));
    must(json_parse(&arena, rows_span(&rows, 0, 3), &content, &why));
    must(figures_thaw(&world->services, &content, &arena, &frozen, &why));
    assert_int_equal(value_at(&frozen, NULL, NULL), 10);
    assert_true(frozen.is_safe && frozen.primary > 0);
    struct figures now = count_of("quarterly_summary", "2026-Q3");
    assert_int_equal(value_at(&now, NULL, NULL), 9);
    // the same quarter once more: where the change is small, it must not show beside what was published
    must(figures_protect(&world->services, conn, &now, SPAN(""), &arena, &why));
    const struct figure_cell *total = figure_find(&now, &(struct figure_cell){0});
    const struct figure_cell *old = figure_find(&frozen, &(struct figure_cell){0});
    assert_true(old->reasons[0] != 0 || total->reasons[0] != 0);
    // the year is bound by the quarter that was published
    struct figures year = count_of("annual_statistics", "2026");
    must(figures_protect(&world->services, conn, &year, SPAN(""), &arena, &why));
    assert_true(year.primary > 0);
    sound(derived_wrong(world, conn, file, &why));
    node_end();
}

static void periods_are_read_strictly(void **state) {
    (void)state;
    static const struct { enum period_kind kind; const char *text; bool is_good; } TRIED[] = {
        {PERIOD_QUARTER, "2026-Q1", true}, {PERIOD_QUARTER, "2026-Q4", true},  {PERIOD_QUARTER, "2026-Q5", false}, {PERIOD_QUARTER, "2026-Q0", false},
        {PERIOD_QUARTER, "2026", false},   {PERIOD_QUARTER, "2026-q1", false}, {PERIOD_HALF, "2026-H2", true},     {PERIOD_HALF, "2026-H3", false},
        {PERIOD_YEAR, "2026", true},       {PERIOD_YEAR, "02026", false},      {PERIOD_YEAR, "1969", false},       {PERIOD_DAY, "2026-02-29", false},
        {PERIOD_DAY, "2028-02-29", true},  {PERIOD_DAY, "", false},            {PERIOD_QUARTER, "", false},
    };
    for (size_t i = 0; i < sizeof TRIED / sizeof TRIED[0]; i++) {
        struct period period;
        struct why own = {0};
        struct err e = period_read(TRIED[i].kind, span_of(TRIED[i].text), world->services.zone, &arena, &period, &own);
        if (is_err(e) == TRIED[i].is_good) fail_msg("%s", TRIED[i].text);
    }
    struct period q1, before;
    must(period_read(PERIOD_QUARTER, SPAN("2026-Q1"), world->services.zone, &arena, &q1, &why));
    must(period_before(PERIOD_QUARTER, &q1, world->services.zone, &arena, &before, &why));
    assert_true(span_is(before.name, "2025-Q4") && before.to_ms == q1.from_ms);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_period_ends_in_local_time),
        cmocka_unit_test(what_is_withdrawn_does_not_count),
        cmocka_unit_test(what_is_held_does_not_count),
        cmocka_unit_test(what_was_frozen_stays),
        cmocka_unit_test(periods_are_read_strictly),
    };
    return cmocka_run_group_tests(tests, setup_here, teardown);
}
