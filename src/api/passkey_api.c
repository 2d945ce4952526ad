// SPDX-License-Identifier: EUPL-1.2
/* Passkeys: registering, listing, dropping, signing in. Bodies are those of the browser's credentials, bytes as base64url. */
#include "api/access_json.h"
#include "api/resources.h"
#include "service/passkey.h"

enum { TEXT_BYTES = 24 * 1024 };

static struct err place_need(struct api_request *request, struct passkey_place *ret, struct why *why) {
    if (!is_err(passkey_place_of(request->services->public_url, ret))) return err_none();
    return why_set(why, ERR_UNSUPPORTED, NULL, "passkey.place", NULL, "This node has no public address under https, which passkeys are bound to.");
}

static void member_bytes(struct json_out *out, struct arena *arena, const char *name, struct span bytes) {
    struct buf text;
    buf_init(&text, arena, 4096);
    buf_add_base64url(&text, bytes);
    json_out_member_string(out, name, buf_span(&text));
}

// Bytes of a member, as base64url.
static struct err bytes_read(struct api_request *request, const struct json *object, const char *name, struct span *ret, struct why *why) {
    struct span text;
    TRY(api_member_text(object, name, TEXT_BYTES, &text, why));
    struct err e = base64url_decode(request->arena, text, ret);
    if (e.code != ERR_INPUT) return e;
    return why_set(why, ERR_INPUT, "/response", "passkey.base64url", "RFC 4648 5", "%s must be base64url without padding", name);
}

static struct err response_read(const struct json *body, const struct json **ret, struct why *why) {
    *ret = json_get(body, "response");
    if (!json_is_null(*ret) && (*ret)->type == JSON_OBJECT) return err_none();
    return why_set(why, ERR_INPUT, "/response", "api.required", NULL, "response must be the credential's response, an object");
}

// --- registering ---

// Her present password, where she has one and no second factor is done in this session.
static struct err show_again(struct api_request *request, const struct json *body, struct why *why) {
    if (request->principal.is_totp_done) return err_none();
    return password_again(request, body, "password", why);
}

static struct err post_begin(struct api_request *request, struct api_response *response, struct why *why) {
    static const char *const NAMES[] = {"password", NULL};
    struct access_env env = access_env_of(request, request->received_ms);
    struct passkey_place place;
    struct rows person, keys;
    struct json body;
    struct value id = value_text(request->principal.person_id);
    TRY(api_body(request, &body, why));
    TRY(api_members_only(&body, NAMES, why));
    TRY(show_again(request, &body, why));
    TRY(place_need(request, &place, why));
    TRY(access_person_find(request->conn, id.bytes, request->arena, &person, why));
    TRY(store_read(request->conn, STMT_PASSKEY_LIST, &id, 1, request->arena, &keys, why));
    struct json_out out;
    api_json(response, 200, &out);
    json_out_object(&out);
    member_bytes(&out, request->arena, "challenge", passkey_challenge(request->services, id.bytes, &env, request->arena));
    json_out_name(&out, "rp");
    json_out_object(&out);
    json_out_member_string(&out, "id", place.rp_id);
    json_out_member_string(&out, "name", request->services->node_name);
    json_out_object_end(&out);
    json_out_name(&out, "user");
    json_out_object(&out);
    member_bytes(&out, request->arena, "id", id.bytes);
    json_out_member_string(&out, "name", rows_span(&person, 0, 1));
    json_out_member_string(&out, "displayName", rows_span(&person, 0, 2));
    json_out_object_end(&out);
    json_out_name(&out, "pubKeyCredParams");
    json_out_raw(&out, SPAN("[{\"type\":\"public-key\",\"alg\":-7},{\"type\":\"public-key\",\"alg\":-8},{\"type\":\"public-key\",\"alg\":-257}]"));
    json_out_name(&out, "authenticatorSelection");
    // Signing in names no person, so the key itself has to know whose it is.
    json_out_raw(&out, SPAN("{\"residentKey\":\"required\",\"requireResidentKey\":true,\"userVerification\":\"required\"}"));
    json_out_member_text(&out, "attestation", "none");
    json_out_member_int(&out, "timeout", 300000);
    json_out_name(&out, "excludeCredentials");
    json_out_array(&out);
    for (size_t i = 0; i < keys.count; i++) {
        json_out_object(&out);
        json_out_member_text(&out, "type", "public-key");
        member_bytes(&out, request->arena, "id", rows_span(&keys, i, 5));
        json_out_object_end(&out);
    }
    json_out_array_end(&out);
    json_out_object_end(&out);
    api_respond_header(response, "cache-control", SPAN("no-store"));
    return err_none();
}

struct passkey_ctx {
    struct passkey_answer answer;
    struct access_signed_in done;
    struct span id;
    bool wants_cookie;
};

static struct err register_apply(struct api_request *request, struct store_conn *conn, struct log_edge *edge, int64_t now_ms, void *context,
                                 struct why *why) {
    (void)edge;
    struct passkey_ctx *ctx = context;
    struct access_env env = access_env_of(request, now_ms);
    return passkey_register(request->services, conn, request->principal.person_id, &ctx->answer, &env, request->arena, &ctx->id, why);
}

static struct err register_render(struct api_request *request, struct api_response *response, struct store_conn *reader, void *context,
                                  struct why *why) {
    (void)request;
    (void)reader;
    (void)why;
    const struct passkey_ctx *ctx = context;
    return api_made(response, "id", ctx->id);
}

static struct err post_passkey(struct api_request *request, struct api_response *response, struct why *why) {
    static const char *const NAMES[] = {"name", "response", "id", "rawId", "type", "authenticatorAttachment", "clientExtensionResults", NULL};
    struct passkey_ctx *ctx = ARENA_NEW(request->arena, struct passkey_ctx);
    struct json body;
    const struct json *answer;
    if (ctx == NULL) return err_make(ERR_MEMORY);
    TRY(api_body(request, &body, why));
    TRY(api_members_only(&body, NAMES, why));
    TRY(api_member_text(&body, "name", LIMIT_NAME_BYTES, &ctx->answer.name, why));
    TRY(response_read(&body, &answer, why));
    TRY(bytes_read(request, answer, "clientDataJSON", &ctx->answer.client_data, why));
    TRY(bytes_read(request, answer, "attestationObject", &ctx->answer.attestation, why));
    return api_write(request, response, register_apply, register_render, ctx, false);
}

static struct err get_passkeys(struct api_request *request, struct api_response *response, struct why *why) {
    static const struct list_column PASSKEYS[] = {{"id", LIST_TEXT, 0, NULL},           {"name", LIST_TEXT, 1, NULL},
                                                  {"made_at", LIST_INSTANT, 2, NULL},   {"used_at", LIST_INSTANT, 3, NULL},
                                                  {"halted_at", LIST_INSTANT, 4, NULL}, {0}};
    struct value id = value_text(request->principal.person_id);
    struct rows rows;
    TRY(store_read(request->conn, STMT_PASSKEY_LIST, &id, 1, request->arena, &rows, why));
    return list_write(request, response, PASSKEYS, &rows, "passkeys", -1);
}

static struct err drop_apply(struct api_request *request, struct store_conn *conn, struct log_edge *edge, int64_t now_ms, void *context,
                             struct why *why) {
    (void)edge;
    (void)context;
    return passkey_drop(conn, request->principal.person_id, request->params[0], now_ms, why);
}

static struct err delete_passkey(struct api_request *request, struct api_response *response, struct why *why) {
    (void)why;
    return api_write(request, response, drop_apply, api_done_render, NULL, false);
}

// --- signing in ---

static struct err post_sign_in_begin(struct api_request *request, struct api_response *response, struct why *why) {
    struct access_env env = access_env_of(request, request->received_ms);
    struct passkey_place place;
    TRY(place_need(request, &place, why));
    struct json_out out;
    api_json(response, 200, &out);
    json_out_object(&out);
    member_bytes(&out, request->arena, "challenge", passkey_challenge(request->services, span_make(NULL, 0), &env, request->arena));
    json_out_member_string(&out, "rpId", place.rp_id);
    json_out_member_text(&out, "userVerification", "required");
    json_out_member_int(&out, "timeout", 300000);
    json_out_object_end(&out);
    api_respond_header(response, "cache-control", SPAN("no-store"));
    return err_none();
}

static struct err sign_in_apply(struct api_request *request, struct store_conn *conn, struct log_edge *edge, int64_t now_ms, void *context,
                                struct why *why) {
    (void)edge;
    struct passkey_ctx *ctx = context;
    struct access_env env = access_env_of(request, now_ms);
    return passkey_sign_in(request->services, conn, &ctx->answer, &env, request->arena, &ctx->done, why);
}

static struct err sign_in_render(struct api_request *request, struct api_response *response, struct store_conn *reader, void *context,
                                 struct why *why) {
    (void)reader;
    const struct passkey_ctx *ctx = context;
    if (ctx->done.outcome != SIGN_IN_DONE)
        return why_set(why, ERR_UNAUTHENTICATED, NULL, "passkey.refused", NULL, "%s", ctx->done.words);
    session_write(request, response, &ctx->done, ctx->wants_cookie);
    return err_none();
}

static struct err post_session(struct api_request *request, struct api_response *response, struct why *why) {
    static const char *const NAMES[] = {"id", "rawId", "type", "response", "authenticatorAttachment", "clientExtensionResults", "cookie", NULL};
    struct passkey_ctx *ctx = ARENA_NEW(request->arena, struct passkey_ctx);
    struct json body;
    const struct json *answer;
    if (ctx == NULL) return err_make(ERR_MEMORY);
    TRY(api_body(request, &body, why));
    TRY(api_members_only(&body, NAMES, why));
    TRY(bytes_read(request, &body, "id", &ctx->answer.credential, why));
    TRY(response_read(&body, &answer, why));
    TRY(bytes_read(request, answer, "clientDataJSON", &ctx->answer.client_data, why));
    TRY(bytes_read(request, answer, "authenticatorData", &ctx->answer.authenticator_data, why));
    TRY(bytes_read(request, answer, "signature", &ctx->answer.signature, why));
    ctx->wants_cookie = json_get_bool(&body, "cookie", false);
    ctx->answer.address = request->peer;
    return api_write(request, response, sign_in_apply, sign_in_render, ctx, false);
}

const struct route routes_passkey[] = {
    {"GET", "/api/v1/me/passkeys", get_passkeys, AUTH_KNOWN, SCOPE_ACCOUNT, RATE_READ, "access", "One's passkeys", NULL, "PasskeyList", 200, NULL, false},
    {"POST", "/api/v1/me/passkeys/begin", post_begin, AUTH_KNOWN, SCOPE_ACCOUNT, RATE_PASSWORD, "access",
     "What the browser needs to make a passkey", "PasskeyBegin", "AnyObject", 200, NULL, false},
    {"POST", "/api/v1/me/passkeys", post_passkey, AUTH_KNOWN, SCOPE_ACCOUNT, RATE_PROOF, "access", "Registers a passkey", "PasskeyNew", "Made", 201, NULL, false},
    {"DELETE", "/api/v1/me/passkeys/{passkey}", delete_passkey, AUTH_KNOWN, SCOPE_ACCOUNT, RATE_FILE, "access", "Drops a passkey", NULL, NULL, 204, NULL, false},
    {"POST", "/api/v1/passkeys/begin", post_sign_in_begin, AUTH_NONE, 0, RATE_SIGN_IN, "access", "What the browser needs to sign in with a passkey",
     NULL, "PasskeyChallenge", 200, NULL, false},
    {"POST", "/api/v1/passkeys/session", post_session, AUTH_NONE, 0, RATE_SIGN_IN, "access", "Signs in with a passkey", "PasskeySignIn", "Session", 201, NULL, false},
    {0},
};
