// SPDX-License-Identifier: EUPL-1.2
/*
 * Lock-out: after a few wrong attempts each further one makes the next wait longer, by login and by address, never for
 * good. A login counts whether or not someone has it, so that the lock tells nothing. Attempts while locked are not
 * counted: nobody can lengthen a lock by knocking.
 */
#include "service/access_private.h"

struct hash access_lock_key(const struct access *access, enum access_lock_kind kind, struct span who) {
    if (kind == LOCK_LOGIN) return access_blind(access, "varde lock login", who);
    uint8_t part[64];
    size_t len = access_address_part(who, part);
    return access_blind(access, "varde lock address", span_make(part, len));
}

struct err access_lock_get(struct store_conn *conn, const struct hash *key, int64_t now_ms, int64_t *ret_until_ms,
                           struct why *why) {
    struct arena arena;
    arena_init(&arena, 16 * 1024);
    struct rows rows;
    struct err result =
        store_read(conn, STMT_ACCESS_FAILURE_GET, PARAMS(value_blob(hash_span(key))), &arena, &rows, why);
    int64_t until_ms = is_err(result) || rows.count == 0 ? 0 : rows_int(&rows, 0, 2);
    arena_fini(&arena);
    TRY(result);
    *ret_until_ms = until_ms > now_ms ? until_ms : 0;
    return err_none();
}

int64_t access_lock_wait_ms(enum access_lock_kind kind, int64_t failures) {
    int64_t free_failures = kind == LOCK_LOGIN ? LIMIT_FREE_FAILURES_PERSON : LIMIT_FREE_FAILURES_ADDRESS;
    int64_t longest_ms = kind == LOCK_LOGIN ? LIMIT_LOCK_PERSON_MS : LIMIT_LOCK_ADDRESS_MS;
    if (failures < free_failures) return 0;
    int64_t wait_ms = LIMIT_LOCK_FIRST_MS;
    for (int64_t i = free_failures; i < failures && wait_ms < longest_ms; i++) wait_ms *= 2;
    return wait_ms < longest_ms ? wait_ms : longest_ms;
}

struct err access_lock_fail(struct store_conn *conn, const struct hash *key, enum access_lock_kind kind, int64_t now_ms,
                            int64_t *ret_until_ms, struct why *why) {
    struct arena arena;
    arena_init(&arena, 16 * 1024);
    struct rows rows;
    struct err result =
        store_read(conn, STMT_ACCESS_FAILURE_GET, PARAMS(value_blob(hash_span(key))), &arena, &rows, why);
    bool is_counted = !is_err(result) && rows.count > 0 && rows_int(&rows, 0, 1) > now_ms - LIMIT_FAILURE_MEMORY_MS;
    int64_t failures = is_counted ? rows_int(&rows, 0, 0) + 1 : 1;
    arena_fini(&arena);
    TRY(result);
    int64_t wait_ms = access_lock_wait_ms(kind, failures), until_ms = wait_ms > 0 ? now_ms + wait_ms : 0;
    TRY(store_write(conn, STMT_ACCESS_FAILURE_PUT,
                    PARAMS(value_blob(hash_span(key)), value_int(failures), value_int(now_ms), value_int(until_ms)), NULL,
                    why));
    *ret_until_ms = until_ms;
    return err_none();
}

struct err access_lock_drop(struct store_conn *conn, const struct hash *key, struct why *why) {
    return store_write(conn, STMT_ACCESS_FAILURE_DROP, PARAMS(value_blob(hash_span(key))), NULL, why);
}

const char *access_lock_words(int64_t until_ms, struct arena *arena) {
    // the next whole second, so that who waits until then is let in
    int64_t shown_ms = (until_ms + MS_PER_SECOND - 1) / MS_PER_SECOND * MS_PER_SECOND;
    struct span at = instant_text(arena, shown_ms);
    struct span words = arena_printf(arena,
                                     "After several wrong attempts signing in is locked until %.*s. It opens by itself; "
                                     "one of your recovery codes opens it at once.",
                                     SPAN_FMT(at));
    return words.at != NULL ? (const char *)words.at : "After several wrong attempts signing in is locked for a while.";
}
