// SPDX-License-Identifier: EUPL-1.2
#include "base/time.h"

#include <assert.h>

static int64_t floor_div(int64_t a, int64_t b) { return a / b - (a % b != 0 && (a % b < 0) != (b < 0)); }

// Days and dates by the era method of H. Hinnant ("chrono-compatible low-level date algorithms").
int64_t civil_to_days(struct civil date) {
    int64_t y = date.year - (date.month <= 2);
    int64_t era = floor_div(y, 400);
    int64_t year_of_era = y - era * 400;
    int64_t shifted_month = (date.month + 9) % 12;
    int64_t day_of_year = (153 * shifted_month + 2) / 5 + date.day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

struct civil civil_from_days(int64_t days) {
    int64_t z = days + 719468;
    int64_t era = floor_div(z, 146097);
    int64_t day_of_era = z - era * 146097;
    int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t shifted_month = (5 * day_of_year + 2) / 153;
    struct civil out;
    out.day = (uint8_t)(day_of_year - (153 * shifted_month + 2) / 5 + 1);
    out.month = (uint8_t)(shifted_month < 10 ? shifted_month + 3 : shifted_month - 9);
    out.year = (int32_t)(year_of_era + era * 400 + (out.month <= 2));
    return out;
}

static bool is_leap(int32_t year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

static uint8_t month_days(int32_t year, uint8_t month) {
    static const uint8_t DAYS[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && is_leap(year) ? 29 : DAYS[month - 1];
}

bool civil_is_valid(struct civil date) {
    return date.month >= 1 && date.month <= 12 && date.day >= 1 && date.day <= month_days(date.year, date.month);
}

int civil_compare(struct civil a, struct civil b) {
    if (a.year != b.year) return a.year < b.year ? -1 : 1;
    if (a.month != b.month) return a.month < b.month ? -1 : 1;
    return a.day < b.day ? -1 : a.day > b.day;
}

unsigned civil_weekday(struct civil date) {
    int64_t days = civil_to_days(date) + 3; // 1970-01-01 was a Thursday
    return (unsigned)(days - floor_div(days, 7) * 7) + 1;
}

struct civil civil_add_months(struct civil date, int months) {
    int64_t total = (int64_t)date.year * 12 + (date.month - 1) + months;
    struct civil out = {.year = (int32_t)floor_div(total, 12), .day = date.day};
    out.month = (uint8_t)(total - (int64_t)out.year * 12 + 1);
    uint8_t last = month_days(out.year, out.month);
    if (out.day > last) out.day = last;
    return out;
}

// DIGITS decimal digits at TEXT, or -1.
static int digits_at(const uint8_t *text, size_t digits) {
    int value = 0;
    for (size_t i = 0; i < digits; i++) {
        if (text[i] < '0' || text[i] > '9') return -1;
        value = value * 10 + (text[i] - '0');
    }
    return value;
}

bool civil_parse(struct span text, struct civil *ret) {
    if (text.len != 10 || text.at[4] != '-' || text.at[7] != '-') return false;
    int year = digits_at(text.at, 4), month = digits_at(text.at + 5, 2), day = digits_at(text.at + 8, 2);
    if (year < 0 || month < 1 || day < 1) return false;
    struct civil date = {.year = year, .month = (uint8_t)month, .day = (uint8_t)day};
    if (!civil_is_valid(date)) return false;
    *ret = date;
    return true;
}

int32_t zone_offset_s(const struct zone *zone, int64_t instant_ms) {
    if (zone == NULL || zone->count == 0) return 0;
    size_t low = 0, high = zone->count; // the last change at or before the instant is in [low, high)
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (zone->changes[middle].from_ms <= instant_ms) low = middle;
        else high = middle;
    }
    return zone->changes[low].offset_s;
}

struct wall wall_at(int64_t instant_ms, int32_t offset_s) {
    int64_t local_ms = instant_ms + (int64_t)offset_s * 1000;
    int64_t days = floor_div(local_ms, MS_PER_DAY);
    int64_t rest = local_ms - days * MS_PER_DAY;
    return (struct wall){.date = civil_from_days(days),
                         .hour = (uint8_t)(rest / MS_PER_HOUR),
                         .minute = (uint8_t)(rest / MS_PER_MINUTE % 60),
                         .second = (uint8_t)(rest / 1000 % 60),
                         .ms = (uint16_t)(rest % 1000)};
}

static int64_t wall_as_utc(struct wall wall) {
    return civil_to_days(wall.date) * MS_PER_DAY + wall.hour * (int64_t)MS_PER_HOUR + wall.minute * (int64_t)MS_PER_MINUTE +
           wall.second * (int64_t)1000 + wall.ms;
}

unsigned zone_instants(const struct zone *zone, struct wall wall, int64_t ret_ms[2]) {
    int64_t as_utc = wall_as_utc(wall);
    if (zone == NULL || zone->count == 0) {
        ret_ms[0] = as_utc;
        return 1;
    }
    unsigned found = 0;
    for (size_t i = 0; i < zone->count && found < 2; i++) {
        int64_t candidate = as_utc - (int64_t)zone->changes[i].offset_s * 1000;
        int64_t until = i + 1 < zone->count ? zone->changes[i + 1].from_ms : INT64_MAX;
        if (candidate >= zone->changes[i].from_ms && candidate < until) ret_ms[found++] = candidate;
    }
    return found;
}

int64_t zone_day_start(const struct zone *zone, struct civil date) {
    int64_t found[2];
    struct wall midnight = {.date = date};
    if (zone_instants(zone, midnight, found) > 0) return found[0];
    // Midnight is in a gap: the day begins at the change itself.
    int64_t as_utc = wall_as_utc(midnight);
    for (size_t i = 1; i < zone->count; i++) {
        int64_t before = as_utc - (int64_t)zone->changes[i - 1].offset_s * 1000;
        int64_t after = as_utc - (int64_t)zone->changes[i].offset_s * 1000;
        if (before >= zone->changes[i].from_ms && after < zone->changes[i].from_ms) return zone->changes[i].from_ms;
    }
    return as_utc;
}

struct civil zone_date(const struct zone *zone, int64_t instant_ms) {
    return wall_at(instant_ms, zone_offset_s(zone, instant_ms)).date;
}

static struct err stamp_refuse(const char *field, struct why *why, const char *rule, struct span text, const char *words) {
    return why_set(why, ERR_INPUT, field, rule, "RFC 3339", "\"%.*s\" %s", text.len > 60 ? 60 : (int)text.len,
                   (const char *)text.at, words);
}

// The fraction ".123" at *AT, as milliseconds (further digits are cut); false where a digit is missing.
static bool fraction_parse(struct span text, size_t *at, uint16_t *ret_ms) {
    unsigned ms = 0, scale = 100;
    size_t from = ++*at;
    while (*at < text.len && text.at[*at] >= '0' && text.at[*at] <= '9') {
        ms += (unsigned)(text.at[*at] - '0') * scale;
        scale /= 10;
        ++*at;
    }
    *ret_ms = (uint16_t)ms;
    return *at > from && *at - from <= 9;
}

// "Z" or "+02:00" as all that is left of TEXT from AT.
static bool offset_parse(struct span text, size_t at, int32_t *ret_s) {
    struct span rest = span_part(text, at, text.len);
    if (rest.len == 1 && (rest.at[0] == 'Z' || rest.at[0] == 'z')) {
        *ret_s = 0;
        return true;
    }
    if (rest.len != 6 || (rest.at[0] != '+' && rest.at[0] != '-') || rest.at[3] != ':') return false;
    int hours = digits_at(rest.at + 1, 2), minutes = digits_at(rest.at + 4, 2);
    if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return false;
    *ret_s = (hours * 3600 + minutes * 60) * (rest.at[0] == '-' ? -1 : 1);
    return true;
}

struct err stamp_parse(struct span text, const struct zone *zone, const char *field, struct stamp *ret, struct why *why) {
    struct wall wall = {0};
    if (text.len < 16 || !civil_parse(span_part(text, 0, 10), &wall.date) ||
        (text.at[10] != 'T' && text.at[10] != 't' && text.at[10] != ' ') || text.at[13] != ':')
        return stamp_refuse(field, why, "time.format", text, "is not a date and time like 2026-03-28T22:30:00+01:00");
    int hour = digits_at(text.at + 11, 2), minute = digits_at(text.at + 14, 2), second = 0;
    size_t at = 16;
    if (at < text.len && text.at[at] == ':') {
        second = text.len >= at + 3 ? digits_at(text.at + at + 1, 2) : -1;
        at += 3;
    }
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59)
        return stamp_refuse(field, why, "time.format", text, "has an hour, minute or second that does not exist");
    wall.hour = (uint8_t)hour;
    wall.minute = (uint8_t)minute;
    wall.second = (uint8_t)second;
    if (at < text.len && text.at[at] == '.' && !fraction_parse(text, &at, &wall.ms))
        return stamp_refuse(field, why, "time.format", text, "has a malformed fraction of a second");
    if (wall.date.year < 1970 || wall.date.year > 2199)
        return stamp_refuse(field, why, "time.range", text, "is outside the years 1970 to 2199");
    int32_t offset_s = 0;
    if (at < text.len) {
        if (!offset_parse(text, at, &offset_s))
            return stamp_refuse(field, why, "time.format", text, "does not end with Z or an offset like +01:00");
        *ret = (struct stamp){.ms = wall_as_utc(wall) - (int64_t)offset_s * 1000, .offset_s = offset_s};
        return err_none();
    }
    if (zone == NULL) return stamp_refuse(field, why, "time.offset_missing", text, "has no offset; add Z or one like +01:00");
    int64_t found[2];
    unsigned count = zone_instants(zone, wall, found);
    if (count == 0)
        return stamp_refuse(field, why, "time.gap", text, "does not exist in the zone (clocks went forward); give the offset");
    if (count == 2)
        return stamp_refuse(field, why, "time.repeated", text, "exists twice in the zone (clocks went back); give the offset");
    *ret = (struct stamp){.ms = found[0], .offset_s = zone_offset_s(zone, found[0])};
    return err_none();
}

void buf_add_stamp(struct buf *buf, int64_t instant_ms, int32_t offset_s) {
    struct wall w = wall_at(instant_ms, offset_s);
    buf_printf(buf, "%04d-%02u-%02uT%02u:%02u:%02u", w.date.year, w.date.month, w.date.day, w.hour, w.minute, w.second);
    if (w.ms != 0) buf_printf(buf, ".%03u", w.ms);
    if (offset_s == 0) {
        buf_add_byte(buf, 'Z');
        return;
    }
    int minutes = (offset_s < 0 ? -offset_s : offset_s) / 60;
    buf_printf(buf, "%c%02d:%02d", offset_s < 0 ? '-' : '+', minutes / 60, minutes % 60);
}

void buf_add_instant(struct buf *buf, int64_t instant_ms) { buf_add_stamp(buf, instant_ms, 0); }

struct span instant_text(struct arena *arena, int64_t instant_ms) {
    struct buf buf;
    buf_init(&buf, arena, 64);
    buf_add_instant(&buf, instant_ms);
    return buf_span(&buf);
}

struct span civil_text(struct arena *arena, struct civil date) {
    return arena_printf(arena, "%04d-%02u-%02u", date.year, date.month, date.day);
}
