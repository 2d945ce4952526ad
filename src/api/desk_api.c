// SPDX-License-Identifier: EUPL-1.2
/* The desk: queue, shifts, absences, colleagues. */
#include "api/resources.h"
#include "service/desk_queue.h"
#include "service/desk_shift.h"
#include "service/search.h"

static struct err need_officer(const struct api_request *request, struct why *why) {
    if (request->principal.role_count > 0 && request->principal.is_totp_done) return err_none();
    return why_set(why, ERR_DENIED, "", "access.office", "", "this is for persons of an office, signed in with their second factor");
}

// --- the queue ---

static struct err order_read(const struct api_request *request, struct queue_question *question, struct why *why) {
    static const struct { const char *name; enum queue_order order; } ORDERS[] = {{"due", QUEUE_UNOWNED}, {"newest", QUEUE_NEWEST}, {"changed", QUEUE_CHANGED}};
    struct span name = api_query(request, "order");
    question->order = QUEUE_UNOWNED;
    if (name.at == NULL) return err_none();
    for (size_t i = 0; i < sizeof ORDERS / sizeof ORDERS[0]; i++) {
        if (!span_is(name, ORDERS[i].name)) continue;
        question->order = ORDERS[i].order;
        return err_none();
    }
    return why_set(why, ERR_INPUT, "order", "api.query", "", "order is due, newest or changed");
}

// owner: me, none, some, or a person.
static struct err owner_read(const struct api_request *request, struct queue_question *question, struct why *why) {
    struct span owner = api_query(request, "owner");
    question->owned = -1;
    if (owner.at == NULL) return err_none();
    if (span_is(owner, "none") || span_is(owner, "some")) {
        question->owned = span_is(owner, "some");
        return err_none();
    }
    if (question->order != QUEUE_UNOWNED) return why_set(why, ERR_INPUT, "owner", "api.query", "", "one person's cases come in order of what is due");
    question->person = span_is(owner, "me") ? request->principal.person_id : owner;
    question->order = QUEUE_OF_PERSON;
    return err_none();
}

// changed_since: shift, or an instant.
static struct err since_read(const struct api_request *request, struct queue_question *question, struct why *why) {
    struct span since = api_query(request, "changed_since");
    question->since_ms = INSTANT_NONE;
    if (since.at == NULL) return err_none();
    if (question->order == QUEUE_OF_PERSON) return why_set(why, ERR_INPUT, "changed_since", "api.query", "", "it goes with all owners or none");
    question->order = QUEUE_CHANGED;
    if (!span_is(since, "shift")) {
        struct stamp stamp;
        if (is_err(stamp_parse(since, request->services->zone, "changed_since", &stamp, NULL)))
            return why_set(why, ERR_INPUT, "changed_since", "api.query", "", "changed_since is shift, or an instant like 2026-11-22T08:00:00Z");
        question->since_ms = stamp.ms;
        return err_none();
    }
    struct shift shift;
    TRY(shift_of(request->conn, request->principal.person_id, request->arena, &shift, why));
    if (!shift.is_known) return why_set(why, ERR_CONFLICT, "changed_since", "desk.no_shift", "", "you have had no shift yet: begin one, or name an instant");
    question->since_ms = shift.since_ms;
    return err_none();
}

static struct err question_read(struct api_request *request, struct queue_question *question, struct why *why) {
    struct json after[3] = {{.type = JSON_INT}, {.type = JSON_INT}, {.type = JSON_STRING}};
    struct span late = api_query(request, "overdue"), wanted = api_query(request, "count");
    *question = (struct queue_question){.principal = &request->principal,
                                        .state = api_query(request, "state"),
                                        .procedure = api_query(request, "procedure"),
                                        .sector = api_query(request, "sector"),
                                        .flag = api_query(request, "flag"),
                                        .owed_by = api_query(request, "owed_by"),
                                        .opened_by = api_query(request, "opened_by"),
                                        .class = api_query(request, "class"),
                                        .late_before_ms = late.at != NULL && span_is(late, "true") ? request->received_ms : INSTANT_NONE,
                                        .is_counted = wanted.at != NULL && span_is(wanted, "true"),
                                        .now_ms = request->received_ms};
    TRY(api_workspace(request, &question->workspace, why));
    question->workspace_name = question->workspace->id;
    TRY(order_read(request, question, why));
    TRY(owner_read(request, question, why));
    TRY(since_read(request, question, why));
    TRY(api_query_int(request, "limit", 50, 1, LIMIT_PAGE_ROWS, &question->limit, why));
    TRY(api_cursor_read(request, "queue", after, 3, &question->is_after, why));
    question->after_first = after[0].integer;
    question->after_second = after[1].integer;
    question->after_id = after[2].string;
    return err_none();
}

static struct err get_queue(struct api_request *request, struct api_response *response, struct why *why) {
    struct queue_question question;
    struct queue_page page;
    struct json_out out;
    TRY(need_officer(request, why));
    TRY(question_read(request, &question, why));
    api_json(response, 200, &out);
    json_out_object(&out);
    json_out_member_string(&out, "now", instant_text(request->arena, request->received_ms));
    if (question.since_ms != INSTANT_NONE) json_out_member_string(&out, "since", instant_text(request->arena, question.since_ms));
    json_out_name(&out, "queue");
    TRY(queue_write(&out, request->services, request->conn, &question, request->arena, &page, why));
    json_out_name(&out, "next");
    struct json last[3] = {json_from_int(page.last_first), json_from_int(page.last_second), json_from_string(page.last_id)};
    if (page.is_more) json_out_string(&out, api_cursor_write(request, "queue", last, 3));
    else json_out_null(&out);
    if (page.total >= 0) json_out_member_int(&out, "total", page.total);
    json_out_object_end(&out);
    return err_none();
}

// --- shifts ---

static struct err shift_render(struct api_request *request, struct api_response *response, struct store_conn *reader, void *context, struct why *why) {
    (void)context;
    struct shift shift;
    struct json_out out;
    TRY(shift_of(reader, request->principal.person_id, request->arena, &shift, why));
    api_json(response, 200, &out);
    json_out_object(&out);
    json_out_member_bool(&out, "is_on", shift.begun_ms != INSTANT_NONE);
    json_out_member_string(&out, "begun_at", shift.begun_ms != INSTANT_NONE ? instant_text(request->arena, shift.begun_ms) : span_make(NULL, 0));
    json_out_member_string(&out, "new_since", shift.is_known ? instant_text(request->arena, shift.since_ms) : span_make(NULL, 0));
    json_out_object_end(&out);
    return err_none();
}

static struct err get_shift(struct api_request *request, struct api_response *response, struct why *why) {
    TRY(need_officer(request, why));
    return shift_render(request, response, request->conn, NULL, why);
}

static struct err shift_apply(struct api_request *request, struct store_conn *conn, struct log_edge *edge, int64_t now_ms, void *context, struct why *why) {
    (void)edge;
    return shift_mark(conn, request->principal.person_id, *(const bool *)context, now_ms, why);
}

static struct err post_shift(struct api_request *request, struct api_response *response, struct why *why) {
    static const char *const MEMBERS[] = {"is", NULL};
    struct json body;
    struct span is;
    bool *is_begin = ARENA_NEW(request->arena, bool);
    if (is_begin == NULL) return err_make(ERR_MEMORY);
    TRY(need_officer(request, why));
    TRY(api_body(request, &body, why));
    TRY(api_members_only(&body, MEMBERS, why));
    TRY(api_member_text(&body, "is", 8, &is, why));
    if (!span_is(is, "begin") && !span_is(is, "end")) return why_set(why, ERR_INPUT, "/is", "api.choice", "", "is: begin or end is expected");
    *is_begin = span_is(is, "begin");
    return api_write(request, response, shift_apply, shift_render, is_begin, false);
}

// --- absences ---

static struct err get_absences(struct api_request *request, struct api_response *response, struct why *why) {
    struct json_out out;
    TRY(need_officer(request, why));
    api_json(response, 200, &out);
    json_out_object(&out);
    json_out_name(&out, "absences");
    TRY(absences_write(&out, request->services, request->conn, &request->principal, request->received_ms, request->arena, why));
    json_out_object_end(&out);
    return err_none();
}

static struct err absence_apply(struct api_request *request, struct store_conn *conn, struct log_edge *edge, int64_t now_ms, void *context, struct why *why) {
    (void)edge;
    return absence_note(request->services, conn, context, now_ms, request->arena, why);
}

static struct err absence_render(struct api_request *request, struct api_response *response, struct store_conn *reader, void *context, struct why *why) {
    (void)request;
    (void)reader;
    (void)why;
    return api_made(response, "absence", ((const struct absence *)context)->id);
}

static struct err time_read(const struct api_request *request, const struct json *body, const char *name, int64_t *ret, struct why *why) {
    struct span text;
    struct stamp stamp;
    TRY(api_member_text(body, name, 40, &text, why));
    if (is_err(stamp_parse(text, request->services->zone, name, &stamp, NULL)))
        return why_set(why, ERR_INPUT, arena_text(request->arena, arena_printf(request->arena, "/%s", name)), "api.instant", "", "an instant like 2026-11-22T08:00:00Z is expected");
    *ret = stamp.ms;
    return err_none();
}

static struct err post_absence(struct api_request *request, struct api_response *response, struct why *why) {
    static const char *const MEMBERS[] = {"person", "from", "until", "deputy", NULL};
    struct json body;
    char id[18];
    struct absence *absence = ARENA_NEW(request->arena, struct absence);
    if (absence == NULL) return err_make(ERR_MEMORY);
    TRY(need_officer(request, why));
    TRY(api_body(request, &body, why));
    TRY(api_members_only(&body, MEMBERS, why));
    TRY(api_member_text_optional(&body, "person", 32, &absence->person_id, why));
    TRY(api_member_text_optional(&body, "deputy", 32, &absence->deputy, why));
    TRY(time_read(request, &body, "from", &absence->from_ms, why));
    TRY(time_read(request, &body, "until", &absence->until_ms, why));
    if (absence->person_id.at == NULL) absence->person_id = request->principal.person_id;
    absence->by = &request->principal;
    request->services->random_id('U', id);
    absence->id = arena_copy(request->arena, span_of(id));
    return api_write(request, response, absence_apply, absence_render, absence, false);
}

static struct err absence_remove_apply(struct api_request *request, struct store_conn *conn, struct log_edge *edge, int64_t now_ms, void *context, struct why *why) {
    (void)edge;
    (void)now_ms;
    (void)context;
    return absence_remove(request->services, conn, &request->principal, request->params[0], request->arena, why);
}

static struct err delete_absence(struct api_request *request, struct api_response *response, struct why *why) {
    TRY(need_officer(request, why));
    return api_write(request, response, absence_remove_apply, api_done_render, NULL, false);
}

// --- colleagues ---

static struct err get_colleagues(struct api_request *request, struct api_response *response, struct why *why) {
    struct json_out out;
    TRY(need_officer(request, why));
    api_json(response, 200, &out);
    json_out_object(&out);
    json_out_name(&out, "persons");
    TRY(colleagues_write(&out, request->services, request->conn, request->params[0], request->received_ms, request->arena, why));
    json_out_object_end(&out);
    return err_none();
}

// --- search ---

static struct err get_search(struct api_request *request, struct api_response *response, struct why *why) {
    struct search_question question = {.principal = &request->principal, .text = api_query(request, "q"), .before_seq = INT64_MAX, .now_ms = request->received_ms};
    struct json after[1] = {{.type = JSON_INT}};
    bool is_after;
    int64_t last = -1;
    struct json_out out;
    TRY(need_officer(request, why));
    if (question.text.len == 0 || question.text.len > LIMIT_NAME_BYTES) return why_set(why, ERR_INPUT, "q", "search.words", "", "q: the words that are looked for");
    TRY(api_workspace(request, &question.workspace, why));
    TRY(api_query_int(request, "limit", 50, 1, 100, &question.limit, why));
    TRY(api_cursor_read(request, "search", after, 1, &is_after, why));
    if (is_after) question.before_seq = after[0].integer;
    api_json(response, 200, &out);
    json_out_object(&out);
    json_out_name(&out, "hits");
    TRY(search_write(&out, request->services, request->conn, &question, request->arena, &last, why));
    json_out_name(&out, "next");
    struct json end = json_from_int(last);
    if (last >= 0) json_out_string(&out, api_cursor_write(request, "search", &end, 1));
    else json_out_null(&out);
    json_out_object_end(&out);
    return err_none();
}

static const struct route_param SEARCH[] = {
    {"q", "string", "whole words, all of which must be there; upper and lower case are the same"},
    {"workspace", "string", "desk (default), supervision, held-csirt, held-ca, ...: a row of offices.yaml; never several"},
    {"limit", "integer", "rows, 1 to 100; 50 by default"},
    {"cursor", "string", "where to go on: next of the page before"},
    {NULL, NULL, NULL},
};

static const struct route_param QUEUE[] = {
    {"workspace", "string", "desk (default), supervision, held-csirt, held-ca, ...: a row of offices.yaml"},
    {"order", "string", "due (default: without owner first, then next due), newest or changed"},
    {"owner", "string", "me, none, some, or a person"},
    {"state", "string", "only cases in this state"},
    {"procedure", "string", "only this procedure"},
    {"sector", "string", "only this sector"},
    {"class", "string", "only entities of this class"},
    {"flag", "string", "only with this flag, such as cross_border"},
    {"owed_by", "string", "only where this role owes something: csirt, ca, entity, ..."},
    {"opened_by", "string", "only those that this document opened"},
    {"overdue", "boolean", "true: only where something is late"},
    {"changed_since", "string", "shift, or an instant: what changed since, with what was filed; also closed cases"},
    {"limit", "integer", "rows, 1 to 250; 50 by default"},
    {"cursor", "string", "where to go on: next of the page before"},
    {"count", "boolean", "true: also the exact number of all"},
    {NULL, NULL, NULL},
};

const struct route routes_desk[] = {
    {"GET", "/api/v1/queue", get_queue, AUTH_KNOWN, SCOPE_READ, RATE_READ, "desk", "Cases of one's offices: who works on each, what is due next, what is new", NULL, "Queue", 200, QUEUE, false},
    {"GET", "/api/v1/search", get_search, AUTH_KNOWN, SCOPE_READ, RATE_READ, "desk", "Filings by words of what the law calls searchable, last filed first", NULL, "SearchHits", 200, SEARCH, false},
    {"GET", "/api/v1/me/shift", get_shift, AUTH_KNOWN, SCOPE_READ, RATE_READ, "desk", "Whether one is on a shift, and since when things are new", NULL, "Shift", 200, NULL, false},
    {"POST", "/api/v1/me/shift", post_shift, AUTH_KNOWN, SCOPE_FILE, RATE_READ, "desk", "Begins or ends one's shift", "ShiftMark", "Shift", 200, NULL, false},
    {"GET", "/api/v1/absences", get_absences, AUTH_KNOWN, SCOPE_READ, RATE_READ, "desk", "Who of one's offices is or will be away, and who stands in", NULL, "AbsenceList", 200, NULL, false},
    {"POST", "/api/v1/absences", post_absence, AUTH_KNOWN, SCOPE_FILE, RATE_READ, "desk", "Notes that one will be away (a head: that a person of the office is)", "Absence", "AbsenceMade", 201, NULL, false},
    {"DELETE", "/api/v1/absences/{absence}", delete_absence, AUTH_KNOWN, SCOPE_FILE, RATE_READ, "desk", "Takes an absence back", NULL, NULL, 204, NULL, false},
    {"GET", "/api/v1/offices/{office}/persons", get_colleagues, AUTH_KNOWN, SCOPE_READ, RATE_READ, "desk", "Who works at an office, for giving a case to someone", NULL, "ColleagueList", 200, NULL, false},
    {0},
};
