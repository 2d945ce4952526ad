// SPDX-License-Identifier: EUPL-1.2
/* What went out of one's offices over all cases, besides mails and calls (delivery_api.c): letters, and what was disclosed to others. */
#include "api/access_json.h"
#include "api/fill.h"
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

// --- lists ---

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

static const struct list_column DISCLOSURES[] = {
    {"release", LIST_TEXT, 0, NULL}, {"recipient", LIST_TEXT, 1, NULL}, {"case", LIST_TEXT, 2, NULL}, {"filing", LIST_TEXT, 3, NULL},
    {"state", LIST_TEXT, 4, NULL}, {"released_at", LIST_INSTANT, 5, NULL}, {"changed_at", LIST_INSTANT, 6, NULL}, {0}};

// What differs between the two lists. Their statements take the cursor's parts, whether only what is open is wanted, the number of rows, and the offices.
struct out_list {
    const char *kind; // of the cursor
    enum statement statement;
    const struct list_column *columns;
    enum gate_exit exit;
    size_t case_at;
    size_t part_count, parts_at[CURSOR_PARTS_MAX]; // columns from which the next page goes on: an instant, then identifiers
};

static void cursor_of(const struct out_list *list, const struct rows *rows, size_t i, struct json *ret) {
    ret[0] = json_from_int(rows_int(rows, i, list->parts_at[0]));
    for (size_t k = 1; k < list->part_count; k++) ret[k] = json_from_string(rows_span(rows, i, list->parts_at[k]));
}

static struct err read_batch(struct api_request *request, const struct out_list *list, const struct json *after, bool is_open, int64_t limit, struct rows *ret, struct why *why) {
    struct value params[CURSOR_PARTS_MAX + 3] = {value_int(after[0].integer)};
    size_t count = 1;
    for (; count < list->part_count; count++) params[count] = value_text(after[count].string);
    params[count++] = value_int(is_open);
    params[count++] = value_int(limit);
    if (list->statement == STMT_LETTERS_OF_OFFICES) params[count++] = value_text(offices_of(request));
    return store_read(request->conn, list->statement, params, count, request->arena, ret, why);
}

static struct err write_list(struct api_request *request, struct api_response *response, const struct out_list *list, struct why *why) {
    struct json after[CURSOR_PARTS_MAX] = {{.type = JSON_INT}, {.type = JSON_STRING}, {.type = JSON_STRING}};
    struct span open = api_query(request, "open");
    bool is_given = false, is_open = open.at != NULL && span_is(open, "true");
    struct reading last = {0};
    struct json_out out;
    struct rows rows;
    int64_t limit;
    TRY(need_officer(request, why));
    TRY(api_query_int(request, "limit", 50, 1, LIMIT_PAGE_ROWS, &limit, why));
    TRY(api_cursor_read(request, list->kind, after, list->part_count, &is_given, why));
    if (!is_given) after[0] = json_from_int(INT64_MAX);
    if (!is_given) after[1] = after[2] = json_from_string(SPAN(""));
    struct fill fill = fill_of(limit);
    list_begin(response, &out);
    do {
        TRY(read_batch(request, list, after, is_open, fill_asked(&fill), &rows, why));
        for (size_t i = 0; i < rows.count; i++) {
            enum fill_row is = fill_ask(&fill, may_read(request, rows_span(&rows, i, list->case_at), list->exit, &last));
            if (is == FILL_STOP) break;
            cursor_of(list, &rows, i, after);
            if (is == FILL_SHOW) list_item(request, &out, list->columns, &rows, i);
        }
    } while (fill_goes_on(&fill, rows.count));
    json_out_array_end(&out);
    json_out_name(&out, "next");
    if (fill.is_more) json_out_string(&out, api_cursor_write(request, list->kind, after, list->part_count));
    else json_out_null(&out);
    json_out_object_end(&out);
    return err_none();
}

static struct err get_letters(struct api_request *request, struct api_response *response, struct why *why) {
    static const struct out_list LIST = {"letters-out", STMT_LETTERS_OF_OFFICES, LETTERS, GATE_FILING, 1, 2, {7, 0, 0}};
    return write_list(request, response, &LIST, why);
}

static struct err get_disclosures(struct api_request *request, struct api_response *response, struct why *why) {
    static const struct out_list LIST = {"disclosures-out", STMT_DISCLOSURES_OUT, DISCLOSURES, GATE_CASE, 2, 3, {6, 0, 1}};
    return write_list(request, response, &LIST, why);
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
