// SPDX-License-Identifier: EUPL-1.2
#include "format/dsn.h"

enum { HEADER_LINES = 400, PARTS = 32, BOUNDARY_BYTES = 70, STATUS_LINES = 400 };

static uint8_t lower(uint8_t c) { return c >= 'A' && c <= 'Z' ? (uint8_t)(c - 'A' + 'a') : c; }

static bool same_text(struct span a, struct span b) {
    for (size_t i = 0; a.len == b.len && i < a.len; i++)
        if (lower(a.at[i]) != lower(b.at[i])) return false;
    return a.len == b.len;
}

static bool starts_same(struct span text, const char *prefix) {
    struct span p = span_of(prefix);
    return text.len >= p.len && same_text(span_part(text, 0, p.len), p);
}

// Offset of NEEDLE in TEXT without regard to case, or text.len.
static size_t find_same(struct span text, const char *needle) {
    size_t len = strlen(needle);
    for (size_t i = 0; i + len <= text.len; i++)
        if (starts_same(span_part(text, i, text.len), needle)) return i;
    return text.len;
}

// The header field that begins at *at, with its folded lines; false at the empty line or the end (*at then behind it).
static bool next_field(struct span text, size_t *at, struct span *ret_name, struct span *ret_value) {
    while (*at < text.len) {
        size_t start = *at, end = span_find(text, '\n', start);
        if (span_trim(span_part(text, start, end)).len == 0) {
            *at = end + 1;
            return false;
        }
        while (end + 1 < text.len && (text.at[end + 1] == ' ' || text.at[end + 1] == '\t')) end = span_find(text, '\n', end + 1);
        *at = end < text.len ? end + 1 : text.len;
        struct span line = span_part(text, start, end);
        size_t colon = span_find(line, ':', 0);
        if (colon == line.len || colon == 0) continue; // no field: looked over
        *ret_name = span_trim(span_part(line, 0, colon));
        *ret_value = span_trim(span_part(line, colon + 1, line.len));
        return true;
    }
    return false;
}

static struct span in_angles(struct span value) {
    size_t open = span_find(value, '<', 0), close = span_find(value, '>', open < value.len ? open : 0);
    return open < value.len && close < value.len ? span_part(value, open + 1, close) : value;
}

// The parameter NAME= of a Content-Type; empty where it is absent.
static struct span parameter(struct span value, const char *name) {
    size_t at = find_same(value, name);
    if (at == value.len) return span_make(NULL, 0);
    struct span rest = span_part(value, at + strlen(name), value.len);
    if (rest.len > 0 && rest.at[0] == '"') return span_part(rest, 1, span_find(rest, '"', 1));
    size_t end = 0;
    while (end < rest.len && rest.at[end] != ';' && rest.at[end] > ' ') end++;
    return span_part(rest, 0, end);
}

static void add_address(struct dsn *dsn, struct span value) {
    if (dsn->address_count < DSN_ADDRESSES && value.len > 0) dsn->addresses[dsn->address_count++] = value;
}

// The top header; returns where the body begins, and the boundary of a report.
static size_t read_header(struct span message, struct dsn *dsn, struct span *ret_boundary) {
    size_t at = 0, lines = 0;
    struct span name, value;
    while (lines++ < HEADER_LINES && next_field(message, &at, &name, &value)) {
        if (same_text(name, SPAN("message-id"))) dsn->message_id = in_angles(value);
        else if (same_text(name, SPAN("return-path"))) dsn->has_null_sender = in_angles(value).len == 0 || same_text(in_angles(value), SPAN("mailer-daemon"));
        else if (same_text(name, SPAN("to")) || same_text(name, SPAN("delivered-to")) || same_text(name, SPAN("x-original-to")) ||
                 same_text(name, SPAN("envelope-to")))
            add_address(dsn, value);
        else if (same_text(name, SPAN("auto-submitted"))) dsn->is_reply = starts_same(value, "auto-replied");
        else if (same_text(name, SPAN("content-type")) && starts_same(value, "multipart/report")) *ret_boundary = parameter(value, "boundary=");
    }
    return at;
}

// The fields about one recipient or the message (RFC 3464 2): groups between empty lines.
static void read_status(struct span text, struct dsn *dsn) {
    size_t at = 0;
    struct span name, value;
    for (size_t lines = 0; at < text.len && lines < STATUS_LINES; lines++) {
        if (!next_field(text, &at, &name, &value)) continue;
        if (same_text(name, SPAN("action"))) {
            dsn->is_report = true;
            dsn->is_failed = dsn->is_failed || same_text(value, SPAN("failed"));
        } else if (same_text(name, SPAN("status"))) {
            dsn->status = value;
        } else if (same_text(name, SPAN("diagnostic-code"))) {
            size_t semicolon = span_find(value, ';', 0);
            dsn->diagnostic = semicolon < value.len ? span_trim(span_part(value, semicolon + 1, value.len)) : value;
        }
    }
}

static void read_part(struct span part, struct dsn *dsn) {
    size_t at = 0, lines = 0;
    struct span name, value, type = span_make(NULL, 0);
    while (lines++ < HEADER_LINES && next_field(part, &at, &name, &value))
        if (same_text(name, SPAN("content-type"))) type = value;
    struct span body = span_part(part, at, part.len);
    if (starts_same(type, "message/delivery-status") || starts_same(type, "message/global-delivery-status")) read_status(body, dsn);
    if (!starts_same(type, "message/rfc822") && !starts_same(type, "text/rfc822-headers") && !starts_same(type, "message/global")) return;
    at = 0;
    for (lines = 0; lines < HEADER_LINES && next_field(body, &at, &name, &value); lines++)
        if (same_text(name, SPAN("message-id"))) dsn->original_id = in_angles(value);
}

// Offset of the line "--BOUNDARY" at or after FROM, or text.len; *ret_after is the line after it.
static size_t find_boundary(struct span text, struct span boundary, size_t from, size_t *ret_after) {
    for (size_t at = from; at < text.len;) {
        size_t end = span_find(text, '\n', at);
        struct span line = span_part(text, at, end);
        if (line.len >= boundary.len + 2 && line.at[0] == '-' && line.at[1] == '-' &&
            span_equals(span_part(line, 2, 2 + boundary.len), boundary)) {
            *ret_after = end < text.len ? end + 1 : text.len;
            return at;
        }
        at = end + 1;
    }
    *ret_after = text.len;
    return text.len;
}

void dsn_read(struct span message, struct dsn *ret) {
    struct dsn dsn = {0};
    struct span boundary = span_make(NULL, 0);
    size_t at = read_header(message, &dsn, &boundary);
    if (at > message.len) at = message.len;
    struct span body = span_part(message, at, message.len);
    if (boundary.len > 0 && boundary.len <= BOUNDARY_BYTES) {
        size_t start, end;
        (void)find_boundary(body, boundary, 0, &start);
        for (size_t i = 0; i < PARTS && start < body.len; i++) {
            size_t next;
            end = find_boundary(body, boundary, start, &next);
            read_part(span_part(body, start, end), &dsn);
            start = next;
        }
    }
    *ret = dsn;
}

struct span dsn_find_mark(struct span text, struct span local, struct span domain) {
    for (size_t i = 0; i + local.len + 1 < text.len; i++) {
        if (!same_text(span_part(text, i, i + local.len), local) || text.at[i + local.len] != '+') continue;
        size_t start = i + local.len + 1, at = span_find(text, '@', start);
        if (at < text.len && at - start <= 64 && same_text(span_part(text, at + 1, at + 1 + domain.len), domain)) return span_part(text, start, at);
    }
    return span_make(NULL, 0);
}
