// SPDX-License-Identifier: EUPL-1.2
/* Reports without account, for programs: file, look, add, claim; and the queue of the office that holds them. */
#include "api/emergency.h"
#include "api/resources.h"
#include "service/case.h"
#include "service/gate_view.h"
#include "service/proof.h"

static struct err read_fields(const struct json *body, const struct json **ret, struct why *why) {
    const struct json *fields = json_get(body, "fields");
    if (fields == NULL || fields->type != JSON_OBJECT) return why_set(why, ERR_INPUT, "/fields", "api.type", "", "fields must be an object");
    *ret = fields;
    return err_none();
}

static struct err write_receipt(struct api_request *request, struct store_conn *conn, struct span case_id, struct span filing_id, struct json_out *out, struct why *why) {
    struct record_open record;
    TRY(emergency_read(request, conn, case_id, filing_id, &record, why));
    json_out_name(out, "receipt");
    return proof_write_receipt(request->services, conn, &record, true, out, request->arena, why);
}

static struct err reported_render(struct api_request *request, struct api_response *response, struct store_conn *reader, void *context,
                                  struct why *why) {
    const struct emergency *report = context;
    struct services *services = request->services;
    struct claim claim;
    struct json_out out;
    if (report->is_too_many) return emergency_refuse(request, "More reports without account came within the hour than this node takes.", why);
    TRY(claim_find(reader, span_of(report->token), request->arena, &claim, why));
    api_json(response, report->is_repeat ? 200 : 201, &out);
    json_out_object(&out);
    json_out_member_string(&out, "filing", claim.filing_id);
    json_out_member_string(&out, "case", claim.case_id);
    json_out_member_text(&out, "token", report->token);
    json_out_member_bool(&out, "is_repeat", report->is_repeat);
    json_out_member_text(&out, "note", "Keep the token: with it you see how the report stands and add to it. The office calls back before anything "
                                       "else happens with it. This is an automatic receipt, not the authority's answer.");
    json_out_member_string(&out, "answer_by", services->answer_by);
    json_out_member_string(&out, "telephone", services->emergency_telephone);
    TRY(write_receipt(request, reader, claim.case_id, claim.filing_id, &out, why));
    json_out_object_end(&out);
    return err_none();
}

static struct err post_report(struct api_request *request, struct api_response *response, struct why *why) {
    static const char *const MEMBERS[] = {"procedure", "fields", NULL};
    struct span procedure;
    struct json *body = ARENA_NEW(request->arena, struct json);
    struct emergency *report = ARENA_NEW(request->arena, struct emergency);
    const struct json *fields = NULL;
    struct span key = api_header(request, "idempotency-key");
    if (body == NULL || report == NULL) return err_make(ERR_MEMORY);
    TRY(emergency_limit(request, RATE_OPEN_FILE, why));
    TRY(api_body(request, body, why));
    TRY(api_members_only(body, MEMBERS, why));
    TRY(api_member_text_optional(body, "procedure", 64, &procedure, why));
    TRY(read_fields(body, &fields, why));
    if (key.len > 128) return why_set(why, ERR_INPUT, "Idempotency-Key", "filing.idempotency", "", "the key has more than 128 bytes");
    TRY(emergency_begin(request, procedure, fields, key, report, why));
    if (report->is_repeat) return reported_render(request, response, request->conn, report, why);
    if (!report->plan.decision.is_accepted) {
        api_problem_faults(request, response, report->plan.decision.faults, report->plan.decision.fault_count);
        return err_none();
    }
    return api_write(request, response, emergency_apply, reported_render, report, true);
}

static struct err read_claim(struct api_request *request, const char *const *members, struct json *body, struct claim *ret, struct why *why) {
    struct span token;
    TRY(emergency_limit(request, RATE_CLAIM, why));
    TRY(api_body(request, body, why));
    TRY(api_members_only(body, members, why));
    TRY(api_member_text(body, "token", 128, &token, why));
    return claim_find(request->conn, token, request->arena, ret, why);
}

static struct err post_status(struct api_request *request, struct api_response *response, struct why *why) {
    static const char *const MEMBERS[] = {"token", NULL};
    struct json body;
    struct claim claim;
    struct json_out out;
    TRY(read_claim(request, MEMBERS, &body, &claim, why));
    api_json(response, 200, &out);
    return emergency_write_status(request, request->conn, &claim, &out, why);
}

struct claimed { // an addition or a claim on its way
    struct emergency report;
    struct claim claim;
    struct json body;
    struct filing_request filing;
    struct filing_plan plan;
    struct span filing_id;
};

static struct err updated_render(struct api_request *request, struct api_response *response, struct store_conn *reader, void *context,
                                 struct why *why) {
    const struct emergency *report = context;
    struct json_out out;
    api_json(response, 201, &out);
    json_out_object(&out);
    json_out_member_string(&out, "filing", report->filing_id);
    json_out_member_string(&out, "case", report->filing.case_id);
    TRY(write_receipt(request, reader, report->filing.case_id, report->filing_id, &out, why));
    json_out_object_end(&out);
    return err_none();
}

static struct err post_update(struct api_request *request, struct api_response *response, struct why *why) {
    static const char *const MEMBERS[] = {"token", "document", "fields", NULL};
    struct span document;
    struct claimed *own = ARENA_NEW(request->arena, struct claimed);
    const struct json *fields = NULL;
    if (own == NULL) return err_make(ERR_MEMORY);
    TRY(read_claim(request, MEMBERS, &own->body, &own->claim, why));
    TRY(read_fields(&own->body, &fields, why));
    TRY(api_member_text_optional(&own->body, "document", 64, &document, why));
    TRY(emergency_begin_update(request, &own->claim, document, fields, &own->report, why));
    if (!own->report.plan.decision.is_accepted) {
        api_problem_faults(request, response, own->report.plan.decision.faults, own->report.plan.decision.fault_count);
        return err_none();
    }
    return api_write(request, response, emergency_apply_update, updated_render, &own->report, true);
}

// --- the claim: the report becomes hers who is signed in ---

static struct err claim_apply(struct api_request *request, struct store_conn *conn, struct log_edge *edge, int64_t now_ms, void *context,
                              struct why *why) {
    struct claimed *own = context;
    struct filing_plan plan = own->plan;
    int64_t seq;
    TRY(claim_take(conn, &own->claim.token_hash, request->principal.person_id, now_ms, why));
    TRY(filing_write(request->services, conn, edge, &plan, now_ms, request->arena, &seq, why));
    own->filing_id = plan.filing_id;
    return err_none();
}

static struct err claim_render(struct api_request *request, struct api_response *response, struct store_conn *reader, void *context,
                               struct why *why) {
    const struct claimed *own = context;
    struct json_out out;
    api_json(response, 201, &out);
    json_out_object(&out);
    json_out_member_string(&out, "case", own->claim.case_id);
    json_out_member_string(&out, "filing", own->filing_id);
    TRY(write_receipt(request, reader, own->claim.case_id, own->filing_id, &out, why));
    json_out_object_end(&out);
    return err_none();
}

static struct err post_claim(struct api_request *request, struct api_response *response, struct why *why) {
    static const char *const MEMBERS[] = {"token", NULL};
    struct services *services = request->services;
    struct claimed *own = ARENA_NEW(request->arena, struct claimed);
    struct case_file file;
    struct procedure_document document;
    if (own == NULL) return err_make(ERR_MEMORY);
    TRY(read_claim(request, MEMBERS, &own->body, &own->claim, why));
    if (own->claim.person_id.len > 0) return why_set(why, ERR_CONFLICT, "/token", "claim.taken", "", "this report was taken over by someone already");
    TRY(case_get(request->conn, own->claim.case_id, request->arena, &file, why));
    TRY(procedure_claim_document(services->law, services->state, zone_date(services->zone, request->received_ms), file.procedure, CLAIM_TAKES, &document, why));
    own->filing = (struct filing_request){.procedure = file.procedure,
                                          .document = document.document,
                                          .case_id = own->claim.case_id,
                                          .is_claim_holder = true,
                                          .request_hash = hash_sha256(request->body),
                                          .received_ms = request->received_ms};
    TRY(filing_decide(services, request->conn, &request->principal, &own->filing, request->received_ms, request->arena, &own->plan, why));
    if (!own->plan.decision.is_accepted) {
        api_problem_faults(request, response, own->plan.decision.faults, own->plan.decision.fault_count);
        return err_none();
    }
    return api_write(request, response, claim_apply, claim_render, own, true);
}

// --- the queue of the office ---

// The quarantine of the office that the officer is at; only a role without bounds of sector sees what has none yet.
static struct err held_workspace(const struct api_request *request, struct span *ret, struct why *why) {
    const struct principal *principal = &request->principal;
    const struct workspace *all;
    size_t count = workspaces(request->services->law, &all);
    for (size_t i = 0; principal->is_totp_done && i < count; i++)
        for (size_t k = 0; all[i].held.len > 0 && k < principal->role_count; k++)
            if (access_role_works_in(&principal->roles[k], &all[i]) && role_is_unbounded(&principal->roles[k])) {
                *ret = all[i].id;
                return err_none();
            }
    return why_set(why, ERR_DENIED, "", "access.office", "", "this queue is for officers of the office that receives, for all sectors, signed in with their second factor");
}

static struct err write_queue_row(struct api_request *request, struct json_out *out, const struct rows *rows, size_t i, struct why *why) {
    struct record_open record;
    struct json values;
    struct claim_hints hints;
    struct case_file file;
    struct gate_view view;
    struct arena *arena = request->arena;
    struct civil at = zone_date(request->services->zone, rows_int(rows, i, 3));
    TRY(case_get(request->conn, rows_span(rows, i, 0), arena, &file, why));
    struct gate_place place = gate_place_of(&file);
    TRY(gate_view_open(request->services, request->conn, &place, &request->principal, GATE_FILING, request->received_ms, arena, &view, why));
    if (is_err(gate_view_known(&view, NULL))) return err_none(); // held from her altogether
    TRY(gate_read_record(&view, request->conn, rows_span(rows, i, 7), arena, &record, NULL, why));
    TRY(record_values(&record, arena, &values, why));
    TRY(claim_hints_find(request->services, request->conn, rows_span(rows, i, 1), rows_span(rows, i, 8), &values, at, arena, &hints, why));
    json_out_object(out);
    json_out_member_string(out, "case", rows_span(rows, i, 0));
    json_out_member_string(out, "filing", rows_span(rows, i, 7));
    json_out_member_string(out, "document", rows_span(rows, i, 8));
    json_out_member_string(out, "state", rows_span(rows, i, 2));
    json_out_member_string(out, "opened_at", instant_text(arena, rows_int(rows, i, 3)));
    json_out_member_string(out, "changed_at", instant_text(arena, rows_int(rows, i, 4)));
    json_out_member_bool(out, "is_claimed", rows_int(rows, i, 9) != 0);
    json_out_member_string(out, "recorded_from", rows_span(rows, i, 10));
    json_out_member_int(out, "points", -rows_int(rows, i, 6));
    json_out_name(out, "register");
    TRY(claim_hints_write(out, request->conn, &hints, rows_span(rows, i, 1), request->received_ms, arena, why));
    json_out_object_end(out);
    return err_none();
}

static struct err get_queue(struct api_request *request, struct api_response *response, struct why *why) {
    struct json after[3] = {{.type = JSON_INT}, {.type = JSON_INT}, {.type = JSON_STRING}};
    struct span workspace;
    int64_t limit;
    bool is_after;
    struct rows rows, count;
    TRY(held_workspace(request, &workspace, why));
    TRY(api_query_int(request, "limit", 50, 1, LIMIT_PAGE_ROWS, &limit, why));
    TRY(api_cursor_read(request, "held", after, 3, &is_after, why));
    struct value params[] = {value_int(is_after ? after[0].integer : INT64_MIN), value_int(is_after ? after[1].integer : INT64_MIN),
                             value_text(is_after ? after[2].string : SPAN("")), value_int(limit + 1), value_text(workspace)};
    TRY(store_read(request->conn, STMT_HELD_PAGE, params, 5, request->arena, &rows, why));
    TRY(store_read(request->conn, STMT_HELD_COUNT, &params[4], 1, request->arena, &count, why));
    size_t shown = rows.count > (size_t)limit ? (size_t)limit : rows.count;
    struct json_out out;
    api_json(response, 200, &out);
    json_out_object(&out);
    json_out_member_int(&out, "waiting", rows_int(&count, 0, 0));
    json_out_name(&out, "reports");
    json_out_array(&out);
    for (size_t i = 0; i < shown; i++) TRY(write_queue_row(request, &out, &rows, i, why));
    json_out_array_end(&out);
    json_out_name(&out, "next");
    if (rows.count > shown && shown > 0) {
        struct json last[3] = {json_from_int(rows_int(&rows, shown - 1, 6)), json_from_int(rows_int(&rows, shown - 1, 3)),
                               json_from_string(rows_span(&rows, shown - 1, 0))};
        json_out_string(&out, api_cursor_write(request, "held", last, 3));
    } else {
        json_out_null(&out);
    }
    json_out_object_end(&out);
    return err_none();
}

// --- one decision on many ---

enum { DECISIONS_MAX = 100 };
struct decisions {
    struct json body;
    size_t count;
    struct filing_request *filings;
    struct filing_plan *plans;
    struct span *filing_ids;
};

static struct err decide_one(struct api_request *request, struct decisions *all, struct span case_id, struct span document, const struct json *fields,
                             struct span workspace, bool *ret_is_refused, struct api_response *response, struct why *why) {
    struct case_file file;
    struct filing_request *filing = &all->filings[all->count];
    struct filing_plan *plan = &all->plans[all->count];
    TRY(case_get(request->conn, case_id, request->arena, &file, why));
    if (!span_equals(file.workspace, workspace)) return access_no_case(why);
    *filing = (struct filing_request){.procedure = file.procedure, .document = document, .case_id = case_id, .fields = fields, .received_ms = request->received_ms};
    TRY(filing_decide(request->services, request->conn, &request->principal, filing, request->received_ms, request->arena, plan, why));
    *ret_is_refused = !plan->decision.is_accepted;
    if (*ret_is_refused) api_problem_faults(request, response, plan->decision.faults, plan->decision.fault_count);
    all->count++;
    return err_none();
}

// All or none: an error of one undoes the job.
static struct err decisions_apply(struct api_request *request, struct store_conn *conn, struct log_edge *edge, int64_t now_ms, void *context,
                                  struct why *why) {
    struct decisions *all = context;
    for (size_t i = 0; i < all->count; i++) {
        struct filing_plan plan = all->plans[i];
        int64_t seq;
        TRY(filing_write(request->services, conn, edge, &plan, now_ms, request->arena, &seq, why));
        all->filing_ids[i] = plan.filing_id;
    }
    return err_none();
}

static struct err decisions_render(struct api_request *request, struct api_response *response, struct store_conn *reader, void *context,
                                   struct why *why) {
    const struct decisions *all = context;
    struct json_out out;
    (void)request;
    (void)reader;
    (void)why;
    api_json(response, 201, &out);
    json_out_object(&out);
    json_out_name(&out, "filings");
    json_out_array(&out);
    for (size_t i = 0; i < all->count; i++) {
        json_out_object(&out);
        json_out_member_string(&out, "case", all->filings[i].case_id);
        json_out_member_string(&out, "filing", all->filing_ids[i]);
        json_out_object_end(&out);
    }
    json_out_array_end(&out);
    json_out_object_end(&out);
    return err_none();
}

static struct err post_decisions(struct api_request *request, struct api_response *response, struct why *why) {
    static const char *const MEMBERS[] = {"document", "fields", "cases", NULL};
    struct decisions *all = ARENA_NEW(request->arena, struct decisions);
    struct span workspace, document;
    const struct json *fields = NULL;
    if (all == NULL) return err_make(ERR_MEMORY);
    TRY(held_workspace(request, &workspace, why));
    TRY(api_body(request, &all->body, why));
    TRY(api_members_only(&all->body, MEMBERS, why));
    TRY(api_member_text(&all->body, "document", 64, &document, why));
    TRY(read_fields(&all->body, &fields, why));
    const struct json *cases = json_get(&all->body, "cases");
    if (cases == NULL || cases->type != JSON_ARRAY || cases->count == 0 || cases->count > DECISIONS_MAX)
        return why_set(why, ERR_INPUT, "/cases", "api.type", "", "cases must be a list of 1 to %d identifiers", (int)DECISIONS_MAX);
    all->filings = arena_take_array(request->arena, cases->count, sizeof *all->filings);
    all->plans = arena_take_array(request->arena, cases->count, sizeof *all->plans);
    all->filing_ids = arena_take_array(request->arena, cases->count, sizeof *all->filing_ids);
    if (all->filings == NULL || all->plans == NULL || all->filing_ids == NULL) return err_make(ERR_MEMORY);
    for (size_t i = 0; i < cases->count; i++) {
        bool is_refused = false;
        if (cases->items[i].type != JSON_STRING) return why_set(why, ERR_INPUT, "/cases", "api.type", "", "cases must be a list of identifiers");
        TRY(decide_one(request, all, cases->items[i].string, document, fields, workspace, &is_refused, response, why));
        if (is_refused) return err_none();
    }
    return api_write(request, response, decisions_apply, decisions_render, all, true);
}

static const struct route_param LIST_HELD[] = {
    {"limit", "integer", "rows, 1 to 250; 50 by default"},
    {"cursor", "string", "where to go on: next of the page before"},
    {NULL, NULL, NULL},
};

const struct route routes_emergency[] = {
    {"POST", "/api/v1/emergency", post_report, AUTH_NONE, 0, RATE_COUNT, "emergency", "Reports an emergency without account; answers with receipt and claim token", "EmergencyReport", "EmergencyReported", 201, NULL, true},
    {"POST", "/api/v1/emergency/status", post_status, AUTH_NONE, 0, RATE_COUNT, "emergency", "How a report stands, for who holds its token", "EmergencyToken", "EmergencyStatus", 200, NULL, false},
    {"POST", "/api/v1/emergency/updates", post_update, AUTH_NONE, 0, RATE_COUNT, "emergency", "Adds to a report, by who holds its token", "EmergencyUpdate", "EmergencyFiled", 201, NULL, false},
    {"POST", "/api/v1/emergency/claim", post_claim, AUTH_KNOWN, SCOPE_FILE, RATE_FILE, "emergency", "Takes a report over with one's account", "EmergencyToken", "EmergencyFiled", 201, NULL, false},
    {"POST", "/api/v1/reports", post_report, AUTH_NONE, 0, RATE_COUNT, "reports", "Reports something without account, such as a vulnerability; answers with receipt and claim token", "Report", "EmergencyReported", 201, NULL, true},
    {"POST", "/api/v1/reports/status", post_status, AUTH_NONE, 0, RATE_COUNT, "reports", "How a report, or an invited part of a case, stands, for who holds its token", "EmergencyToken", "EmergencyStatus", 200, NULL, false},
    {"POST", "/api/v1/reports/updates", post_update, AUTH_NONE, 0, RATE_COUNT, "reports", "Files in it, by who holds its token", "EmergencyUpdate", "EmergencyFiled", 201, NULL, false},
    {"POST", "/api/v1/reports/claim", post_claim, AUTH_KNOWN, SCOPE_FILE, RATE_FILE, "reports", "Takes it over with one's account", "EmergencyToken", "EmergencyFiled", 201, NULL, false},
    {"GET", "/api/v1/emergency/queue", get_queue, AUTH_KNOWN, SCOPE_READ, RATE_READ, "emergency", "Reports in quarantine that wait for the office, those that agree with the register first", NULL, "EmergencyQueue", 200, LIST_HELD, false},
    {"POST", "/api/v1/emergency/decisions", post_decisions, AUTH_KNOWN, SCOPE_FILE, RATE_FILE, "emergency", "Files the same document in many reports in quarantine, all or none", "EmergencyDecisions", "EmergencyDecided", 201, NULL, false},
    {0},
};
