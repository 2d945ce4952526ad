// SPDX-License-Identifier: EUPL-1.2
/*
 * Ceilings of what may be imposed: a fixed amount, a share of a figure of the undertaking, whichever is higher. They are shown to the
 * person who decides; nothing is suggested. The rows stand in the packs' ceilings.yaml, a state's over the Union's, and this is their
 * arithmetic: exact, in cents, a share rounded down to the cent.
 *
 *   ceilings:
 *     - ceiling: fine
 *       label: ..
 *       article: ..
 *       figure: turnover                  # the field of a form, and the argument, that holds the figure
 *       rows:                             # the first whose condition holds
 *         - {row: essential, when: CONDITION, amount: "10000000", per_mille: 20, at_least: yes, article: ..}
 *
 * at_least: yes   the Directive says how high the maximum is at least; the state's own may be higher
 * share_above: N  the share counts only where the figure is above N        minimum_part: N  not less than 1/N of the maximum
 * none_before: D  none may be imposed before that day                       certainty, source, checked_on, from, to as everywhere
 * A state's file names the ceiling and rows: a row of the same name is replaced, others are added before the Union's.
 */
#ifndef LAW_CEILING_H
#define LAW_CEILING_H

#include "base/json.h"
#include "base/time.h"

struct law;

enum { CEILING_FIGURE_MAX_EUR = 1000000000 }; // thousand millions
#define CEILING_MAX_CENTS (INT64_C(1000000) * CEILING_FIGURE_MAX_EUR * 100)

struct ceiling_question {
    const struct law *law;
    struct span state; // whose law; empty: the Union's alone
    struct civil at;
    const struct json *subject; // facts on the entity, as procedures know them
    struct span lang;           // of labels; empty: English
};
struct ceiling_answer {
    struct span ceiling, row, label, article, certainty, source, figure, state;
    bool has_maximum; // otherwise the figure is needed
    bool is_by_share, is_at_least, is_barred;
    int64_t amount_cents, per_mille, share_cents, share_above_cents; // -1: there is none
    int64_t maximum_cents, minimum_cents;
    int64_t minimum_part; // 0: none
    bool has_none_before;
    struct civil none_before;
};
// The ceiling as it is for this entity with FIGURE_CENTS (-1: not known). False where none applies to it.
bool ceiling_find(const struct ceiling_question *question, struct span ceiling, int64_t figure_cents, struct ceiling_answer *ret);

// {"subject":{"class":..},"figures":{"turnover":"2000000000"}} -> {"ceilings":[{"ceiling","label","row","maximum","by","share",..}]}.
// ERR_INPUT names what is wrong.
CHECKED struct err ceiling_answer_json(const struct ceiling_question *question, const struct json *asked, struct arena *arena,
                                       struct json_out *out, struct why *why);

#endif
