// SPDX-License-Identifier: EUPL-1.2
/*
 * The store under a failing disk. A workload of groups of commits runs through store.h on the VFS of vfs.h; at a chosen
 * operation the power goes, the disk is full, or an I/O error comes (and then the power as well). After each, the store
 * is opened again and must hold every acknowledged commit, none by half, nothing that was rolled back, and be sound.
 *
 *     crash_store [runs a fault (60; 600 with VARDE_LONG)] [first seed]
 *
 * Prints counts. A run that fails prints how to repeat it. First come the canaries: a disk whose syncs lie must be
 * caught losing commits, or this test proves nothing.
 */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "store/store.h"
#include "vfs.h"

enum { FILINGS = 90, PARTS = 3, GROUP_MAX = 8 };

enum outcome { NOT_TRIED, ROLLED_BACK, UNKNOWN, ACKNOWLEDGED };
struct ledger {
    enum outcome filings[FILINGS];
    int groups[FILINGS]; // which were committed together
    unsigned acknowledged;
    bool was_opened; // the schema was acknowledged
};

static char directory[64], file[96];

// The value of a part: a text whose length and content follow from the numbers, some of them over several pages.
static struct span part_text(int filing, int part, char text[8192]) {
    size_t len = (size_t)(40 + filing * 977 % 400 + (filing % 13 == 0 ? part * 3000 : 0));
    for (size_t i = 0; i < len; i++) text[i] = (char)('a' + (i * 7 + (size_t)filing * 31 + (size_t)part) % 26);
    return span_make(text, len);
}

static struct span part_name(int filing, int part, char name[32]) { // spread over the tree
    (void)snprintf(name, 32, "%02d.%d.%03d", filing * 37 % 100, part, filing);
    return span_of(name);
}

static struct err filing_write(struct store_conn *conn, int filing) {
    char name[32], text[8192];
    for (int part = 0; part < PARTS; part++) {
        struct value params[] = {value_text(part_name(filing, part, name)), value_text(part_text(filing, part, text))};
        TRY(store_write(conn, STMT_STORE_META_ADD, params, 2, NULL, NULL));
    }
    char number[16];
    (void)snprintf(number, sizeof number, "%d", filing);
    struct value params[] = {value_text(SPAN("counter")), value_text(span_of(number))};
    return store_write(conn, STMT_STORE_META_SET, params, 2, NULL, NULL);
}

// One filing of a group, in a savepoint; every seventh is given up after its writes.
static struct err filing_try(struct store_conn *conn, int filing, struct ledger *ledger) {
    TRY(store_savepoint(conn, NULL));
    struct err e = filing_write(conn, filing);
    if (is_err(e) || filing % 7 == 3) {
        store_rollback_savepoint(conn);
        ledger->filings[filing] = ROLLED_BACK;
        return e;
    }
    ledger->filings[filing] = UNKNOWN;
    return store_release(conn, NULL);
}

static void group_mark(struct ledger *ledger, int from, int to, enum outcome outcome) {
    for (int i = from; i < to; i++)
        if (ledger->filings[i] == UNKNOWN) {
            ledger->filings[i] = outcome;
            if (outcome == ACKNOWLEDGED) ledger->acknowledged++;
        }
}

static struct err group_commit(struct store_conn *conn, int from, int to, struct ledger *ledger) {
    TRY(store_begin(conn, NULL));
    struct err e = err_none();
    for (int i = from; i < to && !is_err(e); i++) {
        e = filing_try(conn, i, ledger);
        ledger->groups[i] = from;
    }
    if (is_err(e) || from % 11 == 5) { // every so often a whole group is given up
        store_rollback(conn);
        group_mark(ledger, from, to, ROLLED_BACK);
        return e;
    }
    e = store_commit(conn, NULL);
    if (!is_err(e)) group_mark(ledger, from, to, ACKNOWLEDGED); // else UNKNOWN: the disk may have it or not
    return e;
}

static struct err session(int *filing, struct ledger *ledger) {
    struct store *store = NULL;
    struct store_conn *conn = NULL;
    TRY(store_open(file, true, &store, NULL));
    ledger->was_opened = true;
    struct err e = store_connect(store, STORE_WRITE, &conn, NULL);
    int stop_at = *filing + 31; // a clean close and reopening now and then
    while (!is_err(e) && *filing < FILINGS && *filing < stop_at) {
        int to = *filing + 1 + *filing * 5 % GROUP_MAX;
        if (to > FILINGS) to = FILINGS;
        e = group_commit(conn, *filing, to, ledger);
        *filing = to;
        if (is_err(e) && !store_is_broken(conn) && !fault_vfs_is_dead()) e = err_none(); // the writer goes on
        if (!is_err(e) && to % 3 == 0) e = store_checkpoint(store, NULL);
        if (!is_err(e) && to % 10 == 0) e = store_checkpoint_truncate(store, NULL);
    }
    store_disconnect(conn);
    store_close(store);
    return e;
}

// Works until all filings were tried or the power is gone. A broken connection ends a session, as it would end the role; a
// full disk does not.
static void workload(struct ledger *ledger) {
    int filing = 0;
    for (int sessions = 0; filing < FILINGS && sessions < 40; sessions++) {
        struct err e = session(&filing, ledger);
        if (is_err(e) && fault_vfs_is_dead()) return;
    }
}

static const char *fault; // the first thing found wrong
static void wrong(const char *words) {
    if (fault == NULL) fault = words;
}

static bool part_is_there(struct store_conn *conn, int filing, int part) {
    char name[32], text[8192];
    struct arena arena;
    arena_init(&arena, 1 << 16);
    struct value params[] = {value_text(part_name(filing, part, name))};
    struct rows rows = {0};
    if (is_err(store_read(conn, STMT_STORE_META_GET, params, 1, &arena, &rows, NULL))) wrong("a read failed");
    bool is_there = rows.count == 1;
    if (is_there && !span_equals(rows_span(&rows, 0, 0), part_text(filing, part, text))) wrong("a value is another");
    arena_fini(&arena);
    return is_there;
}

static void filings_check(struct store_conn *conn, const struct ledger *ledger) {
    int group_seen = -1;
    bool group_is_there = false;
    for (int i = 0; i < FILINGS; i++) {
        int parts = 0;
        for (int part = 0; part < PARTS; part++) parts += part_is_there(conn, i, part) ? 1 : 0;
        if (parts != 0 && parts != PARTS) wrong("a filing is there by half");
        if (parts == 0 && ledger->filings[i] == ACKNOWLEDGED) wrong("an acknowledged filing is gone");
        if (parts != 0 && ledger->filings[i] <= ROLLED_BACK) wrong("a filing that was given up is there");
        if (ledger->filings[i] != UNKNOWN) continue;
        if (group_seen == ledger->groups[i] && group_is_there != (parts != 0)) wrong("a group is there by half");
        group_seen = ledger->groups[i];
        group_is_there = parts != 0;
    }
}

static void soundness_check(void) {
    sqlite3 *db = NULL;
    sqlite3_stmt *stmt = NULL;
    bool is_sound = sqlite3_open(file, &db) == SQLITE_OK &&
                    sqlite3_prepare_v2(db, "PRAGMA integrity_check", -1, &stmt, NULL) == SQLITE_OK &&
                    sqlite3_step(stmt) == SQLITE_ROW && strcmp((const char *)sqlite3_column_text(stmt, 0), "ok") == 0;
    if (!is_sound) wrong("the database is not sound");
    (void)sqlite3_finalize(stmt);
    (void)sqlite3_close(db);
}

static void aftermath(const struct ledger *ledger) {
    struct store *store = NULL;
    struct store_conn *conn = NULL;
    if (is_err(store_open(file, true, &store, NULL))) {
        wrong("the store does not open again");
        return;
    }
    if (is_err(store_connect(store, STORE_WRITE, &conn, NULL))) {
        wrong("no connection");
        store_close(store);
        return;
    }
    filings_check(conn, ledger);
    struct value params[] = {value_text(SPAN("after")), value_text(SPAN("works"))};
    if (is_err(store_begin(conn, NULL)) || is_err(store_write(conn, STMT_STORE_META_ADD, params, 2, NULL, NULL)) ||
        is_err(store_commit(conn, NULL)))
        wrong("the store can't be written any more");
    store_disconnect(conn);
    store_close(store);
    soundness_check();
}

static void files_remove(void) {
    static const char *const ENDINGS[] = {"", "-wal", "-shm", "-journal"};
    for (size_t i = 0; i < 4; i++) {
        char path[128];
        (void)snprintf(path, sizeof path, "%s%s", file, ENDINGS[i]);
        (void)unlink(path);
    }
}

// One run under a plan. What it counted is in LEDGER; returns what is wrong, or NULL.
static const char *run(const struct fault_plan *plan, struct ledger *ledger, uint64_t *ret_operations) {
    *ledger = (struct ledger){.acknowledged = 0};
    fault = NULL;
    files_remove();
    fault_vfs_arm(plan);
    workload(ledger);
    if (plan->is_lying && !fault_vfs_is_dead()) fault_vfs_power_off();
    *ret_operations = fault_vfs_operations();
    fault_vfs_restart();
    aftermath(ledger);
    fault_vfs_restart();
    return fault;
}

static int canary(uint64_t total) {
    struct ledger ledger;
    uint64_t operations = 0;
    unsigned caught = 0;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        struct fault_plan plan = {.kind = FAULT_POWER, .at_operation = total * 3 / 4, .seed = seed, .is_lying = true};
        if (run(&plan, &ledger, &operations) != NULL) caught++;
    }
    (void)printf("canary: a disk that lies about syncs was caught %u times of 20\n", caught);
    return caught > 0 ? 0 : 1;
}

static int faults(const char *name, struct fault_plan plan, uint64_t runs, uint64_t total) {
    struct ledger ledger;
    uint64_t operations = 0, acknowledged = 0, struck = 0;
    for (uint64_t i = 0; i < runs; i++) {
        plan.seed++;
        plan.at_operation = runs >= total ? i % total : i * total / runs;
        const char *found = run(&plan, &ledger, &operations);
        acknowledged += ledger.acknowledged;
        struck += fault_vfs_has_struck() ? 1 : 0;
        if (found == NULL) continue;
        (void)printf("%s: %s (operation %llu, seed %llu)\n", name, found, (unsigned long long)plan.at_operation,
                     (unsigned long long)plan.seed);
        return 1;
    }
    (void)printf("%s: %llu runs, %llu struck, %llu commits acknowledged, 0 lost, 0 by half\n", name,
                 (unsigned long long)runs, (unsigned long long)struck, (unsigned long long)acknowledged);
    return struck > 0 ? 0 : 1;
}

int main(int argc, char **argv) {
    const char *is_long = getenv("VARDE_LONG");
    uint64_t runs = argc > 1 ? strtoull(argv[1], NULL, 10) : is_long != NULL && is_long[0] != '\0' ? 600 : 60;
    uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 10) : 1000;
    (void)snprintf(directory, sizeof directory, "/tmp/varde-crash-XXXXXX");
    if (mkdtemp(directory) == NULL) return 1;
    (void)snprintf(file, sizeof file, "%s/node.db", directory);
    store_use_vfs(fault_vfs_register());
    struct ledger ledger;
    uint64_t total = 0;
    const char *found = run(&(struct fault_plan){.kind = FAULT_NONE}, &ledger, &total);
    (void)printf("without faults: %llu operations, %u commits acknowledged%s%s\n", (unsigned long long)total,
                 ledger.acknowledged, found == NULL ? "" : ": ", found == NULL ? "" : found);
    int failed = found != NULL ? 1 : 0;
    failed += canary(total);
    static const struct {
        const char *name;
        uint64_t share; // of the runs
        struct fault_plan plan;
    } KINDS[] = {
        {"power lost", 4, {.kind = FAULT_POWER}},
        {"disk full", 1, {.kind = FAULT_FULL, .lasting_operations = 20}},
        {"I/O error", 1, {.kind = FAULT_EIO}},
        {"I/O error, then power lost", 1, {.kind = FAULT_EIO, .power_off_after = 9}},
        {"disk full, then power lost", 1, {.kind = FAULT_FULL, .lasting_operations = 5, .power_off_after = 12}},
    };
    enum { KIND_COUNT = sizeof KINDS / sizeof KINDS[0] };
    for (size_t i = 0; i < KIND_COUNT; i++) {
        struct fault_plan plan = KINDS[i].plan;
        plan.seed = seed;
        failed += faults(KINDS[i].name, plan, runs * KINDS[i].share, total);
    }
    (void)printf("%d passed, %d failed\n", KIND_COUNT + 2 - failed, failed);
    files_remove();
    (void)rmdir(directory);
    return failed == 0 ? 0 : 1;
}
