// SPDX-License-Identifier: EUPL-1.2
#include "api/emergency.h"

#include "service/case.h"
#include "service/downtime.h"
#include "service/gate_view.h"

// --- limits ---

struct err emergency_refuse(struct api_request *request, const char *words, struct why *why) {
    const struct services *services = request->services;
    struct span call = services->emergency_telephone;
    if (why != NULL) *why = (struct why){0};
    return why_set(why, ERR_LIMIT, "", "access.emergency", "", "%s %s%.*s%sThe form on paper: %.*s/emergency/form", words, call.len > 0 ? "Call " : "",
                   SPAN_FMT(call), call.len > 0 ? ". " : "", SPAN_FMT(services->public_url));
}

struct err emergency_limit(struct api_request *request, enum rate rate, struct why *why) {
    struct why own = {0};
    struct err e = access_rate_take(request->services->access->rates, rate, request->peer, request->received_ms, NULL, &own);
    return is_err(e) ? emergency_refuse(request, own.words, why) : e;
}

// --- the report ---

static struct civil today(const struct api_request *request) { return zone_date(request->services->zone, request->received_ms); }

static struct err is_repeat_of(struct store_conn *conn, struct emergency *report, struct arena *arena, struct why *why) {
    struct claim earlier;
    struct why own = {0};
    struct err e = claim_find(conn, span_of(report->token), arena, &earlier, &own);
    if (e.code == ERR_NOT_FOUND) return err_none();
    if (is_err(e)) return why_set(why, e.code, "", own.rule, "", "%s", own.words);
    report->is_repeat = true;
    report->filing_id = earlier.filing_id;
    return err_none();
}

struct err emergency_begin(struct api_request *request, struct span procedure, const struct json *fields, struct span key, struct emergency *ret, struct why *why) {
    struct services *services = request->services;
    struct hash body = hash_sha256(request->body);
    *ret = (struct emergency){.points = 0};
    TRY(procedure_claim_document(services->law, services->state, today(request), procedure, CLAIM_OPENS, &ret->document, why));
    claim_token_make(services, key, &body, ret->token);
    ret->token_hash = claim_token_hash(span_of(ret->token));
    TRY(is_repeat_of(request->conn, ret, request->arena, why));
    if (ret->is_repeat) return err_none();
    ret->filing = (struct filing_request){.procedure = ret->document.procedure,
                                          .document = ret->document.document,
                                          .as = SPAN("anyone"),
                                          .fields = fields,
                                          .request_hash = body,
                                          .received_ms = request->received_ms};
    struct principal *nobody = ARENA_NEW(request->arena, struct principal); // whoever is signed in files with her account
    if (nobody == NULL) return err_make(ERR_MEMORY);
    TRY(filing_decide(services, request->conn, nobody, &ret->filing, request->received_ms, request->arena, &ret->plan, why));
    if (!ret->plan.decision.is_accepted) return err_none();
    struct claim_hints hints;
    TRY(claim_hints_find(services, request->conn, ret->document.procedure, ret->document.document, ret->plan.decision.values, today(request),
                         request->arena, &hints, why));
    ret->points = hints.points;
    return err_none();
}

struct err emergency_apply(struct api_request *request, struct store_conn *conn, struct log_edge *edge, int64_t now_ms, void *context,
                           struct why *why) {
    struct emergency *report = context;
    struct filing_plan plan = report->plan; // a second run begins from the same plan
    int64_t seq;
    TRY(is_repeat_of(conn, report, request->arena, why));
    if (report->is_repeat) return err_none();
    struct err e = claim_add(conn, &report->token_hash, plan.case_id, plan.filing_id, report->points, request->services->emergency_per_hour,
                             now_ms, request->arena, why);
    report->is_too_many = e.code == ERR_LIMIT;
    if (report->is_too_many) return err_none();
    TRY(e);
    TRY(filing_write(request->services, conn, edge, &plan, now_ms, request->arena, &seq, why));
    report->filing_id = plan.filing_id;
    return err_none();
}

// --- additions ---

static struct err no_document(struct why *why) {
    return why_set(why, ERR_NOT_FOUND, "/document", "claim.document", "", "the holder of the token files no such document here");
}

static struct err update_document(struct api_request *request, struct span procedure, struct span document, struct procedure_document *ret, struct why *why) {
    struct services *services = request->services;
    if (document.len == 0) return procedure_claim_document(services->law, services->state, today(request), procedure, CLAIM_FILES, ret, why);
    if (is_err(procedure_find(services->law, services->state, today(request), procedure, document, ret, NULL))) return no_document(why);
    return ret->claim == CLAIM_FILES ? err_none() : no_document(why);
}

struct err emergency_begin_update(struct api_request *request, const struct claim *claim, struct span document, const struct json *fields,
                                  struct emergency *ret, struct why *why) {
    struct services *services = request->services;
    struct case_file file;
    *ret = (struct emergency){.token_hash = claim->token_hash};
    if (claim->person_id.len > 0) return why_set(why, ERR_CONFLICT, "/token", "claim.taken", "", "this report was taken over with an account; go on there");
    TRY(case_get(request->conn, claim->case_id, request->arena, &file, why));
    TRY(update_document(request, file.procedure, document, &ret->document, why));
    ret->filing = (struct filing_request){.procedure = file.procedure,
                                          .document = ret->document.document,
                                          .case_id = claim->case_id,
                                          .fields = fields,
                                          .is_claim_holder = true,
                                          .request_hash = hash_sha256(request->body),
                                          .received_ms = request->received_ms};
    struct principal *nobody = ARENA_NEW(request->arena, struct principal);
    if (nobody == NULL) return err_make(ERR_MEMORY);
    return filing_decide(services, request->conn, nobody, &ret->filing, request->received_ms, request->arena, &ret->plan, why);
}

struct err emergency_apply_update(struct api_request *request, struct store_conn *conn, struct log_edge *edge, int64_t now_ms, void *context,
                                  struct why *why) {
    struct emergency *report = context;
    struct filing_plan plan = report->plan;
    int64_t seq;
    TRY(claim_still_counts(conn, &report->token_hash, request->arena, why));
    TRY(filing_write(request->services, conn, edge, &plan, now_ms, request->arena, &seq, why));
    report->filing_id = plan.filing_id;
    return err_none();
}

// --- how it stands ---

// Who holds the token is of the circle in which the case moves, and nobody else: no office, no entity.
static struct err holder_view(struct api_request *request, struct store_conn *conn, const struct case_file *file, struct gate_view *ret,
                              struct why *why) {
    static const struct span NAMES[] = {{(const uint8_t *)"person:claim", sizeof "person:claim" - 1}};
    struct gate_place place = gate_place_of(file);
    place.filer = SPAN("claim");
    TRY(gate_view_case(request->services, conn, &place, GATE_FILING, request->received_ms, request->arena, ret, why));
    ret->hats[0] = (struct gate_to){.name_count = 1, .names = NAMES, .role = SPAN("anyone"), .is_in_node = true};
    ret->hat_count = 1;
    return err_none();
}

struct err emergency_read(struct api_request *request, struct store_conn *conn, struct span case_id, struct span filing_id,
                          struct record_open *ret, struct why *why) {
    struct case_file file;
    struct gate_view view;
    TRY(case_get(conn, case_id, request->arena, &file, why));
    TRY(holder_view(request, conn, &file, &view, why));
    return gate_read_record(&view, conn, filing_id, request->arena, ret, NULL, why);
}

static struct err write_filing(struct api_request *request, struct store_conn *conn, struct json_out *out, const struct gate_view *view,
                               const struct rows *rows, size_t i, const struct procedure_document *document, bool by_office, struct why *why) {
    struct record_open record;
    struct json values;
    struct arena *arena = request->arena;
    TRY(gate_read_record(view, conn, rows_span(rows, i, 0), arena, &record, NULL, why));
    TRY(record_values(&record, arena, &values, why));
    json_out_object(out);
    json_out_member_string(out, "filing", record.filing_id);
    json_out_member_string(out, "document", document->document);
    json_out_member_string(out, "label", procedure_label(request->services->law, request->services->state, today(request), document->procedure,
                                                         document->document, request->lang, arena));
    json_out_member_string(out, "received_at", instant_text(arena, rows_int(rows, i, 9)));
    json_out_member_bool(out, "by_office", by_office);
    json_out_name(out, "fields");
    json_out_value(out, &values);
    json_out_object_end(out);
    return err_none();
}

// Her own filings; and, while the case is nobody else's, what the office wrote for her.
static struct err write_filings(struct api_request *request, struct store_conn *conn, struct json_out *out, const struct case_file *file,
                                struct why *why) {
    struct value id = value_text(file->id);
    struct rows rows;
    struct gate_view view;
    TRY(holder_view(request, conn, file, &view, why));
    TRY(store_read(conn, STMT_FILINGS_OF_CASE, &id, 1, request->arena, &rows, why));
    json_out_name(out, "filings");
    json_out_array(out);
    for (size_t i = 0; i < rows.count; i++) {
        struct procedure_document document;
        bool is_own = span_is(rows_span(&rows, i, 7), "anyone");
        struct civil then = zone_date(request->services->zone, rows_int(&rows, i, 10));
        if (is_err(procedure_find(request->services->law, request->services->state, then, file->procedure, rows_span(&rows, i, 6), &document, NULL))) continue;
        if (!is_own && (document.claim != CLAIM_READS || file->entity_id.len > 0)) continue;
        TRY(write_filing(request, conn, out, &view, &rows, i, &document, !is_own, why));
    }
    json_out_array_end(out);
    return err_none();
}

static struct err write_duties(struct api_request *request, struct store_conn *conn, struct json_out *out, const struct case_file *file,
                               struct why *why) {
    const struct json *duties = json_get(&file->content, "duties");
    struct downtimes downtimes;
    TRY(downtimes_load(conn, duties, request->received_ms, request->arena, &downtimes, why));
    json_out_name(out, "duties");
    json_out_array(out);
    for (size_t i = 0; file->entity_id.len == 0 && duties != NULL && i < duties->count; i++)
        duty_write_beside(out, &duties->items[i], request->received_ms, false, &downtimes, request->arena);
    json_out_array_end(out);
    return err_none();
}

// What the holder may file now.
static struct err write_next(struct api_request *request, struct json_out *out, const struct case_file *file, struct why *why) {
    struct services *services = request->services;
    const struct procedure_step *steps;
    size_t count;
    TRY(procedure_next(services->law, services->state, today(request), file->procedure, SPAN("anyone"), NULL, &file->content, request->lang, request->arena, &steps,
                       &count, why));
    json_out_name(out, "next");
    json_out_array(out);
    for (size_t i = 0; i < count; i++) {
        struct procedure_document document;
        if (is_err(procedure_find(services->law, services->state, today(request), file->procedure, steps[i].document, &document, NULL)) ||
            document.claim != CLAIM_FILES)
            continue;
        json_out_object(out);
        json_out_member_string(out, "document", steps[i].document);
        json_out_member_string(out, "label", steps[i].label);
        json_out_object_end(out);
    }
    json_out_array_end(out);
    return err_none();
}

struct err emergency_write_status(struct api_request *request, struct store_conn *conn, const struct claim *claim, struct json_out *out,
                                  struct why *why) {
    struct services *services = request->services;
    struct case_file file;
    TRY(case_get(conn, claim->case_id, request->arena, &file, why));
    const struct workspace *workspace = workspace_find(services->law, file.workspace);
    bool is_held = workspace != NULL && workspace->held.len > 0;
    json_out_object(out);
    json_out_member_string(out, "case", file.id);
    json_out_member_string(out, "procedure", file.procedure);
    json_out_member_string(out, "state", file.state);
    json_out_member_string(out, "state_label", procedure_state_label(services->law, services->state, today(request), file.procedure, file.state,
                                                                     request->lang, request->arena));
    json_out_member_string(out, "opened_at", instant_text(request->arena, file.opened_ms));
    json_out_member_bool(out, "is_held", is_held);
    json_out_member_bool(out, "is_attached", file.entity_id.len > 0);
    json_out_member_bool(out, "is_claimed", claim->person_id.len > 0);
    json_out_member_string(out, "answer_by", services->answer_by);
    json_out_member_string(out, "telephone", services->emergency_telephone);
    if (claim->person_id.len == 0) { // afterwards she reads it with her account
        TRY(write_filings(request, conn, out, &file, why));
        TRY(write_duties(request, conn, out, &file, why));
        TRY(write_next(request, out, &file, why));
    }
    json_out_object_end(out);
    return err_none();
}
