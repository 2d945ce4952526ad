// SPDX-License-Identifier: EUPL-1.2
/*
 * Filling a page of a list of which the reader may not know each row: rows are read in batches until the page is full, one more is
 * found that goes on the next, or nothing is left; after FILL_BATCHES the page ends short, and its cursor goes on where it stopped.
 *
 * For each batch the caller reads fill_asked() rows after the last one it was told to skip or show, asks about each in order, and goes
 * on while fill_goes_on. The cursor of the next page, where is_more is set, is the last row that was skipped or shown.
 */
#ifndef API_FILL_H
#define API_FILL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { FILL_BATCHES = 8 };

struct fill {
    int64_t limit;
    int64_t shown;
    unsigned batches;
    bool is_more; // there is a next page, as far as was looked
};

enum fill_row { FILL_SKIP, FILL_SHOW, FILL_STOP }; // hidden; of this page; the page is full and has a next, to which it belongs

static inline struct fill fill_of(int64_t limit) { return (struct fill){.limit = limit}; }
static inline int64_t fill_asked(const struct fill *fill) { return fill->limit + 1; }
enum fill_row fill_ask(struct fill *fill, bool may_know);
// After a batch of COUNT rows.
bool fill_goes_on(struct fill *fill, size_t count);

#endif
