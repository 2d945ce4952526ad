// SPDX-License-Identifier: EUPL-1.2
#include "record/commit.h"

#include <assert.h>

#include "record/tree.h"

static void put_u64_be(uint8_t at[8], uint64_t value) {
    for (unsigned i = 0; i < 8; i++) at[i] = (uint8_t)(value >> (56 - 8 * i));
}

struct hash record_item_commit(enum record_kind kind, const struct record_item *item) {
    uint8_t name_len[8], value_len[8];
    put_u64_be(name_len, item->name.len);
    put_u64_be(value_len, item->canonical.len);
    const struct span parts[] = {
        kind == RECORD_HEADER ? SPAN("varde.header.v1\n") : SPAN("varde.field.v1\n"),
        span_make(item->salt, RECORD_SALT_BYTES),
        span_make(name_len, sizeof name_len),
        item->name,
        span_make(value_len, sizeof value_len),
        item->canonical,
    };
    return hash_sha256_parts(parts, sizeof parts / sizeof *parts);
}

struct hash record_commit(const struct hash *commitments, size_t count) {
    assert(count >= 1 && count <= RECORD_ITEMS_MAX);
    struct tree_frontier frontier = {.size = 0};
    struct tree_node nodes[TREE_LEVELS];
    size_t completed;
    for (size_t i = 0; i < count; i++) tree_append(&frontier, &commitments[i], nodes, &completed);
    struct hash root = tree_root(&frontier);
    uint8_t number[8];
    put_u64_be(number, count);
    const struct span parts[] = {SPAN("varde.record.v1\n"), span_make(number, sizeof number), hash_span(&root)};
    return hash_sha256_parts(parts, sizeof parts / sizeof *parts);
}
