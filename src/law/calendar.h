// SPDX-License-Identifier: EUPL-1.2
/*
 * Calendars: which days are public holidays, as data (law/calendars/XX.yaml). Pure; read-only after loading.
 *
 *     calendar: be
 *     title: Belgium
 *     holidays:
 *       - {day: "01-01", name: New Year}                          every year
 *       - {easter: 1, name: Easter Monday}                        days after Easter Sunday
 *       - {orthodox_easter: -2, name: Good Friday}                days after Easter Sunday of the Julian reckoning
 *       - {weekday: 6, on_or_after: "06-20", name: Midsummer Day} first such weekday (1 Monday .. 7 Sunday)
 *       - {date: "2026-03-03", name: ...}                         once
 * A row may have `from:` and `to:` (dates), `article:`, `certainty: mem` (from memory, not checked against the act).
 */
#ifndef LAW_CALENDAR_H
#define LAW_CALENDAR_H

#include "law/json_tree.h"

enum holiday_kind { HOLIDAY_YEARLY, HOLIDAY_EASTER, HOLIDAY_ORTHODOX_EASTER, HOLIDAY_WEEKDAY, HOLIDAY_ONCE };
struct holiday {
    enum holiday_kind kind;
    struct civil date; // year 0 where it comes every year
    int64_t offset;    // days after Easter
    unsigned weekday;
    struct validity validity;
    struct span name;
};
struct calendar {
    struct span id; // "be", "eu"
    size_t count;
    const struct holiday *holidays;
    const struct yaml *node;
};

CHECKED struct err calendar_load(struct arena *arena, const struct yaml *root, struct calendar *ret, struct why *why);
// CALENDAR NULL: Saturdays and Sundays only.
bool calendar_is_holiday(const struct calendar *calendar, struct civil day);
// Neither holiday nor Saturday nor Sunday.
bool calendar_is_working_day(const struct calendar *calendar, struct civil day);
struct civil easter_sunday(int32_t year);          // Gregorian
struct civil easter_sunday_orthodox(int32_t year); // Julian computus, as a Gregorian date

#endif
