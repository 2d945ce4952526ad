// SPDX-License-Identifier: EUPL-1.2
/* Facts, switches and what is derived from them, as facts.yaml and switches.yaml declare them. */
#include "law/scope_private.h"

static struct err add(struct scope_book *book, const struct yaml *node, struct span name, struct variable **ret,
                      struct why *why) {
    if (name.len == 0) return yaml_refuse(node, why, "fact.name", "a name is expected");
    if (book_variable(book, name) != VARIABLES_MAX)
        return yaml_refuse(node, why, "fact.name", "\"%.*s\" is declared twice", SPAN_FMT(name));
    if (book->variable_count == VARIABLES_MAX)
        return yaml_refuse(node, why, "fact.count", "more than %d facts, switches and attributes", (int)VARIABLES_MAX);
    struct variable *v = &book->variables[book->variable_count++];
    *v = (struct variable){.name = name, .assumed = VALUE_UNKNOWN, .node = node};
    *ret = v;
    return err_none();
}

static struct err take_values(struct arena *arena, struct variable *v, const char *const *names, size_t count) {
    v->values = arena_take_array(arena, count, sizeof *v->values);
    if (v->values == NULL) return err_make(ERR_MEMORY);
    for (size_t i = 0; i < count; i++) v->values[i] = span_of(names[i]);
    v->value_count = count;
    return err_none();
}

static struct err read_values(struct arena *arena, const struct yaml *row, struct variable *v, struct why *why) {
    const struct yaml *list = yaml_get(row, "values");
    if (list == NULL || list->type != YAML_SEQUENCE || list->count < 2 || list->count > VALUES_MAX)
        return yaml_refuse(row, why, "fact.values", "2 to %d values are expected", (int)VALUES_MAX);
    v->values = arena_take_array(arena, list->count, sizeof *v->values);
    if (v->values == NULL) return err_make(ERR_MEMORY);
    for (size_t i = 0; i < list->count; i++) {
        v->values[i] = list->items[i].text;
        for (size_t k = 0; k < i; k++)
            if (span_equals(v->values[i], v->values[k])) return yaml_refuse(list, why, "fact.values", "a value stands twice");
    }
    v->value_count = list->count;
    return err_none();
}

struct err variable_value(const struct variable *v, struct span text, const struct yaml *node, uint8_t *ret, struct why *why) {
    for (size_t i = 0; i < v->value_count; i++)
        if (span_equals(v->values[i], text)) {
            *ret = (uint8_t)i;
            return err_none();
        }
    return yaml_refuse(node, why, "fact.value", "\"%.*s\" is no value of %.*s", SPAN_FMT(text), SPAN_FMT(v->name));
}

static struct err read_form(struct scope_book *book, struct arena *arena, const struct yaml *row, struct variable *v,
                            struct why *why) {
    static const char *const BOOL_VALUES[] = {"no", "yes"};
    struct span type = yaml_get_text(row, "type");
    v->kind = VARIABLE_PLAIN;
    if (span_is(type, "bool") || span_is(type, "enum")) {
        v->kind = VARIABLE_FACT;
        v->form = span_is(type, "bool") ? FORM_BOOL : FORM_ENUM;
        return v->form == FORM_BOOL ? take_values(arena, v, BOOL_VALUES, 2) : read_values(arena, row, v, why);
    }
    if (span_is(type, "types")) {
        v->form = FORM_TYPES;
        if (span_is(v->name, "types")) return err_none();
        if (book->type_set_count == TYPE_SETS_MAX) return yaml_refuse(row, why, "fact.count", "too many sets of types");
        v->kind = VARIABLE_MEMBER;
        v->slot = book->type_set_count++;
        return take_values(arena, v, BOOL_VALUES, 2);
    }
    if (span_is(type, "country") || span_is(type, "countries")) {
        v->form = span_is(type, "country") ? FORM_COUNTRY : FORM_COUNTRIES;
        if (book->place_count == PLACES_MAX) return yaml_refuse(row, why, "fact.count", "too many facts with countries");
        v->slot = book->place_count++;
        return err_none();
    }
    v->form = FORM_TEXT;
    if (span_is(type, "staff") || span_is(type, "money")) v->form = FORM_FIGURE;
    else if (span_is(type, "accounts") || span_is(type, "relations")) v->form = FORM_SIZE;
    else if (!span_is(type, "text")) return yaml_refuse(row, why, "fact.type", "\"%.*s\" is no type of fact", SPAN_FMT(type));
    return err_none();
}

static struct err read_fact(struct scope_book *book, struct arena *arena, const struct yaml *row, struct why *why) {
    struct variable *v;
    TRY(add(book, row, yaml_get_text(row, "name"), &v, why));
    v->article = yaml_get_text(row, "article");
    if (v->article.len == 0) return yaml_refuse(row, why, "fact.article", "%.*s has no source", SPAN_FMT(v->name));
    TRY(read_form(book, arena, row, v, why));
    struct span assumed = yaml_get_text(row, "assume"), change = yaml_get_text(row, "change");
    if (assumed.at != NULL) TRY(variable_value(v, assumed, row, &v->assumed, why));
    v->near = span_is(change, "near");
    struct span key = arena_printf(arena, "change.%.*s", SPAN_FMT(v->name));
    if (key.at == NULL) return err_make(ERR_MEMORY);
    if (pack_word(book->law, book->union_pack, key, SPAN("en")).at != NULL) v->change_key = key;
    v->changes = v->near || span_is(change, "flip");
    if (change.at != NULL && !v->changes) return yaml_refuse(row, why, "fact.change", "change is flip or near");
    return err_none();
}

static struct err read_switch(struct scope_book *book, struct arena *arena, const struct yaml *row, struct why *why) {
    struct variable *v;
    TRY(add(book, row, yaml_get_text(row, "name"), &v, why));
    v->kind = VARIABLE_SWITCH;
    v->form = FORM_ENUM;
    v->article = yaml_get_text(row, "article");
    v->certainty = yaml_get_text(row, "certainty");
    if (v->article.len == 0) return yaml_refuse(row, why, "fact.article", "%.*s has no source", SPAN_FMT(v->name));
    TRY(read_values(arena, row, v, why));
    struct span undecided = yaml_get_text(row, "undecided");
    return span_is(undecided, "open") ? err_none() : variable_value(v, undecided, row, &v->assumed, why);
}

static struct err find(const struct scope_book *book, const struct yaml *row, const char *member, size_t *ret, struct why *why) {
    *ret = book_variable(book, yaml_get_text(row, member));
    return *ret != VARIABLES_MAX ? err_none()
                                 : yaml_refuse(row, why, "fact.unknown", "%s names no declared fact or attribute", member);
}

static struct err derive_from_types(struct scope_book *book, struct arena *arena, const struct yaml *row, struct variable *v,
                                    struct why *why) {
    static const char *const VALUES[] = {"no", "yes"};
    TRY(find(book, row, "attribute", &v->source, why));
    size_t room = sizeof book->type_derived / sizeof book->type_derived[0];
    if (book->type_derived_count == room) return yaml_refuse(row, why, "fact.derive", "at most %zu facts are derived from types", room);
    book->type_derived[book->type_derived_count++] = (size_t)(v - book->variables);
    const struct yaml *list = yaml_get(row, "is");
    if (list == NULL || list->type != YAML_SEQUENCE) return yaml_refuse(row, why, "fact.derive", "is: a list of values is expected");
    for (size_t i = 0; i < list->count; i++) {
        uint8_t value;
        TRY(variable_value(&book->variables[v->source], list->items[i].text, list, &value, why));
        v->mask |= UINT64_C(1) << value;
    }
    return take_values(arena, v, VALUES, 2);
}

static struct err derive_sizes(struct scope_book *book, struct arena *arena, struct variable *v) {
    size_t count = size_count(&book->size);
    v->values = arena_take_array(arena, count + 1, sizeof *v->values);
    if (v->values == NULL) return err_make(ERR_MEMORY);
    for (size_t i = 0; i < count; i++) v->values[i] = size_name(&book->size, i);
    v->values[count] = SPAN("na");
    v->value_count = count + 1;
    return err_none();
}

static struct err read_derived(struct scope_book *book, struct arena *arena, const struct yaml *row, struct why *why) {
    static const char *const PLACE[] = {"absent", "outside", "union"}, *const YES[] = {"no", "yes"};
    static const char *const WITHIN[] = {"no", "yes", "unknown"};
    static const char *const CLASSES[] = {"out", "domain_name_registration", "important", "essential"};
    struct variable *v;
    TRY(add(book, row, yaml_get_text(row, "name"), &v, why));
    v->kind = VARIABLE_DERIVED;
    struct span how = yaml_get_text(row, "derive");
    v->derive = span_is(how, "claimed_type") ? DERIVE_CLAIMED
                : span_is(how, "kept_type")  ? DERIVE_KEPT
                : span_is(how, "size")       ? DERIVE_SIZE
                : span_is(how, "class")      ? DERIVE_CLASS
                : span_is(how, "member")     ? DERIVE_MEMBER
                : span_is(how, "single")     ? DERIVE_SINGLE
                : span_is(how, "within")     ? DERIVE_WITHIN
                                             : DERIVE_NONE;
    switch (v->derive) {
    case DERIVE_CLAIMED:
    case DERIVE_KEPT: return derive_from_types(book, arena, row, v, why);
    case DERIVE_SIZE: book->size_variable = (size_t)(v - book->variables); return derive_sizes(book, arena, v);
    case DERIVE_CLASS: book->class_variable = (size_t)(v - book->variables); return take_values(arena, v, CLASSES, 4);
    case DERIVE_NONE: return yaml_refuse(row, why, "fact.derive", "\"%.*s\" is no way to derive", SPAN_FMT(how));
    case DERIVE_MEMBER:
    case DERIVE_SINGLE:
    case DERIVE_WITHIN: break;
    }
    TRY(find(book, row, "fact", &v->source, why));
    if (v->derive == DERIVE_WITHIN) TRY(find(book, row, "set", &v->set, why));
    enum fact_form form = book->variables[v->source].form, set = book->variables[v->set].form;
    bool is_place = form == FORM_COUNTRY || form == FORM_COUNTRIES;
    if (!is_place || (v->derive == DERIVE_WITHIN && set != FORM_COUNTRIES && set != FORM_COUNTRY))
        return yaml_refuse(row, why, "fact.derive", "%.*s needs facts with countries", SPAN_FMT(v->name));
    if (v->derive == DERIVE_MEMBER) return take_values(arena, v, PLACE, 3);
    return v->derive == DERIVE_SINGLE ? take_values(arena, v, YES, 2) : take_values(arena, v, WITHIN, 3);
}

typedef struct err row_reader(struct scope_book *, struct arena *, const struct yaml *, struct why *);

static struct err read_rows(struct scope_book *book, struct arena *arena, const struct yaml *root, const char *name,
                            row_reader *read, struct why *why) {
    const struct yaml *list = yaml_get(root, name);
    if (list == NULL || list->type != YAML_SEQUENCE) return yaml_refuse(root, why, "fact.form", "%s: a list is expected", name);
    for (size_t i = 0; i < list->count; i++) TRY(read(book, arena, &list->items[i], why));
    return err_none();
}

struct err variables_load(struct scope_book *book, struct arena *arena, struct why *why) {
    const struct yaml *facts = pack_file_root(book->union_pack, "facts.yaml");
    book->size_variable = book->class_variable = VARIABLES_MAX;
    TRY(read_rows(book, arena, facts, "facts", read_fact, why));
    book->types_variable = book_variable(book, SPAN("types"));
    TRY(read_rows(book, arena, facts, "derived", read_derived, why));
    if (book->types_variable == VARIABLES_MAX || book->size_variable == VARIABLES_MAX || book->class_variable == VARIABLES_MAX)
        return yaml_refuse(facts, why, "fact.needed", "types, a derived size and a derived class must be declared");
    book->switch_from = book->variable_count;
    TRY(read_rows(book, arena, pack_file_root(book->union_pack, "switches.yaml"), "switches", read_switch, why));
    book->switch_to = book->variable_count;
    for (size_t f = 0; f < SIZE_FIGURES; f++)
        book->figure_variables[f] = book_variable(book, span_of(size_figure_name((enum size_figure)f)));
    book->relations_variable = book_variable(book, SPAN("relations"));
    book->asking_variable = book_variable(book, SPAN("asking_authority"));
    book->services_variable = book_variable(book, SPAN("services_in"));
    book->j_variable = book_variable(book, SPAN("j"));
    book->independence_fact = book_variable(book, book->size.independence_fact);
    book->independence_switch = book_variable(book, book->size.independence_switch);
    return err_none();
}
