// SPDX-License-Identifier: EUPL-1.2
/* When an obligation that recurs by the calendar is due next: month ends, leap years, the grid of the law, counting from the last, nodes
 * that were down or are new; what a state changes; what the packs may not say. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "law/obligation.h"
#include "law/pack.h"

#define FILE_OF(PATH, TEXT) {PATH, (const unsigned char *)("" TEXT), sizeof(TEXT) - 1, false}
#define EU_PACK FILE_OF("eu/a/pack.yaml", "id: eu/a\ntitle: A\nversion: '1'\nfrom: 2024-10-18\n")
#define BE_PACK FILE_OF("national/be/pack.yaml", "id: national/be\ntitle: BE\nversion: '1'\n")

static struct arena arena;
static struct why why;
static int setup(void **state) {
    (void)state;
    arena_init(&arena, (size_t)128 * 1024 * 1024);
    why = (struct why){0};
    return 0;
}
static int teardown(void **state) {
    (void)state;
    arena_fini(&arena);
    return 0;
}

static struct civil day(const char *text) {
    struct civil out;
    assert_true(civil_parse(span_of(text), &out));
    return out;
}

static void due(const struct obligation *o, const char *past_due, const char *done, const char *from, const char *today, const char *wanted, const char *opens) {
    struct obligation_past past = {.is_there = past_due != NULL, .is_done = done != NULL};
    struct obligation_next next;
    if (past_due != NULL) past.due = day(past_due);
    if (done != NULL) past.done = day(done);
    bool is_next = obligation_next(o, &past, day(from), day(today), &next);
    assert_int_equal(is_next, wanted != NULL);
    if (!is_next) return;
    assert_string_equal(arena_text(&arena, civil_text(&arena, next.due)), wanted);
    assert_string_equal(arena_text(&arena, civil_text(&arena, next.opens)), opens);
}

static void on_the_grid(void **state) {
    (void)state;
    const struct obligation two_years = {.has_first = true, .first = day("2025-04-17"), .months = 24, .lead_months = 6};
    due(&two_years, NULL, NULL, "2024-01-01", "2024-01-01", "2025-04-17", "2024-10-17");
    due(&two_years, NULL, NULL, "2025-04-17", "2025-04-17", "2025-04-17", "2024-10-17"); // the node's first day is the due day
    due(&two_years, NULL, NULL, "2025-04-18", "2025-04-18", "2027-04-17", "2026-10-17"); // what was due before it is not opened
    due(&two_years, "2027-04-17", NULL, "2025-04-18", "2027-04-18", "2029-04-17", "2028-10-17"); // late or not, the next is on its day
    due(&two_years, "2027-04-17", "2029-01-01", "2025-04-18", "2029-01-01", "2029-04-17", "2028-10-17");
    due(&two_years, "2027-04-17", NULL, "2025-04-18", "2035-01-01", "2029-04-17", "2028-10-17"); // down for years: each, one after the other
    const struct obligation cyclone = {.has_first = true, .first = day("2024-07-17"), .months = 18};
    due(&cyclone, "2024-07-17", NULL, "2024-01-01", "2024-08-01", "2026-01-17", "2024-07-18"); // C34: 17 January 2026
    due(&cyclone, "2026-01-17", NULL, "2024-01-01", "2026-08-01", "2027-07-17", "2026-01-18"); // and then 17 July 2027
    due(&cyclone, "2027-07-17", NULL, "2024-01-01", "2027-08-01", "2029-01-17", "2027-07-18");
}

static void month_ends(void **state) {
    (void)state;
    const struct obligation quarter = {.has_first = true, .first = day("2024-12-31"), .months = 3};
    due(&quarter, "2024-12-31", NULL, "2024-01-01", "2025-01-01", "2025-03-31", "2025-01-01");
    due(&quarter, "2025-03-31", NULL, "2024-01-01", "2025-04-01", "2025-06-30", "2025-03-31");
    due(&quarter, "2025-06-30", NULL, "2024-01-01", "2025-07-01", "2025-09-30", "2025-07-01");
    due(&quarter, "2025-09-30", NULL, "2024-01-01", "2025-10-01", "2025-12-31", "2025-10-01"); // the 31st again: counted from the first day
    const struct obligation leap = {.has_first = true, .first = day("2024-02-29"), .months = 12};
    due(&leap, "2024-02-29", NULL, "2024-01-01", "2024-03-01", "2025-02-28", "2024-02-29");
    due(&leap, "2027-02-28", NULL, "2024-01-01", "2027-03-01", "2028-02-29", "2027-03-01");
    const struct obligation summary = {.has_first = true, .first = day("2025-01-31"), .months = 3, .lead_months = 1};
    due(&summary, "2025-01-31", NULL, "2024-01-01", "2025-02-01", "2025-04-30", "2025-03-30");
}

static void from_the_last(void **state) {
    (void)state;
    const struct obligation review = {.has_first = true, .first = day("2025-04-17"), .months = 24, .lead_months = 6, .counts_from_last = true};
    due(&review, NULL, NULL, "2026-11-22", "2026-11-22", "2027-04-17", "2026-10-17");
    due(&review, "2027-04-17", NULL, "2026-11-22", "2029-01-01", NULL, NULL); // not done: the one is still owed, there is no other
    due(&review, "2027-04-17", "2027-01-31", "2026-11-22", "2027-02-01", "2029-01-31", "2028-07-31"); // done early: at most two years from then
    due(&review, "2027-04-17", "2028-02-29", "2026-11-22", "2028-03-01", "2030-02-28", "2029-08-28");
}

static void once_and_missed(void **state) {
    (void)state;
    const struct obligation once = {.has_first = true, .first = day("2028-01-16"), .lead_months = 9};
    due(&once, NULL, NULL, "2026-01-01", "2026-01-01", "2028-01-16", "2027-04-16");
    due(&once, "2028-01-16", NULL, "2026-01-01", "2030-01-01", NULL, NULL);
    due(&once, NULL, NULL, "2028-01-17", "2028-01-17", NULL, NULL);
    const struct obligation check = {.has_first = true, .first = day("2024-12-31"), .months = 3, .skips_missed = true};
    due(&check, "2025-03-31", NULL, "2025-01-01", "2026-11-22", "2026-12-31", "2026-10-01"); // what was missed can't be done any more
    due(&check, "2026-12-31", NULL, "2025-01-01", "2026-11-22", "2027-03-31", "2027-01-01");
    const struct obligation none = {.months = 12};
    due(&none, NULL, NULL, "2025-01-01", "2026-11-22", NULL, NULL);
}

// Every occurrence comes once, in order, whatever day one looks on.
static void each_once(void **state) {
    (void)state;
    const struct obligation o = {.has_first = true, .first = day("2024-01-31"), .months = 1};
    struct obligation_past past = {0};
    struct obligation_next next;
    int32_t year = 2024, month = 1;
    for (int i = 0; i < 600; i++) {
        assert_true(obligation_next(&o, &past, o.first, day("2024-01-01"), &next));
        assert_int_equal(next.due.year, year);
        assert_int_equal(next.due.month, month);
        assert_int_equal(civil_from_days(civil_to_days(next.due) + 1).day, 1); // the last day of each month
        past = (struct obligation_past){.is_there = true, .due = next.due};
        month = month % 12 + 1;
        year += month == 1;
    }
}

#define ROWS "obligations:\n- {obligation: A, article: 'A 1', node: state, owner: ca, first: 2025-01-01, every_months: 12}\n" \
             "- {obligation: B, article: 'A 2', node: union, owner: enisa, first: 2025-01-01}\n"

static void a_state_changes_them(void **state) {
    (void)state;
    const struct embedded_file files[] = {
        EU_PACK, FILE_OF("eu/a/obligations.yaml", ROWS), BE_PACK,
        FILE_OF("national/be/obligations.yaml", "off: [B]\nobligations:\n- {obligation: A, article: 'B 1', node: state, owner: spoc, first: 2025-01-01, every_months: 6}\n"
                                                "- {obligation: C, article: 'B 2', node: state, body: yes, first: 2026-01-01, from: 2026-06-01}\n")};
    struct law *law;
    const struct obligation *rows;
    assert_false(is_err(law_load(&arena, files, 4, &law, &why)));
    assert_int_equal(obligations_of(law, SPAN("FR"), &rows), 2);
    assert_int_equal(rows[0].months, 12);
    assert_int_equal(obligations_of(law, SPAN("BE"), &rows), 2);
    assert_true(rows[0].months == 6 && span_is(rows[0].owners[0], "spoc"));
    assert_true(rows[1].is_outside && !obligation_is_of(&rows[1], SPAN("BE"), day("2026-05-31")) && obligation_is_of(&rows[1], SPAN("BE"), day("2026-06-01")));
    assert_true(obligation_is_told(&rows[1]) && !obligation_is_told(&rows[0]));
    assert_true(obligation_is_of(obligation_find(law, SPAN("EU"), SPAN("B")), SPAN("EU"), day("2026-01-01")));
    assert_false(obligation_is_of(obligation_find(law, SPAN("EU"), SPAN("B")), SPAN("FR"), day("2026-01-01")));
    assert_null(obligation_find(law, SPAN("BE"), SPAN("B")));
}

// What a body outside owes is told; an office that watches it has it opened.
static void watched(void **state) {
    (void)state;
    const struct embedded_file files[] = {
        EU_PACK, FILE_OF("eu/a/obligations.yaml", "obligations:\n- {obligation: A, article: x, node: state, body: yes, first: 2026-07-17}\n"
                                                  "- {obligation: B, article: x, node: state, body: yes, watched_by: [ca, spoc], first: 2026-07-17, every_months: 48}\n")};
    struct law *law;
    assert_false(is_err(law_load(&arena, files, 2, &law, &why)));
    const struct obligation *told = obligation_find(law, SPAN("BE"), SPAN("A")), *watched = obligation_find(law, SPAN("BE"), SPAN("B"));
    assert_true(told->is_outside && obligation_is_told(told));
    assert_true(watched->is_outside && !obligation_is_told(watched) && watched->owner_count == 0 && watched->watcher_count == 2);
    assert_true(span_is(watched->watchers[0], "ca") && span_is(watched->watchers[1], "spoc"));
}

static struct json json_of(const char *text) {
    struct json out;
    assert_false(is_err(json_parse(&arena, span_of(text), &out, &why)));
    return out;
}

// One document may fulfil several obligations: which one, the case says.
static void fulfilled_by(void **state) {
    (void)state;
    const struct embedded_file files[] = {
        EU_PACK, FILE_OF("eu/a/obligations.yaml", "obligations:\n- {obligation: A, article: x, node: state, owner: ca, first: 2025-01-01, "
                                                  "done_by: [p.any, {document: p.d, when: {case: subject, is: one}}, {document: p.d, when: {flag: f}}]}\n")};
    struct law *law;
    assert_false(is_err(law_load(&arena, files, 2, &law, &why)));
    const struct obligation *o = obligation_find(law, SPAN("BE"), SPAN("A"));
    assert_int_equal(o->done_count, 3);
    assert_true(span_is(o->done_by[0].procedure, "p") && span_is(o->done_by[0].document, "any") && span_is(o->done_by[1].document, "d"));
    const struct json none = json_of("{}"), one = json_of("{\"facts\":{\"subject\":\"one\"}}"), two = json_of("{\"facts\":{\"subject\":\"two\"},\"flags\":{\"f\":true}}");
    assert_true(obligation_is_done(&o->done_by[0], &none));
    assert_true(obligation_is_done(&o->done_by[1], &one) && !obligation_is_done(&o->done_by[1], &two) && !obligation_is_done(&o->done_by[1], &none));
    assert_true(obligation_is_done(&o->done_by[2], &two) && !obligation_is_done(&o->done_by[2], &one));
}

static void refused(void **state) {
    (void)state;
    static const char *const BAD[] = {
        "obligations:\n- {obligation: A, node: state, owner: ca, first: 2025-01-01}\n",
        "obligations:\n- {obligation: A, article: x, node: here, owner: ca, first: 2025-01-01}\n",
        "obligations:\n- {obligation: A, article: x, node: state, first: 2025-01-01}\n",
        "obligations:\n- {obligation: A, article: x, node: state, owner: ca, body: yes, first: 2025-01-01}\n",
        "obligations:\n- {obligation: A, article: x, node: state, owner: ca, watched_by: spoc, first: 2025-01-01}\n",
        "obligations:\n- {obligation: A, article: x, node: state, body: yes, watched_by: spoc, in_case: p.d}\n",
        "obligations:\n- {obligation: A, article: x, node: state, owner: ca}\n",
        "obligations:\n- {obligation: A, article: x, node: state, owner: ca, first: 2025-02-29}\n",
        "obligations:\n- {obligation: A, article: x, node: state, owner: ca, first: 2025-01-01, every_months: -1}\n",
        "obligations:\n- {obligation: A, article: x, node: state, owner: ca, first: 2025-01-01, counts: never}\n",
        "obligations:\n- {obligation: A, article: x, node: state, owner: entities, first: 2025-01-01}\n",
        "obligations:\n- {obligation: A, article: x, node: state, owner: ca, in_case: p}\n",
        "obligations:\n- {obligation: A, article: x, node: state, owner: ca, in_case: p.d, first: 2025-01-01}\n",
        "obligations:\n- {obligation: A, article: x, node: state, owner: ca, first: 2025-01-01, whim: 1}\n",
        "obligations:\n- {obligation: A, article: x, node: state, owner: ca, first: 2025-01-01, done_by: [d]}\n",
        "obligations:\n- {obligation: A, article: x, node: state, owner: ca, first: 2025-01-01, done_by: p.d}\n",
        "obligations:\n- {obligation: A, article: x, node: state, owner: ca, first: 2025-01-01, done_by: [{document: p.d, if: {flag: f}}]}\n",
        "obligations:\n- {obligation: A, article: x, node: state, owner: ca, first: 2025-01-01, done_by: [{document: p.d, when: {whim: f}}]}\n",
        "off: [A]\n", "obligations: 3\n"};
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        const struct embedded_file files[] = {EU_PACK, {"eu/a/obligations.yaml", (const unsigned char *)BAD[i], strlen(BAD[i]), false}};
        struct law *law;
        why = (struct why){0};
        if (!is_err(law_load(&arena, files, 2, &law, &why))) fail_msg("not refused: %s", BAD[i]);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(on_the_grid, setup, teardown), cmocka_unit_test_setup_teardown(month_ends, setup, teardown),
        cmocka_unit_test_setup_teardown(from_the_last, setup, teardown), cmocka_unit_test_setup_teardown(once_and_missed, setup, teardown),
        cmocka_unit_test_setup_teardown(each_once, setup, teardown), cmocka_unit_test_setup_teardown(a_state_changes_them, setup, teardown),
        cmocka_unit_test_setup_teardown(watched, setup, teardown), cmocka_unit_test_setup_teardown(fulfilled_by, setup, teardown),
        cmocka_unit_test_setup_teardown(refused, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
