// SPDX-License-Identifier: EUPL-1.2
/* Any JSON as a plain page of HTML: headings, lists and tables, no script, no style from elsewhere. For people who want to read it. */
#ifndef FORMAT_PAGE_H
#define FORMAT_PAGE_H

#include "base/json.h"

// How a member's name reads on the page; at == NULL for itself, with blanks for underscores.
typedef struct span page_namer(const void *context, struct span name);
struct page {
    struct span lang, title; // two letters
    struct span lead;        // a sentence before the content, may be empty
    page_namer *namer;       // may be NULL
    const void *context;     // of the namer
};

// Appends a whole page; texts are escaped.
void page_write(struct buf *out, const struct page *page, const struct json *content);

#endif
