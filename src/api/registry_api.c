// SPDX-License-Identifier: EUPL-1.2
/* What is drawn from the register: extracts for others, numbers of entities, and entries that the law sees otherwise today. */
#include "api/resources.h"
#include "exchange/gate.h"
#include "format/csv.h"
#include "service/registry.h"

enum { WINDOW_MAX = 2000, WINDOW = 500 };

// Officers of an office that keeps or reads the register, without bounds of sector.
static struct err need_office(const struct principal *who, struct why *why) {
    for (size_t i = 0; who->is_totp_done && i < who->role_count; i++)
        if (role_is_unbounded(&who->roles[i]) && (who->roles[i].kind->does & OFFICE_READS_REGISTER) != 0) return err_none();
    return why_set(why, ERR_DENIED, "", "access.office", "", "this is for officers without bounds of sector, signed in with their second factor");
}

static struct err get_rescoping(struct api_request *request, struct api_response *response, struct why *why) {
    struct civil at = zone_date(request->services->zone, request->received_ms);
    struct span day = api_query(request, "at"), after = api_query(request, "after");
    int64_t window = WINDOW;
    struct json_out out;
    TRY(need_office(&request->principal, why));
    if (day.at != NULL && !civil_parse(day, &at)) return why_set(why, ERR_INPUT, "at", "api.query", "", "a day such as 2027-01-01 is expected");
    if (after.len > LIMIT_NAME_BYTES) return why_set(why, ERR_INPUT, "after", "api.query", "", "the identifier of an entity is expected");
    TRY(api_query_int(request, "window", WINDOW, 1, WINDOW_MAX, &window, why));
    api_json(response, 200, &out);
    TRY(store_snapshot_begin(request->conn, why));
    struct err e = rescope_write(&out, request->services, request->conn, &request->principal, at, after, (size_t)window, request->received_ms, request->arena, why);
    store_snapshot_end(request->conn);
    return e;
}

// --- extracts ---

static void write_package(struct json_out *out, struct api_request *request, const struct registry_package *p) {
    json_out_object(out);
    json_out_member_string(out, "extract", p->extract->id);
    json_out_member_string(out, "to", p->extract->to);
    json_out_member_string(out, "article", p->extract->article);
    json_out_member_string(out, "state", request->services->state);
    json_out_member_string(out, "at", instant_text(request->arena, request->received_ms));
    json_out_member_bool(out, "is_exercise", request->services->is_exercise);
    json_out_member_string(out, "marking", SPAN("TLP:AMBER"));
    json_out_member_string(out, "version", p->version);
    json_out_member_int(out, "total", (int64_t)p->total);
    json_out_member_bool(out, "has_more", p->has_more);
    json_out_member_bool(out, "is_whole", p->is_whole);
    json_out_name(out, "changed");
    json_out_array(out);
    for (size_t i = 0; i < p->changed_count; i++) {
        json_out_object(out);
        json_out_member_string(out, "entity", p->changed[i].entity);
        json_out_member_bool(out, "is_new", p->changed[i].is_new);
        json_out_name(out, "entry");
        json_out_value(out, &p->changed[i].values);
        json_out_object_end(out);
    }
    json_out_array_end(out);
    json_out_name(out, "removed");
    json_out_array(out);
    for (size_t i = 0; i < p->removed_count; i++) json_out_string(out, p->removed[i]);
    json_out_array_end(out);
    json_out_object_end(out);
}

static struct span base64_of(struct arena *arena, struct span bytes) {
    struct buf text;
    buf_init(&text, arena, bytes.len * 2 + 8);
    buf_add_base64(&text, bytes);
    return buf_span(&text);
}

// The package as bytes, with the envelope that the node signs over them.
static struct err write_bundle(struct api_request *request, const struct registry_package *package, struct span bytes, struct json_out *out, struct why *why) {
    struct services *services = request->services;
    struct buf note;
    buf_init(&note, request->arena, 16 * 1024);
    if (services->sign == NULL) return why_set(why, ERR_UNSUPPORTED, "", "envelope.keys", "", "documents are signed by a running node");
    struct envelope envelope = {.kind = SPAN("extract"), .subject = package->version, .to = arena_printf(request->arena, "body:%.*s", SPAN_FMT(package->extract->to)),
                                .media = SPAN("application/json"), .sha256 = hash_sha256(bytes), .time_ms = request->received_ms};
    TRY(services->sign(services->sign_context, &envelope, &note, why));
    json_out_object(out);
    json_out_member_string(out, "name", arena_printf(request->arena, "registry-%.*s-%.*s.json", SPAN_FMT(package->extract->id), SPAN_FMT(services->state)));
    json_out_member_string(out, "version", package->version);
    json_out_member_string(out, "content", base64_of(request->arena, bytes));
    json_out_member_string(out, "envelope", buf_span(&note));
    json_out_object_end(out);
    return err_none();
}

static struct err get_extract(struct api_request *request, struct api_response *response, struct why *why) {
    struct registry_package package;
    struct json_out out;
    struct buf bytes;
    struct span whole = api_query(request, "whole"), format = api_query(request, "format");
    bool is_whole = whole.at != NULL && span_is(whole, "true"), is_bundle = format.at != NULL && span_is(format, "bundle");
    TRY(need_office(&request->principal, why));
    if (format.at != NULL && !is_bundle && !span_is(format, "json")) return why_set(why, ERR_INPUT, "format", "api.query", "", "format is json or bundle");
    TRY(store_snapshot_begin(request->conn, why));
    struct err e = registry_package_make(request->services, request->conn, request->params[0], is_whole, request->received_ms, request->arena, &package, why);
    store_snapshot_end(request->conn);
    TRY(e);
    if (!is_bundle) {
        api_json(response, 200, &out);
        write_package(&out, request, &package);
        return err_none();
    }
    buf_init(&bytes, request->arena, LIMIT_RECEIPT_BYTES);
    json_out_init(&out, &bytes);
    write_package(&out, request, &package);
    if (bytes.is_failed || out.is_failed) return err_make(ERR_MEMORY);
    api_json(response, 200, &out);
    return write_bundle(request, &package, buf_span(&bytes), &out, why);
}

// --- numbers ---

static const char *const COLUMNS[] = {"provision", "class", "sector", "subsector", "type", "count"};

static void write_csv(struct buf *buf, const struct json *cells) {
    struct csv_out csv = {.buf = buf};
    for (size_t i = 0; i < 6; i++) csv_text(&csv, span_of(COLUMNS[i]));
    csv_row_end(&csv);
    for (size_t i = 0; cells != NULL && i < cells->count; i++) {
        for (size_t k = 0; k < 5; k++) csv_text(&csv, cells->items[i].items[k].string);
        csv_int(&csv, cells->items[i].items[5].integer);
        csv_row_end(&csv);
    }
}

// Exact numbers, for whom the law names: to a person of an office, under the row of the packs that says so.
static struct err may_leave(const struct api_request *request, const struct json *content, struct why *why) {
    struct gate_item item = {.marking = {.label = TLP_AMBER}};
    struct gate_to to = {.is_in_node = true};
    struct gate_question question = {.item = &item, .to = &to, .exit = GATE_STATISTICS, .now_ms = request->received_ms,
                                     .declassified_by = json_get_string(content, "article")};
    struct gate_verdict verdict = gate_ask(&question, NULL);
    return verdict.is_allowed ? err_none() : why_set(why, ERR_DENIED, "", verdict.rule, "", "%.*s", SPAN_FMT(verdict.words));
}

static struct err numbers_read(struct api_request *request, struct span filing, int64_t *ret_at_ms, struct json *ret, struct why *why) {
    struct registry_numbers numbers;
    struct rows rows;
    *ret_at_ms = request->received_ms;
    if (filing.at == NULL) {
        TRY(registry_count(request->services, request->conn, request->received_ms, request->arena, &numbers, why));
        return registry_numbers_json(&numbers, request->arena, ret);
    }
    struct value id = value_text(filing);
    TRY(store_read(request->conn, STMT_REGISTRY_NUMBERS_GET, &id, 1, request->arena, &rows, why));
    if (rows.count == 0) return why_set(why, ERR_NOT_FOUND, "", "registry.numbers", "", "There are no such numbers.");
    *ret_at_ms = rows_int(&rows, 0, 0);
    return json_parse_within(request->arena, rows_span(&rows, 0, 1), LIMIT_EFFECTS_BYTES, ret, why);
}

static struct err get_counts(struct api_request *request, struct api_response *response, struct why *why) {
    struct span filing = api_query(request, "filing"), format = api_query(request, "format");
    struct json content;
    struct rows reported;
    int64_t at_ms;
    TRY(need_office(&request->principal, why));
    if (format.at != NULL && !span_is(format, "json") && !span_is(format, "csv")) return why_set(why, ERR_INPUT, "format", "api.query", "", "format is json or csv");
    TRY(numbers_read(request, filing, &at_ms, &content, why));
    TRY(may_leave(request, &content, why));
    const struct json *cells = json_get(&content, "cells");
    if (span_is(format, "csv")) {
        response->status = 200;
        response->media_type = "text/csv; charset=utf-8";
        api_respond_header(response, "content-disposition", SPAN("attachment; filename=\"counts.csv\""));
        write_csv(&response->body, cells);
        return err_none();
    }
    TRY(store_read(request->conn, STMT_REGISTRY_NUMBERS_LIST, NULL, 0, request->arena, &reported, why));
    struct json_out out;
    api_json(response, 200, &out);
    json_out_object(&out);
    json_out_member_string(&out, "state", request->services->state);
    json_out_member_string(&out, "at", instant_text(request->arena, at_ms));
    json_out_member_string(&out, "article", json_get_string(&content, "article"));
    json_out_member_string(&out, "mode", json_get_string(&content, "mode"));
    json_out_name(&out, "counts");
    json_out_array(&out);
    for (size_t i = 0; cells != NULL && i < cells->count; i++) {
        json_out_object(&out);
        for (size_t k = 0; k < 5; k++) {
            struct span text = cells->items[i].items[k].string;
            json_out_member_string(&out, COLUMNS[k], text.len > 0 ? text : span_make(NULL, 0));
        }
        json_out_member_int(&out, "count", cells->items[i].items[5].integer);
        json_out_object_end(&out);
    }
    json_out_array_end(&out);
    json_out_name(&out, "reported");
    json_out_array(&out);
    for (size_t i = 0; i < reported.count; i++) {
        json_out_object(&out);
        json_out_member_string(&out, "filing", rows_span(&reported, i, 0));
        json_out_member_string(&out, "at", instant_text(request->arena, rows_int(&reported, i, 1)));
        json_out_object_end(&out);
    }
    json_out_array_end(&out);
    json_out_object_end(&out);
    return err_none();
}

static const struct route_param RESCOPING[] = {
    {"at", "string", "the day whose law counts; today"},
    {"after", "string", "the entity after which to go on (\"next\" of the answer before)"},
    {"window", "integer", "how many entries to look at, 1 to 2000"},
    {NULL, NULL, NULL},
};
static const struct route_param EXTRACT[] = {
    {"whole", "boolean", "true: all that is in it, not the differences alone"},
    {"format", "string", "json, or bundle: the package as base64 with the envelope that the node signs over it"},
    {NULL, NULL, NULL},
};
static const struct route_param COUNTS[] = {
    {"filing", "string", "as they were reported by that filing; absent: as they are now"},
    {"format", "string", "json or csv"},
    {NULL, NULL, NULL},
};

const struct route routes_registry[] = {
    {"GET", "/api/v1/rescoping", get_rescoping, AUTH_KNOWN, SCOPE_READ, RATE_READ, "register", "Entries that the law of a day sees otherwise than the register, with the reasons", NULL, "Rescoping", 200, RESCOPING, false},
    {"GET", "/api/v1/registry/{extract}", get_extract, AUTH_KNOWN, SCOPE_READ, RATE_READ, "register", "What another is to get of the register, and what differs from the last that was forwarded", NULL, "RegistryPackage", 200, EXTRACT, false},
    {"GET", "/api/v1/counts", get_counts, AUTH_KNOWN, SCOPE_READ, RATE_READ, "register", "Numbers of entities by provision, class, sector, sub-sector and type", NULL, "EntityNumbers", 200, COUNTS, false},
    {0},
};
