// SPDX-License-Identifier: EUPL-1.2
#include "service/passkey_verify.h"

#include <fido.h>
#include <fido/eddsa.h>
#include <fido/es256.h>
#include <fido/rs256.h>

#include "base/hash.h"
#include "base/json.h"
#include "service/passkey_cbor.h"

enum { FLAG_PRESENT = 1, FLAG_VERIFIED = 4, FLAG_CREDENTIAL = 64, AUTH_DATA_MIN = 37 };

static struct err refuse(struct why *why, const char *field, const char *words) {
    return why_set(why, ERR_DENIED, field, "passkey.refused", "WebAuthn 7", "%s", words);
}

struct err passkey_place_of(struct span public_url, struct passkey_place *ret) {
    const struct span SCHEME = SPAN("https://");
    if (!span_starts_with(public_url, SCHEME)) return err_make(ERR_INPUT);
    size_t end = span_find(public_url, '/', SCHEME.len);
    struct span host = span_part(public_url, SCHEME.len, end);
    bool is_v6 = host.len > 0 && host.at[0] == '[';
    size_t colon = is_v6 ? span_find(host, ':', span_find(host, ']', 0)) : span_find(host, ':', 0);
    *ret = (struct passkey_place){.origin = span_part(public_url, 0, end), .rp_id = span_part(host, 0, colon)};
    return ret->rp_id.len > 0 ? err_none() : err_make(ERR_INPUT);
}

struct err passkey_client_data(const struct passkey_place *place, struct span client_data, const char *type, struct arena *arena,
                               struct span *ret_challenge, struct why *why) {
    struct json data;
    if (is_err(json_parse_within(arena, client_data, PASSKEY_BYTES, &data, NULL)) || data.type != JSON_OBJECT)
        return refuse(why, "/response/clientDataJSON", "The client's data is no JSON object.");
    if (!span_is(json_get_string(&data, "type"), type))
        return refuse(why, "/response/clientDataJSON", "The client's data is of another kind of request.");
    if (!span_equals(json_get_string(&data, "origin"), place->origin))
        return refuse(why, "/response/clientDataJSON", "The passkey was used at another address than this node's.");
    if (json_get_bool(&data, "crossOrigin", false) || json_get(&data, "topOrigin") != NULL)
        return refuse(why, "/response/clientDataJSON", "The passkey was used within another site's page.");
    if (is_err(base64url_decode(arena, json_get_string(&data, "challenge"), ret_challenge)) || ret_challenge->len != PASSKEY_CHALLENGE_BYTES)
        return refuse(why, "/response/clientDataJSON", "The challenge is none of this node's.");
    return err_none();
}

// Relying party, presence and verification of the person.
static struct err check_data(const struct passkey_place *place, struct span data, unsigned flags, struct why *why) {
    struct hash rp = hash_sha256(place->rp_id);
    if (data.len < AUTH_DATA_MIN || !span_equals(span_part(data, 0, HASH_BYTES), hash_span(&rp)))
        return refuse(why, "/response", "The passkey is for another relying party.");
    if (!authenticator_data_is_whole(data)) return refuse(why, "/response", "The authenticator's data can't be read.");
    if ((data.at[HASH_BYTES] & FLAG_VERIFIED) == 0)
        return refuse(why, "/response", "The authenticator did not check the person (PIN, finger, face). Please use one that does.");
    if ((data.at[HASH_BYTES] & flags) != flags) return refuse(why, "/response", "The authenticator's data is incomplete.");
    return err_none();
}

static uint32_t counter_of(struct span data) {
    const uint8_t *at = data.at + HASH_BYTES + 1;
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

// What the format wants of its statement. "none" has none, which is what the node asks for.
static bool attestation_is_right(fido_cred_t *cred, const struct attestation *attestation, struct arena *arena) {
    if (span_is(attestation->format, "none")) return true;
    const char *format = arena_text(arena, attestation->format);
    if (!span_is(attestation->format, "packed") && !span_is(attestation->format, "fido-u2f") && !span_is(attestation->format, "tpm")) return false;
    if (format == NULL || fido_cred_set_fmt(cred, format) != FIDO_OK) return false;
    if (fido_cred_set_attstmt(cred, attestation->statement.at, attestation->statement.len) != FIDO_OK) return false;
    return (attestation->has_chain ? fido_cred_verify(cred) : fido_cred_verify_self(cred)) == FIDO_OK;
}

static bool cred_fill(fido_cred_t *cred, const struct passkey_place *place, struct span client_data, const struct attestation *attestation,
                      struct arena *arena, int algorithm) {
    struct hash hash = hash_sha256(client_data);
    const char *rp = arena_text(arena, place->rp_id);
    return rp != NULL && fido_cred_set_type(cred, algorithm) == FIDO_OK && fido_cred_set_rp(cred, rp, NULL) == FIDO_OK &&
           fido_cred_set_clientdata_hash(cred, hash.bytes, sizeof hash.bytes) == FIDO_OK &&
           fido_cred_set_authdata_raw(cred, attestation->data.at, attestation->data.len) == FIDO_OK &&
           fido_cred_set_uv(cred, FIDO_OPT_TRUE) == FIDO_OK;
}

struct err passkey_check_new(const struct passkey_place *place, struct span client_data, struct span bytes, struct arena *arena,
                             struct passkey_new *ret, struct why *why) {
    static const int ALGORITHMS[] = {COSE_ES256, COSE_EDDSA, COSE_RS256};
    struct attestation attestation;
    if (bytes.len > PASSKEY_BYTES || !attestation_read(bytes, &attestation))
        return refuse(why, "/response/attestationObject", "The attestation object can't be read.");
    TRY(check_data(place, attestation.data, FLAG_PRESENT | FLAG_CREDENTIAL, why));
    bool is_filled = false, is_right = false;
    struct passkey_new made = {.counter = counter_of(attestation.data)};
    for (size_t i = 0; i < sizeof ALGORITHMS / sizeof ALGORITHMS[0] && !is_filled; i++) {
        fido_cred_t *cred = fido_cred_new();
        if (cred == NULL) return err_make(ERR_MEMORY);
        is_filled = cred_fill(cred, place, client_data, &attestation, arena, ALGORITHMS[i]);
        is_right = is_filled && attestation_is_right(cred, &attestation, arena);
        if (is_right) {
            made.algorithm = ALGORITHMS[i];
            made.credential = arena_copy(arena, span_make(fido_cred_id_ptr(cred), fido_cred_id_len(cred)));
            made.public_key = arena_copy(arena, span_make(fido_cred_pubkey_ptr(cred), fido_cred_pubkey_len(cred)));
        }
        fido_cred_free(&cred);
    }
    if (!is_right)
        return refuse(why, "/response/attestationObject", is_filled ? "The attestation does not hold, or is of a kind that is not taken; please ask for \"none\"."
                                                                    : "The new key can't be read, or is of a kind that is not taken.");
    if (made.credential.at == NULL || made.public_key.at == NULL) return err_make(ERR_MEMORY);
    if (made.credential.len == 0 || made.credential.len > PASSKEY_CREDENTIAL_BYTES)
        return refuse(why, "/response/attestationObject", "The key has no identifier, or one that is too long.");
    *ret = made;
    return err_none();
}

// The key as libfido2 wants it, in one of three structures; NULL where the stored bytes are none.
struct key {
    es256_pk_t *es256;
    eddsa_pk_t *eddsa;
    rs256_pk_t *rs256;
    const void *any;
};

static bool key_open(struct key *key, int64_t algorithm, struct span bytes) {
    if (algorithm == COSE_ES256 && (key->es256 = es256_pk_new()) != NULL && es256_pk_from_ptr(key->es256, bytes.at, bytes.len) == FIDO_OK)
        key->any = key->es256;
    if (algorithm == COSE_EDDSA && (key->eddsa = eddsa_pk_new()) != NULL && eddsa_pk_from_ptr(key->eddsa, bytes.at, bytes.len) == FIDO_OK)
        key->any = key->eddsa;
    if (algorithm == COSE_RS256 && (key->rs256 = rs256_pk_new()) != NULL && rs256_pk_from_ptr(key->rs256, bytes.at, bytes.len) == FIDO_OK)
        key->any = key->rs256;
    return key->any != NULL;
}

static void key_close(struct key *key) {
    es256_pk_free(&key->es256);
    eddsa_pk_free(&key->eddsa);
    rs256_pk_free(&key->rs256);
}

static bool answer_is_right(fido_assert_t *answer, const char *rp_id, struct span client_data, struct span data, struct span signature,
                            int algorithm, const void *key) {
    struct hash hash = hash_sha256(client_data);
    return fido_assert_set_count(answer, 1) == FIDO_OK && fido_assert_set_rp(answer, rp_id) == FIDO_OK &&
           fido_assert_set_clientdata_hash(answer, hash.bytes, sizeof hash.bytes) == FIDO_OK &&
           fido_assert_set_authdata_raw(answer, 0, data.at, data.len) == FIDO_OK &&
           fido_assert_set_sig(answer, 0, signature.at, signature.len) == FIDO_OK && fido_assert_set_up(answer, FIDO_OPT_TRUE) == FIDO_OK &&
           fido_assert_set_uv(answer, FIDO_OPT_TRUE) == FIDO_OK && fido_assert_verify(answer, 0, algorithm, key) == FIDO_OK;
}

struct err passkey_check_answer(const struct passkey_place *place, struct span client_data, struct span data, struct span signature,
                                int64_t algorithm, struct span public_key, uint32_t *ret_counter, struct why *why) {
    char rp_id[256];
    TRY(check_data(place, data, FLAG_PRESENT, why));
    if (place->rp_id.len >= sizeof rp_id || signature.len == 0) return refuse(why, "/response/signature", "There is no signature.");
    memcpy(rp_id, place->rp_id.at, place->rp_id.len);
    rp_id[place->rp_id.len] = '\0';
    struct key key = {.any = NULL};
    fido_assert_t *answer = fido_assert_new();
    bool is_right = answer != NULL && key_open(&key, algorithm, public_key) &&
                    answer_is_right(answer, rp_id, client_data, data, signature, (int)algorithm, key.any);
    fido_assert_free(&answer);
    key_close(&key);
    if (!is_right) return refuse(why, "/response/signature", "The signature is not of this passkey.");
    *ret_counter = counter_of(data);
    return err_none();
}
