// SPDX-License-Identifier: EUPL-1.2
#include <stdarg.h>
#include <stdio.h>

#include "base/span.h"

void buf_init(struct buf *buf, struct arena *arena, size_t max_bytes) {
    *buf = (struct buf){.arena = arena, .max_bytes = max_bytes};
}

void buf_fini(struct buf *buf) {
    if (buf->arena == NULL) mem_give(buf->at);
    buf->at = NULL;
    buf->len = buf->capacity = 0;
}

void buf_clear(struct buf *buf) {
    buf->len = 0;
    buf->is_failed = false;
}

static bool buf_reserve(struct buf *buf, size_t more) {
    if (buf->is_failed) return false;
    if (more > buf->max_bytes || buf->len > buf->max_bytes - more) {
        buf->is_failed = true;
        return false;
    }
    size_t needed = buf->len + more;
    if (needed <= buf->capacity) return true;
    size_t wanted = buf->capacity < 256 ? 256 : buf->capacity * 2;
    if (wanted < needed) wanted = needed;
    if (wanted > buf->max_bytes) wanted = buf->max_bytes;
    uint8_t *fresh = buf->arena != NULL ? arena_resize(buf->arena, buf->at, buf->capacity, wanted) : mem_resize(buf->at, wanted);
    if (fresh == NULL) {
        buf->is_failed = true;
        return false;
    }
    buf->at = fresh;
    buf->capacity = wanted;
    return true;
}

uint8_t *buf_extend(struct buf *buf, size_t len) {
    if (!buf_reserve(buf, len) || buf->at == NULL) return NULL;
    uint8_t *at = buf->at + buf->len;
    buf->len += len;
    return at;
}

void buf_add(struct buf *buf, struct span s) {
    if (s.len == 0) return;
    uint8_t *at = buf_extend(buf, s.len);
    if (at != NULL) memcpy(at, s.at, s.len);
}

void buf_add_text(struct buf *buf, const char *text) { buf_add(buf, span_of(text)); }
void buf_add_byte(struct buf *buf, uint8_t byte) { buf_add(buf, span_make(&byte, 1)); }

static void add_little_endian(struct buf *buf, uint64_t value, size_t bytes) {
    uint8_t *at = buf_extend(buf, bytes);
    if (at == NULL) return;
    for (size_t i = 0; i < bytes; i++) at[i] = (uint8_t)(value >> (8 * i));
}

void buf_add_u16(struct buf *buf, uint16_t value) { add_little_endian(buf, value, 2); }
void buf_add_u32(struct buf *buf, uint32_t value) { add_little_endian(buf, value, 4); }
void buf_add_u64(struct buf *buf, uint64_t value) { add_little_endian(buf, value, 8); }

void buf_add_int(struct buf *buf, int64_t value) {
    char text[24];
    size_t at = sizeof text;
    uint64_t rest = value < 0 ? ~(uint64_t)value + 1 : (uint64_t)value;
    do {
        text[--at] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest != 0);
    if (value < 0) text[--at] = '-';
    buf_add(buf, span_make(text + at, sizeof text - at));
}

void buf_printf(struct buf *buf, const char *format, ...) {
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    char small[512];
    int len = vsnprintf(small, sizeof small, format, args);
    va_end(args);
    if (len < 0) {
        buf->is_failed = true;
    } else if ((size_t)len < sizeof small) {
        buf_add(buf, span_make(small, (size_t)len));
    } else if (buf_reserve(buf, (size_t)len + 1)) { // room for the NUL that vsnprintf writes; it is not counted
        (void)vsnprintf((char *)buf->at + buf->len, (size_t)len + 1, format, again);
        buf->len += (size_t)len;
    }
    va_end(again);
}

void buf_add_hex(struct buf *buf, struct span s) {
    static const char DIGITS[] = "0123456789abcdef";
    if (s.len > SIZE_MAX / 2) {
        buf->is_failed = true;
        return;
    }
    uint8_t *at = buf_extend(buf, s.len * 2);
    if (at == NULL) return;
    for (size_t i = 0; i < s.len; i++) {
        at[2 * i] = (uint8_t)DIGITS[s.at[i] >> 4];
        at[2 * i + 1] = (uint8_t)DIGITS[s.at[i] & 15];
    }
}

void buf_add_base64(struct buf *buf, struct span s) {
    static const char DIGITS[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < s.len; i += 3) {
        size_t n = s.len - i < 3 ? s.len - i : 3;
        uint32_t group = (uint32_t)s.at[i] << 16;
        if (n > 1) group |= (uint32_t)s.at[i + 1] << 8;
        if (n > 2) group |= s.at[i + 2];
        uint8_t *at = buf_extend(buf, 4);
        if (at == NULL) return;
        for (size_t k = 0; k < 4; k++) at[k] = k <= n ? (uint8_t)DIGITS[(group >> (18 - 6 * k)) & 63] : '=';
    }
}

void buf_add_base64url(struct buf *buf, struct span s) {
    size_t from = buf->len;
    buf_add_base64(buf, s);
    if (buf->is_failed) return;
    while (buf->len > from && buf->at[buf->len - 1] == '=') buf->len--;
    for (size_t i = from; i < buf->len; i++)
        if (buf->at[i] == '+' || buf->at[i] == '/') buf->at[i] = buf->at[i] == '+' ? '-' : '_';
}

void buf_drop_front(struct buf *buf, size_t n) {
    if (n == 0) return;
    if (n < buf->len) memmove(buf->at, buf->at + n, buf->len - n);
    buf->len = n < buf->len ? buf->len - n : 0;
}
