// SPDX-License-Identifier: EUPL-1.2
#include "format/ical.h"

enum { FOLD_OCTETS = 75 };

// --- lines ---

struct line { // one content line on its way
    struct buf *out;
    size_t octets; // on the present physical line
};

static void add_character(struct line *line, const uint8_t *at, size_t len) {
    if (line->octets + len > FOLD_OCTETS) {
        buf_add_text(line->out, "\r\n ");
        line->octets = 1;
    }
    buf_add(line->out, span_make(at, len));
    line->octets += len;
}

static size_t character_len(const struct span text, size_t at) {
    size_t len = text.at[at] < 0x80 ? 1 : text.at[at] < 0xe0 ? 2 : text.at[at] < 0xf0 ? 3 : 4;
    return at + len <= text.len ? len : 1;
}

static void add_plain(struct line *line, struct span text) {
    for (size_t at = 0; at < text.len; at += character_len(text, at)) add_character(line, &text.at[at], character_len(text, at));
}

static void add_escaped(struct line *line, struct span text) {
    for (size_t at = 0; at < text.len; at += character_len(text, at)) {
        uint8_t byte = text.at[at];
        if (byte == '\n') add_plain(line, SPAN("\\n"));
        else if (byte < 0x20 || byte == 0x7f) continue;
        else if (byte == '\\' || byte == ';' || byte == ',') add_plain(line, SPAN("\\")), add_character(line, &text.at[at], 1);
        else add_character(line, &text.at[at], character_len(text, at));
    }
}

static struct line line_begin(struct buf *out, const char *name) {
    struct line line = {.out = out};
    add_plain(&line, span_of(name));
    add_plain(&line, SPAN(":"));
    return line;
}

static void line_plain(struct buf *out, const char *name, struct span value) {
    struct line line = line_begin(out, name);
    for (size_t at = 0; at < value.len; at++) // a value without escapes has no line ends
        if (value.at[at] < 0x20 || value.at[at] == 0x7f) value.len = at;
    add_plain(&line, value);
    buf_add_text(out, "\r\n");
}

static void line_text(struct buf *out, const char *name, struct span value) {
    if (value.len == 0) return;
    struct line line = line_begin(out, name);
    add_escaped(&line, value);
    buf_add_text(out, "\r\n");
}

static void line_instant(struct buf *out, const char *name, int64_t ms) {
    struct wall wall = wall_at(ms, 0);
    buf_printf(out, "%s:%04d%02u%02uT%02u%02u%02uZ\r\n", name, (int)wall.date.year, wall.date.month, wall.date.day, wall.hour, wall.minute, wall.second);
}

static void line_day(struct buf *out, const char *name, struct civil day) {
    buf_printf(out, "%s;VALUE=DATE:%04d%02u%02u\r\n", name, (int)day.year, day.month, day.day);
}

// --- the calendar ---

void ical_begin(struct buf *out, struct span name) {
    buf_add_text(out, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Varde//Varde 1//EN\r\nCALSCALE:GREGORIAN\r\n");
    line_text(out, "X-WR-CALNAME", name);
}

void ical_event(struct buf *out, const struct ical_event *event) {
    buf_add_text(out, "BEGIN:VEVENT\r\n");
    line_plain(out, "UID", event->uid);
    line_instant(out, "DTSTAMP", event->stamp_ms);
    line_instant(out, "LAST-MODIFIED", event->stamp_ms);
    buf_printf(out, "SEQUENCE:%lld\r\n", (long long)event->sequence);
    if (event->is_whole_day) {
        line_day(out, "DTSTART", event->first_day);
        line_day(out, "DTEND", civil_from_days(civil_to_days(event->last_day) + 1)); // the day after the last
    } else {
        line_instant(out, "DTSTART", event->start_ms);
        if (event->end_ms != INSTANT_NONE) line_instant(out, "DTEND", event->end_ms);
    }
    line_plain(out, "STATUS", event->is_cancelled ? SPAN("CANCELLED") : SPAN("CONFIRMED"));
    line_text(out, "SUMMARY", event->title);
    line_text(out, "LOCATION", event->place);
    line_text(out, "DESCRIPTION", event->about);
    if (event->url.len > 0) line_plain(out, "URL", event->url);
    buf_add_text(out, "END:VEVENT\r\n");
}

void ical_end(struct buf *out) { buf_add_text(out, "END:VCALENDAR\r\n"); }
