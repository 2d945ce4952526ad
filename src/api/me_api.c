// SPDX-License-Identifier: EUPL-1.2
/* What a person sees of herself: her roles and mandates, sessions, tokens, and what happened to her account. */
#include "api/access_json.h"
#include "api/resources.h"
#include "law/translate.h"

static void write_sectors(struct json_out *out, const struct span *sectors, size_t count) {
    json_out_array(out);
    for (size_t i = 0; i < count; i++) json_out_string(out, sectors[i]);
    json_out_array_end(out);
}

static void write_roles(struct json_out *out, const struct principal *who) {
    json_out_array(out);
    for (size_t i = 0; i < who->role_count; i++) {
        const struct role *role = &who->roles[i];
        json_out_object(out);
        json_out_member_string(out, "office", role->office);
        json_out_member_string(out, "kind", role->kind->id);
        json_out_member_text(out, "role", role_name(role->role));
        json_out_name(out, "sectors");
        write_sectors(out, role->sector_count > 0 ? role->sectors : role->office_sectors,
                      role->sector_count > 0 ? role->sector_count : role->office_sector_count);
        json_out_object_end(out);
    }
    json_out_array_end(out);
}

static void write_mandates(struct json_out *out, const struct principal *who, struct arena *arena) {
    json_out_array(out);
    for (size_t i = 0; i < who->mandate_count; i++) {
        const struct mandate *mandate = &who->mandates[i];
        struct value until = value_int(mandate->until_ms);
        json_out_object(out);
        json_out_member_string(out, "id", mandate->id);
        json_out_member_string(out, "entity", mandate->entity);
        json_out_name(out, "scopes");
        scopes_write(out, mandate_scope_names, mandate->scopes);
        json_out_member_string(out, "from", instant_text(arena, mandate->from_ms));
        member_instant(out, arena, "until", &until);
        json_out_object_end(out);
    }
    json_out_array_end(out);
}

static struct err get_me(struct api_request *request, struct api_response *response, struct why *why) {
    const struct principal *who = &request->principal;
    struct rows person, left;
    TRY(access_person_find(request->conn, who->person_id, request->arena, &person, why));
    TRY(access_recovery_left(request->conn, who->person_id, request->arena, &left, why));
    struct json_out out;
    api_json(response, 200, &out);
    json_out_object(&out);
    json_out_member_string(&out, "person", who->person_id);
    json_out_member_string(&out, "login", rows_span(&person, 0, 1));
    json_out_member_string(&out, "name", who->name);
    json_out_member_string(&out, "language", who->language);
    json_out_member_bool(&out, "is_administrator", who->is_administrator);
    json_out_member_text(&out, "means", who->means == MEANS_SESSION ? "session" : "token");
    json_out_member_string(&out, "session", who->session_id);
    json_out_member_string(&out, "expires_at", instant_text(request->arena, who->expires_ms));
    json_out_member_bool(&out, "has_second_factor", rows_int(&person, 0, 9) != 0);
    json_out_member_bool(&out, "is_second_factor_done", who->is_totp_done);
    json_out_member_int(&out, "recovery_codes_left", rows_int(&left, 0, 0));
    if (who->csrf.at != NULL) json_out_member_string(&out, "csrf", who->csrf);
    json_out_name(&out, "scopes");
    scopes_write(&out, token_scope_names, who->scopes);
    json_out_name(&out, "roles");
    write_roles(&out, who);
    json_out_name(&out, "mandates");
    write_mandates(&out, who, request->arena);
    json_out_object_end(&out);
    api_respond_header(response, "cache-control", SPAN("no-store"));
    return err_none();
}

static void write_is_this_one(struct api_request *request, struct json_out *out, const struct rows *rows, size_t row) {
    json_out_bool(out, span_equals(rows_span(rows, row, 0), request->principal.session_id));
}

static const struct list_column SESSIONS[] = {
    {"id", LIST_TEXT, 0, NULL}, {"created_at", LIST_INSTANT, 1, NULL}, {"expires_at", LIST_INSTANT, 2, NULL},
    {"is_second_factor_done", LIST_BOOL, 3, NULL}, {"is_this_one", LIST_BOOL, 0, write_is_this_one}, {0}};

static struct err get_sessions(struct api_request *request, struct api_response *response, struct why *why) {
    struct rows rows;
    TRY(access_sessions(request->conn, request->principal.person_id, request->received_ms, request->arena, &rows, why));
    return list_write(request, response, SESSIONS, &rows, "sessions", -1);
}

static void write_is_by_another(struct api_request *request, struct json_out *out, const struct rows *rows, size_t row) {
    (void)request;
    json_out_bool(out, rows_span(rows, row, 3).at != NULL);
}

static const struct list_column EVENTS[] = {{"at", LIST_INSTANT, 1, NULL}, {"kind", LIST_TEXT, 2, NULL},
                                            {"is_by_another", LIST_BOOL, 0, write_is_by_another}, {"detail", LIST_TEXT, 4, NULL}, {0}};

static struct err get_events(struct api_request *request, struct api_response *response, struct why *why) {
    struct rows rows;
    int64_t before_id = 0;
    TRY(cursor_id_read(request, "events", &before_id, why));
    TRY(access_events(request->conn, request->principal.person_id, before_id, request->arena, &rows, why));
    return list_write(request, response, EVENTS, &rows, "events", 0);
}

// --- tokens ---

static const struct list_column TOKENS[] = {
    {"id", LIST_TEXT, 0, NULL}, {"name", LIST_TEXT, 1, NULL}, {"scopes", LIST_SCOPES_TOKEN, 2, NULL}, {"created_at", LIST_INSTANT, 3, NULL},
    {"expires_at", LIST_INSTANT, 4, NULL}, {"revoked_at", LIST_INSTANT, 5, NULL}, {"used_at", LIST_INSTANT, 6, NULL}, {0}};

static struct err get_tokens(struct api_request *request, struct api_response *response, struct why *why) {
    struct rows rows;
    TRY(access_tokens(request->conn, request->principal.person_id, request->arena, &rows, why));
    return list_write(request, response, TOKENS, &rows, "tokens", -1);
}

struct token_ctx {
    struct access_token_new token;
    struct span id, text;
};

static struct err token_apply(struct api_request *request, struct store_conn *conn, struct log_edge *edge, int64_t now_ms,
                              void *context, struct why *why) {
    (void)edge;
    struct token_ctx *ctx = context;
    struct access_env env = access_env_of(request, now_ms);
    return access_token_create(conn, &request->principal, &ctx->token, &env, request->arena, &ctx->id, &ctx->text, why);
}

static struct err token_render(struct api_request *request, struct api_response *response, struct store_conn *reader,
                               void *context, struct why *why) {
    (void)reader;
    (void)why;
    const struct token_ctx *ctx = context;
    struct json_out out;
    api_json(response, 201, &out);
    json_out_object(&out);
    json_out_member_string(&out, "id", ctx->id);
    json_out_member_string(&out, "token", ctx->text);
    json_out_member_string(&out, "expires_at", instant_text(request->arena, ctx->token.expires_ms));
    json_out_object_end(&out);
    api_respond_header(response, "cache-control", SPAN("no-store"));
    return err_none();
}

static struct err post_token(struct api_request *request, struct api_response *response, struct why *why) {
    static const char *const NAMES[] = {"name", "scopes", "expires_at", NULL};
    struct token_ctx *ctx = ARENA_NEW(request->arena, struct token_ctx);
    struct json body;
    if (ctx == NULL) return err_make(ERR_MEMORY);
    TRY(api_body(request, &body, why));
    TRY(api_members_only(&body, NAMES, why));
    TRY(api_member_text(&body, "name", LIMIT_NAME_BYTES, &ctx->token.name, why));
    TRY(scopes_read(&body, token_scope_names, &ctx->token.scopes, why));
    int64_t fallback_ms = request->received_ms + 90 * MS_PER_DAY; // where nothing is said
    TRY(member_instant_read(&body, "expires_at", fallback_ms, &ctx->token.expires_ms, why));
    return api_write(request, response, token_apply, token_render, ctx, false);
}

static struct err revoke_apply(struct api_request *request, struct store_conn *conn, struct log_edge *edge, int64_t now_ms,
                               void *context, struct why *why) {
    (void)edge;
    (void)context;
    return access_token_revoke(conn, request->principal.person_id, request->params[0], span_make(NULL, 0), now_ms, why);
}

static struct err delete_token(struct api_request *request, struct api_response *response, struct why *why) {
    (void)why;
    return api_write(request, response, revoke_apply, api_done_render, NULL, false);
}

// --- language ---

static struct err me_apply(struct api_request *request, struct store_conn *conn, struct log_edge *edge, int64_t now_ms, void *context,
                           struct why *why) {
    (void)edge;
    (void)now_ms;
    struct value params[] = {value_text(request->principal.person_id), value_text(*(const struct span *)context)};
    return store_write(conn, STMT_ACCESS_PERSON_LANGUAGE, params, 2, NULL, why);
}

static struct err patch_me(struct api_request *request, struct api_response *response, struct why *why) {
    static const char *const NAMES[] = {"language", NULL};
    struct span *language = ARENA_NEW(request->arena, struct span);
    struct json body;
    if (language == NULL) return err_make(ERR_MEMORY);
    TRY(api_body(request, &body, why));
    TRY(api_members_only(&body, NAMES, why));
    TRY(api_member_text(&body, "language", 2, language, why));
    if (!language_is_official(*language))
        return why_set(why, ERR_INPUT, "/language", "api.language", NULL, "language is one of the 24 official languages, as two letters.");
    return api_write(request, response, me_apply, api_done_render, language, false);
}

static const struct route_param PAGE[] = {{"cursor", "string", "from \"next\" of the page before"}, {0}};

const struct route routes_me[] = {
    {"GET", "/api/v1/me", get_me, AUTH_KNOWN, SCOPE_READ, RATE_READ, "access", "Who one is, with roles and mandates", NULL, "Me", 200, NULL, false},
    {"PATCH", "/api/v1/me", patch_me, AUTH_KNOWN, SCOPE_ACCOUNT, RATE_FILE, "access", "Chooses the language in which one is answered and written to", "MeChange", NULL, 204, NULL, false},
    {"GET", "/api/v1/me/sessions", get_sessions, AUTH_KNOWN, SCOPE_ACCOUNT, RATE_READ, "access", "One's open sessions", NULL, "SessionList", 200, NULL, false},
    {"GET", "/api/v1/me/events", get_events, AUTH_KNOWN, SCOPE_ACCOUNT, RATE_READ, "access",
     "What happened to one's account, newest first", NULL, "EventList", 200, PAGE, false},
    {"GET", "/api/v1/tokens", get_tokens, AUTH_KNOWN, SCOPE_ACCOUNT, RATE_READ, "access", "One's tokens", NULL, "TokenList", 200, NULL, false},
    {"POST", "/api/v1/tokens", post_token, AUTH_KNOWN, SCOPE_ACCOUNT, RATE_FILE, "access", "Makes a token for a machine",
     "TokenNew", "TokenMade", 201, NULL, false},
    {"DELETE", "/api/v1/tokens/{token}", delete_token, AUTH_KNOWN, SCOPE_ACCOUNT, RATE_FILE, "access", "Revokes a token", NULL, NULL, 204, NULL, false},
    {0},
};
