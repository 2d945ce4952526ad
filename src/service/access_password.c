// SPDX-License-Identifier: EUPL-1.2
/*
 * Passwords: argon2id (RFC 9106) through libsodium with at most 32 MiB, one at a time in the process. Who comes while one is
 * hashed waits; who finds too many waiting is told to come back, so that guessing can't take the machine.
 */
#include <sodium.h>

#include "service/access_private.h"

enum { HASH_OPS = 3, DISTINCT_MIN = 5 };

struct err access_hasher_new(unsigned max_waiting, struct access_hasher **ret, struct why *why) {
    if (sodium_init() < 0) return why_set(why, ERR_IO, NULL, "access.sodium", NULL, "libsodium does not start");
    struct access_hasher *hasher = mem_take(sizeof *hasher);
    if (hasher == NULL) return access_full(why);
    *hasher = (struct access_hasher){
        .max_waiting = max_waiting, .ops = HASH_OPS, .memory_bytes = LIMIT_PASSWORD_MEMORY_BYTES};
    if (pthread_mutex_init(&hasher->lock, NULL) != 0 || pthread_cond_init(&hasher->is_free, NULL) != 0) {
        mem_give(hasher);
        return why_set(why, ERR_IO, NULL, "access.lock", NULL, "the system gives no lock");
    }
    *ret = hasher;
    return err_none();
}

void access_hasher_free(struct access_hasher *hasher) {
    if (hasher == NULL) return;
    (void)pthread_cond_destroy(&hasher->is_free);
    (void)pthread_mutex_destroy(&hasher->lock);
    mem_give(hasher);
}

static bool hasher_take(struct access_hasher *hasher) {
    bool is_taken = false;
    (void)pthread_mutex_lock(&hasher->lock);
    if (!hasher->is_busy || hasher->waiting < hasher->max_waiting) {
        hasher->waiting++;
        while (hasher->is_busy) (void)pthread_cond_wait(&hasher->is_free, &hasher->lock);
        hasher->waiting--;
        hasher->is_busy = is_taken = true;
    }
    (void)pthread_mutex_unlock(&hasher->lock);
    return is_taken;
}

static void hasher_give(struct access_hasher *hasher) {
    (void)pthread_mutex_lock(&hasher->lock);
    hasher->is_busy = false;
    (void)pthread_cond_signal(&hasher->is_free);
    (void)pthread_mutex_unlock(&hasher->lock);
}

struct err access_hash(struct access_hasher *hasher, struct span secret, struct access_password *password, struct why *why) {
    static_assert(sizeof password->salt == crypto_pwhash_SALTBYTES, "the salt is libsodium's");
    if (password->memory_bytes > LIMIT_PASSWORD_MEMORY_BYTES)
        return why_set(why, ERR_CORRUPT, NULL, "access.password_row", NULL, "A stored password asks for too much memory.");
    if (!hasher_take(hasher))
        return why_set(why, ERR_BUSY, NULL, "access.hasher_busy", NULL,
                       "Many people are signing in at this moment. Please try again in a few seconds.");
    int failed = crypto_pwhash(password->hash, sizeof password->hash, (const char *)secret.at, secret.len, password->salt,
                               (unsigned long long)password->ops, (size_t)password->memory_bytes,
                               crypto_pwhash_ALG_ARGON2ID13);
    hasher_give(hasher);
    if (failed == 0) return err_none();
    return why_set(why, ERR_BUSY, NULL, "access.hasher_memory", NULL,
                   "The node is short of memory at this moment. Please try again in a few seconds.");
}

static size_t count_distinct(struct span text) {
    bool is_seen[256] = {false};
    size_t count = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (!is_seen[text.at[i]]) count++;
        is_seen[text.at[i]] = true;
    }
    return count;
}

static uint8_t lower(uint8_t c) { return c >= 'A' && c <= 'Z' ? (uint8_t)(c - 'A' + 'a') : c; }

static bool contains(struct span text, struct span part) {
    for (size_t at = 0; part.len > 0 && at + part.len <= text.len; at++) {
        size_t same = 0;
        while (same < part.len && lower(text.at[at + same]) == lower(part.at[same])) same++;
        if (same == part.len) return true;
    }
    return false;
}

struct err access_password_rules(struct span password, struct span login, struct why *why) {
    static const char FIELD[] = "/password";
    if (password.len > LIMIT_PASSWORD_BYTES)
        return why_set(why, ERR_INPUT, FIELD, "access.password_long", NULL, "A password has at most %d bytes.",
                       LIMIT_PASSWORD_BYTES);
    if (!span_is_utf8(password))
        return why_set(why, ERR_INPUT, FIELD, "access.password_text", NULL, "The password is not well-formed UTF-8 text.");
    size_t characters = 0;
    for (size_t i = 0; i < password.len; i++) characters += (password.at[i] & 0xc0U) != 0x80U;
    if (characters < LIMIT_PASSWORD_MIN_CHARACTERS)
        return why_set(why, ERR_INPUT, FIELD, "access.password_short", NULL,
                       "A password has at least %d characters; several words in a row do well.",
                       LIMIT_PASSWORD_MIN_CHARACTERS);
    if (access_password_is_common(password) || count_distinct(password) < DISTINCT_MIN)
        return why_set(why, ERR_INPUT, FIELD, "access.password_common", NULL,
                       "This password is among the first that others would try. Please choose another.");
    size_t at = span_find(login, '@', 0);
    struct span local = span_part(login, 0, at);
    if (local.len >= 4 && contains(password, local))
        return why_set(why, ERR_INPUT, FIELD, "access.password_login", NULL, "The password must not contain your login.");
    return err_none();
}

struct err access_password_prepare(const struct access *access, struct span password, struct span login,
                                   const struct access_env *env, struct access_password *ret, struct why *why) {
    TRY(access_password_rules(password, login, why));
    struct access_password made = {.ops = access->hasher->ops, .memory_bytes = access->hasher->memory_bytes};
    env->random(made.salt, sizeof made.salt);
    TRY(access_hash(access->hasher, password, &made, why));
    *ret = made;
    return err_none();
}

struct err access_password_load(struct store_conn *conn, enum statement statement, struct span key, struct arena *arena,
                                struct access_password *ret, struct span *ret_person_id, bool *ret_is_there,
                                struct why *why) {
    struct rows rows;
    TRY(store_read(conn, statement, PARAMS(value_text(key)), arena, &rows, why));
    if (rows.count == 0) {
        *ret_is_there = false;
        return err_none();
    }
    struct span salt = rows_span(&rows, 0, 2), hash = rows_span(&rows, 0, 3);
    if (salt.len != sizeof ret->salt || hash.len != sizeof ret->hash)
        return why_set(why, ERR_CORRUPT, NULL, "access.password_row", NULL, "A stored password is not what was written.");
    *ret = (struct access_password){.ops = rows_int(&rows, 0, 0), .memory_bytes = rows_int(&rows, 0, 1)};
    memcpy(ret->salt, salt.at, salt.len);
    memcpy(ret->hash, hash.at, hash.len);
    if (ret_person_id != NULL) *ret_person_id = rows_span(&rows, 0, 4);
    *ret_is_there = true;
    return err_none();
}

struct err access_password_check(const struct access *access, struct store_conn *conn, struct span person_id,
                                 struct span password, bool *ret_is_right, struct why *why) {
    struct arena arena;
    arena_init(&arena, 64 * 1024);
    struct access_password stored, tried;
    bool is_there = false;
    struct err result =
        access_password_load(conn, STMT_ACCESS_PASSWORD_GET, person_id, &arena, &stored, NULL, &is_there, why);
    arena_fini(&arena);
    TRY(result);
    if (!is_there || password.len > LIMIT_PASSWORD_BYTES) {
        *ret_is_right = false;
        return err_none();
    }
    tried = stored;
    TRY(access_hash(access->hasher, password, &tried, why));
    *ret_is_right = secret_equals(span_make(tried.hash, sizeof tried.hash), span_make(stored.hash, sizeof stored.hash));
    return err_none();
}

struct err access_password_set(struct store_conn *conn, struct span person_id, const struct access_password *password,
                               struct span keep_session_id, int64_t now_ms, struct why *why) {
    TRY(store_write(conn, STMT_ACCESS_PASSWORD_PUT,
                    PARAMS(value_text(person_id), value_int(password->ops), value_int(password->memory_bytes),
                           value_blob(span_make(password->salt, sizeof password->salt)),
                           value_blob(span_make(password->hash, sizeof password->hash)), value_int(now_ms)),
                    NULL, why));
    struct span keep = keep_session_id.at == NULL ? SPAN("") : keep_session_id;
    TRY(store_write(conn, STMT_ACCESS_SESSION_END_OTHERS, PARAMS(value_text(person_id), value_text(keep)), NULL, why));
    return access_event_add(conn, person_id, "password_set", span_make(NULL, 0), SPAN(""), now_ms, why);
}
