// SPDX-License-Identifier: EUPL-1.2
#include "base/frame.h"

#include "base/limits.h"

enum { FRAME_HEAD_BYTES = 16, FRAME_FIELD_BYTES = 8 };

static uint64_t little_endian(const uint8_t *at, size_t bytes) {
    uint64_t value = 0;
    for (size_t i = 0; i < bytes; i++) value |= (uint64_t)at[i] << (8 * i);
    return value;
}

static bool fields_are_well_formed(struct span fields) {
    size_t at = 0;
    while (at < fields.len) {
        if (fields.len - at < FRAME_FIELD_BYTES) return false;
        if (little_endian(fields.at + at + 2, 2) != 0) return false;
        uint64_t len = little_endian(fields.at + at + 4, 4);
        at += FRAME_FIELD_BYTES;
        if (len > fields.len - at) return false;
        at += (size_t)len;
    }
    return true;
}

struct err frame_next(struct span bytes, struct frame *ret, size_t *ret_used) {
    *ret_used = 0;
    if (bytes.len < 4) return err_none();
    uint64_t rest = little_endian(bytes.at, 4);
    if (rest < FRAME_HEAD_BYTES - 4 || rest > LIMIT_FRAME_BYTES - 4) return err_make(ERR_CORRUPT);
    if (bytes.len - 4 < rest) return err_none();
    if (little_endian(bytes.at + 6, 2) != 0) return err_make(ERR_CORRUPT);
    struct span fields = span_make(bytes.at + FRAME_HEAD_BYTES, (size_t)rest + 4 - FRAME_HEAD_BYTES);
    if (!fields_are_well_formed(fields)) return err_make(ERR_CORRUPT);
    *ret = (struct frame){.type = (uint16_t)little_endian(bytes.at + 4, 2),
                          .number = little_endian(bytes.at + 8, 8),
                          .fields = fields};
    *ret_used = (size_t)rest + 4;
    return err_none();
}

bool frame_each(const struct frame *frame, size_t *at, uint16_t *ret_tag, struct span *ret) {
    if (*at >= frame->fields.len) return false;
    const uint8_t *field = frame->fields.at + *at;
    size_t len = (size_t)little_endian(field + 4, 4);
    *ret_tag = (uint16_t)little_endian(field, 2);
    *ret = span_make(field + FRAME_FIELD_BYTES, len);
    *at += FRAME_FIELD_BYTES + len;
    return true;
}

struct span frame_get(const struct frame *frame, uint16_t tag) {
    size_t at = 0;
    uint16_t found;
    struct span value;
    while (frame_each(frame, &at, &found, &value))
        if (found == tag) return value;
    return span_make(NULL, 0);
}

uint64_t frame_get_u64(const struct frame *frame, uint16_t tag, uint64_t fallback) {
    struct span value = frame_get(frame, tag);
    return value.at != NULL && value.len == 8 ? little_endian(value.at, 8) : fallback;
}

size_t frame_begin(struct buf *buf, uint16_t type, uint64_t number) {
    size_t mark = buf->len;
    buf_add_u32(buf, 0);
    buf_add_u16(buf, type);
    buf_add_u16(buf, 0);
    buf_add_u64(buf, number);
    return mark;
}

void frame_field(struct buf *buf, uint16_t tag, struct span value) {
    if (value.len > LIMIT_FRAME_BYTES) {
        buf->is_failed = true;
        return;
    }
    buf_add_u16(buf, tag);
    buf_add_u16(buf, 0);
    buf_add_u32(buf, (uint32_t)value.len);
    buf_add(buf, value);
}

void frame_field_u64(struct buf *buf, uint16_t tag, uint64_t value) {
    buf_add_u16(buf, tag);
    buf_add_u16(buf, 0);
    buf_add_u32(buf, 8);
    buf_add_u64(buf, value);
}

bool frame_end(struct buf *buf, size_t mark) {
    if (buf->is_failed || buf->len - mark > LIMIT_FRAME_BYTES) {
        buf->len = mark < buf->len ? mark : buf->len;
        buf->is_failed = false;
        return false;
    }
    uint32_t rest = (uint32_t)(buf->len - mark - 4);
    for (size_t i = 0; i < 4; i++) buf->at[mark + i] = (uint8_t)(rest >> (8 * i));
    return true;
}
