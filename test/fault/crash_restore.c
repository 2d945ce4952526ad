// SPDX-License-Identifier: EUPL-1.2
/*
 * A restore under a failing disk: when store_restore has said that it succeeded, the database must be whole even if the
 * power goes in that instant; when the power went before, it must not have said so.
 *
 *     crash_restore [runs (60; 600 with VARDE_LONG)]
 */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "store/backup.h"
#include "vfs.h"

enum { ROWS = 300, PART_BYTES_MAX = 16 * 1024 * 1024 };

static char directory[64], file[96], restored[96];
static const struct backup_secret SECRET = {.bytes = {(const uint8_t *)"thirty-two bytes of a key file..", 32}};

struct part {
    struct buf buf;
    size_t at;
};
static struct part parts[BACKUP_PARTS];

static struct err part_write(void *self, struct span bytes, struct why *why) {
    (void)why;
    buf_add(&((struct part *)self)->buf, bytes);
    return err_none();
}
static struct err part_read(void *self, uint8_t *at, size_t len, size_t *ret_len, struct why *why) {
    (void)why;
    struct part *part = self;
    size_t left = part->buf.len - part->at;
    *ret_len = left < len ? left : len;
    if (*ret_len > 0) memcpy(at, part->buf.at + part->at, *ret_len);
    part->at += *ret_len;
    return err_none();
}

static bool backup_make(void) {
    struct store *store = NULL;
    struct store_conn *conn = NULL;
    struct backup_about about;
    struct backup_sink sinks[BACKUP_PARTS];
    struct backup_plan plan = {.node = "LU", .now_ms = 1, .secret = &SECRET};
    if (is_err(store_open(file, true, &store, NULL)) || is_err(store_connect(store, STORE_WRITE, &conn, NULL)) ||
        is_err(store_begin(conn, NULL)))
        return false;
    bool is_good = true;
    for (int i = 0; i < ROWS; i++) {
        char name[32], text[512];
        (void)snprintf(name, sizeof name, "row.%d", i);
        memset(text, 'a' + i % 26, sizeof text);
        struct value params[] = {value_text(span_of(name)), value_text(span_make(text, sizeof text))};
        is_good = is_good && !is_err(store_write(conn, STMT_STORE_META_ADD, params, 2, NULL, NULL));
    }
    is_good = is_good && !is_err(store_commit(conn, NULL));
    for (size_t i = 0; i < BACKUP_PARTS; i++) {
        buf_init(&parts[i].buf, NULL, PART_BYTES_MAX);
        sinks[i] = (struct backup_sink){&parts[i], part_write};
        plan.sinks[i] = &sinks[i];
    }
    is_good = is_good && !is_err(store_backup(store, &plan, &about, NULL));
    store_disconnect(conn);
    store_close(store);
    return is_good;
}

static struct err restore(void) {
    struct backup_source sources[BACKUP_PARTS];
    struct restore_plan plan = {.secret = &SECRET, .main = &sources[0], .keys = &sources[1], .erasure_count = 1};
    struct restore_result result;
    for (size_t i = 0; i < BACKUP_PARTS; i++) {
        sources[i] = (struct backup_source){&parts[i], part_read};
        parts[i].at = 0;
    }
    plan.erasures[0] = &sources[2];
    return store_restore(restored, &plan, &result, NULL);
}

static bool is_whole(void) {
    sqlite3 *db = NULL;
    sqlite3_stmt *stmt = NULL;
    static const char SQL[] = "SELECT (SELECT integrity_check FROM pragma_integrity_check LIMIT 1) = 'ok' AND "
                              "(SELECT count(*) FROM meta WHERE name LIKE 'row.%' AND length(value) = 512) = 300 AND "
                              "(SELECT count(*) FROM meta WHERE name = 'restore.backup') = 1";
    bool is_good = sqlite3_open(restored, &db) == SQLITE_OK &&
                   sqlite3_prepare_v2(db, SQL, -1, &stmt, NULL) == SQLITE_OK && sqlite3_step(stmt) == SQLITE_ROW &&
                   sqlite3_column_int(stmt, 0) == 1;
    (void)sqlite3_finalize(stmt);
    (void)sqlite3_close(db);
    return is_good;
}

static void files_remove(const char *path) {
    static const char *const ENDINGS[] = {"", "-wal", "-shm", "-journal"};
    for (size_t i = 0; i < 4; i++) {
        char name[128];
        (void)snprintf(name, sizeof name, "%s%s", path, ENDINGS[i]);
        (void)unlink(name);
    }
}

// One restore with the power lost at the operation, or right after the restore ended.
static bool run(uint64_t operation, uint64_t seed, bool is_lying, bool *ret_succeeded, uint64_t *ret_operations) {
    files_remove(restored);
    fault_vfs_arm(
        &(struct fault_plan){.kind = FAULT_POWER, .at_operation = operation, .seed = seed, .is_lying = is_lying});
    *ret_succeeded = !is_err(restore());
    *ret_operations = fault_vfs_operations();
    bool was_dead = fault_vfs_is_dead();
    if (!was_dead) fault_vfs_power_off();
    fault_vfs_restart();
    if (*ret_succeeded) return is_whole();
    return was_dead; // it failed without a reason
}

int main(int argc, char **argv) {
    const char *is_long = getenv("VARDE_LONG");
    uint64_t runs = argc > 1 ? strtoull(argv[1], NULL, 10) : is_long != NULL && is_long[0] != '\0' ? 600 : 60;
    uint64_t total = 0, operations = 0, succeeded = 0, caught = 0;
    (void)snprintf(directory, sizeof directory, "/tmp/varde-crash-XXXXXX");
    if (mkdtemp(directory) == NULL) return 1;
    (void)snprintf(file, sizeof file, "%s/node.db", directory);
    (void)snprintf(restored, sizeof restored, "%s/restored.db", directory);
    if (!backup_make()) return 1;
    store_use_vfs(fault_vfs_register());
    bool has_succeeded = false;
    int failed = run(UINT64_MAX, 1, false, &has_succeeded, &total) && has_succeeded ? 0 : 1;
    for (uint64_t seed = 1; seed <= 20; seed++)
        if (!run(UINT64_MAX, seed, true, &has_succeeded, &operations)) caught++;
    (void)printf("canary: a disk that lies about syncs was caught %llu times of 20\n", (unsigned long long)caught);
    if (caught == 0) failed++;
    for (uint64_t i = 0; i < runs; i++) {
        // the last operations, and behind the end, tell most
        uint64_t operation = i % 2 == 0 ? i * total / runs : total - 20 + i % 40;
        if (!run(operation, i, false, &has_succeeded, &operations)) {
            (void)printf("power lost: operation %llu, seed %llu\n", (unsigned long long)operation,
                         (unsigned long long)i);
            failed++;
            break;
        }
        succeeded += has_succeeded ? 1 : 0;
    }
    (void)printf("power lost: %llu runs over %llu operations, %llu restores acknowledged\n", (unsigned long long)runs,
                 (unsigned long long)total, (unsigned long long)succeeded);
    if (succeeded == 0) failed++;
    files_remove(file);
    files_remove(restored);
    (void)rmdir(directory);
    for (size_t i = 0; i < BACKUP_PARTS; i++) buf_fini(&parts[i].buf);
    (void)printf("%d passed, %d failed\n", 3 - (failed > 3 ? 3 : failed), failed);
    return failed == 0 ? 0 : 1;
}
