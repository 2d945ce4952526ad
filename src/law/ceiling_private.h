// SPDX-License-Identifier: EUPL-1.2
/* Ceilings as the packs hold them, and what conditions ask of them. For the files of this room only. */
#ifndef LAW_CEILING_PRIVATE_H
#define LAW_CEILING_PRIVATE_H

#include "law/clock.h"
#include "law/condition.h"

struct ceiling_row {
    struct span id, article, certainty, source;
    struct span state; // of a national pack; empty: the Union's
    const struct condition *when;
    int64_t amount_cents, per_mille;
    int64_t share_above_cents; // -1: always counts
    int64_t minimum_part;      // 0: there is no minimum
    bool is_at_least, has_none_before;
    struct civil none_before;
    struct validity validity;
    const struct yaml *node;
};
struct ceiling {
    struct span id, label, article, figure;
    size_t row_count;
    struct ceiling_row *rows; // those of states first
    const struct yaml *node;
};
struct ceiling_book {
    size_t count;
    struct ceiling *ceilings;
};

// {barred: NAME}, {field: amount, above_ceiling: NAME}, {field: amount, below_minimum: NAME}
bool ceiling_is_barred(const struct facts *facts, struct span name);
bool ceiling_is_passed(const struct facts *facts, struct span name, const struct json *amount, bool is_minimum);
bool ceiling_is_known(const struct law *law, struct span name);

#endif
