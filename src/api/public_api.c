// SPDX-License-Identifier: EUPL-1.2
/* Published documents, for everybody: lists, one document under its stable address, its receipt, and calendars. */
#include "api/public.h"
#include "api/resources.h"
#include "format/csv.h"
#include "format/ical.h"
#include "law/procedure.h"
#include "service/proof.h"

static struct civil day_of(const struct api_request *request, const struct publication *of) { return zone_date(request->services->zone, of->published_ms); }

struct span public_label(struct api_request *request, const struct publication *of) {
    const struct services *services = request->services;
    return procedure_label(services->law, services->state, day_of(request, of), of->procedure, of->document, request->lang, request->arena);
}

void public_cacheable(struct api_request *request, struct api_response *response) {
    struct hash hash = hash_sha256(buf_span(&response->body));
    struct buf tag;
    buf_init(&tag, request->arena, 64);
    buf_add_hex(&tag, span_make(hash_span(&hash).at, 12));
    bool has_rule = false;
    for (size_t i = 0; i < response->header_count; i++) {
        if (!span_is(response->headers[i].name, "cache-control")) continue;
        response->headers[i].value = SPAN("public, max-age=60");
        has_rule = true;
    }
    if (!has_rule) api_respond_header(response, "cache-control", SPAN("public, max-age=60"));
    api_respond_header(response, "vary", SPAN("accept-language"));
    (void)api_etag(request, response, buf_span(&tag), (int64_t)response->body.len);
}

struct err public_read(struct api_request *request, struct public_document *ret, struct why *why) {
    const struct services *services = request->services;
    struct buf text;
    struct json_out out;
    int64_t version;
    TRY(api_query_int(request, "version", 0, 1, INT32_MAX, &version, why));
    TRY(publication_get(request->services, request->conn, request->params[0], version, request->received_ms, request->arena, &ret->of, why));
    buf_init(&text, request->arena, LIMIT_JSON_BYTES);
    json_out_init(&out, &text);
    TRY(procedure_write_form(&out, services->law, services->state, day_of(request, &ret->of), ret->of.procedure, ret->of.document, request->lang, why));
    TRY(json_parse(request->arena, buf_span(&text), &ret->form, why));
    ret->label = json_get_string(&ret->form, "label");
    struct value id = value_text(ret->of.id);
    return store_read(request->conn, STMT_PUBLICATION_VERSIONS, &id, 1, request->arena, &ret->versions, why);
}

struct err public_list_read(struct api_request *request, bool is_calendar, int64_t limit, struct public_list *ret, struct why *why) {
    struct json after = {.type = JSON_INT};
    bool is_after = false;
    *ret = (struct public_list){.limit = limit};
    if (!is_calendar) TRY(api_cursor_read(request, "public", &after, 1, &is_after, why));
    struct value params[] = {value_int(is_after ? after.integer : INT64_MAX), value_int(limit + 1), value_text(api_query(request, "procedure")),
                             value_text(api_query(request, "document")), value_int(is_calendar)};
    TRY(store_read(request->conn, STMT_PUBLICATION_PAGE, params, 5, request->arena, &ret->rows, why));
    ret->count = ret->rows.count <= (size_t)limit ? ret->rows.count : (size_t)limit;
    return err_none();
}

// --- JSON ---

static void write_head(struct json_out *out, struct api_request *request, const struct publication *of) {
    struct arena *arena = request->arena;
    json_out_member_string(out, "id", of->id);
    json_out_member_string(out, "filing", of->filing_id);
    json_out_member_string(out, "procedure", of->procedure);
    json_out_member_string(out, "document", of->document);
    json_out_member_string(out, "label", public_label(request, of));
    json_out_member_string(out, "title", publication_title(of, arena));
    json_out_member_string(out, "office", of->office);
    json_out_member_int(out, "version", of->version);
    json_out_member_bool(out, "is_latest", of->is_latest);
    json_out_member_string(out, "published_at", instant_text(arena, of->published_ms));
    json_out_member_string(out, "url", arena_printf(arena, "%.*s/public/%.*s", SPAN_FMT(request->services->public_url), SPAN_FMT(of->id)));
    json_out_member_bool(out, "is_event", of->calendar.len > 0);
}

static struct err get_list(struct api_request *request, struct api_response *response, struct why *why) {
    struct public_list list;
    struct json_out out;
    int64_t limit;
    TRY(api_query_int(request, "limit", 50, 1, LIMIT_PAGE_ROWS, &limit, why));
    TRY(public_list_read(request, false, limit, &list, why));
    api_json(response, 200, &out);
    json_out_object(&out);
    json_out_name(&out, "documents");
    json_out_array(&out);
    for (size_t i = 0; i < list.count; i++) {
        struct publication of = publication_of_row(&list.rows, i);
        bool is_shown;
        TRY(publication_open(request->services, request->conn, &of, request->received_ms, request->arena, &is_shown, why));
        if (!is_shown) continue;
        json_out_object(&out);
        write_head(&out, request, &of);
        json_out_object_end(&out);
    }
    json_out_array_end(&out);
    json_out_name(&out, "next");
    struct json last = json_from_int(list.count > 0 ? rows_int(&list.rows, list.count - 1, 0) : 0);
    if (list.rows.count > list.count) json_out_string(&out, api_cursor_write(request, "public", &last, 1));
    else json_out_null(&out);
    json_out_object_end(&out);
    public_cacheable(request, response);
    return err_none();
}

static void write_fields(struct json_out *out, struct api_request *request, const struct public_document *document) {
    const struct json *fields = json_get(&document->form, "fields");
    json_out_name(out, "fields");
    json_out_array(out);
    for (size_t i = 0; fields != NULL && i < fields->count; i++) {
        struct span name = json_get_string(&fields->items[i], "name");
        struct json value = publication_value(&document->of, name, request->arena);
        if (value.type == JSON_NULL) continue;
        json_out_object(out);
        json_out_member_string(out, "name", name);
        json_out_member_string(out, "label", json_get_string(&fields->items[i], "label"));
        json_out_member_string(out, "type", json_get_string(&fields->items[i], "type"));
        json_out_name(out, "value");
        json_out_value(out, &value);
        json_out_object_end(out);
    }
    json_out_array_end(out);
}

static struct err get_document(struct api_request *request, struct api_response *response, struct why *why) {
    struct public_document document;
    struct json_out out;
    TRY(public_read(request, &document, why));
    api_json(response, 200, &out);
    json_out_object(&out);
    write_head(&out, request, &document.of);
    json_out_member_string(&out, "article", json_get_string(&document.form, "article"));
    json_out_name(&out, "versions");
    json_out_array(&out);
    for (size_t i = 0; i < document.versions.count; i++) {
        json_out_object(&out);
        json_out_member_int(&out, "version", rows_int(&document.versions, i, 0));
        json_out_member_string(&out, "filing", rows_span(&document.versions, i, 1));
        json_out_member_string(&out, "published_at", instant_text(request->arena, rows_int(&document.versions, i, 2)));
        json_out_object_end(&out);
    }
    json_out_array_end(&out);
    write_fields(&out, request, &document);
    json_out_object_end(&out);
    public_cacheable(request, response);
    return err_none();
}

static struct err get_receipt(struct api_request *request, struct api_response *response, struct why *why) {
    struct public_document document;
    struct json_out out;
    TRY(public_read(request, &document, why));
    api_json(response, 200, &out);
    return proof_write_receipt(request->services, request->conn, &document.of.record, true, &out, request->arena, why);
}

// --- tables ---

static void cell_write(struct csv_out *out, const struct json *value, struct arena *arena) {
    if (json_is_null(value)) csv_empty(out);
    else if (value->type == JSON_STRING) csv_text(out, value->string);
    else if (value->type == JSON_INT) csv_int(out, value->integer);
    else if (value->type == JSON_BOOL) csv_text(out, value->boolean ? SPAN("yes") : SPAN("no"));
    else if (json_get_string(value, "at").at != NULL) csv_text(out, json_get_string(value, "at"));
    else {
        struct span text;
        if (is_err(json_canonical_text(arena, value, &text))) csv_empty(out);
        else csv_text(out, text);
    }
}

// A list of the document as rows: the names of its fields, then one row an element.
static struct err get_table(struct api_request *request, struct api_response *response, struct why *why) {
    struct public_document document;
    struct span name = api_query(request, "field");
    struct csv_out out = {.buf = &response->body};
    TRY(public_read(request, &document, why));
    struct json value = publication_value(&document.of, name, request->arena);
    if (value.type != JSON_ARRAY || value.count == 0 || value.items[0].type != JSON_OBJECT)
        return why_set(why, ERR_INPUT, "field", "api.query", "", "field: a list of this document that is public and not empty is expected");
    for (size_t i = 0; i < value.items[0].count; i++) csv_text(&out, value.items[0].members[i].name);
    csv_row_end(&out);
    for (size_t i = 0; i < value.count; i++) {
        for (size_t k = 0; k < value.items[i].count; k++) cell_write(&out, &value.items[i].members[k].value, request->arena);
        csv_row_end(&out);
    }
    response->status = 200;
    response->media_type = "text/csv; charset=utf-8; header=present";
    public_cacheable(request, response);
    return err_none();
}

// --- calendars ---

static bool event_time(const struct json *value, int64_t *ret_ms, struct civil *ret_day, bool *ret_is_day) {
    struct stamp stamp;
    *ret_is_day = value->type == JSON_STRING;
    if (*ret_is_day) return civil_parse(value->string, ret_day);
    struct span at = value->type == JSON_OBJECT ? json_get_string(value, "at") : span_make(NULL, 0);
    if (at.at == NULL || is_err(stamp_parse(at, NULL, "", &stamp, NULL))) return false;
    *ret_ms = stamp.ms;
    return true;
}

static struct json part_of(const struct publication *of, const struct json *calendar, const char *part, struct arena *arena) {
    return publication_value(of, json_get_string(calendar, part), arena);
}

static struct span text_of(const struct publication *of, const struct json *calendar, const char *part, struct arena *arena) {
    struct json value = part_of(of, calendar, part, arena);
    return value.type == JSON_STRING ? value.string : SPAN("");
}

// What is over keeps its times in the calendar, as cancelled; what it said is gone.
static struct err write_event(struct api_request *request, struct buf *out, const struct publication *of, struct why *why) {
    struct arena *arena = request->arena;
    struct json calendar;
    TRY(json_parse(arena, of->calendar, &calendar, why));
    struct json start = part_of(of, &calendar, "start", arena), end = part_of(of, &calendar, "end", arena);
    struct ical_event event = {.end_ms = INSTANT_NONE, .sequence = of->version * 2 - (of->is_ended ? 1 : 2), .is_cancelled = of->is_ended,
                               .stamp_ms = of->is_ended ? of->ended_ms : of->published_ms};
    bool is_end_day = false;
    if (!event_time(&start, &event.start_ms, &event.first_day, &event.is_whole_day)) return err_none(); // erased, or marked since
    event.last_day = event.first_day;
    if (end.type != JSON_NULL) (void)event_time(&end, &event.end_ms, &event.last_day, &is_end_day);
    if (event.is_whole_day && civil_compare(event.last_day, event.first_day) < 0) event.last_day = event.first_day;
    if (event.end_ms != INSTANT_NONE && event.end_ms < event.start_ms) event.end_ms = INSTANT_NONE;
    event.uid = arena_printf(arena, "%.*s@%.*s", SPAN_FMT(of->id), SPAN_FMT(request->services->origin));
    event.title = of->is_ended ? public_label(request, of) : text_of(of, &calendar, "title", arena);
    if (!of->is_ended) {
        event.place = text_of(of, &calendar, "place", arena);
        event.about = text_of(of, &calendar, "about", arena);
        event.url = arena_printf(arena, "%.*s/public/%.*s", SPAN_FMT(request->services->public_url), SPAN_FMT(of->id));
    }
    ical_event(out, &event);
    return err_none();
}

static void calendar_begin(struct api_request *request, struct api_response *response) {
    response->status = 200;
    response->media_type = "text/calendar; charset=utf-8";
    ical_begin(&response->body, request->services->node_name);
}

static struct err get_calendar(struct api_request *request, struct api_response *response, struct why *why) {
    struct public_list list;
    TRY(public_list_read(request, true, LIMIT_PAGE_ROWS, &list, why));
    calendar_begin(request, response);
    for (size_t i = 0; i < list.count; i++) {
        struct publication of = publication_of_row(&list.rows, i);
        bool is_shown;
        TRY(publication_open(request->services, request->conn, &of, request->received_ms, request->arena, &is_shown, why));
        if (is_shown) TRY(write_event(request, &response->body, &of, why));
    }
    ical_end(&response->body);
    public_cacheable(request, response);
    return err_none();
}

static struct err get_event(struct api_request *request, struct api_response *response, struct why *why) {
    struct publication of;
    bool is_shown;
    TRY(publication_find(request->conn, request->params[0], 0, request->arena, &of, why));
    if (of.calendar.len == 0) return why_set(why, ERR_NOT_FOUND, "", "publication.no_event", "", "This document stands in no calendar.");
    TRY(publication_open(request->services, request->conn, &of, request->received_ms, request->arena, &is_shown, why));
    if (!is_shown) return why_set(why, ERR_NOT_FOUND, "", "publication.gone", "", "This was published and is no longer.");
    calendar_begin(request, response);
    TRY(write_event(request, &response->body, &of, why));
    ical_end(&response->body);
    public_cacheable(request, response);
    return err_none();
}

static const struct route_param LIST[] = {
    {"procedure", "string", "only this procedure"},
    {"document", "string", "only this document of it"},
    {"limit", "integer", "rows, 1 to 250; 50 by default. A page may show fewer: what was frozen meanwhile is left out"},
    {"cursor", "string", "where to go on: next of the page before"},
    {NULL, NULL, NULL},
};
static const struct route_param CALENDAR[] = {
    {"procedure", "string", "only this procedure"},
    {"document", "string", "only this document of it"},
    {NULL, NULL, NULL},
};
static const struct route_param TABLE[] = {
    {"field", "string", "which list of the document"},
    {"version", "integer", "an earlier version; the latest by default"},
    {NULL, NULL, NULL},
};
static const struct route_param VERSION[] = {
    {"version", "integer", "an earlier version; the latest by default"},
    {NULL, NULL, NULL},
};

const struct route routes_public[] = {
    {"GET", "/api/v1/public", get_list, AUTH_NONE, 0, RATE_OPEN, "public", "Documents that everybody may read, newest first", NULL, "PublicList", 200, LIST, false},
    {"GET", "/api/v1/public/calendar.ics", get_calendar, AUTH_NONE, 0, RATE_OPEN, "public", "Those with times, as a calendar (RFC 5545); the 250 newest", NULL, NULL, 200, CALENDAR, false},
    {"GET", "/api/v1/public/{id}", get_document, AUTH_NONE, 0, RATE_OPEN, "public", "One of them; the id of any version leads to the latest. 410 once it is withdrawn", NULL, "PublicDocument", 200, VERSION, false},
    {"GET", "/api/v1/public/{id}/receipt", get_receipt, AUTH_NONE, 0, RATE_OPEN, "public", "Its receipt, which proves what was published and when", NULL, "Receipt", 200, VERSION, false},
    {"GET", "/api/v1/public/{id}/data.csv", get_table, AUTH_NONE, 0, RATE_OPEN, "public", "One of its lists as a table", NULL, NULL, 200, TABLE, false},
    {"GET", "/api/v1/public/{id}/calendar.ics", get_event, AUTH_NONE, 0, RATE_OPEN, "public", "Its event, cancelled once it is withdrawn", NULL, NULL, 200, NULL, false},
    {0},
};
