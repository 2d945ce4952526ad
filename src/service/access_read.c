// SPDX-License-Identifier: EUPL-1.2
/* Who read what, what happened to accounts, the lists of access, and the end of what is kept no longer. */
#include "service/access_private.h"

enum { KEEP_ENDED_DAYS = 90 }; // ended tokens and codes stay visible so long

static int64_t hour_of(int64_t now_ms) { return now_ms / MS_PER_HOUR; }

struct err access_event_add(struct store_conn *conn, struct span person_id, const char *kind, struct span by,
                            struct span detail, int64_t now_ms, struct why *why) {
    struct span words = detail.len == 0 ? SPAN("") : detail;
    return store_write(conn, STMT_ACCESS_EVENT_ADD,
                       PARAMS(value_int(now_ms), value_text(person_id), value_text(span_of(kind)), value_text(by),
                              value_text(words)),
                       NULL, why);
}

struct err access_reading_is_noted(struct store_conn *conn, const struct access_reading *reading, int64_t now_ms, bool *ret,
                                   struct why *why) {
    struct arena arena;
    arena_init(&arena, 16 * 1024);
    struct rows rows;
    struct err result = store_read(conn, STMT_ACCESS_READING_COUNT,
                                   PARAMS(value_text(reading->person_id), value_text(reading->kind), value_text(reading->id),
                                          value_int(hour_of(now_ms))),
                                   &arena, &rows, why);
    if (!is_err(result)) *ret = rows_int(&rows, 0, 0) > 0;
    arena_fini(&arena);
    return result;
}

struct err access_reading_note(struct store_conn *conn, const struct access_reading *reading, int64_t now_ms,
                               struct why *why) {
    return store_write(conn, STMT_ACCESS_READING_ADD,
                       PARAMS(value_int(hour_of(now_ms)), value_text(reading->person_id), value_text(reading->kind),
                              value_text(reading->id), value_text(reading->office), value_text(reading->entity),
                              value_int(now_ms)),
                       NULL, why);
}

struct err access_prune(struct store_conn *conn, int64_t readings_before_ms, int64_t events_before_ms, int64_t now_ms,
                        struct why *why) {
    int64_t ended_ms = now_ms - KEEP_ENDED_DAYS * MS_PER_DAY;
    TRY(store_write(conn, STMT_ACCESS_READING_PRUNE, PARAMS(value_int(readings_before_ms)), NULL, why));
    TRY(store_write(conn, STMT_ACCESS_EVENT_PRUNE, PARAMS(value_int(events_before_ms)), NULL, why));
    TRY(store_write(conn, STMT_ACCESS_SESSION_PRUNE, PARAMS(value_int(now_ms)), NULL, why));
    TRY(store_write(conn, STMT_ACCESS_FAILURE_PRUNE, PARAMS(value_int(now_ms - LIMIT_FAILURE_MEMORY_MS)), NULL, why));
    TRY(store_write(conn, STMT_ACCESS_CODE_PRUNE, PARAMS(value_int(ended_ms)), NULL, why));
    TRY(store_write(conn, STMT_PROVIDER_STATE_PRUNE, PARAMS(value_int(now_ms)), NULL, why));
    TRY(store_write(conn, STMT_PASSKEY_CHALLENGE_PRUNE, PARAMS(value_int(now_ms)), NULL, why));
    return store_write(conn, STMT_ACCESS_TOKEN_PRUNE, PARAMS(value_int(ended_ms)), NULL, why);
}

static struct span or_empty(struct span text) { return text.at == NULL ? SPAN("") : text; }
static int64_t before(int64_t id) { return id > 0 ? id : INT64_MAX; }

struct err access_persons(struct store_conn *conn, struct span after_id, struct arena *arena, struct rows *ret,
                          struct why *why) {
    return store_read(conn, STMT_ACCESS_PERSON_LIST, PARAMS(value_text(or_empty(after_id)), value_int(LIMIT_PAGE_ROWS)),
                      arena, ret, why);
}

struct err access_person_find(struct store_conn *conn, struct span person_id, struct arena *arena, struct rows *ret,
                              struct why *why) {
    return access_person_need(conn, person_id, arena, ret, why);
}

struct err access_person_by_login(struct store_conn *conn, struct span login, struct arena *arena, struct span *ret_person_id,
                                  struct why *why) {
    struct rows rows;
    struct span normal = access_login_normal(span_trim(login), arena);
    TRY(store_read(conn, STMT_ACCESS_PERSON_BY_LOGIN, PARAMS(value_text(or_empty(normal))), arena, &rows, why));
    if (rows.count == 0)
        return why_set(why, ERR_NOT_FOUND, "/login", "access.person", NULL, "There is no person with this login.");
    *ret_person_id = rows_span(&rows, 0, 0);
    return err_none();
}

struct err access_mandate_find(struct store_conn *conn, struct span mandate_id, struct arena *arena, struct rows *ret,
                               struct why *why) {
    TRY(store_read(conn, STMT_ACCESS_MANDATE_GET, PARAMS(value_text(mandate_id)), arena, ret, why));
    if (ret->count > 0) return err_none();
    return why_set(why, ERR_NOT_FOUND, NULL, "access.mandate_id", NULL, "There is no such mandate.");
}

struct err access_roles(struct store_conn *conn, struct span person_id, struct arena *arena, struct rows *ret,
                        struct why *why) {
    return store_read(conn, STMT_ACCESS_ROLE_OF_PERSON, PARAMS(value_text(person_id)), arena, ret, why);
}

struct err access_mandates_of_person(struct store_conn *conn, struct span person_id, struct arena *arena, struct rows *ret,
                                     struct why *why) {
    return store_read(conn, STMT_ACCESS_MANDATE_OF_PERSON,
                      PARAMS(value_text(person_id), value_int(LIMIT_MANDATES_PER_PERSON)), arena, ret, why);
}

struct err access_mandates_of_entity(struct store_conn *conn, struct span entity, struct span after_id, int64_t ends_before_ms,
                                     struct arena *arena, struct rows *ret, struct why *why) {
    bool is_bounded = ends_before_ms != INSTANT_NONE;
    return store_read(conn, STMT_ACCESS_MANDATE_OF_ENTITY,
                      PARAMS(value_text(entity), value_int(LIMIT_PAGE_ROWS), value_text(after_id),
                             is_bounded ? value_int(ends_before_ms) : value_null()),
                      arena, ret, why);
}

struct err access_tokens(struct store_conn *conn, struct span person_id, struct arena *arena, struct rows *ret,
                         struct why *why) {
    return store_read(conn, STMT_ACCESS_TOKEN_LIST, PARAMS(value_text(person_id)), arena, ret, why);
}

struct err access_tokens_of_all(struct store_conn *conn, struct span after_id, struct arena *arena, struct rows *ret, struct why *why) {
    return store_read(conn, STMT_ACCESS_TOKEN_LIST_ALL, PARAMS(value_text(or_empty(after_id)), value_int(LIMIT_PAGE_ROWS)), arena, ret, why);
}

struct err access_recovery_left(struct store_conn *conn, struct span person_id, struct arena *arena, struct rows *ret,
                                struct why *why) {
    return store_read(conn, STMT_ACCESS_RECOVERY_LEFT, PARAMS(value_text(person_id)), arena, ret, why);
}

struct err access_sessions(struct store_conn *conn, struct span person_id, int64_t now_ms, struct arena *arena,
                           struct rows *ret, struct why *why) {
    return store_read(conn, STMT_ACCESS_SESSION_LIST, PARAMS(value_text(person_id), value_int(now_ms)), arena, ret, why);
}

struct err access_codes(struct store_conn *conn, int64_t now_ms, struct arena *arena, struct rows *ret, struct why *why) {
    return store_read(conn, STMT_ACCESS_CODE_LIST, PARAMS(value_int(now_ms), value_int(LIMIT_PAGE_ROWS)), arena, ret, why);
}

struct err access_events(struct store_conn *conn, struct span person_id, int64_t before_id, struct arena *arena,
                         struct rows *ret, struct why *why) {
    return store_read(conn, STMT_ACCESS_EVENT_LIST,
                      PARAMS(value_text(person_id), value_int(before(before_id)), value_int(LIMIT_PAGE_ROWS)), arena, ret, why);
}

struct err access_readings(struct store_conn *conn, int64_t before_id, struct arena *arena, struct rows *ret,
                           struct why *why) {
    return store_read(conn, STMT_ACCESS_READING_LIST, PARAMS(value_int(before(before_id)), value_int(LIMIT_PAGE_ROWS)), arena,
                      ret, why);
}

struct err access_readings_of_entity(struct store_conn *conn, struct span entity, int64_t before_id, struct arena *arena,
                                     struct rows *ret, struct why *why) {
    return store_read(conn, STMT_ACCESS_READING_OF_ENTITY,
                      PARAMS(value_text(entity), value_int(before(before_id)), value_int(LIMIT_PAGE_ROWS)), arena, ret, why);
}
