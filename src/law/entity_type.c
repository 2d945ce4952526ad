// SPDX-License-Identifier: EUPL-1.2
/* The catalogue of entity types, and their attributes as variables. */
#include "law/scope_private.h"

struct err attributes_load(struct scope_book *book, struct arena *arena, struct why *why) {
    const struct yaml *root = pack_file_root(book->union_pack, "types.yaml"), *list = yaml_get(root, "attributes");
    if (list == NULL || list->type != YAML_SEQUENCE) return yaml_refuse(root, why, "type.attributes", "attributes: a list is expected");
    for (size_t i = 0; i <= list->count; i++) { // the code of a type is one more attribute
        const struct yaml *row = i < list->count ? &list->items[i] : root;
        struct span name = i < list->count ? yaml_get_text(row, "name") : SPAN("code");
        const struct yaml *values = yaml_get(row, "values");
        if (name.len == 0 || book_variable(book, name) != VARIABLES_MAX || book->variable_count == VARIABLES_MAX)
            return yaml_refuse(row, why, "type.attributes", "an attribute needs a name of its own");
        struct variable *v = &book->variables[book->variable_count++];
        *v = (struct variable){.name = name, .kind = VARIABLE_ATTRIBUTE, .assumed = VALUE_UNKNOWN, .node = row};
        v->values = arena_take_array(arena, TYPES_MAX, sizeof *v->values);
        if (v->values == NULL) return err_make(ERR_MEMORY);
        if (i == list->count) continue; // values of the code come with the types
        if (values == NULL || values->type != YAML_SEQUENCE || values->count > VALUES_MAX)
            return yaml_refuse(row, why, "type.attributes", "at most %d values are expected", (int)VALUES_MAX);
        for (size_t k = 0; k < values->count; k++) v->values[v->value_count++] = values->items[k].text;
    }
    return err_none();
}

// Takes the type's attributes from its row; what is not written has the first value.
static struct err read_attributes(const struct scope_book *book, struct entity_type *type, struct why *why) {
    for (size_t i = 0; i < book->variable_count; i++) {
        const struct variable *v = &book->variables[i];
        if (v->kind != VARIABLE_ATTRIBUTE || span_is(v->name, "code")) continue;
        char name[32];
        if (v->name.len >= sizeof name) return yaml_refuse(v->node, why, "type.attributes", "the name is too long");
        memcpy(name, v->name.at, v->name.len);
        name[v->name.len] = '\0';
        struct span text = yaml_get_text(type->node, name);
        if (text.at != NULL) TRY(variable_value(v, text, type->node, &type->attribute[i], why));
    }
    return err_none();
}

static struct err only_known(const struct scope_book *book, const struct yaml *row, struct why *why) {
    static const char *const NAMES[] = {"id", "sector", "subsector", "ir", "article", "act", "from", "to", "certainty", "source", "code"};
    for (size_t i = 0; i < row->count; i++) {
        bool is_known = book_variable(book, row->pairs[i].name) != VARIABLES_MAX;
        for (size_t k = 0; k < sizeof NAMES / sizeof NAMES[0]; k++) is_known |= span_is(row->pairs[i].name, NAMES[k]);
        if (!is_known) return yaml_refuse(row, why, "type.attributes", "\"%.*s\" is no attribute", SPAN_FMT(row->pairs[i].name));
    }
    return err_none();
}

static struct err read_type(struct scope_book *book, const struct yaml *row, size_t state, size_t code, struct why *why) {
    if (row->type != YAML_MAPPING) return yaml_refuse(row, why, "type.form", "a mapping is expected");
    TRY(only_known(book, row, why));
    struct span name = yaml_get_text(row, "code");
    if (name.len == 0 || yaml_get_text(row, "article").len == 0)
        return yaml_refuse(row, why, "type.form", "a type needs code and article");
    if (book_type(book, name) != TYPES_MAX) return yaml_refuse(row, why, "type.twice", "%.*s stands twice", SPAN_FMT(name));
    if (book->type_count == TYPES_MAX) return yaml_refuse(row, why, "type.count", "more than %d types", (int)TYPES_MAX);
    struct entity_type *type = &book->types[book->type_count];
    *type = (struct entity_type){.code = name, .state = state, .node = row};
    type->sector = yaml_get_text(row, "sector");
    type->subsector = yaml_get_text(row, "subsector");
    type->annex = yaml_get_text(row, "annex");
    type->act = yaml_get_text(row, "act");
    type->ir = yaml_get_text(row, "ir");
    type->article = yaml_get_text(row, "article");
    TRY(days_read(row, &type->from, &type->to, why));
    TRY(read_attributes(book, type, why));
    struct variable *codes = &book->variables[code];
    type->attribute[code] = (uint8_t)book->type_count;
    codes->values[codes->value_count++] = name;
    for (size_t i = 0; i < book->type_derived_count; i++) {
        struct variable *v = &book->variables[book->type_derived[i]];
        if ((v->mask >> type->attribute[v->source] & 1) != 0) type_put(&v->of_types, book->type_count);
    }
    book->type_count++;
    return err_none();
}

struct err types_load(struct scope_book *book, const struct yaml *root, size_t state, struct why *why) {
    const struct yaml *list = yaml_get(root, "types");
    size_t code = book_variable(book, SPAN("code")), scheme = book_variable(book, SPAN("scheme"));
    if (list == NULL || list->type != YAML_SEQUENCE) return yaml_refuse(root, why, "type.form", "types: a list is expected");
    if (scheme == VARIABLES_MAX) return yaml_refuse(root, why, "type.attributes", "the attribute scheme is needed");
    size_t first = book->type_count;
    for (size_t i = 0; i < list->count; i++) TRY(read_type(book, &list->items[i], state, code, why));
    // Schemes without size are listed once, by the Union's pack.
    const struct yaml *none = yaml_get(pack_file_root(book->union_pack, "types.yaml"), "size_not_applicable");
    for (size_t i = 0; none != NULL && none->type == YAML_SEQUENCE && i < none->count; i++) {
        uint8_t value;
        TRY(variable_value(&book->variables[scheme], none->items[i].text, none, &value, why));
        for (size_t t = first; t < book->type_count; t++)
            if (book->types[t].attribute[scheme] == value) type_put(&book->no_size_types, t);
    }
    return err_none();
}
