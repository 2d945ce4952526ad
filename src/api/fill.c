// SPDX-License-Identifier: EUPL-1.2
#include "api/fill.h"

enum fill_row fill_ask(struct fill *fill, bool may_know) {
    if (!may_know) return FILL_SKIP;
    if (fill->shown == fill->limit) {
        fill->is_more = true;
        return FILL_STOP;
    }
    fill->shown++;
    return FILL_SHOW;
}

bool fill_goes_on(struct fill *fill, size_t count) {
    bool is_end = count < (size_t)fill_asked(fill);
    if (fill->is_more || is_end) return false;
    fill->is_more = ++fill->batches == FILL_BATCHES;
    return !fill->is_more;
}
