// SPDX-License-Identifier: EUPL-1.2
/* Related enterprises, between the reader, the arithmetic and the explanation of size. */
#ifndef LAW_SIZE_PRIVATE_H
#define LAW_SIZE_PRIVATE_H

#include "law/size.h"

enum { SHARE_WHOLE = 10000 }; // 100.00 %

enum size_control { // what makes enterprises linked
    CONTROL_NONE,
    CONTROL_MAJORITY_VOTES,
    CONTROL_APPOINTS_MANAGEMENT,
    CONTROL_DOMINANT_INFLUENCE,
    CONTROL_SHAREHOLDER_AGREEMENT,
    CONTROL_NATURAL_PERSON, // only in the same or an adjacent market
};
enum size_tie { TIE_AUTONOMOUS, TIE_PARTNER, TIE_LINKED, TIE_INVESTOR, TIE_NEVER };

struct size_relation {
    struct span name;
    bool is_up;              // holds a share in us; else we hold one in it
    int64_t capital, votes;  // hundredths of a percent, or SIZE_UNKNOWN
    enum size_control control;
    bool is_same_market;
    const struct size_investor *investor; // or NULL
    int64_t investment, budget, inhabitants;
    size_t period_count; // 0: FIGURES serve for every year
    struct size_period *periods;
    struct size_figures figures;
    size_t relation_count;
    struct size_relation *relations;
};

// What the relation makes of the two enterprises, and the share to be counted.
enum size_tie size_tie_of(const struct size_rules *rules, const struct size_relation *relation, int64_t *ret_share);
// The figures of a related enterprise for YEAR.
struct size_figures size_figures_for(const struct size_relation *relation, int64_t year);
// Fills total and is_open of each period.
void size_total(const struct size_rules *rules, struct size_facts *facts);

#endif
