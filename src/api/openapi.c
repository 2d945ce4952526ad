// SPDX-License-Identifier: EUPL-1.2
/* The OpenAPI 3.1 document, made from the route tables and the schemas beside this file. */
#include "api/resources.h"
#include "base/embed.h"

static void write_parameter(struct json_out *out, const char *name, const char *in, const char *type, const char *help, bool is_required) {
    json_out_object(out);
    json_out_member_text(out, "name", name);
    json_out_member_text(out, "in", in);
    json_out_member_bool(out, "required", is_required);
    if (help != NULL) json_out_member_text(out, "description", help);
    json_out_name(out, "schema");
    json_out_object(out);
    json_out_member_text(out, "type", type);
    json_out_object_end(out);
    json_out_object_end(out);
}

// {name} and {name*} of the path.
static void write_path_parameters(struct json_out *out, struct arena *arena, struct span path) {
    for (size_t at = span_find(path, '{', 0); at < path.len; at = span_find(path, '{', at + 1)) {
        size_t end = span_find(path, '}', at);
        struct span name = span_part(path, at + 1, path.at[end - 1] == '*' ? end - 1 : end);
        write_parameter(out, arena_text(arena, name), "path", "string", NULL, true);
    }
}

static void write_parameters(struct json_out *out, struct arena *arena, const struct route *route) {
    json_out_name(out, "parameters");
    json_out_array(out);
    write_path_parameters(out, arena, span_of(route->path));
    bool has_language = false;
    for (size_t i = 0; route->params != NULL && route->params[i].name != NULL; i++) {
        if (strcmp(route->params[i].name, "*") == 0) continue;
        has_language = has_language || strcmp(route->params[i].name, "language") == 0;
        write_parameter(out, route->params[i].name, "query", route->params[i].type, route->params[i].help, false);
    }
    if (!has_language) write_parameter(out, "language", "query", "string", "of the law's texts: two letters; else the person's, else Accept-Language, else English", false);
    if (route->is_filing) write_parameter(out, "Idempotency-Key", "header", "string", "the same key with the same body is filed once", false);
    json_out_array_end(out);
}

static void write_reference(struct json_out *out, struct arena *arena, const char *schema) {
    json_out_name(out, "schema");
    json_out_object(out);
    json_out_member_string(out, "$ref", arena_printf(arena, "#/components/schemas/%s", schema));
    json_out_object_end(out);
}

static void write_content(struct json_out *out, struct arena *arena, const char *media_type, const char *schema) {
    json_out_name(out, "content");
    json_out_object(out);
    json_out_name(out, media_type);
    json_out_object(out);
    write_reference(out, arena, schema);
    json_out_object_end(out);
    json_out_object_end(out);
}

static void write_body(struct json_out *out, struct arena *arena, const struct route *route) {
    if (route->request_schema == NULL) return;
    struct span schema = span_of(route->request_schema);
    const char *type = span_is(schema, "Bytes") ? "application/octet-stream" : span_is(schema, "ImportLines") ? "application/x-ndjson"
                       : span_is(schema, "UrlEncoded") ? "application/x-www-form-urlencoded"
                       : span_is(schema, "Multipart")  ? "multipart/form-data"
                                                       : "application/json";
    json_out_name(out, "requestBody");
    json_out_object(out);
    json_out_member_bool(out, "required", true);
    write_content(out, arena, type, route->request_schema);
    json_out_object_end(out);
}

static void write_response(struct json_out *out, struct arena *arena, const char *status, const char *words, const char *type, const char *schema) {
    json_out_name(out, status);
    json_out_object(out);
    json_out_member_text(out, "description", words);
    if (schema != NULL) write_content(out, arena, type, schema);
    json_out_object_end(out);
}

// A page says what is wrong as a page; before it is known what was asked for, a problem document does.
#define PAGE_PROBLEM SPAN("{\"description\":\"what is wrong\",\"content\":{\"text/html\":{},\"application/problem+json\":{\"schema\":{\"$ref\":\"#/components/schemas/Problem\"}}}}")

static void write_operation(struct json_out *out, struct arena *arena, const struct route *route) {
    char method[16] = {0};
    for (size_t i = 0; route->method[i] != '\0' && i < sizeof method - 1; i++) method[i] = (char)(route->method[i] + 32);
    json_out_name(out, method);
    json_out_object(out);
    json_out_member_text(out, "summary", route->summary);
    json_out_name(out, "tags");
    json_out_array(out);
    json_out_text(out, route->tag);
    json_out_array_end(out);
    write_parameters(out, arena, route);
    write_body(out, arena, route);
    if (route->auth != AUTH_NONE) {
        json_out_name(out, "security");
        json_out_raw(out, SPAN("[{\"bearer\":[]},{\"cookie\":[]}]"));
    }
    bool is_page = route->response_schema != NULL && span_is(span_of(route->response_schema), "Html");
    json_out_name(out, "responses");
    json_out_object(out);
    write_response(out, arena, (const char *)arena_printf(arena, "%u", route->status).at, "done", is_page ? "text/html" : "application/json", route->response_schema);
    if (route->is_filing) write_response(out, arena, "200", "filed before under the same key", is_page ? "text/html" : "application/json", route->response_schema);
    if (is_page) json_out_name(out, "default"), json_out_raw(out, PAGE_PROBLEM);
    else write_response(out, arena, "default", "a problem document that names field, rule and article", "application/problem+json", "Problem");
    json_out_object_end(out);
    json_out_object_end(out);
}

// "/log/tile/{path*}" is "/log/tile/{path}" to OpenAPI.
static struct span public_path(struct arena *arena, const char *path) {
    struct span text = span_of(path);
    size_t star = span_find(text, '*', 0);
    if (star == text.len) return text;
    return arena_printf(arena, "%.*s%.*s", SPAN_FMT(span_part(text, 0, star)), SPAN_FMT(span_part(text, star + 1, text.len)));
}

static bool is_first_of_path(const struct route *route) {
    for (size_t t = 0; route_tables[t] != NULL; t++)
        for (const struct route *other = route_tables[t]; other->method != NULL; other++)
            if (span_equals(span_of(other->path), span_of(route->path))) return other == route;
    return true;
}

static void write_path(struct json_out *out, struct arena *arena, const struct route *route) {
    json_out_name_span(out, public_path(arena, route->path));
    json_out_object(out);
    for (size_t t = 0; route_tables[t] != NULL; t++)
        for (const struct route *same = route_tables[t]; same->method != NULL; same++)
            if (span_equals(span_of(same->path), span_of(route->path))) write_operation(out, arena, same);
    json_out_object_end(out);
}

// The members of schemas.json and schemas_TOPIC.json as one object.
static void write_schemas(struct json_out *out, struct arena *arena) {
    struct buf all;
    buf_init(&all, arena, LIMIT_JSON_BYTES);
    buf_add_byte(&all, '{');
    for (size_t i = 0; i < embedded_api_count; i++) {
        struct span text = span_trim(span_make(embedded_api[i].bytes, embedded_api[i].size_bytes));
        if (!span_starts_with(span_of(embedded_api[i].path), SPAN("schemas")) || text.len < 2) continue;
        if (all.len > 1) buf_add_byte(&all, ',');
        buf_add(&all, span_part(text, 1, text.len - 1));
    }
    buf_add_byte(&all, '}');
    json_out_raw(out, all.is_failed ? SPAN("{}") : buf_span(&all));
}

static struct err get_openapi(struct api_request *request, struct api_response *response, struct why *why) {
    (void)why;
    struct arena *arena = request->arena;
    struct json_out out;
    api_json(response, 200, &out);
    json_out_object(&out);
    json_out_member_text(&out, "openapi", "3.1.0");
    json_out_name(&out, "info");
    json_out_raw(&out, SPAN("{\"title\":\"Varde\",\"version\":\"1\",\"license\":{\"name\":\"EUPL-1.2\",\"identifier\":\"EUPL-1.2\"},"
                            "\"description\":\"One node of the NIS2 cooperation system. Everything that changes the world is a filing: POST /api/v1/filings.\"}"));
    json_out_name(&out, "paths");
    json_out_object(&out);
    for (size_t t = 0; route_tables[t] != NULL; t++)
        for (const struct route *route = route_tables[t]; route->method != NULL; route++)
            if (is_first_of_path(route)) write_path(&out, arena, route);
    json_out_object_end(&out);
    json_out_name(&out, "components");
    json_out_object(&out);
    json_out_name(&out, "schemas");
    write_schemas(&out, arena);
    json_out_name(&out, "securitySchemes");
    json_out_raw(&out, SPAN("{\"bearer\":{\"type\":\"http\",\"scheme\":\"bearer\"},\"cookie\":{\"type\":\"apiKey\",\"in\":\"cookie\",\"name\":\"" ACCESS_COOKIE "\"}}"));
    json_out_object_end(&out);
    json_out_object_end(&out);
    return err_none();
}

const struct route routes_openapi[] = {
    {"GET", "/api/v1/openapi.json", get_openapi, AUTH_NONE, 0, RATE_OPEN, "health", "This document", NULL, "AnyObject", 200, NULL, false},
    {0},
};
