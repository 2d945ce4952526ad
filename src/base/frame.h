// SPDX-License-Identifier: EUPL-1.2
/*
 * Frames: what roles say to each other. A frame has a length, a type, a number that ties answers to requests, and
 * explicit fields. Wire form, little endian:
 *
 *     u32 bytes that follow | u16 type | u16 zero | u64 number | { u16 tag | u16 zero | u32 len | len bytes }*
 *
 * A reader checks everything; a frame that breaks the form is ERR_CORRUPT, after which the channel must be closed.
 */
#ifndef BASE_FRAME_H
#define BASE_FRAME_H

#include "base/span.h"

struct frame {
    uint16_t type;
    uint64_t number;
    struct span fields; // checked to be well formed
};

// Looks for one whole frame at the start of BYTES. *ret_used = 0 where more bytes are needed.
CHECKED struct err frame_next(struct span bytes, struct frame *ret, size_t *ret_used);
// The field's bytes; at == NULL where it is absent. The first of several with the same tag.
struct span frame_get(const struct frame *frame, uint16_t tag);
// The field as a little-endian u64 (exactly 8 bytes), or FALLBACK.
uint64_t frame_get_u64(const struct frame *frame, uint16_t tag, uint64_t fallback);
// Walks all fields: *at starts at 0; false at the end.
bool frame_each(const struct frame *frame, size_t *at, uint16_t *ret_tag, struct span *ret);

// Writing: begin, fields, end. BUF's error is sticky; frame_end returns false where it did not fit (the buffer is then
// put back to where it was before frame_begin).
size_t frame_begin(struct buf *buf, uint16_t type, uint64_t number); // returns the mark for frame_end
void frame_field(struct buf *buf, uint16_t tag, struct span value);
void frame_field_u64(struct buf *buf, uint16_t tag, uint64_t value);
bool frame_end(struct buf *buf, size_t mark);

#endif
