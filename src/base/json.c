// SPDX-License-Identifier: EUPL-1.2
#include "base/json.h"

#include "base/limits.h"

#include <stdio.h>
#include <stdlib.h>

// Gives each integer of more digits than int64 surely holds an exponent, which makes it a REAL.
static void add_exponents(struct span text, struct buf *out) {
    for (size_t at = 0; at < text.len;) {
        size_t from = at, end;
        if (text.at[at] == '"') {
            for (at++; at < text.len && text.at[at] != '"'; at++)
                if (text.at[at] == '\\') at++;
            end = ++at;
        } else {
            while (at < text.len && text.at[at] >= '0' && text.at[at] <= '9') at++;
            if (at == from) at++;
            end = at;
        }
        buf_add(out, span_part(text, from, end));
        bool is_integer = end == text.len || strchr(".eE", text.at[end]) == NULL;
        size_t sign = from > 0 && text.at[from - 1] == '-' ? from - 1 : from;
        bool is_whole = sign == 0 || strchr(".eE+", text.at[sign - 1]) == NULL; // else the digits of a fraction or an exponent
        if (text.at[from] != '"' && end - from > 18 && is_integer && is_whole) buf_add_text(out, "e0");
    }
}

struct err json_parse_wide(struct arena *arena, struct span text, struct json *ret, struct why *why) {
    struct why own = {0};
    struct err e = json_parse(arena, text, ret, &own);
    if (!is_err(e)) return e;
    if (strcmp(own.rule, "json.number") == 0) {
        struct buf wide;
        buf_init(&wide, arena, 2 * text.len + 2);
        add_exponents(text, &wide);
        own = (struct why){0};
        e = wide.is_failed ? err_make(ERR_MEMORY) : json_parse_within(arena, buf_span(&wide), wide.len, ret, &own);
    }
    if (is_err(e) && why != NULL && !why->is_set && own.is_set) *why = own;
    return e;
}

const struct json *json_get(const struct json *object, const char *name) {
    if (object == NULL || object->type != JSON_OBJECT) return NULL;
    for (size_t i = 0; i < object->count; i++)
        if (span_is(object->members[i].name, name)) return &object->members[i].value;
    return NULL;
}

struct span json_get_string(const struct json *object, const char *name) {
    const struct json *value = json_get(object, name);
    return value != NULL && value->type == JSON_STRING ? value->string : span_make(NULL, 0);
}

int64_t json_get_int(const struct json *object, const char *name, int64_t fallback) {
    const struct json *value = json_get(object, name);
    return value != NULL && value->type == JSON_INT ? value->integer : fallback;
}

bool json_get_bool(const struct json *object, const char *name, bool fallback) {
    const struct json *value = json_get(object, name);
    return value != NULL && value->type == JSON_BOOL ? value->boolean : fallback;
}

const char *json_type_name(enum json_type type) {
    static const char *const NAMES[] = {"null", "boolean", "integer", "number", "string", "array", "object"};
    return (unsigned)type < sizeof NAMES / sizeof NAMES[0] ? NAMES[type] : "unknown";
}

struct json json_from_string(struct span s) { return (struct json){.type = JSON_STRING, .string = s}; }
struct json json_from_int(int64_t i) { return (struct json){.type = JSON_INT, .integer = i}; }
struct json json_from_bool(bool b) { return (struct json){.type = JSON_BOOL, .boolean = b}; }

// --- writing ---

void json_out_init(struct json_out *out, struct buf *buf) { *out = (struct json_out){.buf = buf}; }

// Before a value or a name: the comma, where one is due.
static void separate(struct json_out *out) {
    if (out->is_after_name) {
        out->is_after_name = false;
        return;
    }
    if (out->has_item[out->depth]) buf_add_byte(out->buf, ',');
    out->has_item[out->depth] = true;
}

static void open_nest(struct json_out *out, uint8_t bracket) {
    separate(out);
    buf_add_byte(out->buf, bracket);
    if (out->depth + 1 >= JSON_OUT_DEPTH) {
        out->is_failed = true;
        out->buf->is_failed = true;
        return;
    }
    out->has_item[++out->depth] = false;
}

static void close_nest(struct json_out *out, uint8_t bracket) {
    if (out->depth == 0) {
        out->is_failed = true;
        return;
    }
    out->depth--;
    buf_add_byte(out->buf, bracket);
}

void json_out_object(struct json_out *out) { open_nest(out, '{'); }
void json_out_object_end(struct json_out *out) { close_nest(out, '}'); }
void json_out_array(struct json_out *out) { open_nest(out, '['); }
void json_out_array_end(struct json_out *out) { close_nest(out, ']'); }

// Quoted with the escapes of RFC 8785: short forms where they exist, \u00xx for other controls, the rest as it is.
static void add_quoted(struct buf *buf, struct span s) {
    static const char DIGITS[] = "0123456789abcdef";
    buf_add_byte(buf, '"');
    size_t clean_from = 0;
    for (size_t i = 0; i < s.len; i++) {
        uint8_t c = s.at[i];
        if (c >= 0x20 && c != '"' && c != '\\') continue;
        buf_add(buf, span_part(s, clean_from, i));
        clean_from = i + 1;
        char letter = c == '"' ? '"' : c == '\\' ? '\\' : c == '\b' ? 'b' : c == '\f' ? 'f' : c == '\n' ? 'n' : c == '\r' ? 'r' : c == '\t' ? 't' : 0;
        uint8_t escape[6] = {'\\', 'u', '0', '0', (uint8_t)DIGITS[c >> 4], (uint8_t)DIGITS[c & 15]};
        if (letter != 0) escape[1] = (uint8_t)letter;
        buf_add(buf, span_make(escape, letter != 0 ? 2 : 6));
    }
    buf_add(buf, span_part(s, clean_from, s.len));
    buf_add_byte(buf, '"');
}

// Ill-formed bytes, each as U+FFFD, so that what we write is always JSON.
static void add_quoted_repaired(struct buf *buf, struct span s) {
    buf_add_byte(buf, '"');
    for (size_t i = 0; i < s.len;) {
        size_t n = 1;
        while (n < 4 && i + n < s.len && (s.at[i + n] & 0xc0) == 0x80) n++;
        struct span one = span_make(s.at + i, n);
        if (span_is_utf8(one)) {
            struct buf *inner = buf;
            size_t mark = inner->len;
            add_quoted(inner, one); // writes the quotes too; take them out again
            if (!inner->is_failed) {
                memmove(inner->at + mark, inner->at + mark + 1, inner->len - mark - 2);
                inner->len -= 2;
            }
        } else {
            buf_add_text(buf, "\xef\xbf\xbd");
        }
        i += n;
    }
    buf_add_byte(buf, '"');
}

static void add_string(struct buf *buf, struct span s) {
    if (span_is_utf8(s)) add_quoted(buf, s);
    else add_quoted_repaired(buf, s);
}

void json_out_name_span(struct json_out *out, struct span name) {
    separate(out);
    add_string(out->buf, name);
    buf_add_byte(out->buf, ':');
    out->is_after_name = true;
}

void json_out_name(struct json_out *out, const char *name) { json_out_name_span(out, span_of(name)); }

void json_out_string(struct json_out *out, struct span s) {
    separate(out);
    if (s.at == NULL) buf_add_text(out->buf, "null");
    else add_string(out->buf, s);
}

void json_out_text(struct json_out *out, const char *text) { json_out_string(out, span_of(text)); }

void json_out_int(struct json_out *out, int64_t value) {
    separate(out);
    buf_add_int(out->buf, value);
}

void json_out_bool(struct json_out *out, bool value) {
    separate(out);
    buf_add_text(out->buf, value ? "true" : "false");
}

void json_out_null(struct json_out *out) {
    separate(out);
    buf_add_text(out->buf, "null");
}

void json_out_raw(struct json_out *out, struct span json) {
    separate(out);
    buf_add(out->buf, json);
}

void json_out_value(struct json_out *out, const struct json *value) {
    if (value == NULL) {
        json_out_null(out);
        return;
    }
    switch (value->type) {
    case JSON_NULL: json_out_null(out); return;
    case JSON_BOOL: json_out_bool(out, value->boolean); return;
    case JSON_INT: json_out_int(out, value->integer); return;
    case JSON_REAL:
        separate(out);
        buf_printf(out->buf, "%.17g", value->real);
        return;
    case JSON_STRING: json_out_string(out, value->string); return;
    case JSON_ARRAY:
        json_out_array(out);
        for (size_t i = 0; i < value->count; i++) json_out_value(out, &value->items[i]);
        json_out_array_end(out);
        return;
    case JSON_OBJECT:
        json_out_object(out);
        for (size_t i = 0; i < value->count; i++) {
            json_out_name_span(out, value->members[i].name);
            json_out_value(out, &value->members[i].value);
        }
        json_out_object_end(out);
        return;
    }
}

void json_out_member_string(struct json_out *out, const char *name, struct span s) {
    json_out_name(out, name);
    json_out_string(out, s);
}

void json_out_member_text(struct json_out *out, const char *name, const char *text) {
    json_out_name(out, name);
    json_out_text(out, text);
}

void json_out_member_int(struct json_out *out, const char *name, int64_t value) {
    json_out_name(out, name);
    json_out_int(out, value);
}

void json_out_member_bool(struct json_out *out, const char *name, bool value) {
    json_out_name(out, name);
    json_out_bool(out, value);
}

// --- canonical form ---

// RFC 8785 orders names by UTF-16 code units: as bytes, except that U+E000..U+FFFF come after the astral planes.
static int utf16_order(struct span a, struct span b) {
    size_t i = 0;
    while (i < a.len && i < b.len && a.at[i] == b.at[i]) i++;
    if (i == a.len || i == b.len) return a.len < b.len ? -1 : a.len > b.len ? 1 : 0;
    uint8_t x = a.at[i], y = b.at[i];
    bool is_x_astral = x >= 0xf0, is_y_astral = y >= 0xf0;
    if (is_x_astral != is_y_astral) {
        uint8_t other = is_x_astral ? y : x;
        if (other >= 0xee) return is_x_astral ? -1 : 1; // 0xee 0xef lead U+E000..U+FFFF, above surrogates
    }
    return x < y ? -1 : 1;
}

static int member_order(const void *a, const void *b) {
    return utf16_order((*(const struct json_member *const *)a)->name, (*(const struct json_member *const *)b)->name);
}

static struct err canonical_object(struct buf *buf, const struct json *value) {
    const struct json_member *few[32];
    const struct json_member **sorted = few;
    if (value->count > 32) {
        sorted = mem_take(value->count * sizeof *sorted);
        if (sorted == NULL) return err_make(ERR_MEMORY);
    }
    for (size_t i = 0; i < value->count; i++) sorted[i] = &value->members[i];
    qsort(sorted, value->count, sizeof *sorted, member_order);
    struct err result = err_none();
    buf_add_byte(buf, '{');
    for (size_t i = 0; i < value->count && !is_err(result); i++) {
        if (i > 0) buf_add_byte(buf, ',');
        add_quoted(buf, sorted[i]->name);
        buf_add_byte(buf, ':');
        result = json_canonical(buf, &sorted[i]->value);
    }
    buf_add_byte(buf, '}');
    if (sorted != few) mem_give(sorted);
    return result;
}

struct err json_canonical(struct buf *buf, const struct json *value) {
    switch (value->type) {
    case JSON_NULL: buf_add_text(buf, "null"); break;
    case JSON_BOOL: buf_add_text(buf, value->boolean ? "true" : "false"); break;
    case JSON_INT: buf_add_int(buf, value->integer); break;
    case JSON_REAL: return err_make(ERR_INPUT);
    case JSON_STRING:
        if (!span_is_utf8(value->string)) return err_make(ERR_INPUT);
        add_quoted(buf, value->string);
        break;
    case JSON_ARRAY:
        buf_add_byte(buf, '[');
        for (size_t i = 0; i < value->count; i++) {
            if (i > 0) buf_add_byte(buf, ',');
            TRY(json_canonical(buf, &value->items[i]));
        }
        buf_add_byte(buf, ']');
        break;
    case JSON_OBJECT: TRY(canonical_object(buf, value)); break;
    }
    return buf->is_failed ? err_make(ERR_MEMORY) : err_none();
}

struct err json_canonical_text(struct arena *arena, const struct json *value, struct span *ret) {
    struct buf buf;
    buf_init(&buf, arena, LIMIT_JSON_BYTES * 2);
    TRY(json_canonical(&buf, value));
    *ret = buf_span(&buf);
    return err_none();
}
