// SPDX-License-Identifier: EUPL-1.2
/* Transactions, savepoints and snapshots. */
#include <assert.h>

#include "store/sqlite.h"

static struct err broken(const struct store_conn *conn, struct why *why) {
    return conn->is_broken ? why_set(why, ERR_IO, NULL, "store.broken", NULL,
                                     "a commit failed on the disk; the store must be opened anew")
                           : err_none();
}

struct err store_begin(struct store_conn *conn, struct why *why) {
    assert(conn->access == STORE_WRITE && !conn->is_begun && !conn->is_snapshot);
    TRY(broken(conn, why));
    TRY(sqlite_run(conn->db, "BEGIN IMMEDIATE", why));
    conn->is_begun = true;
    conn->savepoints = 0;
    return err_none();
}

// Where nobody else moves pages out of the write-ahead log, the writer does before it grows without bound.
static void commit_trim(struct store_conn *conn) {
    struct why why = {0};
    if (store_wal_pages(conn->store) < SQLITE_WAL_PAGES_MAX) return;
    struct err e = store_checkpoint(conn->store, &why);
    (void)e; // the commit stands all the same; the next one tries again
}

struct err store_commit(struct store_conn *conn, struct why *why) {
    assert(conn->is_begun && conn->savepoints == 0);
    if (sqlite3_get_autocommit(conn->db)) {
        conn->is_begun = false;
        return why_set(why, ERR_IO, NULL, "store.rolled_back", NULL, "the transaction was given up after an error");
    }
    struct err e = sqlite_run(conn->db, "COMMIT", why);
    if (is_err(e)) {
        bool is_full = (sqlite3_errcode(conn->db) & 0xff) == SQLITE_FULL; // nothing was synced: harmless
        store_rollback(conn);
        conn->is_broken = conn->is_broken || (e.code == ERR_IO && !is_full);
        return e;
    }
    conn->is_begun = false;
    commit_trim(conn);
    return e;
}

bool store_is_broken(const struct store_conn *conn) {
    return conn->is_broken;
}

void store_rollback(struct store_conn *conn) {
    if (!conn->is_begun) return;
    conn->is_begun = false;
    conn->savepoints = 0;
    if (sqlite3_get_autocommit(conn->db)) return; // SQLite did it already, after an error
    struct err e = sqlite_run(conn->db, "ROLLBACK", NULL);
    conn->is_broken = conn->is_broken || is_err(e);
}

struct err store_savepoint(struct store_conn *conn, struct why *why) {
    assert(conn->is_begun);
    TRY(sqlite_run(conn->db, "SAVEPOINT filing", why));
    conn->savepoints++;
    return err_none();
}

struct err store_release(struct store_conn *conn, struct why *why) {
    assert(conn->is_begun && conn->savepoints > 0);
    conn->savepoints--;
    return sqlite_run(conn->db, "RELEASE filing", why);
}

void store_rollback_savepoint(struct store_conn *conn) {
    assert(conn->is_begun && conn->savepoints > 0);
    conn->savepoints--;
    if (sqlite3_get_autocommit(conn->db)) return; // all of it is gone; the next write and the commit say so
    struct err e = sqlite_run(conn->db, "ROLLBACK TO filing; RELEASE filing", NULL);
    if (is_err(e)) (void)sqlite_run(conn->db, "ROLLBACK", NULL).code; // never commit what should have been forgotten
}

struct err store_snapshot_begin(struct store_conn *conn, struct why *why) {
    assert(!conn->is_snapshot);
    if (conn->is_begun) return err_none(); // a transaction sees one state anyhow
    TRY(broken(conn, why));
    TRY(sqlite_run(conn->db, "BEGIN", why));
    conn->is_snapshot = true;
    return err_none();
}

void store_snapshot_end(struct store_conn *conn) {
    if (!conn->is_snapshot) return;
    conn->is_snapshot = false;
    if (sqlite3_get_autocommit(conn->db)) return;
    struct err e = sqlite_run(conn->db, "ROLLBACK", NULL); // nothing was written
    conn->is_broken = conn->is_broken || is_err(e);
}
