// SPDX-License-Identifier: EUPL-1.2
/* Which facts the answer hangs on: given ones without which it would be another, assumed ones, and those that are missing. */
#include "law/decimal.h"
#include "law/scope_private.h"

// The lists stand in one array, one after the other, with room for every fact and type.
static void add(struct scope_fact *list, size_t *count, struct span name, struct span value, struct span article) {
    list[(*count)++] = (struct scope_fact){name, value, article};
}

static struct span value_text(const struct variable *v, uint8_t value) {
    return value < v->value_count ? v->values[value] : SPAN("");
}

// Whether some other value of the variable gives other classes.
static bool is_decisive(struct inquiry *q, size_t variable) {
    const struct variable *v = &q->pass.view->book->variables[variable];
    for (size_t value = 0; value < v->value_count; value++)
        if (value != q->pass.value[variable] && inquiry_classes_if(q, variable, (uint8_t)value) != q->outcome.classes) return true;
    return false;
}

static bool size_decides(struct inquiry *q) {
    const struct scope_book *book = q->pass.view->book;
    if (!q->trace.is_read[book->size_variable] && !q->trace.is_needed[book->size_variable]) return false;
    for (size_t s = 0; s < size_count(&book->size); s++)
        if (inquiry_classes_if(q, book->size_variable, (uint8_t)s) != q->outcome.classes) return true;
    return false;
}

// Own figures of the last period that were given, or those that were not.
static struct err tell_figures(struct inquiry *q, bool is_given, struct scope_fact *list, size_t *count) {
    const struct scope_book *book = q->pass.view->book;
    const struct size_facts *size = &q->pass.facts->size;
    const struct size_period *last = &size->periods[size->period_count - 1];
    bool is_open_elsewhere = false;
    for (size_t f = 0; f < SIZE_FIGURES; f++) {
        size_t variable = book->figure_variables[f];
        bool has = last->own.value[f] != SIZE_UNKNOWN;
        is_open_elsewhere |= has && last->is_open[f];
        if (has != is_given || variable == VARIABLES_MAX) continue;
        struct span value = has ? decimal_text(q->arena, last->own.value[f]) : SPAN("");
        if (value.at == NULL) return err_make(ERR_MEMORY);
        add(list, count, book->variables[variable].name, value, book->variables[variable].article);
    }
    size_t relations = book->relations_variable;
    if (relations < VARIABLES_MAX && (is_given ? q->pass.facts->has_relations : is_open_elsewhere))
        add(list, count, SPAN("relations"), is_given ? SPAN("as given") : SPAN(""), book->variables[relations].article);
    return err_none();
}

// A type is decisive where the entity would have another class without it.
static void tell_types(struct inquiry *q) {
    const struct scope_book *book = q->pass.view->book;
    struct scope_answer *a = q->answer;
    for (size_t t = 0; t < book->type_count; t++) {
        if (!type_has(&q->pass.types, t)) continue;
        struct pass pass = q->pass;
        struct outcome outcome;
        pass.types.word[t / 64] &= ~(UINT64_C(1) << (t % 64));
        pass_explore(&pass, &outcome, false);
        if (outcome.classes != q->outcome.classes)
            add(a->decisive, &a->decisive_count, book->variables[book->types_variable].name, book->types[t].code, book->types[t].article);
    }
}

static struct err tell_decisive(struct inquiry *q, bool has_size) {
    const struct scope_book *book = q->pass.view->book;
    struct scope_answer *a = q->answer;
    tell_types(q);
    for (size_t i = 0; i < book->switch_from; i++) {
        const struct variable *v = &book->variables[i];
        if (v->kind != VARIABLE_FACT || q->pass.facts->origin[i] != ORIGIN_GIVEN || !q->trace.is_read[i]) continue;
        if (is_decisive(q, i)) add(a->decisive, &a->decisive_count, v->name, value_text(v, q->pass.value[i]), v->article);
    }
    return has_size ? tell_figures(q, true, a->decisive, &a->decisive_count) : err_none();
}

static void tell_assumed(struct inquiry *q) {
    const struct scope_book *book = q->pass.view->book;
    struct scope_answer *a = q->answer;
    for (size_t i = 0; i < book->switch_from; i++) {
        const struct variable *v = &book->variables[i];
        if (q->pass.facts->origin[i] == ORIGIN_ASSUMED && q->trace.is_read[i])
            add(a->assumed, &a->assumed_count, v->name, value_text(v, q->pass.value[i]), v->article);
    }
}

static struct err tell_missing(struct inquiry *q, bool has_size) {
    const struct scope_book *book = q->pass.view->book;
    struct scope_answer *a = q->answer;
    if ((q->outcome.classes & (q->outcome.classes - 1)) == 0) return err_none();
    if (q->outcome.lacks_types) {
        const struct variable *types = &book->variables[book->types_variable];
        add(a->missing, &a->missing_count, types->name, SPAN(""), types->article);
    }
    for (size_t i = 0; i < book->switch_from; i++) {
        const struct variable *v = &book->variables[i];
        if (v->kind == VARIABLE_FACT && q->trace.is_needed[i] && is_decisive(q, i))
            add(a->missing, &a->missing_count, v->name, SPAN(""), v->article);
    }
    bool is_open = q->trace.is_needed[book->size_variable];
    return has_size && is_open ? tell_figures(q, false, a->missing, &a->missing_count) : err_none();
}

struct err inquiry_facts(struct inquiry *q) {
    const struct scope_book *book = q->pass.view->book;
    struct scope_answer *a = q->answer;
    size_t most = book->switch_from + 2 * (SIZE_FIGURES + 1) + 2;
    for (size_t w = 0; w < sizeof q->pass.types.word / sizeof q->pass.types.word[0]; w++)
        most += (size_t)__builtin_popcountll(q->pass.types.word[w]);
    struct scope_fact *list = arena_take_array(q->arena, most, sizeof *list);
    if (list == NULL) return err_make(ERR_MEMORY);
    a->decisive = a->assumed = a->missing = list;
    if (!q->pass.view->is_in_force) return err_none();
    bool has_size = size_decides(q);
    TRY(tell_decisive(q, has_size));
    a->assumed = a->decisive + a->decisive_count;
    tell_assumed(q);
    a->missing = a->assumed + a->assumed_count;
    return tell_missing(q, has_size);
}
