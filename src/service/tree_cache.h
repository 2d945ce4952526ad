// SPDX-License-Identifier: EUPL-1.2
/*
 * The nodes of the log's tree that proofs asked for last. Proofs for new records all go along the right edge of the tree and
 * ask for the same few nodes; a complete node never changes. Only committed nodes may get in: what reads through a cache
 * reads on a reading connection. For all threads.
 */
#ifndef SERVICE_TREE_CACHE_H
#define SERVICE_TREE_CACHE_H

#include "record/tree.h"

struct tree_cache;

struct tree_cache *tree_cache_new(void); // about 56 KB; NULL where the system has no memory
void tree_cache_free(struct tree_cache *cache);
// Whether the node is there; a CACHE of NULL has none.
bool tree_cache_get(struct tree_cache *cache, unsigned level, uint64_t index, struct hash *ret);
void tree_cache_put(struct tree_cache *cache, unsigned level, uint64_t index, const struct hash *hash);

#endif
