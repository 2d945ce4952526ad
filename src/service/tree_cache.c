// SPDX-License-Identifier: EUPL-1.2
#include "service/tree_cache.h"

#include <pthread.h>

#include "base/span.h"

enum { SLOTS = 1024 }; // one place a node: the newest of those that share it stays

struct slot {
    uint64_t index;
    unsigned level;
    bool is_used;
    struct hash hash;
};

struct tree_cache {
    pthread_mutex_t lock;
    struct slot slots[SLOTS];
};

struct tree_cache *tree_cache_new(void) {
    struct tree_cache *cache = mem_take(sizeof *cache);
    if (cache == NULL) return NULL;
    memset(cache->slots, 0, sizeof cache->slots);
    (void)pthread_mutex_init(&cache->lock, NULL);
    return cache;
}

void tree_cache_free(struct tree_cache *cache) {
    if (cache != NULL) (void)pthread_mutex_destroy(&cache->lock);
    mem_give(cache);
}

// Sixteen places a level: those next to each other at the right edge don't push each other out.
static struct slot *slot_of(struct tree_cache *cache, unsigned level, uint64_t index) {
    return &cache->slots[(level % TREE_LEVELS) * (SLOTS / TREE_LEVELS) + index % (SLOTS / TREE_LEVELS)];
}

bool tree_cache_get(struct tree_cache *cache, unsigned level, uint64_t index, struct hash *ret) {
    if (cache == NULL) return false;
    (void)pthread_mutex_lock(&cache->lock);
    const struct slot *slot = slot_of(cache, level, index);
    bool is_there = slot->is_used && slot->level == level && slot->index == index;
    if (is_there) *ret = slot->hash;
    (void)pthread_mutex_unlock(&cache->lock);
    return is_there;
}

void tree_cache_put(struct tree_cache *cache, unsigned level, uint64_t index, const struct hash *hash) {
    if (cache == NULL) return;
    (void)pthread_mutex_lock(&cache->lock);
    *slot_of(cache, level, index) = (struct slot){.index = index, .level = level, .is_used = true, .hash = *hash};
    (void)pthread_mutex_unlock(&cache->lock);
}
