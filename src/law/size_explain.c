// SPDX-License-Identifier: EUPL-1.2
/* The arithmetic of size told step by step: whose figures, which percentage, which ceiling decided. */
#include <inttypes.h>

#include "law/decimal.h"
#include "law/size_private.h"

struct teller {
    const struct size_rules *rules;
    struct arena *arena;
    struct size_line *lines;
    size_t count, capacity;
    bool is_failed;
};

static void tell(struct teller *t, struct size_step step, struct span detail) {
    if (t->count == t->capacity || detail.at == NULL) {
        t->is_failed = true;
        return;
    }
    t->lines[t->count++] = (struct size_line){step, detail};
}

// Several parts as one text; at == NULL where the arena is full.
static struct span glue(struct teller *t, const struct span *parts, size_t count) {
    struct span text = {NULL, 0};
    size_t len = 0;
    for (size_t i = 0; i < count; i++) len += parts[i].len;
    uint8_t *at = arena_take(t->arena, len + 1);
    if (at == NULL) return text;
    text = span_make(at, len);
    for (size_t i = 0; i < count; at += parts[i++].len)
        if (parts[i].len > 0) memcpy(at, parts[i].at, parts[i].len);
    return text;
}
#define GLUE(T, ...) glue((T), (const struct span[]){__VA_ARGS__}, sizeof((const struct span[]){__VA_ARGS__}) / sizeof(struct span))

static struct span figure_text(struct teller *t, int64_t value) {
    return value == SIZE_UNKNOWN ? SPAN("unknown") : decimal_text(t->arena, value);
}

static struct span figures_text(struct teller *t, const struct size_figures *f) {
    struct span staff = figure_text(t, f->value[SIZE_STAFF]), turnover = figure_text(t, f->value[SIZE_TURNOVER]);
    struct span balance = figure_text(t, f->value[SIZE_BALANCE]);
    return GLUE(t, SPAN("staff "), staff, SPAN(", turnover "), turnover, SPAN(", balance "), balance);
}

static void tell_relations(struct teller *t, const struct size_relation *relations, size_t count, int64_t year, int64_t share,
                           bool is_beyond_partner) {
    for (size_t i = 0; i < count; i++) {
        const struct size_relation *r = &relations[i];
        int64_t own_share;
        enum size_tie tie = size_tie_of(t->rules, r, &own_share);
        if (tie == TIE_PARTNER && is_beyond_partner) {
            tell(t, t->rules->partner, GLUE(t, r->name, SPAN(": partner of a partner, not counted")));
            continue;
        }
        if (tie == TIE_AUTONOMOUS) {
            struct span from = decimal_text(t->arena, t->rules->partner_from);
            tell(t, t->rules->autonomous, GLUE(t, r->name, SPAN(": less than "), from, SPAN(" %, not counted")));
            continue;
        }
        if (tie == TIE_INVESTOR || tie == TIE_NEVER) {
            bool has_step = tie == TIE_NEVER && r->investor->step.id.len > 0;
            struct size_step step = has_step ? r->investor->step : t->rules->investor;
            step.article = r->investor->article;
            tell(t, step, GLUE(t, r->name, SPAN(": "), r->investor->name, SPAN(", not counted")));
            continue;
        }
        int64_t counted = tie == TIE_LINKED ? share : own_share;
        struct size_figures figures = size_figures_for(r, year);
        struct span percent = decimal_text(t->arena, counted), text = figures_text(t, &figures);
        tell(t, tie == TIE_LINKED ? t->rules->linked : t->rules->partner,
             GLUE(t, r->name, SPAN(": "), percent, SPAN(" % of "), text));
        tell_relations(t, r->relations, r->relation_count, year, counted, is_beyond_partner || tie == TIE_PARTNER);
    }
}

// Totals come in 1/10000 of a hundredth; people read them rounded down to hundredths.
static struct span total_text(struct teller *t, const struct size_period *p, size_t f, bool is_own_only) {
    if (is_own_only) return figure_text(t, p->own.value[f]);
    struct span known = decimal_text(t->arena, p->total[f] / SHARE_WHOLE);
    if (p->is_open[f] && p->total[f] == 0) return SPAN("unknown");
    return p->is_open[f] ? GLUE(t, known, SPAN(" or more")) : known;
}

static void tell_period(struct teller *t, const struct size_period *p, bool is_own_only) {
    struct span staff = total_text(t, p, SIZE_STAFF, is_own_only), turnover = total_text(t, p, SIZE_TURNOVER, is_own_only);
    struct span balance = total_text(t, p, SIZE_BALANCE, is_own_only);
    struct span year = p->year != 0 ? arena_printf(t->arena, "%" PRId64 ": ", p->year) : SPAN("");
    tell(t, t->rules->accounts,
         GLUE(t, year, SPAN("staff "), staff, SPAN(", turnover "), turnover, SPAN(", balance "), balance));
}

static void tell_size(struct teller *t, const struct size_facts *facts, bool is_own_only) {
    unsigned possible = size_possible(t->rules, facts, is_own_only);
    for (size_t s = 0; s < size_count(t->rules); s++) {
        if ((possible & (1u << s)) == 0) continue;
        struct span name = size_name(t->rules, s);
        bool is_sure = (possible & (possible - 1)) == 0;
        struct size_step step = t->rules->largest_step;
        if (s < t->rules->ceiling_count) step.article = t->rules->ceilings[s].article;
        if (s < t->rules->ceiling_count) {
            const struct size_ceiling *c = &t->rules->ceilings[s];
            struct span staff = decimal_text(t->arena, c->below_staff), turnover = decimal_text(t->arena, c->to_turnover);
            struct span balance = decimal_text(t->arena, c->to_balance);
            tell(t, step, GLUE(t, is_sure ? SPAN("") : SPAN("possibly "), name, SPAN(": staff below "), staff,
                               SPAN(", and turnover at most "), turnover, SPAN(" or balance at most "), balance));
        } else {
            const struct size_ceiling *c = &t->rules->ceilings[s - 1];
            tell(t, step, GLUE(t, is_sure ? SPAN("") : SPAN("possibly "), name, SPAN(": above the ceilings of "), c->name));
        }
    }
}

// Whether the last period alone would give another size than the rule of two years.
static bool is_sticky(const struct size_rules *rules, const struct size_facts *facts, bool is_own_only) {
    struct size_facts last = *facts;
    last.periods += facts->period_count - 1;
    last.period_count = 1;
    return size_possible(rules, &last, is_own_only) != size_possible(rules, facts, is_own_only);
}

struct err size_explain(const struct size_rules *rules, const struct size_facts *facts, bool is_own_only,
                        struct arena *arena, struct size_line **ret, size_t *ret_count) {
    size_t capacity = facts->relation_total + facts->period_count + size_count(rules) + 4;
    struct teller t = {.rules = rules, .arena = arena, .capacity = capacity};
    t.lines = arena_take_array(arena, t.capacity, sizeof *t.lines);
    if (t.lines == NULL) return err_make(ERR_MEMORY);
    int64_t year = facts->periods[facts->period_count - 1].year;
    if (facts->is_estimate) tell(&t, rules->estimate, SPAN("an estimate made in good faith; provisional"));
    if (is_own_only) tell(&t, rules->independence, SPAN("the entity alone, for its systems and services are independent"));
    else tell_relations(&t, facts->relations, facts->relation_count, year, SHARE_WHOLE, false);
    if (facts->relation_count == 0) tell(&t, rules->autonomous, SPAN("own figures only"));
    for (size_t i = 0; i < facts->period_count; i++) tell_period(&t, &facts->periods[i], is_own_only);
    if (is_sticky(rules, facts, is_own_only))
        tell(&t, rules->two_years, SPAN("a ceiling crossed in one period only changes nothing yet"));
    tell_size(&t, facts, is_own_only);
    if (t.is_failed) return err_make(ERR_MEMORY);
    *ret = t.lines;
    *ret_count = t.count;
    return err_none();
}
