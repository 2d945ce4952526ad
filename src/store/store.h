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

struct store;
struct store_conn;

// Opens (and with MAY_CREATE makes) the database FILE and brings its schema up to date through the numbered migrations
// of src/store/sql/schema/. A database of a newer program is refused (ERR_UNSUPPORTED). Close gives all memory back;
// all connections must be closed before.
CHECKED struct err store_open(const char *file, bool may_create, struct store **ret, struct why *why);
void store_close(struct store *store);

enum store_access { STORE_READ, STORE_WRITE };
CHECKED struct err store_connect(struct store *store, enum store_access access, struct store_conn **ret, struct why *why);
void store_disconnect(struct store_conn *conn);

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
CHECKED struct err store_commit(struct store_conn *conn, struct why *why); // returns after the bytes are on disk
void store_rollback(struct store_conn *conn);
CHECKED struct err store_savepoint(struct store_conn *conn, struct why *why);
CHECKED struct err store_release(struct store_conn *conn, struct why *why);
void store_rollback_savepoint(struct store_conn *conn);

// Runs a writing statement; *ret_changed (may be NULL) is the number of rows that it changed.
// A broken UNIQUE constraint is ERR_CONFLICT; a full disk or failed write is ERR_IO.
CHECKED struct err store_write(struct store_conn *conn, enum statement statement, const struct value *params, size_t count,
                               size_t *ret_changed, struct why *why);

#endif
