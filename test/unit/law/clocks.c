// SPDX-License-Identifier: EUPL-1.2
/* Runs the cases of test/law/clocks.yaml and the tables of national_clocks.yaml and act_clocks.yaml; then what must hold of periods whatever the numbers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "law/clock.h"
#include "law/deadline.h"
#include "law/pack.h"
#include "os/zone.h"
#include "law_under_test.h"

static struct arena arena;
static struct law *law;
static struct yaml cases, tables[2];

static struct span file_read(const char *path) {
    FILE *in = fopen(path, "rb");
    assert_non_null(in);
    struct buf out;
    buf_init(&out, &arena, (size_t)4 * 1024 * 1024);
    char chunk[4096];
    for (size_t n; (n = fread(chunk, 1, sizeof chunk, in)) > 0;) buf_add(&out, span_make(chunk, n));
    fclose(in);
    return buf_span(&out);
}

static int setup(void **state) {
    (void)state;
    struct why why = {0};
    arena_init(&arena, (size_t)256 * 1024 * 1024);
    if (is_err(law_under_test(&arena, &law, &why))) {
        print_error("%s\n", why.words);
        return 1;
    }
    if (is_err(yaml_load(&arena, "clocks.yaml", file_read("test/law/clocks.yaml"), &cases, &why))) {
        print_error("%s\n", why.words);
        return 1;
    }
    static const char *const TABLES[] = {"test/law/national_clocks.yaml", "test/law/act_clocks.yaml"};
    for (size_t i = 0; i < 2; i++)
        if (is_err(yaml_load(&arena, TABLES[i], file_read(TABLES[i]), &tables[i], &why))) {
            print_error("%s\n", why.words);
            return 1;
        }
    return 0;
}
static int teardown(void **state) {
    (void)state;
    arena_fini(&arena);
    return 0;
}

static const struct zone *zone_of(struct span name) {
    static const struct zone *zones[64];
    static size_t count;
    if (name.len == 0) return NULL;
    for (size_t i = 0; i < count; i++)
        if (span_is(name, zones[i]->name)) return zones[i];
    struct why why = {0};
    if (is_err(zone_load(&arena, arena_text(&arena, name), &zones[count], &why))) fail_msg("%s", why.words);
    return zones[count++];
}

static int64_t instant(struct span text) {
    struct stamp stamp;
    struct why why = {0};
    if (is_err(stamp_parse(text, NULL, "", &stamp, &why))) fail_msg("%s", why.words);
    return stamp.ms;
}

// A mapping of the case as facts: instants in UTC, yes and no as booleans, the rest as text.
static struct json facts_of(struct json_tree *tree, const struct yaml *node) {
    struct json out = json_object();
    for (size_t i = 0; node != NULL && i < node->count; i++) {
        struct span text = node->pairs[i].value.text;
        struct json value = json_from_string(text);
        if (span_is(text, "yes") || span_is(text, "no")) value = json_from_bool(span_is(text, "yes"));
        else if (text.len > 10) value = json_tree_instant(tree, instant(text));
        (void)json_tree_add(tree, &out, node->pairs[i].name, value);
    }
    return out;
}

static struct json filings_of(struct json_tree *tree, const struct yaml *node) {
    struct json out = json_array();
    for (size_t i = 0; node != NULL && i < node->count; i++) {
        struct json filing = json_object();
        (void)json_tree_add(tree, &filing, SPAN("document"), json_from_string(node->pairs[i].name));
        (void)json_tree_add(tree, &filing, SPAN("received_at"), json_tree_instant(tree, instant(node->pairs[i].value.text)));
        (void)json_tree_add(tree, &filing, SPAN("status"), json_from_string(SPAN("filed")));
        (void)json_tree_push(tree, &out, filing);
    }
    return out;
}

static void expect_instant(struct span name, const struct yaml *expect, const char *member, int64_t found_ms, const struct zone *zone) {
    struct span text = yaml_get_text(expect, member);
    if (text.len == 0) return;
    if (instant(text) != found_ms)
        fail_msg("%.*s: %s is %.*s, expected %.*s", SPAN_FMT(name), member, SPAN_FMT(instant_text(&arena, found_ms)), SPAN_FMT(text));
    struct buf local;
    buf_init(&local, &arena, 64);
    buf_add_stamp(&local, found_ms, zone_offset_s(zone, found_ms));
    if (strcmp(member, "due_local") == 0 && !span_equals(text, buf_span(&local)))
        fail_msg("%.*s: %s is %.*s, expected %.*s", SPAN_FMT(name), member, SPAN_FMT(buf_span(&local)), SPAN_FMT(text));
}

// The clock NAME as a row of facts gives it; *ret_zone where its times are read.
static bool evaluate(const struct yaml *row, struct span clock_name, struct clock_result *ret, const struct zone **ret_zone) {
    struct json_tree tree = {.arena = &arena};
    const struct zone *zone = zone_of(yaml_get_text(row, "zone"));
    struct civil at = {.year = 2026, .month = 11, .day = 21};
    if (yaml_get(row, "law_at") != NULL) assert_true(civil_parse(yaml_get_text(row, "law_at"), &at));
    const struct clock_profile *profile = clock_profile_of(law, yaml_get_text(row, "state"), at);
    struct json case_facts = facts_of(&tree, yaml_get(row, "facts")), fields = facts_of(&tree, yaml_get(row, "fields"));
    struct json filings = filings_of(&tree, yaml_get(row, "filed"));
    struct facts facts = {.case_facts = &case_facts, .fields = &fields, .filings = &filings, .settings = profile->settings, .zone = zone};
    struct span received = yaml_get_text(row, "received_at");
    const struct clock *clock = clock_find(profile, clock_name, at);
    *ret = (struct clock_result){0};
    *ret_zone = zone;
    if (clock != NULL) *ret = clock_evaluate(clock, profile, at, &facts, received.len > 0 ? instant(received) : INSTANT_NONE);
    return clock != NULL && ret->applies;
}

static void run_clock(struct span name, const struct yaml *row) {
    const struct yaml *expect = yaml_get(row, "expect");
    const struct zone *zone;
    struct clock_result result;
    bool is_owed = evaluate(row, yaml_get_text(row, "clock"), &result, &zone);
    if (is_owed == span_is(yaml_get_text(expect, "owed"), "no")) fail_msg("%.*s: owed is %d", SPAN_FMT(name), is_owed);
    if (!is_owed) return;
    if (!result.is_known) fail_msg("%.*s: the due time is not known", SPAN_FMT(name));
    expect_instant(name, expect, "due", result.main.deadline.due_ms, zone);
    expect_instant(name, expect, "due_local", result.main.deadline.due_ms, zone);
    expect_instant(name, expect, "due_latest", result.due_latest_ms, zone);
    assert_true(result.due_latest_ms >= result.main.deadline.due_ms);
    struct span day = yaml_get_text(expect, "due_day"), found = civil_text(&arena, result.main.deadline.day);
    if (day.len > 0 && (!result.main.deadline.is_day || !span_equals(day, found)))
        fail_msg("%.*s: due day is %.*s, expected %.*s", SPAN_FMT(name), SPAN_FMT(found), SPAN_FMT(day));
    int64_t readings;
    if (span_to_int(yaml_get_text(expect, "readings"), &readings) && (size_t)readings != result.count)
        fail_msg("%.*s: %zu readings, expected %lld", SPAN_FMT(name), result.count, (long long)readings);
}

static void run_time(struct span name, const struct yaml *row, bool is_refused) {
    const struct yaml *time = yaml_get(row, is_refused ? "refused" : "accepted");
    struct stamp stamp;
    struct why why = {0};
    struct err e = stamp_parse(yaml_get_text(time, "time"), zone_of(yaml_get_text(row, "zone")), "", &stamp, &why);
    if (is_err(e) != is_refused) fail_msg("%.*s: refused is %d", SPAN_FMT(name), is_err(e));
    if (is_refused && !span_is(yaml_get_text(time, "rule"), why.rule)) fail_msg("%.*s: rule is %s", SPAN_FMT(name), why.rule);
    if (!is_refused) assert_int_equal(stamp.ms, instant(yaml_get_text(time, "at")));
}

static void run_skew(struct span name, const struct yaml *skew) {
    int64_t tolerance_s = 0, expected_s = 0, skew_ms = 0;
    assert_true(span_to_int(yaml_get_text(skew, "tolerance_s"), &tolerance_s));
    assert_true(span_to_int(yaml_get_text(skew, "skew_s"), &expected_s));
    int64_t judged = deadline_judged_ms(instant(yaml_get_text(skew, "sent_at")), instant(yaml_get_text(skew, "received_at")),
                                        tolerance_s * 1000, span_is(yaml_get_text(skew, "trusts_sender"), "yes"), &skew_ms);
    if (judged != instant(yaml_get_text(skew, "judged")) || skew_ms != expected_s * 1000)
        fail_msg("%.*s: judged by %.*s, skew %lld ms", SPAN_FMT(name), SPAN_FMT(instant_text(&arena, judged)), (long long)skew_ms);
}

static void cases_hold(void **state) {
    (void)state;
    const struct yaml *rows = yaml_get(&cases, "cases");
    assert_true(rows->count > 40);
    for (size_t i = 0; i < rows->count; i++) {
        const struct yaml *row = &rows->items[i];
        struct span name = yaml_get_text(row, "case");
        if (yaml_get(row, "clock") != NULL) run_clock(name, row);
        else if (yaml_get(row, "skew") != NULL) run_skew(name, yaml_get(row, "skew"));
        else run_time(name, row, yaml_get(row, "refused") != NULL);
    }
}

// --- the tables ---

// What one clock of a row gives, against the instant, the day, or `no`.
static void run_due(const struct yaml *row, struct span clock, struct span expected) {
    const struct zone *zone;
    struct clock_result result;
    bool is_owed = evaluate(row, clock, &result, &zone), is_due = !span_is(expected, "no");
    if (is_owed != is_due || (is_owed && !result.is_known))
        fail_msg("%s:%u: %.*s: owed is %d, known is %d", row->file, row->line, SPAN_FMT(clock), is_owed, result.is_known);
    if (!is_owed) return;
    const struct deadline *found = &result.main.deadline;
    bool is_same = expected.len == 10 ? found->is_day && span_equals(civil_text(&arena, found->day), expected) : found->due_ms == instant(expected);
    if (!is_same)
        fail_msg("%s:%u: %.*s: due %.*s (%.*s), expected %.*s", row->file, row->line, SPAN_FMT(clock), SPAN_FMT(instant_text(&arena, found->due_ms)),
                 SPAN_FMT(civil_text(&arena, found->day)), SPAN_FMT(expected));
    struct span latest = yaml_get_text(yaml_get(row, "latest"), arena_text(&arena, clock));
    // an hour may be added for a limit that ends within one (T2)
    if (latest.len > 0 && (result.due_latest_ms < instant(latest) || result.due_latest_ms >= instant(latest) + MS_PER_HOUR))
        fail_msg("%s:%u: %.*s: latest %.*s, expected %.*s", row->file, row->line, SPAN_FMT(clock), SPAN_FMT(instant_text(&arena, result.due_latest_ms)), SPAN_FMT(latest));
}

static void tables_hold(void **state) {
    (void)state;
    for (size_t t = 0; t < 2; t++) {
        const struct yaml *rows = yaml_get(&tables[t], "rows");
        assert_true(rows->count >= 30);
        for (size_t i = 0; i < rows->count; i++) {
            const struct yaml *due = yaml_get(&rows->items[i], "due");
            assert_non_null(due);
            for (size_t k = 0; k < due->count; k++) run_due(&rows->items[i], due->pairs[k].name, due->pairs[k].value.text);
        }
    }
}

// The first day of a pack, against the day, `unknown`, or `no` (nothing transposes the Directive).
static void assert_begins(const struct pack *pack, struct span expected) {
    assert_non_null(pack);
    struct span found = pack->has_from ? civil_text(&arena, pack->from) : SPAN("unknown");
    bool is_none = span_is(expected, "no");
    bool is_transposed = !span_starts_with(pack->id, SPAN("national/")) || span_is(yaml_get_text(pack->manifest, "transposed"), "yes");
    if (is_transposed == is_none || (!is_none && !span_equals(found, expected)))
        fail_msg("%.*s begins %.*s, expected %.*s", SPAN_FMT(pack->id), SPAN_FMT(found), SPAN_FMT(expected));
}

static void laws_begin_on_their_days(void **state) {
    (void)state;
    const struct yaml *begins = yaml_get(&tables[0], "begins"), *acts = yaml_get(&tables[0], "acts");
    assert_int_equal(begins->count, 27);
    for (size_t i = 0; i < begins->count; i++) assert_begins(law_pack_of_state(law, begins->pairs[i].name), begins->pairs[i].value.text);
    for (size_t i = 0; i < acts->count; i++) assert_begins(law_pack(law, acts->pairs[i].name), acts->pairs[i].value.text);
}

// --- what must hold of any period ---

static uint64_t seed = 20261121;
static int64_t drawn(int64_t below) {
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (int64_t)((seed >> 33) % (uint64_t)below);
}

static void periods_are_monotone_in_their_anchor(void **state) {
    (void)state;
    const struct zone *zone = zone_of(SPAN("Europe/Brussels"));
    const struct calendar *calendar = law_calendar(law, SPAN("be"));
    assert_non_null(calendar);
    for (int round = 0; round < 20000; round++) {
        struct deadline_rule rule = {.unit = (enum deadline_unit)drawn(6), .amount = (int32_t)drawn(40), .is_noon_rolled = false};
        int64_t from = 1767225600000 + drawn(3 * 365 * MS_PER_DAY), gap = drawn(2 * MS_PER_DAY);
        struct deadline a = deadline_after(from, &rule, zone, calendar), b = deadline_after(from + gap, &rule, zone, calendar);
        assert_true(a.due_ms <= b.due_ms);
        assert_true(a.due_latest_ms <= b.due_latest_ms);
        assert_true(a.due_ms <= a.due_latest_ms);
        assert_true(a.due_ms >= from);
    }
}

static void hours_are_elapsed_whatever_the_zone(void **state) {
    (void)state;
    struct deadline_rule rule = {.unit = DEADLINE_HOURS, .amount = 24};
    const char *const zones[] = {"Europe/Brussels", "Europe/Lisbon", "Europe/Helsinki", "Asia/Nicosia"};
    for (int round = 0; round < 4000; round++) {
        int64_t from = 1767225600000 + drawn(2 * 365 * MS_PER_DAY);
        struct deadline d = deadline_after(from, &rule, zone_of(span_of(zones[round % 4])), NULL);
        assert_int_equal(d.due_ms - from, MS_PER_DAY);
        assert_true(d.due_latest_ms - d.due_ms >= 0 && d.due_latest_ms - d.due_ms < MS_PER_HOUR);
    }
}

static void whole_days_end_at_local_midnight(void **state) {
    (void)state;
    const struct zone *zone = zone_of(SPAN("Europe/Brussels"));
    struct deadline_rule rule = {.unit = DEADLINE_MONTHS, .amount = 1};
    for (int round = 0; round < 4000; round++) {
        struct deadline d = deadline_after(1767225600000 + drawn(4 * 365 * MS_PER_DAY), &rule, zone, NULL);
        struct wall wall = wall_at(d.due_ms, zone_offset_s(zone, d.due_ms));
        assert_int_equal(wall.hour * 3600 + wall.minute * 60 + wall.second, 0);
        assert_int_equal(civil_to_days(wall.date), civil_to_days(d.day) + 1);
        struct wall latest = wall_at(d.due_latest_ms, zone_offset_s(zone, d.due_latest_ms));
        assert_true(civil_weekday(civil_from_days(civil_to_days(latest.date) - 1)) < 6);
    }
}

static void easter_falls_on_known_days(void **state) {
    (void)state;
    static const struct civil WEST[] = {{2024, 3, 31}, {2025, 4, 20}, {2026, 4, 5}, {2027, 3, 28}, {2028, 4, 16}, {2038, 4, 25}};
    static const struct civil EAST[] = {{2024, 5, 5}, {2025, 4, 20}, {2026, 4, 12}, {2027, 5, 2}, {2028, 4, 16}, {2038, 4, 25}};
    for (size_t i = 0; i < sizeof WEST / sizeof WEST[0]; i++) {
        assert_int_equal(civil_compare(easter_sunday(WEST[i].year), WEST[i]), 0);
        assert_int_equal(civil_compare(easter_sunday_orthodox(EAST[i].year), EAST[i]), 0);
    }
}

static void calendars_have_their_days(void **state) {
    (void)state;
    static const struct {
        const char *calendar;
        struct civil day;
        bool is_holiday;
    } DAYS[] = {
        {"be", {2026, 7, 21}, true},   {"be", {2026, 5, 14}, true}, {"be", {2026, 7, 20}, false}, {"lu", {2026, 6, 23}, true},
        {"el", {2026, 4, 13}, true},   {"de", {2026, 10, 3}, true}, {"fi", {2026, 6, 20}, true},  {"dk", {2023, 5, 5}, true},
        {"dk", {2026, 5, 1}, false},   {"pl", {2024, 12, 24}, false}, {"pl", {2026, 12, 24}, true}, {"eu", {2026, 5, 9}, true},
        {"nl", {2026, 4, 27}, true},   {"pt", {2026, 6, 10}, true}, {"fr", {2026, 5, 25}, true},  {"se", {2026, 6, 6}, true},
    };
    for (size_t i = 0; i < sizeof DAYS / sizeof DAYS[0]; i++) {
        const struct calendar *calendar = law_calendar(law, span_of(DAYS[i].calendar));
        assert_non_null(calendar);
        if (calendar_is_holiday(calendar, DAYS[i].day) != DAYS[i].is_holiday)
            fail_msg("%s: %d-%d-%d", DAYS[i].calendar, DAYS[i].day.year, DAYS[i].day.month, DAYS[i].day.day);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cases_hold),
        cmocka_unit_test(tables_hold),
        cmocka_unit_test(laws_begin_on_their_days),
        cmocka_unit_test(periods_are_monotone_in_their_anchor),
        cmocka_unit_test(hours_are_elapsed_whatever_the_zone),
        cmocka_unit_test(whole_days_end_at_local_midnight),
        cmocka_unit_test(easter_falls_on_known_days),
        cmocka_unit_test(calendars_have_their_days),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
