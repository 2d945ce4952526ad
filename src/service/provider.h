// SPDX-License-Identifier: EUPL-1.2
/*
 * Sign-in through other providers: OpenID Connect, authorization code with PKCE (RFC 7636), so that a national eID or an agency's own
 * sign-in plugs in. What must be asked of a provider is fetched by the courier; here are the questions, and what the answers mean.
 *
 * A sign-in's state is made from the node's secret and kept nowhere until it comes back; it counts once and for ten minutes. Nonce, PKCE
 * verifier and the binding to the browser that began are made from it. Thread-safe.
 */
#ifndef SERVICE_PROVIDER_H
#define SERVICE_PROVIDER_H

#include "base/json.h"
#include "service/services.h"

enum { PROVIDERS_MAX = 8, PROVIDER_HOSTS = 8, PROVIDER_FACTORS = 16, PROVIDER_ANSWER_BYTES = 64 * 1024 };

struct provider_config {
    struct span id, name, issuer, client_id, secret; // secret: of the client
    const char *secret_file, *ca_file;               // ca_file NULL: the system's list
    size_t host_count;
    struct span hosts[PROVIDER_HOSTS];     // "host" or "host:port" beside the issuer's that may be asked
    size_t factor_count;
    struct span factors[PROVIDER_FACTORS]; // values of acr or amr that count as second factor
    bool makes_persons;                    // who is not known becomes a person; otherwise an account must be linked first
    struct span login_claim;               // of a person so made: "email" (only where verified), "preferred_username", ...
};

struct providers;
struct providers *providers_new(const struct provider_config *configs, size_t count); // NULL where the system has no memory
void providers_free(struct providers *providers);
// "https://host[:port]/...": whether the provider may be asked there.
bool provider_may_ask(const struct provider_config *config, struct span url);

struct provider;
struct provider *provider_find(const struct services *services, struct span id); // NULL where there is none
const struct provider_config *provider_config_of(const struct provider *provider);
size_t providers_count(const struct services *services);
struct provider *provider_at(const struct services *services, size_t i);

// Where the provider's document of itself and its keys stand; what came is kept for an hour. False: not known, fetch it.
struct provider_places {
    struct span authorization, token, keys;
};
struct span provider_discovery_url(const struct provider *provider, struct arena *arena);
bool provider_places_get(struct provider *provider, int64_t now_ms, struct arena *arena, struct provider_places *ret);
CHECKED struct err provider_places_put(struct provider *provider, struct span body, int64_t now_ms, struct arena *arena, struct why *why);
bool provider_keys_get(struct provider *provider, int64_t now_ms, struct arena *arena, struct json *ret);
CHECKED struct err provider_keys_put(struct provider *provider, struct span body, int64_t now_ms, struct arena *arena, struct why *why);
void provider_keys_forget(struct provider *provider);

struct provider_begun {
    struct span state, binding, url;
};
// PERSON_ID at == NULL: someone signs in; else she links the account.
CHECKED struct err provider_begin(const struct services *services, const struct provider *provider, const struct provider_places *places,
                                  struct span person_id, const struct access_env *env, struct arena *arena, struct provider_begun *ret,
                                  struct why *why);
// Whether a state that came back is ours, of this browser, person and provider, and in time.
CHECKED struct err provider_state_check(const struct services *services, const struct provider *provider, struct span state, struct span binding,
                                        struct span person_id, int64_t now_ms, struct arena *arena, struct why *why);
// Body and Authorization header of the request for the token.
CHECKED struct err provider_token_request(const struct services *services, const struct provider *provider, struct span state, struct span code,
                                          struct arena *arena, struct span *ret_body, struct span *ret_authorization, struct why *why);

struct provider_person {
    struct span subject, login, name; // login at == NULL where the claims give none
    bool has_second_factor;
};
// Reads the token endpoint's answer and checks the ID token in it. *ret_has_key false: fetch the keys anew, then once again.
CHECKED struct err provider_answer_check(const struct services *services, struct provider *provider, struct span answer, const struct json *keys,
                                         struct span state, int64_t now_ms, struct arena *arena, struct provider_person *ret, bool *ret_has_key,
                                         struct why *why);
// Writing: uses the state up, then opens a session or links the account.
CHECKED struct err provider_sign_in(const struct services *services, struct store_conn *conn, const struct provider *provider, struct span state,
                                    const struct provider_person *person, struct span address, const struct access_env *env,
                                    struct arena *arena, struct access_signed_in *ret, struct why *why);
CHECKED struct err provider_link(const struct services *services, struct store_conn *conn, const struct provider *provider, struct span state,
                                 const struct provider_person *person, struct span person_id, const struct access_env *env,
                                 struct arena *arena, struct span *ret_id, struct why *why);
CHECKED struct err provider_unlink(struct store_conn *conn, struct span person_id, struct span id, int64_t now_ms, struct why *why);

#endif
