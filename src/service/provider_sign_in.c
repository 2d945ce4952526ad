// SPDX-License-Identifier: EUPL-1.2
/* One sign-in through a provider: its state, the request for the token, what the token says, and the session or link that it makes. */
#include "service/access_private.h"
#include "service/provider.h"
#include "service/provider_token.h"

enum { STATE_MS = 10 * 60 * 1000, INSTANT_BYTES = 8, RANDOM_BYTES = 16, STATE_BYTES = INSTANT_BYTES + RANDOM_BYTES + HASH_BYTES, LINKS_PER_PERSON = 10 };

static struct span base64url(struct span bytes, struct arena *arena) {
    struct buf text;
    buf_init(&text, arena, 1024);
    buf_add_base64url(&text, bytes);
    return text.is_failed ? span_make(NULL, 0) : buf_span(&text);
}

// What belongs to a state: "nonce", "verifier", "binding".
static struct span derived(const struct services *services, const char *what, struct span state, struct arena *arena) {
    struct hash bits = access_blind(services->access, (const char *)arena_printf(arena, "varde provider %s", what).at, state);
    return base64url(hash_span(&bits), arena);
}

static struct hash state_mac(const struct services *services, struct span head, struct span provider, struct span person_id, struct arena *arena) {
    struct buf what;
    buf_init(&what, arena, 512);
    buf_add(&what, head);
    buf_add(&what, provider);
    buf_add_byte(&what, 0);
    buf_add(&what, person_id);
    return access_blind(services->access, "varde provider state", buf_span(&what));
}

static struct err bad_state(struct why *why) {
    return why_set(why, ERR_DENIED, "/state", "provider.state", "RFC 6749 10.12",
                   "This sign-in was not begun here by you, has expired, or came back before. Please begin again.");
}

static void add_escaped(struct buf *out, struct span value) {
    for (size_t i = 0; i < value.len; i++) {
        uint8_t c = value.at[i];
        bool is_plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c != 0 && strchr("-._~", c) != NULL);
        if (is_plain) buf_add_byte(out, c);
        else buf_printf(out, "%%%02X", c);
    }
}

static void add_parameter(struct buf *out, const char *name, struct span value) {
    bool is_first = out->len == 0 || out->at[out->len - 1] == '?' || out->at[out->len - 1] == '&';
    if (!is_first) buf_add_byte(out, '&');
    buf_add_text(out, name);
    buf_add_byte(out, '=');
    add_escaped(out, value);
}

static struct span redirect_uri(const struct services *services, const struct provider *provider, struct arena *arena) {
    return arena_printf(arena, "%.*s/sign-in/%.*s", SPAN_FMT(services->public_url), SPAN_FMT(provider_config_of(provider)->id));
}

struct err provider_begin(const struct services *services, const struct provider *provider, const struct provider_places *places,
                          struct span person_id, const struct access_env *env, struct arena *arena, struct provider_begun *ret,
                          struct why *why) {
    const struct provider_config *config = provider_config_of(provider);
    uint8_t random[RANDOM_BYTES];
    struct buf bytes, url;
    env->random(random, sizeof random);
    buf_init(&bytes, arena, STATE_BYTES);
    buf_add_u64(&bytes, (uint64_t)(env->now_ms + STATE_MS));
    buf_add(&bytes, span_make(random, sizeof random));
    struct hash mac = state_mac(services, buf_span(&bytes), config->id, person_id, arena);
    buf_add(&bytes, hash_span(&mac));
    struct span state = base64url(buf_span(&bytes), arena), verifier = derived(services, "verifier", state, arena);
    struct hash challenge = hash_sha256(verifier);
    buf_init(&url, arena, 8192);
    buf_add(&url, places->authorization);
    buf_add_text(&url, span_find(places->authorization, '?', 0) < places->authorization.len ? "&" : "?");
    add_parameter(&url, "response_type", SPAN("code"));
    add_parameter(&url, "client_id", config->client_id);
    add_parameter(&url, "redirect_uri", redirect_uri(services, provider, arena));
    add_parameter(&url, "scope", SPAN("openid profile email"));
    add_parameter(&url, "state", state);
    add_parameter(&url, "nonce", derived(services, "nonce", state, arena));
    add_parameter(&url, "code_challenge", base64url(hash_span(&challenge), arena));
    add_parameter(&url, "code_challenge_method", SPAN("S256"));
    *ret = (struct provider_begun){.state = state, .binding = derived(services, "binding", state, arena), .url = buf_span(&url)};
    return url.is_failed || ret->binding.at == NULL ? access_full(why) : err_none();
}

struct err provider_state_check(const struct services *services, const struct provider *provider, struct span state, struct span binding,
                                struct span person_id, int64_t now_ms, struct arena *arena, struct why *why) {
    struct span bytes;
    uint64_t expires = 0;
    struct err e = base64url_decode(arena, state, &bytes);
    if (e.code == ERR_MEMORY) return e;
    if (is_err(e) || bytes.len != STATE_BYTES) return bad_state(why);
    struct span head = span_part(bytes, 0, INSTANT_BYTES + RANDOM_BYTES);
    struct hash mac = state_mac(services, head, provider_config_of(provider)->id, person_id, arena);
    for (size_t i = INSTANT_BYTES; i-- > 0;) expires = expires << 8 | bytes.at[i];
    bool is_ours = secret_equals(hash_span(&mac), span_part(bytes, head.len, bytes.len)) &&
                   secret_equals(binding, derived(services, "binding", state, arena));
    return is_ours && (int64_t)expires > now_ms ? err_none() : bad_state(why);
}

struct err provider_token_request(const struct services *services, const struct provider *provider, struct span state, struct span code,
                                  struct arena *arena, struct span *ret_body, struct span *ret_authorization, struct why *why) {
    const struct provider_config *config = provider_config_of(provider);
    struct buf body, pair, header;
    buf_init(&body, arena, 16 * 1024);
    add_parameter(&body, "grant_type", SPAN("authorization_code"));
    add_parameter(&body, "code", code);
    add_parameter(&body, "redirect_uri", redirect_uri(services, provider, arena));
    add_parameter(&body, "code_verifier", derived(services, "verifier", state, arena));
    if (config->secret.len == 0) add_parameter(&body, "client_id", config->client_id);
    buf_init(&pair, arena, 4096);
    add_escaped(&pair, config->client_id);
    buf_add_byte(&pair, ':');
    add_escaped(&pair, config->secret);
    buf_init(&header, arena, 8192);
    buf_add_text(&header, "Basic ");
    buf_add_base64(&header, buf_span(&pair));
    if (body.is_failed || pair.is_failed || header.is_failed) return access_full(why);
    *ret_body = buf_span(&body);
    *ret_authorization = config->secret.len > 0 ? buf_span(&header) : span_make(NULL, 0);
    return err_none();
}

// --- what the token says ---

static bool is_factor(const struct provider_config *config, const struct json *value) {
    for (size_t i = 0; value != NULL && value->type == JSON_STRING && i < config->factor_count; i++)
        if (span_equals(value->string, config->factors[i])) return true;
    for (size_t i = 0; value != NULL && value->type == JSON_ARRAY && i < value->count; i++)
        if (value->items[i].type == JSON_STRING && is_factor(config, &value->items[i])) return true;
    return false;
}

struct err provider_answer_check(const struct services *services, struct provider *provider, struct span answer, const struct json *keys,
                                 struct span state, int64_t now_ms, struct arena *arena, struct provider_person *ret, bool *ret_has_key,
                                 struct why *why) {
    const struct provider_config *config = provider_config_of(provider);
    struct json body, claims;
    *ret_has_key = true;
    if (is_err(json_parse(arena, answer, &body, NULL)) || json_get_string(&body, "id_token").len == 0)
        return why_set(why, ERR_DENIED, NULL, "provider.token", "OIDC Core 3.1.3.3", "The provider gave no ID token.");
    const struct token_wanted wanted = {.issuer = config->issuer, .client_id = config->client_id, .nonce = derived(services, "nonce", state, arena),
                                        .now_ms = now_ms};
    TRY(provider_token_check(json_get_string(&body, "id_token"), keys, &wanted, arena, &claims, ret_has_key, why));
    struct span login = config->login_claim.len > 0 ? json_get_string(&claims, arena_text(arena, config->login_claim)) : span_make(NULL, 0);
    bool is_mail = span_is(config->login_claim, "email");
    if (is_mail && !json_get_bool(&claims, "email_verified", false)) login = span_make(NULL, 0);
    struct span name = json_get_string(&claims, "name");
    *ret = (struct provider_person){.subject = json_get_string(&claims, "sub"), .login = login, .name = name.len > 0 ? name : login,
                                    .has_second_factor = is_factor(config, json_get(&claims, "acr")) || is_factor(config, json_get(&claims, "amr"))};
    return err_none();
}

// --- session and link ---

static struct err state_use(struct store_conn *conn, struct span state, int64_t now_ms, struct why *why) {
    struct hash name = hash_sha256(state);
    struct err e = store_write(conn, STMT_PROVIDER_STATE_ADD, PARAMS(value_blob(hash_span(&name)), value_int(now_ms + STATE_MS)), NULL, NULL);
    return e.code == ERR_CONFLICT ? bad_state(why) : e;
}

static struct err link_make(struct store_conn *conn, struct span provider, struct span subject, struct span person_id,
                            const struct access_env *env, struct arena *arena, struct span *ret_id, struct why *why) {
    TRY(access_check_count(conn, STMT_LINK_COUNT, PARAMS(value_text(person_id)), LINKS_PER_PERSON, arena, why));
    struct span id = access_id_make(env, 'L', arena);
    if (id.at == NULL) return access_full(why);
    struct err e = store_write(conn, STMT_LINK_ADD,
                               PARAMS(value_text(id), value_text(provider), value_text(subject), value_text(person_id), value_int(env->now_ms)), NULL, NULL);
    if (e.code == ERR_CONFLICT) return why_set(why, ERR_CONFLICT, NULL, "provider.linked", NULL, "This account is linked to a person already.");
    TRY(e);
    *ret_id = id;
    return access_event_add(conn, person_id, "account_linked", span_make(NULL, 0), provider, env->now_ms, why);
}

static struct err person_make(const struct services *services, struct store_conn *conn, const struct provider_config *config,
                              const struct provider_person *person, const struct access_env *env, struct arena *arena, struct span *ret_id,
                              struct why *why) {
    struct span link;
    if (!config->makes_persons || person->login.len == 0)
        return why_set(why, ERR_DENIED, NULL, "provider.unlinked", NULL,
                       "This account is linked to nobody here. Please sign in otherwise once and link it.");
    const struct access_person_new made = {.login = person->login, .name = person->name, .language = SPAN("")};
    struct err e = access_person_create(services->access, conn, &made, env, arena, ret_id, NULL);
    if (e.code == ERR_CONFLICT) // somebody has the login: that she is the same is for her to say
        return why_set(why, ERR_DENIED, NULL, "provider.unlinked", NULL,
                       "Somebody here has this login already. If it is you, please sign in as before and link the account.");
    if (is_err(e)) return why_set(why, ERR_DENIED, NULL, "provider.unlinked", NULL, "The account gives no login that can be used here.");
    return link_make(conn, config->id, person->subject, *ret_id, env, arena, &link, why);
}

struct err provider_sign_in(const struct services *services, struct store_conn *conn, const struct provider *provider, struct span state,
                            const struct provider_person *person, struct span address, const struct access_env *env,
                            struct arena *arena, struct access_signed_in *ret, struct why *why) {
    const struct provider_config *config = provider_config_of(provider);
    struct rows link;
    struct span person_id;
    TRY(state_use(conn, state, env->now_ms, why));
    TRY(store_read(conn, STMT_LINK_FIND, PARAMS(value_text(config->id), value_text(person->subject)), arena, &link, why));
    if (link.count > 0 && rows_int(&link, 0, 2) != 0)
        return why_set(why, ERR_UNAUTHENTICATED, NULL, "provider.refused", NULL, "You can't sign in here.");
    if (link.count > 0) {
        person_id = rows_span(&link, 0, 1);
        TRY(store_write(conn, STMT_LINK_USE, PARAMS(value_text(rows_span(&link, 0, 0)), value_int(env->now_ms)), NULL, why));
    } else {
        TRY(person_make(services, conn, config, person, env, arena, &person_id, why));
    }
    struct span from = address.at != NULL && span_is_utf8(address) ? span_part(address, 0, 64) : SPAN("");
    TRY(access_event_add(conn, person_id, "signed_in_provider", span_make(NULL, 0), from, env->now_ms, why));
    return access_session_open(conn, person_id, person->has_second_factor, env, arena, ret, why);
}

struct err provider_link(const struct services *services, struct store_conn *conn, const struct provider *provider, struct span state,
                         const struct provider_person *person, struct span person_id, const struct access_env *env, struct arena *arena,
                         struct span *ret_id, struct why *why) {
    (void)services;
    TRY(state_use(conn, state, env->now_ms, why));
    return link_make(conn, provider_config_of(provider)->id, person->subject, person_id, env, arena, ret_id, why);
}

struct err provider_unlink(struct store_conn *conn, struct span person_id, struct span id, int64_t now_ms, struct why *why) {
    size_t changed = 0;
    TRY(store_write(conn, STMT_LINK_DROP, PARAMS(value_text(id), value_text(person_id)), &changed, why));
    if (changed == 0) return why_set(why, ERR_NOT_FOUND, NULL, "provider.no_link", NULL, "There is no such account of yours.");
    return access_event_add(conn, person_id, "account_unlinked", span_make(NULL, 0), id, now_ms, why);
}
