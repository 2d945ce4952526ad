// SPDX-License-Identifier: EUPL-1.2
#include "api/multipart.h"

enum { BOUNDARY_MAX = 70, HEADERS_BYTES_MAX = 2048 };

static struct err refuse(struct why *why) { return why_set(why, ERR_INPUT, "", "form.encoding", "RFC 7578", "the form is not what a browser sends"); }

static uint8_t lower(uint8_t c) { return c >= 'A' && c <= 'Z' ? (uint8_t)(c + 32) : c; }

static bool starts_as(struct span text, const char *word) {
    size_t len = strlen(word);
    if (text.len < len) return false;
    for (size_t i = 0; i < len; i++)
        if (lower(text.at[i]) != (uint8_t)word[i]) return false;
    return true;
}

// The value of parameter NAME of "type; name=value; name="value""; at == NULL where there is none.
static struct span parameter(struct span header, const char *name) {
    bool is_quoted = false;
    for (size_t i = 0; i < header.len; i++) {
        if (header.at[i] == '"') is_quoted = !is_quoted;
        if (header.at[i] != ';' || is_quoted) continue;
        struct span rest = span_trim(span_part(header, i + 1, header.len));
        if (!starts_as(rest, name) || rest.len <= strlen(name) || rest.at[strlen(name)] != '=') continue;
        struct span value = span_part(rest, strlen(name) + 1, rest.len);
        if (value.len > 0 && value.at[0] == '"') return span_part(value, 1, span_find(value, '"', 1));
        return span_trim(span_part(value, 0, span_find(value, ';', 0)));
    }
    return span_make(NULL, 0);
}

// Where WHAT stands in TEXT at or after FROM; text.len where it does not.
static size_t find(struct span text, struct span what, size_t from) {
    for (size_t at = span_find(text, what.at[0], from); at + what.len <= text.len; at = span_find(text, what.at[0], at + 1))
        if (memcmp(&text.at[at], what.at, what.len) == 0) return at;
    return text.len;
}

static struct err part_read(struct span part, struct multipart *ret, struct why *why) {
    size_t end = find(part, SPAN("\r\n\r\n"), 0);
    if (end == part.len || end > HEADERS_BYTES_MAX) return refuse(why);
    if (ret->count == LIMIT_MULTIPART_PARTS) return why_set(why, ERR_LIMIT, "", "form.size", "", "the form has more than %d parts", (int)LIMIT_MULTIPART_PARTS);
    struct multipart_part *made = &ret->parts[ret->count];
    *made = (struct multipart_part){.bytes = span_part(part, end + 4, part.len)};
    for (size_t at = 0; at < end;) {
        size_t stop = find(span_part(part, 0, end), SPAN("\r\n"), at);
        struct span line = span_part(part, at, stop);
        at = stop + 2;
        if (!starts_as(line, "content-disposition:")) continue;
        made->name = parameter(line, "name");
        made->is_file = parameter(line, "filename").at != NULL;
    }
    if (made->name.at == NULL || !span_is_utf8(made->name)) return refuse(why);
    ret->count++;
    return err_none();
}

struct err multipart_parse(struct span content_type, struct span body, struct multipart *ret, struct why *why) {
    uint8_t mark[BOUNDARY_MAX + 4] = {'\r', '\n', '-', '-'};
    *ret = (struct multipart){.count = 0};
    if (!starts_as(content_type, "multipart/form-data")) return why_set(why, ERR_UNSUPPORTED, "", "http.media_type", "RFC 9110 15.5.16", "a form is expected, as a browser sends it");
    struct span boundary = parameter(content_type, "boundary");
    if (boundary.len == 0 || boundary.len > BOUNDARY_MAX) return refuse(why);
    memcpy(mark + 4, boundary.at, boundary.len);
    struct span line = span_make(mark, boundary.len + 4), first = span_part(line, 2, line.len);
    if (!span_starts_with(body, first)) return refuse(why);
    for (size_t at = first.len;;) {
        struct span rest = span_part(body, at, body.len);
        if (span_starts_with(rest, SPAN("--"))) return err_none();
        if (!span_starts_with(rest, SPAN("\r\n"))) return refuse(why);
        size_t end = find(body, line, at);
        if (end == body.len) return refuse(why);
        TRY(part_read(span_part(body, at + 2, end), ret, why));
        at = end + line.len;
    }
}

const struct multipart_part *multipart_find(const struct multipart *form, const char *name) {
    for (size_t i = 0; i < form->count; i++)
        if (span_is(form->parts[i].name, name)) return &form->parts[i];
    return NULL;
}
