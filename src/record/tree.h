// SPDX-License-Identifier: EUPL-1.2
/*
 * The Merkle tree of the log (RFC 6962 section 2.1, SHA-256). Pure: nodes are read through a function that the caller gives.
 *
 * A leaf is SHA-256(0x00 | entry), a node SHA-256(0x01 | left | right); the log's entry is the 32-byte record commitment
 * (record/commit.h). A node (level, index) is the root of the perfect subtree over the leaves
 * [index * 2^level, (index + 1) * 2^level); it never changes once it exists. The store keeps all of them: about two rows
 * an entry; every root, proof and tile is made from those rows. Sizes go up to 2^62.
 */
#ifndef RECORD_TREE_H
#define RECORD_TREE_H

#include "base/hash.h"

enum {
    TREE_LEVELS = 64,    // upper bound of levels, and of the nodes that one append completes
    TREE_PROOF_MAX = 64, // upper bound of the hashes in a proof
};
#define TREE_SIZE_MAX ((uint64_t)1 << 62)

struct hash tree_leaf(const struct hash *entry);
struct hash tree_node_hash(const struct hash *left, const struct hash *right);
struct hash tree_empty_root(void); // SHA-256 of nothing

// The right edge: nodes[l] is the perfect subtree of 2^l leaves where bit l of size is set, unspecified where it is not.
// Zero-initialise for the empty tree.
struct tree_frontier {
    uint64_t size;
    struct hash nodes[TREE_LEVELS];
};

struct tree_node {
    unsigned level;
    uint64_t index;
    struct hash hash;
};

// Appends one entry and gives each node that it completes, the leaf (level 0) first. FRONTIER->size must be below
// TREE_SIZE_MAX. ret_nodes has room for TREE_LEVELS.
void tree_append(struct tree_frontier *frontier, const struct hash *entry, struct tree_node ret_nodes[TREE_LEVELS],
                 size_t *ret_count);
// The same for an entry of which only the leaf hash is known (a log with entries of another form).
void tree_append_leaf(struct tree_frontier *frontier, const struct hash *leaf, struct tree_node ret_nodes[TREE_LEVELS],
                      size_t *ret_count);
struct hash tree_root(const struct tree_frontier *frontier);

// Reads the hash of a complete node; its error (ERR_NOT_FOUND, ERR_IO ...) ends the function that asked.
struct tree_reader {
    struct err (*read)(void *context, unsigned level, uint64_t index, struct hash *ret);
    void *context;
};

// The right edge of the tree of SIZE leaves.
CHECKED struct err tree_frontier_load(const struct tree_reader *reader, uint64_t size, struct tree_frontier *ret);
CHECKED struct err tree_root_at(const struct tree_reader *reader, uint64_t size, struct hash *ret);
// The audit path of leaf INDEX in the tree of SIZE leaves (RFC 6962 2.1.1). ERR_INPUT unless index < size.
CHECKED struct err tree_inclusion(const struct tree_reader *reader, uint64_t index, uint64_t size,
                                  struct hash ret_proof[TREE_PROOF_MAX], size_t *ret_count);
// The consistency proof between two sizes (RFC 6962 2.1.2); empty where they are equal or OLD_SIZE is 0. ERR_INPUT where
// old > new.
CHECKED struct err tree_consistency(const struct tree_reader *reader, uint64_t old_size, uint64_t new_size,
                                    struct hash ret_proof[TREE_PROOF_MAX], size_t *ret_count);

// The checks of RFC 9162 2.1.3.2 and 2.1.4.2; all arguments are untrusted. LEAF is the leaf hash, not the entry.
bool tree_verify_inclusion(const struct hash *leaf, uint64_t index, uint64_t size, const struct hash *proof, size_t count,
                           const struct hash *root);
// Old size 0: consistent with anything if the proof is empty and the old root is that of the empty tree.
bool tree_verify_consistency(uint64_t old_size, const struct hash *old_root, uint64_t new_size, const struct hash *new_root,
                             const struct hash *proof, size_t count);

#endif
