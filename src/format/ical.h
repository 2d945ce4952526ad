// SPDX-License-Identifier: EUPL-1.2
/*
 * iCalendar (RFC 5545), out only: events with a beginning, in UTC or as whole days. Lines end in CRLF and are folded at 75 octets, never
 * within a character; texts are escaped and lose control characters. Errors are sticky in the buffer.
 */
#ifndef FORMAT_ICAL_H
#define FORMAT_ICAL_H

#include "base/time.h"

struct ical_event {
    struct span uid;      // the same for every version
    int64_t sequence;     // from 0, higher with each version
    int64_t stamp_ms;     // when this version was made
    bool is_whole_day;    // then the days count, else the instants
    struct civil first_day, last_day;
    int64_t start_ms, end_ms; // end_ms: INSTANT_NONE where none is known
    bool is_cancelled;
    struct span title, place, about, url; // empty: left out
};

void ical_begin(struct buf *out, struct span name); // of the calendar
void ical_event(struct buf *out, const struct ical_event *event);
void ical_end(struct buf *out);

#endif
