// SPDX-License-Identifier: EUPL-1.2
#include "format/font.h"

#include <stdio.h>

static uint32_t u16_at(struct span s, size_t at) { return at + 2 <= s.len ? (uint32_t)s.at[at] << 8 | s.at[at + 1] : 0; }
static int32_t i16_at(struct span s, size_t at) { return (int16_t)(uint16_t)u16_at(s, at); }
static uint32_t u32_at(struct span s, size_t at) { return u16_at(s, at) << 16 | u16_at(s, at + 2); }

static struct span table_of(struct span bytes, const char *tag) {
    uint32_t count = u16_at(bytes, 4);
    for (uint32_t i = 0; i < count; i++) {
        struct span row = span_part(bytes, 12 + 16 * (size_t)i, 28 + 16 * (size_t)i);
        if (row.len < 16 || memcmp(row.at, tag, 4) != 0) continue;
        size_t at = u32_at(row, 8), len = u32_at(row, 12);
        return at <= bytes.len && len <= bytes.len - at ? span_make(bytes.at + at, len) : span_make(NULL, 0);
    }
    return span_make(NULL, 0);
}

// Windows and Unicode maps: all of Unicode (format 12) before the first plane (format 4).
static void find_segments(struct font *font) {
    uint32_t count = u16_at(font->cmap, 2);
    for (uint32_t i = 0; i < count; i++) {
        size_t row = 4 + 8 * (size_t)i, at = u32_at(font->cmap, row + 4);
        uint32_t platform = u16_at(font->cmap, row), encoding = u16_at(font->cmap, row + 2);
        bool is_unicode = platform == 0 || (platform == 3 && (encoding == 1 || encoding == 10));
        if (!is_unicode || at >= font->cmap.len) continue;
        struct span sub = span_part(font->cmap, at, font->cmap.len);
        uint32_t format = u16_at(sub, 0);
        if (format == 12 || (format == 4 && !font->has_long_segments)) {
            font->segments = sub;
            font->has_long_segments = format == 12;
        }
    }
}

static void find_name(struct font *font) {
    struct span table = table_of(font->bytes, "name");
    uint32_t count = u16_at(table, 2), strings = u16_at(table, 4);
    size_t len = 0;
    for (uint32_t i = 0; i < count && len == 0; i++) {
        size_t row = 6 + 12 * (size_t)i, at = strings + u16_at(table, row + 10), bytes = u16_at(table, row + 8);
        if (u16_at(table, row + 6) != 6 || u16_at(table, row) != 3) continue; // PostScript name, UTF-16
        for (size_t k = 1; k < bytes && at + k < table.len && len + 1 < sizeof font->name; k += 2) {
            uint8_t c = table.at[at + k];
            if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-') font->name[len++] = (char)c;
        }
    }
    if (len == 0) (void)snprintf(font->name, sizeof font->name, "Font");
}

struct err font_open(struct span bytes, struct font *ret, struct why *why) {
    struct font font = {.bytes = bytes};
    font.cmap = table_of(bytes, "cmap");
    font.glyf = table_of(bytes, "glyf");
    font.head = table_of(bytes, "head");
    font.hhea = table_of(bytes, "hhea");
    font.hmtx = table_of(bytes, "hmtx");
    font.loca = table_of(bytes, "loca");
    font.maxp = table_of(bytes, "maxp");
    struct span os2 = table_of(bytes, "OS/2");
    find_segments(&font);
    font.units_per_em = u16_at(font.head, 18);
    font.has_long_loca = u16_at(font.head, 50) == 1;
    font.glyph_count = u16_at(font.maxp, 4);
    font.metric_count = u16_at(font.hhea, 34);
    size_t offset_bytes = font.has_long_loca ? 4 : 2;
    if (u32_at(bytes, 0) != 0x00010000 || font.head.len < 54 || font.hhea.len < 36 || font.maxp.len < 32 || font.glyf.len == 0 ||
        font.segments.len == 0 || font.units_per_em < 16 || font.glyph_count == 0 || font.metric_count == 0 ||
        font.metric_count > font.glyph_count || font.loca.len < (font.glyph_count + 1) * offset_bytes || font.hmtx.len < font.metric_count * 4)
        return why_set(why, ERR_UNSUPPORTED, "", "font.form", "", "the font is no TrueType font with outlines and a map of Unicode");
    int32_t em = (int32_t)font.units_per_em;
    font.ascender = i16_at(font.hhea, 4) * 1000 / em;
    font.descender = i16_at(font.hhea, 6) * 1000 / em;
    font.cap_height = os2.len >= 90 ? i16_at(os2, 88) * 1000 / em : 700;
    if (font.cap_height <= 0) font.cap_height = 700;
    for (size_t i = 0; i < 4; i++) font.box[i] = i16_at(font.head, 36 + 2 * i) * 1000 / em;
    font.is_bold = (u16_at(font.head, 44) & 1) != 0;
    find_name(&font);
    *ret = font;
    return err_none();
}

static uint32_t glyph_long(struct span sub, uint32_t character) {
    uint32_t low = 0, high = u32_at(sub, 12);
    if (high > sub.len / 12) return 0;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        size_t at = 16 + 12 * (size_t)middle;
        if (character < u32_at(sub, at)) high = middle;
        else if (character > u32_at(sub, at + 4)) low = middle + 1;
        else return u32_at(sub, at + 8) + (character - u32_at(sub, at));
    }
    return 0;
}

static uint32_t glyph_short(struct span sub, uint32_t character) {
    uint32_t count = u16_at(sub, 6) / 2;
    size_t ends = 14, starts = 16 + 2 * (size_t)count, deltas = starts + 2 * (size_t)count, offsets = deltas + 2 * (size_t)count;
    for (uint32_t i = 0; character <= 0xffff && i < count; i++) {
        if (character > u16_at(sub, ends + 2 * (size_t)i)) continue;
        uint32_t start = u16_at(sub, starts + 2 * (size_t)i), offset = u16_at(sub, offsets + 2 * (size_t)i);
        if (character < start) return 0;
        uint32_t glyph = offset == 0 ? character : u16_at(sub, offsets + 2 * (size_t)i + offset + 2 * (size_t)(character - start));
        return offset != 0 && glyph == 0 ? 0 : (glyph + u16_at(sub, deltas + 2 * (size_t)i)) & 0xffff;
    }
    return 0;
}

uint32_t font_glyph(const struct font *font, uint32_t character) {
    uint32_t glyph = font->has_long_segments ? glyph_long(font->segments, character) : glyph_short(font->segments, character);
    return glyph < font->glyph_count ? glyph : 0;
}

int32_t font_advance(const struct font *font, uint32_t glyph) {
    uint32_t row = glyph < font->metric_count ? glyph : font->metric_count - 1;
    return (int32_t)((u16_at(font->hmtx, 4 * (size_t)row) * 1000 + font->units_per_em / 2) / font->units_per_em);
}

// --- the part of a font ---

enum { BUCKETS = 2 * FONT_PLACES, REPLACEMENT = 0xfffd };

struct err font_subset_init(struct font_subset *subset, const struct font *font, struct arena *arena) {
    *subset = (struct font_subset){.font = font, .arena = arena, .count = 1};
    subset->places = arena_take_array(arena, FONT_PLACES, sizeof *subset->places);
    subset->buckets = arena_take_array(arena, BUCKETS, sizeof *subset->buckets);
    if (subset->places == NULL || subset->buckets == NULL) return err_make(ERR_MEMORY);
    subset->places[0] = (struct font_place){.advance = font_advance(font, 0)};
    (void)font_subset_place(subset, REPLACEMENT);
    return err_none();
}

uint16_t font_subset_place(struct font_subset *subset, uint32_t character) {
    size_t bucket = (character * 2654435761u) % BUCKETS;
    while (subset->buckets[bucket] != 0) {
        if (subset->places[subset->buckets[bucket]].character == character) return subset->buckets[bucket];
        bucket = (bucket + 1) % BUCKETS;
    }
    if (subset->count >= FONT_PLACES / 2) return 1; // half is kept for the parts of shapes
    uint32_t glyph = font_glyph(subset->font, character);
    if (glyph == 0) glyph = font_glyph(subset->font, REPLACEMENT);
    if (glyph == 0) glyph = font_glyph(subset->font, '?');
    uint16_t place = (uint16_t)subset->count++;
    subset->places[place] = (struct font_place){character, glyph, font_advance(subset->font, glyph)};
    subset->buckets[bucket] = place;
    return place;
}

static struct span outline_of(const struct font *font, uint32_t glyph) {
    if (glyph >= font->glyph_count) return span_make(NULL, 0);
    size_t from = font->has_long_loca ? u32_at(font->loca, 4 * (size_t)glyph) : 2 * (size_t)u16_at(font->loca, 2 * (size_t)glyph);
    size_t to = font->has_long_loca ? u32_at(font->loca, 4 * (size_t)glyph + 4) : 2 * (size_t)u16_at(font->loca, 2 * (size_t)glyph + 2);
    return from < to && to <= font->glyf.len ? span_make(font->glyf.at + from, to - from) : span_make(NULL, 0);
}

static void put_u16(struct buf *buf, uint32_t value) {
    buf_add_byte(buf, (uint8_t)(value >> 8));
    buf_add_byte(buf, (uint8_t)value);
}
static void put_u32(struct buf *buf, uint32_t value) {
    put_u16(buf, value >> 16);
    put_u16(buf, value & 0xffff);
}

// The place of a part by its glyph; a new one where none has it.
static uint16_t part_place(struct font_subset *subset, uint32_t glyph) {
    for (size_t i = 1; i < subset->count; i++)
        if (subset->places[i].glyph == glyph) return (uint16_t)i;
    if (subset->count >= FONT_PLACES) return 0;
    subset->places[subset->count] = (struct font_place){.glyph = glyph, .advance = font_advance(subset->font, glyph)};
    return (uint16_t)subset->count++;
}

enum { PART_WORDS = 1, PART_SCALE = 8, PART_MORE = 32, PART_TWO_SCALES = 64, PART_MATRIX = 128, PART_INSTRUCTIONS = 256 };

// A shape made of others: the parts are named by their places, hints are left away.
static void put_composite(struct font_subset *subset, struct span outline, struct buf *out) {
    buf_add(out, span_part(outline, 0, 10));
    for (size_t at = 10; at + 4 <= outline.len;) {
        uint32_t flags = u16_at(outline, at);
        size_t len = 4 + ((flags & PART_WORDS) != 0 ? 4 : 2);
        len += (flags & PART_SCALE) != 0 ? 2 : (flags & PART_TWO_SCALES) != 0 ? 4 : (flags & PART_MATRIX) != 0 ? 8 : 0;
        put_u16(out, flags & ~(uint32_t)PART_INSTRUCTIONS);
        put_u16(out, part_place(subset, u16_at(outline, at + 2)));
        struct span rest = span_part(outline, at + 4, at + len);
        buf_add(out, rest);
        if (rest.len != len - 4) out->is_failed = true;
        if ((flags & PART_MORE) == 0) return;
        at += len;
    }
}

static void put_simple(struct span outline, struct buf *out) {
    size_t ends = 10 + 2 * (size_t)i16_at(outline, 0), hints = u16_at(outline, ends);
    buf_add(out, span_part(outline, 0, ends));
    put_u16(out, 0);
    buf_add(out, span_part(outline, ends + 2 + hints, outline.len));
}

static void put_outlines(struct font_subset *subset, struct buf *glyf, struct buf *loca) {
    for (size_t i = 0; i < subset->count; i++) { // grows while parts are found
        put_u32(loca, (uint32_t)glyf->len);
        struct span outline = outline_of(subset->font, subset->places[i].glyph);
        if (outline.len >= 12 && i16_at(outline, 0) >= 0) put_simple(outline, glyf);
        else if (outline.len >= 12) put_composite(subset, outline, glyf);
        while (glyf->len % 4 != 0) buf_add_byte(glyf, 0);
    }
    put_u32(loca, (uint32_t)glyf->len);
}

static uint32_t checksum(struct span s) {
    uint32_t sum = 0;
    for (size_t at = 0; at < s.len; at += 4) sum += u32_at(s, at); // padded to four
    return sum;
}

enum { TABLES = 7, LONG_LOCA_AT = 50, ADJUSTMENT_AT = 8 };

static void put_tables(const char *const *tags, const struct buf *tables, struct buf *out) {
    size_t at = 12 + 16 * TABLES;
    put_u32(out, 0x00010000);
    put_u16(out, TABLES);
    put_u16(out, 64);
    put_u16(out, 2);
    put_u16(out, TABLES * 16 - 64);
    for (size_t i = 0; i < TABLES; i++) {
        buf_add_text(out, tags[i]);
        put_u32(out, checksum(buf_span(&tables[i])));
        put_u32(out, (uint32_t)at);
        put_u32(out, (uint32_t)tables[i].len);
        at += tables[i].len;
    }
    for (size_t i = 0; i < TABLES; i++) buf_add(out, buf_span(&tables[i]));
}

struct err font_subset_write(struct font_subset *subset, struct buf *ret, struct why *why) {
    static const char *const TAGS[TABLES] = {"glyf", "head", "hhea", "hmtx", "loca", "maxp", "post"};
    const struct font *font = subset->font;
    struct buf tables[TABLES];
    for (size_t i = 0; i < TABLES; i++) buf_init(&tables[i], subset->arena, 4 * 1024 * 1024);
    put_outlines(subset, &tables[0], &tables[4]);
    buf_add(&tables[1], font->head);
    buf_add(&tables[2], span_part(font->hhea, 0, 36));
    for (size_t i = 0; i < subset->count; i++) {
        uint32_t glyph = subset->places[i].glyph, row = glyph < font->metric_count ? glyph : font->metric_count - 1;
        size_t bearing = glyph < font->metric_count ? 4 * (size_t)glyph + 2 : 4 * (size_t)font->metric_count + 2 * (size_t)(glyph - font->metric_count);
        put_u16(&tables[3], u16_at(font->hmtx, 4 * (size_t)row));
        put_u16(&tables[3], u16_at(font->hmtx, bearing));
    }
    buf_add(&tables[5], span_part(font->maxp, 0, 32));
    put_u32(&tables[6], 0x00030000); // no names of glyphs
    for (size_t i = 0; i < 7; i++) put_u32(&tables[6], 0);
    bool is_failed = tables[0].is_failed || tables[4].is_failed || subset->count >= FONT_PLACES;
    for (size_t i = 0; i < TABLES; i++) {
        while (tables[i].len % 4 != 0) buf_add_byte(&tables[i], 0);
        is_failed = is_failed || tables[i].is_failed;
    }
    if (is_failed) return why_set(why, ERR_LIMIT, "", "font.subset", "", "the text needs more of the font than can be embedded");
    memset(tables[1].at + ADJUSTMENT_AT, 0, 4);
    tables[1].at[LONG_LOCA_AT] = 0;
    tables[1].at[LONG_LOCA_AT + 1] = 1;
    tables[2].at[34] = tables[5].at[4] = (uint8_t)(subset->count >> 8);
    tables[2].at[35] = tables[5].at[5] = (uint8_t)subset->count;
    put_tables(TAGS, tables, ret);
    return ret->is_failed ? err_make(ERR_MEMORY) : err_none();
}
