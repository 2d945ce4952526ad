// SPDX-License-Identifier: EUPL-1.2
/* Sign-in through other providers (OpenID Connect), and the accounts there that stand for a person here. */
#include "api/access_json.h"
#include "api/resources.h"
#include "service/provider.h"

enum { STATE_BYTES = 256, CODE_BYTES = 4096 };
#define BINDING_COOKIE "__Host-varde-sign-in"

struct provider_ctx {
    struct provider *provider;
    struct provider_places places;
    struct span person_id; // who links; at == NULL: someone signs in
    struct span state, code, binding, token_answer, id;
    struct provider_person person;
    struct access_signed_in done;
    bool wants_cookie, has_fresh_keys;
};

static struct err ctx_new(struct api_request *request, bool is_link, struct provider_ctx **ret, struct why *why) {
    struct provider_ctx *ctx = ARENA_NEW(request->arena, struct provider_ctx);
    if (ctx == NULL) return err_make(ERR_MEMORY);
    ctx->provider = provider_find(request->services, request->params[0]);
    if (ctx->provider == NULL) return why_set(why, ERR_NOT_FOUND, NULL, "provider.none", NULL, "There is no such provider of sign-in.");
    if (is_link) ctx->person_id = request->principal.person_id;
    *ret = ctx;
    return err_none();
}

static struct err ask(struct api_request *request, struct api_response *response, struct provider_ctx *ctx, struct span url, struct span body,
                      struct span authorization, api_handler *resume) {
    const struct api_fetch fetch = {.provider = provider_config_of(ctx->provider)->id, .url = url, .body = body, .authorization = authorization,
                                    .resume = resume, .ctx = ctx};
    return api_fetch(request, response, &fetch);
}

// The answer of the fetch that has just come back; it stands in the request while it is resumed.
static struct err answer_need(struct api_request *request, struct span *ret, struct why *why) {
    const struct api_fetch *fetch = request->fetched;
    if (fetch->status == 200) {
        *ret = fetch->answer;
        return err_none();
    }
    if (fetch->status >= 400 && fetch->status < 500)
        return why_set(why, ERR_DENIED, "/code", "provider.refused", "RFC 6749 5.2", "The provider refused (%u). Please begin again.", fetch->status);
    return why_set(why, ERR_BUSY, NULL, "provider.unreachable", NULL, "The provider of sign-in does not answer now. Please try again, or sign in otherwise.");
}

// --- list and begin ---

static struct err get_providers(struct api_request *request, struct api_response *response, struct why *why) {
    (void)why;
    struct json_out out;
    list_begin(response, &out);
    for (size_t i = 0; i < providers_count(request->services); i++) {
        const struct provider_config *config = provider_config_of(provider_at(request->services, i));
        json_out_object(&out);
        json_out_member_string(&out, "id", config->id);
        json_out_member_string(&out, "name", config->name);
        json_out_object_end(&out);
    }
    list_end(request, &out, "providers", NULL, false);
    return err_none();
}

static struct err begun_write(struct api_request *request, struct api_response *response, struct provider_ctx *ctx, struct why *why) {
    struct access_env env = access_env_of(request, request->received_ms);
    struct provider_begun begun;
    TRY(provider_begin(request->services, ctx->provider, &ctx->places, ctx->person_id, &env, request->arena, &begun, why));
    struct json_out out;
    api_json(response, 200, &out);
    json_out_object(&out);
    json_out_member_string(&out, "url", begun.url);
    json_out_member_string(&out, "state", begun.state);
    json_out_member_string(&out, "binding", begun.binding);
    json_out_object_end(&out);
    api_respond_header(response, "cache-control", SPAN("no-store"));
    api_respond_header(response, "set-cookie",
                       arena_printf(request->arena, BINDING_COOKIE "=%.*s; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=600", SPAN_FMT(begun.binding)));
    return err_none();
}

// Keeps the provider's document of itself, which has just come.
static struct err places_take(struct api_request *request, struct provider_ctx *ctx, struct why *why) {
    struct span body;
    TRY(answer_need(request, &body, why));
    TRY(provider_places_put(ctx->provider, body, request->received_ms, request->arena, why));
    if (provider_places_get(ctx->provider, request->received_ms, request->arena, &ctx->places)) return err_none();
    return err_make(ERR_MEMORY);
}

static struct err begin_resume(struct api_request *request, struct api_response *response, struct why *why) {
    struct provider_ctx *ctx = request->fetched->ctx;
    TRY(places_take(request, ctx, why));
    return begun_write(request, response, ctx, why);
}

static struct err begin(struct api_request *request, struct api_response *response, bool is_link, struct why *why) {
    struct provider_ctx *ctx;
    TRY(ctx_new(request, is_link, &ctx, why));
    if (provider_places_get(ctx->provider, request->received_ms, request->arena, &ctx->places)) return begun_write(request, response, ctx, why);
    struct span url = provider_discovery_url(ctx->provider, request->arena), none = span_make(NULL, 0);
    return url.at == NULL ? err_make(ERR_MEMORY) : ask(request, response, ctx, url, none, none, begin_resume);
}

static struct err post_begin(struct api_request *request, struct api_response *response, struct why *why) { return begin(request, response, false, why); }
static struct err post_link_begin(struct api_request *request, struct api_response *response, struct why *why) { return begin(request, response, true, why); }

// --- coming back ---

static struct err finish_apply(struct api_request *request, struct store_conn *conn, struct log_edge *edge, int64_t now_ms, void *context,
                               struct why *why) {
    (void)edge;
    struct provider_ctx *ctx = context;
    struct access_env env = access_env_of(request, now_ms);
    if (ctx->person_id.at != NULL)
        return provider_link(request->services, conn, ctx->provider, ctx->state, &ctx->person, ctx->person_id, &env, request->arena, &ctx->id, why);
    return provider_sign_in(request->services, conn, ctx->provider, ctx->state, &ctx->person, request->peer, &env, request->arena, &ctx->done, why);
}

static struct err finish_render(struct api_request *request, struct api_response *response, struct store_conn *reader, void *context,
                                struct why *why) {
    (void)reader;
    (void)why;
    const struct provider_ctx *ctx = context;
    if (ctx->person_id.at != NULL) return api_made(response, "id", ctx->id);
    session_write(request, response, &ctx->done, ctx->wants_cookie);
    return err_none();
}

static struct err keys_resume(struct api_request *request, struct api_response *response, struct why *why);

// With the token's answer at hand: checks it with the keys that are known, and fetches them where they are not, or where none fits.
static struct err check_token(struct api_request *request, struct api_response *response, struct provider_ctx *ctx, struct why *why) {
    struct json keys;
    struct why own = {0};
    struct span none = span_make(NULL, 0);
    bool has_key = false;
    if (!provider_keys_get(ctx->provider, request->received_ms, request->arena, &keys))
        return ask(request, response, ctx, ctx->places.keys, none, none, keys_resume);
    struct err e = provider_answer_check(request->services, ctx->provider, ctx->token_answer, &keys, ctx->state, request->received_ms, request->arena,
                                         &ctx->person, &has_key, &own);
    if (is_err(e) && !has_key && !ctx->has_fresh_keys) return ask(request, response, ctx, ctx->places.keys, none, none, keys_resume);
    if (is_err(e)) return why_set(why, e.code, own.field, own.rule, own.article, "%s", own.words);
    return api_write(request, response, finish_apply, finish_render, ctx, false);
}

static struct err keys_resume(struct api_request *request, struct api_response *response, struct why *why) {
    struct provider_ctx *ctx = request->fetched->ctx;
    struct span body;
    TRY(answer_need(request, &body, why));
    TRY(provider_keys_put(ctx->provider, body, request->received_ms, request->arena, why));
    ctx->has_fresh_keys = true;
    return check_token(request, response, ctx, why);
}

static struct err token_resume(struct api_request *request, struct api_response *response, struct why *why) {
    struct provider_ctx *ctx = request->fetched->ctx;
    TRY(answer_need(request, &ctx->token_answer, why));
    return check_token(request, response, ctx, why);
}

static struct err ask_token(struct api_request *request, struct api_response *response, struct provider_ctx *ctx, struct why *why) {
    struct span body, authorization;
    TRY(provider_token_request(request->services, ctx->provider, ctx->state, ctx->code, request->arena, &body, &authorization, why));
    return ask(request, response, ctx, ctx->places.token, body, authorization, token_resume);
}

static struct err places_resume(struct api_request *request, struct api_response *response, struct why *why) {
    struct provider_ctx *ctx = request->fetched->ctx;
    TRY(places_take(request, ctx, why));
    return ask_token(request, response, ctx, why);
}

// The value of the binding cookie; at == NULL where it is not there.
static struct span cookie_binding(const struct api_request *request) {
    struct span header = api_header(request, "cookie");
    const struct span NAME = SPAN(BINDING_COOKIE "=");
    for (size_t at = 0; at < header.len;) {
        size_t end = span_find(header, ';', at);
        struct span pair = span_trim(span_part(header, at, end));
        if (span_starts_with(pair, NAME)) return span_part(pair, NAME.len, pair.len);
        at = end + 1;
    }
    return span_make(NULL, 0);
}

static struct err finish(struct api_request *request, struct api_response *response, bool is_link, struct why *why) {
    static const char *const NAMES[] = {"state", "code", "iss", "binding", "cookie", NULL};
    struct provider_ctx *ctx;
    struct json body;
    struct span issuer;
    TRY(ctx_new(request, is_link, &ctx, why));
    TRY(api_body(request, &body, why));
    TRY(api_members_only(&body, NAMES, why));
    TRY(api_member_text(&body, "state", STATE_BYTES, &ctx->state, why));
    TRY(api_member_text(&body, "code", CODE_BYTES, &ctx->code, why));
    TRY(api_member_text_optional(&body, "iss", 512, &issuer, why));
    TRY(api_member_text_optional(&body, "binding", STATE_BYTES, &ctx->binding, why));
    ctx->wants_cookie = json_get_bool(&body, "cookie", false);
    if (ctx->binding.at == NULL) ctx->binding = cookie_binding(request);
    if (issuer.at != NULL && !span_equals(issuer, provider_config_of(ctx->provider)->issuer))
        return why_set(why, ERR_DENIED, "/iss", "provider.state", "RFC 9207", "The answer is of another provider than the one that was asked.");
    TRY(provider_state_check(request->services, ctx->provider, ctx->state, ctx->binding, ctx->person_id, request->received_ms, request->arena, why));
    if (provider_places_get(ctx->provider, request->received_ms, request->arena, &ctx->places)) return ask_token(request, response, ctx, why);
    struct span url = provider_discovery_url(ctx->provider, request->arena), none = span_make(NULL, 0);
    return url.at == NULL ? err_make(ERR_MEMORY) : ask(request, response, ctx, url, none, none, places_resume);
}

static struct err post_session(struct api_request *request, struct api_response *response, struct why *why) { return finish(request, response, false, why); }
static struct err post_link(struct api_request *request, struct api_response *response, struct why *why) { return finish(request, response, true, why); }

// --- links ---

static struct err get_links(struct api_request *request, struct api_response *response, struct why *why) {
    static const struct list_column LINKS[] = {{"id", LIST_TEXT, 0, NULL},         {"provider", LIST_TEXT, 1, NULL},   {"subject", LIST_TEXT, 2, NULL},
                                               {"made_at", LIST_INSTANT, 3, NULL}, {"used_at", LIST_INSTANT, 4, NULL}, {0}};
    struct value id = value_text(request->principal.person_id);
    struct rows rows;
    TRY(store_read(request->conn, STMT_LINK_LIST, &id, 1, request->arena, &rows, why));
    return list_write(request, response, LINKS, &rows, "links", -1);
}

static struct err unlink_apply(struct api_request *request, struct store_conn *conn, struct log_edge *edge, int64_t now_ms, void *context,
                               struct why *why) {
    (void)edge;
    (void)context;
    return provider_unlink(conn, request->principal.person_id, request->params[0], now_ms, why);
}

static struct err delete_link(struct api_request *request, struct api_response *response, struct why *why) {
    (void)why;
    return api_write(request, response, unlink_apply, api_done_render, NULL, false);
}

const struct route routes_provider[] = {
    {"GET", "/api/v1/providers", get_providers, AUTH_NONE, 0, RATE_OPEN, "access", "Other providers of sign-in", NULL, "ProviderList", 200, NULL, false},
    {"POST", "/api/v1/providers/{provider}/begin", post_begin, AUTH_NONE, 0, RATE_OPEN, "access", "Begins to sign in through a provider", NULL,
     "ProviderBegun", 200, NULL, false},
    {"POST", "/api/v1/providers/{provider}/session", post_session, AUTH_NONE, 0, RATE_PROOF, "access",
     "Signs in with what came back from a provider", "ProviderAnswer", "Session", 201, NULL, false},
    {"GET", "/api/v1/me/links", get_links, AUTH_KNOWN, SCOPE_ACCOUNT, RATE_READ, "access", "Accounts at providers that stand for oneself", NULL,
     "LinkList", 200, NULL, false},
    {"POST", "/api/v1/me/providers/{provider}/begin", post_link_begin, AUTH_KNOWN, SCOPE_ACCOUNT, RATE_PROOF, "access", "Begins to link an account", NULL,
     "ProviderBegun", 200, NULL, false},
    {"POST", "/api/v1/me/providers/{provider}/link", post_link, AUTH_KNOWN, SCOPE_ACCOUNT, RATE_PROOF, "access", "Links the account that came back",
     "ProviderAnswer", "Made", 201, NULL, false},
    {"DELETE", "/api/v1/me/links/{link}", delete_link, AUTH_KNOWN, SCOPE_ACCOUNT, RATE_FILE, "access", "Ends a link", NULL, NULL, 204, NULL, false},
    {0},
};
