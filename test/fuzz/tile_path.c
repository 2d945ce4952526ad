// SPDX-License-Identifier: EUPL-1.2
/* Paths of tiles from anywhere: what is taken has one spelling, and its place in the tree does not overflow. */
#include <assert.h>
#include <stdint.h>

#include "record/tile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct err node_read(void *context, unsigned level, uint64_t index, struct hash *ret) {
    const uint64_t *tree_size = context;
    assert(level < 64 && index < TREE_SIZE_MAX && ((index + 1) << level) >> level == index + 1);
    assert(((index + 1) << level) <= *tree_size); // only nodes that are complete
    *ret = (struct hash){{0}};
    return err_none();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct span path = span_make(data, size);
    struct tile tile;
    struct why why = {0};
    if (is_err(tile_path_parse(path, &tile, &why))) {
        assert(why.is_set && why.code == ERR_NOT_FOUND);
        return 0;
    }
    struct buf out;
    buf_init(&out, NULL, TILE_ENTRIES_BYTES_MAX);
    tile_path_write(&out, &tile);
    assert(span_equals(buf_span(&out), path));
    static const uint64_t SIZES[] = {0, 1, 255, 256, 70000, (uint64_t)1 << 40, TREE_SIZE_MAX};
    for (size_t i = 0; i < sizeof SIZES / sizeof *SIZES; i++) {
        uint64_t tree_size = SIZES[i];
        const struct tree_reader reader = {.read = node_read, .context = &tree_size};
        buf_clear(&out);
        struct err e = tile_content(&tile, tree_size, &reader, &out);
        assert(is_err(e) == (tile.is_entries || !tile_is_within(&tile, tree_size)));
        if (!is_err(e)) assert(out.len == (size_t)tile.width * HASH_BYTES);
    }
    buf_fini(&out);
    return 0;
}
