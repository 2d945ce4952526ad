// SPDX-License-Identifier: EUPL-1.2
/* Who was told, when, by what, and why not; and what will be reminded of. A delivery that failed is a task until somebody has seen to it. */
#include "api/access_json.h"
#include "api/fill.h"
#include "api/resources.h"
#include "format/mail.h"
#include "service/gate_view.h"
#include "service/case.h"
#include "service/reach.h"

#define PARAMS(...) ((const struct value[]){__VA_ARGS__}), sizeof((const struct value[]){__VA_ARGS__}) / sizeof(struct value)
enum { WORDS_BYTES = 1000 };
enum { D_ID, D_KIND, D_TOPIC, D_STATE, D_OWNER_KIND, D_OWNER, D_MEDIUM, D_ADDRESS, D_ATTEMPTS, D_CREATED, D_TRIED, D_SENT, D_NEXT, D_FAILURE, D_CLOSED,
       D_CLOSED_WORDS, D_CASE, D_FILING, D_PAGE, D_OFFICE_KIND, D_ENTITY, D_NAME, D_OFFICE };

static void write_delivery(struct api_request *request, struct json_out *out, const struct rows *rows, size_t i) {
    struct arena *arena = request->arena;
    bool waits = span_is(rows_span(rows, i, D_STATE), "waiting");
    json_out_object(out);
    json_out_member_int(out, "id", rows_int(rows, i, D_ID));
    json_out_member_string(out, "kind", rows_span(rows, i, D_KIND));
    bool has_topic = span_is(rows_span(rows, i, D_KIND), "message") || span_is(rows_span(rows, i, D_KIND), "notice");
    json_out_member_string(out, "topic", has_topic ? rows_span(rows, i, D_TOPIC) : span_make(NULL, 0));
    json_out_member_string(out, "state", rows_span(rows, i, D_STATE));
    json_out_member_string(out, "to_kind", rows_span(rows, i, D_OWNER_KIND));
    json_out_member_string(out, "to", rows_span(rows, i, D_OWNER));
    json_out_member_string(out, "to_name", rows_span(rows, i, D_NAME));
    json_out_member_string(out, "medium", rows_span(rows, i, D_MEDIUM));
    json_out_member_string(out, "address", rows_span(rows, i, D_ADDRESS));
    json_out_member_int(out, "attempts", rows_int(rows, i, D_ATTEMPTS));
    json_out_member_string(out, "created_at", instant_text(arena, rows_int(rows, i, D_CREATED)));
    member_instant(out, arena, "tried_at", rows_at(rows, i, D_TRIED));
    member_instant(out, arena, "sent_at", rows_at(rows, i, D_SENT));
    json_out_member_string(out, "next_at", waits ? instant_text(arena, rows_int(rows, i, D_NEXT)) : span_make(NULL, 0));
    json_out_member_string(out, "failure", rows_span(rows, i, D_FAILURE));
    member_instant(out, arena, "closed_at", rows_at(rows, i, D_CLOSED));
    json_out_member_string(out, "closed_words", rows_span(rows, i, D_CLOSED_WORDS));
    json_out_member_string(out, "case", rows_span(rows, i, D_CASE));
    json_out_member_string(out, "filing", rows_span(rows, i, D_FILING));
    json_out_member_string(out, "page", rows_span(rows, i, D_PAGE));
    json_out_member_string(out, "office_kind", rows_span(rows, i, D_OFFICE_KIND));
    json_out_member_string(out, "office", rows_span(rows, i, D_OFFICE));
    json_out_object_end(out);
}

// --- of a case ---

enum reader { READS_ALL, READS_AS_ENTITY, READS_AS_PARTY };

// The case, for one who may read it: by her office she sees all that was sent, from the entity's side or as a party what is her own.
static struct err read_case(struct api_request *request, struct store_conn *conn, struct span id, struct case_file *file, enum reader *ret, struct why *why) {
    struct access_case of;
    TRY(case_get(conn, id, request->arena, file, why));
    TRY(case_find_filer(conn, &request->principal, request->received_ms, request->arena, file, why));
    case_access(request->services, file, request->arena, &of);
    struct err e = access_may_read_case(&request->principal, &of, request->received_ms, NULL);
    *ret = is_err(e) ? READS_AS_PARTY : access_role_for_case(&request->principal, &of) != NULL ? READS_ALL : READS_AS_ENTITY;
    if (is_err(e) && is_err(access_may_read_part(&request->principal, &of, request->received_ms, NULL)))
        return access_may_read_case(&request->principal, &of, request->received_ms, why);
    return gate_case_known(request->services, conn, file, &request->principal, request->received_ms, request->arena, why);
}

static bool is_colleague(struct api_request *request, struct store_conn *conn, struct span office, struct span person) {
    struct rows people;
    if (is_err(store_read(conn, STMT_OFFICE_PEOPLE, PARAMS(value_text(office), value_int(ROLE_READER)), request->arena, &people, NULL))) return false;
    for (size_t i = 0; i < people.count; i++)
        if (span_equals(rows_span(&people, i, 0), person)) return true;
    return false;
}

// Whether the message was for the person's own office or for one who works there: what a party sees, not whom other parties have on call.
static bool is_of_own_office(struct api_request *request, struct store_conn *conn, const struct rows *rows, size_t i) {
    const struct principal *principal = &request->principal;
    if (!principal->is_totp_done) return false;
    for (size_t k = 0; k < principal->role_count; k++) {
        struct span office = principal->roles[k].office, owner = rows_span(rows, i, D_OWNER);
        if (span_is(rows_span(rows, i, D_OWNER_KIND), "office") && span_equals(owner, office)) return true;
        if (span_is(rows_span(rows, i, D_OWNER_KIND), "person") && is_colleague(request, conn, office, owner)) return true;
    }
    return false;
}

static bool may_see(struct api_request *request, const struct rows *rows, size_t i, enum reader reader) {
    if (reader == READS_AS_PARTY && is_of_own_office(request, request->conn, rows, i)) return true;
    bool is_own = span_is(rows_span(rows, i, D_OWNER_KIND), "person") && span_equals(rows_span(rows, i, D_OWNER), request->principal.person_id);
    return reader == READS_ALL || is_own || (reader == READS_AS_ENTITY && span_is(rows_span(rows, i, D_OWNER_KIND), "entity"));
}

static struct err deliveries_of_case(struct api_request *request, struct api_response *response, struct span id, int64_t limit, struct why *why) {
    struct case_file file;
    struct json after = {.type = JSON_INT};
    enum reader reader;
    bool is_after = false;
    struct rows rows;
    struct fill fill = fill_of(limit);
    TRY(read_case(request, request->conn, id, &file, &reader, why));
    TRY(api_cursor_read(request, "deliveries-of-case", &after, 1, &is_after, why));
    if (!is_after) after = json_from_int(INT64_MAX);
    struct json_out out;
    list_begin(response, &out);
    do {
        TRY(store_read(request->conn, STMT_DELIVERIES_OF_CASE, PARAMS(value_text(id), value_int(after.integer), value_int(fill_asked(&fill))), request->arena, &rows, why));
        for (size_t i = 0; i < rows.count; i++) {
            enum fill_row is = fill_ask(&fill, may_see(request, &rows, i, reader));
            if (is == FILL_STOP) break;
            after = json_from_int(rows_int(&rows, i, D_ID));
            if (is == FILL_SHOW) write_delivery(request, &out, &rows, i);
        }
    } while (fill_goes_on(&fill, rows.count));
    list_end(request, &out, "deliveries-of-case", &after, fill.is_more);
    return err_none();
}

// --- tasks ---

// Kinds of the offices where she works, or (IS_OFFICE) the offices.
static struct span offices_json(struct api_request *request, bool is_office) {
    struct buf buf;
    struct json_out out;
    buf_init(&buf, request->arena, 4096);
    json_out_init(&out, &buf);
    json_out_array(&out);
    for (size_t i = 0; i < request->principal.role_count; i++) json_out_string(&out, is_office ? request->principal.roles[i].office : request->principal.roles[i].kind->id);
    json_out_array_end(&out);
    return buf_span(&buf);
}

// Whether the failed delivery is a task of an office where she has at least ROLE.
static bool is_task_of(struct api_request *request, const struct rows *rows, size_t i, enum access_role_kind role) {
    struct span office = rows_span(rows, i, D_OFFICE);
    if (office.at != NULL) return access_has_role_at(&request->principal, office, role);
    return access_is_officer_of(&request->principal, rows_span(rows, i, D_OFFICE_KIND), role);
}

static bool may_read_row(struct api_request *request, struct store_conn *conn, const struct rows *rows, size_t i) {
    struct case_file file;
    enum reader reader;
    if (!is_task_of(request, rows, i, ROLE_READER)) return false;
    if (rows_at(rows, i, D_CASE)->type == VALUE_NULL) return span_is(rows_span(rows, i, D_KIND), "notice");
    if (is_err(read_case(request, conn, rows_span(rows, i, D_CASE), &file, &reader, NULL))) return false;
    return reader == READS_ALL || (reader == READS_AS_PARTY && is_of_own_office(request, conn, rows, i));
}

// What left the offices where she works, over all cases: failed and seen to by nobody (oldest first), or waiting, or sent (newest first).
static struct err deliveries_of_state(struct api_request *request, struct api_response *response, struct span state, int64_t limit, struct why *why) {
    bool is_failed = span_is(state, "failed"), is_after = false;
    const char *cursor = is_failed ? "deliveries-failed" : span_is(state, "sent") ? "deliveries-sent" : "deliveries-waiting";
    struct span states = span_is(state, "sent") ? SPAN("[\"sent\"]") : SPAN("[\"waiting\",\"sending\",\"asking\"]");
    struct json after = {.type = JSON_INT};
    struct rows rows;
    if (!request->principal.is_totp_done || request->principal.role_count == 0)
        return why_set(why, ERR_DENIED, "", "access.office", "", "these tasks are for officers, signed in with their second factor");
    TRY(api_cursor_read(request, cursor, &after, 1, &is_after, why));
    if (!is_after) after = json_from_int(is_failed ? 0 : INT64_MAX);
    struct value kinds = value_text(offices_json(request, false)), offices = value_text(offices_json(request, true));
    struct fill fill = fill_of(limit);
    struct json_out out;
    list_begin(response, &out);
    do {
        struct value params[] = {kinds, value_int(after.integer), value_int(fill_asked(&fill)), offices, value_text(states)};
        TRY(store_read(request->conn, is_failed ? STMT_DELIVERIES_FAILED : STMT_DELIVERIES_OF_OFFICES, params, is_failed ? 4 : 5, request->arena, &rows, why));
        for (size_t i = 0; i < rows.count; i++) {
            enum fill_row is = fill_ask(&fill, may_read_row(request, request->conn, &rows, i));
            if (is == FILL_STOP) break;
            after = json_from_int(rows_int(&rows, i, D_ID));
            if (is == FILL_SHOW) write_delivery(request, &out, &rows, i);
        }
    } while (fill_goes_on(&fill, rows.count));
    list_end(request, &out, cursor, &after, fill.is_more);
    return err_none();
}

static struct err get_deliveries(struct api_request *request, struct api_response *response, struct why *why) {
    struct span id = api_query(request, "case"), state = api_query(request, "state");
    int64_t limit;
    TRY(api_query_int(request, "limit", 50, 1, LIMIT_PAGE_ROWS, &limit, why));
    if (id.at != NULL && state.at == NULL) return deliveries_of_case(request, response, id, limit, why);
    if (id.at == NULL && (span_is(state, "failed") || span_is(state, "waiting") || span_is(state, "sent"))) return deliveries_of_state(request, response, state, limit, why);
    return why_set(why, ERR_INPUT, "case", "api.query", "", "either case=ID or state=failed, waiting or sent is expected");
}

struct close_ctx {
    struct span words;
    bool is_again;
};

static struct err find(struct api_request *request, struct store_conn *conn, struct rows *ret, struct why *why) {
    int64_t id;
    if (!span_to_int(request->params[0], &id)) id = 0;
    TRY(store_read(conn, STMT_DELIVERY_GET, PARAMS(value_int(id)), request->arena, ret, why));
    if (ret->count == 0 || !may_read_row(request, conn, ret, 0)) return why_set(why, ERR_NOT_FOUND, "", "delivery.unknown", "", "there is no such task");
    if (!is_task_of(request, ret, 0, ROLE_OFFICER))
        return why_set(why, ERR_DENIED, "", "access.office", "", "a task is done by an officer of the office");
    return err_none();
}

static struct err close_apply(struct api_request *request, struct store_conn *conn, struct log_edge *edge, int64_t now_ms, void *context, struct why *why) {
    (void)edge;
    const struct close_ctx *ctx = context;
    struct rows rows;
    size_t changed = 0;
    TRY(find(request, conn, &rows, why));
    struct value id = value_int(rows_int(&rows, 0, D_ID));
    if (ctx->is_again && span_is(rows_span(&rows, 0, D_MEDIUM), "none"))
        return why_set(why, ERR_CONFLICT, "", "delivery.no_way", "", "there is no address to send it to");
    if (ctx->is_again) TRY(store_write(conn, STMT_DELIVERY_TRY_AGAIN, PARAMS(id, value_int(now_ms)), &changed, why));
    else TRY(store_write(conn, STMT_DELIVERY_CLOSE, PARAMS(id, value_int(now_ms), value_text(request->principal.person_id), value_text(ctx->words)), &changed, why));
    return changed == 1 ? err_none() : why_set(why, ERR_CONFLICT, "", "delivery.closed", "", "it has not failed, or somebody has seen to it already");
}

static struct err post_close(struct api_request *request, struct api_response *response, struct why *why) {
    static const char *const NAMES[] = {"words", NULL};
    struct close_ctx *ctx = ARENA_NEW(request->arena, struct close_ctx);
    struct json body;
    struct rows rows;
    if (ctx == NULL) return err_make(ERR_MEMORY);
    TRY(find(request, request->conn, &rows, why));
    TRY(api_body(request, &body, why));
    TRY(api_members_only(&body, NAMES, why));
    TRY(api_member_text(&body, "words", WORDS_BYTES, &ctx->words, why));
    return api_write(request, response, close_apply, api_done_render, ctx, false);
}

static struct err post_again(struct api_request *request, struct api_response *response, struct why *why) {
    struct close_ctx *ctx = ARENA_NEW(request->arena, struct close_ctx);
    struct rows rows;
    if (ctx == NULL) return err_make(ERR_MEMORY);
    ctx->is_again = true;
    TRY(find(request, request->conn, &rows, why));
    return api_write(request, response, close_apply, api_done_render, ctx, false);
}

// --- trying the mail ---

struct try_ctx {
    struct span address;
    int64_t id;
};

static struct err try_apply(struct api_request *request, struct store_conn *conn, struct log_edge *edge, int64_t now_ms, void *context, struct why *why) {
    (void)edge;
    struct try_ctx *ctx = context;
    struct rows last;
    struct delivery_new test = {.kind = "test", .is_first = true, .owner_kind = "node", .owner = SPAN(""), .medium = "mail", .address = ctx->address,
                                .language = request->lang, .next_ms = now_ms};
    TRY(delivery_add(conn, &test, now_ms, why));
    TRY(store_read(conn, STMT_DELIVERY_LAST, NULL, 0, request->arena, &last, why));
    ctx->id = rows_int(&last, 0, 0);
    return err_none();
}

static struct err write_one(struct api_request *request, struct api_response *response, struct store_conn *conn, int64_t id, unsigned status, struct why *why) {
    struct rows rows;
    struct json_out out;
    TRY(store_read(conn, STMT_DELIVERY_GET, PARAMS(value_int(id)), request->arena, &rows, why));
    if (rows.count == 0 || !span_is(rows_span(&rows, 0, D_KIND), "test")) return why_set(why, ERR_NOT_FOUND, "", "delivery.unknown", "", "there is no such test message");
    api_json(response, status, &out);
    write_delivery(request, &out, &rows, 0);
    return err_none();
}

static struct err try_render(struct api_request *request, struct api_response *response, struct store_conn *reader, void *context, struct why *why) {
    return write_one(request, response, reader, ((const struct try_ctx *)context)->id, 201, why);
}

static struct err post_delivery(struct api_request *request, struct api_response *response, struct why *why) {
    static const char *const NAMES[] = {"address", NULL};
    struct try_ctx *ctx = ARENA_NEW(request->arena, struct try_ctx);
    struct json body;
    if (ctx == NULL) return err_make(ERR_MEMORY);
    TRY(api_body(request, &body, why));
    TRY(api_members_only(&body, NAMES, why));
    TRY(api_member_text(&body, "address", MAIL_ADDRESS_BYTES, &ctx->address, why));
    if (!mail_address_is_plain(ctx->address)) return why_set(why, ERR_INPUT, "/address", "channel.address", "", "this is no mail address that can be used");
    if (request->services->reach == NULL || !request->services->reach->has_mail)
        return why_set(why, ERR_LAW, "", "channel.no_mail", "", "this node sends no mail: its configuration names no mail server");
    return api_write(request, response, try_apply, try_render, ctx, false);
}

static struct err get_delivery(struct api_request *request, struct api_response *response, struct why *why) {
    int64_t id;
    if (!span_to_int(request->params[0], &id)) id = 0;
    return write_one(request, response, request->conn, id, 200, why);
}

// --- reminders ---

static const struct list_column REMINDERS[] = {{"duty", LIST_TEXT, 0, NULL}, {"reminder", LIST_TEXT, 1, NULL}, {"owed_by", LIST_TEXT, 2, NULL},
                                               {"when", LIST_INSTANT, 3, NULL}, {"is_after_due", LIST_BOOL, 4, NULL}, {"done_at", LIST_INSTANT, 5, NULL},
                                               {"outcome", LIST_TEXT, 6, NULL}, {0}};

static struct err get_reminders(struct api_request *request, struct api_response *response, struct why *why) {
    struct span id = api_query(request, "case");
    struct case_file file;
    enum reader reader;
    struct rows rows;
    if (id.at == NULL) return why_set(why, ERR_INPUT, "case", "api.query", "", "case=ID is expected");
    TRY(read_case(request, request->conn, id, &file, &reader, why));
    TRY(store_read(request->conn, STMT_REMINDERS_OF_CASE, PARAMS(value_text(id)), request->arena, &rows, why));
    struct json_out out;
    list_begin(response, &out);
    for (size_t i = 0; i < rows.count; i++) // what offices owe is their own matter
        if (reader == READS_ALL || (reader == READS_AS_ENTITY && span_is(rows_span(&rows, i, 2), "entity"))) list_item(request, &out, REMINDERS, &rows, i);
    list_end(request, &out, "reminders", NULL, false);
    return err_none();
}

static const struct route_param LIST_DELIVERIES[] = {
    {"case", "string", "who was told of this case"},
    {"state", "string", "of one's offices over all cases. failed: that nobody has seen to; waiting; sent"},
    {"limit", "integer", "rows, 1 to 250; 50 by default"},
    {"cursor", "string", "where to go on: next of the page before"},
    {NULL, NULL, NULL},
};
static const struct route_param OF_CASE[] = {{"case", "string", "the case"}, {NULL, NULL, NULL}};

const struct route routes_delivery[] = {
    {"GET", "/api/v1/deliveries", get_deliveries, AUTH_KNOWN, SCOPE_READ, RATE_READ, "reach", "Who was told, when, by what; or what failed, waits or was sent over all cases", NULL, "DeliveryList", 200, LIST_DELIVERIES, false},
    {"POST", "/api/v1/deliveries", post_delivery, AUTH_ADMINISTRATOR, SCOPE_ADMINISTER, RATE_FILE, "reach", "Send a test message", "DeliveryNew", "Delivery", 201, NULL, false},
    {"GET", "/api/v1/deliveries/{id}", get_delivery, AUTH_ADMINISTRATOR, SCOPE_ADMINISTER, RATE_READ, "reach", "What became of a test message", NULL, "Delivery", 200, NULL, false},
    {"POST", "/api/v1/deliveries/{id}/close", post_close, AUTH_KNOWN, SCOPE_FILE, RATE_FILE, "reach", "Say what was done about a delivery that failed", "DeliveryClose", NULL, 204, NULL, false},
    {"POST", "/api/v1/deliveries/{id}/again", post_again, AUTH_KNOWN, SCOPE_FILE, RATE_FILE, "reach", "Try a delivery that failed once more", NULL, NULL, 204, NULL, false},
    {"GET", "/api/v1/reminders", get_reminders, AUTH_KNOWN, SCOPE_READ, RATE_READ, "reach", "What was and will be reminded of in a case", NULL, "ReminderList", 200, OF_CASE, false},
    {0},
};
