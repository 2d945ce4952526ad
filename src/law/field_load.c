// SPDX-License-Identifier: EUPL-1.2
/* Reading the rows of forms. */
#include "base/limits.h"
#include "law/control.h"

static const char *const TYPES[FIELD_TYPE_COUNT] = {
    [FIELD_TEXT] = "text",           [FIELD_LONG_TEXT] = "long_text",     [FIELD_BOOL] = "bool",
    [FIELD_CHOICE] = "choice",       [FIELD_CHOICES] = "choices",         [FIELD_INSTANT] = "instant",
    [FIELD_DATE] = "date",           [FIELD_INT] = "int",                 [FIELD_DECIMAL] = "decimal",
    [FIELD_EMAIL] = "email",         [FIELD_PHONE] = "phone",             [FIELD_COUNTRY] = "country",
    [FIELD_COUNTRIES] = "countries", [FIELD_IP_RANGE] = "ip_range",       [FIELD_IP_RANGES] = "ip_ranges",
    [FIELD_DOMAIN] = "domain",       [FIELD_DOMAINS] = "domains",         [FIELD_ENTITY_TYPE] = "entity_type",
    [FIELD_ENTITY] = "entity",       [FIELD_ENTITY_TYPES] = "entity_types", [FIELD_ENTITIES] = "entities",
    [FIELD_FILING] = "filing",       [FIELD_CASE] = "case",               [FIELD_CASES] = "cases",
    [FIELD_PERSON] = "person",       [FIELD_CONTROL] = "control",
    [FIELD_OFFICE] = "office",           [FIELD_OFFICES] = "offices",
    [FIELD_GROUP] = "group",         [FIELD_LIST] = "list",               [FIELD_SELECTION] = "selection",
};

const char *field_type_name(enum field_type type) { return TYPES[type]; }

enum field_type field_type_single(enum field_type type) {
    switch (type) {
    case FIELD_CHOICES: return FIELD_CHOICE;
    case FIELD_COUNTRIES: return FIELD_COUNTRY;
    case FIELD_IP_RANGES: return FIELD_IP_RANGE;
    case FIELD_DOMAINS: return FIELD_DOMAIN;
    case FIELD_ENTITY_TYPES: return FIELD_ENTITY_TYPE;
    case FIELD_ENTITIES: return FIELD_ENTITY;
    case FIELD_CASES: return FIELD_CASE;
    case FIELD_OFFICES: return FIELD_OFFICE;
    case FIELD_LIST: return FIELD_GROUP;
    default: return type;
    }
}

// choices: a mapping "value: Label", a list of values, or {list: NAME}.
static struct err choices_load(const struct field_context *context, const struct yaml *node, struct field *field,
                               struct why *why) {
    bool needs = field->type == FIELD_CHOICE || field->type == FIELD_CHOICES;
    if (!needs && node != NULL) return yaml_refuse(node, why, "field.choices", "only choice and choices have choices");
    if (!needs) return err_none();
    if (node == NULL || node->type == YAML_SCALAR || node->count == 0)
        return yaml_refuse(field->node, why, "field.choices", "choices: a list is expected");
    struct names listed = {0};
    struct span list = yaml_get_text(node, "list");
    bool is_mapping = node->type == YAML_MAPPING && list.len == 0;
    if (list.len > 0) {
        const struct names *found = name_lists_find(context->lists, list);
        if (found == NULL) return yaml_refuse(node, why, "field.choices", "there is no list \"%.*s\"", SPAN_FMT(list));
        listed = *found;
    } else if (!is_mapping) {
        TRY(yaml_names(context->arena, node, &listed, why));
    }
    size_t count = is_mapping ? node->count : listed.count;
    struct choice *choices = arena_take_array(context->arena, count + 1, sizeof *choices);
    if (choices == NULL) return err_make(ERR_MEMORY);
    for (size_t i = 0; i < count; i++) {
        if (is_mapping && node->pairs[i].value.type != YAML_SCALAR)
            return yaml_refuse(&node->pairs[i].value, why, "field.choices", "a label is expected");
        choices[i] = is_mapping ? (struct choice){.value = node->pairs[i].name, .label = node->pairs[i].value.text}
                                : (struct choice){.value = listed.items[i], .label = listed.items[i]};
    }
    field->choices = choices;
    field->choice_count = count;
    return err_none();
}

static struct err size_load(const struct yaml *row, const char *name, size_t fallback, size_t most, size_t *ret, struct why *why) {
    int64_t number;
    TRY(yaml_number(row, name, (int64_t)fallback, &number, why));
    if (number < 0 || (size_t)number > most) return yaml_refuse(row, why, "field.limit", "%s: 0 to %zu is expected", name, most);
    *ret = (size_t)number;
    return err_none();
}

static struct err limits_load(const struct yaml *row, struct field *field, struct why *why) {
    bool is_long = field->type == FIELD_LONG_TEXT;
    TRY(yaml_number(row, "decimals", field->type == FIELD_DECIMAL ? 2 : 0, &field->decimals, why));
    if (field->decimals < 0 || field->decimals > 6) return yaml_refuse(row, why, "field.limit", "decimals: 0 to 6 is expected");
    int64_t scale = 1;
    for (int64_t i = 0; i < field->decimals; i++) scale *= 10;
    TRY(yaml_number(row, "min", INT64_MIN / 10000000, &field->min, why));
    TRY(yaml_number(row, "max", INT64_MAX / 10000000, &field->max, why));
    field->min *= scale;
    field->max *= scale;
    TRY(size_load(row, "min_chars", 0, LIMIT_TEXT_BYTES, &field->min_chars, why));
    TRY(size_load(row, "max_chars", is_long ? 8000 : 200, is_long ? LIMIT_TEXT_BYTES / 4 : LIMIT_NAME_BYTES, &field->max_chars, why));
    TRY(size_load(row, "min_items", 0, 4096, &field->min_items, why));
    return size_load(row, "max_items", 100, 4096, &field->max_items, why);
}

// What of one's own a field asks for (WCAG 2.1, 1.3.5), so that a browser can fill it in.
static struct err fill_load(const struct yaml *row, struct field *field, struct why *why) {
    static const struct { const char *name, *token; enum field_type type; } FILLS[] = {
        {"name", "name", FIELD_TEXT},           {"organization", "organization", FIELD_TEXT}, {"street", "street-address", FIELD_TEXT},
        {"postal_code", "postal-code", FIELD_TEXT}, {"city", "address-level2", FIELD_TEXT},   {"country", "country", FIELD_COUNTRY},
        {"email", "email", FIELD_EMAIL},        {"phone", "tel", FIELD_PHONE}};
    struct span fill = yaml_get_text(row, "fill");
    for (size_t i = 0; i < sizeof FILLS / sizeof FILLS[0]; i++)
        if (span_is(fill, FILLS[i].name) && field->type == FILLS[i].type) field->fill = FILLS[i].token;
    if (fill.len > 0 && field->fill == NULL)
        return yaml_refuse(row, why, "field.fill", "a field of this type can't be filled with \"%.*s\"", SPAN_FMT(fill));
    return err_none();
}

static struct err kept_load(const struct yaml *row, struct field *field, struct why *why) {
    const struct yaml *keeps = yaml_get(row, "keeps");
    field->register_as = yaml_get_text(row, "register");
    if (keeps == NULL) return err_none();
    if (field->type == FIELD_TEXT || field->type == FIELD_LONG_TEXT || field->type == FIELD_EMAIL || field->type == FIELD_PHONE ||
        field->type == FIELD_GROUP || field->type == FIELD_LIST || field->type == FIELD_SELECTION)
        return yaml_refuse(keeps, why, "field.keeps", "a case keeps no free text and no groups");
    field->keeps = keeps->type == YAML_SCALAR ? keeps->text : yaml_get_text(keeps, "fact");
    field->keeps_first = span_is(yaml_get_text(keeps, "as"), "first");
    if (field->keeps.len == 0) return yaml_refuse(keeps, why, "field.keeps", "keeps: the name of a fact is expected");
    return keeps->type == YAML_MAPPING ? yaml_only(keeps, "fact as", why) : err_none();
}

static struct err fields_load_in(const struct field_context *context, const struct yaml *rows, struct span prefix, struct span set_prefix,
                                 struct field **ret, size_t *ret_count, struct why *why);

// catalogue: PACK, and complete: yes or a condition: the list answers the controls of the pack's catalogue.
static struct err catalogue_load(const struct field_context *context, const struct yaml *row, struct field *field, struct why *why) {
    const struct yaml *complete = yaml_get(row, "complete");
    field->catalogue = yaml_get_text(row, "catalogue");
    if (field->catalogue.len == 0)
        return complete == NULL ? err_none() : yaml_refuse(row, why, "field.catalogue", "complete: only a list with a catalogue can be complete");
    if (field->type != FIELD_LIST) return yaml_refuse(row, why, "field.catalogue", "catalogue: only a list asks the controls of one");
    if (yaml_get(row, "max_items") == NULL) field->max_items = CONTROLS_MAX;
    if (complete == NULL || complete->type != YAML_MAPPING) return yaml_flag(row, "complete", false, &field->wants_all, why);
    return condition_load(context->arena, complete, context->lists, &field->wants_all_when, why);
}

// The first field of each element: which control it answers.
static struct err control_add(const struct field_context *context, struct field *field, struct why *why) {
    struct field *fields = arena_take_array(context->arena, field->count + 1, sizeof *fields);
    if (fields == NULL) return err_make(ERR_MEMORY);
    fields[0] = control_field_of(field);
    for (size_t i = 0; i < field->count; i++) {
        if (span_equals(field->fields[i].name, fields[0].name)) return yaml_refuse(field->node, why, "field.duplicate", "which control it is needs no field of its own");
        fields[i + 1] = field->fields[i];
    }
    field->fields = fields;
    field->count++;
    return err_none();
}

// SET_PREFIX: of the set that the row stands in; empty: it stands in the form.
static struct err field_load(const struct field_context *context, const struct yaml *row, struct span prefix, struct span set_prefix,
                             struct field *ret, struct why *why) {
    TRY(yaml_only(row,
                  "field type label help article required shown_when choices min max decimals min_chars max_chars min_items "
                  "max_items future fill anywhere own searchable keeps register visible_to hidden_from from to certainty fields catalogue complete",
                  why));
    struct field out = {.node = row, .label = yaml_get_text(row, "label"), .help = yaml_get_text(row, "help")};
    out.article = yaml_get_text(row, "article");
    struct span type;
    TRY(yaml_need(row, "field", &out.name, why));
    TRY(yaml_need(row, "type", &type, why));
    out.key = arena_printf(context->arena, "%.*s.%.*s", SPAN_FMT(prefix), SPAN_FMT(out.name));
    if (set_prefix.len > 0) out.set_key = arena_printf(context->arena, "%.*s.%.*s", SPAN_FMT(set_prefix), SPAN_FMT(out.name));
    if (out.key.at == NULL || (set_prefix.len > 0 && out.set_key.at == NULL)) return err_make(ERR_MEMORY);
    while (out.type < FIELD_TYPE_COUNT && !span_is(type, TYPES[out.type])) out.type++;
    if (out.type == FIELD_TYPE_COUNT || out.type == FIELD_CONTROL) return yaml_refuse(row, why, "field.type", "there is no type \"%.*s\"", SPAN_FMT(type));
    const struct yaml *required = yaml_get(row, "required");
    if (required != NULL && required->type == YAML_MAPPING)
        TRY(condition_load(context->arena, required, context->lists, &out.required_when, why));
    else
        TRY(yaml_flag(row, "required", false, &out.is_required, why));
    TRY(condition_load(context->arena, yaml_get(row, "shown_when"), context->lists, &out.shown_when, why));
    TRY(choices_load(context, yaml_get(row, "choices"), &out, why));
    TRY(limits_load(row, &out, why));
    TRY(yaml_flag(row, "future", false, &out.is_future_allowed, why));
    TRY(yaml_flag(row, "anywhere", false, &out.is_anywhere, why));
    TRY(yaml_flag(row, "own", false, &out.is_own, why));
    if (out.is_own && out.type != FIELD_COUNTRY) return yaml_refuse(row, why, "field.own", "only a country is the state of who files");
    TRY(yaml_flag(row, "searchable", false, &out.is_searchable, why));
    if (out.is_searchable && out.type != FIELD_TEXT && out.type != FIELD_LONG_TEXT && out.type != FIELD_DOMAIN && out.type != FIELD_IP_RANGE)
        return yaml_refuse(row, why, "field.searchable", "only text, long_text, domain and ip_range are searched by their words");
    TRY(fill_load(row, &out, why));
    TRY(kept_load(row, &out, why));
    TRY(yaml_names(context->arena, yaml_get(row, "visible_to"), &out.visible_to, why));
    TRY(yaml_names(context->arena, yaml_get(row, "hidden_from"), &out.hidden_from, why));
    TRY(yaml_validity(row, &out.validity, why));
    bool has_fields = out.type == FIELD_GROUP || out.type == FIELD_LIST;
    if (has_fields != (yaml_get(row, "fields") != NULL))
        return yaml_refuse(row, why, "field.fields", "group and list have fields, nothing else does");
    TRY(catalogue_load(context, row, &out, why));
    if (has_fields) TRY(fields_load_in(context, yaml_get(row, "fields"), out.key, out.set_key, &out.fields, &out.count, why));
    if (out.catalogue.len > 0) TRY(control_add(context, &out, why));
    *ret = out;
    return err_none();
}

static struct err field_append(struct field *fields, size_t *count, const struct field *field, struct why *why) {
    for (size_t i = 0; i < *count; i++)
        if (span_equals(fields[i].name, field->name))
            return yaml_refuse(field->node, why, "field.duplicate", "the form has two fields \"%.*s\"", SPAN_FMT(field->name));
    if (*count == LIMIT_FIELDS) return yaml_refuse(field->node, why, "field.count", "a form has at most %d fields", (int)LIMIT_FIELDS);
    fields[(*count)++] = *field;
    return err_none();
}

const struct yaml *field_set_find(const struct field_context *context, struct span name, struct span *ret_home) {
    const struct yaml *set = NULL;
    for (size_t i = 0; i < FIELD_SETS_MAX && set == NULL && name.len > 0; i++) {
        set = yaml_get(context->sets[i], (const char *)name.at);
        *ret_home = context->homes[i];
    }
    return set;
}

struct siblings {
    const struct field *fields;
    size_t count;
    struct span missing; // a name that `item:` gives and no field has
};

static void item_visit(void *context, const char *kind, struct span name, const struct yaml *node) {
    (void)node;
    struct siblings *siblings = context;
    bool is_there = strcmp(kind, "item") != 0;
    for (size_t i = 0; !is_there && i < siblings->count; i++) is_there = span_equals(siblings->fields[i].name, name);
    if (!is_there) siblings->missing = name;
}

static struct err items_check(const struct field *fields, size_t count, struct why *why) {
    struct siblings siblings = {.fields = fields, .count = count};
    for (size_t i = 0; i < count; i++) {
        condition_visit(fields[i].required_when, item_visit, &siblings);
        condition_visit(fields[i].shown_when, item_visit, &siblings);
        if (siblings.missing.len > 0) return yaml_refuse(fields[i].node, why, "field.item", "there is no field \"%.*s\" beside it", SPAN_FMT(siblings.missing));
    }
    return err_none();
}

static struct err fields_load_in(const struct field_context *context, const struct yaml *rows, struct span prefix, struct span set_prefix,
                                 struct field **ret, size_t *ret_count, struct why *why) {
    struct span home = SPAN("");
    size_t room = 1, count = 0;
    if (rows != NULL && rows->type != YAML_SEQUENCE) return yaml_refuse(rows, why, "field.rows", "fields: a list is expected");
    for (size_t i = 0; rows != NULL && i < rows->count; i++) {
        const struct yaml *set = field_set_find(context, yaml_get_text(&rows->items[i], "use"), &home);
        room += set != NULL && set->type == YAML_SEQUENCE ? set->count : 1;
    }
    struct field *fields = arena_take_array(context->arena, room, sizeof *fields);
    if (fields == NULL) return err_make(ERR_MEMORY);
    for (size_t i = 0; rows != NULL && i < rows->count; i++) {
        const struct yaml *row = &rows->items[i];
        struct span use = yaml_get_text(row, "use");
        struct field field;
        if (use.len == 0) {
            TRY(field_load(context, row, prefix, set_prefix, &field, why));
            TRY(field_append(fields, &count, &field, why));
            continue;
        }
        TRY(yaml_only(row, "use", why));
        const struct yaml *set = field_set_find(context, use, &home);
        if (set == NULL || set->type != YAML_SEQUENCE)
            return yaml_refuse(row, why, "field.set", "there is no set \"%.*s\" in this procedure", SPAN_FMT(use));
        struct span own = arena_printf(context->arena, "%.*s.set.%.*s", SPAN_FMT(home), SPAN_FMT(use));
        if (own.at == NULL) return err_make(ERR_MEMORY);
        for (size_t k = 0; k < set->count; k++) {
            TRY(field_load(context, &set->items[k], prefix, own, &field, why));
            TRY(field_append(fields, &count, &field, why));
        }
    }
    *ret = fields;
    *ret_count = count;
    return items_check(fields, count, why);
}

struct err fields_load(const struct field_context *context, const struct yaml *rows, struct span prefix, struct field **ret,
                       size_t *ret_count, struct why *why) {
    return fields_load_in(context, rows, prefix, span_make(NULL, 0), ret, ret_count, why);
}
