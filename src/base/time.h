// SPDX-License-Identifier: EUPL-1.2
/*
 * Time: instants, civil dates, wall clocks of a zone. Pure; the present instant is always passed in.
 *
 * An instant is int64_t milliseconds since 1970-01-01T00:00Z without leap seconds (POSIX), named ..._ms.
 * A zone is a table of offset changes made once at start from the system's time zones (os/zone.h).
 */
#ifndef BASE_TIME_H
#define BASE_TIME_H

#include "base/span.h"

enum { MS_PER_SECOND = 1000, MS_PER_MINUTE = 60 * 1000, MS_PER_HOUR = 3600 * 1000 };
#define MS_PER_DAY ((int64_t)86400 * 1000)
#define INSTANT_NONE INT64_MIN // no instant

struct civil {
    int32_t year;
    uint8_t month; // 1..12
    uint8_t day;   // 1..31
};

int64_t civil_to_days(struct civil date); // days since 1970-01-01, proleptic Gregorian
struct civil civil_from_days(int64_t days);
bool civil_is_valid(struct civil date);
int civil_compare(struct civil a, struct civil b);
unsigned civil_weekday(struct civil date); // 1 = Monday ... 7 = Sunday
// Same day number MONTHS later (or earlier); where it is absent, the last day of that month (rule T4).
struct civil civil_add_months(struct civil date, int months);
// "2026-11-22"; false for anything else.
bool civil_parse(struct span text, struct civil *ret);

struct wall {
    struct civil date;
    uint8_t hour, minute, second;
    uint16_t ms;
};

struct zone_change {
    int64_t from_ms;   // first instant with this offset; the first row starts at INT64_MIN
    int32_t offset_s;  // local = UTC + offset
};
struct zone {
    char name[48]; // "Europe/Brussels"
    size_t count;
    const struct zone_change *changes; // ascending
};

int32_t zone_offset_s(const struct zone *zone, int64_t instant_ms); // ZONE NULL: UTC
struct wall wall_at(int64_t instant_ms, int32_t offset_s);
// How often a wall-clock time exists in a zone: 0 (gap), 1, or 2 (repeated hour). The instants come earliest first.
unsigned zone_instants(const struct zone *zone, struct wall wall, int64_t ret_ms[2]);
// Start of a civil day in the zone (24:00 of the day before); where midnight is in a gap, the first instant after it.
int64_t zone_day_start(const struct zone *zone, struct civil date);
struct civil zone_date(const struct zone *zone, int64_t instant_ms);

// An instant as someone declared it, with the offset of the declaration.
struct stamp {
    int64_t ms;
    int32_t offset_s;
};

// Reads RFC 3339 with offset, or (where ZONE is given) a local time without one. A local time that is absent or repeated
// in the zone is refused (rules time.gap, time.repeated; T8 of the domain reference): the writer must give the offset.
// Years 1970 to 2199. FIELD is named in the reason.
CHECKED struct err stamp_parse(struct span text, const struct zone *zone, const char *field, struct stamp *ret, struct why *why);
// "2026-03-29T21:30:00Z" (milliseconds only where not zero).
void buf_add_instant(struct buf *buf, int64_t instant_ms);
// With the given offset: "2026-03-29T23:30:00+02:00".
void buf_add_stamp(struct buf *buf, int64_t instant_ms, int32_t offset_s);
struct span instant_text(struct arena *arena, int64_t instant_ms);
struct span civil_text(struct arena *arena, struct civil date);

#endif
