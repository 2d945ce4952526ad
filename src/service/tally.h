// SPDX-License-Identifier: EUPL-1.2
/*
 * How many cases and entities stand alike in what lists filter by, kept as their rows change: an exact count is a sum of few
 * numbers, and what is rare is found without walking past everything else.
 */
#ifndef SERVICE_TALLY_H
#define SERVICE_TALLY_H

#include "store/store.h"

enum tally { TALLY_CASES, TALLY_ENTITIES };

// Runs STATEMENT, which makes or changes the row of the case or entity params[0], and counts it where it stands then. Every statement
// that changes one of the columns of desk_tally or entity_tally goes through here. Inside a transaction.
CHECKED struct err tally_write(struct store_conn *conn, enum tally tally, enum statement statement, const struct value *params, size_t count,
                               struct arena *arena, struct why *why);

struct tally_fit {
    int64_t count; // that fit, without those that are hidden
    bool is_few;   // so few that to find and sort them costs less than to walk through all until a page is full
};

struct tally_cases_filter {
    struct span workspace, bounds;                                   // bounds: case_list_bounds
    struct span state, procedure, sector, flag, owed_by, opened_by;  // at == NULL: any
    int owned;                                                       // 1: with an owner, 0: without, -1: any
    bool has_closed;                                                 // closed ones count too
    struct span hidden;                                              // JSON array of cases that don't count; at == NULL: none
};
CHECKED struct err tally_cases_fit(struct store_conn *conn, const struct tally_cases_filter *filter, struct arena *arena, struct tally_fit *ret, struct why *why);

// SECTORS a JSON array, at == NULL for all; STATUS and CLASS at == NULL for any; HIDDEN as above, of entities.
CHECKED struct err tally_entities_fit(struct store_conn *conn, struct span sectors, struct span status, struct span class, struct span hidden, struct arena *arena,
                                      struct tally_fit *ret, struct why *why);

#endif
