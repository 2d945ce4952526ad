// SPDX-License-Identifier: EUPL-1.2
/*
 * One report for several entities, for who acts for a group: a case of each; or one decision in several cases, for an office. Each is a
 * filing with its own record, receipt and clocks. Every right is checked for each; one transaction writes all of them or none. Sent
 * again under its key it answers with the same filings.
 */
#include "api/filing_json.h"

struct group_one {
    struct filing_request request;
    struct filing_plan plan;
    int64_t seq;
};

struct group_ctx {
    bool is_cases;
    size_t count;
    struct group_one *ones;
};

// What the list names: entities, of which each gets a case, or cases that are there.
static struct span *place_of(const struct group_ctx *ctx, struct group_one *one) {
    return ctx->is_cases ? &one->request.case_id : &one->request.entity_id;
}

static struct err list_refuse(const struct group_ctx *ctx, struct why *why, const char *words) {
    return why_set(why, ERR_INPUT, ctx->is_cases ? "/cases" : "/entities", "filing.group", "", "%s", words);
}

static struct err check_alone(const struct group_ctx *ctx, const struct json *body, const struct filing_request *first, struct why *why) {
    bool has_more = first->case_id.len > 0 || first->entity_id.len > 0 || first->corrects.len > 0 || first->on_behalf != NULL || first->attachment_count > 0;
    if (ctx->is_cases && (has_more || !json_is_null(json_get(body, "entities"))))
        return list_refuse(ctx, why, "a filing in several cases has no case, entity, entities, corrects, on_behalf or attachments");
    if (has_more) return list_refuse(ctx, why, "a report for several entities opens a case of each: it has no case, entity, corrects, on_behalf or attachments");
    return err_none();
}

static struct err read_places(struct api_request *request, const struct json *body, const struct filing_request *first, struct group_ctx *ctx,
                              struct why *why) {
    const struct json *list = json_get(body, ctx->is_cases ? "cases" : "entities");
    size_t most = ctx->is_cases ? LIMIT_GROUP_CASES : LIMIT_GROUP_ENTITIES;
    if (list->type != JSON_ARRAY || list->count == 0 || list->count > most)
        return why_set(why, ERR_INPUT, ctx->is_cases ? "/cases" : "/entities", "filing.group", "", "a list of one to %zu identifiers is expected", most);
    TRY(check_alone(ctx, body, first, why));
    ctx->ones = arena_take_array(request->arena, list->count, sizeof *ctx->ones);
    if (ctx->ones == NULL) return err_make(ERR_MEMORY);
    for (size_t i = 0; i < list->count; i++) {
        struct span place = list->items[i].type == JSON_STRING ? list->items[i].string : span_make(NULL, 0);
        if (place.len == 0 || place.len > 32)
            return why_set(why, ERR_INPUT, ctx->is_cases ? "/cases" : "/entities", "api.type", "", "a list of identifiers is expected");
        for (size_t k = 0; k < i; k++)
            if (span_equals(*place_of(ctx, &ctx->ones[k]), place)) return list_refuse(ctx, why, "an identifier stands twice in the list");
        struct group_one *one = &ctx->ones[ctx->count++];
        *one = (struct group_one){.request = *first};
        *place_of(ctx, one) = place;
        // Under one key each of the group has a key of its own; the hash over the whole body holds them together.
        if (first->idempotency_key.len > 0)
            one->request.idempotency_key = arena_printf(request->arena, "%.*s/%.*s", SPAN_FMT(first->idempotency_key), SPAN_FMT(place));
        if (first->idempotency_key.len > 0 && one->request.idempotency_key.at == NULL) return err_make(ERR_MEMORY);
    }
    return err_none();
}

// The reason, with the entity that it is about.
static struct err name_entity(const struct group_ctx *ctx, size_t i, struct err e, const struct why *own, struct why *why) {
    struct span entity = *place_of(ctx, &ctx->ones[i]);
    return why_set(why, e.code, own->field[0] != '\0' ? own->field : ctx->is_cases ? "/cases" : "/entities", own->rule[0] != '\0' ? own->rule : "filing.group", own->article,
                   "%.*s: %s", SPAN_FMT(entity), own->words[0] != '\0' ? own->words : "could not be filed");
}

// The law's faults, each with the entity that it is about.
static struct err answer_faults(struct api_request *request, struct api_response *response, struct span place, const struct group_one *one) {
    const struct procedure_decision *decision = &one->plan.decision;
    struct fault *faults = arena_take_array(request->arena, decision->fault_count + 1, sizeof *faults);
    if (faults == NULL) return err_make(ERR_MEMORY);
    for (size_t i = 0; i < decision->fault_count; i++) {
        faults[i] = decision->faults[i];
        faults[i].words = arena_printf(request->arena, "%.*s: %.*s", SPAN_FMT(place), SPAN_FMT(decision->faults[i].words));
    }
    atomic_fetch_add(&request->services->counters[COUNT_REFUSED], 1);
    api_problem_faults(request, response, faults, decision->fault_count);
    return err_none();
}

static struct err group_apply(struct api_request *request, struct store_conn *conn, struct log_edge *edge, int64_t now_ms, void *context,
                              struct why *why) {
    struct group_ctx *ctx = context;
    struct filing_plan *plans = arena_take_array(request->arena, ctx->count, sizeof *plans);
    if (plans == NULL) return err_make(ERR_MEMORY);
    for (size_t i = 0; i < ctx->count; i++) {
        struct why own = {0};
        plans[i] = ctx->ones[i].plan; // a second run begins from the same plan
        struct err e = filing_write(request->services, conn, edge, &plans[i], now_ms, request->arena, &ctx->ones[i].seq, &own);
        if (is_err(e)) return name_entity(ctx, i, e, &own, why);
    }
    for (size_t i = 0; i < ctx->count; i++) ctx->ones[i].plan = plans[i];
    return err_none();
}

static struct err group_render(struct api_request *request, struct api_response *response, struct store_conn *reader, void *context,
                               struct why *why) {
    const struct group_ctx *ctx = context;
    bool is_repeat = ctx->ones[0].plan.is_repeat;
    struct json_out out;
    api_json(response, is_repeat ? 200 : 201, &out);
    json_out_object(&out);
    json_out_member_bool(&out, "is_repeat", is_repeat);
    json_out_name(&out, "filings");
    json_out_array(&out);
    for (size_t i = 0; i < ctx->count; i++) {
        json_out_object(&out);
        TRY(filed_write_json(request, reader, ctx->ones[i].plan.filing_id, ctx->ones[i].plan.is_repeat, &out, why));
        json_out_object_end(&out);
    }
    json_out_array_end(&out);
    json_out_object_end(&out);
    return err_none();
}

struct err filing_group_post(struct api_request *request, struct api_response *response, const struct json *body,
                             const struct filing_request *first, struct why *why) {
    struct group_ctx *ctx = ARENA_NEW(request->arena, struct group_ctx);
    if (ctx == NULL) return err_make(ERR_MEMORY);
    ctx->is_cases = !json_is_null(json_get(body, "cases"));
    TRY(read_places(request, body, first, ctx, why));
    for (size_t i = 0; i < ctx->count; i++) {
        struct group_one *one = &ctx->ones[i];
        struct why own = {0};
        struct err e = filing_decide(request->services, request->conn, &request->principal, &one->request, request->received_ms, request->arena,
                                     &one->plan, &own);
        if (is_err(e)) return name_entity(ctx, i, e, &own, why);
        if (one->plan.document.claim == CLAIM_INVITES) return list_refuse(ctx, why, "what gives a token is filed case by case");
        if (!one->plan.is_repeat && !one->plan.decision.is_accepted) return answer_faults(request, response, *place_of(ctx, one), one);
    }
    return api_write(request, response, group_apply, group_render, ctx, true);
}
