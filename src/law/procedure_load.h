// SPDX-License-Identifier: EUPL-1.2
/* Reading procedures/NAME.yaml: what the loading files share. */
#ifndef LAW_PROCEDURE_LOAD_H
#define LAW_PROCEDURE_LOAD_H

#include "law/procedure_private.h"

struct load {
    struct arena *arena;
    const struct name_lists *lists;
    const struct yaml *sets;
    struct span procedure;
    struct why *why;
};
// Rows of a list; absent: none. *ret has *ret_count + 1 zeroed elements of SIZE.
CHECKED struct err rows_begin(struct arena *arena, const struct yaml *rows, size_t size, void **ret, size_t *ret_count,
                              struct why *why);
CHECKED struct err document_load(const struct load *load, const struct yaml *row, struct document *ret);
CHECKED struct err duty_load(const struct load *load, const struct yaml *row, struct duty_row *ret);
CHECKED struct err proposal_load(const struct load *load, const struct yaml *row, struct proposal_row *ret);
// Lays OVERLAY (a state's file for the same procedure) over BASE.
CHECKED struct err overlay_load(const struct load *load, const struct yaml *overlay, const struct procedure *base,
                                struct procedure *ret);

#endif
