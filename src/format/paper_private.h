// SPDX-License-Identifier: EUPL-1.2
/*
 * A paper set on pages, on its way to a PDF: paper_layout.c sets it, paper_pdf.c writes it. Lengths are thousandths of a point,
 * from the lower left corner of an A4 page.
 */
#ifndef FORMAT_PAPER_PRIVATE_H
#define FORMAT_PAPER_PRIVATE_H

#include "format/paper.h"

enum {
    PAGE_WIDTH = 595276,
    PAGE_HEIGHT = 841890,
    MARGIN_SIDE = 62000,
    MARGIN_TOP = 72000,
    MARGIN_FOOT = 70000,
    LAYOUT_NODES = 32 * 1024,
    LAYOUT_MARKS = 32 * 1024,
    LAYOUT_LINKS = 512,
};

enum face { FACE_TEXT, FACE_BOLD, FACES };

struct mark { // a piece of a page that belongs to a node of the structure
    uint32_t node, page, number; // NUMBER on its page
};
struct node { // of the structure tree
    const char *type;       // "P", "H1", "TD", ...
    const char *attributes; // a dictionary, or NULL
    uint32_t parent;        // node 0 is the document
    struct span language;   // empty: as its parent
    struct span heading;    // text of a heading, for the bookmarks
    uint32_t page;          // where it begins
    int64_t top;            // of a heading
    uint8_t level;          // of a heading
    size_t link;            // 1 + index of a link, or 0
};
struct link {
    uint32_t node, page;
    int64_t box[4];
    struct span target;
};
struct page {
    struct buf content;
    uint32_t mark_count, first_mark;
};

struct layout {
    const struct paper *paper;
    struct arena *arena;
    struct font_subset faces[FACES];
    size_t page_count, node_count, mark_count, link_count;
    struct page *pages;
    struct node *nodes;
    struct mark *marks; // in order of pages
    struct link *links;
    int64_t y; // the next line's top on the last page
    bool is_full;
};

CHECKED struct err layout_set(struct layout *layout, const struct paper *paper, const struct paper_fonts *fonts, struct arena *arena,
                              struct why *why);

#endif
