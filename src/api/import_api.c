// SPDX-License-Identifier: EUPL-1.2
/*
 * Taking over a register that exists elsewhere: each line becomes a registration of its own, filed by the officer, through
 * the same door as everything else. Lines that the law refuses are told by number; the others are filed.
 */
#include "api/resources.h"
#include "service/filing.h"

enum { IMPORT_LINES_MAX = 200 };

struct import_line {
    struct filing_request request;
    struct filing_plan plan;
    struct json body;
    bool is_planned, is_refused;
    struct span words, rule, field;
};

struct import_ctx {
    size_t count;
    struct import_line *lines;
    size_t filed, repeated;
};

static void refuse_line(struct import_line *line, struct span field, struct span rule, struct span words) {
    line->is_refused = true;
    line->field = field;
    line->rule = rule;
    line->words = words;
}

static void refuse_why(struct arena *arena, struct import_line *line, const struct why *why) {
    refuse_line(line, arena_copy(arena, span_of(why->field)), arena_copy(arena, span_of(why->rule)), arena_copy(arena, span_of(why->words)));
}

// A line is {"fields":{...}} or the fields themselves; its hash is its idempotency key, so that a chunk can be sent again.
static void plan_line(struct api_request *request, struct import_line *line, struct span text) {
    struct why why = {0};
    struct err e = json_parse(request->arena, text, &line->body, &why);
    if (!is_err(e) && line->body.type != JSON_OBJECT) e = why_set(&why, ERR_INPUT, "", "api.type", "", "a line must be a JSON object");
    if (is_err(e)) {
        refuse_why(request->arena, line, &why);
        return;
    }
    struct hash hash = hash_sha256(text);
    struct buf key;
    buf_init(&key, request->arena, 128);
    buf_add_text(&key, "import-");
    buf_add_hex(&key, hash_span(&hash));
    const struct json *fields = json_get(&line->body, "fields");
    line->request = (struct filing_request){.procedure = SPAN("registration"),
                                            .document = SPAN("registration"),
                                            .as = SPAN("ca"),
                                            .fields = fields != NULL && fields->type == JSON_OBJECT ? fields : &line->body,
                                            .idempotency_key = buf_span(&key),
                                            .request_hash = hash,
                                            .received_ms = request->received_ms};
    e = filing_decide(request->services, request->conn, &request->principal, &line->request, request->received_ms, request->arena, &line->plan, &why);
    if (is_err(e)) {
        refuse_why(request->arena, line, &why);
    } else if (!line->plan.is_repeat && !line->plan.decision.is_accepted) {
        const struct fault *fault = &line->plan.decision.faults[0];
        refuse_line(line, fault->field, fault->rule, fault->words);
    } else {
        line->is_planned = true;
    }
}

static struct err import_apply(struct api_request *request, struct store_conn *conn, struct log_edge *edge, int64_t now_ms, void *context, struct why *why) {
    struct import_ctx *ctx = context;
    struct arena arena; // of one line at a time: nothing of what writing needs is kept
    struct err e = err_none();
    arena_init(&arena, LIMIT_REQUEST_ARENA_BYTES);
    ctx->filed = ctx->repeated = 0;
    for (size_t i = 0; i < ctx->count && !is_err(e); i++) {
        struct import_line *line = &ctx->lines[i];
        if (!line->is_planned) continue;
        struct filing_plan plan = line->plan;
        int64_t seq;
        arena_reset(&arena);
        e = filing_write(request->services, conn, edge, &plan, now_ms, &arena, &seq, why);
        if (plan.is_repeat) ctx->repeated++;
        else ctx->filed++;
    }
    arena_fini(&arena);
    return e;
}

static struct err import_render(struct api_request *request, struct api_response *response, struct store_conn *reader, void *context, struct why *why) {
    (void)request;
    (void)reader;
    (void)why;
    const struct import_ctx *ctx = context;
    struct json_out out;
    api_json(response, 200, &out);
    json_out_object(&out);
    json_out_member_int(&out, "filed", (int64_t)ctx->filed);
    json_out_member_int(&out, "repeated", (int64_t)ctx->repeated);
    json_out_member_int(&out, "refused", (int64_t)(ctx->count - ctx->filed - ctx->repeated));
    json_out_name(&out, "errors");
    json_out_array(&out);
    for (size_t i = 0; i < ctx->count; i++) {
        const struct import_line *line = &ctx->lines[i];
        if (!line->is_refused) continue;
        json_out_object(&out);
        json_out_member_int(&out, "line", (int64_t)i + 1);
        json_out_member_string(&out, "pointer", line->field);
        json_out_member_string(&out, "rule", line->rule);
        json_out_member_string(&out, "detail", line->words);
        json_out_object_end(&out);
    }
    json_out_array_end(&out);
    json_out_object_end(&out);
    return err_none();
}

static struct err post_import(struct api_request *request, struct api_response *response, struct why *why) {
    TRY(api_room(request, why));
    struct import_ctx *ctx = ARENA_NEW(request->arena, struct import_ctx);
    struct import_line *lines = arena_take_array(request->arena, IMPORT_LINES_MAX, sizeof *lines);
    if (ctx == NULL || lines == NULL) return err_make(ERR_MEMORY);
    ctx->lines = lines;
    if (!access_is_officer_that(&request->principal, OFFICE_MANAGES_REGISTER, ROLE_OFFICER))
        return why_set(why, ERR_DENIED, "", "access.office", "", "a register is taken over by an officer of a competent authority");
    struct span rest = request->body;
    while (rest.len > 0) {
        size_t end = span_find(rest, '\n', 0);
        struct span text = span_trim(span_part(rest, 0, end));
        rest = span_part(rest, end + 1, rest.len);
        if (text.len == 0) continue;
        if (ctx->count == IMPORT_LINES_MAX)
            return why_set(why, ERR_LIMIT, "", "import.lines", "", "at most %d lines go into one request", (int)IMPORT_LINES_MAX);
        plan_line(request, &lines[ctx->count++], text);
    }
    if (ctx->count == 0) return why_set(why, ERR_INPUT, "", "import.empty", "", "the body has no line");
    return api_write(request, response, import_apply, import_render, ctx, true);
}

const struct route routes_import[] = {
    {"POST", "/api/v1/import", post_import, AUTH_KNOWN, SCOPE_FILE, RATE_COUNT, "register", "Takes over entities of an existing register, one a line", "ImportLines", "ImportResult", 200, NULL, false},
    {0},
};
