// SPDX-License-Identifier: EUPL-1.2
#include "law/deadline.h"

#include <assert.h>

static struct civil day_plus(struct civil day, int64_t days) { return civil_from_days(civil_to_days(day) + days); }

// 24:00 local of the day, which is where the next one starts.
static int64_t day_end(const struct zone *zone, struct civil day) { return zone_day_start(zone, day_plus(day, 1)); }

// The day itself, or the first working day after it.
static struct civil working_day_from(const struct calendar *calendar, struct civil day) {
    while (!calendar_is_working_day(calendar, day)) day = day_plus(day, 1);
    return day;
}

static struct civil working_days_after(const struct calendar *calendar, struct civil day, int32_t amount) {
    for (int32_t counted = 0; counted < amount;) {
        day = day_plus(day, 1);
        if (calendar_is_working_day(calendar, day)) counted++;
    }
    return day;
}

static struct civil next_date(struct civil from, struct civil date) {
    for (int32_t year = from.year;; year++) {
        struct civil found = {.year = year, .month = date.month, .day = date.day};
        while (!civil_is_valid(found)) found.day--; // 29 February
        if (civil_compare(found, from) > 0) return found;
    }
}

static int64_t noon(const struct zone *zone, struct civil day) {
    int64_t found[2];
    struct wall twelve = {.date = day, .hour = 12};
    return zone_instants(zone, twelve, found) > 0 ? found[0] : zone_day_start(zone, day) + 12 * (int64_t)MS_PER_HOUR;
}

// Whole days: ends with DAY; the latest reading with the next working day.
static struct deadline ends_with(struct civil day, const struct zone *zone, const struct calendar *calendar) {
    return (struct deadline){.due_ms = day_end(zone, day),
                             .due_latest_ms = day_end(zone, working_day_from(calendar, day)),
                             .is_day = true,
                             .day = day};
}

// The end of the hour in which the event falls; an event at the full hour is taken to end the hour before.
static int64_t hour_end(int64_t instant_ms) {
    int64_t rest = instant_ms % MS_PER_HOUR;
    return rest == 0 ? instant_ms : instant_ms - rest + (rest < 0 ? 0 : MS_PER_HOUR);
}

static struct deadline deadline_plain(int64_t anchor_ms, const struct deadline_rule *rule, const struct zone *zone,
                                      const struct calendar *calendar) {
    struct civil day = zone_date(zone, anchor_ms);
    int64_t elapsed_ms = rule->amount * (int64_t)MS_PER_HOUR;
    switch (rule->unit) {
    case DEADLINE_HOURS:
        return (struct deadline){.due_ms = anchor_ms + elapsed_ms, .due_latest_ms = hour_end(anchor_ms) + elapsed_ms};
    case DEADLINE_DAYS: return ends_with(day_plus(day, rule->amount), zone, calendar);
    case DEADLINE_WEEKS: return ends_with(day_plus(day, 7 * (int64_t)rule->amount), zone, calendar);
    case DEADLINE_MONTHS: return ends_with(civil_add_months(day, rule->amount), zone, calendar);
    case DEADLINE_WORKING_DAYS: return ends_with(working_days_after(calendar, day, rule->amount), zone, calendar);
    case DEADLINE_DATE: return ends_with(next_date(day_plus(day, rule->amount), rule->date), zone, calendar);
    case DEADLINE_AT: break;
    }
    return (struct deadline){.due_ms = anchor_ms, .due_latest_ms = anchor_ms};
}

struct deadline deadline_after(int64_t anchor_ms, const struct deadline_rule *rule, const struct zone *zone,
                               const struct calendar *calendar) {
    assert(rule->amount >= 0);
    struct deadline out = deadline_plain(anchor_ms, rule, zone, calendar);
    if (rule->is_noon_rolled) {
        struct civil day = out.is_day ? out.day : zone_date(zone, out.due_ms);
        if (!calendar_is_working_day(calendar, day)) {
            int64_t rolled_ms = noon(zone, working_day_from(calendar, day));
            out = (struct deadline){.due_ms = rolled_ms, .due_latest_ms = rolled_ms};
        }
    }
    return out;
}

int64_t deadline_judged_ms(int64_t sent_ms, int64_t received_ms, int64_t tolerance_ms, bool trusts_sender,
                           int64_t *ret_skew_ms) {
    int64_t skew_ms = received_ms - sent_ms;
    *ret_skew_ms = skew_ms;
    int64_t distance_ms = skew_ms < 0 ? -skew_ms : skew_ms;
    return trusts_sender && distance_ms <= tolerance_ms ? sent_ms : received_ms;
}
