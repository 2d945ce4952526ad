// SPDX-License-Identifier: EUPL-1.2
/*
 * Disclosure control for tables of counts and sums: which cells must be withheld so that nobody can compute back a small one.
 *
 * A problem is a set of cells and of linear relations that everybody knows: a row adds up to its total, sub-sectors to their
 * sector, quarters to their year, an earlier release to a later one. Cells that are sensitive by themselves are marked by the
 * caller; suppress_solve withholds these and further ones until every sensitive cell is protected.
 *
 * Protected means proved, not estimated: for each sensitive cell there are two tables of whole numbers that agree with
 * everything published (all relations exactly, no cell below what is known of it) and between whose values of this cell lies its
 * width. Whoever knows the program, the relations and everything published can't tell these tables from the true one. The search
 * for them uses a simplex in floating point; each is then checked in integers, so rounding can only cost cells, never safety.
 * Deterministic. Pure.
 */
#ifndef EXCHANGE_SUPPRESS_H
#define EXCHANGE_SUPPRESS_H

#include "base/span.h"

enum suppress_reason {
    SUPPRESS_NOT,
    SUPPRESS_SMALL,      // a count under the threshold
    SUPPRESS_DOMINANT,   // one contributor makes up most of a sum
    SUPPRESS_CHANGE,     // its difference to an earlier release is small
    SUPPRESS_COMPLEMENT, // withheld so that others can't be computed back
};
// "small", "dominant", "change", "complement"; "" for none.
const char *suppress_reason_name(enum suppress_reason reason);

struct suppress_cell {
    int64_t value;
    int64_t low;      // what everybody knows that it is not below
    int64_t width;    // a sensitive value must stay unknown by at least so much; 0: of no interest (a slack)
    int64_t weight;   // what is lost where it is withheld
    bool is_open;     // published already, or otherwise known: can't be withheld
    bool is_hidden;   // never published: part of what a reader must guess, and no loss
    enum suppress_reason reason; // in: why it is sensitive; out also SUPPRESS_COMPLEMENT
    int64_t up, down; // out, of withheld and hidden cells: the proved distances to both sides
};

struct suppress_term {
    uint32_t cell;
    int32_t factor;
};
struct suppress_relation { // the sum of factor * value is known; what it is follows from the true values
    uint32_t count;
    const struct suppress_term *terms;
};

struct suppress_problem {
    uint32_t cell_count, relation_count;
    struct suppress_cell *cells;
    const struct suppress_relation *relations;
};

struct suppress_report {
    uint32_t primary;    // sensitive by themselves
    uint32_t complement; // withheld beside them
    uint32_t rounds;     // of proving and withholding more
    uint64_t steps;      // of the simplex
    bool is_safe;        // false: some cell can't be protected with what may still be withheld; publish nothing
    uint32_t unsafe;     // then: such a cell
};

enum { SUPPRESS_CELLS_MAX = 20000, SUPPRESS_GROUP_MAX = 1500 }; // withheld cells that hang together

// A cell is withheld where cells[i].reason is set afterwards. ERR_LIMIT beyond the limits, ERR_MEMORY.
CHECKED struct err suppress_solve(struct suppress_problem *problem, struct arena *arena, struct suppress_report *ret, struct why *why);

// The proof alone, of what is marked in the cells: sets up and down, is_safe and unsafe; withholds nothing more.
CHECKED struct err suppress_prove(struct suppress_problem *problem, struct arena *arena, struct suppress_report *ret, struct why *why);

// Whether one contribution dominates a sum: the LARGEST makes up more than PERCENT of TOTAL. (1,k)-rule.
static inline bool suppress_dominates(int64_t largest, int64_t total, int64_t percent) {
    return total > 0 && largest * 100 > total * percent;
}

#endif
