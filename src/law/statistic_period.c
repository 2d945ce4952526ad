// SPDX-License-Identifier: EUPL-1.2
/* Periods of statistics: whole quarters, halves and years of the state's own calendar, and days. */
#include "law/statistic.h"

const char *period_kind_name(enum period_kind kind) {
    static const char *const NAMES[] = {"quarter", "half", "year", "day"};
    return NAMES[kind];
}

static int months_of(enum period_kind kind) { return kind == PERIOD_QUARTER ? 3 : kind == PERIOD_HALF ? 6 : 12; }

static struct err period_make(enum period_kind kind, struct civil first, const struct zone *zone, struct arena *arena, struct period *ret) {
    struct civil after = kind == PERIOD_DAY ? civil_from_days(civil_to_days(first) + 1) : civil_add_months(first, months_of(kind));
    struct period p = {.from_ms = zone_day_start(zone, first), .to_ms = zone_day_start(zone, after)};
    if (kind == PERIOD_DAY) p.name = civil_text(arena, first);
    else if (kind == PERIOD_YEAR) p.name = arena_printf(arena, "%04d", (int)first.year);
    else p.name = arena_printf(arena, "%04d-%c%d", (int)first.year, kind == PERIOD_QUARTER ? 'Q' : 'H', (first.month - 1) / months_of(kind) + 1);
    if (p.name.at == NULL) return err_make(ERR_MEMORY);
    *ret = p;
    return err_none();
}

struct err period_read(enum period_kind kind, struct span text, const struct zone *zone, struct arena *arena, struct period *ret, struct why *why) {
    struct civil first = {.month = 1, .day = 1};
    int64_t year = 0, part = 1;
    bool is_right = false;
    if (kind == PERIOD_DAY) {
        is_right = civil_parse(text, &first);
    } else if (text.len >= 4 && span_to_int(span_part(text, 0, 4), &year) && year >= 1970 && year < 2199) {
        char letter = kind == PERIOD_QUARTER ? 'Q' : 'H';
        is_right = kind == PERIOD_YEAR ? text.len == 4
                                       : text.len == 7 && text.at[4] == '-' && text.at[5] == letter && span_to_int(span_part(text, 6, 7), &part) &&
                                             part >= 1 && part <= 12 / months_of(kind);
        first.year = (int32_t)year;
        first.month = (uint8_t)((part - 1) * months_of(kind) + 1);
    }
    if (!is_right) {
        static const char *const LIKE[] = {"2026-Q3", "2026-H1", "2026", "2026-11-22"};
        return why_set(why, ERR_INPUT, "period", "statistic.period", "", "a %s like %s is expected", period_kind_name(kind), LIKE[kind]);
    }
    return period_make(kind, first, zone, arena, ret);
}

struct err period_before(enum period_kind kind, const struct period *period, const struct zone *zone, struct arena *arena, struct period *ret,
                         struct why *why) {
    (void)why;
    struct civil last = civil_from_days(civil_to_days(zone_date(zone, period->from_ms)) - 1);
    struct civil first = kind == PERIOD_DAY ? last : civil_add_months((struct civil){last.year, last.month, 1}, 1 - months_of(kind));
    return period_make(kind, first, zone, arena, ret);
}
