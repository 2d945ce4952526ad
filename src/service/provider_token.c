// SPDX-License-Identifier: EUPL-1.2
#include "service/provider_token.h"

#include <cjose/cjose.h>

#include "base/hash.h"

enum { RSA_MODULUS_CHARACTERS = 342, PARTS = 3, KEYS_TRIED = 16 }; // 2048 bits as base64url

static struct err refuse(struct why *why, const char *words) {
    return why_set(why, ERR_DENIED, NULL, "provider.token", "OIDC Core 3.1.3.7", "%s", words);
}

// Algorithms by their kind of key; what is not here is refused.
static const struct {
    const char *name, *key_type;
} ALGORITHMS[] = {{"RS256", "RSA"}, {"RS384", "RSA"}, {"RS512", "RSA"}, {"PS256", "RSA"}, {"PS384", "RSA"}, {"PS512", "RSA"},
                  {"ES256", "EC"},  {"ES384", "EC"},  {"ES512", "EC"}};

static const char *key_type_of(struct span algorithm) {
    for (size_t i = 0; i < sizeof ALGORITHMS / sizeof ALGORITHMS[0]; i++)
        if (span_is(algorithm, ALGORITHMS[i].name)) return ALGORITHMS[i].key_type;
    return NULL;
}

// libcjose asserts that what it decodes is base64url: only what is may reach it.
static bool is_base64url(struct span text, struct arena *arena) {
    struct span plain;
    return !is_err(base64url_decode(arena, text, &plain));
}

static bool header_read(struct span token, struct arena *arena, struct json *ret) {
    struct span parts[PARTS] = {0}, plain;
    size_t count = 0;
    for (size_t at = 0; at <= token.len && count < PARTS; count++) {
        size_t end = span_find(token, '.', at);
        parts[count] = span_part(token, at, end);
        at = end + 1;
    }
    size_t whole = parts[0].len + parts[1].len + parts[2].len + 2;
    return count == PARTS && whole == token.len && parts[2].len > 0 && is_base64url(parts[1], arena) && is_base64url(parts[2], arena) && !is_err(base64url_decode(arena, parts[0], &plain)) &&
           !is_err(json_parse(arena, plain, ret, NULL)) && ret->type == JSON_OBJECT;
}

static bool key_fits(const struct json *key, struct span algorithm, struct span kid) {
    struct span own = json_get_string(key, "kid"), use = json_get_string(key, "use"), alg = json_get_string(key, "alg");
    const char *type = key_type_of(algorithm);
    if (type == NULL || !span_is(json_get_string(key, "kty"), type)) return false;
    if (use.len > 0 && !span_is(use, "sig")) return false;
    if (alg.len > 0 && !span_equals(alg, algorithm)) return false;
    if (kid.len > 0 && !span_equals(own, kid)) return false;
    return !span_is(span_of(type), "RSA") || json_get_string(key, "n").len >= RSA_MODULUS_CHARACTERS;
}

// The members that make up the public key, and nothing else of what the provider sent.
static bool key_write(const struct json *key, struct arena *arena, struct span *ret) {
    static const char *const PARTS_OF_KEY[] = {"n", "e", "x", "y"};
    struct buf text;
    struct json_out out;
    buf_init(&text, arena, 64 * 1024);
    json_out_init(&out, &text);
    json_out_object(&out);
    json_out_member_string(&out, "kty", json_get_string(key, "kty"));
    if (json_get_string(key, "crv").at != NULL) json_out_member_string(&out, "crv", json_get_string(key, "crv"));
    for (size_t i = 0; i < sizeof PARTS_OF_KEY / sizeof PARTS_OF_KEY[0]; i++) {
        struct span part = json_get_string(key, PARTS_OF_KEY[i]);
        if (part.at == NULL) continue;
        if (part.len == 0 || !is_base64url(part, arena)) return false;
        json_out_member_string(&out, PARTS_OF_KEY[i], part);
    }
    json_out_object_end(&out);
    *ret = buf_span(&text);
    return !text.is_failed;
}

// Whether the token is signed by this key; if so its payload.
static bool signed_by(struct span token, const struct json *key, struct arena *arena, struct span *ret_payload) {
    cjose_err wrong;
    struct span text;
    uint8_t *plain = NULL;
    size_t len = 0;
    if (!key_write(key, arena, &text)) return false;
    cjose_jwk_t *jwk = cjose_jwk_import((const char *)text.at, text.len, &wrong);
    cjose_jws_t *jws = cjose_jws_import((const char *)token.at, token.len, &wrong);
    bool is_right = jwk != NULL && jws != NULL && cjose_jws_verify(jws, jwk, &wrong) && cjose_jws_get_plaintext(jws, &plain, &len, &wrong);
    if (is_right) *ret_payload = arena_copy(arena, span_make(plain, len));
    if (jws != NULL) cjose_jws_release(jws);
    if (jwk != NULL) (void)cjose_jwk_release(jwk);
    return is_right && ret_payload->at != NULL;
}

static bool is_audience(const struct json *claims, struct span client_id) {
    const struct json *aud = json_get(claims, "aud");
    struct span azp = json_get_string(claims, "azp");
    bool is_named = false;
    if (aud != NULL && aud->type == JSON_STRING) is_named = span_equals(aud->string, client_id);
    for (size_t i = 0; aud != NULL && aud->type == JSON_ARRAY && i < aud->count; i++)
        is_named = is_named || (aud->items[i].type == JSON_STRING && span_equals(aud->items[i].string, client_id));
    bool needs_party = aud != NULL && aud->type == JSON_ARRAY && aud->count > 1;
    if (needs_party && azp.len == 0) return false;
    return is_named && (json_get(claims, "azp") == NULL || span_equals(azp, client_id));
}

static int64_t instant_of(const struct json *claims, const char *name) {
    const struct json *value = json_get(claims, name);
    if (value == NULL || value->type != JSON_INT || value->integer < 0 || value->integer > INT64_MAX / 1000) return -1;
    return value->integer * 1000;
}

static struct err claims_check(const struct json *claims, const struct token_wanted *wanted, struct why *why) {
    int64_t expires_ms = instant_of(claims, "exp"), issued_ms = instant_of(claims, "iat"), from_ms = instant_of(claims, "nbf");
    struct span subject = json_get_string(claims, "sub");
    if (!span_equals(json_get_string(claims, "iss"), wanted->issuer)) return refuse(why, "The token is of another issuer.");
    if (!is_audience(claims, wanted->client_id)) return refuse(why, "The token is for another client.");
    if (!secret_equals(json_get_string(claims, "nonce"), wanted->nonce)) return refuse(why, "The token is of another sign-in.");
    if (expires_ms < 0 || expires_ms + PROVIDER_SKEW_MS <= wanted->now_ms) return refuse(why, "The token has expired.");
    if (issued_ms < 0 || issued_ms - PROVIDER_SKEW_MS > wanted->now_ms) return refuse(why, "The token is of the future; please check the clocks.");
    if (from_ms > 0 && from_ms - PROVIDER_SKEW_MS > wanted->now_ms) return refuse(why, "The token does not count yet.");
    if (subject.len == 0 || subject.len > 255 || span_has_hidden(subject)) return refuse(why, "The token names no subject.");
    return err_none();
}

struct err provider_token_check(struct span token, const struct json *keys, const struct token_wanted *wanted, struct arena *arena,
                                struct json *ret_claims, bool *ret_has_key, struct why *why) {
    struct json header, claims;
    struct span payload = span_make(NULL, 0);
    const struct json *list = json_get(keys, "keys");
    bool is_signed = false;
    size_t tried = 0;
    *ret_has_key = true;
    if (token.len > PROVIDER_TOKEN_BYTES || !header_read(token, arena, &header)) return refuse(why, "The provider's token can't be read.");
    struct span algorithm = json_get_string(&header, "alg"), kid = json_get_string(&header, "kid");
    if (key_type_of(algorithm) == NULL) return refuse(why, "The token is not signed, or not in a way that is taken.");
    if (json_get(&header, "crit") != NULL) return refuse(why, "The token has extensions that are not known.");
    for (size_t i = 0; list != NULL && list->type == JSON_ARRAY && i < list->count && tried < KEYS_TRIED && !is_signed; i++) {
        if (!key_fits(&list->items[i], algorithm, kid)) continue;
        tried++;
        is_signed = signed_by(token, &list->items[i], arena, &payload);
    }
    *ret_has_key = tried > 0;
    if (!is_signed) return refuse(why, "The token is not signed by its provider.");
    if (is_err(json_parse(arena, payload, &claims, NULL)) || claims.type != JSON_OBJECT) return refuse(why, "The token's claims can't be read.");
    TRY(claims_check(&claims, wanted, why));
    *ret_claims = claims;
    return err_none();
}
