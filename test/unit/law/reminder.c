// SPDX-License-Identifier: EUPL-1.2
/* When whoever owes something is reminded: before what filers see, after the latest lawful reading; and what a state changes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "law/check.h"
#include "law/pack.h"
#include "law/reminder.h"
#include "law_under_test.h"

#define FILE_OF(PATH, TEXT) {PATH, (const unsigned char *)("" TEXT), sizeof(TEXT) - 1, false}
#define EU_PACK FILE_OF("eu/a/pack.yaml", "id: eu/a\ntitle: A\nversion: '1'\nfrom: 2024-10-18\n")
#define BE_PACK FILE_OF("national/be/pack.yaml", "id: national/be\ntitle: BE\nversion: '1'\n")
#define EU_ROWS "reminders:\n- {reminder: day, before: '24 h', article: 'A 1'}\n- {reminder: hour, before: '1 h', article: 'A 1', owed_by: [entity]}\n" \
                "- {reminder: later, after: '2 h', article: 'A 1', duties: [report]}\n"
enum { HOUR = 3600 * 1000 };
#define DAY ((int64_t)24 * HOUR)
static const struct civil AT = {2026, 11, 22};

static struct arena arena;
static struct why why;
static int setup(void **state) {
    (void)state;
    arena_init(&arena, (size_t)256 * 1024 * 1024);
    why = (struct why){0};
    return 0;
}
static int teardown(void **state) {
    (void)state;
    arena_fini(&arena);
    return 0;
}

static struct law *load(const struct embedded_file *files, size_t count) {
    struct law *law = NULL;
    if (is_err(law_load(&arena, files, count, &law, &why))) fail_msg("%s", why.words);
    return law;
}

static const struct reminder_duty REPORT = {.procedure = {(const uint8_t *)"p", 1}, .duty = {(const uint8_t *)"report", 6}, .owed_by = {(const uint8_t *)"entity", 6},
                                            .opened_ms = 0, .due_ms = 3 * DAY, .due_latest_ms = 4 * DAY};

static void moments(void **state) {
    (void)state;
    const struct embedded_file files[] = {EU_PACK, FILE_OF("eu/a/reminders.yaml", EU_ROWS)};
    struct reminder_moment got[REMINDERS_MAX];
    const struct law *law = load(files, 2);
    assert_int_equal(reminder_moments(law, SPAN("BE"), AT, &REPORT, got), 3);
    assert_true(span_is(got[0].reminder, "day") && got[0].when_ms == 2 * DAY && !got[0].is_after);
    assert_true(span_is(got[1].reminder, "hour") && got[1].when_ms == 3 * DAY - HOUR);
    assert_true(span_is(got[2].reminder, "later") && got[2].when_ms == 4 * DAY + 2 * HOUR && got[2].is_after); // after the latest reading
    struct reminder_duty other = REPORT;
    other.owed_by = SPAN("csirt");
    other.duty = SPAN("answer");
    assert_int_equal(reminder_moments(law, SPAN("BE"), AT, &other, got), 1);
    other.due_ms = INSTANT_NONE;
    assert_int_equal(reminder_moments(law, SPAN("BE"), AT, &other, got), 0); // without a number nobody is reminded
    struct reminder_duty late = REPORT;
    late.opened_ms = 2 * DAY + 1; // what lies before it was opened is none
    assert_int_equal(reminder_moments(law, SPAN("BE"), AT, &late, got), 2);
}

static void a_state_changes_them(void **state) {
    (void)state;
    const struct embedded_file files[] = {
        EU_PACK, FILE_OF("eu/a/reminders.yaml", EU_ROWS), BE_PACK,
        FILE_OF("national/be/reminders.yaml", "off: [hour]\nreminders:\n- {reminder: day, before: '2 d', article: 'B 1'}\n- {reminder: own, before: '3 h', article: 'B 1'}\n")};
    struct reminder_moment got[REMINDERS_MAX];
    const struct law *law = load(files, 4);
    assert_int_equal(reminder_moments(law, SPAN("BE"), AT, &REPORT, got), 3);
    assert_true(span_is(got[0].reminder, "day") && got[0].when_ms == DAY && span_is(got[1].reminder, "own"));
    assert_int_equal(reminder_moments(law, SPAN("FR"), AT, &REPORT, got), 3);
    assert_true(got[0].when_ms == 2 * DAY);
}

static void refused(void **state) {
    (void)state;
    static const char *const BAD[] = {"reminders:\n- {reminder: a, before: '1 h'}\n", "reminders:\n- {reminder: a, article: x}\n",
                                      "reminders:\n- {reminder: a, before: '1 h', after: '1 h', article: x}\n",
                                      "reminders:\n- {reminder: a, before: 'soon', article: x}\n", "off: [nothing]\n", "reminders:\n- {reminder: a, article: x, before: '1 h', at: noon}\n"};
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        const struct embedded_file files[] = {EU_PACK, {"eu/a/reminders.yaml", (const unsigned char *)BAD[i], strlen(BAD[i]), false}};
        struct law *law;
        why = (struct why){0};
        if (!is_err(law_load(&arena, files, 2, &law, &why))) fail_msg("taken: %s", BAD[i]);
        assert_non_null(strstr(why.words, "reminders.yaml:"));
    }
}

// Before and after each deadline, several: for the incident notification under the built-in law.
// The packs' own: what is owed in the procedure, or of that kind, is told in these hours before (below zero) and after it is due.
static void built_in(void **state) {
    (void)state;
    static const struct {
        const char *of, *procedure;
        int64_t hours[12];
        size_t count;
    } CASES[] = {
        {NULL, "incident", {-168, -24, -4, -1, 1, 24, 168}, 7},
        {NULL, "obligation", {-2160, -720, -168, -24, -4, -1, 1, 24, 168}, 9},
        {NULL, "union_obligation", {-2160, -720, -168, -24, -4, -1, 1, 24, 168}, 9},
        {"mandate", "", {-720, -168, 0}, 3},
        {"recall", "", {0, 24, 72, 168, 336}, 5},
    };
    struct law *law;
    assert_false(is_err(law_under_test(&arena, &law, &why)));
    for (size_t c = 0; c < sizeof CASES / sizeof CASES[0]; c++) {
        struct reminder_moment got[REMINDERS_MAX];
        struct reminder_duty duty = REPORT;
        duty.of = CASES[c].of == NULL ? span_make(NULL, 0) : span_of(CASES[c].of);
        duty.procedure = span_of(CASES[c].procedure);
        duty.due_ms = duty.due_latest_ms = 200 * DAY;
        size_t count = reminder_moments(law, SPAN("LU"), AT, &duty, got);
        assert_int_equal(count, CASES[c].count);
        for (size_t i = 0; i < count; i++) assert_int_equal((got[i].when_ms - 200 * DAY) / HOUR, CASES[c].hours[i]);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(moments, setup, teardown),
        cmocka_unit_test_setup_teardown(a_state_changes_them, setup, teardown),
        cmocka_unit_test_setup_teardown(refused, setup, teardown),
        cmocka_unit_test_setup_teardown(built_in, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
