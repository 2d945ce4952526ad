// SPDX-License-Identifier: EUPL-1.2
/* Providers as the node knows them: configuration, and what they say of themselves, kept for an hour. */
#include "service/provider.h"

#include <pthread.h>

#include "base/json.h"

enum { KEPT_MS = 60 * 60 * 1000, URL_BYTES = 2048 };

struct kept { // an answer of a provider
    struct buf body;
    int64_t since_ms;
};

struct provider {
    const struct provider_config *config;
    pthread_mutex_t lock;
    struct kept discovery, keys;
};

struct providers {
    size_t count;
    struct provider list[PROVIDERS_MAX];
};

struct providers *providers_new(const struct provider_config *configs, size_t count) {
    struct providers *providers = mem_take(sizeof *providers);
    if (providers == NULL) return NULL;
    providers->count = count < PROVIDERS_MAX ? count : PROVIDERS_MAX;
    for (size_t i = 0; i < providers->count; i++) {
        providers->list[i].config = &configs[i];
        (void)pthread_mutex_init(&providers->list[i].lock, NULL);
        buf_init(&providers->list[i].discovery.body, NULL, PROVIDER_ANSWER_BYTES);
        buf_init(&providers->list[i].keys.body, NULL, PROVIDER_ANSWER_BYTES);
    }
    return providers;
}

void providers_free(struct providers *providers) {
    for (size_t i = 0; providers != NULL && i < providers->count; i++) {
        buf_fini(&providers->list[i].discovery.body);
        buf_fini(&providers->list[i].keys.body);
        (void)pthread_mutex_destroy(&providers->list[i].lock);
    }
    mem_give(providers);
}

struct provider *provider_find(const struct services *services, struct span id) {
    for (size_t i = 0; services->providers != NULL && i < services->providers->count; i++)
        if (span_equals(services->providers->list[i].config->id, id)) return &services->providers->list[i];
    return NULL;
}

const struct provider_config *provider_config_of(const struct provider *provider) { return provider->config; }
size_t providers_count(const struct services *services) { return services->providers == NULL ? 0 : services->providers->count; }
struct provider *provider_at(const struct services *services, size_t i) { return &services->providers->list[i]; }

// "host[:port]" of an https address; at == NULL for anything else, also where a name or password stands before it.
static struct span host_of(struct span url) {
    const struct span SCHEME = SPAN("https://");
    if (!span_starts_with(url, SCHEME) || url.len > URL_BYTES) return span_make(NULL, 0);
    size_t end = SCHEME.len;
    for (; end < url.len && url.at[end] != '/' && url.at[end] != '?' && url.at[end] != '#'; end++)
        if (url.at[end] == '@' || url.at[end] == '\\' || url.at[end] <= ' ' || url.at[end] >= 0x7f) return span_make(NULL, 0);
    for (size_t i = end; i < url.len; i++)
        if (url.at[i] <= ' ' || url.at[i] >= 0x7f || url.at[i] == '#') return span_make(NULL, 0);
    return span_part(url, SCHEME.len, end);
}

bool provider_may_ask(const struct provider_config *config, struct span url) {
    struct span host = host_of(url);
    if (host.len == 0) return false;
    if (span_equals(host, host_of(config->issuer))) return true;
    for (size_t i = 0; i < config->host_count; i++)
        if (span_equals(host, config->hosts[i])) return true;
    return false;
}

struct span provider_discovery_url(const struct provider *provider, struct arena *arena) {
    struct span issuer = provider->config->issuer;
    while (issuer.len > 0 && issuer.at[issuer.len - 1] == '/') issuer.len--;
    return arena_printf(arena, "%.*s/.well-known/openid-configuration", SPAN_FMT(issuer));
}

// What is kept, where it is young enough, as JSON.
static bool kept_get(struct provider *provider, const struct kept *kept, int64_t now_ms, struct arena *arena, struct json *ret) {
    (void)pthread_mutex_lock(&provider->lock);
    bool is_there = kept->body.len > 0 && now_ms - kept->since_ms < KEPT_MS;
    struct span copy = is_there ? arena_copy(arena, buf_span(&kept->body)) : span_make(NULL, 0);
    (void)pthread_mutex_unlock(&provider->lock);
    return copy.at != NULL && !is_err(json_parse(arena, copy, ret, NULL)) && ret->type == JSON_OBJECT;
}

static void kept_put(struct provider *provider, struct kept *kept, struct span body, int64_t now_ms) {
    (void)pthread_mutex_lock(&provider->lock);
    buf_clear(&kept->body);
    buf_add(&kept->body, body);
    kept->since_ms = now_ms;
    if (kept->body.is_failed) buf_clear(&kept->body);
    (void)pthread_mutex_unlock(&provider->lock);
}

bool provider_places_get(struct provider *provider, int64_t now_ms, struct arena *arena, struct provider_places *ret) {
    struct json document;
    if (!kept_get(provider, &provider->discovery, now_ms, arena, &document)) return false;
    *ret = (struct provider_places){.authorization = json_get_string(&document, "authorization_endpoint"),
                                    .token = json_get_string(&document, "token_endpoint"),
                                    .keys = json_get_string(&document, "jwks_uri")};
    return true;
}

static struct err bad_document(struct why *why, const char *words) {
    return why_set(why, ERR_BUSY, NULL, "provider.document", "OIDC Discovery 4.3", "%s", words);
}

struct err provider_places_put(struct provider *provider, struct span body, int64_t now_ms, struct arena *arena, struct why *why) {
    struct json document;
    if (is_err(json_parse(arena, body, &document, NULL)) || document.type != JSON_OBJECT)
        return bad_document(why, "The provider's document of itself can't be read.");
    if (!span_equals(json_get_string(&document, "issuer"), provider->config->issuer))
        return bad_document(why, "The provider's document is of another issuer.");
    if (!provider_may_ask(provider->config, json_get_string(&document, "token_endpoint")) ||
        !provider_may_ask(provider->config, json_get_string(&document, "jwks_uri")) ||
        host_of(json_get_string(&document, "authorization_endpoint")).len == 0)
        return bad_document(why, "The provider's document names hosts that are not configured.");
    kept_put(provider, &provider->discovery, body, now_ms);
    return err_none();
}

bool provider_keys_get(struct provider *provider, int64_t now_ms, struct arena *arena, struct json *ret) {
    return kept_get(provider, &provider->keys, now_ms, arena, ret);
}

struct err provider_keys_put(struct provider *provider, struct span body, int64_t now_ms, struct arena *arena, struct why *why) {
    struct json keys;
    if (is_err(json_parse(arena, body, &keys, NULL)) || json_get(&keys, "keys") == NULL)
        return bad_document(why, "The provider's keys can't be read.");
    kept_put(provider, &provider->keys, body, now_ms);
    return err_none();
}

void provider_keys_forget(struct provider *provider) { kept_put(provider, &provider->keys, span_make(NULL, 0), 0); }
