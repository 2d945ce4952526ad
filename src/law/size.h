// SPDX-License-Identifier: EUPL-1.2
/*
 * The size of an enterprise: Annex to Recommendation 2003/361/EC, with ceilings, percentages and kinds of investors from
 * size.yaml. Exact: hundredths of annual work units, cents, shares in hundredths of a percent; sums cannot wrap.
 *
 * Figures that nobody gave stay open: the answer is then the set of sizes between the least and the most they could be.
 */
#ifndef LAW_SIZE_H
#define LAW_SIZE_H

#include "base/json.h"
#include "base/yaml.h"

enum {
    SIZE_CEILINGS_MAX = 6,
    SIZE_INVESTORS_MAX = 16,
    SIZE_PERIODS_MAX = 12,    // accounting periods
    SIZE_RELATIONS_MAX = 256, // related enterprises in all
    SIZE_DEPTH_MAX = 8,       // of relations in relations
};

enum size_figure { SIZE_STAFF, SIZE_TURNOVER, SIZE_BALANCE, SIZE_FIGURES };
const char *size_figure_name(enum size_figure figure); // "staff": the fact's name
#define SIZE_UNKNOWN INT64_C(-1)

struct size_step { // a rule of the arithmetic
    struct span id, article;
    struct span words_key; // "size.S5"
};
struct size_ceiling {
    struct span name;
    int64_t below_staff; // hundredths
    int64_t to_turnover, to_balance; // cents, inclusive
    struct span article;
};
struct size_investor {
    struct span name;
    struct span article;
    int64_t investment_below, budget_below, inhabitants_below; // hundredths; SIZE_UNKNOWN: no such condition
    bool is_never_counted; // public ownership is disapplied
    struct size_step step; // of its own, where it has one
};
struct size_rules {
    size_t ceiling_count;
    struct size_ceiling ceilings[SIZE_CEILINGS_MAX]; // ascending
    struct span largest;
    struct size_step largest_step;
    int64_t partner_from; // hundredths of a percent
    int64_t linked_above;
    size_t investor_count;
    struct size_investor investors[SIZE_INVESTORS_MAX];
    struct size_step accounts, two_years, estimate, autonomous, partner, linked, investor, independence;
    struct span independence_fact, independence_switch;
};
// Number of sizes: the ceilings and the largest. Sizes are numbered from 0, ascending.
static inline size_t size_count(const struct size_rules *rules) { return rules->ceiling_count + 1; }
struct span size_name(const struct size_rules *rules, size_t size);

CHECKED struct err size_rules_load(struct arena *arena, const struct yaml *root, struct size_rules *ret, struct why *why);

struct size_figures {
    int64_t value[SIZE_FIGURES]; // hundredths, or SIZE_UNKNOWN
};
struct size_period {
    int64_t year; // 0: the only one, without a year
    struct size_figures own;
    int64_t total[SIZE_FIGURES]; // with related enterprises, in 1/10000 of a hundredth; what is known
    bool is_open[SIZE_FIGURES];  // something is missing from the total
};
struct size_relation;
struct size_facts {
    bool is_estimate;
    size_t period_count; // at least 1
    struct size_period *periods; // ascending by year
    size_t relation_count;
    struct size_relation *relations;
    size_t relation_total; // with those of related enterprises
};

// Reads staff, turnover, balance, estimate, accounts, earlier (the periods before the one of staff, turnover and balance) and
// relations from the facts. Errors name the field.
CHECKED struct err size_read(const struct size_rules *rules, const struct json *facts, struct arena *arena,
                             struct size_facts *ret, struct why *why);
// The sizes that are possible, as bits. IS_OWN_ONLY leaves related enterprises out.
unsigned size_possible(const struct size_rules *rules, const struct size_facts *facts, bool is_own_only);
// The same, with the last period's own figure replaced (hundredths).
unsigned size_possible_with(const struct size_rules *rules, const struct size_facts *facts, bool is_own_only,
                            enum size_figure figure, int64_t own);
// The own figure at which the ceiling is just kept: the largest own value with which the last period's total still is
// within ceiling C. SIZE_UNKNOWN where related enterprises alone pass it.
int64_t size_own_at_ceiling(const struct size_rules *rules, const struct size_facts *facts, bool is_own_only, size_t ceiling,
                            enum size_figure figure);

struct size_line { // one step of the explanation
    struct size_step step;
    struct span detail;
};
// Whose figures, with which percentage, which ceiling decided. Lines live in ARENA.
CHECKED struct err size_explain(const struct size_rules *rules, const struct size_facts *facts, bool is_own_only,
                                struct arena *arena, struct size_line **ret, size_t *ret_count);

#endif
