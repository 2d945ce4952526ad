// SPDX-License-Identifier: EUPL-1.2
#include "law/calendar.h"

// Anonymous Gregorian algorithm (Meeus, Jones, Butcher).
struct civil easter_sunday(int32_t year) {
    int32_t a = year % 19, b = year / 100, c = year % 100;
    int32_t d = b / 4, e = b % 4, g = (8 * b + 13) / 25;
    int32_t h = (19 * a + b - d - g + 15) % 30;
    int32_t i = c / 4, k = c % 4;
    int32_t l = (32 + 2 * e + 2 * i - h - k) % 7;
    int32_t m = (a + 11 * h + 19 * l) / 433;
    int32_t month = (h + l - 7 * m + 90) / 25;
    int32_t day = (h + l - 7 * m + 33 * month + 19) % 32;
    return (struct civil){.year = year, .month = (uint8_t)month, .day = (uint8_t)day};
}

// Meeus' Julian algorithm; the Julian date is then counted on the Gregorian calendar (13 days later in 1900..2099).
struct civil easter_sunday_orthodox(int32_t year) {
    int32_t a = year % 4, b = year % 7, c = year % 19;
    int32_t d = (19 * c + 15) % 30, e = (2 * a + 4 * b - d + 34) % 7;
    int32_t month = (d + e + 114) / 31, day = (d + e + 114) % 31 + 1;
    int32_t gap = year / 100 - year / 400 - 2;
    struct civil julian = {.year = year, .month = (uint8_t)month, .day = (uint8_t)day};
    return civil_from_days(civil_to_days(julian) + gap);
}

static bool is_on(const struct holiday *holiday, struct civil day) {
    int64_t days = civil_to_days(day);
    switch (holiday->kind) {
    case HOLIDAY_ONCE: return civil_compare(holiday->date, day) == 0;
    case HOLIDAY_YEARLY: return holiday->date.month == day.month && holiday->date.day == day.day;
    case HOLIDAY_EASTER: return civil_to_days(easter_sunday(day.year)) + holiday->offset == days;
    case HOLIDAY_ORTHODOX_EASTER: return civil_to_days(easter_sunday_orthodox(day.year)) + holiday->offset == days;
    case HOLIDAY_WEEKDAY: {
        struct civil first = {.year = day.year, .month = holiday->date.month, .day = holiday->date.day};
        int64_t since = days - civil_to_days(first);
        return civil_weekday(day) == holiday->weekday && since >= 0 && since < 7;
    }
    }
    return false;
}

bool calendar_is_holiday(const struct calendar *calendar, struct civil day) {
    for (size_t i = 0; calendar != NULL && i < calendar->count; i++)
        if (is_valid_at(&calendar->holidays[i].validity, day) && is_on(&calendar->holidays[i], day)) return true;
    return false;
}

bool calendar_is_working_day(const struct calendar *calendar, struct civil day) {
    return civil_weekday(day) < 6 && !calendar_is_holiday(calendar, day);
}

// "06-20" in a year that does not matter (a leap year, so that 02-29 passes).
static bool month_day_parse(struct span text, struct civil *ret) {
    uint8_t whole[10] = "2000-";
    if (text.len != 5) return false;
    memcpy(whole + 5, text.at, 5);
    return civil_parse(span_make(whole, sizeof whole), ret);
}

static struct err holiday_load(const struct yaml *row, struct holiday *ret, struct why *why) {
    TRY(yaml_only(row, "day easter orthodox_easter weekday on_or_after date name from to article certainty", why));
    TRY(yaml_need(row, "name", &ret->name, why));
    TRY(yaml_validity(row, &ret->validity, why));
    struct span text;
    int64_t weekday = 0;
    if ((text = yaml_get_text(row, "day")).len > 0) {
        ret->kind = HOLIDAY_YEARLY;
        if (!month_day_parse(text, &ret->date)) return yaml_refuse(row, why, "calendar.day", "day: a day like \"12-25\" is expected");
    } else if (yaml_get(row, "easter") != NULL) {
        ret->kind = HOLIDAY_EASTER;
        TRY(yaml_number(row, "easter", 0, &ret->offset, why));
    } else if (yaml_get(row, "orthodox_easter") != NULL) {
        ret->kind = HOLIDAY_ORTHODOX_EASTER;
        TRY(yaml_number(row, "orthodox_easter", 0, &ret->offset, why));
    } else if ((text = yaml_get_text(row, "date")).len > 0) {
        ret->kind = HOLIDAY_ONCE;
        if (!civil_parse(text, &ret->date)) return yaml_refuse(row, why, "calendar.date", "date: a date is expected");
    } else {
        ret->kind = HOLIDAY_WEEKDAY;
        TRY(yaml_number(row, "weekday", 0, &weekday, why));
        if (weekday < 1 || weekday > 7 || !month_day_parse(yaml_get_text(row, "on_or_after"), &ret->date))
            return yaml_refuse(row, why, "calendar.rule",
                               "one of day, easter, orthodox_easter, date, or weekday with on_or_after is expected");
        ret->weekday = (unsigned)weekday;
    }
    return err_none();
}

struct err calendar_load(struct arena *arena, const struct yaml *root, struct calendar *ret, struct why *why) {
    TRY(yaml_only(root, "calendar title holidays source checked_on", why));
    struct calendar out = {.node = root};
    TRY(yaml_need(root, "calendar", &out.id, why));
    const struct yaml *rows = yaml_get(root, "holidays");
    if (rows == NULL || rows->type != YAML_SEQUENCE) return yaml_refuse(root, why, "calendar.holidays", "holidays: a list is expected");
    struct holiday *holidays = arena_take_array(arena, rows->count + 1, sizeof *holidays);
    if (holidays == NULL) return err_make(ERR_MEMORY);
    for (size_t i = 0; i < rows->count; i++) TRY(holiday_load(&rows->items[i], &holidays[i], why));
    out.holidays = holidays;
    out.count = rows->count;
    *ret = out;
    return err_none();
}
