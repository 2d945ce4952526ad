// SPDX-License-Identifier: EUPL-1.2
/* The many whom one case concerns, for the offices: who is silent, who answered what; and the cases that stand under one. */
#include "api/resources.h"
#include "law/procedure.h"
#include "service/case.h"
#include "service/gate_list.h"
#include "service/party.h"

enum { CSV_ROWS = 1000 };
#define NEVER_MS INT64_MAX

struct parties_asked {
    struct case_file file;
    struct gate_list gate;
    struct span state;
    bool is_late, is_of_cases, is_csv;
    int64_t limit;
    struct span after;
};

// The case, for one who works at an office that sees it; for others there is none.
static struct err open_case(struct api_request *request, struct parties_asked *ret, struct why *why) {
    struct access_case of;
    struct case_file *file = &ret->file;
    TRY(case_get(request->conn, request->params[0], request->arena, file, why));
    case_access(request->services, file, request->arena, &of);
    if (access_role_for_case(&request->principal, &of) == NULL || !case_has_parties(file)) return access_no_case(why);
    TRY(access_may_read_case(&request->principal, &of, request->received_ms, why));
    struct gate_view view;
    struct gate_place place = gate_place_of(file);
    TRY(gate_view_open(request->services, request->conn, &place, &request->principal, GATE_LIST, request->received_ms, request->arena, &view, why));
    TRY(gate_view_known(&view, why));
    TRY(gate_list_load(request->conn, request->received_ms, request->arena, &ret->gate, why));
    ret->is_of_cases = span_is(procedure_parties(request->services->law, request->services->state, file->procedure, NULL), "cases");
    return err_none();
}

// Whether a hold keeps a case under this one out of this person's sight.
static struct err is_hidden(struct api_request *request, struct store_conn *conn, const struct parties_asked *asked, struct span case_id, bool *ret,
                            struct why *why) {
    struct case_file file;
    bool is_blocked = false;
    *ret = false;
    for (size_t i = 0; i < asked->gate.count; i++) is_blocked = is_blocked || span_equals(asked->gate.rows[i].case_id, case_id);
    if (!is_blocked) return err_none();
    TRY(case_get(conn, case_id, request->arena, &file, why));
    struct gate_place place = gate_place_of(&file);
    return gate_list_hides(&asked->gate, request->services, conn, &place, &request->principal, request->received_ms, request->arena, ret, why);
}

static struct err read_page(struct api_request *request, struct store_conn *conn, const struct parties_asked *asked, struct span after, int64_t limit,
                            struct rows *ret, struct why *why) {
    struct value params[] = {value_text(asked->file.id), value_text(after), value_int(limit), value_text(asked->state), value_int(request->received_ms)};
    if (asked->is_of_cases) return store_read(conn, STMT_MEMBER_PAGE, params, 4, request->arena, ret, why);
    return store_read(conn, asked->is_late ? STMT_PARTY_PAGE_LATE : STMT_PARTY_PAGE, params, asked->is_late ? 5 : 4, request->arena, ret, why);
}

static void write_instant(struct json_out *out, const char *name, int64_t at_ms, struct arena *arena) {
    json_out_member_string(out, name, at_ms == NEVER_MS ? span_make(NULL, 0) : instant_text(arena, at_ms));
}

static void write_party(struct json_out *out, const struct services *services, const struct rows *rows, size_t i, struct arena *arena) {
    const struct access_office *office = access_office_find(services->access, rows_span(rows, i, 0));
    json_out_object(out);
    json_out_member_string(out, "party", rows_span(rows, i, 0));
    json_out_member_string(out, "name", office != NULL ? office->name : rows_span(rows, i, 4));
    if (office != NULL) json_out_member_string(out, "of_state", office->state);
    json_out_member_string(out, "class", rows_span(rows, i, 5));
    json_out_member_string(out, "state", rows_span(rows, i, 1));
    write_instant(out, "joined_at", rows_int(rows, i, 2), arena);
    write_instant(out, "changed_at", rows_int(rows, i, 3), arena);
    json_out_object_end(out);
}

static void write_member(struct json_out *out, const struct services *services, const struct rows *rows, size_t i, struct arena *arena) {
    (void)services;
    json_out_object(out);
    json_out_member_string(out, "party", rows_span(rows, i, 0));
    json_out_member_string(out, "procedure", rows_span(rows, i, 1));
    json_out_member_string(out, "state", rows_span(rows, i, 2));
    json_out_member_string(out, "entity", rows_span(rows, i, 3));
    json_out_member_string(out, "name", rows_span(rows, i, 4));
    json_out_name(out, "sectors");
    json_out_raw(out, rows_span(rows, i, 5).at != NULL ? rows_span(rows, i, 5) : SPAN("[]"));
    write_instant(out, "next_due", rows_int(rows, i, 6), arena);
    write_instant(out, "opened_at", rows_int(rows, i, 7), arena);
    write_instant(out, "changed_at", rows_int(rows, i, 8), arena);
    write_instant(out, "joined_at", rows_int(rows, i, 9), arena);
    json_out_object_end(out);
}

// --- figures ---

static struct err write_party_figures(struct api_request *request, struct store_conn *conn, struct json_out *out, struct span case_id, struct why *why) {
    struct value id = value_text(case_id);
    struct rows states, duties;
    TRY(store_read(conn, STMT_PARTY_COUNTS, &id, 1, request->arena, &states, why));
    TRY(store_read(conn, STMT_PARTY_DUTY_COUNTS, &id, 1, request->arena, &duties, why));
    int64_t all = 0;
    json_out_name(out, "counts");
    json_out_object(out);
    for (size_t i = 0; i < states.count; i++) {
        json_out_name_span(out, rows_span(&states, i, 0));
        json_out_int(out, rows_int(&states, i, 1));
        all += rows_int(&states, i, 1);
    }
    json_out_object_end(out);
    json_out_member_int(out, "total", all);
    json_out_name(out, "duties");
    json_out_array(out);
    for (size_t i = 0; i < duties.count; i++) {
        int64_t open = rows_int(&duties, i, 5) - rows_int(&duties, i, 6);
        bool is_over = rows_int(&duties, i, 3) < request->received_ms, is_closed = rows_at(&duties, i, 4)->type != VALUE_NULL;
        json_out_object(out);
        json_out_member_string(out, "duty", rows_span(&duties, i, 1));
        write_instant(out, "due", rows_int(&duties, i, 2), request->arena);
        json_out_member_int(out, "owed_by", rows_int(&duties, i, 5));
        json_out_member_int(out, "done", rows_int(&duties, i, 6));
        json_out_member_int(out, "done_after", rows_int(&duties, i, 7));
        json_out_member_int(out, "open", is_closed || open < 0 ? 0 : open);
        json_out_member_int(out, "open_after", is_closed || open < 0 || !is_over ? 0 : open);
        json_out_member_bool(out, "is_closed", is_closed);
        json_out_object_end(out);
    }
    json_out_array_end(out);
    return err_none();
}

static struct err write_member_figures(struct api_request *request, struct store_conn *conn, struct json_out *out, struct span case_id, struct why *why) {
    struct value params[] = {value_text(case_id), value_int(request->received_ms)};
    struct rows stages, late, states;
    TRY(store_read(conn, STMT_MEMBER_COUNTS, params, 1, request->arena, &stages, why));
    TRY(store_read(conn, STMT_MEMBER_LATE, params, 2, request->arena, &late, why));
    TRY(store_read(conn, STMT_MEMBER_STATES, params, 1, request->arena, &states, why));
    int64_t all = 0;
    json_out_name(out, "counts");
    json_out_object(out);
    for (size_t i = 0; i < stages.count; i++) {
        json_out_name_span(out, arena_printf(request->arena, "%.*s.%.*s", SPAN_FMT(rows_span(&stages, i, 0)), SPAN_FMT(rows_span(&stages, i, 1))));
        json_out_int(out, rows_int(&stages, i, 2));
        all += rows_int(&stages, i, 2);
    }
    json_out_object_end(out);
    json_out_member_int(out, "total", all);
    json_out_member_int(out, "late_cases", rows_int(&late, 0, 0));
    json_out_member_int(out, "late_duties", rows_int(&late, 0, 1));
    json_out_name(out, "affected_states");
    json_out_object(out);
    for (size_t i = 0; i < states.count; i++) {
        json_out_name_span(out, rows_span(&states, i, 0));
        json_out_int(out, rows_int(&states, i, 1));
    }
    json_out_object_end(out);
    return err_none();
}

// --- lists ---

static struct err parties_render(struct api_request *request, struct api_response *response, struct store_conn *conn, void *context, struct why *why) {
    const struct parties_asked *asked = context;
    struct rows rows, waiting;
    struct value id = value_text(asked->file.id);
    TRY(read_page(request, conn, asked, asked->after, asked->limit + 1, &rows, why));
    TRY(store_read(conn, STMT_PARTY_TASK_COUNT, &id, 1, request->arena, &waiting, why));
    struct json_out out;
    api_json(response, 200, &out);
    json_out_object(&out);
    json_out_member_string(&out, "case", asked->file.id);
    TRY((asked->is_of_cases ? write_member_figures : write_party_figures)(request, conn, &out, asked->file.id, why));
    json_out_member_int(&out, "waiting", rows_int(&waiting, 0, 0));
    json_out_name(&out, "parties");
    json_out_array(&out);
    size_t shown = rows.count > (size_t)asked->limit ? (size_t)asked->limit : rows.count;
    for (size_t i = 0; i < shown; i++) {
        bool is_held = false;
        if (asked->is_of_cases) TRY(is_hidden(request, conn, asked, rows_span(&rows, i, 0), &is_held, why));
        if (!is_held) (asked->is_of_cases ? write_member : write_party)(&out, request->services, &rows, i, request->arena);
    }
    json_out_array_end(&out);
    json_out_name(&out, "next");
    struct json last = json_from_string(shown > 0 ? rows_span(&rows, shown - 1, 0) : SPAN(""));
    if (rows.count > shown) json_out_string(&out, api_cursor_write(request, "parties", &last, 1));
    else json_out_null(&out);
    json_out_object_end(&out);
    return err_none();
}

// A cell that a table program would take for a formula begins with a quote.
static void csv_cell(struct buf *out, struct span text, bool is_last) {
    bool is_formula = text.len > 0 && text.at[0] != 0 && strchr("=+-@\t", text.at[0]) != NULL;
    buf_add_byte(out, '"');
    if (is_formula) buf_add_byte(out, '\'');
    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] == '"') buf_add_byte(out, '"');
        buf_add_byte(out, text.at[i]);
    }
    buf_add_text(out, is_last ? "\"\r\n" : "\",");
}

static struct err csv_render(struct api_request *request, struct api_response *response, struct store_conn *conn, void *context, struct why *why) {
    const struct parties_asked *asked = context;
    struct buf *out = &response->body;
    struct span after = SPAN("");
    response->status = 200;
    response->media_type = "text/csv; charset=utf-8";
    buf_clear(out);
    buf_add_text(out, asked->is_of_cases ? "case,procedure,state,entity,name,opened_at,changed_at\r\n" : "party,name,class,state,joined_at,changed_at\r\n");
    for (bool is_more = true; is_more;) {
        struct rows rows;
        TRY(read_page(request, conn, asked, after, CSV_ROWS, &rows, why));
        for (size_t i = 0; i < rows.count; i++) {
            bool is_held = false;
            if (asked->is_of_cases) TRY(is_hidden(request, conn, asked, rows_span(&rows, i, 0), &is_held, why));
            if (is_held) continue;
            csv_cell(out, rows_span(&rows, i, 0), false);
            if (asked->is_of_cases) {
                for (size_t k = 1; k < 5; k++) csv_cell(out, rows_span(&rows, i, k), false);
                csv_cell(out, instant_text(request->arena, rows_int(&rows, i, 7)), false);
                csv_cell(out, instant_text(request->arena, rows_int(&rows, i, 8)), true);
                continue;
            }
            csv_cell(out, rows_span(&rows, i, 4), false);
            csv_cell(out, rows_span(&rows, i, 5), false);
            csv_cell(out, rows_span(&rows, i, 1), false);
            csv_cell(out, instant_text(request->arena, rows_int(&rows, i, 2)), false);
            csv_cell(out, instant_text(request->arena, rows_int(&rows, i, 3)), true);
        }
        is_more = rows.count == CSV_ROWS;
        if (rows.count > 0) after = rows_span(&rows, rows.count - 1, 0);
    }
    return out->is_failed ? err_make(ERR_MEMORY) : err_none();
}

static struct err get_parties(struct api_request *request, struct api_response *response, struct why *why) {
    struct parties_asked *asked = ARENA_NEW(request->arena, struct parties_asked);
    struct json after = {.type = JSON_STRING};
    bool is_after;
    if (asked == NULL) return err_make(ERR_MEMORY);
    TRY(open_case(request, asked, why));
    TRY(api_query_int(request, "limit", 50, 1, LIMIT_PAGE_ROWS, &asked->limit, why));
    TRY(api_cursor_read(request, "parties", &after, 1, &is_after, why));
    struct span late = api_query(request, "late"), format = api_query(request, "format");
    if (format.at != NULL && !span_is(format, "csv") && !span_is(format, "json")) return why_set(why, ERR_INPUT, "format", "api.query", "", "format is json or csv");
    asked->after = is_after ? after.string : SPAN("");
    asked->state = api_query(request, "state");
    asked->is_late = late.at != NULL && span_is(late, "true");
    asked->is_csv = span_is(format, "csv");
    struct access_case of;
    case_access(request->services, &asked->file, request->arena, &of);
    return api_read_noted(request, response, "case", asked->file.id, asked->file.entity_id, access_role_for_case(&request->principal, &of),
                          asked->is_csv ? csv_render : parties_render, asked, why);
}

static struct err party_render(struct api_request *request, struct api_response *response, struct store_conn *conn, void *context, struct why *why) {
    const struct parties_asked *asked = context;
    struct json_out out;
    api_json(response, 200, &out);
    return party_write_part(&out, request->services, conn, &asked->file, request->params[1], true, request->received_ms, request->arena, why);
}

static struct err get_party(struct api_request *request, struct api_response *response, struct why *why) {
    struct parties_asked *asked = ARENA_NEW(request->arena, struct parties_asked);
    struct party party;
    if (asked == NULL) return err_make(ERR_MEMORY);
    TRY(open_case(request, asked, why));
    TRY(party_get(request->conn, asked->file.id, request->params[1], request->arena, &party, why));
    struct access_case of;
    case_access(request->services, &asked->file, request->arena, &of);
    return api_read_noted(request, response, "case", asked->file.id, party.id, access_role_for_case(&request->principal, &of), party_render, asked, why);
}

// --- over cases under a case ---

static struct err timeline_render(struct api_request *request, struct api_response *response, struct store_conn *conn, void *context, struct why *why) {
    const struct parties_asked *asked = context;
    int64_t before = NEVER_MS;
    if (asked->after.len > 0 && !span_to_int(asked->after, &before)) before = NEVER_MS;
    struct value params[] = {value_text(asked->file.id), value_int(before), value_int(asked->limit + 1)};
    struct rows rows;
    TRY(store_read(conn, STMT_MEMBER_TIMELINE, params, 3, request->arena, &rows, why));
    size_t shown = rows.count > (size_t)asked->limit ? (size_t)asked->limit : rows.count;
    struct json_out out;
    api_json(response, 200, &out);
    json_out_object(&out);
    json_out_member_string(&out, "case", asked->file.id);
    json_out_name(&out, "filings");
    json_out_array(&out);
    for (size_t i = 0; i < shown; i++) {
        bool is_held;
        TRY(is_hidden(request, conn, asked, rows_span(&rows, i, 2), &is_held, why));
        if (is_held) continue;
        json_out_object(&out);
        json_out_member_string(&out, "id", rows_span(&rows, i, 1));
        json_out_member_int(&out, "log_index", rows_int(&rows, i, 0));
        json_out_member_string(&out, "case", rows_span(&rows, i, 2));
        json_out_member_string(&out, "entity", rows_span(&rows, i, 3));
        json_out_member_string(&out, "name", rows_span(&rows, i, 4));
        json_out_member_string(&out, "procedure", rows_span(&rows, i, 5));
        json_out_member_string(&out, "document", rows_span(&rows, i, 6));
        json_out_member_string(&out, "filer_role", rows_span(&rows, i, 7));
        write_instant(&out, "received_at", rows_int(&rows, i, 8), request->arena);
        json_out_object_end(&out);
    }
    json_out_array_end(&out);
    json_out_name(&out, "next");
    struct json last = json_from_int(shown > 0 ? rows_int(&rows, shown - 1, 0) : 0);
    if (rows.count > shown) json_out_string(&out, api_cursor_write(request, "member-timeline", &last, 1));
    else json_out_null(&out);
    json_out_object_end(&out);
    return err_none();
}

static struct err get_timeline(struct api_request *request, struct api_response *response, struct why *why) {
    struct parties_asked *asked = ARENA_NEW(request->arena, struct parties_asked);
    struct json after = {.type = JSON_INT};
    bool is_after;
    if (asked == NULL) return err_make(ERR_MEMORY);
    TRY(open_case(request, asked, why));
    if (!asked->is_of_cases) return access_no_case(why);
    TRY(api_query_int(request, "limit", 50, 1, LIMIT_PAGE_ROWS, &asked->limit, why));
    TRY(api_cursor_read(request, "member-timeline", &after, 1, &is_after, why));
    if (is_after) asked->after = arena_printf(request->arena, "%lld", (long long)after.integer);
    struct access_case of;
    case_access(request->services, &asked->file, request->arena, &of);
    return api_read_noted(request, response, "case", asked->file.id, asked->file.entity_id, access_role_for_case(&request->principal, &of), timeline_render,
                          asked, why);
}

static struct err suggestions_render(struct api_request *request, struct api_response *response, struct store_conn *conn, void *context, struct why *why) {
    const struct parties_asked *asked = context;
    struct json_out out;
    api_json(response, 200, &out);
    return party_write_suggestions(&out, request->services, conn, &asked->file, &request->principal, request->received_ms, request->arena, why);
}

static struct err get_suggestions(struct api_request *request, struct api_response *response, struct why *why) {
    struct parties_asked *asked = ARENA_NEW(request->arena, struct parties_asked);
    if (asked == NULL) return err_make(ERR_MEMORY);
    TRY(open_case(request, asked, why));
    if (!asked->is_of_cases) return access_no_case(why);
    struct access_case of;
    case_access(request->services, &asked->file, request->arena, &of);
    return api_read_noted(request, response, "case", asked->file.id, asked->file.entity_id, access_role_for_case(&request->principal, &of), suggestions_render,
                          asked, why);
}

static const struct route_param LIST_PARTIES[] = {
    {"state", "string", "only parties in this state; of cases under a case: of the case"},
    {"late", "boolean", "true: only those that owe something after its latest reading"},
    {"format", "string", "json (default), or csv: all of them"},
    {"limit", "integer", "rows, 1 to 250; 50 by default"},
    {"cursor", "string", "where to go on: next of the page before"},
    {NULL, NULL, NULL},
};
static const struct route_param LIST_TIMELINE[] = {
    {"limit", "integer", "rows, 1 to 250; 50 by default"},
    {"cursor", "string", "where to go on: next of the page before"},
    {NULL, NULL, NULL},
};

const struct route routes_party[] = {
    {"GET", "/api/v1/cases/{id}/parties", get_parties, AUTH_KNOWN, SCOPE_READ, RATE_READ, "cases", "The parties of a case, or the cases under it, with figures", NULL, "PartyList", 200, LIST_PARTIES, false},
    {"GET", "/api/v1/cases/{id}/parties/{party}", get_party, AUTH_KNOWN, SCOPE_READ, RATE_READ, "cases", "One party's part of a case", NULL, "Party", 200, NULL, false},
    {"GET", "/api/v1/cases/{id}/members/timeline", get_timeline, AUTH_KNOWN, SCOPE_READ, RATE_READ, "cases", "Filings in the cases under a case, last first", NULL, "AnyObject", 200, LIST_TIMELINE, false},
    {"GET", "/api/v1/cases/{id}/members/suggestions", get_suggestions, AUTH_KNOWN, SCOPE_READ, RATE_COUNT, "cases", "Cases that may belong under a case, with the reasons", NULL, "AnyObject", 200, NULL, false},
    {0},
};
