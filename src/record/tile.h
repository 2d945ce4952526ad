// SPDX-License-Identifier: EUPL-1.2
/*
 * The public face of the log: tiles as in C2SP tlog-tiles (tile height 8), made from the nodes of record/tree.h.
 *
 * A tile of level L holds up to 256 hashes of tree level 8 L; an entries tile holds up to 256 record commitments, each 32
 * bytes after its length as big-endian uint16. A tile of width 256 is full and never changes; a partial one (".p/W") is
 * good for all trees that have its hashes. Paths here begin with "tile/", without a slash before it.
 */
#ifndef RECORD_TILE_H
#define RECORD_TILE_H

#include "record/tree.h"

enum {
    TILE_WIDTH = 256,
    TILE_BYTES_MAX = TILE_WIDTH * HASH_BYTES,
    TILE_ENTRY_BYTES = 2 + HASH_BYTES,
    TILE_ENTRIES_BYTES_MAX = TILE_WIDTH * TILE_ENTRY_BYTES,
    TILE_PATH_BYTES_MAX = 48,
};

struct tile {
    bool is_entries; // an entries tile; level is then 0
    unsigned level;  // 0 ... 63
    uint64_t index;
    unsigned width; // 1 ... 256
};

// Reads "tile/0/x001/067", "tile/entries/000.p/7" and the like, strictly: one spelling only. PATH is untrusted.
// ERR_NOT_FOUND with rule tile.path for anything else.
CHECKED struct err tile_path_parse(struct span path, struct tile *ret, struct why *why);
// Appends the path.
void tile_path_write(struct buf *buf, const struct tile *tile);
// Whether the tree of SIZE leaves has all hashes of the tile (clients may ask for narrower ones than the present).
bool tile_is_within(const struct tile *tile, uint64_t size);
// Appends the bytes of a hash tile; ERR_NOT_FOUND where the tree of SIZE leaves does not have it.
CHECKED struct err tile_content(const struct tile *tile, uint64_t size, const struct tree_reader *reader, struct buf *buf);

// Reads the entry (record commitment) at INDEX.
struct entry_reader {
    struct err (*read)(void *context, uint64_t index, struct hash *ret);
    void *context;
};
// Appends the bytes of an entries tile, likewise.
CHECKED struct err tile_entries(const struct tile *tile, uint64_t size, const struct entry_reader *reader, struct buf *buf);

#endif
