// SPDX-License-Identifier: EUPL-1.2
/* The only file that calls the system's allocator. */
#include <malloc.h>
#include <stdalign.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/span.h"

struct arena_block {
    struct arena_block *older;
    size_t size_bytes;
    size_t used_bytes;
    alignas(max_align_t) uint8_t bytes[];
};

enum { ARENA_BLOCK_BYTES = 8 * 1024, ARENA_ALIGN = alignof(max_align_t) };

enum { APART_BYTES = 256 * 1024, TOP_KEPT_BYTES = 1024 * 1024 };

// glibc gives each thread a heap of its own otherwise, and each keeps what its largest request took. And each large block that is
// given back makes it keep larger ones in the heap from then on.
void mem_share_heap(void) {
    (void)mallopt(M_ARENA_MAX, 1);
    (void)mallopt(M_MMAP_THRESHOLD, APART_BYTES);
    (void)mallopt(M_TRIM_THRESHOLD, TOP_KEPT_BYTES);
}
void mem_trim(void) { (void)malloc_trim(0); }

void *mem_take(size_t size_bytes) { return calloc(1, size_bytes == 0 ? 1 : size_bytes); }
void *mem_resize(void *at, size_t size_bytes) { return realloc(at, size_bytes == 0 ? 1 : size_bytes); }
void mem_give(void *at) { free(at); }

void arena_init(struct arena *arena, size_t limit_bytes) {
    *arena = (struct arena){.newest = NULL, .used_bytes = 0, .limit_bytes = limit_bytes};
}

static void blocks_give(struct arena_block *block) {
    while (block != NULL) {
        struct arena_block *older = block->older;
        free(block);
        block = older;
    }
}

void arena_fini(struct arena *arena) {
    blocks_give(arena->newest);
    arena->newest = NULL;
    arena->used_bytes = 0;
}

void arena_reset(struct arena *arena) {
    struct arena_block *kept = arena->newest;
    if (kept == NULL) return;
    blocks_give(kept->older);
    kept->older = NULL;
    memset(kept->bytes, 0, kept->used_bytes);
    kept->used_bytes = 0;
    arena->used_bytes = kept->size_bytes;
}

void *arena_take(struct arena *arena, size_t size_bytes) {
    if (size_bytes > arena->limit_bytes) return NULL;
    size_t size = (size_bytes + ARENA_ALIGN - 1) / ARENA_ALIGN * ARENA_ALIGN;
    if (size == 0) size = ARENA_ALIGN;
    struct arena_block *block = arena->newest;
    if (block == NULL || block->size_bytes - block->used_bytes < size) {
        size_t wanted = block == NULL ? ARENA_BLOCK_BYTES : block->size_bytes * 2;
        if (wanted > 1024 * 1024) wanted = 1024 * 1024;
        if (wanted < size) wanted = size;
        if (arena->used_bytes + wanted > arena->limit_bytes) wanted = size;
        if (arena->used_bytes + wanted > arena->limit_bytes) return NULL;
        struct arena_block *fresh = calloc(1, sizeof *fresh + wanted);
        if (fresh == NULL) return NULL;
        fresh->size_bytes = wanted;
        fresh->older = block;
        arena->newest = block = fresh;
        arena->used_bytes += wanted;
    }
    void *at = block->bytes + block->used_bytes;
    block->used_bytes += size;
    return at;
}

static size_t aligned(size_t size_bytes) { return (size_bytes + ARENA_ALIGN - 1) / ARENA_ALIGN * ARENA_ALIGN; }

void *arena_resize(struct arena *arena, void *at, size_t old_bytes, size_t size_bytes) {
    struct arena_block *block = arena->newest;
    bool is_last = at != NULL && block != NULL && (uint8_t *)at + aligned(old_bytes) == block->bytes + block->used_bytes;
    if (is_last && size_bytes >= old_bytes && size_bytes <= arena->limit_bytes &&
        aligned(size_bytes) - aligned(old_bytes) <= block->size_bytes - block->used_bytes) {
        block->used_bytes += aligned(size_bytes) - aligned(old_bytes);
        return at;
    }
    void *fresh = arena_take(arena, size_bytes);
    if (fresh != NULL && old_bytes > 0) memcpy(fresh, at, old_bytes < size_bytes ? old_bytes : size_bytes);
    return fresh;
}

void *arena_take_array(struct arena *arena, size_t count, size_t size_bytes) {
    if (size_bytes != 0 && count > SIZE_MAX / size_bytes) return NULL;
    return arena_take(arena, count * size_bytes);
}

char *arena_text(struct arena *arena, struct span s) {
    if (s.len == SIZE_MAX) return NULL;
    char *copy = arena_take(arena, s.len + 1);
    if (copy != NULL && s.len > 0) memcpy(copy, s.at, s.len);
    return copy;
}

struct span arena_copy(struct arena *arena, struct span s) {
    char *copy = arena_text(arena, s);
    return copy == NULL ? span_make(NULL, 0) : span_make(copy, s.len);
}

struct span arena_printf(struct arena *arena, const char *format, ...) {
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    char *text = len < 0 ? NULL : arena_take(arena, (size_t)len + 1);
    if (text != NULL) (void)vsnprintf(text, (size_t)len + 1, format, again);
    va_end(again);
    return text == NULL ? span_make(NULL, 0) : span_make(text, (size_t)len);
}
