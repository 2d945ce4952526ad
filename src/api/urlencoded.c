// SPDX-License-Identifier: EUPL-1.2
#include "api/urlencoded.h"

static int hex_value(uint8_t c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

struct span urlencoded_text(struct arena *arena, struct span text) {
    uint8_t *out = arena_take(arena, text.len + 1);
    if (out == NULL) return span_make(NULL, 0);
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.at[i];
        if (c == '+') c = ' ';
        if (c == '%') {
            int high = text.len - i < 3 ? -1 : hex_value(text.at[i + 1]), low = text.len - i < 3 ? -1 : hex_value(text.at[i + 2]);
            if (high < 0 || low < 0) return span_make(NULL, 0);
            c = (uint8_t)(high * 16 + low);
            i += 2;
        }
        out[len++] = c;
    }
    struct span decoded = span_make(out, len);
    return span_is_utf8(decoded) ? decoded : span_make(NULL, 0);
}

// Browsers end lines with CR LF.
static struct span lines_plain(struct arena *arena, struct span text) {
    uint8_t *out = arena_take(arena, text.len + 1);
    size_t len = 0;
    if (out == NULL) return span_make(NULL, 0);
    for (size_t i = 0; i < text.len; i++) {
        bool is_end = text.at[i] == '\r';
        if (is_end && i + 1 < text.len && text.at[i + 1] == '\n') continue;
        out[len++] = is_end ? '\n' : text.at[i];
    }
    return span_make(out, len);
}

struct err urlencoded_parse(struct arena *arena, struct span body, struct form *ret, struct why *why) {
    ret->count = 0;
    if (body.len > LIMIT_FORM_BYTES) return why_set(why, ERR_LIMIT, "", "form.size", "", "the form has more than %d bytes", (int)LIMIT_FORM_BYTES);
    for (struct span rest = body; rest.len > 0;) {
        size_t end = span_find(rest, '&', 0);
        struct span pair = span_part(rest, 0, end);
        rest = span_part(rest, end + 1, rest.len);
        if (pair.len == 0) continue;
        if (ret->count == LIMIT_FORM_PAIRS) return why_set(why, ERR_LIMIT, "", "form.size", "", "the form has more than %d fields", (int)LIMIT_FORM_PAIRS);
        size_t equals = span_find(pair, '=', 0);
        struct span name = urlencoded_text(arena, span_part(pair, 0, equals)), value = urlencoded_text(arena, span_part(pair, equals + 1, pair.len));
        if (name.at == NULL || value.at == NULL || span_find(name, 0, 0) < name.len || span_find(value, 0, 0) < value.len)
            return why_set(why, ERR_INPUT, "", "form.encoding", "", "the form is not what a browser sends");
        value = lines_plain(arena, value);
        if (value.at == NULL) return err_make(ERR_MEMORY);
        ret->pairs[ret->count++] = (struct form_pair){.name = name, .value = value};
    }
    return err_none();
}

struct span form_value(const struct form *form, struct span name) {
    for (size_t i = 0; i < form->count; i++)
        if (span_equals(form->pairs[i].name, name)) return form->pairs[i].value;
    return span_make(NULL, 0);
}
