// SPDX-License-Identifier: EUPL-1.2
/*
 * Signing in. A login that nobody has takes the same way as one with a wrong password: the same hashing, the same counting, the
 * same answer. What prepare found is checked again in the transaction, so that guesses made at once count one by one.
 */
#include <sodium.h>

#include "service/access_private.h"

static const char WORDS_REFUSED[] = "Login, password or code is not right.";
static const char WORDS_CODE_NEEDED[] = "Please add the present code of your second factor, or a recovery code.";
static const char WORDS_DONE[] = "You are signed in.";

struct attempt {
    struct span login; // normal; at == NULL where it can't be one
    struct span address; // as shown to the person among her events
    struct hash login_key, address_key;
    struct hash recovery;
    bool is_recovery; // the code has the form of a recovery code
};

static struct attempt attempt_read(const struct access *access, const struct access_sign_in *in, struct arena *arena) {
    struct attempt attempt = {.login = access_login_normal(span_trim(in->login), arena)};
    struct span who = attempt.login.at != NULL ? attempt.login : SPAN("");
    attempt.login_key = access_lock_key(access, LOCK_LOGIN, who);
    attempt.address_key = access_lock_key(access, LOCK_ADDRESS, in->address);
    attempt.address = in->address.at != NULL && span_is_utf8(in->address) ? span_part(in->address, 0, 64) : SPAN("");
    attempt.is_recovery = access_code_hash(span_trim(in->code), &attempt.recovery);
    return attempt;
}

// When the attempt's locks end; 0 where nothing is locked or the code is one of the person's recovery codes.
static struct err locked_until(struct store_conn *conn, const struct attempt *attempt, int64_t now_ms, struct arena *arena,
                               int64_t *ret, struct why *why) {
    int64_t login_ms = 0, address_ms = 0;
    TRY(access_lock_get(conn, &attempt->login_key, now_ms, &login_ms, why));
    TRY(access_lock_get(conn, &attempt->address_key, now_ms, &address_ms, why));
    int64_t until_ms = login_ms > address_ms ? login_ms : address_ms;
    if (until_ms > 0 && attempt->is_recovery && attempt->login.at != NULL) {
        struct rows rows;
        TRY(store_read(conn, STMT_ACCESS_RECOVERY_COUNT,
                       PARAMS(value_blob(hash_span(&attempt->recovery)), value_text(attempt->login)), arena, &rows, why));
        if (rows_int(&rows, 0, 0) > 0) until_ms = 0;
    }
    *ret = until_ms;
    return err_none();
}

struct err access_login_prepare(const struct access *access, struct store_conn *conn, const struct access_sign_in *in,
                                const struct access_env *env, struct arena *arena, struct access_sign_in_ready *ret,
                                struct why *why) {
    struct attempt attempt = attempt_read(access, in, arena);
    struct access_sign_in_ready ready = {0};
    int64_t until_ms = 0;
    TRY(locked_until(conn, &attempt, env->now_ms, arena, &until_ms, why));
    if (until_ms > 0) {
        ready.is_locked = true;
        *ret = ready;
        return err_none();
    }
    bool is_there = false;
    struct span login = attempt.login.at != NULL ? attempt.login : SPAN("");
    TRY(access_password_load(conn, STMT_ACCESS_PASSWORD_BY_LOGIN, login, arena, &ready.checked, &ready.person_id, &is_there,
                             why));
    if (!is_there) // someone who is nobody is hashed with the parameters of today
        ready.checked = (struct access_password){.ops = access->hasher->ops, .memory_bytes = access->hasher->memory_bytes};
    struct access_password tried = ready.checked;
    struct span password = span_part(in->password, 0, LIMIT_PASSWORD_BYTES);
    TRY(access_hash(access->hasher, password, &tried, why));
    bool is_same = secret_equals(span_make(tried.hash, sizeof tried.hash),
                                 span_make(ready.checked.hash, sizeof ready.checked.hash));
    ready.is_password_right = is_same && is_there && in->password.len <= LIMIT_PASSWORD_BYTES;
    sodium_memzero(&tried, sizeof tried);
    *ret = ready;
    return err_none();
}

static struct err refuse(struct store_conn *conn, const struct attempt *attempt, const struct access_sign_in_ready *ready,
                         const struct access_env *env, struct arena *arena, struct access_signed_in *ret, struct why *why) {
    int64_t login_ms = 0, address_ms = 0;
    TRY(access_lock_fail(conn, &attempt->login_key, LOCK_LOGIN, env->now_ms, &login_ms, why));
    TRY(access_lock_fail(conn, &attempt->address_key, LOCK_ADDRESS, env->now_ms, &address_ms, why));
    if (ready->person_id.at != NULL)
        TRY(access_event_add(conn, ready->person_id, "sign_in_refused", span_make(NULL, 0), attempt->address,
                             env->now_ms, why));
    int64_t until_ms = login_ms > address_ms ? login_ms : address_ms;
    *ret = (struct access_signed_in){.outcome = until_ms > 0 ? SIGN_IN_LOCKED : SIGN_IN_REFUSED,
                                     .words = until_ms > 0 ? access_lock_words(until_ms, arena) : WORDS_REFUSED,
                                     .locked_until_ms = until_ms};
    return err_none();
}

// Whether the password that prepare found right is still the person's.
static struct err is_unmoved(struct store_conn *conn, const struct attempt *attempt, const struct access_sign_in_ready *ready,
                             struct arena *arena, bool *ret, struct why *why) {
    *ret = false;
    if (!ready->is_password_right || attempt->login.at == NULL) return err_none();
    struct access_password now;
    struct span person_id;
    bool is_there = false;
    TRY(access_password_load(conn, STMT_ACCESS_PASSWORD_BY_LOGIN, attempt->login, arena, &now, &person_id, &is_there, why));
    *ret = is_there && span_equals(person_id, ready->person_id) && memcmp(now.salt, ready->checked.salt, sizeof now.salt) == 0 &&
           memcmp(now.hash, ready->checked.hash, sizeof now.hash) == 0;
    return err_none();
}

struct err access_session_open(struct store_conn *conn, struct span person_id, bool is_totp_done, const struct access_env *env,
                               struct arena *arena, struct access_signed_in *ret, struct why *why) {
    struct span token = access_token_make(env, 's', arena), id = access_id_make(env, 'S', arena);
    struct span csrf = token.at == NULL ? token : access_csrf_make(token, arena);
    if (token.at == NULL || id.at == NULL || csrf.at == NULL) return access_full(why);
    struct hash hash = hash_sha256(token);
    int64_t expires_ms = env->now_ms + LIMIT_SESSION_MS;
    TRY(store_write(conn, STMT_ACCESS_SESSION_ADD,
                    PARAMS(value_blob(hash_span(&hash)), value_text(id), value_text(person_id), value_int(env->now_ms),
                           value_int(expires_ms), value_int(is_totp_done)),
                    NULL, why));
    TRY(store_write(conn, STMT_ACCESS_SESSION_TRIM, PARAMS(value_text(person_id), value_int(LIMIT_SESSIONS_PER_PERSON)),
                    NULL, why));
    *ret = (struct access_signed_in){.outcome = SIGN_IN_DONE, .words = WORDS_DONE, .person_id = person_id, .session_id = id,
                                     .token = token, .csrf = csrf, .expires_ms = expires_ms, .is_totp_done = is_totp_done};
    return err_none();
}

// Uses up the code that was given. A person without second factor needs none.
static struct err use_code(const struct access *access, struct store_conn *conn, const struct attempt *attempt,
                           struct span person_id, struct span code, int64_t now_ms, struct arena *arena, bool *ret_has,
                           bool *ret_is_right, struct why *why) {
    TRY(access_totp_use(access, conn, person_id, code, now_ms, arena, ret_has, ret_is_right, why));
    if (!*ret_has || *ret_is_right || !attempt->is_recovery) return err_none();
    size_t used = 0;
    TRY(store_write(conn, STMT_ACCESS_RECOVERY_USE,
                    PARAMS(value_blob(hash_span(&attempt->recovery)), value_text(person_id)), &used, why));
    *ret_is_right = used == 1;
    if (used == 1)
        TRY(access_event_add(conn, person_id, "recovery_code_used", span_make(NULL, 0), SPAN(""), now_ms, why));
    return err_none();
}

struct err access_login(const struct access *access, struct store_conn *conn, const struct access_sign_in *in,
                        const struct access_sign_in_ready *ready, const struct access_env *env, struct arena *arena,
                        struct access_signed_in *ret, struct why *why) {
    struct attempt attempt = attempt_read(access, in, arena);
    int64_t until_ms = 0;
    TRY(locked_until(conn, &attempt, env->now_ms, arena, &until_ms, why));
    if (until_ms > 0) {
        *ret = (struct access_signed_in){.outcome = SIGN_IN_LOCKED, .words = access_lock_words(until_ms, arena),
                                         .locked_until_ms = until_ms};
        return err_none();
    }
    if (ready->is_locked) // the lock ended between prepare and now: nothing was checked, so nothing is counted
        return why_set(why, ERR_BUSY, NULL, "access.lock_ended", NULL, "The lock has just ended. Please try again.");
    bool is_right = false, has_factor = false, is_code_right = false;
    struct span code = span_trim(in->code);
    TRY(is_unmoved(conn, &attempt, ready, arena, &is_right, why));
    if (!is_right) return refuse(conn, &attempt, ready, env, arena, ret, why);
    TRY(use_code(access, conn, &attempt, ready->person_id, code, env->now_ms, arena, &has_factor, &is_code_right, why));
    if (has_factor && !is_code_right) {
        if (code.len > 0) return refuse(conn, &attempt, ready, env, arena, ret, why);
        *ret = (struct access_signed_in){.outcome = SIGN_IN_CODE_NEEDED, .words = WORDS_CODE_NEEDED};
        return err_none();
    }
    TRY(access_lock_drop(conn, &attempt.login_key, why));
    TRY(access_event_add(conn, ready->person_id, "signed_in", span_make(NULL, 0), attempt.address, env->now_ms, why));
    return access_session_open(conn, ready->person_id, has_factor, env, arena, ret, why);
}

struct err access_session_prolong(struct store_conn *conn, const struct principal *principal, int64_t now_ms,
                                  int64_t *ret_expires_ms, struct why *why) {
    TRY(access_require(principal, SCOPE_ACCOUNT, why));
    struct arena arena;
    arena_init(&arena, 16 * 1024);
    struct rows rows;
    struct err result =
        store_read(conn, STMT_ACCESS_SESSION_GET, PARAMS(value_text(principal->session_id), value_text(principal->person_id)),
                   &arena, &rows, why);
    bool is_there = !is_err(result) && rows.count > 0 && rows_int(&rows, 0, 1) > now_ms;
    int64_t whole_ms = is_there ? rows_int(&rows, 0, 0) + LIMIT_SESSION_WHOLE_MS : 0;
    arena_fini(&arena);
    TRY(result);
    if (!is_there)
        return why_set(why, ERR_UNAUTHENTICATED, NULL, "access.session_over", NULL,
                       "Your session has ended. Please sign in again.");
    int64_t expires_ms = now_ms + LIMIT_SESSION_MS < whole_ms ? now_ms + LIMIT_SESSION_MS : whole_ms;
    TRY(store_write(conn, STMT_ACCESS_SESSION_PROLONG, PARAMS(value_text(principal->session_id), value_int(expires_ms)), NULL,
                    why));
    *ret_expires_ms = expires_ms;
    return err_none();
}

struct err access_session_end(struct store_conn *conn, struct span person_id, struct span session_id, int64_t now_ms,
                              struct why *why) {
    size_t ended = 0;
    TRY(store_write(conn, STMT_ACCESS_SESSION_END, PARAMS(value_text(session_id), value_text(person_id)), &ended, why));
    if (ended == 0) return why_set(why, ERR_NOT_FOUND, NULL, "access.session", NULL, "There is no such session.");
    return access_event_add(conn, person_id, "signed_out", span_make(NULL, 0), SPAN(""), now_ms, why);
}
