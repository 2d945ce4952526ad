// SPDX-License-Identifier: EUPL-1.2
#include "record/tree.h"

#include <assert.h>

static uint64_t split_below(uint64_t count) { // the largest power of two below COUNT, which is at least 2
    uint64_t k = 1;
    while (k < count - k) k <<= 1;
    return k;
}

struct hash tree_leaf(const struct hash *entry) {
    uint8_t data[1 + HASH_BYTES];
    data[0] = 0x00;
    memcpy(data + 1, entry->bytes, HASH_BYTES);
    return hash_sha256(span_make(data, sizeof data));
}

struct hash tree_node_hash(const struct hash *left, const struct hash *right) {
    uint8_t data[1 + 2 * HASH_BYTES];
    data[0] = 0x01;
    memcpy(data + 1, left->bytes, HASH_BYTES);
    memcpy(data + 1 + HASH_BYTES, right->bytes, HASH_BYTES);
    return hash_sha256(span_make(data, sizeof data));
}

struct hash tree_empty_root(void) { return hash_sha256(span_make(NULL, 0)); }

// --- the right edge ---

void tree_append(struct tree_frontier *frontier, const struct hash *entry, struct tree_node ret_nodes[TREE_LEVELS],
                 size_t *ret_count) {
    struct hash leaf = tree_leaf(entry);
    tree_append_leaf(frontier, &leaf, ret_nodes, ret_count);
}

void tree_append_leaf(struct tree_frontier *frontier, const struct hash *leaf, struct tree_node ret_nodes[TREE_LEVELS],
                      size_t *ret_count) {
    assert(frontier->size < TREE_SIZE_MAX);
    uint64_t at = frontier->size;
    unsigned level = 0;
    struct hash hash = *leaf;
    ret_nodes[0] = (struct tree_node){.level = 0, .index = at, .hash = hash};
    while ((at >> level) & 1) { // a whole left brother waits: join it
        hash = tree_node_hash(&frontier->nodes[level], &hash);
        level++;
        ret_nodes[level] = (struct tree_node){.level = level, .index = at >> level, .hash = hash};
    }
    frontier->nodes[level] = hash;
    frontier->size = at + 1;
    *ret_count = level + 1;
}

struct hash tree_root(const struct tree_frontier *frontier) {
    if (frontier->size == 0) return tree_empty_root();
    struct hash root = {{0}};
    bool has_root = false;
    for (unsigned level = 0; level < TREE_LEVELS; level++) {
        if (((frontier->size >> level) & 1) == 0) continue;
        root = has_root ? tree_node_hash(&frontier->nodes[level], &root) : frontier->nodes[level];
        has_root = true;
    }
    return root;
}

struct err tree_frontier_load(const struct tree_reader *reader, uint64_t size, struct tree_frontier *ret) {
    if (size > TREE_SIZE_MAX) return err_make(ERR_INPUT);
    struct tree_frontier frontier = {.size = size};
    for (unsigned level = 0; level < TREE_LEVELS; level++)
        if ((size >> level) & 1)
            TRY(reader->read(reader->context, level, (size >> level) - 1, &frontier.nodes[level]));
    *ret = frontier;
    return err_none();
}

struct err tree_root_at(const struct tree_reader *reader, uint64_t size, struct hash *ret) {
    struct tree_frontier frontier;
    TRY(tree_frontier_load(reader, size, &frontier));
    *ret = tree_root(&frontier);
    return err_none();
}

// --- proofs ---

// The root over the leaves [begin, end), a range that arises from splitting: its perfect subtrees, from the right.
static struct err range_root(const struct tree_reader *reader, uint64_t begin, uint64_t end, struct hash *ret) {
    uint64_t count = end - begin, at = end;
    bool has_root = false;
    struct hash root = {{0}};
    for (unsigned level = 0; level < TREE_LEVELS && at > begin; level++) {
        if (((count >> level) & 1) == 0) continue;
        struct hash left;
        at -= (uint64_t)1 << level;
        TRY(reader->read(reader->context, level, at >> level, &left));
        root = has_root ? tree_node_hash(&left, &root) : left;
        has_root = true;
    }
    assert(has_root);
    *ret = root;
    return err_none();
}

static void reverse(struct hash *hashes, size_t count) {
    for (size_t i = 0; i < count / 2; i++) {
        struct hash other = hashes[i];
        hashes[i] = hashes[count - 1 - i];
        hashes[count - 1 - i] = other;
    }
}

struct err tree_inclusion(const struct tree_reader *reader, uint64_t index, uint64_t size,
                          struct hash ret_proof[TREE_PROOF_MAX], size_t *ret_count) {
    if (index >= size || size > TREE_SIZE_MAX) return err_make(ERR_INPUT);
    uint64_t begin = 0, end = size;
    size_t count = 0;
    while (end - begin > 1) {
        uint64_t middle = begin + split_below(end - begin);
        if (index < middle) {
            TRY(range_root(reader, middle, end, &ret_proof[count++]));
            end = middle;
        } else {
            TRY(range_root(reader, begin, middle, &ret_proof[count++]));
            begin = middle;
        }
    }
    reverse(ret_proof, count);
    *ret_count = count;
    return err_none();
}

struct err tree_consistency(const struct tree_reader *reader, uint64_t old_size, uint64_t new_size,
                            struct hash ret_proof[TREE_PROOF_MAX], size_t *ret_count) {
    if (old_size > new_size || new_size > TREE_SIZE_MAX) return err_make(ERR_INPUT);
    size_t count = 0;
    if (old_size > 0 && old_size < new_size) {
        uint64_t begin = 0, end = new_size;
        bool is_old_tree = true; // the left edge: the verifier has this hash, it is the old root
        while (end != old_size) {
            uint64_t middle = begin + split_below(end - begin);
            if (old_size <= middle) {
                TRY(range_root(reader, middle, end, &ret_proof[count++]));
                end = middle;
            } else {
                TRY(range_root(reader, begin, middle, &ret_proof[count++]));
                begin = middle;
                is_old_tree = false;
            }
        }
        if (!is_old_tree) TRY(range_root(reader, begin, end, &ret_proof[count++]));
        reverse(ret_proof, count);
    }
    *ret_count = count;
    return err_none();
}

bool tree_verify_inclusion(const struct hash *leaf, uint64_t index, uint64_t size, const struct hash *proof, size_t count,
                           const struct hash *root) {
    if (index >= size || size > TREE_SIZE_MAX || count > TREE_PROOF_MAX) return false;
    uint64_t at = index, last = size - 1;
    struct hash hash = *leaf;
    for (size_t i = 0; i < count; i++) {
        if (last == 0) return false;
        if ((at & 1) == 1 || at == last) {
            hash = tree_node_hash(&proof[i], &hash);
            while ((at & 1) == 0 && at != 0) { // levels where this node has no right brother
                at >>= 1;
                last >>= 1;
            }
        } else {
            hash = tree_node_hash(&hash, &proof[i]);
        }
        at >>= 1;
        last >>= 1;
    }
    return last == 0 && hash_equals(&hash, root);
}

bool tree_verify_consistency(uint64_t old_size, const struct hash *old_root, uint64_t new_size, const struct hash *new_root,
                             const struct hash *proof, size_t count) {
    if (old_size > new_size || new_size > TREE_SIZE_MAX || count > TREE_PROOF_MAX) return false;
    struct hash empty = tree_empty_root();
    if (old_size == 0)
        return count == 0 && hash_equals(old_root, &empty) && (new_size > 0 || hash_equals(new_root, &empty));
    if (old_size == new_size) return count == 0 && hash_equals(old_root, new_root);
    uint64_t at = old_size - 1, last = new_size - 1;
    while ((at & 1) == 1) {
        at >>= 1;
        last >>= 1;
    }
    size_t i = 0;
    struct hash start = *old_root; // the old tree is perfect: it is a node itself, and not in the proof
    if (at != 0) {
        if (count == 0) return false;
        start = proof[i++];
    }
    struct hash old_hash = start, new_hash = start;
    for (; i < count; i++) {
        if (last == 0) return false;
        if ((at & 1) == 1 || at == last) {
            old_hash = tree_node_hash(&proof[i], &old_hash);
            new_hash = tree_node_hash(&proof[i], &new_hash);
            while ((at & 1) == 0 && at != 0) {
                at >>= 1;
                last >>= 1;
            }
        } else {
            new_hash = tree_node_hash(&new_hash, &proof[i]);
        }
        at >>= 1;
        last >>= 1;
    }
    return last == 0 && hash_equals(&old_hash, old_root) && hash_equals(&new_hash, new_root);
}
