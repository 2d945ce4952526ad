// SPDX-License-Identifier: EUPL-1.2
/*
 * Time arithmetic of legal periods. Pure: instants, a zone and a calendar in, instants out.
 *
 * Each period has two results. `due` is the strict reading, which filers see. `due_latest` is the latest reading that is
 * still lawful under Regulation 1182/71, after which alone something may be called late:
 *   hours    due = anchor + elapsed hours, through weekends, holidays and summer time;
 *            due_latest: the hour of the event does not count (Article 3(1)), so the period starts with the next full hour,
 *            less than an hour later
 *   days, weeks, months
 *            the day of the event does not count; the period ends with the last hour (24:00 local) of the last day; a month
 *            ends with the same day number, or with the last day of a month that has none (Article 3(2));
 *            due_latest: where that day is a Saturday, Sunday or public holiday, the end of the next working day (3(4))
 *   working days
 *            all days but holidays, Saturdays and Sundays (Article 2); both readings are the same
 *   date     the next given day of the year, more than so many days after the anchor
 *   at       the anchor itself (someone named the instant)
 */
#ifndef LAW_DEADLINE_H
#define LAW_DEADLINE_H

#include "law/calendar.h"

enum deadline_unit {
    DEADLINE_AT,
    DEADLINE_HOURS,
    DEADLINE_DAYS,
    DEADLINE_WORKING_DAYS,
    DEADLINE_WEEKS,
    DEADLINE_MONTHS,
    DEADLINE_DATE,
};

struct deadline_rule {
    enum deadline_unit unit;
    int32_t amount;       // for DEADLINE_DATE: more than so many days after the anchor
    struct civil date;    // DEADLINE_DATE: month and day
    bool is_noon_rolled;  // a due instant on a day off moves to 12:00 local of the next working day (an act's own rule)
};

struct deadline {
    int64_t due_ms;
    int64_t due_latest_ms; // never before due_ms
    bool is_day;           // the period ends with the whole of DAY; due_ms is its 24:00
    struct civil day;
};

// ZONE NULL: UTC. CALENDAR NULL: Saturdays and Sundays only.
struct deadline deadline_after(int64_t anchor_ms, const struct deadline_rule *rule, const struct zone *zone,
                               const struct calendar *calendar);

// The instant by which lateness is judged where sender and receiver have clocks of their own: the sender's signed time, as
// long as the two differ by no more than the tolerance (or TRUSTS_SENDER is off); otherwise the receiver's. *ret_skew_ms is
// receiver minus sender, for the log.
int64_t deadline_judged_ms(int64_t sent_ms, int64_t received_ms, int64_t tolerance_ms, bool trusts_sender,
                           int64_t *ret_skew_ms);

#endif
