// SPDX-License-Identifier: EUPL-1.2
/* The arithmetic: ties between enterprises, sums, ceilings, the rule of two years. */
#include "law/size_private.h"

const char *size_figure_name(enum size_figure figure) {
    static const char *const NAMES[SIZE_FIGURES] = {"staff", "turnover", "balance"};
    return NAMES[figure];
}

struct span size_name(const struct size_rules *rules, size_t size) {
    return size < rules->ceiling_count ? rules->ceilings[size].name : rules->largest;
}

static bool is_below(int64_t value, int64_t limit) { return limit == SIZE_UNKNOWN || (value >= 0 && value < limit); }

// Whether the holder is one of those whose holding makes no partner.
static bool is_excepted(const struct size_relation *r) {
    return r->investor != NULL && r->is_up && is_below(r->investment, r->investor->investment_below) &&
           is_below(r->budget, r->investor->budget_below) && is_below(r->inhabitants, r->investor->inhabitants_below);
}

enum size_tie size_tie_of(const struct size_rules *rules, const struct size_relation *r, int64_t *ret_share) {
    *ret_share = 0;
    if (r->investor != NULL && r->is_up && r->investor->is_never_counted) return TIE_NEVER;
    // Votes that nobody stated follow the capital.
    int64_t votes = r->votes != SIZE_UNKNOWN ? r->votes : r->capital;
    bool is_controlled = r->control != CONTROL_NONE && (r->control != CONTROL_NATURAL_PERSON || r->is_same_market);
    if (is_controlled || votes > rules->linked_above) {
        *ret_share = SHARE_WHOLE;
        return TIE_LINKED;
    }
    int64_t share = r->capital > votes ? r->capital : votes;
    if (share < rules->partner_from) return TIE_AUTONOMOUS;
    if (is_excepted(r)) return TIE_INVESTOR;
    *ret_share = share;
    return TIE_PARTNER;
}

struct size_figures size_figures_for(const struct size_relation *r, int64_t year) {
    for (size_t i = 0; i < r->period_count; i++)
        if (r->periods[i].year == year) return r->periods[i].own;
    if (r->period_count > 0 && year == 0) return r->periods[r->period_count - 1].own;
    return r->figures;
}

// Saturates: what does not fit is above every ceiling anyway.
static int64_t add_up(int64_t a, int64_t b) {
    int64_t sum;
    return __builtin_add_overflow(a, b, &sum) ? INT64_MAX : sum;
}
static int64_t scale(int64_t value, int64_t share) {
    int64_t product;
    return __builtin_mul_overflow(value, share, &product) ? INT64_MAX : product;
}

static void add_figures(struct size_period *period, const struct size_figures *figures, int64_t share) {
    for (size_t f = 0; f < SIZE_FIGURES; f++) {
        if (figures->value[f] == SIZE_UNKNOWN) period->is_open[f] = true;
        else period->total[f] = add_up(period->total[f], scale(figures->value[f], share));
    }
}

// Linked enterprises count whole and transitively; partners pro rata, with what is linked to them; partners of partners not.
static void add_relations(const struct size_rules *rules, struct size_period *period, const struct size_relation *relations,
                          size_t count, int64_t share, bool is_beyond_partner) {
    for (size_t i = 0; i < count; i++) {
        const struct size_relation *r = &relations[i];
        int64_t partner_share;
        enum size_tie tie = size_tie_of(rules, r, &partner_share);
        if (tie != TIE_LINKED && (tie != TIE_PARTNER || is_beyond_partner)) continue;
        int64_t counted = tie == TIE_LINKED ? share : partner_share;
        struct size_figures figures = size_figures_for(r, period->year);
        add_figures(period, &figures, counted);
        add_relations(rules, period, r->relations, r->relation_count, counted, is_beyond_partner || tie == TIE_PARTNER);
    }
}

void size_total(const struct size_rules *rules, struct size_facts *facts) {
    for (size_t i = 0; i < facts->period_count; i++) {
        struct size_period *period = &facts->periods[i];
        for (size_t f = 0; f < SIZE_FIGURES; f++) {
            period->total[f] = 0;
            period->is_open[f] = false;
        }
        add_figures(period, &period->own, SHARE_WHOLE);
        add_relations(rules, period, facts->relations, facts->relation_count, SHARE_WHOLE, false);
    }
}

struct series { // one row of figures a period, all known
    size_t count;
    int64_t total[SIZE_PERIODS_MAX][SIZE_FIGURES];
};

static bool fits(const struct size_ceiling *c, const int64_t total[SIZE_FIGURES]) {
    return total[SIZE_STAFF] < scale(c->below_staff, SHARE_WHOLE) &&
           (total[SIZE_TURNOVER] <= scale(c->to_turnover, SHARE_WHOLE) ||
            total[SIZE_BALANCE] <= scale(c->to_balance, SHARE_WHOLE));
}

// A ceiling is lost or regained only when it is crossed in two consecutive periods.
static size_t size_of(const struct size_rules *rules, const struct series *series) {
    for (size_t c = 0; c < rules->ceiling_count; c++) {
        bool status = fits(&rules->ceilings[c], series->total[0]), before = status;
        for (size_t i = 1; i < series->count; i++) {
            bool now = fits(&rules->ceilings[c], series->total[i]);
            if (now != status && before != status) status = now;
            before = now;
        }
        if (status) return c;
    }
    return rules->ceiling_count;
}

// The least (OPEN = 0) or the most (OPEN = INT64_MAX) that the facts allow.
static void series_make(const struct size_facts *facts, bool is_own_only, int64_t open, struct series *ret) {
    ret->count = facts->period_count;
    for (size_t i = 0; i < facts->period_count; i++) {
        const struct size_period *p = &facts->periods[i];
        for (size_t f = 0; f < SIZE_FIGURES; f++) {
            bool is_open = is_own_only ? p->own.value[f] == SIZE_UNKNOWN : p->is_open[f];
            int64_t known = is_own_only ? scale(p->own.value[f], SHARE_WHOLE) : p->total[f];
            ret->total[i][f] = !is_open ? known : open == 0 ? (is_own_only ? 0 : known) : open;
        }
    }
}

unsigned size_possible(const struct size_rules *rules, const struct size_facts *facts, bool is_own_only) {
    return size_possible_with(rules, facts, is_own_only, SIZE_STAFF, SIZE_UNKNOWN);
}

unsigned size_possible_with(const struct size_rules *rules, const struct size_facts *facts, bool is_own_only,
                            enum size_figure figure, int64_t own) {
    struct series least, most;
    series_make(facts, is_own_only, 0, &least);
    series_make(facts, is_own_only, INT64_MAX, &most);
    size_t last = facts->period_count - 1;
    int64_t was = facts->periods[last].own.value[figure];
    if (own != SIZE_UNKNOWN && was != SIZE_UNKNOWN) {
        int64_t change = scale(own, SHARE_WHOLE) - scale(was, SHARE_WHOLE);
        least.total[last][figure] = add_up(least.total[last][figure], change);
        if (most.total[last][figure] != INT64_MAX) most.total[last][figure] = least.total[last][figure];
    }
    size_t from = size_of(rules, &least), to = size_of(rules, &most);
    unsigned bits = 0;
    for (size_t s = from; s <= to; s++) bits |= 1u << s;
    return bits;
}

int64_t size_own_at_ceiling(const struct size_rules *rules, const struct size_facts *facts, bool is_own_only, size_t ceiling,
                            enum size_figure figure) {
    const struct size_ceiling *c = &rules->ceilings[ceiling];
    const struct size_period *last = &facts->periods[facts->period_count - 1];
    int64_t own = last->own.value[figure];
    if (own == SIZE_UNKNOWN) return SIZE_UNKNOWN;
    int64_t others = is_own_only ? 0 : last->total[figure] - scale(own, SHARE_WHOLE);
    int64_t limit = figure == SIZE_STAFF      ? scale(c->below_staff, SHARE_WHOLE) - 1
                    : figure == SIZE_TURNOVER ? scale(c->to_turnover, SHARE_WHOLE)
                                              : scale(c->to_balance, SHARE_WHOLE);
    return others > limit ? SIZE_UNKNOWN : (limit - others) / SHARE_WHOLE;
}
