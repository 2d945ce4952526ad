// SPDX-License-Identifier: EUPL-1.2
/* Facts from JSON to their compact form. What comes from outside is checked here, once, against facts.yaml. */
#include <stdio.h>

#include "law/decimal.h"
#include "law/scope_private.h"

struct field { // the JSON pointer of what is being read
    char pointer[96];
};

static struct field field_of(struct span name) {
    struct field ret;
    (void)snprintf(ret.pointer, sizeof ret.pointer, "/%.*s", (int)(name.len < 64 ? name.len : 64), (const char *)name.at);
    return ret;
}

static struct err refuse(const struct field *field, const char *rule, const struct variable *v, const char *words,
                         struct span got, struct why *why) {
    char article[96];
    (void)snprintf(article, sizeof article, "%.*s", SPAN_FMT(v->article));
    return why_set(why, ERR_INPUT, field->pointer, rule, article, "%s%s%.*s%s", words, got.len > 0 ? ", not \"" : "",
                   (int)(got.len < 64 ? got.len : 64), got.at != NULL ? (const char *)got.at : "", got.len > 0 ? "\"" : "");
}

// "no, yes" for the words of an error.
static void list_values(const struct variable *v, char *ret, size_t size) {
    size_t len = 0;
    ret[0] = '\0';
    for (size_t i = 0; i < v->value_count && len + 1 < size; i++) {
        int n = snprintf(ret + len, size - len, "%s%.*s", i > 0 ? ", " : "one of ", SPAN_FMT(v->values[i]));
        len += n > 0 ? (size_t)n : 0;
    }
}

static struct err read_value(const struct variable *v, const struct json *value, uint8_t *ret, struct why *why) {
    struct field field = field_of(v->name);
    char expected[256];
    if (v->form == FORM_BOOL && value->type == JSON_BOOL) {
        *ret = value->boolean ? 1 : 0;
        return err_none();
    }
    struct span text = value->type == JSON_STRING ? value->string : span_of(json_type_name(value->type));
    for (size_t i = 0; value->type == JSON_STRING && i < v->value_count; i++)
        if (span_equals(v->values[i], text)) {
            *ret = (uint8_t)i;
            return err_none();
        }
    list_values(v, expected, sizeof expected - 16);
    if (v->form == FORM_BOOL) (void)snprintf(expected, sizeof expected, "true or false is expected");
    return refuse(&field, value->type == JSON_STRING ? "fact.value" : "fact.type", v, expected, text, why);
}

static struct err read_types(const struct scope_book *book, const struct variable *v, const struct json *list,
                             struct type_bits *ret, struct why *why) {
    struct field field = field_of(v->name);
    if (list->type != JSON_ARRAY)
        return refuse(&field, "fact.type", v, "a list of codes of entity types is expected", span_of(json_type_name(list->type)), why);
    for (size_t i = 0; i < list->count; i++) {
        const struct json *item = &list->items[i];
        size_t type = item->type == JSON_STRING ? book_type(book, item->string) : TYPES_MAX;
        if (type == TYPES_MAX)
            return refuse(&field, "fact.value", v, "codes of entity types are expected",
                          item->type == JSON_STRING ? item->string : span_of(json_type_name(item->type)), why);
        type_put(ret, type);
    }
    return err_none();
}

static struct err read_country(const struct scope_book *book, const struct variable *v, const struct json *value, uint64_t *ret,
                               struct why *why) {
    struct field field = field_of(v->name);
    struct span text = value->type == JSON_STRING ? value->string : span_of(json_type_name(value->type));
    bool is_code = value->type == JSON_STRING && text.len == 2 && text.at[0] >= 'A' && text.at[0] <= 'Z' && text.at[1] >= 'A' &&
                   text.at[1] <= 'Z' && !span_is(text, "GR") && !span_is(text, "UK");
    if (!is_code)
        return refuse(&field, "fact.country", v, "a country's two capital letters are expected (Greece is EL, the United Kingdom GB)",
                      text, why);
    size_t state = book_state(book, text);
    *ret |= state == STATES_MAX ? PLACE_OUTSIDE : UINT64_C(1) << state;
    return err_none();
}

static struct err read_places(const struct scope_book *book, const struct variable *v, const struct json *value, uint64_t *ret,
                              struct why *why) {
    if (v->form == FORM_COUNTRY) return read_country(book, v, value, ret, why);
    struct field field = field_of(v->name);
    if (value->type != JSON_ARRAY)
        return refuse(&field, "fact.type", v, "a list of countries is expected", span_of(json_type_name(value->type)), why);
    for (size_t i = 0; i < value->count; i++) TRY(read_country(book, v, &value->items[i], ret, why));
    return err_none();
}

static struct err read_fact(const struct scope_book *book, size_t variable, const struct json *value, struct scope_facts *ret,
                            struct why *why) {
    const struct variable *v = &book->variables[variable];
    struct field field = field_of(v->name);
    ret->origin[variable] = ORIGIN_GIVEN;
    switch (v->form) {
    case FORM_BOOL:
    case FORM_ENUM: return read_value(v, value, &ret->value[variable], why);
    case FORM_TYPES:
        if (variable == book->types_variable) {
            ret->has_types = true;
            return read_types(book, v, value, &ret->types, why);
        }
        return read_types(book, v, value, &ret->sets[v->slot], why);
    case FORM_COUNTRY:
    case FORM_COUNTRIES: return read_places(book, v, value, &ret->places[v->slot], why);
    case FORM_TEXT:
        return value->type == JSON_STRING ? err_none()
                                          : refuse(&field, "fact.type", v, "text is expected", span_of(json_type_name(value->type)), why);
    case FORM_FIGURE:
    case FORM_SIZE: ret->is_sized = true; return err_none(); // read by the arithmetic of size
    }
    return err_none();
}

// "switches": {name: value} asks what would be if the state had decided so.
static struct err read_switches(const struct scope_book *book, const struct json *object, struct scope_facts *ret, struct why *why) {
    if (object->type != JSON_OBJECT)
        return why_set(why, ERR_INPUT, "/switches", "fact.type", NULL, "an object is expected, not %s", json_type_name(object->type));
    for (size_t i = 0; i < object->count; i++) {
        size_t variable = book_variable(book, object->members[i].name);
        struct field field = field_of(object->members[i].name);
        if (variable < book->switch_from || variable >= book->switch_to)
            return why_set(why, ERR_INPUT, field.pointer, "fact.unknown", NULL, "no such switch of a state is known");
        ret->origin[variable] = ORIGIN_GIVEN;
        TRY(read_value(&book->variables[variable], &object->members[i].value, &ret->value[variable], why));
    }
    return err_none();
}

static uint8_t place_value(uint64_t places, bool is_given) {
    if (!is_given || places == 0) return 0; // absent
    return (places & ~PLACE_OUTSIDE) != 0 ? 2 : 1;
}

// Derived values that follow from places alone.
static void derive_places(const struct scope_book *book, struct scope_facts *facts) {
    for (size_t i = 0; i < book->variable_count; i++) {
        const struct variable *v = &book->variables[i], *source = &book->variables[v->source], *set = &book->variables[v->set];
        if (v->kind != VARIABLE_DERIVED) continue;
        uint64_t places = facts->places[source->slot], states = places & ~PLACE_OUTSIDE;
        if (v->derive == DERIVE_MEMBER) facts->value[i] = place_value(places, facts->origin[v->source] == ORIGIN_GIVEN);
        if (v->derive == DERIVE_SINGLE) facts->value[i] = states != 0 && (states & (states - 1)) == 0;
        if (v->derive != DERIVE_WITHIN) continue;
        uint64_t within = facts->places[set->slot];
        bool is_known = facts->origin[v->source] == ORIGIN_GIVEN && facts->origin[v->set] == ORIGIN_GIVEN;
        facts->value[i] = !is_known ? 2 : (states & within & ~PLACE_OUTSIDE) != 0;
    }
}

// What nobody said is assumed, where facts.yaml says so.
static void assume(const struct scope_book *book, struct scope_facts *facts) {
    for (size_t i = 0; i < book->variable_count; i++) {
        const struct variable *v = &book->variables[i];
        facts->value[i] = VALUE_UNKNOWN;
        facts->origin[i] = ORIGIN_MISSING;
        if (v->kind == VARIABLE_FACT && v->assumed != VALUE_UNKNOWN) {
            facts->value[i] = v->assumed;
            facts->origin[i] = ORIGIN_ASSUMED;
        }
    }
}

struct err scope_facts_read(const struct law *law, const struct json *facts, struct arena *arena, const struct scope_facts **ret,
                            struct why *why) {
    const struct scope_book *book = law->scope;
    if (book == NULL) return why_set(why, ERR_LAW, NULL, "scope.book", NULL, "no pack says what is in scope");
    if (facts->type != JSON_OBJECT)
        return why_set(why, ERR_INPUT, "", "fact.type", NULL, "facts are a JSON object, not %s", json_type_name(facts->type));
    struct scope_facts *read = ARENA_NEW(arena, struct scope_facts);
    if (read == NULL) return err_make(ERR_MEMORY);
    read->book = book;
    assume(book, read);
    for (size_t i = 0; i < facts->count; i++) {
        struct span name = facts->members[i].name;
        const struct json *value = &facts->members[i].value;
        struct field field = field_of(name);
        if (span_is(name, "state") || span_is(name, "at")) continue;
        if (span_is(name, "switches")) {
            TRY(read_switches(book, value, read, why));
            continue;
        }
        size_t variable = book_variable(book, name);
        enum variable_kind kind = variable < VARIABLES_MAX ? book->variables[variable].kind : VARIABLE_DERIVED;
        if (kind != VARIABLE_FACT && kind != VARIABLE_MEMBER && kind != VARIABLE_PLAIN)
            return why_set(why, ERR_INPUT, field.pointer, "fact.unknown", NULL, "no such fact is known");
        if (value->type != JSON_NULL) TRY(read_fact(book, variable, value, read, why));
    }
    TRY(size_read(&book->size, facts, arena, &read->size, why));
    read->has_relations = read->size.relation_count > 0;
    read->size_group = size_possible(&book->size, &read->size, false);
    read->size_own = size_possible(&book->size, &read->size, true);
    derive_places(book, read);
    *ret = read;
    return err_none();
}

struct err scope_place_read(const struct json *facts, struct span state_or_empty, struct civil today, struct span *ret_state,
                            struct civil *ret_at, struct why *why) {
    const struct json *state = json_get(facts, "state"), *at = json_get(facts, "at");
    struct span found = state_or_empty;
    struct civil date = today;
    if (!json_is_null(state)) {
        if (state->type != JSON_STRING) return why_set(why, ERR_INPUT, "/state", "scope.state", NULL, "two letters are expected");
        found = state->string;
    }
    if (!json_is_null(at) && (at->type != JSON_STRING || !civil_parse(at->string, &date)))
        return why_set(why, ERR_INPUT, "/at", "scope.date", NULL, "a date like 2026-11-22 is expected");
    if (found.len == 0) return why_set(why, ERR_INPUT, "/state", "scope.state", NULL, "whose law: a Member State's two letters are needed");
    *ret_state = found;
    *ret_at = date;
    return err_none();
}
