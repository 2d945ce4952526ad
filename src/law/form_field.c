// SPDX-License-Identifier: EUPL-1.2
#include "law/form_field.h"

#include "law/pack.h"
#include "law/procedure_private.h"

static struct span label_of(const struct law *law, struct span state, struct span key, struct span lang, struct span english, struct arena *arena) {
    if (span_is(lang, "en")) return english;
    struct span found = law_word(law, state, arena_printf(arena, "%.*s.label", SPAN_FMT(key)), lang);
    return found.at != NULL ? found : english;
}

void form_fields(const struct law *law, struct span state, struct civil at, struct span procedure, struct span document, struct span lang,
                 struct arena *arena, const struct form_field **ret, size_t *ret_count, struct span *ret_label) {
    const struct procedure *p = procedure_get(law, state, at, procedure);
    const struct document *d = p == NULL ? NULL : document_get(p, at, document);
    *ret_count = 0;
    *ret_label = document;
    struct form_field *out = d == NULL ? NULL : arena_take_array(arena, d->field_count + 1, sizeof *out);
    *ret = out;
    if (out == NULL) return;
    *ret_label = label_of(law, state, arena_printf(arena, "%.*s.%.*s", SPAN_FMT(p->id), SPAN_FMT(d->id)), lang, d->label, arena);
    for (size_t i = 0; i < d->field_count; i++) {
        const struct field *field = &d->fields[i];
        out[(*ret_count)++] = (struct form_field){.name = field->name,
                                                  .label = label_of(law, state, field->key, lang, field->label, arena),
                                                  .article = field->article,
                                                  .keeps = field->keeps,
                                                  .visible_count = field->visible_to.count,
                                                  .visible_to = field->visible_to.items,
                                                  .hidden_count = field->hidden_from.count,
                                                  .hidden_from = field->hidden_from.items};
    }
}

const struct form_field *form_field_find(const struct form_field *fields, size_t count, struct span name) {
    for (size_t i = 0; i < count; i++)
        if (span_equals(fields[i].name, name)) return &fields[i];
    return NULL;
}

size_t form_seen_by(const struct law *law, struct span state, struct civil at, struct span procedure, struct span document, const struct span **ret) {
    const struct procedure *p = procedure_get(law, state, at, procedure);
    const struct document *d = p == NULL ? NULL : document_get(p, at, document);
    *ret = d == NULL ? NULL : d->seen_by.items;
    return d == NULL ? 0 : d->seen_by.count;
}
