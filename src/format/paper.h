// SPDX-License-Identifier: EUPL-1.2
/*
 * Papers: documents to be read and printed, as a short list of blocks, and the accessible PDF made of them.
 *
 * A paper is bytes: blocks of `u16 kind | u16 level | u32 len | len bytes of UTF-8`, little endian. The head's blocks come first,
 * then the body's. Whoever makes papers writes them with paper_add; whoever takes them trusts nothing (paper_parse).
 * The PDF is tagged (PDF/UA-1: structure, reading order, language, title, header cells, artifacts, embedded fonts, bookmarks).
 * The same paper and fonts give the same bytes. Pure.
 *
 * Text may hold line feeds (a new line in the same paragraph). Characters that are not seen but change what is seen (controls, marks
 * that turn the direction of writing) are shown as U+FFFD; a character that the fonts lack is drawn as U+FFFD and read as itself.
 */
#ifndef FORMAT_PAPER_H
#define FORMAT_PAPER_H

#include "format/font.h"

enum paper_kind {
    // the head, each at most once
    PAPER_LANGUAGE = 1, // of the document, "fr": required
    PAPER_TITLE,        // required
    PAPER_SENDER,       // whose document it is
    PAPER_DATE,         // "2026-11-22T10:00:00Z", the moment at which it counts as made: required
    PAPER_NUMBER,       // stands on each page
    PAPER_MARKING,      // stands on each page
    PAPER_FOOT,         // foot of each page, with {page} and {pages}
    PAPER_DRAFT,        // a word across each page
    // the body
    PAPER_HEADING = 32, // level 1 to 3
    PAPER_PARAGRAPH,
    PAPER_ADDRESS, // a paragraph of lines, set apart
    PAPER_SMALL,   // a paragraph in small type
    PAPER_ITEM,    // of a list; level 0: with a dot, else the number
    PAPER_FIELD,   // a label; the next block is its value
    PAPER_VALUE,
    PAPER_TABLE, // level: columns (1 to 8). Its head cells and cells follow, row by row
    PAPER_HEAD,  // a column's head cell
    PAPER_CELL,
    PAPER_LINK,   // an address that can be followed
    PAPER_RULED,  // level: so many lines to write on by hand
    PAPER_SPEECH, // the language of the blocks that follow, wherever they stand; empty: the document's
};

enum { PAPER_BLOCKS = 8192, PAPER_PAGES = 300, PAPER_COLUMNS = 8, PAPER_BYTES = 768 * 1024, PAPER_PDF_BYTES = 8 * 1024 * 1024 };

struct paper_block {
    enum paper_kind kind;
    uint16_t level;
    struct span text, language; // language empty: the document's
};
struct paper {
    struct span head[PAPER_DRAFT + 1]; // by kind; at == NULL where absent
    size_t count;
    struct paper_block *blocks; // of the body
};

void paper_add(struct buf *out, enum paper_kind kind, uint16_t level, struct span text);
// BYTES are untrusted and must outlive *ret. ERR_INPUT names the block.
CHECKED struct err paper_parse(struct span bytes, struct arena *arena, struct paper *ret, struct why *why);

struct paper_fonts {
    struct font text, bold;
};
// Appends the PDF. ERR_LIMIT where it would have too many pages or bytes.
CHECKED struct err paper_pdf(const struct paper *paper, const struct paper_fonts *fonts, struct arena *arena, struct buf *ret,
                             struct why *why);

#endif
