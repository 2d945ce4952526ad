// SPDX-License-Identifier: EUPL-1.2
/*
 * One group of withheld cells that hang together by relations, and the search for tables that could be the true one.
 * For suppress*.c only.
 */
#ifndef EXCHANGE_SUPPRESS_PRIVATE_H
#define EXCHANGE_SUPPRESS_PRIVATE_H

#include "exchange/suppress.h"

struct suppress_group {
    struct suppress_problem *problem;
    uint32_t cell_count, relation_count;
    uint32_t *cells;     // of the problem
    uint32_t *relations; // of the problem, those that touch a cell of the group
    const uint32_t *place; // by cell of the problem: its place in the group
    bool is_all_or_nothing; // stop at the first cell that can't be protected
    uint64_t work;          // out: about so many multiplications
};

// Looks for tables until every cell of the group is protected or none more is found; up and down of its cells only grow.
// *ret_steps grows by the steps made.
CHECKED struct err suppress_group_prove(struct suppress_group *group, struct arena *arena, uint64_t *ret_steps);

static inline bool suppress_is_unknown(const struct suppress_cell *cell) { return cell->is_hidden || cell->reason != SUPPRESS_NOT; }
// A cell that is withheld only beside others may be known: it is not sensitive.
static inline bool suppress_is_protected(const struct suppress_cell *cell) {
    return cell->reason == SUPPRESS_COMPLEMENT || cell->up + cell->down >= cell->width;
}

#endif
