// SPDX-License-Identifier: EUPL-1.2
/* Opening, connections, checkpoints, and what SQLite's result codes mean here. */
#include "store/sqlite.h"

#include <assert.h>
#include <stdio.h>

#include "base/log.h"

static const char *vfs_name;

void store_use_vfs(const char *name) {
    vfs_name = name;
}
const char *sqlite_vfs_name(void) {
    return vfs_name;
}

static const char *constraint_rule(int code) {
    switch (code) {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_ROWID: return "store.unique";
    case SQLITE_CONSTRAINT_FOREIGNKEY: return "store.foreign_key";
    default: return "store.constraint";
    }
}

// SQLite's messages name tables and columns, never values, so they may be shown.
struct err sqlite_refuse(sqlite3 *db, int code, const char *doing, struct why *why) {
    const char *words = db != NULL ? sqlite3_errmsg(db) : sqlite3_errstr(code);
    int extended = db != NULL && sqlite3_errcode(db) == (code & 0xff) ? sqlite3_extended_errcode(db) : code;
    switch (code & 0xff) {
    case SQLITE_CONSTRAINT:
        return why_set(why, ERR_CONFLICT, NULL, constraint_rule(extended), NULL, "%s: %s", doing, words);
    case SQLITE_FULL: return why_set(why, ERR_IO, NULL, "store.full", NULL, "%s: the disk is full", doing);
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return why_set(why, ERR_CORRUPT, NULL, "store.corrupt", NULL, "%s: %s", doing, words);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_INTERRUPT: return why_set(why, ERR_BUSY, NULL, "store.busy", NULL, "%s: %s", doing, words);
    case SQLITE_NOMEM: return why_set(why, ERR_MEMORY, NULL, "store.memory", NULL, "%s: no memory left", doing);
    case SQLITE_TOOBIG: return why_set(why, ERR_LIMIT, NULL, "store.too_big", NULL, "%s: %s", doing, words);
    case SQLITE_ERROR: return why_set(why, ERR_UNSUPPORTED, NULL, "store.statement", NULL, "%s: %s", doing, words);
    default: return why_set(why, ERR_IO, NULL, "store.io", NULL, "%s: %s (%d)", doing, words, extended);
    }
}

struct err sqlite_run(sqlite3 *db, const char *sql, struct why *why) {
    int code = sqlite3_exec(db, sql, NULL, NULL, NULL);
    return code == SQLITE_OK ? err_none() : sqlite_refuse(db, code, sql, why);
}

struct err sqlite_get_int(sqlite3 *db, const char *sql, int64_t *ret, struct why *why) {
    sqlite3_stmt *stmt = NULL;
    int code = sqlite3_prepare_v2(db, sql, -1, &stmt, NULL);
    if (code == SQLITE_OK) code = sqlite3_step(stmt);
    struct err e = err_none();
    if (code == SQLITE_ROW)
        *ret = sqlite3_column_int64(stmt, 0);
    else if (code == SQLITE_DONE)
        *ret = 0;
    else
        e = sqlite_refuse(db, code, sql, why);
    (void)sqlite3_finalize(stmt);
    return e;
}

// What each connection is held to: no tricks through a prepared database file, deletes that overwrite, syncs that
// count, no temporary files. Memory mapping is off because a bad disk would then kill the process instead of giving an
// error.
static struct err connection_harden(sqlite3 *db, const char *file, int cache_kb, struct why *why) {
    (void)sqlite3_extended_result_codes(db, 1);
    (void)sqlite3_busy_timeout(db, SQLITE_BUSY_WAIT_MS);
    (void)sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    (void)sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    (void)sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, NULL);
    (void)sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
    (void)sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
    (void)sqlite3_limit(db, SQLITE_LIMIT_VARIABLE_NUMBER, STORE_PARAMS_MAX);
    char pragmas[512];
    (void)snprintf(pragmas, sizeof pragmas,
                   "PRAGMA page_size=%d; PRAGMA foreign_keys=ON; PRAGMA secure_delete=ON; PRAGMA synchronous=FULL; PRAGMA temp_store=MEMORY;"
                   "PRAGMA mmap_size=0; PRAGMA wal_autocheckpoint=0; PRAGMA cell_size_check=ON; PRAGMA cache_size=-%d;"
                   "PRAGMA journal_size_limit=%d",
                   (int)SQLITE_PAGE_BYTES, cache_kb, (int)SQLITE_WAL_KEPT_BYTES);
    int code = sqlite3_exec(db, pragmas, NULL, NULL, NULL);
    return code == SQLITE_OK ? err_none() : sqlite_refuse(db, code, file, why);
}

static void memory_uncount(void) {
    (void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}
// SQLite counts its memory under a lock that all connections share; nobody reads the count. Too late (and of no harm) where
// SQLite is at work already.
static void memory_uncounted(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    (void)pthread_once(&once, memory_uncount);
}

struct err sqlite_open(const char *file, int flags, int cache_kb, sqlite3 **ret, struct why *why) {
    sqlite3 *db = NULL;
    memory_uncounted();
    int code = sqlite3_open_v2(file, &db, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE, vfs_name);
    if (code != SQLITE_OK) {
        struct err e = code == SQLITE_CANTOPEN
                           ? why_set(why, ERR_NOT_FOUND, NULL, "store.open", NULL, "%s: can't be opened", file)
                           : sqlite_refuse(db, code, file, why);
        (void)sqlite3_close(db);
        return e;
    }
    struct err e = connection_harden(db, file, cache_kb, why);
    if (is_err(e)) {
        (void)sqlite3_close(db);
        return e;
    }
    *ret = db;
    return e;
}

static struct err store_make(const char *file, bool may_create, struct store **ret, struct why *why) {
    struct store *store = mem_take(sizeof *store);
    size_t len = strlen(file);
    char *copy = mem_take(len + 1);
    if (store == NULL || copy == NULL) {
        mem_give(store);
        mem_give(copy);
        return why_set(why, ERR_MEMORY, NULL, "store.memory", NULL, "no memory left");
    }
    memcpy(copy, file, len);
    store->file = copy;
    int flags = SQLITE_OPEN_READWRITE | (may_create ? SQLITE_OPEN_CREATE : 0);
    struct err e = sqlite_open(file, flags, SQLITE_KEEPER_CACHE_KB, &store->keeper, why);
    if (is_err(e)) {
        mem_give(copy);
        mem_give(store);
        return e;
    }
    int failed = pthread_mutex_init(&store->keeper_lock, NULL);
    assert(failed == 0);
    *ret = store;
    return e;
}

struct err store_open(const char *file, bool may_create, struct store **ret, struct why *why) {
    struct store *store = NULL;
    TRY(store_make(file, may_create, &store, why));
    struct err e = migrate_run(store->keeper, embedded_sql, embedded_sql_count, why);
    if (is_err(e)) {
        store_close(store);
        return e;
    }
    *ret = store;
    return e;
}

struct err store_open_as_is(const char *file, struct store **ret, struct why *why) {
    struct store *store = NULL;
    TRY(store_make(file, false, &store, why));
    int64_t id = 0;
    struct err e = sqlite_get_int(store->keeper, "PRAGMA application_id", &id, why);
    if (!is_err(e) && id != SQLITE_APPLICATION_ID)
        e = why_set(why, ERR_UNSUPPORTED, NULL, "store.foreign", NULL, "%s: is no database of Varde", file);
    if (is_err(e)) {
        store_close(store);
        return e;
    }
    *ret = store;
    return e;
}

void store_close(struct store *store) {
    if (store == NULL) return;
    assert(atomic_load(&store->connections) == 0);
    int code = sqlite3_close(store->keeper);
    assert(code == SQLITE_OK);
    (void)pthread_mutex_destroy(&store->keeper_lock);
    mem_give(store->file);
    mem_give(store);
}

static int commit_seen(void *store_ptr, sqlite3 *db, const char *schema, int pages) {
    (void)db;
    (void)schema;
    struct store *store = store_ptr;
    atomic_store(&store->wal_pages, (size_t)pages);
    return SQLITE_OK;
}

struct err store_connect(struct store *store, enum store_access access, struct store_conn **ret, struct why *why) {
    bool is_free = false;
    if (access == STORE_WRITE && !atomic_compare_exchange_strong(&store->has_writer, &is_free, true))
        return why_set(why, ERR_CONFLICT, NULL, "store.writer", NULL, "there is a writing connection already");
    struct store_conn *conn = mem_take(sizeof *conn);
    struct err e = err_none();
    if (conn == NULL) {
        e = why_set(why, ERR_MEMORY, NULL, "store.memory", NULL, "no memory left");
    } else {
        conn->store = store;
        conn->access = access;
        int cache_kb = access == STORE_WRITE ? SQLITE_WRITER_CACHE_KB : SQLITE_READER_CACHE_KB;
        e = sqlite_open(store->file, SQLITE_OPEN_READWRITE, cache_kb, &conn->db, why);
        if (!is_err(e) && access == STORE_READ) e = sqlite_run(conn->db, "PRAGMA query_only=ON", why);
    }
    if (conn == NULL || is_err(e)) {
        if (conn != NULL) (void)sqlite3_close(conn->db);
        mem_give(conn);
        if (access == STORE_WRITE) atomic_store(&store->has_writer, false);
        return e;
    }
    if (access == STORE_WRITE) (void)sqlite3_wal_hook(conn->db, commit_seen, store);
    (void)atomic_fetch_add(&store->connections, 1);
    *ret = conn;
    return e;
}

void store_disconnect(struct store_conn *conn) {
    if (conn == NULL) return;
    for (size_t i = 0; i < STMT_COUNT; i++) (void)sqlite3_finalize(conn->slots[i].compiled);
    int code = sqlite3_close(conn->db); // rolls back what was open
    assert(code == SQLITE_OK);
    (void)atomic_fetch_sub(&conn->store->connections, 1);
    if (conn->access == STORE_WRITE) atomic_store(&conn->store->has_writer, false);
    mem_give(conn);
}

static struct err checkpoint(struct store *store, int mode, struct why *why) {
    int in_log = 0, moved = 0;
    (void)pthread_mutex_lock(&store->keeper_lock);
    int code = sqlite3_wal_checkpoint_v2(store->keeper, "main", mode, &in_log, &moved);
    struct err e = err_none();
    if ((code & 0xff) == SQLITE_BUSY && mode == SQLITE_CHECKPOINT_PASSIVE)
        log_line(LOG_DEBUG, "store.checkpoint", "another one is at work");
    else if (code != SQLITE_OK)
        e = sqlite_refuse(store->keeper, code, "checkpoint", why);
    (void)pthread_mutex_unlock(&store->keeper_lock);
    if (!is_err(e) && mode == SQLITE_CHECKPOINT_TRUNCATE) atomic_store(&store->wal_pages, 0);
    return e;
}

struct err store_checkpoint(struct store *store, struct why *why) {
    return checkpoint(store, SQLITE_CHECKPOINT_PASSIVE, why);
}

struct err store_checkpoint_truncate(struct store *store, struct why *why) {
    return checkpoint(store, SQLITE_CHECKPOINT_TRUNCATE, why);
}

size_t store_wal_pages(const struct store *store) {
    return atomic_load(&store->wal_pages);
}
