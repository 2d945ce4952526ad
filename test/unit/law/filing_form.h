// SPDX-License-Identifier: EUPL-1.2
/*
 * Fills in forms for test/unit/law/filings.c: the fields that a row names, each with a value of its type or the one that the row gives.
 * A field within a group or a list is named with dots: contacts.email.
 */
#ifndef TEST_FILING_FORM_H
#define TEST_FILING_FORM_H

#include "law/json_tree.h"

struct given {
    struct span name;
    const struct yaml *value;
};
enum { FORM_NAMES_MAX = 96 };
struct filing_form {
    struct arena *arena;
    struct json_tree tree;
    int64_t now_ms;
    struct span own_state;
    struct span control; // of the catalogue of the list that is filled in
    size_t name_count, given_count;
    struct span names[FORM_NAMES_MAX]; // what is filled in
    struct given given[FORM_NAMES_MAX];
    struct span except;          // and what is left out of it
    struct span missing_pointer; // where that would have stood
    size_t used_count;           // of what is given
};

static inline struct span form_id(struct arena *arena, char letter, int64_t number) { return arena_printf(arena, "%c%016lld", letter, (long long)number); }

// Whether NAME is PATH or stands within it.
static inline bool form_is_within(struct span name, struct span path) {
    return span_starts_with(name, path) && (name.len == path.len || name.at[path.len] == '.');
}

// "+3h", "-2d": from now.
static inline bool form_relative(struct span text, int64_t *ret_ms) {
    int64_t number;
    if (text.len < 3 || (text.at[0] != '+' && text.at[0] != '-') || !span_to_int(span_part(text, 1, text.len - 1), &number)) return false;
    int64_t unit_ms = text.at[text.len - 1] == 'd' ? MS_PER_DAY : text.at[text.len - 1] == 'h' ? MS_PER_HOUR : 0;
    *ret_ms = (text.at[0] == '-' ? -number : number) * unit_ms;
    return unit_ms > 0;
}

static inline struct json form_moment(struct filing_form *f, bool is_date, int64_t ms) {
    struct json at = json_tree_instant(&f->tree, ms);
    return is_date ? json_from_string(span_part(at.string, 0, 10)) : at;
}

// "$1" is the case's first filing, "@E7" an identifier.
static inline struct json form_given(struct filing_form *f, const struct yaml *node, struct span type) {
    int64_t number;
    struct json out = node->type == YAML_SEQUENCE ? json_array() : json_object();
    if (node->type == YAML_SCALAR) {
        struct span text = node->text;
        bool is_moment = span_is(type, "date") || span_is(type, "instant");
        if (is_moment && form_relative(text, &number)) return form_moment(f, span_is(type, "date"), f->now_ms + number);
        if (!node->is_quoted && (span_is(text, "yes") || span_is(text, "no"))) return json_from_bool(span_is(text, "yes"));
        if (!node->is_quoted && span_to_int(text, &number)) return json_from_int(number);
        if (text.len > 1 && text.at[0] == '$' && span_to_int(span_part(text, 1, text.len), &number)) return json_from_string(form_id(f->arena, 'F', number));
        if (text.len > 2 && text.at[0] == '@' && span_to_int(span_part(text, 2, text.len), &number)) return json_from_string(form_id(f->arena, (char)text.at[1], number));
        return json_from_string(text);
    }
    for (size_t i = 0; i < node->count; i++) {
        if (node->type == YAML_SEQUENCE) (void)json_tree_push(&f->tree, &out, form_given(f, &node->items[i], SPAN("")));
        else (void)json_tree_add(&f->tree, &out, node->pairs[i].name, form_given(f, &node->pairs[i].value, SPAN("")));
    }
    return out;
}

static const struct { const char *type, *value; } FORM_VALUES[] = {
    {"email", "someone@example.org"}, {"phone", "+352123456"}, {"ip_range", "192.0.2.0/24"}, {"domain", "example.org"}, {"entity_type", "DI_CLOUD"},
    {"entity", "E0000000000000007"}, {"filing", "F0000000000000001"}, {"case", "C0000000000000007"}, {"person", "P0000000000000007"}, {"office", "csirt"},
    {"decimal", "1"}, {"entities", "E0000000000000007"}, {"cases", "C0000000000000007"}, {"offices", "csirt"}, {"countries", "BE"},
    {"domains", "example.org"}, {"ip_ranges", "192.0.2.0/24"}, {"entity_types", "DI_CLOUD"},
};

static inline bool form_is_several(struct span type) {
    return span_is(type, "entities") || span_is(type, "cases") || span_is(type, "offices") || span_is(type, "countries") || span_is(type, "domains") ||
           span_is(type, "ip_ranges") || span_is(type, "entity_types") || span_is(type, "choices");
}

static inline struct json form_text(struct filing_form *f, int64_t chars) {
    struct buf out;
    buf_init(&out, f->arena, 65536);
    for (int64_t i = 0; i < chars || i < 1; i++) buf_add_byte(&out, 'x');
    return json_from_string(buf_span(&out));
}

// A value of the field's type.
static inline struct json form_value(struct filing_form *f, const struct json *field) {
    struct span type = json_get_string(field, "type");
    const struct json *choices = json_get(field, "choices");
    struct json one = form_text(f, json_get_int(field, "min_chars", 1)), out = json_array();
    if (span_is(type, "control")) one = json_from_string(f->control);
    if (span_is(type, "bool")) return json_from_bool(true);
    if (span_is(type, "int")) return json_from_int(json_get_int(field, "min", 1));
    if (span_is(type, "date") || span_is(type, "instant")) return form_moment(f, span_is(type, "date"), f->now_ms - (span_is(type, "date") ? 2 * MS_PER_DAY : MS_PER_HOUR));
    if (span_is(type, "country")) one = json_from_string(span_is(f->own_state, "EU") ? SPAN("LU") : f->own_state);
    if (span_is(type, "selection")) {
        struct json all = json_object();
        (void)json_tree_add(&f->tree, &all, SPAN("everyone"), json_from_bool(true));
        return all;
    }
    if (choices != NULL && choices->count > 0) one = json_from_string(json_get_string(&choices->items[0], "value"));
    for (size_t i = 0; i < sizeof FORM_VALUES / sizeof FORM_VALUES[0]; i++)
        if (span_is(type, FORM_VALUES[i].type)) one = json_from_string(span_of(FORM_VALUES[i].value));
    if (!form_is_several(type)) return one;
    (void)json_tree_push(&f->tree, &out, one);
    return out;
}

// A control that the catalogue asks.
static inline struct span form_control(struct span catalogue) {
    return span_is(catalogue, "eu/nis2") ? SPAN("a") : span_is(catalogue, "eu/toolbox-5g") ? SPAN("SM01") : SPAN("1.1.1");
}

static inline bool form_is_given(const struct filing_form *f, struct span path, const struct yaml **ret) {
    for (size_t i = 0; i < f->given_count; i++)
        if (span_equals(f->given[i].name, path)) {
            *ret = f->given[i].value;
            return true;
        }
    return false;
}

static inline bool form_names(const struct filing_form *f, struct span path) {
    for (size_t i = 0; i < f->name_count; i++)
        if (form_is_within(f->names[i], path)) return true;
    for (size_t i = 0; i < f->given_count; i++)
        if (form_is_within(f->given[i].name, path)) return true;
    return false;
}

// An object with the fields among FIELDS (as procedure_write_form writes them) that are filled in. PATH begins their names.
static inline struct json form_fill(struct filing_form *f, const struct json *fields, struct span path, struct span pointer) {
    struct json out = json_object();
    for (size_t i = 0; i < fields->count; i++) {
        const struct json *field = &fields->items[i], *nested = json_get(field, "fields");
        struct span name = json_get_string(field, "name"), type = json_get_string(field, "type");
        struct span whole = path.len == 0 ? name : arena_printf(f->arena, "%.*s.%.*s", SPAN_FMT(path), SPAN_FMT(name));
        struct span place = arena_printf(f->arena, "%.*s/%.*s", SPAN_FMT(pointer), SPAN_FMT(name));
        if (!form_names(f, whole)) continue;
        if (span_equals(whole, f->except)) {
            f->missing_pointer = place;
            continue;
        }
        const struct yaml *given = NULL;
        struct json value, list = json_array();
        bool is_list = span_is(type, "list"), is_given = form_is_given(f, whole, &given);
        f->used_count += is_given;
        if (json_get_string(field, "catalogue").len > 0) f->control = form_control(json_get_string(field, "catalogue"));
        if (is_given) value = form_given(f, given, type);
        else if (nested == NULL) value = form_value(f, field);
        else value = form_fill(f, nested, whole, is_list ? arena_printf(f->arena, "%.*s/0", SPAN_FMT(place)) : place);
        if (!is_given && is_list) {
            (void)json_tree_push(&f->tree, &list, value);
            value = list;
        }
        (void)json_tree_add(&f->tree, &out, name, value);
    }
    return out;
}

#endif
