// SPDX-License-Identifier: EUPL-1.2
/* What is left to the state, and which acts displace the Directive's provisions or stand beside them. */
#include "law/scope_private.h"

enum { REGIMES_MAX = 32 };

// The rows of the table of regimes that match, for the entity and then for each kept type; the class is set.
static size_t regime_rows(struct pass *pass, enum entity_class class, const struct type_bits *types, const struct row **rows,
                          size_t *ret_types) {
    const struct scope_book *book = pass->view->book;
    pass_derive(pass, DERIVE_CLAIMED, &pass->types);
    pass_derive(pass, DERIVE_KEPT, types);
    pass->value[book->class_variable] = class == ENTITY_UNDETERMINED ? VALUE_UNKNOWN : (uint8_t)class;
    size_t count = pass_collect(pass, STAGE_REGIMES, TYPES_MAX, rows, REGIMES_MAX);
    for (size_t i = 0; i < count; i++) ret_types[i] = TYPES_MAX;
    for (size_t t = 0; t < book->type_count && count < REGIMES_MAX; t++) {
        if (!type_has(types, t) || !type_has(&pass->view->rules->types, t)) continue;
        size_t more = pass_collect(pass, STAGE_REGIMES, t, &rows[count], REGIMES_MAX - count);
        for (size_t i = 0; i < more; i++) ret_types[count + i] = t;
        count += more;
    }
    return count;
}

// A number that differs where other regimes apply.
static size_t regime_sum(struct pass *pass, enum entity_class class, const struct type_bits *types) {
    const struct row *rows[REGIMES_MAX];
    size_t of_types[REGIMES_MAX], sum = 0;
    size_t count = regime_rows(pass, class, types, rows, of_types);
    for (size_t i = 0; i < count; i++) sum = sum * 31 + rows[i]->number + 1;
    return sum;
}

static bool is_regime_input(const struct pass *pass, size_t variable) {
    const struct table *table = pass->view->state->tables[STAGE_REGIMES];
    for (size_t i = 0; i < table->input_count; i++)
        if (table->inputs[i] == variable) return true;
    return false;
}

static struct err try_switch(struct inquiry *q, size_t variable) {
    const struct scope_book *book = q->pass.view->book;
    const struct variable *v = &book->variables[variable];
    struct scope_answer *a = q->answer;
    struct scope_option option = {.name = v->name, .article = v->article, .is_open = v->assumed == VALUE_UNKNOWN};
    option.values = arena_take_array(q->arena, v->value_count, sizeof *option.values);
    option.classes = arena_take_array(q->arena, v->value_count, sizeof *option.classes);
    if (option.values == NULL || option.classes == NULL) return err_make(ERR_MEMORY);
    bool matters = false;
    unsigned first_classes = 0;
    size_t first_sum = 0;
    for (size_t value = 0; value < v->value_count; value++) {
        struct pass pass = q->pass;
        struct outcome outcome;
        pass.value[variable] = (uint8_t)value;
        pass_resize(&pass);
        pass_explore(&pass, &outcome, false);
        size_t sum = is_regime_input(&pass, variable) ? regime_sum(&pass, outcome_class(&outcome), &q->trace.kept) : 0;
        if (value == 0) {
            first_classes = outcome.classes;
            first_sum = sum;
        }
        matters |= outcome.classes != first_classes || sum != first_sum;
        option.values[option.count] = v->values[value];
        option.classes[option.count++] = outcome_class(&outcome);
    }
    if (matters) a->options[a->option_count++] = option;
    return err_none();
}

struct err inquiry_options(struct inquiry *q) {
    const struct scope_view *view = q->pass.view;
    const struct scope_book *book = view->book;
    q->answer->options = arena_take_array(q->arena, book->switch_to - book->switch_from + 1, sizeof *q->answer->options);
    if (q->answer->options == NULL) return err_make(ERR_MEMORY);
    for (size_t i = book->switch_from; i < book->switch_to && view->is_in_force; i++) {
        bool is_decided = view->is_decided[i] || q->pass.facts->origin[i] == ORIGIN_GIVEN;
        bool is_touched = q->trace.is_read[i] || q->trace.is_needed[i] || is_regime_input(&q->pass, i) ||
                          (i == book->independence_switch && q->pass.facts->has_relations);
        if (!is_decided && is_touched) TRY(try_switch(q, i));
    }
    return err_none();
}

struct err inquiry_regimes(struct inquiry *q) {
    struct scope_answer *a = q->answer;
    const struct row *rows[REGIMES_MAX];
    size_t of_types[REGIMES_MAX];
    if (!q->pass.view->is_in_force) return err_none();
    struct pass pass = q->pass;
    size_t count = regime_rows(&pass, a->class, &q->trace.kept, rows, of_types);
    a->regimes = arena_take_array(q->arena, count + 1, sizeof *a->regimes);
    if (a->regimes == NULL) return err_make(ERR_MEMORY);
    const struct yaml *directory = pack_file_root(pass.view->state->pack, "directory.yaml");
    for (size_t i = 0; i < count; i++) {
        bool is_told = false;
        for (size_t k = 0; k < i; k++) is_told |= rows[k] == rows[i];
        if (is_told) continue;
        char role[32] = "";
        struct span contact = yaml_get_text(rows[i]->node, "contact");
        if (contact.len < sizeof role && contact.len > 0) memcpy(role, contact.at, contact.len);
        const struct yaml *cell = yaml_get(directory, role);
        a->regimes[a->regime_count++] =
            (struct scope_regime){.id = rows[i]->id, .article = rows[i]->article, .words_key = rows[i]->words_key,
                                  .regime = yaml_get_text(rows[i]->node, "regime"),
                                  .displaces = yaml_get_text(rows[i]->node, "displaces"), .contact = yaml_get_text(cell, "name"),
                                  .contact_certainty = yaml_get_text(cell, "certainty")};
    }
    return err_none();
}
