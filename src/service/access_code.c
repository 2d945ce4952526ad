// SPDX-License-Identifier: EUPL-1.2
/*
 * One-time codes: the invitation of a person whom an administrator has entered, and the way back in for one who lost her
 * password or second factor. For the way back a second person adds half of the code, so that no administrator alone can become
 * a colleague.
 */
#include "service/access_private.h"

static const char WORDS_NO_CODE[] = "This code does not count: it is mistyped, was used, has expired, or its second half is missing.";
static const char WORDS_REDEEMED[] = "Your new password is set. Please sign in with it.";

enum { CODE_ID, CODE_KIND, CODE_PERSON, CODE_NEEDS_SECOND, CODE_SECOND, CODE_EXPIRES, CODE_USED, CODE_ISSUED_BY,
       CODE_JOINED_BY }; // columns of access_code_find

static struct err need_second(struct store_conn *conn, struct span person_id, struct span by, struct arena *arena,
                              bool *ret, struct why *why) {
    *ret = false;
    if (by.at == NULL) return err_none(); // at the machine itself one is alone
    struct rows rows;
    TRY(store_read(conn, STMT_ACCESS_SECOND_OTHERS, PARAMS(value_text(person_id), value_text(by)), arena, &rows, why));
    *ret = rows_int(&rows, 0, 0) > 0;
    return err_none();
}

static struct err check_issue(enum access_code_kind kind, struct span person_id, struct span by, const struct rows *person,
                              struct why *why) {
    bool has_password = rows_int(person, 0, PERSON_HAS_PASSWORD) != 0;
    if (by.at != NULL && span_equals(by, person_id))
        return why_set(why, ERR_DENIED, NULL, "access.not_herself", NULL,
                       "Nobody makes a code for herself; another administrator has to do it.");
    if (rows_int(person, 0, PERSON_DISABLED) != 0)
        return why_set(why, ERR_CONFLICT, NULL, "access.person_shut_out", NULL, "The person is shut out. Please let her in first.");
    if (kind == CODE_INVITATION && has_password)
        return why_set(why, ERR_CONFLICT, "/kind", "access.invitation_late", NULL,
                       "The person has a password already; the way back in is a reset.");
    if (kind == CODE_RESET && !has_password)
        return why_set(why, ERR_CONFLICT, "/kind", "access.reset_early", NULL,
                       "The person has no password yet; please invite her instead.");
    if (kind != CODE_INVITATION && kind != CODE_RESET)
        return why_set(why, ERR_INPUT, "/kind", "access.code_kind", NULL, "A code is an invitation or a reset.");
    return err_none();
}

struct err access_code_issue(struct store_conn *conn, enum access_code_kind kind, struct span person_id, struct span by,
                             const struct access_env *env, struct arena *arena, struct access_code_issued *ret,
                             struct why *why) {
    struct rows person;
    TRY(access_person_need(conn, person_id, arena, &person, why));
    TRY(check_issue(kind, person_id, by, &person, why));
    struct access_code_issued made = {.id = access_id_make(env, 'K', arena), .code = access_code_make(env, arena)};
    struct hash hash;
    if (made.id.at == NULL || !access_code_hash(made.code, &hash)) return access_full(why);
    if (kind == CODE_RESET) TRY(need_second(conn, person_id, by, arena, &made.needs_second, why));
    int64_t days = kind == CODE_RESET ? LIMIT_RESET_DAYS : LIMIT_INVITATION_DAYS;
    made.expires_ms = env->now_ms + days * MS_PER_DAY;
    TRY(store_write(conn, STMT_ACCESS_CODE_USE, PARAMS(value_text(person_id), value_int(env->now_ms)), NULL, why));
    TRY(store_write(conn, STMT_ACCESS_CODE_ADD,
                    PARAMS(value_text(made.id), value_int(kind), value_text(person_id), value_blob(hash_span(&hash)),
                           value_int(made.needs_second), value_int(env->now_ms), value_text(by), value_int(made.expires_ms)),
                    NULL, why));
    TRY(access_event_add(conn, person_id, kind == CODE_RESET ? "reset_issued" : "invited", by, SPAN(""), env->now_ms, why));
    *ret = made;
    return err_none();
}

static bool is_head(const struct principal *principal) {
    for (size_t i = 0; i < principal->role_count; i++)
        if (principal->roles[i].role == ROLE_HEAD) return true;
    return false;
}

struct err access_code_join(struct store_conn *conn, const struct principal *second, struct span code_id,
                            const struct access_env *env, struct arena *arena, struct span *ret_second_half,
                            struct why *why) {
    TRY(access_require(second, SCOPE_ADMINISTER, why));
    if (!second->is_totp_done || !(second->is_administrator || is_head(second)))
        return why_set(why, ERR_DENIED, NULL, "access.second_person", NULL,
                       "The second person is another administrator or the head of an office, with a second factor.");
    struct rows rows;
    TRY(store_read(conn, STMT_ACCESS_CODE_GET, PARAMS(value_text(code_id)), arena, &rows, why));
    bool is_open = rows.count > 0 && rows_int(&rows, 0, 2) != 0 && rows_span(&rows, 0, 3).at == NULL &&
                   rows_int(&rows, 0, 4) > env->now_ms && rows_at(&rows, 0, 5)->type == VALUE_NULL;
    if (!is_open)
        return why_set(why, ERR_NOT_FOUND, NULL, "access.code", NULL, "There is no open code that waits for a second person.");
    struct span person_id = rows_span(&rows, 0, 1), issued_by = rows_span(&rows, 0, 6);
    if (span_equals(second->person_id, person_id) || span_equals(second->person_id, issued_by))
        return why_set(why, ERR_DENIED, NULL, "access.second_person", NULL,
                       "The second person is neither the one who issued the code nor the one whom it is for.");
    struct span half = access_code_make(env, arena);
    struct hash hash;
    if (!access_code_hash(half, &hash)) return access_full(why);
    size_t changed = 0;
    TRY(store_write(conn, STMT_ACCESS_CODE_JOIN,
                    PARAMS(value_text(code_id), value_blob(hash_span(&hash)), value_text(second->person_id)), &changed, why));
    if (changed != 1)
        return why_set(why, ERR_CONFLICT, NULL, "access.code", NULL, "Someone else has just joined this code.");
    TRY(access_event_add(conn, person_id, "reset_joined", second->person_id, SPAN(""), env->now_ms, why));
    *ret_second_half = half;
    return err_none();
}

// Finds the code's row; *ret_is_good tells whether it counts now.
static struct err find_code(struct store_conn *conn, struct span typed, int64_t now_ms, struct arena *arena,
                            struct rows *ret, bool *ret_is_good, struct why *why) {
    *ret_is_good = false;
    size_t dot = span_find(typed, '.', 0);
    struct hash first, second;
    if (!access_code_hash(span_part(typed, 0, dot), &first)) return err_none();
    bool has_second = dot < typed.len && access_code_hash(span_part(typed, dot + 1, typed.len), &second);
    TRY(store_read(conn, STMT_ACCESS_CODE_FIND, PARAMS(value_blob(hash_span(&first))), arena, ret, why));
    if (ret->count == 0 || rows_int(ret, 0, CODE_EXPIRES) <= now_ms || rows_at(ret, 0, CODE_USED)->type != VALUE_NULL)
        return err_none();
    if (rows_int(ret, 0, CODE_NEEDS_SECOND) == 0) {
        *ret_is_good = dot == typed.len;
        return err_none();
    }
    struct span stored = rows_span(ret, 0, CODE_SECOND);
    *ret_is_good = has_second && stored.at != NULL && secret_equals(stored, hash_span(&second));
    return err_none();
}

static struct err apply_code(const struct access *access, struct store_conn *conn, struct span person_id, bool is_reset,
                             const struct access_password *password, int64_t now_ms, struct arena *arena, struct why *why) {
    struct rows person;
    TRY(access_person_need(conn, person_id, arena, &person, why));
    struct hash key = access_lock_key(access, LOCK_LOGIN, rows_span(&person, 0, PERSON_LOGIN));
    TRY(store_write(conn, STMT_ACCESS_CODE_USE, PARAMS(value_text(person_id), value_int(now_ms)), NULL, why));
    TRY(access_password_set(conn, person_id, password, span_make(NULL, 0), now_ms, why));
    TRY(store_write(conn, STMT_ACCESS_TOKEN_REVOKE_ALL, PARAMS(value_text(person_id), value_int(now_ms)), NULL, why));
    TRY(access_lock_drop(conn, &key, why));
    if (is_reset) TRY(access_totp_drop(conn, person_id, why));
    if (is_reset) TRY(store_write(conn, STMT_LINK_DROP_ALL, PARAMS(value_text(person_id)), NULL, why));
    if (is_reset) TRY(store_write(conn, STMT_PASSKEY_DROP_ALL, PARAMS(value_text(person_id)), NULL, why));
    return access_event_add(conn, person_id, is_reset ? "reset_redeemed" : "invitation_redeemed", span_make(NULL, 0), SPAN(""),
                            now_ms, why);
}

struct err access_code_redeem(const struct access *access, struct store_conn *conn, struct span code,
                              const struct access_password *password, struct span address, const struct access_env *env,
                              bool *ret_is_done, struct span *ret_person_id, const char **ret_words, struct arena *arena,
                              struct why *why) {
    struct hash key = access_lock_key(access, LOCK_ADDRESS, address);
    struct rows rows;
    int64_t until_ms = 0;
    bool is_good = false;
    TRY(access_lock_get(conn, &key, env->now_ms, &until_ms, why));
    if (until_ms == 0) {
        TRY(find_code(conn, span_trim(code), env->now_ms, arena, &rows, &is_good, why));
        if (!is_good) TRY(access_lock_fail(conn, &key, LOCK_ADDRESS, env->now_ms, &until_ms, why));
    }
    if (!is_good) {
        *ret_is_done = false;
        *ret_words = until_ms > 0 ? access_lock_words(until_ms, arena) : WORDS_NO_CODE;
        return err_none();
    }
    struct span person_id = rows_span(&rows, 0, CODE_PERSON);
    bool is_reset = rows_int(&rows, 0, CODE_KIND) == CODE_RESET;
    TRY(apply_code(access, conn, person_id, is_reset, password, env->now_ms, arena, why));
    *ret_is_done = true;
    *ret_person_id = person_id;
    *ret_words = WORDS_REDEEMED;
    return err_none();
}
