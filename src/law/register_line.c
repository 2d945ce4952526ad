// SPDX-License-Identifier: EUPL-1.2
#include "law/register_line.h"

#include "law/scope_private.h"

enum { FIELDS_MAX = 256, FORM_DEPTH = 12 };

struct register_fields {
    const struct scope_book *book;
    size_t count;
    struct pairing {
        struct span field, fact;
    } pairs[FIELDS_MAX];
};

static bool is_fact(const struct scope_book *book, struct span name) {
    size_t variable = book_variable(book, name);
    if (variable == VARIABLES_MAX || book->variables[variable].form == FORM_SIZE) return false;
    enum variable_kind kind = book->variables[variable].kind;
    return kind == VARIABLE_FACT || kind == VARIABLE_MEMBER || kind == VARIABLE_PLAIN;
}

static struct span fact_of(const struct register_fields *fields, struct span name) {
    if (span_is(name, "state") || span_is(name, "at") || is_fact(fields->book, name)) return name;
    for (size_t i = 0; i < fields->count; i++)
        if (span_equals(fields->pairs[i].field, name)) return fields->pairs[i].fact;
    return span_make(NULL, 0);
}

// Every `field` of a form whose `register` is a fact of another name; the first form that says it counts.
static void forms_walk(struct register_fields *fields, const struct yaml *node, size_t depth) {
    if (node->type == YAML_SCALAR || depth > FORM_DEPTH) return;
    struct span field = yaml_get_text(node, "field"), fact = yaml_get_text(node, "register");
    bool is_pair = field.len > 0 && fact.len > 0 && is_fact(fields->book, fact) && fact_of(fields, field).at == NULL;
    if (is_pair && fields->count < FIELDS_MAX) fields->pairs[fields->count++] = (struct pairing){field, fact};
    for (size_t i = 0; i < node->count; i++) forms_walk(fields, node->type == YAML_MAPPING ? &node->pairs[i].value : &node->items[i], depth + 1);
}

struct err register_fields_new(const struct law *law, struct arena *arena, const struct register_fields **ret, struct why *why) {
    if (law->scope == NULL) return why_set(why, ERR_LAW, NULL, "scope.book", NULL, "no pack says what is in scope");
    struct register_fields *fields = ARENA_NEW(arena, struct register_fields);
    if (fields == NULL) return why_set(why, ERR_MEMORY, NULL, "register.memory", NULL, "no memory to read the register");
    fields->book = law->scope;
    const struct pack *pack = law->scope->union_pack;
    for (size_t i = 0; i < pack->file_count; i++)
        if (pack_file_is_under(&pack->files[i], "procedures/")) forms_walk(fields, pack->files[i].root, 0);
    *ret = fields;
    return err_none();
}

struct err register_object_facts(const struct register_fields *fields, const struct json *object, struct arena *scratch, struct json *ret) {
    struct json facts = {.type = JSON_OBJECT, .members = arena_take_array(scratch, object->count + 1, sizeof *facts.members)};
    if (facts.members == NULL) return err_make(ERR_MEMORY);
    for (size_t i = 0; i < object->count; i++) {
        struct span fact = fact_of(fields, object->members[i].name);
        bool is_twice = false;
        for (size_t k = 0; k < facts.count; k++) is_twice |= span_equals(facts.members[k].name, fact);
        if (fact.at != NULL && !is_twice && !json_is_null(&object->members[i].value)) facts.members[facts.count++] = (struct json_member){fact, object->members[i].value};
    }
    *ret = facts;
    return err_none();
}

struct err register_line_facts(const struct register_fields *fields, struct span line, struct arena *scratch, struct json *ret, struct why *why) {
    struct json object;
    TRY(json_parse(scratch, line, &object, why));
    if (object.type != JSON_OBJECT) return why_set(why, ERR_INPUT, "", "register.line", "", "one JSON object a line is expected");
    return register_object_facts(fields, &object, scratch, ret);
}
