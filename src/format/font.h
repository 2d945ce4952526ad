// SPDX-License-Identifier: EUPL-1.2
/*
 * TrueType fonts: reading one (its bytes are given), and the part of it that a text needs, as a font to be embedded.
 * Pure; the bytes of the font outlive the struct. A font is trusted less than our own code: every offset is checked.
 *
 * In a subset each character has a place (cid) of its own, even where two characters share a shape in the font, so that the
 * text taken out of a document is exactly what went in. A character that the font lacks has the shape of U+FFFD, and keeps its
 * own meaning. Place 0 is what a font must have there and stands for nothing.
 */
#ifndef FORMAT_FONT_H
#define FORMAT_FONT_H

#include "base/span.h"

struct font {
    struct span bytes;
    struct span cmap, glyf, head, hhea, hmtx, loca, maxp; // tables
    struct span segments;      // the cmap's subtable: format 12, else 4
    bool has_long_segments, has_long_loca;
    uint32_t units_per_em, glyph_count, metric_count;
    int32_t ascender, descender, cap_height;
    int32_t box[4];
    bool is_bold;
    char name[64]; // PostScript name
};

// ERR_UNSUPPORTED where the bytes are no TrueType font with outlines of glyf and a map of Unicode.
CHECKED struct err font_open(struct span bytes, struct font *ret, struct why *why);
// The glyph of a character, 0 where the font has none.
uint32_t font_glyph(const struct font *font, uint32_t character);
// In thousandths of the font's size.
int32_t font_advance(const struct font *font, uint32_t glyph);

enum { FONT_PLACES = 8192 };
struct font_place {
    uint32_t character; // 0: a part of other shapes only
    uint32_t glyph;     // in the whole font
    int32_t advance;
};
struct font_subset {
    const struct font *font;
    struct arena *arena;
    size_t count;
    struct font_place *places;  // FONT_PLACES
    uint16_t *buckets;          // hash of characters
};
CHECKED struct err font_subset_init(struct font_subset *subset, const struct font *font, struct arena *arena);
// The character's place, taken where it has none; that of U+FFFD where there is no more room.
uint16_t font_subset_place(struct font_subset *subset, uint32_t character);
// The font file of all places. Adds the parts that shapes are made of as further places. Without hints for small screens.
CHECKED struct err font_subset_write(struct font_subset *subset, struct buf *ret, struct why *why);

#endif
