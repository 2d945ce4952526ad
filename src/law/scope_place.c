// SPDX-License-Identifier: EUPL-1.2
/* The entity's types one by one: what became of each, and which state is competent for it (Article 26). */
#include "law/scope_private.h"

static enum entity_class class_of_bits(unsigned classes) {
    for (unsigned c = 0; c < ENTITY_UNDETERMINED; c++)
        if (classes == 1u << c) return (enum entity_class)c;
    return classes == 0 ? ENTITY_OUT : ENTITY_UNDETERMINED;
}

// The states of a fact that holds places, in the book's order.
static struct err list_states(struct inquiry *q, uint64_t places, struct scope_type *ret) {
    const struct scope_book *book = q->pass.view->book;
    ret->states = arena_take_array(q->arena, book->state_count + 1, sizeof *ret->states);
    if (ret->states == NULL) return err_make(ERR_MEMORY);
    for (size_t i = 0; i < book->state_count; i++)
        if ((places >> i & 1) != 0) ret->states[ret->state_count++] = book->states[i].code;
    return err_none();
}

static struct err list_needs(struct inquiry *q, const struct yaml *needs, struct scope_type *ret) {
    if (needs == NULL || needs->type != YAML_SEQUENCE) return err_none();
    ret->needs = arena_take_array(q->arena, needs->count + 1, sizeof *ret->needs);
    if (ret->needs == NULL) return err_make(ERR_MEMORY);
    for (size_t i = 0; i < needs->count; i++) ret->needs[ret->need_count++] = needs->items[i].text;
    return err_none();
}

// What the authority that asks may do: the competent one everything, others what the row says.
static void tell_asking(struct inquiry *q, uint64_t places, struct scope_type *ret) {
    const struct scope_book *book = q->pass.view->book;
    size_t variable = book->asking_variable;
    if (variable == VARIABLES_MAX || q->pass.facts->origin[variable] != ORIGIN_GIVEN) return;
    uint64_t asking = q->pass.facts->places[book->variables[variable].slot];
    ret->asking = (asking & places & ~PLACE_OUTSIDE) != 0 ? SPAN("competent") : ret->others;
}

static struct err tell_jurisdiction(struct inquiry *q, struct pass *pass, size_t type, struct scope_type *ret) {
    const struct scope_book *book = pass->view->book;
    const struct row *row = pass_unique(pass, STAGE_JURISDICTION, type);
    if (row == NULL) return err_none();
    ret->jurisdiction_rule = row->id;
    ret->jurisdiction_article = row->article;
    ret->jurisdiction_words_key = row->words_key;
    ret->others = yaml_get_text(row->node, "others");
    ret->is_concurrent = span_is(yaml_get_text(row->node, "concurrent"), "yes");
    ret->is_representative_invalid = span_is(yaml_get_text(row->node, "invalid"), "yes");
    ret->is_any_state = row->is_any_place;
    uint64_t places = row->places < VARIABLES_MAX ? pass->facts->places[book->variables[row->places].slot] : 0;
    TRY(list_states(q, places, ret));
    ret->is_concurrent &= ret->state_count > 1;
    tell_asking(q, places, ret);
    return list_needs(q, yaml_get(row->node, "needs"), ret);
}

struct err inquiry_places(struct inquiry *q) {
    struct scope_answer *a = q->answer;
    const struct scope_book *book = q->pass.view->book;
    size_t j = book->j_variable, count = 0;
    for (size_t t = 0; t < book->type_count; t++) count += type_has(&q->pass.types, t);
    a->types = arena_take_array(q->arena, count + 1, sizeof *a->types);
    if (a->types == NULL) return err_make(ERR_MEMORY);
    struct pass pass = q->pass;
    for (size_t t = 0; t < book->type_count; t++) {
        if (!type_has(&q->pass.types, t)) continue;
        const struct entity_type *type = &book->types[t];
        struct scope_type *told = &a->types[a->type_count++];
        *told = (struct scope_type){.code = type->code, .sector = type->sector, .subsector = type->subsector, .annex = type->annex,
                                    .act = type->act, .ir_article = type->ir, .is_kept = type_has(&q->trace.kept, t)};
        told->class = class_of_bits(q->trace.type_classes[t]);
        if (j < VARIABLES_MAX) told->jurisdiction_class = book->variables[j].values[type->attribute[j]];
        bool exists = type_has(&pass.view->rules->types, t) && pass.view->is_in_force;
        if (told->is_kept && exists && a->outcome != SCOPE_OUT) TRY(tell_jurisdiction(q, &pass, t, told));
    }
    return err_none();
}
