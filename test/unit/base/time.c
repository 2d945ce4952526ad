// SPDX-License-Identifier: EUPL-1.2
/* Time: civil dates, months, zones with a gap and a repeated hour, stamps. The zones are written by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/time.h"

// Brussels in 2026: summer time from 29 March 01:00 UTC to 25 October 01:00 UTC.
enum { BEGIN_2026_S = 1774746000, END_2026_S = 1792890000 };
static const struct zone_change BRUSSELS_CHANGES[] = {
    {INT64_MIN, 3600},
    {BEGIN_2026_S * (int64_t)1000, 7200},
    {END_2026_S * (int64_t)1000, 3600},
};
static const struct zone BRUSSELS = {.name = "Europe/Brussels", .count = 3, .changes = BRUSSELS_CHANGES};
// A zone whose clocks go forward at midnight, as Beirut's do: 29 March 2026 00:00 becomes 01:00.
static const struct zone_change MIDNIGHT_CHANGES[] = {{INT64_MIN, 7200}, {(BEGIN_2026_S - 10800) * (int64_t)1000, 10800}};
static const struct zone MIDNIGHT = {.name = "Asia/Beirut", .count = 2, .changes = MIDNIGHT_CHANGES};

static struct civil date(int year, unsigned month, unsigned day) {
    return (struct civil){.year = year, .month = (uint8_t)month, .day = (uint8_t)day};
}

static int64_t instant(const char *text) {
    struct stamp stamp;
    struct why why = {0};
    assert_false(is_err(stamp_parse(span_of(text), NULL, "", &stamp, &why)));
    return stamp.ms;
}

static void days_and_dates_agree(void **state) {
    (void)state;
    assert_int_equal(civil_to_days(date(1970, 1, 1)), 0);
    assert_int_equal(civil_to_days(date(2000, 3, 1)), 11017);
    assert_int_equal(civil_to_days(date(1969, 12, 31)), -1);
    struct civil before = civil_from_days(-800000);
    for (int64_t days = -799999; days < 800000; days++) { // each day is valid, the next one, and goes back to its number
        struct civil now = civil_from_days(days);
        assert_true(civil_is_valid(now));
        assert_true(civil_compare(before, now) < 0);
        assert_int_equal(civil_to_days(now), days);
        before = now;
    }
    assert_int_equal(civil_weekday(date(1970, 1, 1)), 4);
    assert_int_equal(civil_weekday(date(2026, 3, 29)), 7);
    assert_int_equal(civil_weekday(date(1969, 12, 29)), 1);
    assert_false(civil_is_valid(date(2026, 2, 29)));
    assert_true(civil_is_valid(date(2028, 2, 29)));
    assert_false(civil_is_valid(date(2100, 2, 29)));
    assert_true(civil_is_valid(date(2000, 2, 29)));
    assert_false(civil_is_valid(date(2026, 0, 1)));
    assert_false(civil_is_valid(date(2026, 13, 1)));
    assert_false(civil_is_valid(date(2026, 4, 31)));
    assert_false(civil_is_valid(date(2026, 4, 0)));
}

static void months_end_on_a_day_that_exists(void **state) {
    (void)state;
    assert_int_equal(civil_compare(civil_add_months(date(2026, 1, 31), 1), date(2026, 2, 28)), 0);
    assert_int_equal(civil_compare(civil_add_months(date(2028, 1, 31), 1), date(2028, 2, 29)), 0);
    assert_int_equal(civil_compare(civil_add_months(date(2026, 11, 30), 3), date(2027, 2, 28)), 0);
    assert_int_equal(civil_compare(civil_add_months(date(2026, 12, 15), 1), date(2027, 1, 15)), 0);
    assert_int_equal(civil_compare(civil_add_months(date(2026, 1, 31), -1), date(2025, 12, 31)), 0);
    assert_int_equal(civil_compare(civil_add_months(date(2026, 3, 31), -1), date(2026, 2, 28)), 0);
    assert_int_equal(civil_compare(civil_add_months(date(2026, 3, 31), -15), date(2024, 12, 31)), 0);
    assert_int_equal(civil_compare(civil_add_months(date(2026, 5, 5), 0), date(2026, 5, 5)), 0);
}

static void reads_dates(void **state) {
    (void)state;
    struct civil out = date(1, 1, 1);
    assert_true(civil_parse(SPAN("2026-11-22"), &out));
    assert_int_equal(civil_compare(out, date(2026, 11, 22)), 0);
    static const char *const BAD[] = {"", "2026-11-2", "2026-11-222", "2026/11/22", "2026-02-29", "2026-13-01", "2026-00-01",
                                      "2026-01-00", "+026-01-01", "-026-01-01", "2026-1 -01", "２026-01"};
    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++) assert_false(civil_parse(span_of(BAD[i]), &out));
    assert_int_equal(civil_compare(out, date(2026, 11, 22)), 0);
}

static void zone_has_its_offsets(void **state) {
    (void)state;
    assert_int_equal(zone_offset_s(NULL, 0), 0);
    assert_int_equal(zone_offset_s(&BRUSSELS, INT64_MIN), 3600);
    assert_int_equal(zone_offset_s(&BRUSSELS, BEGIN_2026_S * (int64_t)1000 - 1), 3600);
    assert_int_equal(zone_offset_s(&BRUSSELS, BEGIN_2026_S * (int64_t)1000), 7200);
    assert_int_equal(zone_offset_s(&BRUSSELS, END_2026_S * (int64_t)1000 - 1), 7200);
    assert_int_equal(zone_offset_s(&BRUSSELS, END_2026_S * (int64_t)1000), 3600);
    assert_int_equal(zone_offset_s(&BRUSSELS, INT64_MAX), 3600);
    struct wall wall = wall_at(-1, 0);
    assert_int_equal(civil_compare(wall.date, date(1969, 12, 31)), 0);
    assert_int_equal(wall.hour * 10000 + wall.minute * 100 + wall.second, 235959);
    assert_int_equal(wall.ms, 999);
}

static void wall_times_in_the_gap_and_twice(void **state) {
    (void)state;
    int64_t found[2];
    struct wall wall = {.date = date(2026, 3, 29), .hour = 2, .minute = 30};
    assert_int_equal(zone_instants(&BRUSSELS, wall, found), 0);
    wall.hour = 1;
    wall.minute = 59;
    assert_int_equal(zone_instants(&BRUSSELS, wall, found), 1);
    assert_true(found[0] == instant("2026-03-29T00:59:00Z"));
    wall.hour = 3;
    wall.minute = 0;
    assert_int_equal(zone_instants(&BRUSSELS, wall, found), 1);
    assert_true(found[0] == instant("2026-03-29T01:00:00Z"));
    wall = (struct wall){.date = date(2026, 10, 25), .hour = 2, .minute = 30};
    assert_int_equal(zone_instants(&BRUSSELS, wall, found), 2);
    assert_true(found[0] == instant("2026-10-25T00:30:00Z"));
    assert_true(found[1] == instant("2026-10-25T01:30:00Z"));
    wall.hour = 3;
    wall.minute = 0;
    assert_int_equal(zone_instants(&BRUSSELS, wall, found), 1);
    assert_true(found[0] == instant("2026-10-25T02:00:00Z"));
}

static void days_start_where_they_do(void **state) {
    (void)state;
    assert_true(zone_day_start(&BRUSSELS, date(2026, 3, 29)) == instant("2026-03-28T23:00:00Z"));
    assert_true(zone_day_start(&BRUSSELS, date(2026, 3, 30)) == instant("2026-03-29T22:00:00Z")); // a day of 23 hours
    assert_true(zone_day_start(&BRUSSELS, date(2026, 10, 26)) - zone_day_start(&BRUSSELS, date(2026, 10, 25)) == 25 * MS_PER_HOUR);
    assert_true(zone_day_start(NULL, date(1970, 1, 2)) == MS_PER_DAY);
    assert_true(zone_day_start(&MIDNIGHT, date(2026, 3, 29)) == instant("2026-03-28T22:00:00Z")); // midnight is in the gap
    assert_int_equal(civil_compare(zone_date(&BRUSSELS, instant("2026-03-28T23:30:00Z")), date(2026, 3, 29)), 0);
    for (int64_t days = civil_to_days(date(2026, 1, 1)); days < civil_to_days(date(2027, 1, 1)); days++) {
        int64_t start = zone_day_start(&BRUSSELS, civil_from_days(days));
        assert_int_equal(civil_to_days(zone_date(&BRUSSELS, start)), days);
        assert_int_equal(civil_to_days(zone_date(&BRUSSELS, start - 1)), days - 1);
    }
}

static void stamps_are_read(void **state) {
    (void)state;
    static const struct {
        const char *text;
        const struct zone *zone;
        int64_t ms;
        int32_t offset_s;
    } ROWS[] = {
        {"1970-01-01T00:00:00Z", NULL, 0, 0},
        {"1970-01-01t00:00:00z", NULL, 0, 0},
        {"1970-01-01 00:00Z", NULL, 0, 0},
        {"1970-01-01T00:00:00.5Z", NULL, 500, 0},
        {"1970-01-01T00:00:00.123456789Z", NULL, 123, 0},
        {"1970-01-01T02:00:00+02:00", NULL, 0, 7200},
        {"1969-12-31T18:30:00-05:30", NULL, INSTANT_NONE, 0}, // before 1970 as written
        {"1970-01-01T00:00:00-05:30", NULL, 19800000, -19800},
        {"2026-10-25T02:30:00+01:00", &BRUSSELS, END_2026_S * (int64_t)1000 + 1800000, 3600},
        {"2026-07-01T12:00", &BRUSSELS, 1782900000000, 7200},
        {"2026-01-01T12:00:30", &BRUSSELS, 1767265230000, 3600},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        struct stamp stamp;
        struct why why = {0};
        struct err e = stamp_parse(span_of(ROWS[i].text), ROWS[i].zone, "/aware_at", &stamp, &why);
        assert_int_equal(is_err(e), ROWS[i].ms == INSTANT_NONE);
        if (is_err(e)) continue;
        assert_true(stamp.ms == ROWS[i].ms);
        assert_int_equal(stamp.offset_s, ROWS[i].offset_s);
    }
}

static void stamps_are_refused(void **state) {
    (void)state;
    static const struct {
        const char *text, *rule;
        const struct zone *zone;
    } ROWS[] = {
        {"", "time.format", NULL},
        {"2026-03-28", "time.format", NULL},
        {"2026-02-30T10:00:00Z", "time.format", NULL},
        {"2026-03-28X10:00:00Z", "time.format", NULL},
        {"2026-03-28T24:00:00Z", "time.format", NULL},
        {"2026-03-28T10:60:00Z", "time.format", NULL},
        {"2026-03-28T10:00:60Z", "time.format", NULL},
        {"2026-03-28T10:00:0", "time.format", NULL},
        {"2026-03-28T10:00:", "time.format", NULL},
        {"2026-03-28T10:00:00.Z", "time.format", NULL},
        {"2026-03-28T10:00:00.1234567890Z", "time.format", NULL},
        {"2026-03-28T10:00:00+0100", "time.format", NULL},
        {"2026-03-28T10:00:00+24:00", "time.format", NULL},
        {"2026-03-28T10:00:00Z ", "time.format", NULL},
        {"2026-03-28T10:00:00ZZ", "time.format", NULL},
        {"1969-12-31T23:59:59Z", "time.range", NULL},
        {"2200-01-01T00:00:00Z", "time.range", NULL},
        {"2026-03-28T10:00:00", "time.offset_missing", NULL},
        {"2026-03-29T02:30:00", "time.gap", &BRUSSELS},
        {"2026-10-25T02:30:00", "time.repeated", &BRUSSELS},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        struct stamp stamp = {.ms = 77};
        struct why why = {0};
        assert_int_equal(stamp_parse(span_of(ROWS[i].text), ROWS[i].zone, "/aware_at", &stamp, &why).code, ERR_INPUT);
        assert_string_equal(why.rule, ROWS[i].rule);
        assert_string_equal(why.field, "/aware_at");
        assert_int_equal(stamp.ms, 77);
    }
}

static void stamps_are_written(void **state) {
    (void)state;
    struct arena arena;
    arena_init(&arena, 65536);
    assert_true(span_is(instant_text(&arena, 0), "1970-01-01T00:00:00Z"));
    assert_true(span_is(instant_text(&arena, 1), "1970-01-01T00:00:00.001Z"));
    struct buf buf;
    buf_init(&buf, &arena, 64);
    buf_add_stamp(&buf, 0, -19800);
    assert_true(span_is(buf_span(&buf), "1969-12-31T18:30:00-05:30"));
    assert_true(span_is(civil_text(&arena, date(2026, 3, 9)), "2026-03-09"));
    uint64_t seed = 1; // what is written is read again, to the millisecond
    for (int i = 0; i < 20000; i++) {
        seed = seed * 6364136223846793005U + 1442695040888963407U;
        int64_t ms = (int64_t)(seed >> 22) % ((int64_t)229 * 365 * MS_PER_DAY);
        int32_t offset_s = (int32_t)(seed % 1439) * 60 - 719 * 60;
        if (ms < MS_PER_DAY) continue;
        buf_clear(&buf);
        buf_add_stamp(&buf, ms, offset_s);
        struct stamp stamp;
        struct why why = {0};
        assert_false(is_err(stamp_parse(buf_span(&buf), NULL, "", &stamp, &why)));
        assert_true(stamp.ms == ms);
        assert_int_equal(stamp.offset_s, offset_s);
    }
    arena_fini(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(days_and_dates_agree),     cmocka_unit_test(months_end_on_a_day_that_exists),
        cmocka_unit_test(reads_dates),              cmocka_unit_test(zone_has_its_offsets),
        cmocka_unit_test(wall_times_in_the_gap_and_twice), cmocka_unit_test(days_start_where_they_do),
        cmocka_unit_test(stamps_are_read),          cmocka_unit_test(stamps_are_refused),
        cmocka_unit_test(stamps_are_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
