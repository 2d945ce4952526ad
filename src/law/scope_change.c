// SPDX-License-Identifier: EUPL-1.2
/*
 * What would change the answer: another value of one fact, or the nearest figure at which the class changes ("with 3
 * staff fewer: out"). Figures are searched at the ceilings, with related enterprises as they are.
 */
#include <inttypes.h>

#include "law/decimal.h"
#include "law/scope_private.h"

enum { CHANGES_MAX = 64 };

static enum entity_class single_class(unsigned classes) {
    for (unsigned c = 0; c < ENTITY_UNDETERMINED; c++)
        if (classes == 1u << c) return (enum entity_class)c;
    return ENTITY_UNDETERMINED;
}

static void add(struct inquiry *q, struct scope_change change) {
    struct scope_answer *a = q->answer;
    if (a->change_count < CHANGES_MAX) a->changes[a->change_count++] = change;
}

// A fact that no row hangs on cannot change anything alone.
static void flip_facts(struct inquiry *q) {
    const struct scope_book *book = q->pass.view->book;
    for (size_t i = 0; i < book->switch_from; i++) {
        const struct variable *v = &book->variables[i];
        bool is_read = q->trace.is_read[i] || i == book->independence_fact;
        if (!v->changes || v->kind != VARIABLE_FACT || q->pass.value[i] == VALUE_UNKNOWN || !is_read) continue;
        for (size_t value = 0; value < v->value_count; value++) {
            if (value == q->pass.value[i]) continue;
            struct pass pass = q->pass;
            struct outcome outcome;
            pass.value[i] = (uint8_t)value;
            if (i == book->independence_fact) pass_resize(&pass);
            pass_explore(&pass, &outcome, false);
            if (outcome.classes == q->outcome.classes || outcome_class(&outcome) == ENTITY_UNDETERMINED) continue;
            add(q, (struct scope_change){.fact = v->name, .value = v->values[value], .class = outcome_class(&outcome),
                                         .words_key = v->change_key, .is_near_miss = v->near});
        }
    }
}

struct search {
    struct inquiry *q;
    bool is_alone;
    enum entity_class class_at[SIZE_CEILINGS_MAX + 1]; // by size
};

// The class with the own figure replaced; undetermined where the size then is.
static enum entity_class class_with(const struct search *s, enum size_figure figure, int64_t own) {
    const struct scope_book *book = s->q->pass.view->book;
    unsigned sizes = size_possible_with(&book->size, &s->q->pass.facts->size, s->is_alone, figure, own);
    enum entity_class class = ENTITY_UNDETERMINED;
    for (size_t i = 0; i < size_count(&book->size); i++) {
        if ((sizes >> i & 1) == 0) continue;
        if (class != ENTITY_UNDETERMINED && class != s->class_at[i]) return ENTITY_UNDETERMINED;
        class = s->class_at[i];
    }
    return class;
}

// People count whole persons: three fewer, not 2.01 work units fewer.
static int64_t whole(enum size_figure figure, int64_t was, int64_t target) {
    if (figure != SIZE_STAFF) return target;
    int64_t change = target - was, persons = change / 100;
    if (change % 100 != 0) persons += change > 0 ? 1 : -1;
    return was + persons * 100;
}

static struct err add_figure(struct search *s, enum size_figure figure, int64_t was, int64_t own, enum entity_class class) {
    struct span value = decimal_text(s->q->arena, own);
    struct span distance = decimal_text(s->q->arena, own > was ? own - was : was - own);
    struct span delta = arena_printf(s->q->arena, "%s%.*s", own > was ? "+" : "-", SPAN_FMT(distance));
    if (value.at == NULL || delta.at == NULL || distance.at == NULL) return err_make(ERR_MEMORY);
    add(s->q, (struct scope_change){.fact = span_of(size_figure_name(figure)), .value = value, .delta = delta, .class = class});
    return err_none();
}

// The nearest own figure below and above at which the class changes.
static struct err search_figure(struct search *s, enum size_figure figure) {
    const struct scope_book *book = s->q->pass.view->book;
    const struct size_facts *size = &s->q->pass.facts->size;
    int64_t was = size->periods[size->period_count - 1].own.value[figure];
    if (was == SIZE_UNKNOWN) return err_none();
    int64_t below = SIZE_UNKNOWN, above = SIZE_UNKNOWN;
    for (size_t c = 0; c < book->size.ceiling_count; c++) {
        int64_t at = size_own_at_ceiling(&book->size, size, s->is_alone, c, figure);
        if (at == SIZE_UNKNOWN) continue;
        int64_t down = whole(figure, was, at), up = whole(figure, was, at + 1);
        if (at < was && down >= 0 && down > below && class_with(s, figure, down) != s->q->answer->class) below = down;
        if (at + 1 > was && (above == SIZE_UNKNOWN || up < above) && class_with(s, figure, up) != s->q->answer->class) above = up;
    }
    enum entity_class down_class = below == SIZE_UNKNOWN ? ENTITY_UNDETERMINED : class_with(s, figure, below);
    enum entity_class up_class = above == SIZE_UNKNOWN ? ENTITY_UNDETERMINED : class_with(s, figure, above);
    if (down_class != ENTITY_UNDETERMINED) TRY(add_figure(s, figure, was, below, down_class));
    return up_class != ENTITY_UNDETERMINED ? add_figure(s, figure, was, above, up_class) : err_none();
}

static struct err search_figures(struct inquiry *q) {
    const struct scope_book *book = q->pass.view->book;
    bool is_read = q->trace.is_read[book->size_variable];
    if (!is_read || !q->pass.facts->is_sized || q->answer->class == ENTITY_UNDETERMINED) return err_none();
    struct search s = {.q = q, .is_alone = q->answer->needs_decision_record};
    bool is_level = true;
    for (size_t i = 0; i < size_count(&book->size); i++) {
        s.class_at[i] = single_class(inquiry_classes_if(q, book->size_variable, (uint8_t)i));
        is_level &= s.class_at[i] == q->answer->class;
    }
    if (is_level) return err_none();
    for (size_t f = 0; f < SIZE_FIGURES; f++) TRY(search_figure(&s, (enum size_figure)f));
    return err_none();
}

struct err inquiry_changes(struct inquiry *q) {
    q->answer->changes = arena_take_array(q->arena, CHANGES_MAX, sizeof *q->answer->changes);
    if (q->answer->changes == NULL) return err_make(ERR_MEMORY);
    if (!q->pass.view->is_in_force) return err_none();
    TRY(search_figures(q));
    flip_facts(q);
    return err_none();
}
