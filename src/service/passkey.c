// SPDX-License-Identifier: EUPL-1.2
#include "service/passkey.h"

#include "service/access_private.h"

enum { CHALLENGE_MS = 5 * 60 * 1000, RANDOM_BYTES = 8, INSTANT_BYTES = 8, MAC_BYTES = 32, PASSKEYS_PER_PERSON = 20 };
static_assert(RANDOM_BYTES + INSTANT_BYTES + MAC_BYTES == PASSKEY_CHALLENGE_BYTES, "what a challenge is made of");

static const char WORDS_REFUSED[] = "The passkey was not accepted. Please try again, or sign in with your password.";
static const char WORDS_HALTED[] =
    "This passkey counts no more: its counter went back, which happens where a key was copied. Please sign in otherwise and make a new one.";

// --- challenges: when it ends, random bytes, and a code over both and the person ---

static struct hash challenge_mac(const struct services *services, struct span head, struct span person_id, struct arena *arena) {
    struct buf what;
    buf_init(&what, arena, 256);
    buf_add(&what, head);
    buf_add(&what, person_id);
    return access_blind(services->access, "varde passkey challenge", buf_span(&what));
}

struct span passkey_challenge(const struct services *services, struct span person_id, const struct access_env *env, struct arena *arena) {
    uint8_t random[RANDOM_BYTES];
    struct buf challenge;
    env->random(random, sizeof random);
    buf_init(&challenge, arena, PASSKEY_CHALLENGE_BYTES);
    buf_add_u64(&challenge, (uint64_t)(env->now_ms + CHALLENGE_MS));
    buf_add(&challenge, span_make(random, sizeof random));
    struct hash mac = challenge_mac(services, buf_span(&challenge), person_id, arena);
    buf_add(&challenge, hash_span(&mac));
    return challenge.is_failed ? span_make(NULL, 0) : buf_span(&challenge);
}

static struct err bad_challenge(struct why *why) {
    return why_set(why, ERR_DENIED, "/response/clientDataJSON", "passkey.challenge", "WebAuthn 13.4.3",
                   "The challenge is none of this node's, was for another person, has expired or was answered before. Please begin again.");
}

// Ours, for this person, in time, and answered for the first time.
static struct err challenge_use(const struct services *services, struct store_conn *conn, struct span challenge, struct span person_id,
                                int64_t now_ms, struct arena *arena, struct why *why) {
    struct span head = span_part(challenge, 0, RANDOM_BYTES + INSTANT_BYTES);
    struct hash mac = challenge_mac(services, head, person_id, arena), name = hash_sha256(challenge);
    if (!secret_equals(hash_span(&mac), span_part(challenge, head.len, challenge.len))) return bad_challenge(why);
    uint64_t expires = 0;
    for (size_t i = INSTANT_BYTES; i-- > 0;) expires = expires << 8 | challenge.at[i];
    if ((int64_t)expires <= now_ms) return bad_challenge(why);
    struct err e = store_write(conn, STMT_PASSKEY_CHALLENGE_ADD, PARAMS(value_blob(hash_span(&name)), value_int((int64_t)expires)), NULL, NULL);
    return e.code == ERR_CONFLICT ? bad_challenge(why) : e;
}

static struct err place_of(const struct services *services, struct passkey_place *ret, struct why *why) {
    if (!is_err(passkey_place_of(services->public_url, ret))) return err_none();
    return why_set(why, ERR_UNSUPPORTED, NULL, "passkey.place", NULL, "This node has no public address under https, which passkeys are bound to.");
}

// --- registering ---

struct err passkey_register(const struct services *services, struct store_conn *conn, struct span person_id,
                            const struct passkey_answer *answer, const struct access_env *env, struct arena *arena, struct span *ret_id,
                            struct why *why) {
    struct passkey_place place;
    struct passkey_new made;
    struct span challenge, name = span_trim(answer->name);
    if (name.len == 0 || name.len > LIMIT_NAME_BYTES || !span_is_utf8(name) || span_has_hidden(name))
        return why_set(why, ERR_INPUT, "/name", "passkey.name", NULL, "Please name the passkey in one line, so that you know it again.");
    TRY(place_of(services, &place, why));
    TRY(passkey_client_data(&place, answer->client_data, "webauthn.create", arena, &challenge, why));
    TRY(passkey_check_new(&place, answer->client_data, answer->attestation, arena, &made, why));
    TRY(challenge_use(services, conn, challenge, person_id, env->now_ms, arena, why));
    TRY(access_check_count(conn, STMT_PASSKEY_COUNT, PARAMS(value_text(person_id)), PASSKEYS_PER_PERSON, arena, why));
    struct span id = access_id_make(env, 'W', arena);
    if (id.at == NULL) return access_full(why);
    struct err e = store_write(conn, STMT_PASSKEY_ADD,
                               PARAMS(value_text(id), value_blob(made.credential), value_text(person_id), value_text(name), value_int(made.algorithm),
                                      value_blob(made.public_key), value_int(made.counter), value_int(env->now_ms)),
                               NULL, NULL);
    if (e.code == ERR_CONFLICT) return why_set(why, ERR_CONFLICT, NULL, "passkey.twice", NULL, "This passkey is registered already.");
    TRY(e);
    *ret_id = id;
    return access_event_add(conn, person_id, "passkey_made", span_make(NULL, 0), name, env->now_ms, why);
}

struct err passkey_drop(struct store_conn *conn, struct span person_id, struct span id, int64_t now_ms, struct why *why) {
    size_t changed = 0;
    TRY(store_write(conn, STMT_PASSKEY_DROP, PARAMS(value_text(id), value_text(person_id)), &changed, why));
    if (changed == 0) return why_set(why, ERR_NOT_FOUND, NULL, "passkey.none", NULL, "There is no such passkey of yours.");
    return access_event_add(conn, person_id, "passkey_dropped", span_make(NULL, 0), id, now_ms, why);
}

// --- signing in ---

enum { KEY_ID, KEY_PERSON, KEY_ALGORITHM, KEY_PUBLIC, KEY_COUNTER, KEY_HALTED, KEY_SHUT_OUT }; // columns of passkey_find

// Checks the answer against the stored key; an answer that does not hold is no error. *ret_counter is the new one.
static struct err answer_holds(const struct services *services, struct store_conn *conn, const struct passkey_answer *answer,
                               const struct rows *key, int64_t now_ms, struct arena *arena, bool *ret, uint32_t *ret_counter,
                               struct why *why) {
    struct passkey_place place;
    struct span challenge;
    *ret = false;
    TRY(place_of(services, &place, why));
    if (key->count == 0 || rows_int(key, 0, KEY_SHUT_OUT) != 0) return err_none();
    if (is_err(passkey_client_data(&place, answer->client_data, "webauthn.get", arena, &challenge, NULL))) return err_none();
    struct err e = passkey_check_answer(&place, answer->client_data, answer->authenticator_data, answer->signature,
                                        rows_int(key, 0, KEY_ALGORITHM), rows_span(key, 0, KEY_PUBLIC), ret_counter, NULL);
    if (e.code == ERR_DENIED) return err_none();
    TRY(e);
    e = challenge_use(services, conn, challenge, span_make(NULL, 0), now_ms, arena, NULL);
    *ret = !is_err(e);
    return e.code == ERR_DENIED ? err_none() : e;
}

struct err passkey_sign_in(const struct services *services, struct store_conn *conn, const struct passkey_answer *answer,
                           const struct access_env *env, struct arena *arena, struct access_signed_in *ret, struct why *why) {
    struct rows key;
    bool holds = false;
    uint32_t counter = 0;
    struct span address = answer->address.at != NULL && span_is_utf8(answer->address) ? span_part(answer->address, 0, 64) : SPAN("");
    *ret = (struct access_signed_in){.outcome = SIGN_IN_REFUSED, .words = WORDS_REFUSED};
    TRY(store_read(conn, STMT_PASSKEY_FIND, PARAMS(value_blob(answer->credential)), arena, &key, why));
    TRY(answer_holds(services, conn, answer, &key, env->now_ms, arena, &holds, &counter, why));
    if (!holds) return err_none();
    struct span id = rows_span(&key, 0, KEY_ID), person_id = rows_span(&key, 0, KEY_PERSON);
    int64_t before = rows_int(&key, 0, KEY_COUNTER);
    bool is_halted = rows_at(&key, 0, KEY_HALTED)->type != VALUE_NULL;
    if (is_halted || ((before > 0 || counter > 0) && counter <= before)) {
        ret->words = WORDS_HALTED;
        if (is_halted) return err_none();
        TRY(store_write(conn, STMT_PASSKEY_HALT, PARAMS(value_text(id), value_int(env->now_ms)), NULL, why));
        return access_event_add(conn, person_id, "passkey_halted", span_make(NULL, 0), address, env->now_ms, why);
    }
    TRY(store_write(conn, STMT_PASSKEY_USE, PARAMS(value_text(id), value_int(counter), value_int(env->now_ms)), NULL, why));
    TRY(access_event_add(conn, person_id, "signed_in_passkey", span_make(NULL, 0), address, env->now_ms, why));
    return access_session_open(conn, person_id, true, env, arena, ret, why);
}
