// SPDX-License-Identifier: EUPL-1.2
/* What went out of one's offices over all cases, besides mails and calls (delivery_api.c): letters, and what was disclosed to others. */
#include "api/access_json.h"
#include "api/resources.h"
#include "service/case.h"
#include "service/gate_view.h"

enum { CURSOR_PARTS_MAX = 3 };

// Whether the case may be read for an office; the answer for the case before is kept, as rows of one case stand together.
struct reading {
    struct span case_id;
    bool is_allowed;
};

static bool may_read(struct api_request *request, struct span case_id, enum gate_exit exit, struct reading *last) {
    struct case_file file;
    struct access_case of;
    struct gate_view view;
    if (last->case_id.at != NULL && span_equals(last->case_id, case_id)) return last->is_allowed;
    *last = (struct reading){.case_id = case_id};
    if (is_err(case_get(request->conn, case_id, request->arena, &file, NULL))) return false;
    case_access(request->services, &file, request->arena, &of);
    if (is_err(access_may_read_case(&request->principal, &of, request->received_ms, NULL)) || access_role_for_case(&request->principal, &of) == NULL) return false;
    struct gate_place place = gate_place_of(&file);
    struct err e = gate_view_open(request->services, request->conn, &place, &request->principal, exit, request->received_ms, request->arena, &view, NULL);
    last->is_allowed = !is_err(e) && !is_err(gate_view_known(&view, NULL));
    return last->is_allowed;
}

static struct err need_officer(const struct api_request *request, struct why *why) {
    if (request->principal.is_totp_done && request->principal.role_count > 0) return err_none();
    return why_set(why, ERR_DENIED, "", "access.office", "", "this list is for officers, signed in with their second factor");
}

// --- letters ---

static const struct list_column LETTERS[] = {
    {"id", LIST_TEXT, 0, NULL}, {"case", LIST_TEXT, 1, NULL}, {"template", LIST_TEXT, 2, NULL}, {"language", LIST_TEXT, 3, NULL}, {"office", LIST_TEXT, 4, NULL},
    {"state", LIST_TEXT, 5, NULL}, {"number", LIST_TEXT, 6, NULL}, {"written_at", LIST_INSTANT, 7, NULL}, {"issued_at", LIST_INSTANT, 8, NULL},
    {"served_at", LIST_INSTANT, 9, NULL}, {0}};

static struct span offices_of(struct api_request *request) {
    struct buf buf;
    struct json_out out;
    buf_init(&buf, request->arena, 4096);
    json_out_init(&out, &buf);
    json_out_array(&out);
    for (size_t i = 0; i < request->principal.role_count; i++) json_out_string(&out, request->principal.roles[i].office);
    json_out_array_end(&out);
    return buf_span(&buf);
}

static struct err cursor_end(struct api_request *request, struct json_out *out, const char *kind, const struct json *last, size_t count, bool is_full) {
    json_out_array_end(out);
    json_out_name(out, "next");
    if (is_full) json_out_string(out, api_cursor_write(request, kind, last, count));
    else json_out_null(out);
    json_out_object_end(out);
    return err_none();
}

static struct err get_letters(struct api_request *request, struct api_response *response, struct why *why) {
    struct json after[CURSOR_PARTS_MAX] = {{.type = JSON_INT}, {.type = JSON_STRING}};
    struct span open = api_query(request, "open");
    bool is_given = false, is_open = open.at != NULL && span_is(open, "true");
    struct reading last = {0};
    struct json_out out;
    struct rows rows;
    int64_t limit;
    TRY(need_officer(request, why));
    TRY(api_query_int(request, "limit", 50, 1, LIMIT_PAGE_ROWS, &limit, why));
    TRY(api_cursor_read(request, "letters-out", after, 2, &is_given, why));
    struct value params[] = {value_text(offices_of(request)), value_int(is_given ? after[0].integer : INT64_MAX), value_text(is_given ? after[1].string : SPAN("")),
                             value_int(is_open), value_int(limit)};
    TRY(store_read(request->conn, STMT_LETTERS_OF_OFFICES, params, 5, request->arena, &rows, why));
    list_begin(response, &out);
    for (size_t i = 0; i < rows.count; i++)
        if (may_read(request, rows_span(&rows, i, 1), GATE_FILING, &last)) list_item(request, &out, LETTERS, &rows, i);
    if (rows.count > 0) {
        after[0] = json_from_int(rows_int(&rows, rows.count - 1, 7));
        after[1] = json_from_string(rows_span(&rows, rows.count - 1, 0));
    }
    return cursor_end(request, &out, "letters-out", after, 2, rows.count == (size_t)limit);
}

// --- disclosures ---

static const struct list_column DISCLOSURES[] = {
    {"release", LIST_TEXT, 0, NULL}, {"recipient", LIST_TEXT, 1, NULL}, {"case", LIST_TEXT, 2, NULL}, {"filing", LIST_TEXT, 3, NULL},
    {"state", LIST_TEXT, 4, NULL}, {"released_at", LIST_INSTANT, 5, NULL}, {"changed_at", LIST_INSTANT, 6, NULL}, {0}};

static struct err get_disclosures(struct api_request *request, struct api_response *response, struct why *why) {
    struct json after[CURSOR_PARTS_MAX] = {{.type = JSON_INT}, {.type = JSON_STRING}, {.type = JSON_STRING}};
    struct span open = api_query(request, "open");
    bool is_given = false, is_open = open.at != NULL && span_is(open, "true");
    struct reading last = {0};
    struct json_out out;
    struct rows rows;
    int64_t limit;
    TRY(need_officer(request, why));
    TRY(api_query_int(request, "limit", 50, 1, LIMIT_PAGE_ROWS, &limit, why));
    TRY(api_cursor_read(request, "disclosures-out", after, 3, &is_given, why));
    struct value params[] = {value_int(is_given ? after[0].integer : INT64_MAX), value_text(is_given ? after[1].string : SPAN("")),
                             value_text(is_given ? after[2].string : SPAN("")), value_int(is_open), value_int(limit)};
    TRY(store_read(request->conn, STMT_DISCLOSURES_OUT, params, 5, request->arena, &rows, why));
    list_begin(response, &out);
    for (size_t i = 0; i < rows.count; i++)
        if (may_read(request, rows_span(&rows, i, 2), GATE_CASE, &last)) list_item(request, &out, DISCLOSURES, &rows, i);
    if (rows.count > 0) {
        after[0] = json_from_int(rows_int(&rows, rows.count - 1, 6));
        after[1] = json_from_string(rows_span(&rows, rows.count - 1, 0));
        after[2] = json_from_string(rows_span(&rows, rows.count - 1, 1));
    }
    return cursor_end(request, &out, "disclosures-out", after, 3, rows.count == (size_t)limit);
}

static const struct route_param LETTERS_OF[] = {
    {"open", "boolean", "only those that are neither served nor refused"}, {"limit", "integer", "rows a page, 50 by default"}, {"cursor", "string", "\"next\" of the page before"}, {NULL, NULL, NULL}};
static const struct route_param DISCLOSURES_OF[] = {
    {"open", "boolean", "only those that somebody still has to hand over, confirm, or destroy"}, {"limit", "integer", "rows a page, 50 by default"}, {"cursor", "string", "\"next\" of the page before"}, {NULL, NULL, NULL}};

const struct route routes_outbox[] = {
    {"GET", "/api/v1/outbox/letters", get_letters, AUTH_KNOWN, SCOPE_READ, RATE_READ, "letters", "Letters of one's offices over all cases, newest first", NULL, "LetterOutList", 200, LETTERS_OF, false},
    {"GET", "/api/v1/outbox/disclosures", get_disclosures, AUTH_KNOWN, SCOPE_READ, RATE_READ, "releases", "What was disclosed to others, over all cases that one reads for an office; last changed first", NULL, "DisclosureOutList", 200, DISCLOSURES_OF, false},
    {0},
};
