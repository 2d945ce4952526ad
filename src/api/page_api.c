// SPDX-License-Identifier: EUPL-1.2
/* Calls to those on duty: who was called, who took it; and the link that a called person follows without signing in. */
#include "api/access_json.h"
#include "api/resources.h"
#include "service/gate_view.h"
#include "service/page.h"

#define PARAMS(...) ((const struct value[]){__VA_ARGS__}), sizeof((const struct value[]){__VA_ARGS__}) / sizeof(struct value)
enum { P_ID, P_OFFICE, P_KIND, P_CASE, P_FILING, P_TOPIC, P_OPENED, P_STEP, P_NEXT, P_ACKNOWLEDGED, P_BY, P_HOW, P_BY_NAME };
static const char *const STEP_NAMES[] = {"none", "first", "second", "head"};

static const char *step_name(int64_t step) { return step >= 0 && step <= 3 ? STEP_NAMES[step] : "head"; }

// A call is the whole office's, its case only theirs who may read it.
static bool may_read_case(struct api_request *request, struct store_conn *conn, struct span id) {
    struct case_file file;
    struct access_case of;
    if (is_err(case_get(conn, id, request->arena, &file, NULL))) return false;
    if (is_err(case_find_filer(request->conn, &request->principal, request->received_ms, request->arena, &file, NULL))) return false;
    case_access(request->services, &file, request->arena, &of);
    bool may_read = !is_err(access_may_read_case(&request->principal, &of, request->received_ms, NULL)); // or as one of its parties
    if (!may_read && is_err(access_may_read_part(&request->principal, &of, request->received_ms, NULL))) return false;
    return !is_err(gate_case_known(request->services, conn, &file, &request->principal, request->received_ms, request->arena, NULL));
}

static void write_members(struct api_request *request, struct store_conn *conn, struct json_out *out, const struct rows *rows, size_t i) {
    struct arena *arena = request->arena;
    bool is_open = rows_at(rows, i, P_ACKNOWLEDGED)->type == VALUE_NULL;
    json_out_member_string(out, "id", rows_span(rows, i, P_ID));
    json_out_member_string(out, "office", rows_span(rows, i, P_OFFICE));
    bool is_known = may_read_case(request, conn, rows_span(rows, i, P_CASE));
    json_out_member_string(out, "case", is_known ? rows_span(rows, i, P_CASE) : span_make(NULL, 0));
    json_out_member_string(out, "filing", is_known ? rows_span(rows, i, P_FILING) : span_make(NULL, 0));
    json_out_member_string(out, "topic", rows_span(rows, i, P_TOPIC));
    json_out_member_text(out, "state", is_open ? "open" : "acknowledged");
    json_out_member_string(out, "opened_at", instant_text(arena, rows_int(rows, i, P_OPENED)));
    json_out_member_text(out, "step", step_name(rows_int(rows, i, P_STEP)));
    json_out_member_string(out, "next_call_at", is_open ? instant_text(arena, rows_int(rows, i, P_NEXT)) : span_make(NULL, 0));
    member_instant(out, arena, "acknowledged_at", rows_at(rows, i, P_ACKNOWLEDGED));
    json_out_member_string(out, "acknowledged_by", rows_span(rows, i, P_BY));
    json_out_member_string(out, "acknowledged_by_name", rows_span(rows, i, P_BY_NAME));
    json_out_member_string(out, "acknowledged_how", rows_span(rows, i, P_HOW));
}

static struct err write_calls(struct api_request *request, struct json_out *out, struct store_conn *conn, struct span id, struct why *why) {
    struct rows calls;
    TRY(store_read(conn, STMT_PAGE_CALLS, PARAMS(value_text(id)), request->arena, &calls, why));
    json_out_name(out, "calls");
    json_out_array(out);
    for (size_t i = 0; i < calls.count; i++) {
        json_out_object(out);
        json_out_member_string(out, "at", instant_text(request->arena, rows_int(&calls, i, 0)));
        json_out_member_text(out, "step", step_name(rows_int(&calls, i, 1)));
        json_out_member_string(out, "person", rows_span(&calls, i, 2));
        json_out_member_string(out, "name", rows_span(&calls, i, 3));
        json_out_member_int(out, "deliveries", rows_int(&calls, i, 4));
        json_out_member_bool(out, "is_stand_in", rows_int(&calls, i, 5) != 0);
        json_out_member_bool(out, "is_absent", rows_int(&calls, i, 6) != 0);
        json_out_object_end(out);
    }
    json_out_array_end(out);
    return err_none();
}

static struct err find(struct api_request *request, struct store_conn *conn, struct rows *ret, struct why *why) {
    TRY(store_read(conn, STMT_PAGE_GET, PARAMS(value_text(request->params[0])), request->arena, ret, why));
    if (ret->count == 0 || !access_has_role_at(&request->principal, rows_span(ret, 0, P_OFFICE), ROLE_READER))
        return why_set(why, ERR_NOT_FOUND, "", "page.unknown", "", "there is no such call");
    return err_none();
}

static struct err page_render(struct api_request *request, struct api_response *response, struct store_conn *conn, void *context, struct why *why) {
    (void)context;
    struct rows rows;
    struct json_out out;
    TRY(find(request, conn, &rows, why));
    api_json(response, 200, &out);
    json_out_object(&out);
    write_members(request, conn, &out, &rows, 0);
    TRY(write_calls(request, &out, conn, rows_span(&rows, 0, P_ID), why));
    json_out_object_end(&out);
    return err_none();
}

static struct err get_page(struct api_request *request, struct api_response *response, struct why *why) {
    return page_render(request, response, request->conn, NULL, why);
}

static struct err get_pages(struct api_request *request, struct api_response *response, struct why *why) {
    struct span office = api_query(request, "office"), state = api_query(request, "state");
    struct json after[2] = {{.type = JSON_INT}, {.type = JSON_STRING}};
    bool is_after = false;
    struct rows rows;
    int64_t limit;
    if (office.at == NULL && request->principal.role_count > 0) office = request->principal.roles[0].office;
    if (office.at == NULL || !access_has_role_at(&request->principal, office, ROLE_READER))
        return why_set(why, ERR_DENIED, "office", "access.office", "", "calls are shown to people of the office, signed in with their second factor");
    if (state.at != NULL && !span_is(state, "open")) return why_set(why, ERR_INPUT, "state", "api.query", "", "state is open, or absent for all");
    TRY(api_query_int(request, "limit", 50, 1, LIMIT_PAGE_ROWS, &limit, why));
    TRY(api_cursor_read(request, "pages", after, 2, &is_after, why));
    struct span case_id = api_query(request, "case");
    struct value params[] = {value_text(office), value_int(is_after ? after[0].integer : INT64_MAX), value_text(is_after ? after[1].string : SPAN("~")),
                             value_int(limit + 1), value_int(state.at != NULL), value_text(case_id)};
    enum statement statement = case_id.at != NULL ? STMT_PAGES_LIST_OF_CASE : state.at != NULL ? STMT_PAGES_LIST_OPEN : STMT_PAGES_LIST;
    TRY(store_read(request->conn, statement, params, case_id.at != NULL ? 6 : 4, request->arena, &rows, why));
    size_t shown = rows.count > (size_t)limit ? (size_t)limit : rows.count;
    struct json_out out;
    list_begin(response, &out);
    for (size_t i = 0; i < shown; i++) {
        json_out_object(&out);
        write_members(request, request->conn, &out, &rows, i);
        json_out_object_end(&out);
    }
    json_out_array_end(&out);
    json_out_name(&out, "next");
    if (rows.count > shown) {
        struct json last[2] = {json_from_int(rows_int(&rows, shown - 1, P_OPENED)), json_from_string(rows_span(&rows, shown - 1, P_ID))};
        json_out_string(&out, api_cursor_write(request, "pages", last, 2));
    } else {
        json_out_null(&out);
    }
    json_out_object_end(&out);
    return err_none();
}

static struct err acknowledge_apply(struct api_request *request, struct store_conn *conn, struct log_edge *edge, int64_t now_ms, void *context, struct why *why) {
    (void)edge;
    (void)context;
    struct rows rows;
    bool is_first;
    TRY(find(request, conn, &rows, why));
    return page_acknowledge(conn, request->params[0], request->principal.person_id, "signed_in", now_ms, &is_first, why);
}

static struct err post_acknowledge(struct api_request *request, struct api_response *response, struct why *why) {
    struct rows rows;
    TRY(find(request, request->conn, &rows, why));
    if (!access_has_role_at(&request->principal, rows_span(&rows, 0, P_OFFICE), ROLE_OFFICER))
        return why_set(why, ERR_DENIED, "", "access.office", "", "a call is taken by an officer of the office");
    return api_write(request, response, acknowledge_apply, page_render, NULL, false);
}

// --- the link ---

// Says nothing of the case. Fetching it does nothing (mail programs fetch links by themselves): the button does.
static struct err link_render(struct api_request *request, struct api_response *response, struct store_conn *conn, void *context, struct why *why) {
    (void)context;
    struct rows rows;
    TRY(store_read(conn, STMT_PAGE_GET, PARAMS(value_text(request->params[0])), request->arena, &rows, why));
    if (rows.count == 0) return why_set(why, ERR_NOT_FOUND, "", "page.unknown", "", "there is no such call");
    bool is_open = rows_at(&rows, 0, P_ACKNOWLEDGED)->type == VALUE_NULL;
    response->status = 200;
    response->media_type = "text/html; charset=utf-8";
    api_respond_header(response, "cache-control", SPAN("no-store"));
    api_respond_header(response, "referrer-policy", SPAN("no-referrer"));
    struct buf *out = &response->body;
    buf_add_text(out, "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">"
                      "<title>Call</title></head><body><main>");
    if (is_open) buf_add_text(out, "<p>You are called.</p><form method=\"post\"><button type=\"submit\">I take it</button></form>");
    else buf_printf(out, "<p>Acknowledged at %.*s.</p>", SPAN_FMT(instant_text(request->arena, rows_int(&rows, 0, P_ACKNOWLEDGED))));
    buf_add_text(out, "</main></body></html>\n");
    return err_none();
}

static struct err get_link(struct api_request *request, struct api_response *response, struct why *why) {
    struct span person;
    TRY(page_link_check(request->services, request->conn, request->params[0], request->params[1], request->arena, &person, why));
    return link_render(request, response, request->conn, NULL, why);
}

static struct err link_apply(struct api_request *request, struct store_conn *conn, struct log_edge *edge, int64_t now_ms, void *context, struct why *why) {
    (void)edge;
    (void)context;
    struct span person;
    bool is_first;
    TRY(page_link_check(request->services, conn, request->params[0], request->params[1], request->arena, &person, why));
    return page_acknowledge(conn, request->params[0], person, "link", now_ms, &is_first, why);
}

static struct err post_link(struct api_request *request, struct api_response *response, struct why *why) {
    struct span person;
    TRY(page_link_check(request->services, request->conn, request->params[0], request->params[1], request->arena, &person, why));
    return api_write(request, response, link_apply, link_render, NULL, false);
}

static const struct route_param LIST_PAGES[] = {
    {"office", "string", "whose calls; one's own office where absent"},
    {"state", "string", "open: only those that nobody has taken"},
    {"case", "string", "only those for this case"},
    {"limit", "integer", "rows, 1 to 250; 50 by default"},
    {"cursor", "string", "where to go on: next of the page before"},
    {NULL, NULL, NULL},
};

const struct route routes_page[] = {
    {"GET", "/api/v1/pages", get_pages, AUTH_KNOWN, SCOPE_READ, RATE_READ, "reach", "Calls to those on duty, newest first", NULL, "PageList", 200, LIST_PAGES, false},
    {"GET", "/api/v1/pages/{id}", get_page, AUTH_KNOWN, SCOPE_READ, RATE_READ, "reach", "A call, and who was called when", NULL, "Page", 200, NULL, false},
    {"POST", "/api/v1/pages/{id}/acknowledge", post_acknowledge, AUTH_KNOWN, SCOPE_FILE, RATE_FILE, "reach", "Take a call", NULL, "Page", 200, NULL, false},
    {"GET", "/api/v1/pages/{id}/link/{token}", get_link, AUTH_NONE, 0, RATE_OPEN, "reach", "What the link in a call shows: a button", NULL, NULL, 200, NULL, false},
    {"POST", "/api/v1/pages/{id}/link/{token}", post_link, AUTH_NONE, 0, RATE_OPEN, "reach", "Take a call by its link", NULL, NULL, 200, NULL, false},
    {0},
};
