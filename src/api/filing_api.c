// SPDX-License-Identifier: EUPL-1.2
/* Filings: the one way in, and the receipts for them. */
#include "api/filing_json.h"
#include "api/resources.h"
#include "service/case.h"
#include "service/claim.h"
#include "service/filing.h"
#include "service/gate_view.h"
#include "service/party.h"
#include "service/proof.h"
#include "service/record_store.h"
#include "service/seen.h"

struct filing_ctx {
    struct filing_request request;
    struct filing_plan plan;
    struct json body;
    int64_t seq;
    char token[CLAIM_TOKEN_BYTES + 1]; // for the outsider whom the filing invites; empty: none
};

static struct err read_attachments(const struct json *body, struct filing_request *request, struct why *why) {
    const struct json *list = json_get(body, "attachments");
    if (json_is_null(list)) return err_none();
    if (list->type != JSON_ARRAY) return why_set(why, ERR_INPUT, "/attachments", "api.type", "", "attachments must be a list of identifiers");
    if (list->count > LIMIT_ATTACHMENTS_PER_FILING)
        return why_set(why, ERR_INPUT, "/attachments", "filing.attachments", "", "at most %d attachments go with one filing", (int)LIMIT_ATTACHMENTS_PER_FILING);
    for (size_t i = 0; i < list->count; i++) {
        if (list->items[i].type != JSON_STRING) return why_set(why, ERR_INPUT, "/attachments", "api.type", "", "attachments must be a list of identifiers");
        request->attachments[request->attachment_count++] = list->items[i].string;
    }
    return err_none();
}

struct err filing_read(struct api_request *request, struct json *body, struct filing_request *filing, struct why *why) {
    static const char *const MEMBERS[] = {"procedure", "document", "case", "entity", "entities", "cases", "as", "corrects", "fields", "on_behalf", "attachments", NULL};
    TRY(api_body(request, body, why));
    TRY(api_members_only(body, MEMBERS, why));
    TRY(api_member_text(body, "procedure", 64, &filing->procedure, why));
    TRY(api_member_text(body, "document", 64, &filing->document, why));
    TRY(api_member_text_optional(body, "case", 32, &filing->case_id, why));
    TRY(api_member_text_optional(body, "entity", 32, &filing->entity_id, why));
    TRY(api_member_text_optional(body, "as", 16, &filing->as, why));
    TRY(api_member_text_optional(body, "corrects", 32, &filing->corrects, why));
    TRY(read_attachments(body, filing, why));
    filing->fields = json_get(body, "fields");
    if (filing->fields != NULL && filing->fields->type != JSON_OBJECT)
        return why_set(why, ERR_INPUT, "/fields", "api.type", "", "fields must be an object");
    const struct json *on_behalf = json_get(body, "on_behalf");
    if (!json_is_null(on_behalf)) {
        if (on_behalf->type != JSON_OBJECT) return why_set(why, ERR_INPUT, "/on_behalf", "api.type", "", "on_behalf must be an object");
        filing->on_behalf = on_behalf;
    }
    filing->received_ms = request->received_ms;
    struct span key = api_header(request, "idempotency-key");
    if (key.len > 128) return why_set(why, ERR_INPUT, "Idempotency-Key", "filing.idempotency", "", "the key has more than 128 bytes");
    filing->idempotency_key = key;
    filing->request_hash = hash_sha256(request->body);
    return err_none();
}

static struct err filing_apply(struct api_request *request, struct store_conn *conn, struct log_edge *edge, int64_t now_ms, void *context,
                               struct why *why) {
    struct filing_ctx *ctx = context;
    struct filing_plan plan = ctx->plan; // a second run begins from the same plan
    TRY(filing_write(request->services, conn, edge, &plan, now_ms, request->arena, &ctx->seq, why));
    if (ctx->token[0] != '\0' && !plan.is_repeat) {
        struct hash token_hash = claim_token_hash(span_of(ctx->token));
        TRY(claim_invite(conn, &token_hash, plan.case_id, plan.filing_id, now_ms, why));
    }
    ctx->plan = plan;
    return err_none();
}

// A request sent again tells what became of the case meanwhile: not to someone whose mandate or role has ended. Her receipt stays
// hers, at /receipt.
static struct err may_still_know(struct api_request *request, struct store_conn *conn, struct case_file *file, struct why *why) {
    struct principal who = request->principal;
    struct access_case of;
    who.scopes |= SCOPE_READ; // a token that only files is told what filing tells
    TRY(case_find_filer(conn, &who, request->received_ms, request->arena, file, why));
    case_access(request->services, file, request->arena, &of);
    return is_err(access_may_read_part(&who, &of, request->received_ms, NULL)) ? access_may_read_case(&who, &of, request->received_ms, why) : err_none();
}

// What was frozen or held since it was filed doesn't come back by asking again.
static struct err pass_gate(struct api_request *request, struct store_conn *conn, const struct case_file *file, struct record_open *record, struct why *why) {
    struct gate_view view;
    struct gate_place place = gate_place_of(file);
    TRY(gate_view_open(request->services, conn, &place, &request->principal, GATE_RECEIPT, request->received_ms, request->arena, &view, why));
    return gate_view_record(&view, conn, record, request->arena, NULL, why);
}

struct err filed_write_json(struct api_request *request, struct store_conn *conn, struct span filing_id, bool is_repeat, struct json_out *out,
                            struct why *why) {
    struct record_open record;
    struct case_file file;
    struct arena *arena = request->arena;
    TRY(gate_read_filed(conn, filing_id, arena, &record, why));
    struct json case_id = record_header_value(&record, "case", arena), entity = record_header_value(&record, "entity", arena);
    TRY(case_get(conn, case_id.string, arena, &file, why));
    if (is_repeat) TRY(may_still_know(request, conn, &file, why));
    if (is_repeat) TRY(pass_gate(request, conn, &file, &record, why));
    else TRY(case_find_filer(conn, &request->principal, request->received_ms, arena, &file, why));
    struct access_case of;
    case_access(request->services, &file, arena, &of);
    struct viewer viewer = viewer_of(&request->principal, &of, request->received_ms);
    struct json as = record_header_value(&record, "filer_role", arena);
    // Told once, now: also without an account, and where the filing itself gave the mandate.
    if (!is_repeat && !of.is_closed_to_entity && !role_is_office(as.string)) viewer_add(&viewer, as.string);
    json_out_member_string(out, "filing", filing_id);
    json_out_member_string(out, "case", file.id);
    json_out_name(out, "entity");
    json_out_value(out, &entity);
    json_out_member_string(out, "state", viewer.views != 0 ? file.state : span_make(NULL, 0));
    json_out_member_bool(out, "is_repeat", is_repeat);
    json_out_name(out, "duties");
    json_out_array(out);
    const struct json *duties = json_get(&file.content, "duties");
    for (size_t i = 0; duties != NULL && i < duties->count; i++)
        if (json_is_null(json_get(&duties->items[i], "done_at")) && json_is_null(json_get(&duties->items[i], "closed_by")) &&
            viewer_sees_row(&viewer, &duties->items[i]))
            viewer_write_duty(out, &viewer, &file.content, &duties->items[i], request->received_ms, arena);
    json_out_array_end(out);
    json_out_member_text(out, "note", "This is an automatic receipt, not the authority's answer.");
    json_out_member_string(out, "answer_by", request->services->answer_by);
    json_out_member_string(out, "answer_how", request->services->answer_how);
    json_out_name(out, "receipt");
    TRY(proof_write_receipt(request->services, conn, &record, true, out, arena, why));
    return err_none();
}

static struct err filing_render(struct api_request *request, struct api_response *response, struct store_conn *reader, void *context,
                                struct why *why) {
    const struct filing_ctx *ctx = context;
    const struct filing_plan *plan = &ctx->plan;
    struct json_out out;
    api_json(response, plan->is_repeat ? 200 : 201, &out);
    if (!plan->is_repeat)
        api_respond_header(response, "location", arena_printf(request->arena, "/api/v1/filings/%.*s", SPAN_FMT(plan->filing_id)));
    json_out_object(&out);
    if (ctx->token[0] != '\0' && !plan->is_repeat) json_out_member_text(&out, "token", ctx->token); // shown once
    TRY(filed_write_json(request, reader, plan->filing_id, plan->is_repeat, &out, why));
    json_out_object_end(&out);
    return err_none();
}

static struct err post_filing(struct api_request *request, struct api_response *response, struct why *why) {
    struct filing_ctx *ctx = ARENA_NEW(request->arena, struct filing_ctx);
    if (ctx == NULL) return err_make(ERR_MEMORY);
    TRY(filing_read(request, &ctx->body, &ctx->request, why));
    if (!json_is_null(json_get(&ctx->body, "entities")) || !json_is_null(json_get(&ctx->body, "cases"))) return filing_group_post(request, response, &ctx->body, &ctx->request, why);
    TRY(filing_decide(request->services, request->conn, &request->principal, &ctx->request, request->received_ms, request->arena, &ctx->plan, why));
    if (!ctx->plan.is_repeat && !ctx->plan.decision.is_accepted) {
        atomic_fetch_add(&request->services->counters[COUNT_REFUSED], 1);
        api_problem_faults(request, response, ctx->plan.decision.faults, ctx->plan.decision.fault_count);
        return err_none();
    }
    if (ctx->plan.document.claim == CLAIM_INVITES) claim_token_make(request->services, SPAN(""), NULL, ctx->token);
    return api_write(request, response, filing_apply, filing_render, ctx, true);
}

// Duties as they would stand, as far as the one who asks may see them.
static void write_tried_duties(struct json_out *out, struct api_request *request, const struct filing_plan *plan) {
    const struct json *after = plan->decision.case_state, *duties = json_get(after, "duties"), *file = json_get(&plan->effects, "case");
    struct case_file tried = {.procedure = plan->request->procedure,
                              .workspace = plan->workspace,
                              .entity_id = plan->party_id.len > 0 ? SPAN("") : plan->entity_id, // a party's entity is not the case's
                              .offices = json_get_string(file, "offices"),
                              .is_closed = json_get_bool(file, "is_closed", false),
                              .has_parties = json_get(after, "party_duties") != NULL,
                              .filer = plan->principal->pseudonym};
    struct access_case of;
    case_access(request->services, &tried, request->arena, &of);
    struct viewer viewer = viewer_of(&request->principal, &of, request->received_ms);
    if (!role_is_office(plan->as) && !of.is_closed_to_entity) viewer_add(&viewer, plan->as); // a party's: none
    for (size_t i = 0; i < of.office_count; i++) // the trial carries no sectors: the filer's own role was checked with them
        if (span_equals(of.offices[i], plan->office)) viewer_add(&viewer, plan->as);
    json_out_name(out, "duties");
    json_out_array(out);
    for (size_t i = 0; duties != NULL && i < duties->count; i++)
        if (viewer_sees_row(&viewer, &duties->items[i])) viewer_write_duty(out, &viewer, after, &duties->items[i], request->received_ms, request->arena);
    json_out_array_end(out);
}

// A trial: the same checks, nothing written.
static struct err post_check(struct api_request *request, struct api_response *response, struct why *why) {
    struct filing_ctx *ctx = ARENA_NEW(request->arena, struct filing_ctx);
    if (ctx == NULL) return err_make(ERR_MEMORY);
    TRY(filing_read(request, &ctx->body, &ctx->request, why));
    if (!json_is_null(json_get(&ctx->body, "entities")) || !json_is_null(json_get(&ctx->body, "cases")))
        return why_set(why, ERR_INPUT, "/entities", "filing.group", "", "a trial is for one entity; name it in \"entity\"");
    TRY(filing_decide(request->services, request->conn, &request->principal, &ctx->request, request->received_ms, request->arena, &ctx->plan, why));
    const struct procedure_decision *decision = &ctx->plan.decision;
    struct json_out out;
    api_json(response, 200, &out);
    json_out_object(&out);
    json_out_member_bool(&out, "is_accepted", decision->is_accepted);
    json_out_name(&out, "errors");
    json_out_array(&out);
    for (size_t i = 0; i < decision->fault_count; i++) {
        json_out_object(&out);
        json_out_member_string(&out, "pointer", decision->faults[i].field);
        json_out_member_string(&out, "rule", decision->faults[i].rule);
        json_out_member_string(&out, "article", decision->faults[i].article);
        json_out_member_string(&out, "detail", decision->faults[i].words);
        json_out_object_end(&out);
    }
    json_out_array_end(&out);
    if (decision->is_accepted) {
        write_tried_duties(&out, request, &ctx->plan);
        json_out_name(&out, "proposals");
        json_out_array(&out);
        for (size_t i = 0; i < decision->effects->count; i++)
            if (span_is(json_get_string(&decision->effects->items[i], "op"), "proposal")) json_out_value(&out, &decision->effects->items[i]);
        json_out_array_end(&out);
    }
    json_out_object_end(&out);
    return err_none();
}

struct opened { // a filing that this person may know of
    struct record_open record;
    bool is_own; // she filed it, or holds the entity's mandate
    bool is_party; // she reads it as a party of the case: what the form hides from parties is not shown
    bool is_below; // for a case under this one: of this one she learns nothing else
    struct span procedure, document;
    const struct role *role;
    struct span entity;
    struct gate_withheld withheld;
};

static struct err open_filing(struct api_request *request, enum gate_exit exit, struct opened *ret, struct why *why) {
    struct value id = value_text(request->params[0]);
    struct rows rows, *ret_row = &rows;
    TRY(store_read(request->conn, STMT_FILING_GET, &id, 1, request->arena, ret_row, why));
    if (ret_row->count == 0) return access_no_case(why);
    struct access_case of;
    struct case_file file = {.id = rows_span(ret_row, 0, 2), .procedure = rows_span(ret_row, 0, 5), .workspace = rows_span(ret_row, 0, 4), .entity_id = rows_span(ret_row, 0, 3),
                             .sectors = rows_span(ret_row, 0, 11), .offices = rows_span(ret_row, 0, 14), .is_closed = rows_int(ret_row, 0, 15) != 0};
    TRY(case_find_filer(request->conn, &request->principal, request->received_ms, request->arena, &file, why));
    case_access(request->services, &file, request->arena, &of);
    struct viewer viewer = viewer_of(&request->principal, &of, request->received_ms);
    struct matter matter = {.seen_by = rows_span(ret_row, 0, 12), .filer_role = rows_span(ret_row, 0, 7), .filer = rows_span(ret_row, 0, 8),
                            .office = rows_span(ret_row, 0, 13)};
    bool is_filer = viewer_owns(&viewer, &matter);
    ret->procedure = rows_span(ret_row, 0, 5);
    ret->document = rows_span(ret_row, 0, 6);
    struct err refused = is_filer ? err_none() : access_may_read_case(&request->principal, &of, request->received_ms, why);
    if (is_err(refused))
        TRY(party_may_read_filing(request->services, request->conn, &request->principal, rows_span(ret_row, 0, 2), request->params[0],
                                  ret->document, request->received_ms, request->arena, &ret->is_party, &ret->is_below, why));
    if (is_err(refused) && !ret->is_party) return refused;
    if (!ret->is_party && !viewer_sees(&viewer, &matter)) return access_no_case(why);
    ret->role = (viewer.views & VIEW_OFFICES) != 0 ? access_role_for_case(&request->principal, &of) : NULL;
    ret->is_own = (is_filer || ret->role == NULL) && !ret->is_party;
    ret->entity = rows_span(ret_row, 0, 3);
    struct gate_view view;
    struct gate_place place = {.case_id = rows_span(ret_row, 0, 2), .procedure = rows_span(ret_row, 0, 5), .workspace = rows_span(ret_row, 0, 4),
                               .entity_id = rows_span(ret_row, 0, 3), .sectors = rows_span(ret_row, 0, 11), .offices = rows_span(ret_row, 0, 14),
                               .filer = is_filer ? request->principal.pseudonym : SPAN(""), .filer_as = is_filer ? matter.filer_role : SPAN(""),
                               .is_party = ret->is_party};
    TRY(gate_view_open(request->services, request->conn, &place, &request->principal, exit, request->received_ms, request->arena, &view, why));
    // What an office filed is no reason to know of a case that is held from it.
    struct gate_view as_known = view;
    if (role_is_office(matter.filer_role) && view.block_count > 0) as_known.place.filer = SPAN("");
    TRY(gate_view_known(&as_known, why));
    return gate_read_record(&view, request->conn, request->params[0], request->arena, &ret->record, &ret->withheld, why);
}

// Whether the one who asks may see the field.
static bool sees_field(const struct api_request *request, const struct opened *opened, struct span name) {
    const struct services *services = request->services;
    return !opened->is_party || procedure_party_sees_field(services->law, services->state, zone_date(services->zone, request->received_ms),
                                                           opened->procedure, opened->document, name);
}

static void write_items(struct json_out *out, const struct api_request *request, const struct opened *opened, const struct receipt_item *items,
                        size_t count) {
    json_out_object(out);
    for (size_t i = 0; i < count; i++) {
        bool is_of_above = opened->is_below && items == opened->record.header && (span_is(items[i].item.name, "case") || span_is(items[i].item.name, "filer"));
        if (items[i].state != RECEIPT_SHOWN || is_of_above || (items == opened->record.fields && !sees_field(request, opened, items[i].item.name))) continue;
        json_out_name_span(out, items[i].item.name);
        json_out_raw(out, items[i].item.canonical);
    }
    json_out_object_end(out);
}

static struct err filing_read_render(struct api_request *request, struct api_response *response, struct store_conn *reader, void *context, struct why *why) {
    (void)reader;
    (void)why;
    const struct opened *opened = context;
    const struct record_open *record = &opened->record;
    struct json_out out;
    api_json(response, 200, &out);
    json_out_object(&out);
    json_out_member_string(&out, "filing", record->filing_id);
    json_out_member_int(&out, "log_index", record->seq);
    json_out_name(&out, "header");
    write_items(&out, request, opened, record->header, record->header_count);
    json_out_name(&out, "fields");
    write_items(&out, request, opened, record->fields, record->field_count);
    json_out_name(&out, "erased");
    json_out_array(&out);
    for (size_t i = 0; i < record->field_count; i++)
        if (record->fields[i].state == RECEIPT_ERASED && sees_field(request, opened, record->fields[i].item.name)) json_out_string(&out, record->fields[i].item.name);
    json_out_array_end(&out);
    gate_withheld_write(&out, &opened->withheld);
    json_out_object_end(&out);
    return err_none();
}

static struct err get_filing(struct api_request *request, struct api_response *response, struct why *why) {
    struct opened *opened = ARENA_NEW(request->arena, struct opened);
    if (opened == NULL) return err_make(ERR_MEMORY);
    TRY(open_filing(request, GATE_FILING, opened, why));
    return api_read_noted(request, response, "filing", opened->record.filing_id, opened->entity, opened->role, filing_read_render, opened, why);
}

static struct err get_receipt(struct api_request *request, struct api_response *response, struct why *why) {
    struct opened opened = {.is_own = false};
    TRY(open_filing(request, GATE_RECEIPT, &opened, why));
    if (opened.is_party) return access_no_case(why); // a receipt shows all fields: it is for who filed, and for offices
    struct json_out out;
    api_json(response, 200, &out);
    return proof_write_receipt(request->services, request->conn, &opened.record, opened.is_own, &out, request->arena, why);
}

const struct route routes_filing[] = {
    {"POST", "/api/v1/filings", post_filing, AUTH_KNOWN, SCOPE_FILE, RATE_FILE, "filings", "Files a document; answers with the receipt", "Filing", "Filed", 201, NULL, true},
    {"POST", "/api/v1/filings/check", post_check, AUTH_KNOWN, SCOPE_FILE, RATE_READ, "filings", "Tries a filing: faults, duties and proposed recipients, nothing is written", "Filing", "FilingCheck", 200, NULL, false},
    {"GET", "/api/v1/filings/{id}", get_filing, AUTH_KNOWN, SCOPE_READ, RATE_READ, "filings", "A filing with its fields", NULL, "FilingRead", 200, NULL, false},
    {"GET", "/api/v1/filings/{id}/receipt", get_receipt, AUTH_KNOWN, SCOPE_READ, RATE_READ, "filings", "The receipt under the latest signed head", NULL, "Receipt", 200, NULL, false},
    {0},
};
