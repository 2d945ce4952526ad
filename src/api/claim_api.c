// SPDX-License-Identifier: EUPL-1.2
/* Claims to act for an entity, as the one who makes them sees them, and as representatives and officers do. */
#include "api/act_json.h"
#include "api/resources.h"
#include "service/entity.h"

enum { ID_BYTES = 32, ASKED_BYTES = 64, CODE_BYTES = 64 };

// --- making ---

struct claim_ctx {
    struct claim_new claim;
    struct span id;
};

static struct err claim_apply(struct api_request *request, struct store_conn *conn, struct log_edge *edge, int64_t now_ms, void *context,
                              struct why *why) {
    (void)edge;
    struct claim_ctx *ctx = context;
    struct access_env env = access_env_of(request, now_ms);
    return claim_make(request->services, conn, &request->principal, &ctx->claim, &env, request->arena, &ctx->id, why);
}

static struct err claim_render(struct api_request *request, struct api_response *response, struct store_conn *reader, void *context,
                               struct why *why) {
    (void)request;
    (void)reader;
    (void)why;
    const struct claim_ctx *ctx = context;
    return api_made(response, "id", ctx->id);
}

static struct err post_claim(struct api_request *request, struct api_response *response, struct why *why) {
    static const char *const NAMES[] = {"entity", "number", "firm", "scopes", "until", "ground", "capacity", "procedures", NULL};
    struct claim_ctx *ctx = ARENA_NEW(request->arena, struct claim_ctx);
    struct json body;
    struct span entity, number;
    if (ctx == NULL) return err_make(ERR_MEMORY);
    TRY(api_body(request, &body, why));
    TRY(api_members_only(&body, NAMES, why));
    TRY(api_member_text_optional(&body, "entity", ASKED_BYTES, &entity, why));
    TRY(api_member_text_optional(&body, "number", ASKED_BYTES, &number, why));
    TRY(api_member_text_optional(&body, "firm", ID_BYTES, &ctx->claim.firm_id, why));
    if ((entity.at == NULL) == (number.at == NULL))
        return why_set(why, ERR_INPUT, "/entity", "api.required", NULL, "Please name the entity by \"entity\", its identifier here, or by \"number\", its national number.");
    TRY(gift_read(request, &body, &ctx->claim.gift, why));
    if (ctx->claim.gift.capacity.len == 0)
        return why_set(why, ERR_INPUT, "/capacity", "api.required", NULL, "Please say as what you want to act (capacity).");
    ctx->claim.asked = span_trim(entity.at != NULL ? entity : number);
    return api_write(request, response, claim_apply, claim_render, ctx, false);
}

// --- looking ---

enum { CLAIM_ENTITY = 4, CLAIM_PROCEDURES = 7 };
static void write_claim_bounds(struct api_request *request, struct json_out *out, const struct rows *rows, size_t row) {
    write_procedures(request, out, rows_span(rows, row, CLAIM_PROCEDURES));
}

static void write_claim_state(struct api_request *request, struct json_out *out, const struct rows *rows, size_t row) {
    struct span state = rows_span(rows, row, 10);
    bool waits = span_is(state, "open") || span_is(state, "proved");
    json_out_string(out, waits && rows_int(rows, row, 15) <= request->received_ms ? SPAN("ended") : state);
}

// Nothing that would tell whether the claim names anyone.
#define CLAIM_COMMON                                                                                                              \
    {"id", LIST_TEXT, 0, NULL}, {"asked", LIST_TEXT, 3, NULL}, {"firm", LIST_TEXT, 2, NULL}, {"scopes", LIST_SCOPES_MANDATE, 5, NULL}, \
    {"capacity", LIST_TEXT, 6, NULL}, {"procedures", LIST_TEXT, 7, write_claim_bounds}, {"ground", LIST_TEXT, 8, NULL},          \
    {"until", LIST_INSTANT, 9, NULL}, {"state", LIST_TEXT, 10, write_claim_state}, {"proof", LIST_TEXT, 12, NULL},                \
    {"proved_at", LIST_INSTANT, 13, NULL}, {"made_at", LIST_INSTANT, 14, NULL}, {"expires_at", LIST_INSTANT, 15, NULL},           \
    {"decided_at", LIST_INSTANT, 16, NULL}, {"reason", LIST_TEXT, 18, NULL}, {"mandate", LIST_TEXT, 19, NULL}
static const struct list_column OWN[] = {CLAIM_COMMON, {0}};
static const struct list_column FULL[] = {CLAIM_COMMON, {"entity", LIST_TEXT, CLAIM_ENTITY, NULL}, {"person", LIST_TEXT, 1, NULL},
                                          {"login", LIST_TEXT, 20, NULL}, {"name", LIST_TEXT, 21, NULL}, {"attempts", LIST_INT, 11, NULL},
                                          {"decided_by", LIST_TEXT, 17, NULL}, {0}};

// The sectors that her roles at competent authorities reach, as a JSON array; at == NULL for all.
static struct span authority_sectors(const struct principal *principal, struct arena *arena) {
    struct buf text;
    struct json_out out;
    buf_init(&text, arena, 64 * 1024);
    json_out_init(&out, &text);
    json_out_array(&out);
    for (size_t i = 0; i < principal->role_count; i++) {
        const struct role *role = &principal->roles[i];
        if ((role->kind->does & OFFICE_MANAGES_REGISTER) == 0 || role->role < ROLE_OFFICER) continue;
        if (role_is_unbounded(role)) return span_make(NULL, 0);
        const struct span *sectors = role->sector_count > 0 ? role->sectors : role->office_sectors;
        size_t count = role->sector_count > 0 ? role->sector_count : role->office_sector_count;
        for (size_t k = 0; k < count; k++)
            if (role_reaches_sector(role, sectors[k])) json_out_string(&out, sectors[k]);
    }
    json_out_array_end(&out);
    return text.is_failed ? SPAN("[]") : buf_span(&text);
}

static struct err claims_waiting(struct api_request *request, struct span after, struct rows *ret, struct why *why) {
    if (!access_is_officer_that(&request->principal, OFFICE_MANAGES_REGISTER, ROLE_OFFICER))
        return why_set(why, ERR_DENIED, "waiting", "access.office", NULL, "This list is for officers of a competent authority, signed in with their second factor.");
    struct value params[] = {value_int(request->received_ms), value_text(after), value_int(LIMIT_PAGE_ROWS),
                             value_text(authority_sectors(&request->principal, request->arena))};
    return store_read(request->conn, STMT_ACT_CLAIM_WAITING, params, 4, request->arena, ret, why);
}

static struct err get_claims(struct api_request *request, struct api_response *response, struct why *why) {
    struct json last = {.type = JSON_STRING};
    struct span entity = api_query(request, "entity"), waiting = api_query(request, "waiting");
    bool is_given = false, is_office = waiting.at != NULL && span_is(waiting, "true");
    struct rows rows;
    TRY(api_cursor_read(request, "claims", &last, 1, &is_given, why));
    struct span after = is_given ? last.string : SPAN("");
    if (is_office) {
        TRY(claims_waiting(request, after, &rows, why));
    } else if (entity.at != NULL) {
        struct access_entity of;
        TRY(mandate_entity(request, entity, &of, why));
        TRY(access_may_manage_entity(&request->principal, &of, request->received_ms, why));
        struct value params[] = {value_text(entity), value_text(after), value_int(LIMIT_PAGE_ROWS)};
        TRY(store_read(request->conn, STMT_ACT_CLAIM_OF_ENTITY, params, 3, request->arena, &rows, why));
    } else {
        struct value params[] = {value_text(request->principal.person_id), value_text(after), value_int(LIMIT_PAGE_ROWS)};
        TRY(store_read(request->conn, STMT_ACT_CLAIM_OF_PERSON, params, 3, request->arena, &rows, why));
    }
    return list_write(request, response, is_office || entity.at != NULL ? FULL : OWN, &rows, "claims", 0);
}

static const struct list_column VOICES[] = {{"person", LIST_TEXT, 0, NULL}, {"name", LIST_TEXT, 1, NULL}, {"side", LIST_TEXT, 2, NULL},
                                            {"is_approval", LIST_BOOL, 3, NULL}, {"reason", LIST_TEXT, 4, NULL}, {"at", LIST_INSTANT, 5, NULL}, {0}};
static const struct list_column CODES[] = {{"kind", LIST_TEXT, 0, NULL}, {"made_at", LIST_INSTANT, 1, NULL}, {"made_by", LIST_TEXT, 2, NULL},
                                           {"expires_at", LIST_INSTANT, 3, NULL}, {0}};

static void write_rows(struct api_request *request, struct json_out *out, const char *name, const struct list_column *columns, const struct rows *rows) {
    json_out_name(out, name);
    json_out_array(out);
    for (size_t i = 0; i < rows->count; i++) list_item(request, out, columns, rows, i);
    json_out_array_end(out);
}

static struct err get_claim(struct api_request *request, struct api_response *response, struct why *why) {
    struct claim claim;
    struct rows row, voices, codes;
    enum claim_view view = CLAIM_HIDDEN;
    TRY(claim_open(request->services, request->conn, &request->principal, request->params[0], request->received_ms, request->arena, &claim, &row,
                   &view, why));
    struct value id = value_text(claim.id);
    TRY(store_read(request->conn, STMT_ACT_VOICE_LIST, &id, 1, request->arena, &voices, why));
    TRY(store_read(request->conn, STMT_ACT_CLAIM_CODE_LIST, &id, 1, request->arena, &codes, why));
    struct json_out out;
    api_json(response, 200, &out);
    json_out_object(&out);
    list_members(request, &out, view == CLAIM_OWN ? OWN : FULL, &row, 0);
    if (view != CLAIM_OWN) {
        json_out_member_bool(&out, "needs_second", view == CLAIM_OFFICER && act_needs_second(request->services, request->received_ms));
        write_rows(request, &out, "voices", VOICES, &voices);
        write_rows(request, &out, "codes", CODES, &codes);
    }
    json_out_object_end(&out);
    return err_none();
}

// --- proofs ---

struct proof_ctx {
    struct span code, letter_code, state;
    struct claim claim;
    struct claim_word word;
    int64_t expires_ms;
    bool is_right;
};

// The claim as it stands in the transaction, for one who is VIEW to it; *ret in CTX.
static struct err open_again(struct api_request *request, struct store_conn *conn, int64_t now_ms, enum claim_view wanted, struct proof_ctx *ctx,
                             struct why *why) {
    struct rows row;
    enum claim_view view = CLAIM_HIDDEN;
    TRY(claim_open(request->services, conn, &request->principal, request->params[0], now_ms, request->arena, &ctx->claim, &row, &view, why));
    if (view == wanted) return err_none();
    if (wanted == CLAIM_OWN) return claim_no(why);
    return why_set(why, ERR_DENIED, NULL, "act.officer", NULL, "Only an officer of the entity's competent authority may do that.");
}

static struct err code_apply(struct api_request *request, struct store_conn *conn, struct log_edge *edge, int64_t now_ms, void *context,
                             struct why *why) {
    (void)edge;
    struct proof_ctx *ctx = context;
    TRY(open_again(request, conn, now_ms, CLAIM_OWN, ctx, why));
    return claim_try_code(request->services, conn, &ctx->claim, ctx->code, now_ms, request->arena, &ctx->is_right, why);
}

static struct err code_render(struct api_request *request, struct api_response *response, struct store_conn *reader, void *context,
                              struct why *why) {
    const struct proof_ctx *ctx = context;
    if (ctx->is_right) return api_done_render(request, response, reader, context, why);
    return why_set(why, ERR_DENIED, "/code", "act.code", NULL,
                   "The code is not right, or has expired. A claim takes %d wrong codes, then it ends.", LIMIT_CLAIM_ATTEMPTS);
}

static struct err post_code(struct api_request *request, struct api_response *response, struct why *why) {
    static const char *const NAMES[] = {"code", NULL};
    struct proof_ctx *ctx = ARENA_NEW(request->arena, struct proof_ctx);
    struct json body;
    if (ctx == NULL) return err_make(ERR_MEMORY);
    TRY(open_again(request, request->conn, request->received_ms, CLAIM_OWN, ctx, why));
    TRY(api_body(request, &body, why));
    TRY(api_members_only(&body, NAMES, why));
    TRY(api_member_text(&body, "code", CODE_BYTES, &ctx->code, why));
    return api_write(request, response, code_apply, code_render, ctx, false);
}

static struct err letter_apply(struct api_request *request, struct store_conn *conn, struct log_edge *edge, int64_t now_ms, void *context,
                               struct why *why) {
    (void)edge;
    struct proof_ctx *ctx = context;
    struct access_env env = access_env_of(request, now_ms);
    TRY(open_again(request, conn, now_ms, CLAIM_OFFICER, ctx, why));
    return claim_letter(request->services, conn, &ctx->claim, request->principal.person_id, &env, request->arena, &ctx->letter_code,
                        &ctx->expires_ms, why);
}

static void write_address(struct json_out *out, const struct json *profile) {
    const struct json *address = json_get(profile, "address");
    json_out_name(out, "address");
    if (address == NULL) json_out_null(out);
    else json_out_value(out, address);
}

// What the letter says; who prints it chooses the form.
static struct err letter_render(struct api_request *request, struct api_response *response, struct store_conn *reader, void *context,
                                struct why *why) {
    const struct proof_ctx *ctx = context;
    struct entity entity;
    struct arena *arena = request->arena;
    TRY(entity_get(reader, ctx->claim.entity, arena, &entity, why));
    struct json_out out;
    api_json(response, 201, &out);
    json_out_object(&out);
    json_out_member_string(&out, "claim", ctx->claim.id);
    json_out_member_string(&out, "code", ctx->letter_code);
    json_out_member_string(&out, "expires_at", instant_text(arena, ctx->expires_ms));
    json_out_name(&out, "letter");
    json_out_object(&out);
    json_out_member_string(&out, "to", entity.name);
    write_address(&out, &entity.profile);
    json_out_member_string(&out, "from", request->services->node_name);
    json_out_member_text(&out, "subject", "A person asks to act for you");
    json_out_name(&out, "paragraphs");
    json_out_array(&out);
    json_out_string(&out, arena_printf(arena, "Somebody asks to act for %.*s at %.*s, and gives as ground: %.*s.", SPAN_FMT(entity.name),
                                       SPAN_FMT(request->services->node_name), SPAN_FMT(ctx->claim.gift.ground)));
    json_out_string(&out, arena_printf(arena, "If you agree, give that person this code: %.*s. If you don't know of it, please tell us, and keep the code to yourself.",
                                       SPAN_FMT(ctx->letter_code)));
    json_out_string(&out, arena_printf(arena, "The code counts until %.*s, for the claim %.*s at %.*s.", SPAN_FMT(instant_text(arena, ctx->expires_ms)),
                                       SPAN_FMT(ctx->claim.id), SPAN_FMT(request->services->public_url)));
    json_out_array_end(&out);
    json_out_object_end(&out);
    json_out_object_end(&out);
    api_respond_header(response, "cache-control", SPAN("no-store"));
    return err_none();
}

static struct err post_letter(struct api_request *request, struct api_response *response, struct why *why) {
    struct proof_ctx *ctx = ARENA_NEW(request->arena, struct proof_ctx);
    if (ctx == NULL) return err_make(ERR_MEMORY);
    TRY(open_again(request, request->conn, request->received_ms, CLAIM_OFFICER, ctx, why));
    return api_write(request, response, letter_apply, letter_render, ctx, false);
}

static struct err mail_apply(struct api_request *request, struct store_conn *conn, struct log_edge *edge, int64_t now_ms, void *context,
                             struct why *why) {
    (void)edge;
    struct proof_ctx *ctx = context;
    struct access_env env = access_env_of(request, now_ms);
    TRY(open_again(request, conn, now_ms, CLAIM_OWN, ctx, why));
    return claim_mail(request->services, conn, &ctx->claim, request->principal.person_id, &env, request->arena, why);
}

static struct err mail_render(struct api_request *request, struct api_response *response, struct store_conn *reader, void *context,
                              struct why *why) {
    (void)request;
    (void)reader;
    (void)context;
    (void)why;
    struct json_out out;
    api_json(response, 202, &out);
    json_out_object(&out);
    json_out_member_text(&out, "words", "If the entity is on the register with a mail address, its contacts are sent a code. Ask them for it.");
    json_out_object_end(&out);
    return err_none();
}

static struct err post_mail(struct api_request *request, struct api_response *response, struct why *why) {
    struct proof_ctx *ctx = ARENA_NEW(request->arena, struct proof_ctx);
    if (ctx == NULL) return err_make(ERR_MEMORY);
    TRY(open_again(request, request->conn, request->received_ms, CLAIM_OWN, ctx, why));
    return api_write(request, response, mail_apply, mail_render, ctx, false);
}

// --- deciding ---

static struct err decide_apply(struct api_request *request, struct store_conn *conn, struct log_edge *edge, int64_t now_ms, void *context,
                               struct why *why) {
    (void)edge;
    struct proof_ctx *ctx = context;
    struct access_env env = access_env_of(request, now_ms);
    return claim_decide(request->services, conn, &request->principal, request->params[0], &ctx->word, &env, request->arena, &ctx->state, why);
}

static struct err decide_render(struct api_request *request, struct api_response *response, struct store_conn *reader, void *context,
                                struct why *why) {
    (void)request;
    (void)reader;
    (void)why;
    const struct proof_ctx *ctx = context;
    struct json_out out;
    api_json(response, 200, &out);
    json_out_object(&out);
    json_out_member_string(&out, "state", ctx->state);
    json_out_member_bool(&out, "waits_for_second", span_is(ctx->state, "proved"));
    json_out_object_end(&out);
    return err_none();
}

static struct err post_decision(struct api_request *request, struct api_response *response, struct why *why) {
    static const char *const NAMES[] = {"decision", "reason", "entity", NULL};
    struct proof_ctx *ctx = ARENA_NEW(request->arena, struct proof_ctx);
    struct json body;
    struct rows row;
    struct span decision;
    enum claim_view view = CLAIM_HIDDEN;
    if (ctx == NULL) return err_make(ERR_MEMORY);
    TRY(claim_open(request->services, request->conn, &request->principal, request->params[0], request->received_ms, request->arena, &ctx->claim, &row,
                   &view, why));
    TRY(api_body(request, &body, why));
    TRY(api_members_only(&body, NAMES, why));
    TRY(api_member_text(&body, "decision", ID_BYTES, &decision, why));
    TRY(api_member_text_optional(&body, "reason", LIMIT_NAME_BYTES, &ctx->word.reason, why));
    TRY(api_member_text_optional(&body, "entity", ID_BYTES, &ctx->word.entity, why));
    if (!span_is(decision, "approve") && !span_is(decision, "refuse"))
        return why_set(why, ERR_INPUT, "/decision", "act.decision", NULL, "decision is approve or refuse");
    ctx->word.is_approval = span_is(decision, "approve");
    return api_write(request, response, decide_apply, decide_render, ctx, false);
}

static struct err withdraw_apply(struct api_request *request, struct store_conn *conn, struct log_edge *edge, int64_t now_ms, void *context,
                                 struct why *why) {
    (void)edge;
    struct proof_ctx *ctx = context;
    TRY(open_again(request, conn, now_ms, CLAIM_OWN, ctx, why));
    return claim_withdraw(conn, &ctx->claim, request->principal.person_id, now_ms, why);
}

static struct err delete_claim(struct api_request *request, struct api_response *response, struct why *why) {
    struct proof_ctx *ctx = ARENA_NEW(request->arena, struct proof_ctx);
    if (ctx == NULL) return err_make(ERR_MEMORY);
    TRY(open_again(request, request->conn, request->received_ms, CLAIM_OWN, ctx, why));
    return api_write(request, response, withdraw_apply, api_done_render, ctx, false);
}

static const struct route_param LIST[] = {
    {"entity", "string", "for this entity, for its representatives and officers; without it: one's own"},
    {"waiting", "boolean", "true: all that wait, within the bounds of an officer of a competent authority"},
    {"cursor", "string", "from \"next\" of the page before"},
    {0},
};

const struct route routes_claim[] = {
    {"POST", "/api/v1/claims", post_claim, AUTH_KNOWN, SCOPE_MANAGE, RATE_FILE, "access", "Asks to act for an entity", "ClaimNew", "Made", 201, NULL, false},
    {"GET", "/api/v1/claims", get_claims, AUTH_KNOWN, SCOPE_MANAGE, RATE_READ, "access", "One's claims, or those that one decides", NULL, "ClaimList", 200, LIST, false},
    {"GET", "/api/v1/claims/{claim}", get_claim, AUTH_KNOWN, SCOPE_MANAGE, RATE_READ, "access", "A claim", NULL, "Claim", 200, NULL, false},
    {"DELETE", "/api/v1/claims/{claim}", delete_claim, AUTH_KNOWN, SCOPE_MANAGE, RATE_FILE, "access", "Takes a claim back", NULL, NULL, 204, NULL, false},
    {"POST", "/api/v1/claims/{claim}/code", post_code, AUTH_KNOWN, SCOPE_MANAGE, RATE_PROOF, "access", "Shows the code that came by letter or mail", "ClaimCode", NULL, 204, NULL, false},
    {"POST", "/api/v1/claims/{claim}/letter", post_letter, AUTH_KNOWN, SCOPE_MANAGE, RATE_FILE, "access",
     "Makes the code of a letter to the registered address, and what the letter says", NULL, "ClaimLetter", 201, NULL, false},
    {"POST", "/api/v1/claims/{claim}/mail", post_mail, AUTH_KNOWN, SCOPE_MANAGE, RATE_PROOF, "access",
     "Has a code mailed to the contacts on the register", NULL, "ClaimMail", 202, NULL, false},
    {"POST", "/api/v1/claims/{claim}/decision", post_decision, AUTH_KNOWN, SCOPE_MANAGE, RATE_FILE, "access",
     "Approves or refuses a claim, as a representative or an officer", "ClaimDecision", "ClaimDecided", 200, NULL, false},
    {0},
};
