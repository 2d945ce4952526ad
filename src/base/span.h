// SPDX-License-Identifier: EUPL-1.2
/*
 * Borrowed bytes, arenas, and buffers that grow in an arena.
 *
 * A span never owns. An arena owns everything taken from it until `arena_fini` or `arena_reset`; it has a byte limit, and
 * taking beyond it returns NULL. A buf grows in an arena to a stated maximum; its error is sticky, so that one makes ten
 * appends and checks once. None of this is thread-safe; an arena belongs to one thread at a time.
 */
#ifndef BASE_SPAN_H
#define BASE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/err.h"

struct span {
    const uint8_t *at;
    size_t len;
};

static inline struct span span_make(const void *at, size_t len) { return (struct span){(const uint8_t *)at, len}; }
static inline struct span span_of(const char *text) { return span_make(text, text == NULL ? 0 : strlen(text)); }
#define SPAN(LITERAL) ((struct span){(const uint8_t *)("" LITERAL), sizeof(LITERAL) - 1})
static inline bool span_is_empty(struct span s) { return s.len == 0; }
static inline bool span_equals(struct span a, struct span b) {
    return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}
static inline bool span_is(struct span a, const char *text) { return span_equals(a, span_of(text)); }
// Orders by bytes, shorter first where one is a prefix of the other: <0, 0, >0.
int span_compare(struct span a, struct span b);
bool span_starts_with(struct span s, struct span prefix);
bool span_ends_with(struct span s, struct span suffix);
// Offset of the first byte C at or after FROM, or s.len where there is none.
size_t span_find(struct span s, uint8_t c, size_t from);
// The part [from, to), clamped to the span.
struct span span_part(struct span s, size_t from, size_t to);
// Without ASCII blanks, tabs, CR and LF at both ends.
struct span span_trim(struct span s);
// Whether the bytes are well-formed UTF-8 (RFC 3629: no surrogates, no overlong forms).
bool span_is_utf8(struct span s);
// Whether a line of UTF-8 holds what is not seen but changes what is: controls (C0, C1, DEL), line and paragraph separators, marks
// that turn the direction of writing (U+202A to U+202E, U+2066 to U+2069), U+FEFF. A name with them shows as another.
bool span_has_hidden(struct span s);
// A decimal integer with optional '-', nothing else, in the range of int64_t; false otherwise (ret untouched).
bool span_to_int(struct span s, int64_t *ret);
// For printf("%.*s", SPAN_FMT(s)).
#define SPAN_FMT(s) (int)(s).len, (const char *)(s).at

struct arena_block;
struct arena {
    struct arena_block *newest;
    size_t used_bytes;  // handed out and held in blocks
    size_t limit_bytes;
};

// Makes an empty arena; nothing is allocated until the first take.
void arena_init(struct arena *arena, size_t limit_bytes);
// Gives all memory back to the system. Idempotent.
void arena_fini(struct arena *arena);
// Forgets everything but keeps one block for reuse.
void arena_reset(struct arena *arena);
// Zeroed memory aligned for any type, or NULL where the limit would be passed.
void *arena_take(struct arena *arena, size_t size_bytes) __attribute__((malloc, alloc_size(2)));
// Array of COUNT elements; NULL on overflow of the product or the limit.
// What was taken before with OLD_BYTES, larger: in its place where nothing was taken after it, else a copy. NULL as above.
void *arena_resize(struct arena *arena, void *at, size_t old_bytes, size_t size_bytes) __attribute__((alloc_size(4)));
void *arena_take_array(struct arena *arena, size_t count, size_t size_bytes) __attribute__((malloc, alloc_size(2, 3)));
// Copies bytes; the copy is followed by a NUL that the span does not count. On failure at == NULL and len == 0.
struct span arena_copy(struct arena *arena, struct span s);
// A NUL-terminated copy, or NULL.
char *arena_text(struct arena *arena, struct span s);
// printf into the arena; an empty span with at == NULL on failure.
struct span arena_printf(struct arena *arena, const char *format, ...) PRINTF_LIKE(2, 3);
#define ARENA_NEW(ARENA, TYPE) ((TYPE *)arena_take((ARENA), sizeof(TYPE)))

// All threads take from one heap. For a process with many threads, before the first of them starts.
void mem_share_heap(void);
// Gives the system back what the heap holds and nothing uses. It takes milliseconds, in which other threads wait for memory.
void mem_trim(void);
// Memory outside arenas, for things with a life of their own (connections, queues). NULL when the system has none.
void *mem_take(size_t size_bytes) __attribute__((malloc, alloc_size(1)));
void *mem_resize(void *at, size_t size_bytes);
void mem_give(void *at);

struct buf {
    struct arena *arena; // NULL: the memory is the heap's and buf_fini gives it back
    uint8_t *at;
    size_t len;
    size_t capacity;
    size_t max_bytes;
    bool is_failed; // sticky: an append did not fit; content is what fitted before
};

void buf_init(struct buf *buf, struct arena *arena, size_t max_bytes);
void buf_fini(struct buf *buf); // only needed for heap buffers; harmless otherwise
void buf_clear(struct buf *buf);
void buf_add(struct buf *buf, struct span s);
void buf_add_text(struct buf *buf, const char *text);
void buf_add_byte(struct buf *buf, uint8_t byte);
void buf_add_u16(struct buf *buf, uint16_t value); // little endian
void buf_add_u32(struct buf *buf, uint32_t value); // little endian
void buf_add_u64(struct buf *buf, uint64_t value); // little endian
void buf_add_int(struct buf *buf, int64_t value);  // decimal text
void buf_printf(struct buf *buf, const char *format, ...) PRINTF_LIKE(2, 3);
void buf_add_hex(struct buf *buf, struct span s);
void buf_add_base64(struct buf *buf, struct span s); // RFC 4648 section 4, padded
void buf_add_base64url(struct buf *buf, struct span s); // section 5, without padding
// Space for LEN bytes at the end that the caller fills; NULL (and sticky) where it does not fit.
uint8_t *buf_extend(struct buf *buf, size_t len);
// Removes the first N bytes (N <= len), moving the rest down.
void buf_drop_front(struct buf *buf, size_t n);
static inline struct span buf_span(const struct buf *buf) { return span_make(buf->at, buf->len); }

// Decoders; the result is in the arena. ERR_INPUT for bad text, ERR_MEMORY when full.
CHECKED struct err hex_decode(struct arena *arena, struct span text, struct span *ret);
CHECKED struct err base64_decode(struct arena *arena, struct span text, struct span *ret); // padded, strict
CHECKED struct err base64url_decode(struct arena *arena, struct span text, struct span *ret); // without padding, strict

#endif
