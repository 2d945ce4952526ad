// SPDX-License-Identifier: EUPL-1.2
/* Words of a text. */
#include "service/search.h"

// One code point at *AT; false at the end. Bytes that are no UTF-8 (there are none in filings) count as themselves.
static bool next_point(struct span text, size_t *at, uint32_t *ret) {
    if (*at >= text.len) return false;
    uint8_t lead = text.at[*at];
    size_t len = lead < 0x80 ? 1 : lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
    uint32_t point = len == 1 ? lead : len == 2 ? lead & 0x1fU : len == 3 ? lead & 0x0fU : lead & 0x07U;
    if (*at + len > text.len) len = 1;
    for (size_t i = 1; i < len; i++) point = point << 6 | (text.at[*at + i] & 0x3fU);
    *at += len;
    *ret = point;
    return true;
}

static void put_point(struct buf *out, uint32_t point) {
    if (point < 0x80) {
        buf_add_byte(out, (uint8_t)point);
    } else if (point < 0x800) {
        buf_add_byte(out, (uint8_t)(0xc0 | point >> 6));
        buf_add_byte(out, (uint8_t)(0x80 | (point & 0x3f)));
    } else if (point < 0x10000) {
        buf_add_byte(out, (uint8_t)(0xe0 | point >> 12));
        buf_add_byte(out, (uint8_t)(0x80 | (point >> 6 & 0x3f)));
        buf_add_byte(out, (uint8_t)(0x80 | (point & 0x3f)));
    } else {
        buf_add_byte(out, (uint8_t)(0xf0 | (point >> 18 & 0x07)));
        buf_add_byte(out, (uint8_t)(0x80 | (point >> 12 & 0x3f)));
        buf_add_byte(out, (uint8_t)(0x80 | (point >> 6 & 0x3f)));
        buf_add_byte(out, (uint8_t)(0x80 | (point & 0x3f)));
    }
}

static uint32_t fold(uint32_t c) {
    if (c >= 'A' && c <= 'Z') return c + 32;
    if (c >= 0xc0 && c <= 0xde && c != 0xd7) return c + 32;       // Latin-1
    if (c >= 0x139 && c <= 0x148 && (c & 1) == 1) return c + 1;   // Latin Extended-A counts in pairs, from an odd one here
    if (c == 0x179 || c == 0x17b || c == 0x17d) return c + 1;
    if (c >= 0x100 && c <= 0x177 && (c < 0x138 || c > 0x148) && (c & 1) == 0 && c != 0x130) return c + 1;
    if (c >= 0x391 && c <= 0x3a9) return c + 32;                  // Greek
    if (c == 0x386) return 0x3ac;
    if (c >= 0x388 && c <= 0x38a) return c + 37;
    if (c == 0x3c2) return 0x3c3;                                 // the sigma at a word's end
    if (c >= 0x410 && c <= 0x42f) return c + 32;                  // Cyrillic
    if (c >= 0x400 && c <= 0x40f) return c + 80;
    return c;
}

static bool is_letter(uint32_t c) {
    if (c < 0x80) return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (c < 0xc0 || c == 0xd7 || c == 0xf7) return false;
    return !(c >= 0x2000 && c <= 0x2bff) && !(c >= 0x3000 && c <= 0x303f) && c != 0x37e && c != 0x387;
}

static bool is_joint(uint32_t c) { return c < 0x80 && c != 0 && strchr(".-_:/@", (int)c) != NULL; }

struct collector {
    struct arena *arena;
    size_t most, count;
    struct span *words;
};

static void collect(struct collector *c, struct span word) {
    if (word.len < 2 || word.len > SEARCH_WORD_BYTES_MAX || c->count == c->most) return;
    for (size_t i = 0; i < c->count; i++)
        if (span_equals(c->words[i], word)) return;
    c->words[c->count++] = word;
}

// A run of letters and joints: its parts and, where it has several, the whole.
static void run_collect(struct collector *c, struct span run) {
    while (run.len > 0 && is_joint(run.at[run.len - 1])) run.len--;
    size_t from = 0, parts = 0;
    for (size_t at = 0; at <= run.len; at++) {
        if (at < run.len && !is_joint(run.at[at])) continue;
        if (at > from) parts++;
        collect(c, span_part(run, from, at));
        from = at + 1;
    }
    if (parts > 1) collect(c, run);
}

struct err search_words(struct span text, struct arena *arena, size_t most, struct span **ret, size_t *ret_count) {
    struct collector c = {.arena = arena, .most = most, .words = arena_take_array(arena, most + 1, sizeof *c.words)};
    struct buf folded;
    uint32_t point;
    buf_init(&folded, arena, text.len * 2 + 16);
    if (c.words == NULL) return err_make(ERR_MEMORY);
    size_t begin = 0;
    for (size_t at = 0; next_point(text, &at, &point);) {
        bool joins = is_joint(point) && folded.len > begin;
        if (is_letter(point) || joins) {
            put_point(&folded, fold(point));
        } else if (folded.len > begin) {
            put_point(&folded, ' ');
            begin = folded.len;
        }
    }
    if (folded.is_failed) return err_make(ERR_MEMORY);
    struct span all = buf_span(&folded);
    for (size_t from = 0; from < all.len;) {
        size_t end = span_find(all, ' ', from);
        run_collect(&c, span_part(all, from, end));
        from = end + 1;
    }
    *ret = c.words;
    *ret_count = c.count;
    return err_none();
}
