// SPDX-License-Identifier: EUPL-1.2
#include "record/tile.h"

#include <assert.h>

#define TILE_INDEX_MAX (TREE_SIZE_MAX / TILE_WIDTH)

static struct err refuse(struct why *why, const char *words) {
    return why_set(why, ERR_NOT_FOUND, "", "tile.path", "C2SP tlog-tiles", "%s", words);
}

// Takes decimal digits at *at, without additional leading zeroes; false where there are none or more than three.
static bool take_small(struct span path, size_t *at, unsigned *ret) {
    size_t begin = *at;
    unsigned value = 0;
    while (*at < path.len && path.at[*at] >= '0' && path.at[*at] <= '9') {
        if (*at - begin == 3) return false;
        value = value * 10 + (unsigned)(path.at[(*at)++] - '0');
    }
    if (*at == begin || (*at - begin > 1 && path.at[begin] == '0')) return false;
    *ret = value;
    return true;
}

// Takes "x001/x234/067"; false where it is not the one spelling of an index in range.
static bool take_index(struct span path, size_t *at, uint64_t *ret) {
    uint64_t value = 0;
    for (size_t group = 0;; group++) {
        bool is_last = *at >= path.len || path.at[*at] != 'x';
        if (!is_last) (*at)++;
        unsigned digits = 0;
        for (size_t i = 0; i < 3; i++, (*at)++) {
            if (*at >= path.len || path.at[*at] < '0' || path.at[*at] > '9') return false;
            digits = digits * 10 + (unsigned)(path.at[*at] - '0');
        }
        if (group == 0 && !is_last && digits == 0) return false; // an additional leading element
        if (value > TILE_INDEX_MAX / 1000) return false;
        value = value * 1000 + digits;
        if (is_last) break;
        if (*at >= path.len || path.at[*at] != '/') return false;
        (*at)++;
    }
    *ret = value;
    return value < TILE_INDEX_MAX;
}

struct err tile_path_parse(struct span path, struct tile *ret, struct why *why) {
    const struct span entries = SPAN("tile/entries/"), hashes = SPAN("tile/"), partial = SPAN(".p/");
    struct tile tile = {.width = TILE_WIDTH};
    size_t at;
    if (path.len > TILE_PATH_BYTES_MAX) return refuse(why, "the path of a tile is not that long");
    if (span_starts_with(path, entries)) {
        tile.is_entries = true;
        at = entries.len;
    } else {
        if (!span_starts_with(path, hashes)) return refuse(why, "the path of a tile begins with tile/");
        at = hashes.len;
        if (!take_small(path, &at, &tile.level) || tile.level > 63 || at >= path.len || path.at[at] != '/')
            return refuse(why, "a tile has a level between 0 and 63");
        at++;
    }
    if (!take_index(path, &at, &tile.index))
        return refuse(why, "the index of a tile is written in elements of three digits, all but the last with x before them");
    if (at < path.len) {
        if (!span_starts_with(span_part(path, at, path.len), partial)) return refuse(why, "only .p/W can follow the index");
        at += partial.len;
        if (!take_small(path, &at, &tile.width) || tile.width < 1 || tile.width >= TILE_WIDTH || at != path.len)
            return refuse(why, "a partial tile has a width between 1 and 255");
    }
    *ret = tile;
    return err_none();
}

void tile_path_write(struct buf *buf, const struct tile *tile) {
    assert(tile->level <= 63 && tile->width >= 1 && tile->width <= TILE_WIDTH);
    if (tile->is_entries) buf_add_text(buf, "tile/entries/");
    else buf_printf(buf, "tile/%u/", tile->level);
    unsigned groups[8];
    size_t count = 0;
    uint64_t rest = tile->index;
    do {
        groups[count++] = (unsigned)(rest % 1000);
        rest /= 1000;
    } while (rest > 0);
    while (count-- > 1) buf_printf(buf, "x%03u/", groups[count]);
    buf_printf(buf, "%03u", groups[0]);
    if (tile->width < TILE_WIDTH) buf_printf(buf, ".p/%u", tile->width);
}

bool tile_is_within(const struct tile *tile, uint64_t size) {
    unsigned shift = tile->is_entries ? 0 : 8 * tile->level;
    uint64_t present = shift >= 64 ? 0 : size >> shift;
    return tile->width >= 1 && tile->width <= TILE_WIDTH && tile->index < TILE_INDEX_MAX &&
           tile->index * TILE_WIDTH + tile->width <= present;
}

struct err tile_content(const struct tile *tile, uint64_t size, const struct tree_reader *reader, struct buf *buf) {
    if (tile->is_entries || !tile_is_within(tile, size)) return err_make(ERR_NOT_FOUND);
    for (unsigned i = 0; i < tile->width; i++) {
        struct hash hash;
        TRY(reader->read(reader->context, 8 * tile->level, tile->index * TILE_WIDTH + i, &hash));
        buf_add(buf, hash_span(&hash));
    }
    return buf->is_failed ? err_make(ERR_MEMORY) : err_none();
}

struct err tile_entries(const struct tile *tile, uint64_t size, const struct entry_reader *reader, struct buf *buf) {
    if (!tile->is_entries || !tile_is_within(tile, size)) return err_make(ERR_NOT_FOUND);
    for (unsigned i = 0; i < tile->width; i++) {
        struct hash entry;
        TRY(reader->read(reader->context, tile->index * TILE_WIDTH + i, &entry));
        buf_add_byte(buf, 0);
        buf_add_byte(buf, HASH_BYTES);
        buf_add(buf, hash_span(&entry));
    }
    return buf->is_failed ? err_make(ERR_MEMORY) : err_none();
}
