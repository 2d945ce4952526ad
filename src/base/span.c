// SPDX-License-Identifier: EUPL-1.2
#include "base/span.h"

#include <errno.h>
#include <stdlib.h>

int span_compare(struct span a, struct span b) {
    size_t shared = a.len < b.len ? a.len : b.len;
    int order = shared == 0 ? 0 : memcmp(a.at, b.at, shared);
    if (order != 0) return order;
    return a.len < b.len ? -1 : a.len > b.len ? 1 : 0;
}

bool span_starts_with(struct span s, struct span prefix) {
    return s.len >= prefix.len && span_equals(span_make(s.at, prefix.len), prefix);
}

bool span_ends_with(struct span s, struct span suffix) {
    return s.len >= suffix.len && span_equals(span_make(s.at + (s.len - suffix.len), suffix.len), suffix);
}

size_t span_find(struct span s, uint8_t c, size_t from) {
    if (from >= s.len) return s.len;
    const uint8_t *hit = memchr(s.at + from, c, s.len - from);
    return hit == NULL ? s.len : (size_t)(hit - s.at);
}

struct span span_part(struct span s, size_t from, size_t to) {
    if (to > s.len) to = s.len;
    if (from > to) from = to;
    return span_make(s.at == NULL ? NULL : s.at + from, to - from);
}

static bool is_blank(uint8_t c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

struct span span_trim(struct span s) {
    size_t from = 0, to = s.len;
    while (from < to && is_blank(s.at[from])) from++;
    while (to > from && is_blank(s.at[to - 1])) to--;
    return span_part(s, from, to);
}

// The length of the well-formed sequence at P (up to LEFT bytes), or 0.
static size_t utf8_sequence(const uint8_t *p, size_t left) {
    uint8_t a = p[0];
    if (a < 0x80) return 1;
    if (a < 0xc2) return 0;
    size_t n = a < 0xe0 ? 2 : a < 0xf0 ? 3 : a < 0xf5 ? 4 : 0;
    if (n == 0 || left < n) return 0;
    uint8_t low = 0x80, high = 0xbf;
    if (a == 0xe0) low = 0xa0;
    if (a == 0xed) high = 0x9f;
    if (a == 0xf0) low = 0x90;
    if (a == 0xf4) high = 0x8f;
    if (p[1] < low || p[1] > high) return 0;
    for (size_t i = 2; i < n; i++)
        if ((p[i] & 0xc0) != 0x80) return 0;
    return n;
}

bool span_is_utf8(struct span s) {
    for (size_t i = 0; i < s.len;) {
        size_t n = utf8_sequence(s.at + i, s.len - i);
        if (n == 0) return false;
        i += n;
    }
    return true;
}

bool span_has_hidden(struct span s) {
    for (size_t i = 0; i < s.len; i++) {
        uint8_t a = s.at[i], b = i + 1 < s.len ? s.at[i + 1] : 0, c = i + 2 < s.len ? s.at[i + 2] : 0;
        if (a < 0x20 || a == 0x7f || (a == 0xc2 && b >= 0x80 && b <= 0x9f)) return true;
        if (a == 0xe2 && b == 0x80 && c >= 0xa8 && c <= 0xae) return true;
        if (a == 0xe2 && b == 0x81 && c >= 0xa6 && c <= 0xa9) return true;
        if (a == 0xef && b == 0xbb && c == 0xbf) return true;
    }
    return false;
}

bool span_to_int(struct span s, int64_t *ret) {
    bool is_negative = s.len > 0 && s.at[0] == '-';
    size_t i = is_negative ? 1 : 0;
    if (i == s.len || s.len - i > 19) return false;
    uint64_t value = 0;
    for (; i < s.len; i++) {
        if (s.at[i] < '0' || s.at[i] > '9') return false;
        value = value * 10 + (uint64_t)(s.at[i] - '0');
    }
    uint64_t most = is_negative ? (uint64_t)INT64_MAX + 1 : (uint64_t)INT64_MAX;
    if (value > most) return false;
    *ret = is_negative ? (value == most ? INT64_MIN : -(int64_t)value) : (int64_t)value;
    return true;
}

static int hex_digit(uint8_t c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

struct err hex_decode(struct arena *arena, struct span text, struct span *ret) {
    if (text.len % 2 != 0) return err_make(ERR_INPUT);
    uint8_t *out = arena_take(arena, text.len / 2 + 1);
    if (out == NULL) return err_make(ERR_MEMORY);
    for (size_t i = 0; i < text.len / 2; i++) {
        int high = hex_digit(text.at[2 * i]), low = hex_digit(text.at[2 * i + 1]);
        if (high < 0 || low < 0) return err_make(ERR_INPUT);
        out[i] = (uint8_t)(high * 16 + low);
    }
    *ret = span_make(out, text.len / 2);
    return err_none();
}

static int base64_digit(uint8_t c) {
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26;
    if (c >= '0' && c <= '9') return c - '0' + 52;
    if (c == '+') return 62;
    return c == '/' ? 63 : -1;
}

struct err base64_decode(struct arena *arena, struct span text, struct span *ret) {
    if (text.len % 4 != 0) return err_make(ERR_INPUT);
    size_t padding = 0;
    if (text.len > 0 && text.at[text.len - 1] == '=') padding = text.at[text.len - 2] == '=' ? 2 : 1;
    size_t out_len = text.len / 4 * 3 - padding;
    uint8_t *out = arena_take(arena, out_len + 1);
    if (out == NULL) return err_make(ERR_MEMORY);
    uint32_t group = 0;
    size_t written = 0;
    for (size_t i = 0; i < text.len; i++) {
        int digit = i >= text.len - padding ? 0 : base64_digit(text.at[i]);
        if (digit < 0) return err_make(ERR_INPUT);
        group = (group << 6) | (uint32_t)digit;
        if (i % 4 != 3) continue;
        for (unsigned k = 0; k < 3; k++) {
            uint8_t byte = (uint8_t)(group >> (16 - 8 * k));
            if (written < out_len) out[written++] = byte;
            else if (byte != 0) return err_make(ERR_INPUT); // stray bits under the padding
        }
        group = 0;
    }
    *ret = span_make(out, out_len);
    return err_none();
}

struct err base64url_decode(struct arena *arena, struct span text, struct span *ret) {
    size_t padding = (4 - text.len % 4) % 4;
    uint8_t *plain = arena_take(arena, text.len + 4);
    if (plain == NULL) return err_make(ERR_MEMORY);
    if (padding == 3) return err_make(ERR_INPUT);
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.at[i];
        if (c == '+' || c == '/' || c == '=') return err_make(ERR_INPUT);
        plain[i] = c == '-' ? '+' : c == '_' ? '/' : c;
    }
    for (size_t i = 0; i < padding; i++) plain[text.len + i] = '=';
    return base64_decode(arena, span_make(plain, text.len + padding), ret);
}
