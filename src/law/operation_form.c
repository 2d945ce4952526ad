// SPDX-License-Identifier: EUPL-1.2
#include "law/operation_form.h"

#include "law/procedure_private.h"

static const struct effect_row *doing(const struct document *d, struct span op) {
    for (size_t i = 0; i < d->effect_count; i++)
        if (d->effects[i].kind == EFFECT_DO && span_equals(d->effects[i].value, op)) return &d->effects[i];
    return NULL;
}

static bool is_list(const struct document *d, struct span name) {
    for (size_t i = 0; i < d->field_count; i++)
        if (span_equals(d->fields[i].name, name)) return d->fields[i].type == FIELD_LIST;
    return false;
}

bool operation_form_find(const struct law *law, struct span state, struct civil at, struct span procedure, struct span op, struct span role,
                         struct arena *arena, struct operation_form *ret) {
    const struct procedure *p = procedure_get(law, state, at, procedure);
    for (size_t i = 0; p != NULL && i < p->document_count; i++) {
        const struct document *d = &p->documents[i];
        const struct effect_row *effect = is_valid_at(&d->validity, at) && names_have(&d->by, role) ? doing(d, op) : NULL;
        if (effect == NULL) continue;
        *ret = (struct operation_form){.document = d->id, .arguments = arena_take_array(arena, effect->with->count + 1, sizeof *ret->arguments)};
        for (size_t k = 0; ret->arguments != NULL && k < effect->with->count; k++) {
            struct span field = effect->with->pairs[k].value.text;
            ret->arguments[ret->count++] = (struct operation_argument){.argument = effect->with->pairs[k].name, .field = field, .is_names = is_list(d, field)};
        }
        return ret->arguments != NULL;
    }
    return false;
}

const struct operation_argument *operation_form_argument(const struct operation_form *form, const char *argument) {
    for (size_t i = 0; i < form->count; i++)
        if (span_is(form->arguments[i].argument, argument)) return &form->arguments[i];
    return NULL;
}
