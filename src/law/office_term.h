// SPDX-License-Identifier: EUPL-1.2
/* Offices that states hold in turn (terms.yaml): who holds one on a day, and through which of its offices it acts. */
#ifndef LAW_OFFICE_TERM_H
#define LAW_OFFICE_TERM_H

#include "base/time.h"
#include "law/office.h"

struct office_turn { struct civil from; struct span state; };
struct office_through {
    const struct office_kind *kind;
    size_t workspace_count;
    const struct workspace *const *workspaces; // where it acts so
};
struct office_term {
    const struct office_kind *kind;
    struct span article;
    size_t turn_count, through_count;
    const struct office_turn *turns; // in order
    const struct office_through *through;
    struct civil until;
};
size_t office_terms(const struct law *law, const struct office_term **ret);
// Whose turn it is on the day; empty before the first and after the last. BEFORE: whose it was in the turn before.
struct span office_term_holder(const struct office_term *term, struct civil day, struct span *ret_before);

#endif
