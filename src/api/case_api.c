// SPDX-License-Identifier: EUPL-1.2
/* Cases, duties and the stream of events. */
#include "api/case_title.h"
#include "api/fill.h"
#include "api/resources.h"
#include "service/case.h"
#include "service/downtime.h"
#include "service/entity.h"
#include "service/gate_entity.h"
#include "service/party.h"
#include "service/seen.h"
#include "service/tally.h"
#include "service/timeline.h"

#define NEVER_MS INT64_MAX

static struct err case_render(struct api_request *request, struct api_response *response, struct store_conn *conn, void *context, struct why *why) {
    const struct case_file *file = context;
    struct json_out out;
    api_json(response, 200, &out);
    return case_write_json(&out, request->services, conn, file, &request->principal, request->lang, request->received_ms, request->arena, why);
}

struct mark { // how far an officer has read
    const struct case_file *file;
    struct access_reading reading;
};

static struct err mark_apply(struct api_request *request, struct store_conn *conn, struct log_edge *edge, int64_t now_ms, void *context, struct why *why) {
    (void)edge;
    const struct mark *mark = context;
    struct value params[] = {value_text(request->principal.person_id), value_text(mark->file->id), value_int(mark->file->last_seq)};
    TRY(store_write(conn, STMT_DESK_MARK_PUT, params, 3, NULL, why));
    return access_reading_note(conn, &mark->reading, now_ms, why);
}

static struct err mark_render(struct api_request *request, struct api_response *response, struct store_conn *conn, void *context, struct why *why) {
    return case_render(request, response, conn, (void *)(uintptr_t)((const struct mark *)context)->file, why);
}

// An officer who reads what is new to her has read it from then on.
static struct err read_marked(struct api_request *request, struct api_response *response, const struct case_file *file, const struct role *role, struct why *why) {
    struct value params[] = {value_text(request->principal.person_id), value_text(file->id)};
    struct rows rows;
    struct mark *mark = ARENA_NEW(request->arena, struct mark);
    if (mark == NULL) return err_make(ERR_MEMORY);
    if (role != NULL) TRY(store_read(request->conn, STMT_DESK_MARK_GET, params, 2, request->arena, &rows, why));
    if (role == NULL || (rows.count > 0 && rows_int(&rows, 0, 0) >= file->last_seq))
        return api_read_noted(request, response, "case", file->id, file->entity_id, role, case_render, (void *)(uintptr_t)file, why);
    *mark = (struct mark){.file = file, .reading = {.person_id = request->principal.person_id, .office = role->office, .kind = SPAN("case"), .id = file->id, .entity = file->entity_id}};
    return api_write(request, response, mark_apply, mark_render, mark, false);
}

static struct err get_case(struct api_request *request, struct api_response *response, struct why *why) {
    struct case_file *file = ARENA_NEW(request->arena, struct case_file);
    struct access_case of;
    if (file == NULL) return err_make(ERR_MEMORY);
    TRY(case_get(request->conn, request->params[0], request->arena, file, why));
    TRY(case_find_filer(request->conn, &request->principal, request->received_ms, request->arena, file, why));
    case_access(request->services, file, request->arena, &of);
    if (is_err(access_may_read_part(&request->principal, &of, request->received_ms, NULL)))
        TRY(access_may_read_case(&request->principal, &of, request->received_ms, why));
    struct gate_view view;
    struct gate_place place = gate_place_of(file);
    TRY(gate_view_open(request->services, request->conn, &place, &request->principal, GATE_CASE, request->received_ms, request->arena, &view, why));
    TRY(gate_view_known(&view, why));
    struct viewer viewer = viewer_of(&request->principal, &of, request->received_ms);
    bool is_office = (viewer.views & VIEW_OFFICES) != 0;
    struct value id = value_text(file->id);
    struct rows above; // what is written above the case shows in it
    TRY(store_read(request->conn, STMT_CASE_ABOVE_VERSION, &id, 1, request->arena, &above, why));
    if (api_etag(request, response, file->id, (is_office ? file->version : file->plain_version) + file->parties_version + rows_int(&above, 0, 0))) return err_none();
    return read_marked(request, response, file, access_role_for_case(&request->principal, &of), why);
}

// --- the timeline ---

struct timeline_ctx {
    struct case_file file;
    struct timeline_question question;
};

static struct err timeline_render(struct api_request *request, struct api_response *response, struct store_conn *conn, void *context, struct why *why) {
    const struct timeline_ctx *ctx = context;
    struct timeline_page page;
    struct json_out out;
    api_json(response, 200, &out);
    json_out_object(&out);
    json_out_member_string(&out, "case", ctx->file.id);
    json_out_name(&out, "timeline");
    TRY(timeline_write(&out, request->services, conn, &ctx->question, request->arena, &page, why));
    struct json last[2] = {json_from_int(page.last_ms), json_from_string(page.last_key)};
    json_out_name(&out, "next");
    if (page.is_more) json_out_string(&out, api_cursor_write(request, "timeline", last, 2));
    else json_out_null(&out);
    json_out_object_end(&out);
    return err_none();
}

static struct err get_timeline(struct api_request *request, struct api_response *response, struct why *why) {
    struct timeline_ctx *ctx = ARENA_NEW(request->arena, struct timeline_ctx);
    struct json after[2] = {{.type = JSON_INT}, {.type = JSON_STRING}};
    struct access_case of;
    struct gate_view view;
    if (ctx == NULL) return err_make(ERR_MEMORY);
    TRY(case_get(request->conn, request->params[0], request->arena, &ctx->file, why));
    TRY(case_find_filer(request->conn, &request->principal, request->received_ms, request->arena, &ctx->file, why));
    case_access(request->services, &ctx->file, request->arena, &of);
    TRY(access_may_read_case(&request->principal, &of, request->received_ms, why));
    struct gate_place place = gate_place_of(&ctx->file);
    TRY(gate_view_open(request->services, request->conn, &place, &request->principal, GATE_CASE, request->received_ms, request->arena, &view, why));
    TRY(gate_view_known(&view, why));
    ctx->question = (struct timeline_question){.file = &ctx->file, .principal = &request->principal, .now_ms = request->received_ms};
    TRY(api_query_int(request, "limit", 100, 1, LIMIT_PAGE_ROWS, &ctx->question.limit, why));
    TRY(api_cursor_read(request, "timeline", after, 2, &ctx->question.is_after, why));
    ctx->question.after_ms = after[0].integer;
    ctx->question.after_key = after[1].string;
    return api_read_noted(request, response, "case", ctx->file.id, ctx->file.entity_id, access_role_for_case(&request->principal, &of), timeline_render, ctx, why);
}

// --- lists ---

static struct err listed_name(struct api_request *request, const struct gate_list *gate, struct span entity, struct span name, struct span *ret, struct why *why) {
    return gate_entity_name(gate, request->services, request->conn, &request->principal, request->received_ms, entity, name, request->arena, ret, why);
}

static void write_case_row(struct json_out *out, struct arena *arena, const struct rows *rows, size_t i, struct span entity_name, struct span title) {
    json_out_object(out);
    json_out_member_string(out, "id", rows_span(rows, i, 0));
    json_out_member_string(out, "procedure", rows_span(rows, i, 1));
    json_out_member_string(out, "workspace", rows_span(rows, i, 2));
    json_out_member_string(out, "entity", rows_span(rows, i, 3));
    json_out_member_string(out, "entity_name", entity_name);
    if (title.len > 0) json_out_member_string(out, "title", title);
    json_out_name(out, "sectors");
    json_out_raw(out, rows_span(rows, i, 4).at != NULL ? rows_span(rows, i, 4) : SPAN("[]"));
    json_out_member_string(out, "state", rows_span(rows, i, 5));
    json_out_member_int(out, "version", rows_int(rows, i, 6));
    json_out_name(out, "next_due");
    if (rows_int(rows, i, 7) == NEVER_MS) json_out_null(out);
    else json_out_string(out, instant_text(arena, rows_int(rows, i, 7)));
    json_out_member_string(out, "opened_at", instant_text(arena, rows_int(rows, i, 8)));
    json_out_member_string(out, "changed_at", instant_text(arena, rows_int(rows, i, 9)));
    json_out_object_end(out);
}

struct page { // of a list
    int64_t limit;
    bool is_after;
    struct json after[3];
};

static void page_end(struct json_out *out, struct api_request *request, const char *kind, const struct json *last, size_t parts, bool is_more) {
    json_out_array_end(out);
    json_out_name(out, "next");
    if (is_more) json_out_string(out, api_cursor_write(request, kind, last, parts));
    else json_out_null(out);
}

// Lists of an entity are of all its cases: each row is asked about as if it were opened alone.
static bool may_know_row(struct api_request *request, const struct case_file *file, struct span seen_by) {
    struct access_case of;
    case_access(request->services, file, request->arena, &of);
    if (is_err(access_may_read_case(&request->principal, &of, request->received_ms, NULL))) return false;
    struct viewer viewer = viewer_of(&request->principal, &of, request->received_ms);
    return viewer_sees(&viewer, &(struct matter){.seen_by = seen_by});
}

static bool may_know_case(struct api_request *request, const struct rows *rows, size_t i) {
    struct case_file file = {.id = rows_span(rows, i, 0), .procedure = rows_span(rows, i, 1), .workspace = rows_span(rows, i, 2), .entity_id = rows_span(rows, i, 3),
                             .sectors = rows_span(rows, i, 4), .offices = rows_span(rows, i, 11), .is_closed = rows_int(rows, i, 12) != 0};
    if (is_err(case_find_filer(request->conn, &request->principal, request->received_ms, request->arena, &file, NULL))) return false;
    return may_know_row(request, &file, span_make(NULL, 0));
}

static bool may_know_duty(struct api_request *request, const struct rows *rows, size_t i) {
    struct case_file file = {.id = rows_span(rows, i, 0), .procedure = rows_span(rows, i, 7), .workspace = rows_span(rows, i, 8), .entity_id = rows_span(rows, i, 2),
                             .sectors = rows_span(rows, i, 9), .offices = rows_span(rows, i, 10), .is_closed = rows_int(rows, i, 11) != 0};
    if (is_err(case_find_filer(request->conn, &request->principal, request->received_ms, request->arena, &file, NULL))) return false;
    return may_know_row(request, &file, rows_span(rows, i, 12));
}

static struct err cases_of_entity(struct api_request *request, struct span entity_id, const struct page *page, struct rows *ret, struct why *why) {
    struct entity entity;
    struct access_entity of;
    TRY(entity_get(request->conn, entity_id, request->arena, &entity, why));
    entity_access(request->services, entity.id, entity.sectors, request->arena, &of);
    TRY(access_may_see_entity(&request->principal, &of, request->received_ms, why));
    struct value params[] = {value_int(page->is_after ? page->after[0].integer : NEVER_MS), value_text(page->is_after ? page->after[1].string : SPAN("~")),
                             value_int(page->limit + 1), value_text(entity_id)};
    bool is_office = access_role_for_entity(&request->principal, &of) != NULL;
    return store_read(request->conn, is_office ? STMT_CASE_PAGE_OF_ENTITY : STMT_CASE_PAGE_OF_ENTITY_PLAIN, params, 4, request->arena, ret, why);
}

// Cases of which the office is a party.
static struct err cases_of_office(struct api_request *request, struct span office, const struct page *page, struct rows *ret, struct why *why) {
    if (!access_has_role_at(&request->principal, office, ROLE_READER)) return why_set(why, ERR_NOT_FOUND, "office", "access.office", "", "You have no role at such an office.");
    struct value params[] = {value_int(page->is_after ? page->after[0].integer : NEVER_MS), value_text(page->is_after ? page->after[1].string : SPAN("~")),
                             value_int(page->limit + 1), value_text(office)};
    return store_read(request->conn, STMT_CASE_PAGE_OF_ENTITY_PLAIN, params, 4, request->arena, ret, why);
}

static struct err cases_by_due(struct api_request *request, const struct page *page, struct rows *ret, int64_t *ret_total, struct why *why) {
    const struct workspace *workspace;
    struct tally_cases_filter filter = {.state = api_query(request, "state"), .procedure = api_query(request, "procedure"), .owned = -1, .has_closed = true};
    struct tally_fit fit;
    struct span wanted = api_query(request, "count");
    bool is_counted = wanted.at != NULL && span_is(wanted, "true") && *ret_total < 0;
    TRY(api_workspace(request, &workspace, why));
    TRY(case_list_bounds(request->services, &request->principal, workspace, request->arena, &filter.bounds, why));
    filter.workspace = workspace->id;
    if (is_counted) {
        struct gate_list gate;
        TRY(gate_list_load(request->conn, request->received_ms, request->arena, &gate, why));
        TRY(gate_list_hidden(&gate, request->services, request->conn, &request->principal, request->received_ms, request->arena, &filter.hidden, why));
    }
    TRY(tally_cases_fit(request->conn, &filter, request->arena, &fit, why));
    if (is_counted) *ret_total = fit.count;
    struct value params[] = {value_int(page->is_after ? page->after[0].integer : INT64_MIN), value_text(page->is_after ? page->after[1].string : SPAN("")),
                             value_int(page->limit + 1), value_text(workspace->id), value_text(filter.bounds), value_text(filter.procedure), value_text(filter.state)};
    return store_read(request->conn, fit.is_few ? STMT_CASE_FEW_DUE : STMT_CASE_PAGE_DUE, params, 7, request->arena, ret, why);
}

struct case_list {
    struct span entity, office; // of one of them; both at == NULL: by what is due next
    bool has_titles;
    struct page page;
    struct fill fill;
    struct gate_list gate;
    int64_t total; // -1: not counted
    size_t read;
    struct access_reading *readings;
};

static struct err cases_read(struct api_request *request, struct case_list *list, struct rows *ret, struct why *why) {
    if (list->office.at != NULL) return cases_of_office(request, list->office, &list->page, ret, why);
    if (list->entity.at != NULL) return cases_of_entity(request, list->entity, &list->page, ret, why);
    return cases_by_due(request, &list->page, ret, &list->total, why);
}

static struct err may_list_case(struct api_request *request, const struct case_list *list, const struct rows *rows, size_t i, bool *ret, struct why *why) {
    struct gate_place place = {.case_id = rows_span(rows, i, 0), .procedure = rows_span(rows, i, 1), .workspace = rows_span(rows, i, 2), .entity_id = rows_span(rows, i, 3),
                               .sectors = rows_span(rows, i, 4), .offices = rows_span(rows, i, 11), .is_party = list->office.at != NULL};
    bool is_hidden = false;
    *ret = false;
    if (list->office.at == NULL && !may_know_case(request, rows, i)) return err_none();
    TRY(gate_list_hides(&list->gate, request->services, request->conn, &place, &request->principal, request->received_ms, request->arena, &is_hidden, why));
    *ret = !is_hidden && (list->entity.at == NULL || access_lists_procedure(&request->principal, list->entity, place.procedure, request->received_ms));
    return err_none();
}

static struct err list_case(struct api_request *request, struct json_out *out, struct case_list *list, const struct rows *rows, size_t i, struct why *why) {
    struct case_title title = {.text = span_make(NULL, 0)};
    struct span name;
    TRY(listed_name(request, &list->gate, rows_span(rows, i, 3), rows_span(rows, i, 10), &name, why));
    if (list->has_titles) TRY(case_title_read(request, rows_span(rows, i, 0), list->office, &title, why));
    if (title.text.len > 0) list->readings[list->read++] = title.reading;
    write_case_row(out, request->arena, rows, i, name, title.text);
    return err_none();
}

static struct err list_cases(struct api_request *request, struct json_out *out, struct case_list *list, struct why *why) {
    size_t key = list->office.at != NULL || list->entity.at != NULL ? 9 : 7;
    struct rows rows;
    do {
        TRY(cases_read(request, list, &rows, why));
        for (size_t i = 0; i < rows.count; i++) {
            bool may_know;
            TRY(may_list_case(request, list, &rows, i, &may_know, why));
            enum fill_row is = fill_ask(&list->fill, may_know);
            if (is == FILL_STOP) break;
            list->page.is_after = true;
            list->page.after[0] = json_from_int(rows_int(&rows, i, key));
            list->page.after[1] = json_from_string(rows_span(&rows, i, 0));
            if (is == FILL_SHOW) TRY(list_case(request, out, list, &rows, i, why));
        }
    } while (fill_goes_on(&list->fill, rows.count));
    return err_none();
}

static struct err get_cases(struct api_request *request, struct api_response *response, struct why *why) {
    struct case_list list = {.entity = api_query(request, "entity"), .office = api_query(request, "office"), .total = -1,
                             .page = {.after = {{.type = JSON_INT}, {.type = JSON_STRING}}}};
    struct span titles = api_query(request, "titles");
    const char *kind = list.entity.at != NULL || list.office.at != NULL ? "cases-of-entity" : "cases";
    list.has_titles = titles.at != NULL && span_is(titles, "true") && list.entity.at == NULL;
    TRY(api_query_int(request, "limit", 50, 1, LIMIT_PAGE_ROWS, &list.page.limit, why));
    TRY(api_cursor_read(request, kind, list.page.after, 2, &list.page.is_after, why));
    TRY(gate_list_load(request->conn, request->received_ms, request->arena, &list.gate, why));
    list.fill = fill_of(list.page.limit);
    list.readings = arena_take_array(request->arena, (size_t)list.page.limit, sizeof *list.readings);
    if (list.readings == NULL) return err_make(ERR_MEMORY);
    struct json_out out;
    api_json(response, 200, &out);
    json_out_object(&out);
    json_out_name(&out, "cases");
    json_out_array(&out);
    TRY(list_cases(request, &out, &list, why));
    page_end(&out, request, kind, list.page.after, 2, list.fill.is_more);
    if (list.total >= 0) json_out_member_int(&out, "total", list.total);
    json_out_object_end(&out);
    return api_note_readings(request, response, list.readings, list.read, why);
}

// --- duties ---

static struct err duties_of_entity(struct api_request *request, struct span entity_id, const struct page *page, int64_t until_ms, struct rows *ret, struct why *why) {
    struct entity entity;
    struct access_entity of;
    TRY(entity_get(request->conn, entity_id, request->arena, &entity, why));
    entity_access(request->services, entity.id, entity.sectors, request->arena, &of);
    TRY(access_may_see_entity(&request->principal, &of, request->received_ms, why));
    struct value params[] = {value_int(page->is_after ? page->after[0].integer : INT64_MIN), value_text(page->is_after ? page->after[1].string : SPAN("")),
                             value_int(page->is_after ? page->after[2].integer : -1), value_int(page->limit + 1), value_text(entity_id),
                             value_text(api_query(request, "owed_by")), value_int(until_ms)};
    return store_read(request->conn, STMT_DUTY_PAGE_OF_ENTITY, params, 7, request->arena, ret, why);
}

static struct err duties_of_office(struct api_request *request, const struct page *page, int64_t until_ms, struct rows *ret, struct why *why) {
    const struct workspace *workspace;
    struct span sectors;
    TRY(api_workspace(request, &workspace, why));
    TRY(case_list_bounds(request->services, &request->principal, workspace, request->arena, &sectors, why));
    struct value params[] = {value_int(page->is_after ? page->after[0].integer : INT64_MIN), value_text(page->is_after ? page->after[1].string : SPAN("")),
                             value_int(page->is_after ? page->after[2].integer : -1), value_int(page->limit + 1), value_text(workspace->id),
                             value_text(sectors), value_text(api_query(request, "owed_by")), value_int(until_ms)};
    return store_read(request->conn, STMT_DUTY_PAGE, params, 8, request->arena, ret, why);
}

static struct err duty_is_hidden(struct api_request *request, const struct gate_list *gate, struct span case_id, bool *ret, struct why *why) {
    struct case_file file;
    *ret = false;
    bool is_blocked = false;
    for (size_t i = 0; i < gate->count; i++) is_blocked = is_blocked || span_equals(gate->rows[i].case_id, case_id);
    if (!is_blocked) return err_none();
    TRY(case_get(request->conn, case_id, request->arena, &file, why));
    struct gate_place place = gate_place_of(&file);
    return gate_list_hides(gate, request->services, request->conn, &place, &request->principal, request->received_ms, request->arena, ret, why);
}

// What one owes as a party of a case: its ordinal tells (duty_page_of_entity).
static struct err party_duty_strip(struct api_request *request, const struct rows *rows, size_t i, struct json *duty, struct why *why) {
    enum { OF_PARTIES = 1000000 };
    struct case_file file;
    if (rows_int(rows, i, 1) < OF_PARTIES) return err_none();
    TRY(case_get(request->conn, rows_span(rows, i, 0), request->arena, &file, why));
    *duty = party_duty_shown(request->services, &file, duty, request->received_ms, request->arena);
    return err_none();
}

static struct err get_duties(struct api_request *request, struct api_response *response, struct why *why) {
    struct page page = {.after = {{.type = JSON_INT}, {.type = JSON_STRING}, {.type = JSON_INT}}};
    int64_t hours;
    struct span entity = api_query(request, "entity");
    // A company's person with one mandate need not name her entity.
    bool is_office = request->principal.role_count > 0 && request->principal.is_totp_done;
    if (entity.at == NULL && !is_office && request->principal.mandate_count > 0) entity = request->principal.mandates[0].entity;
    TRY(api_query_int(request, "limit", 50, 1, LIMIT_PAGE_ROWS, &page.limit, why));
    TRY(api_query_int(request, "within_hours", -1, 0, 24 * 366 * 10, &hours, why));
    TRY(api_cursor_read(request, "duties", page.after, 3, &page.is_after, why));
    int64_t until_ms = hours < 0 ? NEVER_MS : request->received_ms + hours * MS_PER_HOUR;
    struct rows rows;
    if (entity.at != NULL) TRY(duties_of_entity(request, entity, &page, until_ms, &rows, why));
    else TRY(duties_of_office(request, &page, until_ms, &rows, why));
    struct json_out out;
    api_json(response, 200, &out);
    json_out_object(&out);
    json_out_member_string(&out, "now", instant_text(request->arena, request->received_ms));
    json_out_name(&out, "duties");
    json_out_array(&out);
    size_t shown = rows.count > (size_t)page.limit ? (size_t)page.limit : rows.count;
    struct gate_list gate;
    TRY(gate_list_load(request->conn, request->received_ms, request->arena, &gate, why));
    for (size_t i = 0; i < shown; i++) {
        struct json duty;
        if (!may_know_duty(request, &rows, i)) continue;
        bool is_hidden;
        TRY(duty_is_hidden(request, &gate, rows_span(&rows, i, 0), &is_hidden, why));
        if (is_hidden) continue;
        if (is_err(json_parse(request->arena, rows_span(&rows, i, 5), &duty, NULL))) continue;
        if (entity.at != NULL && !access_lists_procedure(&request->principal, entity, rows_span(&rows, i, 7), request->received_ms)) continue;
        TRY(party_duty_strip(request, &rows, i, &duty, why));
        struct span name;
        TRY(listed_name(request, &gate, rows_span(&rows, i, 2), rows_span(&rows, i, 6), &name, why));
        json_out_object(&out);
        json_out_member_string(&out, "case", rows_span(&rows, i, 0));
        json_out_member_string(&out, "procedure", rows_span(&rows, i, 7));
        json_out_member_string(&out, "entity", rows_span(&rows, i, 2));
        json_out_member_string(&out, "entity_name", name);
        if (entity.at == NULL) json_out_member_string(&out, "owner_name", rows_span(&rows, i, 13));
        json_out_name(&out, "duty");
        struct json one = {.type = JSON_ARRAY, .count = 1, .items = &duty};
        struct downtimes downtimes;
        TRY(downtimes_load(request->conn, &one, request->received_ms, request->arena, &downtimes, why));
        duty_write_beside(&out, &duty, request->received_ms, is_office, &downtimes, request->arena);
        json_out_object_end(&out);
    }
    struct json last[3] = {{.type = JSON_NULL}, {.type = JSON_NULL}, {.type = JSON_NULL}};
    if (shown > 0) {
        last[0] = json_from_int(rows_int(&rows, shown - 1, 3));
        last[1] = json_from_string(rows_span(&rows, shown - 1, 0));
        last[2] = json_from_int(rows_int(&rows, shown - 1, 1));
    }
    page_end(&out, request, "duties", last, 3, rows.count > shown);
    json_out_object_end(&out);
    return err_none();
}

// --- events ---

static struct err get_events(struct api_request *request, struct api_response *response, struct why *why) {
    struct rows rows;
    TRY(store_read(request->conn, STMT_RECORD_COUNT, NULL, 0, request->arena, &rows, why));
    struct span last = api_header(request, "last-event-id");
    if (last.at == NULL) last = api_query(request, "after");
    int64_t after = rows_int(&rows, 0, 0) - 1;
    if (last.at != NULL && (!span_to_int(last, &after) || after < -1))
        return why_set(why, ERR_INPUT, "Last-Event-ID", "api.header", "", "Last-Event-ID must be the id of an event of this stream");
    response->status = 200;
    response->media_type = "text/event-stream";
    response->is_event_stream = true;
    response->events_after = after;
    api_respond_header(response, "cache-control", SPAN("no-store"));
    return err_none();
}

static const struct route_param LIST_CASES[] = {
    {"workspace", "string", "desk (default), supervision, held-csirt, held-ca (quarantine), ...: a row of offices.yaml"},
    {"entity", "string", "only cases of this entity"},
    {"office", "string", "instead: cases of which this office of one's own is a party"},
    {"procedure", "string", "only this procedure"},
    {"state", "string", "only cases in this state"},
    {"limit", "integer", "rows, 1 to 250; 50 by default"},
    {"cursor", "string", "where to go on: next of the page before"},
    {"count", "boolean", "true: also the exact number of all"},
    {"titles", "boolean", "true: also what a case is called by the filing that opened it; not with entity"},
    {NULL, NULL, NULL},
};
static const struct route_param EVENTS[] = {
    {"after", "string", "id of the last event seen, for who can't send Last-Event-ID"},
    {NULL, NULL, NULL},
};
static const struct route_param LIST_DUTIES[] = {
    {"entity", "string", "whose duties; for officers: of all entities where absent"},
    {"workspace", "string", "desk (default), supervision, held-csirt, held-ca (quarantine), ...: a row of offices.yaml"},
    {"owed_by", "string", "entity, csirt, ca, spoc"},
    {"within_hours", "integer", "only what falls due within so many hours"},
    {"limit", "integer", "rows, 1 to 250; 50 by default"},
    {"cursor", "string", "where to go on: next of the page before"},
    {NULL, NULL, NULL},
};

static const struct route_param TIMELINE[] = {
    {"limit", "integer", "rows, 1 to 250; 100 by default"},
    {"cursor", "string", "where to go on: next of the page before"},
    {NULL, NULL, NULL},
};

const struct route routes_case[] = {
    {"GET", "/api/v1/cases", get_cases, AUTH_KNOWN, SCOPE_READ, RATE_READ, "cases", "Cases, next due first (or of one entity or office, last changed first)", NULL, "CaseList", 200, LIST_CASES, false},
    {"GET", "/api/v1/cases/{id}", get_case, AUTH_KNOWN, SCOPE_READ, RATE_READ, "cases", "A case with its filings, duties, proposals and next steps", NULL, "Case", 200, NULL, false},
    {"GET", "/api/v1/cases/{id}/timeline", get_timeline, AUTH_KNOWN, SCOPE_READ, RATE_READ, "cases", "What happened in a case: filings with their differences, duties, deliveries, oldest first", NULL, "Timeline", 200, TIMELINE, false},
    {"GET", "/api/v1/duties", get_duties, AUTH_KNOWN, SCOPE_READ, RATE_READ, "cases", "What is owed, by whom, until when, and why", NULL, "DutyList", 200, LIST_DUTIES, false},
    {"GET", "/api/v1/events", get_events, AUTH_KNOWN, SCOPE_READ, RATE_READ, "cases", "Server-sent events: filings in cases that one may read", NULL, NULL, 200, EVENTS, false},
    {0},
};
