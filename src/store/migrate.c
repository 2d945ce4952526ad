// SPDX-License-Identifier: EUPL-1.2
/*
 * Migrations: the files schema/NNN-topic.sql of the binary, applied in number order, each in one transaction,
 * remembered with the SHA-256 of their text. What the database has been through must be what this program would have
 * done.
 */
#include <assert.h>
#include <stdio.h>

#include "base/hash.h"
#include "store/sqlite.h"

enum { MIGRATIONS_MAX = 256, TOPIC_MAX_BYTES = 64 };

struct migration {
    int64_t number;
    struct span name; // "100-filing"
    struct span text; // NUL-terminated after the span
    struct hash sha256;
};

struct migration_list {
    size_t count;
    struct migration rows[MIGRATIONS_MAX];
};

// Files come sorted by path and have three digits, so they come in number order.
static void list_make(struct migration_list *list, const struct embedded_file *files, size_t count) {
    const struct span ROOM = SPAN("schema/"), ENDING = SPAN(".sql");
    for (size_t i = 0; i < count; i++) {
        struct span path = span_of(files[i].path);
        if (!span_starts_with(path, ROOM)) continue;
        assert(list->count < MIGRATIONS_MAX && span_ends_with(path, ENDING));
        struct migration *row = &list->rows[list->count];
        row->name = span_part(path, ROOM.len, path.len - ENDING.len);
        bool is_number = span_to_int(span_part(row->name, 0, 3), &row->number);
        assert(is_number && row->name.len > 4 && row->name.len < TOPIC_MAX_BYTES && row->name.at[3] == '-');
        assert(list->count == 0 || row->number > row[-1].number); // two files with one number: a fault of the build
        row->text = span_make(files[i].bytes, files[i].size_bytes);
        row->sha256 = hash_sha256(row->text);
        list->count++;
    }
}

static const struct span *statement_sql(enum statement statement) {
    return &statement_texts()[statement].sql;
}

static struct err done_check(const struct migration_list *list, int64_t number, struct span name, struct span sha256,
                             bool *is_done, struct why *why) {
    for (size_t i = 0; i < list->count; i++) {
        if (list->rows[i].number != number) continue;
        if (!span_equals(sha256, hash_span(&list->rows[i].sha256)))
            return why_set(why, ERR_CORRUPT, NULL, "store.migration_changed", NULL,
                           "migration %.*s of this database is not the one that this program holds; "
                           "a migration that was applied must never change",
                           SPAN_FMT(name));
        is_done[i] = true;
        return err_none();
    }
    return why_set(why, ERR_UNSUPPORTED, NULL, "store.migration_unknown", NULL,
                   "this database has been through migration %.*s, which this program does not know; "
                   "it belongs to a newer program",
                   SPAN_FMT(name));
}

static struct err done_read(sqlite3 *db, const struct migration_list *list, bool *is_done, struct why *why) {
    const struct span *sql = statement_sql(STMT_STORE_MIGRATIONS);
    sqlite3_stmt *stmt = NULL;
    int code = sqlite3_prepare_v2(db, (const char *)sql->at, (int)sql->len, &stmt, NULL);
    struct err e = err_none();
    while (code == SQLITE_OK && !is_err(e) && (code = sqlite3_step(stmt)) == SQLITE_ROW) {
        code = SQLITE_OK;
        struct span name = span_make(sqlite3_column_text(stmt, 1), (size_t)sqlite3_column_bytes(stmt, 1));
        struct span sha256 = span_make(sqlite3_column_blob(stmt, 2), (size_t)sqlite3_column_bytes(stmt, 2));
        e = done_check(list, sqlite3_column_int64(stmt, 0), name, sha256, is_done, why);
    }
    if (!is_err(e) && code != SQLITE_DONE) e = sqlite_refuse(db, code, "store_migrations", why);
    (void)sqlite3_finalize(stmt);
    return e;
}

static struct err done_add(sqlite3 *db, const struct migration *row, struct why *why) {
    const struct span *sql = statement_sql(STMT_STORE_MIGRATION_ADD);
    sqlite3_stmt *stmt = NULL;
    int code = sqlite3_prepare_v2(db, (const char *)sql->at, (int)sql->len, &stmt, NULL);
    if (code == SQLITE_OK) code = sqlite3_bind_int64(stmt, 1, row->number);
    if (code == SQLITE_OK)
        code = sqlite3_bind_text(stmt, 2, (const char *)row->name.at, (int)row->name.len, SQLITE_STATIC);
    if (code == SQLITE_OK) code = sqlite3_bind_blob(stmt, 3, row->sha256.bytes, HASH_BYTES, SQLITE_STATIC);
    if (code == SQLITE_OK) code = sqlite3_step(stmt);
    (void)sqlite3_finalize(stmt);
    return code == SQLITE_DONE ? err_none() : sqlite_refuse(db, code, "store_migration_add", why);
}

static struct err migration_apply(sqlite3 *db, const struct migration *row, struct why *why) {
    char name[TOPIC_MAX_BYTES];
    (void)snprintf(name, sizeof name, "%.*s", SPAN_FMT(row->name));
    int code = sqlite3_exec(db, (const char *)row->text.at, NULL, NULL, NULL);
    if (code != SQLITE_OK) return sqlite_refuse(db, code, name, why);
    if (sqlite3_get_autocommit(db))
        return why_set(why, ERR_UNSUPPORTED, NULL, "store.migration", NULL, "%s: must not end the transaction", name);
    return done_add(db, row, why);
}

// What has been done already; all false for a new, empty database.
static struct err state_read(sqlite3 *db, const struct migration_list *list, bool *is_done, bool *ret_is_new,
                             struct why *why) {
    int64_t id = 0, tables = 0;
    TRY(sqlite_get_int(db, "PRAGMA application_id", &id, why));
    TRY(sqlite_get_int(db, "SELECT count(*) FROM sqlite_master", &tables, why));
    *ret_is_new = tables == 0;
    if (*ret_is_new) return err_none();
    if (id != SQLITE_APPLICATION_ID)
        return why_set(why, ERR_UNSUPPORTED, NULL, "store.foreign", NULL, "the file is a database, but none of Varde");
    return done_read(db, list, is_done, why);
}

// One transaction: looks again at what is missing (another process may have been at it), and applies the first.
static struct err step(sqlite3 *db, const struct migration_list *list, bool *ret_more, struct why *why) {
    bool is_done[MIGRATIONS_MAX] = {false}, is_new = false;
    TRY(state_read(db, list, is_done, &is_new, why));
    size_t next = 0;
    while (next < list->count && is_done[next]) next++;
    *ret_more = next < list->count;
    if (!*ret_more) return err_none();
    if (is_new) {
        char pragma[64];
        (void)snprintf(pragma, sizeof pragma, "PRAGMA application_id=%d", (int)SQLITE_APPLICATION_ID);
        TRY(sqlite_run(db, pragma, why));
    }
    return migration_apply(db, &list->rows[next], why);
}

static struct err migrate_list(sqlite3 *db, const struct migration_list *list, struct why *why) {
    bool is_done[MIGRATIONS_MAX] = {false}, is_new = false;
    TRY(state_read(db, list, is_done, &is_new, why));
    bool more = is_new;
    for (size_t i = 0; i < list->count; i++) more = more || !is_done[i];
    if (is_new) TRY(sqlite_run(db, "PRAGMA journal_mode=WAL", why));
    while (more) {
        TRY(sqlite_run(db, "BEGIN IMMEDIATE", why));
        struct err e = step(db, list, &more, why);
        if (!is_err(e)) e = sqlite_run(db, "COMMIT", why);
        if (is_err(e)) {
            if (!sqlite3_get_autocommit(db)) (void)sqlite_run(db, "ROLLBACK", NULL).code;
            return e;
        }
    }
    int64_t is_wal = 0;
    TRY(sqlite_get_int(db, "SELECT journal_mode = 'wal' FROM pragma_journal_mode", &is_wal, why));
    return is_wal == 1 ? err_none()
                       : why_set(why, ERR_UNSUPPORTED, NULL, "store.wal", NULL,
                                 "the database can't use a write-ahead log here (a network file system?)");
}

struct err migrate_run(sqlite3 *db, const struct embedded_file *files, size_t count, struct why *why) {
    struct migration_list *list = mem_take(sizeof *list);
    if (list == NULL) return why_set(why, ERR_MEMORY, NULL, "store.memory", NULL, "no memory left");
    list_make(list, files, count);
    struct err e = migrate_list(db, list, why);
    mem_give(list);
    return e;
}

struct err migrate_missing(sqlite3 *db, const struct embedded_file *files, size_t count, size_t *ret, struct why *why) {
    struct migration_list *list = mem_take(sizeof *list);
    if (list == NULL) return why_set(why, ERR_MEMORY, NULL, "store.memory", NULL, "no memory left");
    list_make(list, files, count);
    bool is_done[MIGRATIONS_MAX] = {false}, is_new = false;
    struct err e = state_read(db, list, is_done, &is_new, why);
    size_t missing = 0;
    for (size_t i = 0; i < list->count; i++) missing += is_done[i] ? 0 : 1;
    mem_give(list);
    if (!is_err(e)) *ret = missing;
    return e;
}
