// SPDX-License-Identifier: EUPL-1.2
/* One's own access: setting the node up, registering oneself, signing in and out, second factor, password, tokens. */
#include "api/access_json.h"
#include "api/resources.h"
#include "base/hash.h"

enum { LOGIN_BYTES = 256, CODE_BYTES = 64 };

struct access_env access_env_of(const struct api_request *request, int64_t now_ms) {
    return (struct access_env){.now_ms = now_ms, .random = request->services->random};
}

// A new person with her password hashed; for the first administrator and for those who register themselves.
struct person_ctx {
    struct access_person_new person;
    struct access_password password;
    struct span code; // of the setup
    struct span person_id;
};

static struct err person_read(struct api_request *request, const struct json *body, struct person_ctx *ctx, struct why *why) {
    struct span password;
    TRY(api_member_text(body, "login", LOGIN_BYTES, &ctx->person.login, why));
    TRY(api_member_text(body, "name", LIMIT_NAME_BYTES, &ctx->person.name, why));
    TRY(api_member_text_optional(body, "language", 2, &ctx->person.language, why));
    TRY(api_member_text(body, "password", LIMIT_PASSWORD_BYTES, &password, why));
    struct access_env env = access_env_of(request, request->received_ms);
    TRY(access_password_prepare(request->services->access, password, ctx->person.login, &env, &ctx->password, why));
    ctx->person.password = &ctx->password;
    return err_none();
}

static struct err person_render(struct api_request *request, struct api_response *response, struct store_conn *reader,
                                void *context, struct why *why) {
    (void)request;
    (void)reader;
    (void)why;
    const struct person_ctx *ctx = context;
    return api_made(response, "person", ctx->person_id);
}

// --- setup ---

static struct err setup_apply(struct api_request *request, struct store_conn *conn, struct log_edge *edge, int64_t now_ms,
                              void *context, struct why *why) {
    (void)edge;
    struct person_ctx *ctx = context;
    struct access_env env = access_env_of(request, now_ms);
    return access_setup_first_administrator(request->services->access, conn, ctx->code, request->services->setup_code.at,
                                            &ctx->person, &env, request->arena, &ctx->person_id, why);
}

static struct err post_setup(struct api_request *request, struct api_response *response, struct why *why) {
    static const char *const NAMES[] = {"code", "login", "name", "language", "password", NULL};
    struct person_ctx *ctx = ARENA_NEW(request->arena, struct person_ctx);
    struct json body;
    if (ctx == NULL) return err_make(ERR_MEMORY);
    TRY(api_body(request, &body, why));
    TRY(api_members_only(&body, NAMES, why));
    TRY(api_member_text(&body, "code", CODE_BYTES, &ctx->code, why));
    bool is_set_up = false;
    TRY(access_is_set_up(request->conn, &is_set_up, why));
    if (is_set_up || request->services->setup_code.len != HASH_BYTES)
        return why_set(why, ERR_CONFLICT, NULL, "access.set_up", NULL,
                       "The first administrator of this node is there already, or the node was made without a code.");
    // before the costly hash, so that guessing the code costs the node nothing
    struct hash tried = hash_sha256(span_trim(ctx->code));
    if (!secret_equals(hash_span(&tried), request->services->setup_code))
        return why_set(why, ERR_DENIED, "/code", "access.setup_code", NULL,
                       "This is not the one-time code that was printed when the node was made.");
    TRY(person_read(request, &body, ctx, why));
    return api_write(request, response, setup_apply, person_render, ctx, false);
}

// --- registering oneself ---

static struct err person_apply(struct api_request *request, struct store_conn *conn, struct log_edge *edge, int64_t now_ms,
                               void *context, struct why *why) {
    (void)edge;
    struct person_ctx *ctx = context;
    struct access_env env = access_env_of(request, now_ms);
    return access_person_create(request->services->access, conn, &ctx->person, &env, request->arena, &ctx->person_id, why);
}

static struct err post_person(struct api_request *request, struct api_response *response, struct why *why) {
    TRY(api_room(request, why));
    static const char *const NAMES[] = {"login", "name", "language", "password", NULL};
    struct person_ctx *ctx = ARENA_NEW(request->arena, struct person_ctx);
    struct json body;
    if (ctx == NULL) return err_make(ERR_MEMORY);
    TRY(api_body(request, &body, why));
    TRY(api_members_only(&body, NAMES, why));
    TRY(person_read(request, &body, ctx, why));
    return api_write(request, response, person_apply, person_render, ctx, false);
}

// --- sessions ---

struct sign_in_ctx {
    struct access_sign_in in;
    struct access_sign_in_ready ready;
    struct access_signed_in done;
    bool wants_cookie;
    int64_t now_ms;
};

static struct err sign_in_apply(struct api_request *request, struct store_conn *conn, struct log_edge *edge, int64_t now_ms,
                                void *context, struct why *why) {
    (void)edge;
    struct sign_in_ctx *ctx = context;
    struct access_env env = access_env_of(request, now_ms);
    ctx->now_ms = now_ms;
    return access_login(request->services->access, conn, &ctx->in, &ctx->ready, &env, request->arena, &ctx->done, why);
}

// A sign-in that was refused was committed all the same: it has been counted.
static struct err sign_in_refused(struct api_request *request, struct api_response *response, const struct sign_in_ctx *ctx) {
    static const char *const RULES[] = {[SIGN_IN_CODE_NEEDED] = "access.code_needed", [SIGN_IN_REFUSED] = "access.refused",
                                        [SIGN_IN_LOCKED] = "access.locked"};
    struct why why = {0};
    bool is_locked = ctx->done.outcome == SIGN_IN_LOCKED;
    struct err e = why_set(&why, is_locked ? ERR_LIMIT : ERR_UNAUTHENTICATED,
                           ctx->done.outcome == SIGN_IN_CODE_NEEDED ? "/code" : NULL, RULES[ctx->done.outcome], NULL, "%s",
                           ctx->done.words);
    api_problem(request, response, e, &why);
    int64_t wait_s = (ctx->done.locked_until_ms - ctx->now_ms + MS_PER_SECOND - 1) / MS_PER_SECOND;
    if (is_locked) api_respond_header(response, "retry-after", arena_printf(request->arena, "%lld", (long long)wait_s));
    return err_none();
}

void session_cookie(struct api_request *request, struct api_response *response, const struct access_signed_in *done) {
    api_respond_header(response, "set-cookie",
                       arena_printf(request->arena, ACCESS_COOKIE "=%.*s; Path=/; Secure; HttpOnly; SameSite=Strict", SPAN_FMT(done->token)));
}

void session_write(struct api_request *request, struct api_response *response, const struct access_signed_in *done, bool wants_cookie) {
    struct json_out out;
    api_json(response, 201, &out);
    json_out_object(&out);
    json_out_member_string(&out, "session", done->session_id);
    json_out_member_string(&out, "person", done->person_id);
    if (!wants_cookie) json_out_member_string(&out, "token", done->token);
    json_out_member_string(&out, "csrf", done->csrf);
    json_out_member_string(&out, "expires_at", instant_text(request->arena, done->expires_ms));
    json_out_member_bool(&out, "is_second_factor_done", done->is_totp_done);
    json_out_object_end(&out);
    api_respond_header(response, "cache-control", SPAN("no-store"));
    if (wants_cookie) session_cookie(request, response, done);
}

static struct err sign_in_render(struct api_request *request, struct api_response *response, struct store_conn *reader,
                                 void *context, struct why *why) {
    (void)reader;
    (void)why;
    const struct sign_in_ctx *ctx = context;
    if (ctx->done.outcome != SIGN_IN_DONE) return sign_in_refused(request, response, ctx);
    session_write(request, response, &ctx->done, ctx->wants_cookie);
    return err_none();
}

static struct err post_session(struct api_request *request, struct api_response *response, struct why *why) {
    static const char *const NAMES[] = {"login", "password", "code", "cookie", NULL};
    struct sign_in_ctx *ctx = ARENA_NEW(request->arena, struct sign_in_ctx);
    struct json body;
    if (ctx == NULL) return err_make(ERR_MEMORY);
    TRY(api_body(request, &body, why));
    TRY(api_members_only(&body, NAMES, why));
    TRY(api_member_text(&body, "login", LOGIN_BYTES, &ctx->in.login, why));
    TRY(api_member_text(&body, "password", LIMIT_PASSWORD_BYTES, &ctx->in.password, why));
    TRY(api_member_text_optional(&body, "code", CODE_BYTES, &ctx->in.code, why));
    ctx->wants_cookie = json_get_bool(&body, "cookie", false);
    ctx->in.address = request->peer;
    struct access_env env = access_env_of(request, request->received_ms);
    TRY(access_login_prepare(request->services->access, request->conn, &ctx->in, &env, request->arena, &ctx->ready, why));
    return api_write(request, response, sign_in_apply, sign_in_render, ctx, false);
}

static struct err session_end_apply(struct api_request *request, struct store_conn *conn, struct log_edge *edge, int64_t now_ms,
                                    void *context, struct why *why) {
    (void)edge;
    const struct span *session_id = context;
    return access_session_end(conn, request->principal.person_id, *session_id, now_ms, why);
}

static struct err session_end_render(struct api_request *request, struct api_response *response, struct store_conn *reader,
                                     void *context, struct why *why) {
    api_respond_header(response, "set-cookie",
                       SPAN(ACCESS_COOKIE "=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0"));
    return api_done_render(request, response, reader, context, why);
}

static struct err delete_session(struct api_request *request, struct api_response *response, struct why *why) {
    (void)why;
    return api_write(request, response, session_end_apply, session_end_render, &request->principal.session_id, false);
}

static struct err delete_session_of(struct api_request *request, struct api_response *response, struct why *why) {
    (void)why;
    return api_write(request, response, session_end_apply, api_done_render, &request->params[0], false);
}

static struct err prolong_apply(struct api_request *request, struct store_conn *conn, struct log_edge *edge, int64_t now_ms,
                                void *context, struct why *why) {
    (void)edge;
    int64_t *expires_ms = context;
    return access_session_prolong(conn, &request->principal, now_ms, expires_ms, why);
}

static struct err prolong_render(struct api_request *request, struct api_response *response, struct store_conn *reader,
                                 void *context, struct why *why) {
    (void)reader;
    (void)why;
    const int64_t *expires_ms = context;
    struct json_out out;
    api_json(response, 200, &out);
    json_out_object(&out);
    json_out_member_string(&out, "expires_at", instant_text(request->arena, *expires_ms));
    json_out_object_end(&out);
    return err_none();
}

static struct err post_prolong(struct api_request *request, struct api_response *response, struct why *why) {
    (void)why;
    int64_t *expires_ms = ARENA_NEW(request->arena, int64_t);
    if (expires_ms == NULL) return err_make(ERR_MEMORY);
    return api_write(request, response, prolong_apply, prolong_render, expires_ms, false);
}

// --- second factor and password ---

// The person shows her present password again before what guards her account is changed.
struct err password_again(struct api_request *request, const struct json *body, const char *member, struct why *why) {
    struct span password;
    bool is_right = false;
    TRY(api_member_text(body, member, LIMIT_PASSWORD_BYTES, &password, why));
    TRY(access_password_check(request->services->access, request->conn, request->principal.person_id, password, &is_right, why));
    if (is_right) return err_none();
    return why_set(why, ERR_DENIED, span_is(span_of(member), "password") ? "/password" : "/old_password",
                   "access.password_wrong", NULL, "This is not your present password.");
}

struct totp_ctx {
    struct span code;
    struct access_totp_new made;
    struct span codes[ACCESS_RECOVERY_CODES];
};

static struct err totp_apply(struct api_request *request, struct store_conn *conn, struct log_edge *edge, int64_t now_ms,
                             void *context, struct why *why) {
    (void)edge;
    struct totp_ctx *ctx = context;
    struct access_env env = access_env_of(request, now_ms);
    return access_totp_begin(request->services->access, conn, request->principal.person_id, request->services->node_name, &env,
                             request->arena, &ctx->made, why);
}

static struct err totp_render(struct api_request *request, struct api_response *response, struct store_conn *reader,
                              void *context, struct why *why) {
    (void)request;
    (void)reader;
    (void)why;
    const struct totp_ctx *ctx = context;
    struct json_out out;
    api_json(response, 200, &out);
    json_out_object(&out);
    json_out_member_string(&out, "secret", ctx->made.secret_base32);
    json_out_member_string(&out, "uri", ctx->made.uri);
    json_out_object_end(&out);
    api_respond_header(response, "cache-control", SPAN("no-store"));
    return err_none();
}

static struct err post_totp(struct api_request *request, struct api_response *response, struct why *why) {
    static const char *const NAMES[] = {"password", NULL};
    struct totp_ctx *ctx = ARENA_NEW(request->arena, struct totp_ctx);
    struct json body;
    if (ctx == NULL) return err_make(ERR_MEMORY);
    TRY(api_body(request, &body, why));
    TRY(api_members_only(&body, NAMES, why));
    TRY(password_again(request, &body, "password", why));
    return api_write(request, response, totp_apply, totp_render, ctx, false);
}

static struct err confirm_apply(struct api_request *request, struct store_conn *conn, struct log_edge *edge, int64_t now_ms,
                                void *context, struct why *why) {
    (void)edge;
    struct totp_ctx *ctx = context;
    struct access_env env = access_env_of(request, now_ms);
    return access_totp_confirm(request->services->access, conn, request->principal.person_id, request->principal.session_id,
                               ctx->code, &env, request->arena, ctx->codes, why);
}

static struct err confirm_render(struct api_request *request, struct api_response *response, struct store_conn *reader,
                                 void *context, struct why *why) {
    (void)request;
    (void)reader;
    (void)why;
    const struct totp_ctx *ctx = context;
    struct json_out out;
    api_json(response, 200, &out);
    json_out_object(&out);
    json_out_name(&out, "recovery_codes");
    json_out_array(&out);
    for (size_t i = 0; i < ACCESS_RECOVERY_CODES; i++) json_out_string(&out, ctx->codes[i]);
    json_out_array_end(&out);
    json_out_object_end(&out);
    api_respond_header(response, "cache-control", SPAN("no-store"));
    return err_none();
}

static struct err post_totp_confirm(struct api_request *request, struct api_response *response, struct why *why) {
    static const char *const NAMES[] = {"code", NULL};
    struct totp_ctx *ctx = ARENA_NEW(request->arena, struct totp_ctx);
    struct json body;
    if (ctx == NULL) return err_make(ERR_MEMORY);
    TRY(api_body(request, &body, why));
    TRY(api_members_only(&body, NAMES, why));
    TRY(api_member_text(&body, "code", CODE_BYTES, &ctx->code, why));
    return api_write(request, response, confirm_apply, confirm_render, ctx, false);
}

static struct err password_apply(struct api_request *request, struct store_conn *conn, struct log_edge *edge, int64_t now_ms,
                                 void *context, struct why *why) {
    (void)edge;
    const struct access_password *password = context;
    return access_password_set(conn, request->principal.person_id, password, request->principal.session_id, now_ms, why);
}

static struct err post_password(struct api_request *request, struct api_response *response, struct why *why) {
    static const char *const NAMES[] = {"old_password", "password", NULL};
    struct access_password *next = ARENA_NEW(request->arena, struct access_password);
    struct json body;
    struct span password;
    if (next == NULL) return err_make(ERR_MEMORY);
    TRY(api_body(request, &body, why));
    TRY(api_members_only(&body, NAMES, why));
    TRY(api_member_text(&body, "password", LIMIT_PASSWORD_BYTES, &password, why));
    TRY(password_again(request, &body, "old_password", why));
    struct access_env env = access_env_of(request, request->received_ms);
    struct rows person;
    TRY(access_person_find(request->conn, request->principal.person_id, request->arena, &person, why));
    TRY(access_password_prepare(request->services->access, password, rows_span(&person, 0, 1), &env, next, why));
    return api_write(request, response, password_apply, api_done_render, next, false);
}

const struct route routes_access[] = {
    {"POST", "/api/v1/setup", post_setup, AUTH_NONE, 0, RATE_CODE, "access", "The first administrator, by the one-time code",
     "Setup", "PersonMade", 201, NULL, false},
    {"POST", "/api/v1/persons", post_person, AUTH_NONE, 0, RATE_REGISTER, "access", "Registers oneself as a person",
     "PersonNew", "PersonMade", 201, NULL, false},
    {"POST", "/api/v1/session", post_session, AUTH_NONE, 0, RATE_SIGN_IN, "access", "Signs in", "SignIn", "Session", 201, NULL,
     false},
    {"DELETE", "/api/v1/session", delete_session, AUTH_KNOWN, SCOPE_ACCOUNT, RATE_READ, "access", "Signs out", NULL, NULL, 204,
     NULL, false},
    {"POST", "/api/v1/session/prolong", post_prolong, AUTH_KNOWN, SCOPE_ACCOUNT, RATE_READ, "access",
     "Prolongs the session", NULL, "Prolonged", 200, NULL, false},
    {"DELETE", "/api/v1/me/sessions/{session}", delete_session_of, AUTH_KNOWN, SCOPE_ACCOUNT, RATE_READ, "access",
     "Ends another session of one's own", NULL, NULL, 204, NULL, false},
    {"POST", "/api/v1/me/totp", post_totp, AUTH_KNOWN, SCOPE_ACCOUNT, RATE_PASSWORD, "access",
     "Begins to set up a second factor", "TotpBegin", "Totp", 200, NULL, false},
    {"POST", "/api/v1/me/totp/confirm", post_totp_confirm, AUTH_KNOWN, SCOPE_ACCOUNT, RATE_SECOND, "access",
     "Confirms the second factor and gives recovery codes", "TotpConfirm", "RecoveryCodes", 200, NULL, false},
    {"POST", "/api/v1/me/password", post_password, AUTH_KNOWN, SCOPE_ACCOUNT, RATE_PASSWORD, "access",
     "Sets a new password and ends the other sessions", "PasswordNew", NULL, 204, NULL, false},
    {0},
};
