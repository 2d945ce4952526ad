// SPDX-License-Identifier: EUPL-1.2
/*
 * The store: what Varde asks of a database. Statements are named, stand in src/store/sql/, and are prepared once a
 * connection; no other room holds SQL. SQLite (WAL, synchronous FULL) stands behind it.
 *
 * A `store` is one open database; a `store_conn` is one connection, used by one thread at a time. There are any number of
 * reading connections and exactly one writing connection (held by the writer thread, or by a command while no node runs).
 * Reads copy their rows into the caller's arena, so that no read transaction outlives the call.
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "base/span.h"
#include "store/statement.h" // enum statement, generated from the "-- name:" lines

enum value_type { VALUE_NULL, VALUE_INT, VALUE_TEXT, VALUE_BLOB };
struct value {
    enum value_type type;
    int64_t integer;
    struct span bytes; // text (UTF-8) or blob
};

static inline struct value value_null(void) { return (struct value){.type = VALUE_NULL}; }
static inline struct value value_int(int64_t i) { return (struct value){.type = VALUE_INT, .integer = i}; }
static inline struct value value_text(struct span s) {
    return (struct value){.type = s.at == NULL ? VALUE_NULL : VALUE_TEXT, .bytes = s};
}
static inline struct value value_blob(struct span s) {
    return (struct value){.type = s.at == NULL ? VALUE_NULL : VALUE_BLOB, .bytes = s};
}

struct rows {
    size_t count;
    size_t columns;
    const struct value *cells; // row by row
};
static inline const struct value *rows_at(const struct rows *rows, size_t row, size_t column) {
    return &rows->cells[row * rows->columns + column];
}
static inline int64_t rows_int(const struct rows *rows, size_t row, size_t column) { // 0 for NULL
    return rows_at(rows, row, column)->integer;
}
static inline struct span rows_span(const struct rows *rows, size_t row, size_t column) { // at == NULL for NULL
    return rows_at(rows, row, column)->bytes;
}

enum { STORE_PARAMS_MAX = 64 }; // parameters of one statement

struct store;
struct store_conn;

// Opens (and with MAY_CREATE makes) the database FILE and brings its schema up to date through the numbered migrations
// of src/store/sql/schema/. A database of a newer program is refused (ERR_UNSUPPORTED). Close gives all memory back;
// all connections must be closed before. A database whose migrations were changed since, or that is none of ours, is
// refused (ERR_CORRUPT, ERR_UNSUPPORTED). Migrations run in number order, each in a transaction of its own.
// The file and its directory keep the rights that the process gives them (umask).
CHECKED struct err store_open(const char *file, bool may_create, struct store **ret, struct why *why);
void store_close(struct store *store);

// The same without touching the schema, for commands that only look or copy: an older schema stays as it is.
CHECKED struct err store_open_as_is(const char *file, struct store **ret, struct why *why);

enum store_access { STORE_READ, STORE_WRITE };
CHECKED struct err store_connect(struct store *store, enum store_access access, struct store_conn **ret, struct why *why);
void store_disconnect(struct store_conn *conn);

// Moves what was committed from the write-ahead log into the database file, as far as readers let it, without waiting
// for anyone. The writer never does this itself (it would wait for the disk), so a thread of the node calls it every
// second or so; thread-safe. ERR_IO, ERR_CORRUPT.
CHECKED struct err store_checkpoint(struct store *store, struct why *why);
// The same to the end, and empties the write-ahead log, so that nothing deleted stays in it: the second half of an
// erasure. Waits up to ten seconds for readers and the writer, then ERR_BUSY.
CHECKED struct err store_checkpoint_truncate(struct store *store, struct why *why);
// Pages in the write-ahead log as of the last commit of this process, those moved already included.
size_t store_wal_pages(const struct store *store);

// Compiles every statement on this connection; the first that does not fit the schema is named. For tests and doctor:
// statements are otherwise compiled at their first use.
CHECKED struct err store_prepare_all(struct store_conn *conn, struct why *why);
// The name as it stands in the SQL file, for errors and measurements.
const char *store_statement_name(enum statement statement);

// For tests only: every store opened later works on the registered SQLite VFS of that name (NULL: the usual one).
void store_use_vfs(const char *name);

// Runs a reading statement with COUNT parameters ($1 is params[0]); all rows are copied into ARENA.
CHECKED struct err store_read(struct store_conn *conn, enum statement statement, const struct value *params, size_t count,
                              struct arena *arena, struct rows *ret, struct why *why);

// Several reads that must see one state of the database are put between these two (also on the writing connection,
// where they are a savepoint-free no-op inside a transaction).
CHECKED struct err store_snapshot_begin(struct store_conn *conn, struct why *why);
void store_snapshot_end(struct store_conn *conn);

// The writing connection only. Between begin and commit any reads and writes; rollback forgets them all.
// A savepoint lets one filing of a group fail without the others.
CHECKED struct err store_begin(struct store_conn *conn, struct why *why);
// Returns after the bytes are on disk. On an error nothing was committed as far as this process sees, and the transaction
// is over. After a full disk (rule store.full) one may go on; after another ERR_IO the disk cannot be trusted any more (a
// failed sync may have lost what it should have written, or kept it): store_is_broken, the connection refuses all further
// work, and the role must stop and start again. Whether the transaction is there is known only then.
CHECKED struct err store_commit(struct store_conn *conn, struct why *why);
void store_rollback(struct store_conn *conn);
bool store_is_broken(const struct store_conn *conn);
CHECKED struct err store_savepoint(struct store_conn *conn, struct why *why);
CHECKED struct err store_release(struct store_conn *conn, struct why *why);
void store_rollback_savepoint(struct store_conn *conn);

// Runs a writing statement; *ret_changed (may be NULL) is the number of rows that it changed.
// A broken constraint is ERR_CONFLICT (rules store.unique, store.foreign_key, store.constraint); a full disk (rule
// store.full) or failed write is ERR_IO and may have ended the transaction, which store_commit then refuses; text that is
// no UTF-8 or holds a NUL is ERR_INPUT. A wrong number of parameters is a fault of the caller and asserts, and so is
// writing outside a transaction. A statement with RETURNING is run by store_read, under the same conditions.
CHECKED struct err store_write(struct store_conn *conn, enum statement statement, const struct value *params, size_t count,
                               size_t *ret_changed, struct why *why);

#endif
