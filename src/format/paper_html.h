// SPDX-License-Identifier: EUPL-1.2
/*
 * A paper as one HTML file that needs nothing else: readable without scripts, by screen readers, and printed. What stands in
 * the paper is text: nothing in it becomes markup.
 */
#ifndef FORMAT_PAPER_HTML_H
#define FORMAT_PAPER_HTML_H

#include "format/paper.h"

// Appends the whole document.
void paper_html(const struct paper *paper, struct buf *ret);

#endif
