// SPDX-License-Identifier: EUPL-1.2
/* Building a database out of the parts of a backup, and checking it. */
#include <stdio.h>

#include "store/backup.h"
#include "store/seal.h"
#include "store/sqlite.h"

enum { TABLE_NAME_MAX_BYTES = 128, COLUMNS_MAX = STORE_PARAMS_MAX };

struct restoring {
    const struct restore_plan *plan;
    sqlite3 *db;
    struct unseal *part; // the one being read
    struct buf value;
    uint64_t rows; // of the part being read
    struct why *why;
};

static struct err entry_wrong(const struct restoring *restoring) {
    return why_set(restoring->why, ERR_CORRUPT, NULL, "backup.entry", NULL,
                   "the part %s holds what this program did not write", restoring->part->name);
}

static struct err text_get(struct restoring *restoring, struct span *ret) {
    buf_clear(&restoring->value);
    return unseal_get_text(restoring->part, &restoring->value, ret, restoring->why);
}

static struct err cell_bind(struct restoring *restoring, sqlite3_stmt *stmt, int index) {
    char type = 0;
    uint64_t bits = 0;
    double real = 0;
    struct span bytes = {NULL, 0};
    int code = SQLITE_OK;
    TRY(unseal_get(restoring->part, &type, 1, restoring->why));
    switch (type) {
    case 'N': code = sqlite3_bind_null(stmt, index); break;
    case 'I':
        TRY(unseal_get_u64(restoring->part, &bits, restoring->why));
        code = sqlite3_bind_int64(stmt, index, (int64_t)bits);
        break;
    case 'F':
        TRY(unseal_get_u64(restoring->part, &bits, restoring->why));
        memcpy(&real, &bits, sizeof real);
        code = sqlite3_bind_double(stmt, index, real);
        break;
    case 'T':
        TRY(text_get(restoring, &bytes));
        code = sqlite3_bind_text64(stmt, index, (const char *)bytes.at, bytes.len, SQLITE_TRANSIENT, SQLITE_UTF8);
        break;
    case 'B':
        TRY(text_get(restoring, &bytes));
        code = sqlite3_bind_blob64(stmt, index, bytes.at, bytes.len, SQLITE_TRANSIENT);
        break;
    default: return entry_wrong(restoring);
    }
    return code == SQLITE_OK ? err_none() : sqlite_refuse(restoring->db, code, "restore", restoring->why);
}

// INSERT INTO "name" VALUES (?, ...), for as many columns as the part says.
static struct err insert_make(struct restoring *restoring, struct span name, uint32_t columns, sqlite3_stmt **ret) {
    char places[2 * COLUMNS_MAX + 1] = "?";
    if (columns == 0 || columns > COLUMNS_MAX) return entry_wrong(restoring);
    for (size_t i = 1; i < columns; i++) memcpy(places + 2 * i - 1, ",?", 3);
    char *sql = sqlite3_mprintf("INSERT INTO \"%.*w\" VALUES (%s)", (int)name.len, (const char *)name.at, places);
    if (sql == NULL) return why_set(restoring->why, ERR_MEMORY, NULL, "backup.memory", NULL, "no memory left");
    int code = sqlite3_prepare_v2(restoring->db, sql, -1, ret, NULL);
    sqlite3_free(sql);
    return code == SQLITE_OK ? err_none() : sqlite_refuse(restoring->db, code, "restore", restoring->why);
}

static struct err row_insert(struct restoring *restoring, sqlite3_stmt *insert) {
    if (insert == NULL) return entry_wrong(restoring);
    int columns = sqlite3_bind_parameter_count(insert);
    for (int c = 1; c <= columns; c++) TRY(cell_bind(restoring, insert, c));
    int code = sqlite3_step(insert);
    restoring->rows++;
    if (code != SQLITE_DONE) return sqlite_refuse(restoring->db, code, "restore", restoring->why);
    (void)sqlite3_reset(insert);
    return err_none();
}

static struct err table_begin(struct restoring *restoring, bool only_keys, sqlite3_stmt **insert) {
    struct span name = {NULL, 0};
    uint32_t columns = 0;
    TRY(text_get(restoring, &name));
    if (name.len == 0 || name.len > TABLE_NAME_MAX_BYTES || backup_is_of_keys(name) != only_keys)
        return entry_wrong(restoring);
    TRY(unseal_get_u32(restoring->part, &columns, restoring->why)); // does not touch the name's buffer
    (void)sqlite3_finalize(*insert);
    *insert = NULL;
    return insert_make(restoring, name, columns, insert);
}

static struct err schema_run(struct restoring *restoring) {
    struct span sql = {NULL, 0};
    TRY(text_get(restoring, &sql));
    sqlite3_stmt *stmt = NULL;
    int code = sqlite3_prepare_v2(restoring->db, (const char *)sql.at, (int)sql.len, &stmt, NULL);
    if (code == SQLITE_OK) code = sqlite3_step(stmt);
    (void)sqlite3_finalize(stmt);
    return code == SQLITE_DONE ? err_none() : sqlite_refuse(restoring->db, code, "restore", restoring->why);
}

static struct err end_check(struct restoring *restoring) {
    uint64_t rows = 0;
    TRY(unseal_get_u64(restoring->part, &rows, restoring->why));
    if (rows != restoring->rows) return entry_wrong(restoring);
    return unseal_end(restoring->part, restoring->why);
}

static struct err file_take(struct restoring *restoring) {
    char name[BACKUP_FILE_NAME_MAX];
    struct span text = {NULL, 0}, bytes = {NULL, 0};
    TRY(text_get(restoring, &text));
    size_t len = text.len;
    if (len == 0 || len > sizeof name) return entry_wrong(restoring);
    memcpy(name, text.at, len); // the bytes come into the same room
    TRY(text_get(restoring, &bytes));
    if (bytes.len > BACKUP_FILE_BYTES_MAX) return entry_wrong(restoring);
    struct backup_file file = {span_make(name, len), bytes};
    const struct restore_plan *plan = restoring->plan;
    return plan->take_file == NULL ? err_none() : plan->take_file(plan->take_file_self, &file, restoring->why);
}

// The entries of main (ONLY_KEYS false) or keys, up to the end.
static struct err entries_take(struct restoring *restoring, bool only_keys, sqlite3_stmt **insert) {
    for (;;) {
        char kind = 0;
        TRY(unseal_get(restoring->part, &kind, 1, restoring->why));
        if (kind == 'R')
            TRY(row_insert(restoring, *insert));
        else if (kind == 'T')
            TRY(table_begin(restoring, only_keys, insert));
        else if ((kind == 'S' || kind == 'I') && !only_keys)
            TRY(schema_run(restoring));
        else if (kind == 'D' && only_keys)
            TRY(file_take(restoring));
        else
            return kind == 'E' ? end_check(restoring) : entry_wrong(restoring);
    }
}

static struct err part_take(struct restoring *restoring, struct unseal *part, bool only_keys, uint64_t *ret_rows) {
    sqlite3_stmt *insert = NULL;
    restoring->part = part;
    restoring->rows = 0;
    struct err e = entries_take(restoring, only_keys, &insert);
    (void)sqlite3_finalize(insert);
    *ret_rows = restoring->rows;
    return e;
}

static struct err database_check(sqlite3 *db, const struct backup_about *about, struct why *why) {
    int64_t count = 0;
    TRY(sqlite_get_int(db, "SELECT count(*) FROM pragma_integrity_check WHERE integrity_check <> 'ok'", &count, why));
    if (count > 0)
        return why_set(why, ERR_CORRUPT, NULL, "backup.integrity", NULL, "the restored database is not sound");
    TRY(sqlite_get_int(db, "SELECT count(*) FROM pragma_foreign_key_check", &count, why));
    if (count > 0)
        return why_set(why, ERR_CORRUPT, NULL, "backup.references", NULL,
                       "rows of the backup refer to rows that are not there");
    struct span sql = statement_texts()[STMT_RECORD_COUNT].sql;
    char text[512];
    (void)snprintf(text, sizeof text, "%.*s", SPAN_FMT(sql));
    TRY(sqlite_get_int(db, text, &count, why));
    if (count != about->tree_size)
        return why_set(why, ERR_CORRUPT, NULL, "backup.records", NULL,
                       "the log has %lld records, the backup's head says %lld", (long long)count,
                       (long long)about->tree_size);
    return err_none();
}

// The database takes no care for crashes while it is made: only when it is whole it is synced, by the commit that
// follows.
static struct err database_fill(struct restoring *restoring, struct unseal *main, struct unseal *keys,
                                struct restore_result *result) {
    char pragmas[256];
    (void)snprintf(
        pragmas, sizeof pragmas,
        "PRAGMA journal_mode=MEMORY; PRAGMA synchronous=OFF; PRAGMA foreign_keys=OFF; PRAGMA cache_size=-16384;"
        "PRAGMA application_id=%d; BEGIN",
        (int)SQLITE_APPLICATION_ID);
    TRY(sqlite_run(restoring->db, pragmas, restoring->why));
    TRY(part_take(restoring, main, false, &result->rows));
    if (keys != NULL) TRY(part_take(restoring, keys, true, &result->keys));
    TRY(sqlite_run(restoring->db, "COMMIT", restoring->why));
    TRY(database_check(restoring->db, &main->about, restoring->why));
    return sqlite_run(restoring->db, "PRAGMA synchronous=FULL; PRAGMA journal_mode=WAL", restoring->why);
}

static struct err erasure_apply(struct restoring *restoring, struct store_conn *conn, uint32_t columns,
                                uint64_t *erased) {
    char type = 0;
    uint64_t numbers[3] = {0}; // record_seq, item, erased_ms
    size_t changed = 0;
    char text[256] = "";
    struct span id = {NULL, 0};
    for (uint32_t c = 0; c < columns; c++) {
        TRY(unseal_get(restoring->part, &type, 1, restoring->why));
        if (type == 'I' && columns == 4 && c != 2) {
            TRY(unseal_get_u64(restoring->part, &numbers[c < 2 ? c : 2], restoring->why));
        } else if (type == 'T' && (columns == 1 || c == 2)) {
            TRY(text_get(restoring, &id));
            if (id.len >= sizeof text) return entry_wrong(restoring);
            memcpy(text, id.at, id.len);
        } else {
            return entry_wrong(restoring);
        }
    }
    restoring->rows++;
    struct value row[] = {value_int((int64_t)numbers[0]), value_int((int64_t)numbers[1]), value_text(span_of(text)),
                          value_int((int64_t)numbers[2])};
    if (columns == 1) {
        TRY(store_write(conn, STMT_ATTACHMENT_KEY_ERASE, &row[2], 1, &changed, restoring->why));
    } else {
        TRY(store_write(conn, STMT_FIELD_KEY_ERASE, row, 2, &changed, restoring->why));
        TRY(store_write(conn, STMT_ERASURE_ADD, row, 4, NULL, restoring->why));
    }
    *erased += changed;
    return err_none();
}

static struct err list_apply(struct restoring *restoring, struct unseal *part, struct store_conn *conn,
                             uint64_t *erased) {
    uint32_t columns = 0;
    restoring->part = part;
    restoring->rows = 0;
    for (;;) {
        char kind = 0;
        struct span name = {NULL, 0};
        TRY(unseal_get(part, &kind, 1, restoring->why));
        if (kind == 'E') return end_check(restoring);
        if (kind == 'R' && columns > 0) {
            TRY(erasure_apply(restoring, conn, columns, erased));
            continue;
        }
        if (kind != 'T') return entry_wrong(restoring);
        TRY(text_get(restoring, &name));
        bool is_field = span_is(name, "erasure"), is_attachment = span_is(name, "attachment");
        TRY(unseal_get_u32(part, &columns, restoring->why));
        if (!(is_field && columns == 4) && !(is_attachment && columns == 1)) return entry_wrong(restoring);
    }
}

// Opens the lists one after another with the room of one part.
static struct err lists_apply(struct restoring *restoring, struct unseal *part, const struct backup_about *about,
                              struct store_conn *conn, uint64_t *erased) {
    const struct restore_plan *plan = restoring->plan;
    for (size_t i = 0; i < plan->erasure_count; i++) {
        TRY(unseal_begin(part, plan->erasures[i], BACKUP_ERASURES, plan->secret, restoring->why));
        if (strcmp(part->about.node, about->node) != 0)
            return why_set(restoring->why, ERR_INPUT, NULL, "backup.node", NULL,
                           "the list of erasures is of node %s, the backup of %s", part->about.node, about->node);
        TRY(list_apply(restoring, part, conn, erased));
    }
    return err_none();
}

static struct err meta_note(struct store_conn *conn, const char *name, const char *value, struct why *why) {
    struct value params[] = {value_text(span_of(name)), value_text(span_of(value))};
    return store_write(conn, STMT_STORE_META_SET, params, 2, NULL, why);
}

// Erasures, and the note that this database came out of a backup, in one durable transaction.
static struct err finish_in(struct restoring *restoring, struct unseal *part, struct store_conn *conn,
                            struct restore_result *result) {
    char made[24];
    (void)snprintf(made, sizeof made, "%lld", (long long)result->about.made_ms);
    TRY(store_begin(conn, restoring->why));
    TRY(lists_apply(restoring, part, &result->about, conn, &result->erased_again));
    TRY(meta_note(conn, "restore.backup", result->about.id, restoring->why));
    TRY(meta_note(conn, "restore.made_ms", made, restoring->why));
    result->needs_rebuild = result->erased_again > 0 || restoring->plan->keys == NULL;
    if (result->needs_rebuild) TRY(meta_note(conn, "restore.rebuild", "needed", restoring->why));
    return store_commit(conn, restoring->why);
}

static struct err finish(struct restoring *restoring, const char *file, struct unseal *part,
                         struct restore_result *result) {
    struct store *store = NULL;
    struct store_conn *conn = NULL;
    TRY(store_open(file, false, &store, restoring->why));
    struct err e = store_connect(store, STORE_WRITE, &conn, restoring->why);
    if (!is_err(e)) e = finish_in(restoring, part, conn, result);
    store_disconnect(conn);
    if (!is_err(e)) e = store_checkpoint_truncate(store, restoring->why);
    store_close(store);
    return e;
}

static struct err parts_open(const struct restore_plan *plan, struct unseal *main, struct unseal *keys,
                             struct why *why) {
    TRY(unseal_begin(main, plan->main, BACKUP_MAIN, plan->secret, why));
    if (plan->keys == NULL) return err_none();
    TRY(unseal_begin(keys, plan->keys, BACKUP_KEYS, plan->secret, why));
    return strcmp(main->about.id, keys->about.id) == 0 ? err_none()
                                                       : why_set(why, ERR_INPUT, NULL, "backup.parts", NULL,
                                                                 "the keys are of another backup than the main part");
}

static struct err build(struct restoring *restoring, const char *file, struct unseal *parts,
                        struct restore_result *result) {
    const struct restore_plan *plan = restoring->plan;
    TRY(parts_open(plan, &parts[0], &parts[1], restoring->why));
    result->about = parts[0].about;
    TRY(sqlite_open(file, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, SQLITE_KEEPER_CACHE_KB, &restoring->db,
                    restoring->why));
    struct err e = database_fill(restoring, &parts[0], plan->keys != NULL ? &parts[1] : NULL, result);
    (void)sqlite3_close(restoring->db);
    return is_err(e) ? e : finish(restoring, file, &parts[1], result);
}

static bool file_is_there(const char *file) {
    sqlite3_vfs *vfs = sqlite3_vfs_find(sqlite_vfs_name());
    int is_there = 0;
    return vfs == NULL || vfs->xAccess(vfs, file, SQLITE_ACCESS_EXISTS, &is_there) != SQLITE_OK || is_there != 0;
}

struct err store_restore(const char *file, const struct restore_plan *plan, struct restore_result *ret,
                         struct why *why) {
    if (file_is_there(file))
        return why_set(why, ERR_CONFLICT, NULL, "backup.exists", NULL, "%s: is there already", file);
    struct unseal *parts = mem_take(2 * sizeof *parts);
    if (parts == NULL) return why_set(why, ERR_MEMORY, NULL, "backup.memory", NULL, "no memory left");
    struct restoring restoring = {.plan = plan, .why = why};
    struct restore_result result = {.rows = 0};
    buf_init(&restoring.value, NULL, SEAL_VALUE_BYTES_MAX);
    struct err e = build(&restoring, file, parts, &result);
    buf_fini(&restoring.value);
    sodium_memzero(parts, 2 * sizeof *parts);
    mem_give(parts);
    if (!is_err(e)) *ret = result;
    return e;
}
