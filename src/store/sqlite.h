// SPDX-License-Identifier: EUPL-1.2
/* Inside of the store on SQLite; for the files of this room only. */
#ifndef STORE_SQLITE_H
#define STORE_SQLITE_H

#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>

#include "base/embed.h"
#include "store/store.h"

enum {
    SQLITE_APPLICATION_ID = 0x56617264, // "Vard" in the database header, for file(1) and against mistaken files
    // Of a new database; one that exists keeps its own. Trees of a million cases stay as deep as those of ten thousand.
    SQLITE_PAGE_BYTES = 8192,
    SQLITE_BUSY_WAIT_MS = 10 * 1000,
    // The page caches are the larger part of the node's memory: a writer and four readers take 8 MB of the 64 MB aim.
    SQLITE_WRITER_CACHE_KB = 4096,
    SQLITE_READER_CACHE_KB = 1024,
    SQLITE_KEEPER_CACHE_KB = 256,
    SQLITE_WAL_KEPT_BYTES = 64 * 1024 * 1024,
    // Where nobody checkpoints (a command that imports), the writer does at this length: 256 MB.
    SQLITE_WAL_PAGES_MAX = 32 * 1024,
};

struct store {
    char *file;
    pthread_mutex_t keeper_lock;
    sqlite3 *keeper; // checkpoints; keeps the write-ahead log open between connections
    atomic_bool has_writer;
    atomic_int connections;
    atomic_size_t wal_pages;
};

struct statement_slot {
    sqlite3_stmt *compiled; // NULL until first used
    uint8_t parameters;     // highest $n
    bool is_in_order;       // SQLite's index i is $i for all
    uint8_t number_of[STORE_PARAMS_MAX];
};

struct store_conn {
    struct store *store;
    sqlite3 *db;
    enum store_access access;
    bool is_broken;      // a commit failed on the disk
    bool is_begun;       // between store_begin and store_commit or store_rollback
    bool is_snapshot;    // between store_snapshot_begin and _end, in a transaction of its own
    unsigned savepoints; // open ones
    struct statement_slot slots[STMT_COUNT];
};

struct statement_text {
    const char *name; // NUL-terminated
    struct span sql;
};
// The statements in the order of enum statement, made once from the files in the binary.
const struct statement_text *statement_texts(void);

// Opens FILE with SQLITE_OPEN_* flags, hardened, with the pragmas of every connection.
CHECKED struct err sqlite_open(const char *file, int flags, int cache_kb, sqlite3 **ret, struct why *why);
// Maps a result code and records the reason. DOING names the statement or the action; DB may be NULL.
struct err sqlite_refuse(sqlite3 *db, int code, const char *doing, struct why *why);
// Runs SQL text that gives no rows; for pragmas and transaction control.
CHECKED struct err sqlite_run(sqlite3 *db, const char *sql, struct why *why);
// The one integer that SQL gives, 0 where there is no row.
CHECKED struct err sqlite_get_int(sqlite3 *db, const char *sql, int64_t *ret, struct why *why);
const char *sqlite_vfs_name(void);

// Refuses what is not ours, newer, or changed; applies what is missing of the files schema/NNN-topic.sql among FILES
// (sorted by path; the program's are embedded_sql).
CHECKED struct err migrate_run(sqlite3 *db, const struct embedded_file *files, size_t count, struct why *why);
// How many it would apply; the same refusals. Changes nothing.
CHECKED struct err migrate_missing(sqlite3 *db, const struct embedded_file *files, size_t count, size_t *ret,
                                   struct why *why);

#endif
