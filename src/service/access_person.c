// SPDX-License-Identifier: EUPL-1.2
/*
 * The node's own facts about access, and persons: made by themselves, by an administrator, or by the code of the first one.
 */
#include <liboath/oath.h>
#include <sodium.h>

#include "service/access_private.h"

enum { LOGIN_MIN_BYTES = 3, LOGIN_MAX_BYTES = 128 };

struct err access_init(struct access *access, const struct access_office *offices, size_t office_count,
                       const uint8_t node_secret[32], unsigned max_waiting, struct why *why) {
    struct access made = {.offices = offices, .office_count = office_count};
    if (oath_init() != OATH_OK) return why_set(why, ERR_IO, NULL, "access.oath", NULL, "liboath does not start");
    TRY(access_hasher_new(max_waiting, &made.hasher, why));
    memcpy(made.node_secret, node_secret, sizeof made.node_secret);
    struct hash key = access_blind(&made, "varde rates", SPAN(""));
    made.rates = access_rates_new(key.bytes);
    if (made.rates == NULL) {
        access_hasher_free(made.hasher);
        return access_full(why);
    }
    *access = made;
    return err_none();
}

void access_fini(struct access *access) {
    access_hasher_free(access->hasher);
    access_rates_free(access->rates);
    sodium_memzero(access, sizeof *access);
}

const struct access_office *access_office_find(const struct access *access, struct span id) {
    for (size_t i = 0; i < access->office_count; i++)
        if (span_equals(access->offices[i].id, id)) return &access->offices[i];
    return NULL;
}

struct span access_login_normal(struct span login, struct arena *arena) {
    struct span none = span_make(NULL, 0);
    if (login.len < LOGIN_MIN_BYTES || login.len > LOGIN_MAX_BYTES || !span_is_utf8(login) || span_has_hidden(login)) return none;
    uint8_t normal[LOGIN_MAX_BYTES];
    for (size_t i = 0; i < login.len; i++) {
        uint8_t c = login.at[i];
        if (c <= ' ' || c == 0x7f) return none;
        normal[i] = c >= 'A' && c <= 'Z' ? (uint8_t)(c - 'A' + 'a') : c;
    }
    return arena_copy(arena, span_make(normal, login.len));
}

static bool is_line(struct span text) {
    return text.len > 0 && text.len <= LIMIT_NAME_BYTES && span_is_utf8(text) && !span_has_hidden(text);
}

static bool is_language(struct span text) {
    if (text.len == 0) return true;
    return text.len == 2 && text.at[0] >= 'a' && text.at[0] <= 'z' && text.at[1] >= 'a' && text.at[1] <= 'z';
}

static struct err check_person(const struct access_person_new *person, struct span name, struct span login,
                               struct why *why) {
    if (login.at == NULL)
        return why_set(why, ERR_INPUT, "/login", "access.login", NULL,
                       "A login is a mail address or a name of %d to %d bytes without blanks.", LOGIN_MIN_BYTES,
                       LOGIN_MAX_BYTES);
    if (!is_line(name))
        return why_set(why, ERR_INPUT, "/name", "access.name", NULL, "A name is one line of 1 to %d bytes.",
                       LIMIT_NAME_BYTES);
    if (!is_language(person->language))
        return why_set(why, ERR_INPUT, "/language", "access.language", NULL, "A language is two small letters, such as \"fr\".");
    return err_none();
}

struct err access_person_create(const struct access *access, struct store_conn *conn, const struct access_person_new *person,
                                const struct access_env *env, struct arena *arena, struct span *ret_person_id,
                                struct why *why) {
    (void)access;
    struct span login = access_login_normal(person->login, arena), name = span_trim(person->name);
    TRY(check_person(person, name, login, why));
    struct rows rows;
    TRY(store_read(conn, STMT_ACCESS_PERSON_BY_LOGIN, PARAMS(value_text(login)), arena, &rows, why));
    if (rows.count > 0)
        return why_set(why, ERR_CONFLICT, "/login", "access.login_taken", NULL, "This login is taken. Please choose another.");
    struct span id = access_id_make(env, 'P', arena), pseudonym = access_id_make(env, 'p', arena);
    if (id.at == NULL || pseudonym.at == NULL) return access_full(why);
    struct span language = person->language.len == 0 ? SPAN("") : person->language;
    TRY(store_write(conn, STMT_ACCESS_PERSON_ADD,
                    PARAMS(value_text(id), value_text(login), value_text(name), value_text(language),
                           value_text(pseudonym), value_int(person->is_administrator), value_int(env->now_ms),
                           value_text(person->by)),
                    NULL, why));
    TRY(access_event_add(conn, id, "person_created", person->by, SPAN(""), env->now_ms, why));
    if (person->password != NULL)
        TRY(access_password_set(conn, id, person->password, span_make(NULL, 0), env->now_ms, why));
    *ret_person_id = id;
    return err_none();
}

struct err access_person_need(struct store_conn *conn, struct span person_id, struct arena *arena, struct rows *ret,
                              struct why *why) {
    TRY(store_read(conn, STMT_ACCESS_PERSON_GET, PARAMS(value_text(person_id)), arena, ret, why));
    if (ret->count > 0) return err_none();
    return why_set(why, ERR_NOT_FOUND, NULL, "access.person", NULL, "There is no such person.");
}

// Whether the person may lose administration or access: another administrator must stay.
static struct err need_another_administrator(struct store_conn *conn, struct span person_id, struct arena *arena,
                                             struct why *why) {
    struct rows rows;
    TRY(store_read(conn, STMT_ACCESS_ADMINISTRATOR_OTHERS, PARAMS(value_text(person_id)), arena, &rows, why));
    if (rows_int(&rows, 0, 0) > 0) return err_none();
    return why_set(why, ERR_CONFLICT, NULL, "access.last_administrator", NULL,
                   "This is the last administrator of the node. Please make another one first.");
}

static struct err not_herself(struct span person_id, struct span by, struct why *why) {
    if (by.at == NULL || !span_equals(person_id, by)) return err_none();
    return why_set(why, ERR_DENIED, NULL, "access.not_herself", NULL,
                   "Nobody changes her own rights; another administrator has to do it.");
}

struct err access_person_disable(struct store_conn *conn, struct span person_id, bool is_disabled, struct span by,
                                 int64_t now_ms, struct why *why) {
    struct arena arena;
    arena_init(&arena, 64 * 1024);
    struct rows person;
    struct err result = not_herself(person_id, by, why);
    if (!is_err(result)) result = access_person_need(conn, person_id, &arena, &person, why);
    if (!is_err(result) && is_disabled && rows_int(&person, 0, PERSON_ADMINISTRATOR) == 1)
        result = need_another_administrator(conn, person_id, &arena, why);
    arena_fini(&arena);
    TRY(result);
    TRY(store_write(conn, STMT_ACCESS_PERSON_SET_DISABLED, PARAMS(value_text(person_id), value_int(is_disabled), value_int(now_ms)), NULL, why));
    if (is_disabled) {
        TRY(store_write(conn, STMT_ACCESS_SESSION_END_OTHERS, PARAMS(value_text(person_id), value_text(SPAN(""))), NULL, why));
        TRY(store_write(conn, STMT_ACCESS_TOKEN_REVOKE_ALL, PARAMS(value_text(person_id), value_int(now_ms)), NULL, why));
        TRY(store_write(conn, STMT_ACCESS_CODE_USE, PARAMS(value_text(person_id), value_int(now_ms)), NULL, why));
    }
    return access_event_add(conn, person_id, is_disabled ? "person_shut_out" : "person_let_in", by, SPAN(""), now_ms, why);
}

struct err access_administrator_set(struct store_conn *conn, struct span person_id, bool is_administrator, struct span by,
                                    int64_t now_ms, struct why *why) {
    struct arena arena;
    arena_init(&arena, 64 * 1024);
    struct rows person;
    struct err result = not_herself(person_id, by, why);
    if (!is_err(result)) result = access_person_need(conn, person_id, &arena, &person, why);
    if (!is_err(result) && !is_administrator) result = need_another_administrator(conn, person_id, &arena, why);
    arena_fini(&arena);
    TRY(result);
    TRY(store_write(conn, STMT_ACCESS_PERSON_SET_ADMINISTRATOR, PARAMS(value_text(person_id), value_int(is_administrator)),
                    NULL, why));
    return access_event_add(conn, person_id, is_administrator ? "administrator_made" : "administrator_unmade", by, SPAN(""),
                            now_ms, why);
}

struct err access_is_set_up(struct store_conn *conn, bool *ret, struct why *why) {
    struct arena arena;
    arena_init(&arena, 16 * 1024);
    struct rows rows;
    struct err result = store_read(conn, STMT_ACCESS_SETUP_GET, NULL, 0, &arena, &rows, why);
    if (!is_err(result)) *ret = rows.count > 0;
    arena_fini(&arena);
    return result;
}

struct err access_setup_first_administrator(const struct access *access, struct store_conn *conn, struct span code,
                                            const uint8_t code_sha256[32], const struct access_person_new *person,
                                            const struct access_env *env, struct arena *arena, struct span *ret_person_id,
                                            struct why *why) {
    bool is_done = false;
    TRY(access_is_set_up(conn, &is_done, why));
    if (is_done)
        return why_set(why, ERR_CONFLICT, NULL, "access.set_up", NULL,
                       "The first administrator of this node is there already; the code no longer works.");
    struct hash tried = hash_sha256(span_trim(code));
    if (!secret_equals(hash_span(&tried), span_make(code_sha256, HASH_BYTES)))
        return why_set(why, ERR_DENIED, "/code", "access.setup_code", NULL,
                       "This is not the one-time code that was printed when the node was made.");
    struct access_person_new first = *person;
    first.is_administrator = true;
    TRY(access_person_create(access, conn, &first, env, arena, ret_person_id, why));
    return store_write(conn, STMT_ACCESS_SETUP_ADD, PARAMS(value_text(*ret_person_id), value_int(env->now_ms)), NULL, why);
}
