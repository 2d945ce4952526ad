// SPDX-License-Identifier: EUPL-1.2
/* Names, instants and pages of the resources of access. */
#include "api/access_json.h"

#include <stdio.h>

const struct scope_name token_scope_names[] = {
    {"read", SCOPE_READ}, {"file", SCOPE_FILE}, {"delete", SCOPE_DELETE}, {"manage", SCOPE_MANAGE}, {NULL, 0}};
const struct scope_name mandate_scope_names[] = {
    {"read", MANDATE_READ}, {"file", MANDATE_FILE}, {"manage", MANDATE_MANAGE}, {NULL, 0}};

void scopes_write(struct json_out *out, const struct scope_name *names, uint32_t scopes) {
    json_out_array(out);
    for (; names->name != NULL; names++)
        if ((scopes & names->bit) != 0) json_out_text(out, names->name);
    json_out_array_end(out);
}

struct err scopes_read(const struct json *object, const struct scope_name *names, uint32_t *ret, struct why *why) {
    const struct json *list = json_get(object, "scopes");
    uint32_t scopes = 0;
    if (list == NULL || list->type != JSON_ARRAY)
        return why_set(why, ERR_INPUT, "/scopes", "api.required", NULL, "scopes must be a list of names");
    for (size_t i = 0; i < list->count; i++) {
        const struct scope_name *name = names;
        while (name->name != NULL && !(list->items[i].type == JSON_STRING && span_is(list->items[i].string, name->name))) name++;
        if (name->name == NULL)
            return why_set(why, ERR_INPUT, "/scopes", "access.scope_name", NULL, "The scope number %zu of the list is not known.",
                           i + 1);
        scopes |= name->bit;
    }
    *ret = scopes;
    return err_none();
}

const char *role_name(int64_t role) {
    return role == ROLE_READER ? "reader" : role == ROLE_OFFICER ? "officer" : role == ROLE_HEAD ? "head" : NULL;
}

enum access_role_kind role_from(struct span text) {
    for (int role = ROLE_READER; role <= ROLE_HEAD; role++)
        if (span_is(text, role_name(role))) return (enum access_role_kind)role;
    return (enum access_role_kind)0;
}

void member_instant(struct json_out *out, struct arena *arena, const char *name, const struct value *value) {
    json_out_name(out, name);
    if (value->type == VALUE_NULL || value->integer == INSTANT_NONE) json_out_null(out);
    else json_out_string(out, instant_text(arena, value->integer));
}

struct err member_instant_read(const struct json *object, const char *name, int64_t fallback, int64_t *ret, struct why *why) {
    struct span text;
    struct stamp stamp;
    char field[64];
    (void)snprintf(field, sizeof field, "/%s", name);
    TRY(api_member_text_optional(object, name, 64, &text, why));
    if (text.at == NULL) {
        *ret = fallback;
        return err_none();
    }
    TRY(stamp_parse(text, NULL, field, &stamp, why));
    *ret = stamp.ms;
    return err_none();
}

struct err member_texts_read(const struct json *object, const char *name, size_t most, struct arena *arena,
                             const struct span **ret, size_t *ret_count, struct why *why) {
    const struct json *list = json_get(object, name);
    char field[64];
    (void)snprintf(field, sizeof field, "/%s", name);
    *ret = NULL;
    *ret_count = 0;
    if (json_is_null(list)) return err_none();
    if (list->type != JSON_ARRAY || list->count > most)
        return why_set(why, ERR_INPUT, field, "api.type", NULL, "%s must be a list of at most %zu texts", name, most);
    struct span *texts = arena_take_array(arena, list->count + 1, sizeof *texts);
    if (texts == NULL) return err_make(ERR_MEMORY);
    for (size_t i = 0; i < list->count; i++) {
        if (list->items[i].type != JSON_STRING)
            return why_set(why, ERR_INPUT, field, "api.type", NULL, "%s must be a list of texts", name);
        texts[i] = list->items[i].string;
    }
    *ret = texts;
    *ret_count = list->count;
    return err_none();
}

void list_begin(struct api_response *response, struct json_out *out) {
    api_json(response, 200, out);
    json_out_object(out);
    json_out_name(out, "items");
    json_out_array(out);
}

void list_end(struct api_request *request, struct json_out *out, const char *kind, const struct json *last, bool is_full) {
    json_out_array_end(out);
    json_out_name(out, "next");
    if (is_full) json_out_string(out, api_cursor_write(request, kind, last, 1));
    else json_out_null(out);
    json_out_object_end(out);
}

static void value_write(struct api_request *request, struct json_out *out, const struct list_column *column, const struct value *value) {
    switch (column->as) {
    case LIST_TEXT: json_out_member_string(out, column->name, value->bytes); return;
    case LIST_INSTANT: member_instant(out, request->arena, column->name, value); return;
    case LIST_INT: json_out_member_int(out, column->name, value->integer); return;
    case LIST_BOOL: json_out_member_bool(out, column->name, value->integer != 0); return;
    case LIST_SCOPES_TOKEN:
    case LIST_SCOPES_MANDATE:
        json_out_name(out, column->name);
        scopes_write(out, column->as == LIST_SCOPES_TOKEN ? token_scope_names : mandate_scope_names, (uint32_t)value->integer);
        return;
    }
}

void list_members(struct api_request *request, struct json_out *out, const struct list_column *columns, const struct rows *rows, size_t row) {
    for (const struct list_column *column = columns; column->name != NULL; column++) {
        if (column->write == NULL) {
            value_write(request, out, column, rows_at(rows, row, column->at));
            continue;
        }
        json_out_name(out, column->name);
        column->write(request, out, rows, row);
    }
}

void list_item(struct api_request *request, struct json_out *out, const struct list_column *columns, const struct rows *rows, size_t row) {
    json_out_object(out);
    list_members(request, out, columns, rows, row);
    json_out_object_end(out);
}

struct err list_write(struct api_request *request, struct api_response *response, const struct list_column *columns,
                      const struct rows *rows, const char *kind, int cursor_at) {
    struct json_out out;
    struct json last = {.type = JSON_NULL};
    list_begin(response, &out);
    for (size_t i = 0; i < rows->count; i++) list_item(request, &out, columns, rows, i);
    bool is_full = cursor_at >= 0 && rows->count == LIMIT_PAGE_ROWS;
    if (is_full) {
        const struct value *value = rows_at(rows, rows->count - 1, (size_t)cursor_at);
        last = value->type == VALUE_INT ? json_from_int(value->integer) : json_from_string(value->bytes);
    }
    list_end(request, &out, kind, &last, is_full);
    return err_none();
}

struct err cursor_id_read(struct api_request *request, const char *kind, int64_t *ret, struct why *why) {
    struct json part = {.type = JSON_INT};
    bool is_given = false;
    TRY(api_cursor_read(request, kind, &part, 1, &is_given, why));
    *ret = is_given && part.integer > 0 ? part.integer : 0;
    return err_none();
}
