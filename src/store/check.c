// SPDX-License-Identifier: EUPL-1.2
#include "store/check.h"

#include <stdio.h>

#include "store/sqlite.h"

// The first row that SQL gives becomes the fault, unless it is "ok"; a row of a foreign key names the table.
static struct err fault_read(sqlite3 *db, const char *sql, struct store_health *health, struct why *why) {
    sqlite3_stmt *stmt = NULL;
    int code = sqlite3_prepare_v2(db, sql, -1, &stmt, NULL);
    if (code == SQLITE_OK) code = sqlite3_step(stmt);
    struct err e = err_none();
    if (code == SQLITE_ROW) {
        const unsigned char *text = sqlite3_column_text(stmt, 0);
        const char *words = text != NULL ? (const char *)text : "unknown";
        if (strcmp(words, "ok") != 0 && health->is_sound) {
            health->is_sound = false;
            bool is_key = sqlite3_column_count(stmt) > 1;
            (void)snprintf(health->first_fault, sizeof health->first_fault, "%s%s", is_key ? "a foreign key leads nowhere in " : "", words);
        }
    } else if (code != SQLITE_DONE) {
        e = sqlite_refuse(db, code, "the integrity check", why);
    }
    (void)sqlite3_finalize(stmt);
    return e;
}

static struct err health_read(sqlite3 *db, struct store_health *ret, struct why *why) {
    struct store_health health = {.is_sound = true};
    int64_t page = 0, pages = 0, free = 0;
    TRY(migrate_missing(db, embedded_sql, embedded_sql_count, &health.missing_migrations, why));
    TRY(sqlite_get_int(db, "PRAGMA page_size", &page, why));
    TRY(sqlite_get_int(db, "PRAGMA page_count", &pages, why));
    TRY(sqlite_get_int(db, "PRAGMA freelist_count", &free, why));
    TRY(fault_read(db, "PRAGMA integrity_check(1)", &health, why));
    TRY(fault_read(db, "PRAGMA foreign_key_check", &health, why));
    health.size_bytes = page * pages;
    health.free_bytes = page * free;
    *ret = health;
    return err_none();
}

struct err store_check(const char *file, struct store_health *ret, struct why *why) {
    sqlite3 *db = NULL;
    TRY(sqlite_open(file, SQLITE_OPEN_READWRITE, SQLITE_READER_CACHE_KB, &db, why)); // a write-ahead log wants to write its index
    struct err e = sqlite_run(db, "PRAGMA query_only=ON", why);
    if (!is_err(e)) e = health_read(db, ret, why);
    (void)sqlite3_close(db);
    return e;
}
