// SPDX-License-Identifier: EUPL-1.2
/* Any JSON as a plain page of HTML: headings, lists and tables, no script, no style from elsewhere. For people who want to read it. */
#ifndef FORMAT_PAGE_H
#define FORMAT_PAGE_H

#include "base/json.h"

// Appends a whole page; texts are escaped. LANG: two letters.
void page_write(struct buf *out, struct span lang, const char *title, const struct json *content);

#endif
