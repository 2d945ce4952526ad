// SPDX-License-Identifier: EUPL-1.2
/* Reading all tables out of one snapshot into the encrypted parts. */
#include "store/backup.h"

#include <stdio.h>

#include "store/seal.h"
#include "store/sqlite.h"

const char *backup_part_name(enum backup_part part) {
    static const char *const NAMES[BACKUP_PARTS] = {"main", "keys", "erasures"};
    return (unsigned)part < BACKUP_PARTS ? NAMES[part] : "unknown";
}

bool backup_is_of_keys(struct span name) {
    return span_is(name, "field_key") || span_is(name, "attachment_key") || span_is(name, "entity") || span_is(name, "delivery");
}

struct copying {
    struct store_conn *conn;
    struct seal *seal;
    struct arena arena; // of the lists of tables
    const struct backup_plan *plan;
    uint64_t done_bytes, about_bytes, rows;
    struct why *why;
};

static void progress_step(struct copying *copying) {
    const struct backup_progress *progress = copying->plan->progress;
    uint64_t done = copying->done_bytes + copying->seal->total_bytes;
    if (done > copying->about_bytes) copying->about_bytes = done;
    if (progress != NULL) progress->step(progress->self, done, copying->about_bytes);
}

static void cell_add(struct seal *seal, sqlite3_stmt *stmt, int column) {
    double real = 0;
    uint64_t bits = 0;
    switch (sqlite3_column_type(stmt, column)) {
    case SQLITE_INTEGER:
        seal_add(seal, SPAN("I"));
        seal_add_u64(seal, (uint64_t)sqlite3_column_int64(stmt, column));
        break;
    case SQLITE_FLOAT:
        real = sqlite3_column_double(stmt, column);
        memcpy(&bits, &real, sizeof bits);
        seal_add(seal, SPAN("F"));
        seal_add_u64(seal, bits);
        break;
    case SQLITE_TEXT:
        seal_add(seal, SPAN("T"));
        seal_add_text(seal, span_make(sqlite3_column_text(stmt, column), (size_t)sqlite3_column_bytes(stmt, column)));
        break;
    case SQLITE_BLOB:
        seal_add(seal, SPAN("B"));
        seal_add_text(seal, span_make(sqlite3_column_blob(stmt, column), (size_t)sqlite3_column_bytes(stmt, column)));
        break;
    default: seal_add(seal, SPAN("N")); break;
    }
}

// All rows that SQL gives, as rows of table NAME.
static struct err rows_add(struct copying *copying, struct span name, struct span sql) {
    sqlite3_stmt *stmt = NULL;
    sqlite3 *db = copying->conn->db;
    int code = sqlite3_prepare_v2(db, (const char *)sql.at, (int)sql.len, &stmt, NULL);
    if (code != SQLITE_OK) return sqlite_refuse(db, code, "backup", copying->why);
    int columns = sqlite3_column_count(stmt);
    struct seal *seal = copying->seal;
    seal_add(seal, SPAN("T"));
    seal_add_text(seal, name);
    seal_add_u32(seal, (uint32_t)columns);
    while ((code = sqlite3_step(stmt)) == SQLITE_ROW && !is_err(seal->failed)) {
        seal_add(seal, SPAN("R"));
        for (int c = 0; c < columns; c++) cell_add(seal, stmt, c);
        if (++copying->rows % 1024 == 0) progress_step(copying);
    }
    struct err e =
        code == SQLITE_DONE || is_err(seal->failed) ? seal->failed : sqlite_refuse(db, code, "backup", copying->why);
    (void)sqlite3_finalize(stmt);
    return e;
}

static struct err table_add(struct copying *copying, struct span name) {
    char *sql = sqlite3_mprintf("SELECT * FROM \"%.*w\"", (int)name.len, (const char *)name.at);
    if (sql == NULL) return why_set(copying->why, ERR_MEMORY, NULL, "backup.memory", NULL, "no memory left");
    struct err e = rows_add(copying, name, span_of(sql));
    sqlite3_free(sql);
    return e;
}

static struct err list_read(struct copying *copying, enum statement statement, struct rows *ret) {
    return store_read(copying->conn, statement, NULL, 0, &copying->arena, ret, copying->why);
}

static struct err main_add(struct copying *copying) {
    struct rows tables, others;
    TRY(list_read(copying, STMT_BACKUP_TABLES, &tables));
    TRY(list_read(copying, STMT_BACKUP_OTHERS, &others));
    for (size_t i = 0; i < tables.count; i++) {
        seal_add(copying->seal, SPAN("S"));
        seal_add_text(copying->seal, rows_span(&tables, i, 1));
    }
    for (size_t i = 0; i < tables.count; i++)
        if (!backup_is_of_keys(rows_span(&tables, i, 0))) TRY(table_add(copying, rows_span(&tables, i, 0)));
    for (size_t i = 0; i < others.count; i++) {
        seal_add(copying->seal, SPAN("I"));
        seal_add_text(copying->seal, rows_span(&others, i, 0));
    }
    return err_none();
}

static struct err files_add(struct copying *copying) {
    const struct backup_plan *plan = copying->plan;
    if (plan->file_count > BACKUP_FILES_MAX)
        return why_set(copying->why, ERR_LIMIT, NULL, "backup.files", NULL, "too many files");
    for (size_t i = 0; i < plan->file_count; i++) {
        const struct backup_file *file = &plan->files[i];
        if (file->name.len > BACKUP_FILE_NAME_MAX || file->bytes.len > BACKUP_FILE_BYTES_MAX)
            return why_set(copying->why, ERR_LIMIT, NULL, "backup.files", NULL, "%.*s: the file or its name is too long",
                           SPAN_FMT(file->name));
        seal_add(copying->seal, SPAN("D"));
        seal_add_text(copying->seal, file->name);
        seal_add_text(copying->seal, file->bytes);
    }
    return err_none();
}

static struct err keys_add(struct copying *copying) {
    struct rows tables;
    TRY(files_add(copying));
    TRY(list_read(copying, STMT_BACKUP_TABLES, &tables));
    for (size_t i = 0; i < tables.count; i++)
        if (backup_is_of_keys(rows_span(&tables, i, 0))) TRY(table_add(copying, rows_span(&tables, i, 0)));
    return err_none();
}

static struct err erasures_add(struct copying *copying) {
    TRY(rows_add(copying, SPAN("erasure"), statement_texts()[STMT_BACKUP_ERASURES].sql));
    return rows_add(copying, SPAN("attachment"), statement_texts()[STMT_BACKUP_ERASED_ATTACHMENTS].sql);
}

static struct err part_write(struct copying *copying, enum backup_part part, const struct backup_about *about,
                             const struct seal_key *key) {
    static struct err (*const ADD[BACKUP_PARTS])(struct copying *) = {main_add, keys_add, erasures_add};
    seal_begin(copying->seal, copying->plan->sinks[part], part, about, key, copying->why);
    copying->rows = 0;
    struct err e = ADD[part](copying);
    seal_add(copying->seal, SPAN("E"));
    seal_add_u64(copying->seal, copying->rows);
    struct err ended = seal_end(copying->seal);
    progress_step(copying);
    copying->done_bytes += copying->seal->total_bytes;
    copying->seal->total_bytes = 0;
    return is_err(e) ? e : ended;
}

// What must hold before anything is written: a schema that can be copied, the size, the length of the log.
static struct err state_read(struct copying *copying, struct backup_about *about) {
    struct rows rows;
    TRY(list_read(copying, STMT_BACKUP_UNFIT, &rows));
    if (rows.count > 0)
        return why_set(copying->why, ERR_UNSUPPORTED, NULL, "backup.table", NULL, "the table %.*s can't be backed up",
                       SPAN_FMT(rows_span(&rows, 0, 0)));
    TRY(list_read(copying, STMT_BACKUP_BYTES, &rows));
    copying->about_bytes = (uint64_t)rows_int(&rows, 0, 0);
    TRY(list_read(copying, STMT_RECORD_COUNT, &rows));
    about->tree_size = rows_int(&rows, 0, 0);
    return err_none();
}

static struct err snapshot_write(struct copying *copying, const struct seal_key *key, struct backup_about *about) {
    TRY(state_read(copying, about));
    for (enum backup_part part = 0; part < BACKUP_PARTS; part++)
        if (copying->plan->sinks[part] != NULL) TRY(part_write(copying, part, about, key));
    const struct backup_progress *progress = copying->plan->progress;
    if (progress != NULL) progress->step(progress->self, copying->done_bytes, copying->done_bytes);
    return err_none();
}

static struct err about_make(const struct backup_plan *plan, struct seal_key *key, struct backup_about *about,
                             struct why *why) {
    size_t len = strlen(plan->node);
    if (len == 0 || len >= sizeof about->node)
        return why_set(why, ERR_INPUT, NULL, "backup.node", NULL, "the name of the node has 1 to 64 bytes");
    memcpy(about->node, plan->node, len);
    about->made_ms = plan->now_ms;
    *key = (struct seal_key){.operations = plan->secret->is_passphrase ? SEAL_OPERATIONS : 0,
                             .memory_bytes = plan->secret->is_passphrase ? SEAL_MEMORY_BYTES : 0};
    if (sodium_init() < 0) return why_set(why, ERR_UNSUPPORTED, NULL, "backup.sodium", NULL, "libsodium can't start");
    uint8_t id[16];
    randombytes_buf(id, sizeof id);
    randombytes_buf(key->salt, sizeof key->salt);
    (void)sodium_bin2hex(about->id, sizeof about->id, id, sizeof id);
    return seal_key_derive(key, plan->secret, why);
}

struct err store_backup(struct store *store, const struct backup_plan *plan, struct backup_about *ret,
                        struct why *why) {
    struct seal_key key;
    struct backup_about about = {.made_ms = 0};
    TRY(about_make(plan, &key, &about, why));
    struct copying copying = {.plan = plan, .why = why, .seal = mem_take(sizeof *copying.seal)};
    struct err e = err_none();
    if (copying.seal == NULL) e = why_set(why, ERR_MEMORY, NULL, "backup.memory", NULL, "no memory left");
    if (!is_err(e)) e = store_connect(store, STORE_READ, &copying.conn, why);
    if (!is_err(e)) {
        arena_init(&copying.arena, 4 * 1024 * 1024);
        e = store_snapshot_begin(copying.conn, why);
        if (!is_err(e)) e = snapshot_write(&copying, &key, &about);
        store_snapshot_end(copying.conn);
        store_disconnect(copying.conn);
        arena_fini(&copying.arena);
    }
    mem_give(copying.seal);
    sodium_memzero(&key, sizeof key);
    if (!is_err(e)) *ret = about;
    return e;
}
