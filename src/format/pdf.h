// SPDX-License-Identifier: EUPL-1.2
/*
 * The form of PDF files (ISO 32000-1): numbered objects, strings, streams, the table of objects at the end. What stands in the
 * objects is the caller's. Lengths are thousandths of a point. BUF's error is sticky; pdf_finish tells it.
 */
#ifndef FORMAT_PDF_H
#define FORMAT_PDF_H

#include "base/hash.h"
#include "base/span.h"

enum { PDF_OBJECTS = 64 * 1024 };

struct pdf {
    struct buf *out;
    size_t begin; // of the file in OUT
    size_t count; // of numbers given
    uint32_t *offsets;
    bool is_full;
};

CHECKED struct err pdf_begin(struct pdf *pdf, struct arena *arena, struct buf *out);
size_t pdf_number(struct pdf *pdf); // of an object still to be written
void pdf_object(struct pdf *pdf, size_t number);
void pdf_object_end(struct pdf *pdf);
// A whole object that is a stream; MEMBERS are further entries of its dictionary.
void pdf_stream(struct pdf *pdf, size_t number, const char *members, struct span bytes);
void pdf_length(struct buf *out, int64_t thousandths); // "12.5"
// A text string of any characters; TEXT is UTF-8.
void pdf_text(struct buf *out, struct span text);
void pdf_utf16_hex(struct buf *out, uint32_t character);
// "D:20261122100000Z"
void pdf_date(struct buf *out, int64_t ms);
CHECKED struct err pdf_finish(struct pdf *pdf, size_t catalog, size_t info, const struct hash *identity);

// The next character of UTF-8 that is known to be well formed.
uint32_t utf8_next(struct span text, size_t *at);

#endif
