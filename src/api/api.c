// SPDX-License-Identifier: EUPL-1.2
/* What handlers need: headers, query parameters, bodies, cursors, entity tags. */
#include "api/api.h"
#include "api/urlencoded.h"
#include "law/pack.h"

#include <stdio.h>

struct span api_header(const struct api_request *request, const char *name) {
    for (size_t i = 0; i < request->header_count; i++)
        if (span_is(request->headers[i].name, name)) return request->headers[i].value;
    return span_make(NULL, 0);
}

struct span api_query(const struct api_request *request, const char *name) {
    struct span rest = request->query;
    while (rest.len > 0) {
        size_t end = span_find(rest, '&', 0);
        struct span pair = span_part(rest, 0, end);
        rest = span_part(rest, end + 1, rest.len);
        size_t equals = span_find(pair, '=', 0);
        if (!span_is(span_part(pair, 0, equals), name)) continue;
        return urlencoded_text(request->arena, span_part(pair, equals + 1, pair.len));
    }
    return span_make(NULL, 0);
}

struct err api_workspace(const struct api_request *request, const struct workspace **ret, struct why *why) {
    struct span name = api_query(request, "workspace");
    *ret = name.at == NULL ? workspace_first(request->services->law) : workspace_find(request->services->law, name);
    return *ret != NULL ? err_none() : why_set(why, ERR_INPUT, "workspace", "api.query", "", "workspace: there is no such; it is desk, supervision or another of offices.yaml");
}

struct err api_query_int(const struct api_request *request, const char *name, int64_t fallback, int64_t low, int64_t high,
                         int64_t *ret, struct why *why) {
    struct span text = api_query(request, name);
    if (text.at == NULL) {
        *ret = fallback;
        return err_none();
    }
    int64_t value;
    if (!span_to_int(text, &value) || value < low || value > high)
        return why_set(why, ERR_INPUT, name, "api.query", "", "%s must be a whole number from %lld to %lld", name,
                       (long long)low, (long long)high);
    *ret = value;
    return err_none();
}

static const struct route_param *query_param_find(const struct route *route, struct span name) {
    for (const struct route_param *param = route->params; param != NULL && param->name != NULL; param++)
        if (span_is(name, param->name) || span_is(SPAN("*"), param->name)) return param; // "*": a page reads its own
    return NULL;
}

static struct err query_pair_check(const struct api_request *request, struct span name, struct span text, struct why *why) {
    const struct route_param *param = query_param_find(request->route, name);
    if (param == NULL && span_is(name, "language")) // of any answer
        return language_is_official(text) ? err_none() : why_set(why, ERR_INPUT, "language", "api.query", "", "language is one of the 24 official languages, as two letters");
    if (param == NULL) return why_set(why, ERR_INPUT, "", "api.query", "", "the query has a parameter that this resource does not know");
    struct span value = urlencoded_text(request->arena, text);
    if (value.at == NULL) return why_set(why, ERR_INPUT, param->name, "api.query", "", "%s is not percent-encoded UTF-8", param->name);
    // No text of ours holds a NUL; what a cursor holds is judged where it is read.
    if (!span_is(name, "cursor") && span_find(value, 0, 0) < value.len)
        return why_set(why, ERR_INPUT, param->name, "api.query", "", "%s holds a NUL", param->name);
    int64_t number;
    if (span_is(span_of(param->type), "integer") && !span_to_int(value, &number))
        return why_set(why, ERR_INPUT, param->name, "api.query", "", "%s must be a whole number", param->name);
    if (span_is(span_of(param->type), "boolean") && !span_is(value, "true") && !span_is(value, "false"))
        return why_set(why, ERR_INPUT, param->name, "api.query", "", "%s must be true or false", param->name);
    return err_none();
}

struct err api_query_check(const struct api_request *request, struct why *why) {
    if (query_param_find(request->route, SPAN("*")) != NULL) return err_none(); // the page reads its own address
    struct span seen[16];
    size_t count = 0;
    for (struct span rest = request->query; rest.len > 0;) {
        size_t end = span_find(rest, '&', 0);
        struct span pair = span_part(rest, 0, end);
        rest = span_part(rest, end + 1, rest.len);
        if (pair.len == 0) continue;
        size_t equals = span_find(pair, '=', 0);
        struct span name = span_part(pair, 0, equals);
        TRY(query_pair_check(request, name, span_part(pair, equals + 1, pair.len), why));
        for (size_t i = 0; i < count; i++)
            if (span_equals(seen[i], name)) return why_set(why, ERR_INPUT, "", "api.query", "", "a parameter stands twice in the query");
        if (count < sizeof seen / sizeof *seen) seen[count++] = name;
    }
    return err_none();
}

static bool is_json_media_type(struct span type) {
    size_t end = span_find(type, ';', 0);
    struct span essence = span_trim(span_part(type, 0, end));
    return span_is(essence, "application/json") || span_ends_with(essence, SPAN("+json"));
}

struct err api_body(const struct api_request *request, struct json *ret, struct why *why) {
    if (!is_json_media_type(api_header(request, "content-type")))
        return why_set(why, ERR_UNSUPPORTED, "", "http.media_type", "RFC 9110 15.5.16",
                       "the body must be JSON, with the header Content-Type: application/json");
    TRY(json_parse_wide(request->arena, request->body, ret, why));
    if (ret->type != JSON_OBJECT)
        return why_set(why, ERR_INPUT, "", "api.type", "", "the body must be a JSON object, not %s", json_type_name(ret->type));
    return err_none();
}

struct err api_member_text_optional(const struct json *object, const char *name, size_t max_bytes, struct span *ret,
                                    struct why *why) {
    const struct json *value = json_get(object, name);
    char field[128];
    (void)snprintf(field, sizeof field, "/%s", name);
    if (json_is_null(value)) {
        *ret = span_make(NULL, 0);
        return err_none();
    }
    if (value->type != JSON_STRING)
        return why_set(why, ERR_INPUT, field, "api.type", "", "%s must be a text, not %s", name, json_type_name(value->type));
    if (value->string.len > max_bytes)
        return why_set(why, ERR_INPUT, field, "api.length", "", "%s has %zu bytes, at most %zu are allowed", name,
                       value->string.len, max_bytes);
    *ret = value->string;
    return err_none();
}

struct err api_member_text(const struct json *object, const char *name, size_t max_bytes, struct span *ret, struct why *why) {
    struct span text;
    TRY(api_member_text_optional(object, name, max_bytes, &text, why));
    if (text.at == NULL) {
        char field[128];
        (void)snprintf(field, sizeof field, "/%s", name);
        return why_set(why, ERR_INPUT, field, "api.required", "", "%s is missing", name);
    }
    *ret = text;
    return err_none();
}

struct err api_members_only(const struct json *object, const char *const *names, struct why *why) {
    for (size_t i = 0; i < object->count; i++) {
        bool is_known = false;
        for (size_t k = 0; names[k] != NULL && !is_known; k++) is_known = span_is(object->members[i].name, names[k]);
        if (is_known) continue;
        struct span name = span_part(object->members[i].name, 0, 60);
        char field[128];
        (void)snprintf(field, sizeof field, "/%.*s", SPAN_FMT(name));
        return why_set(why, ERR_INPUT, field, "api.unknown_member", "", "\"%.*s\" is not known here", SPAN_FMT(name));
    }
    return err_none();
}

void api_respond_header(struct api_response *response, const char *name, struct span value) {
    if (response->header_count < API_RESPONSE_HEADERS)
        response->headers[response->header_count++] = (struct api_header){.name = span_of(name), .value = value};
}

void api_json(struct api_response *response, unsigned status, struct json_out *ret) {
    response->status = status;
    response->media_type = NULL;
    buf_clear(&response->body);
    json_out_init(ret, &response->body);
}

struct err api_made(struct api_response *response, const char *name, struct span id) {
    struct json_out out;
    api_json(response, 201, &out);
    json_out_object(&out);
    json_out_member_string(&out, name, id);
    json_out_object_end(&out);
    return err_none();
}

struct err api_done_render(struct api_request *request, struct api_response *response, struct store_conn *reader, void *ctx,
                           struct why *why) {
    (void)request;
    (void)reader;
    (void)ctx;
    (void)why;
    response->status = 204;
    return err_none();
}

// A header that holds a comma-separated list of tags, or "*".
static bool has_tag(struct span list, struct span tag) {
    while (list.len > 0) {
        size_t end = span_find(list, ',', 0);
        struct span one = span_trim(span_part(list, 0, end));
        if (span_starts_with(one, SPAN("W/"))) one = span_part(one, 2, one.len);
        if (span_equals(one, tag) || span_is(one, "*")) return true;
        list = span_part(list, end + 1, list.len);
    }
    return false;
}

// An answer in another language is another representation.
static struct span tag_of(const struct api_request *request, struct span kind, int64_t version) {
    bool is_plain = request->lang.len == 0 || span_is(request->lang, "en");
    return arena_printf(request->arena, "\"%.*s-%lld%s%.*s\"", SPAN_FMT(kind), (long long)version, is_plain ? "" : "-", is_plain ? 0 : (int)request->lang.len,
                        (const char *)request->lang.at);
}

bool api_etag(struct api_request *request, struct api_response *response, struct span kind, int64_t version) {
    struct span tag = tag_of(request, kind, version);
    api_respond_header(response, "etag", tag);
    struct span known = api_header(request, "if-none-match");
    if (known.at == NULL || !has_tag(known, tag)) return false;
    response->status = 304;
    buf_clear(&response->body);
    return true;
}

struct err api_if_match(const struct api_request *request, struct span kind, int64_t version, struct why *why) {
    struct span wanted = api_header(request, "if-match");
    if (wanted.at == NULL) return err_none();
    struct span tag = arena_printf(request->arena, "\"%.*s-%lld\"", SPAN_FMT(kind), (long long)version), said = tag_of(request, kind, version);
    if (has_tag(wanted, tag) || has_tag(wanted, said)) return err_none();
    return why_set(why, ERR_CONFLICT, "If-Match", "http.precondition", "RFC 9110 13.1.1",
                   "it was changed in the meantime (now %.*s); read it again before you change it", SPAN_FMT(tag));
}

struct span api_cursor_write(struct api_request *request, const char *kind, const struct json *parts, size_t count) {
    struct buf plain, hex;
    buf_init(&plain, request->arena, 4096);
    struct json_out out;
    json_out_init(&out, &plain);
    json_out_array(&out);
    json_out_text(&out, kind);
    for (size_t i = 0; i < count; i++) json_out_value(&out, &parts[i]);
    json_out_array_end(&out);
    buf_init(&hex, request->arena, 8192);
    buf_add_hex(&hex, buf_span(&plain));
    return buf_span(&hex);
}

struct err api_cursor_read(struct api_request *request, const char *kind, struct json *ret_parts, size_t count,
                           bool *ret_is_given, struct why *why) {
    struct span text = api_query(request, "cursor");
    *ret_is_given = false;
    if (text.at == NULL) return err_none();
    struct span plain;
    struct json list;
    bool is_good = text.len <= 8192 && !is_err(hex_decode(request->arena, text, &plain)) &&
                   !is_err(json_parse(request->arena, plain, &list, NULL)) && list.type == JSON_ARRAY &&
                   list.count == count + 1 && list.items[0].type == JSON_STRING && span_is(list.items[0].string, kind);
    for (size_t i = 0; is_good && i < count; i++) {
        is_good = list.items[i + 1].type == JSON_STRING || list.items[i + 1].type == JSON_INT;
        if (is_good && list.items[i + 1].type != ret_parts[i].type) is_good = false;
    }
    if (!is_good) return why_set(why, ERR_INPUT, "cursor", "api.cursor", "", "this cursor was not given out for this list");
    for (size_t i = 0; i < count; i++) ret_parts[i] = list.items[i + 1];
    *ret_is_given = true;
    return err_none();
}

struct err api_room(const struct api_request *request, struct why *why) {
    const struct services *services = request->services;
    if (atomic_load(&services->disk_free_bytes) >= services->disk_reserve_bytes) return err_none();
    return why_set(why, ERR_BUSY, "", "store.reserve", "", "the node keeps the last space of its disk for filings; try later, or call the office");
}
