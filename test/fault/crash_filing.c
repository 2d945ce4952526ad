// SPDX-License-Identifier: EUPL-1.2
/*
 * Filings under a failing disk. Groups of filings by several persons (registrations, early warnings, notifications, answers,
 * erasures, refused and repeated ones) are decided and written as the node's writer does it, on the VFS of vfs.h; at a chosen
 * operation the power goes. Afterwards, on a disk that is well again: every acknowledged filing is there and proves itself,
 * every record is in the tree, the log has no gap, the derived tables are those that a rebuild makes, a key against repetition
 * is there exactly where its filing is, what was erased stays erased, and no group is there by half.
 *
 *     crash_filing [runs (160; 3000 with VARDE_LONG)] [first seed]
 *
 * Prints counts. A run that fails prints how to repeat it. First comes the canary: a disk whose syncs lie must be caught.
 */
#include <unistd.h>

#include "../unit/service/filing_world.h"
#include "vfs.h"

enum { GROUPS = 16, GROUP_MAX = 5, ARENA_BYTES = 192 * 1024 * 1024, TAKEN_MAX = GROUPS * GROUP_MAX };

enum outcome { ROLLED_BACK, UNKNOWN, ACKNOWLEDGED };
struct taken { // a filing that the writer took in
    struct filed filed;
    enum outcome outcome;
    unsigned group;
    bool is_new_entity;
    int64_t seq;
};
struct ledger {
    struct taken taken[TAKEN_MAX];
    size_t count;
    unsigned acknowledged, refused, repeats, decided_again, erasures;
};

static char directory[64], file[96], template_file[96];
static struct filing_world *world;
static struct arena arena;
static const char *fault;

static void wrong(const char *words) {
    if (fault == NULL) fault = words;
}

static void take(struct ledger *ledger, const struct deed *deed, unsigned group) {
    if (deed->plan.is_repeat) {
        ledger->repeats++;
        return;
    }
    struct taken *taken = &ledger->taken[ledger->count++];
    *taken = (struct taken){.outcome = UNKNOWN, .group = group, .is_new_entity = deed->plan.is_new_entity, .seq = deed->seq};
    filed_of(deed, &taken->filed);
}

// Workers decide on what is committed; then the writer takes them one after another, so that some stand on what has moved.
static struct err group_write(struct store_conn *conn, struct log_edge *edge, struct ledger *ledger, unsigned group, bool gives_up) {
    struct deed *deeds = arena_take_array(&arena, GROUP_MAX, sizeof *deeds);
    size_t count = 1 + (size_t)world_draw(world, GROUP_MAX);
    size_t first = ledger->count;
    struct log_edge before = *edge;
    if (deeds == NULL) return err_make(ERR_MEMORY);
    for (size_t i = 0; i < count; i++) {
        if (i > 0 && world_draw(world, 8) == 0) { // the same request twice in one group
            deeds[i] = deeds[i - 1];
            deeds[i].request.idempotency_key = span_of(deeds[i].key);
            deeds[i].request.fields = &deeds[i].fields;
        } else {
            TRY(deed_draw(world, &deeds[i], true, &arena, NULL));
        }
        TRY(deed_decide(world, &deeds[i], conn, &arena, NULL));
    }
    TRY(store_begin(conn, NULL));
    struct err e = err_none();
    for (size_t i = 0; i < count && !is_err(e); i++) {
        if (!deeds[i].is_decided) {
            ledger->refused++;
            continue;
        }
        deeds[i].plan.request = &deeds[i].request;
        deeds[i].plan.principal = &deeds[i].principal;
        e = deed_write(world, &deeds[i], conn, edge, &arena, NULL);
        if (!is_err(e) && is_err(deeds[i].result)) ledger->refused++;
        if (!is_err(e) && !is_err(deeds[i].result)) take(ledger, &deeds[i], group);
    }
    enum outcome outcome = ACKNOWLEDGED;
    if (is_err(e) || gives_up) {
        store_rollback(conn);
        *edge = before;
        outcome = ROLLED_BACK;
    } else {
        e = store_commit(conn, NULL);
        if (is_err(e)) outcome = UNKNOWN; // the disk may have it or not
    }
    for (size_t i = first; i < ledger->count; i++) {
        struct taken *taken = &ledger->taken[i];
        taken->outcome = outcome;
        if (outcome != ACKNOWLEDGED) continue;
        ledger->acknowledged++;
        if (strcmp(taken->filed.document, "erasure") == 0) ledger->erasures++;
        world_acknowledge(world, &taken->filed, taken->is_new_entity);
    }
    return e;
}

static struct err session(struct ledger *ledger) {
    struct store *store = NULL;
    struct store_conn *conn = NULL;
    struct log_edge edge;
    TRY(store_open(file, false, &store, NULL));
    struct err e = store_connect(store, STORE_WRITE, &conn, NULL);
    if (!is_err(e)) e = record_edge_load(conn, &arena, &edge, NULL);
    for (unsigned group = 0; group < GROUPS && !is_err(e); group++) {
        world->now_ms += 1000 + (int64_t)world_draw(world, MS_PER_HOUR);
        e = group_write(conn, &edge, ledger, group, group == 5);
        bool has_erased = atomic_exchange(&world->services.has_erased, false);
        if (!is_err(e) && has_erased) e = store_checkpoint_truncate(store, NULL);
        if (!is_err(e) && group % 3 == 2) e = store_checkpoint(store, NULL);
    }
    store_disconnect(conn);
    store_close(store);
    return e;
}

static int64_t key_count(const struct taken *taken) {
    char sql[256];
    (void)snprintf(sql, sizeof sql, "SELECT count(*) FROM idempotency WHERE person_id = '%s' AND key = '%s' AND filing_id = '%s'",
                   world->filers[taken->filed.filer].id, taken->filed.key, taken->filed.filing);
    return number_of(file, sql);
}

static void filings_check(struct store_conn *conn, const struct ledger *ledger) {
    int group_seen = -1;
    bool group_is_there = false;
    size_t there = 0;
    for (size_t i = 0; i < ledger->count; i++) {
        const struct taken *taken = &ledger->taken[i];
        struct record_open record;
        struct err e = record_read(conn, span_of(taken->filed.filing), &arena, &record, NULL);
        bool is_there = !is_err(e);
        if (!is_there && e.code != ERR_NOT_FOUND) wrong("a filing does not prove itself");
        if (is_there) there++;
        if (is_there && record.seq != taken->seq) wrong("a filing stands at another place of the log");
        if (!is_there && taken->outcome == ACKNOWLEDGED) wrong("an acknowledged filing is gone");
        if (is_there && taken->outcome == ROLLED_BACK) wrong("a filing that was given up is there");
        if (taken->filed.key[0] != '\0' && (key_count(taken) == 1) != is_there) wrong("a key against repetition without its filing, or a filing without it");
        if (taken->outcome != UNKNOWN) continue;
        if (group_seen == (int)taken->group && group_is_there != is_there) wrong("a group is there by half");
        group_seen = (int)taken->group;
        group_is_there = is_there;
    }
    if (number_of(file, "SELECT count(*) FROM record") != (int64_t)there) wrong("a record that nobody filed");
    if (number_of(file, "SELECT count(*) - coalesce(max(seq) + 1, 0) FROM record") != 0) wrong("the log has a gap");
    if (number_of(file, "SELECT count(*) FROM idempotency WHERE filing_id NOT IN (SELECT filing_id FROM record)") != 0) wrong("a key of no filing");
    if (number_of(file, "SELECT count(*) FROM erasure e JOIN field_key k ON k.record_seq = e.record_seq AND k.item = e.item") != 0)
        wrong("a key that was erased is there");
    if (number_of(file, "SELECT count(*) FROM outbox WHERE filing_id NOT IN (SELECT filing_id FROM record)") != 0) wrong("a message of no filing");
    if (number_of(file, "SELECT count(*) FROM mandate WHERE entity NOT IN (SELECT id FROM entity)") != 0) wrong("a mandate for no entity");
    if (number_of(file, "SELECT count(*) FROM entity WHERE id NOT IN (SELECT entity FROM mandate)") != 0) wrong("an entity without its first mandate");
    if (number_of(file, "SELECT count(*) FROM pragma_integrity_check WHERE integrity_check <> 'ok'") != 0) wrong("the database is not sound");
}

static void aftermath(const struct ledger *ledger) {
    struct store *store = NULL;
    struct store_conn *conn = NULL;
    uint64_t size = 0;
    arena_reset(&arena);
    if (is_err(store_open(file, false, &store, NULL))) {
        wrong("the store does not open again");
        return;
    }
    if (is_err(store_connect(store, STORE_WRITE, &conn, NULL))) {
        wrong("no connection");
        store_close(store);
        return;
    }
    filings_check(conn, ledger);
    const char *found = records_wrong(conn, &arena, &size);
    if (found != NULL) wrong(found);
    struct why why = {0};
    found = derived_wrong(world, conn, file, &why);
    if (found != NULL) wrong(found); // the table that is another
    struct log_edge edge;
    struct ledger more = {.count = 0};
    if (is_err(record_edge_load(conn, &arena, &edge, NULL)) || is_err(group_write(conn, &edge, &more, GROUPS, false))) wrong("nothing can be filed any more");
    store_disconnect(conn);
    store_close(store);
}

static void files_remove(const char *of) {
    static const char *const ENDINGS[] = {"", "-wal", "-shm", "-journal"};
    for (size_t i = 0; i < 4; i++) {
        char path[128];
        (void)snprintf(path, sizeof path, "%s%s", of, ENDINGS[i]);
        (void)unlink(path);
    }
}

static bool file_copy(const char *from, const char *to) {
    char bytes[65536];
    FILE *in = fopen(from, "rb"), *out = fopen(to, "wb");
    bool is_good = in != NULL && out != NULL;
    for (size_t len; is_good && (len = fread(bytes, 1, sizeof bytes, in)) > 0;) is_good = fwrite(bytes, 1, len, out) == len;
    if (in != NULL) (void)fclose(in);
    if (out != NULL && fclose(out) != 0) is_good = false;
    return is_good;
}

// A database with the persons, and nothing filed; each run begins with a copy.
static struct err template_make(struct why *why) {
    struct store *store = NULL;
    struct store_conn *conn = NULL;
    TRY(store_open(template_file, true, &store, why));
    struct err e = store_connect(store, STORE_WRITE, &conn, why);
    if (!is_err(e)) e = world_people(world, conn, &arena, why);
    store_disconnect(conn);
    store_close(store);
    return e;
}

static const char *run(const struct fault_plan *plan, uint64_t draw_seed, struct ledger *ledger, uint64_t *ret_operations) {
    *ledger = (struct ledger){.count = 0};
    fault = NULL;
    files_remove(file);
    arena_reset(&arena);
    if (!file_copy(template_file, file)) return "no copy of the database";
    world_begin(world, draw_seed);
    uint64_t again = atomic_load(&world->services.counters[COUNT_DECIDED_AGAIN]);
    fault_vfs_arm(plan);
    struct err e = session(ledger);
    if (is_err(e) && !fault_vfs_is_dead()) wrong("an error without a fault of the disk");
    ledger->decided_again = (unsigned)(atomic_load(&world->services.counters[COUNT_DECIDED_AGAIN]) - again);
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
    for (uint64_t seed = 1; seed <= 5; seed++) {
        struct fault_plan plan = {.kind = FAULT_POWER, .at_operation = total * 3 / 4, .seed = seed, .is_lying = true};
        if (run(&plan, 1, &ledger, &operations) != NULL) caught++;
    }
    (void)printf("canary: a disk that lies about syncs was caught %u times of 5\n", caught);
    return caught > 0 ? 0 : 1;
}

static int power(uint64_t runs, uint64_t seed) {
    enum { DRAWS = 4 }; // sequences of filings
    struct ledger ledger;
    uint64_t totals[DRAWS], operations = 0, acknowledged = 0, taken = 0, struck = 0, again = 0, repeats = 0, erasures = 0;
    for (uint64_t draw = 0; draw < DRAWS; draw++) {
        const char *found = run(&(struct fault_plan){.kind = FAULT_NONE}, seed + draw, &ledger, &totals[draw]);
        if (found == NULL) continue;
        (void)printf("without faults: %s (filings %llu)\n", found, (unsigned long long)(seed + draw));
        return 1;
    }
    for (uint64_t i = 0; i < runs; i++) {
        uint64_t draw = i % DRAWS, total = totals[draw], of = (runs + DRAWS - 1) / DRAWS;
        struct fault_plan plan = {.kind = FAULT_POWER, .seed = seed + i, .at_operation = of >= total ? i / DRAWS % total : i / DRAWS * total / of};
        const char *found = run(&plan, seed + draw, &ledger, &operations);
        acknowledged += ledger.acknowledged;
        taken += ledger.count;
        repeats += ledger.repeats;
        again += ledger.decided_again;
        erasures += ledger.erasures;
        struck += fault_vfs_has_struck() ? 1 : 0;
        if (found == NULL) continue;
        (void)printf("power lost: %s (operation %llu, seed %llu, filings %llu)\n", found, (unsigned long long)plan.at_operation,
                     (unsigned long long)plan.seed, (unsigned long long)(seed + draw));
        return 1;
    }
    (void)printf("power lost: %llu runs, %llu struck; %llu filings written, %llu acknowledged (%llu of them erasures), %llu decided again, %llu "
                 "repeats; 0 lost, 0 by half\n",
                 (unsigned long long)runs, (unsigned long long)struck, (unsigned long long)taken, (unsigned long long)acknowledged,
                 (unsigned long long)erasures, (unsigned long long)again, (unsigned long long)repeats);
    return struck > 0 && acknowledged > 0 && erasures > 0 && repeats > 0 && again > 0 ? 0 : 1;
}

int main(int argc, char **argv) {
    const char *is_long = getenv("VARDE_LONG");
    uint64_t runs = argc > 1 ? strtoull(argv[1], NULL, 10) : is_long != NULL && is_long[0] != '\0' ? 3000 : 160;
    uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
    struct why why = {0};
    (void)snprintf(directory, sizeof directory, "/tmp/varde-crash-XXXXXX");
    world = mem_take(sizeof *world);
    if (world == NULL || mkdtemp(directory) == NULL || sodium_init() < 0) return 1;
    (void)snprintf(file, sizeof file, "%s/node.db", directory);
    (void)snprintf(template_file, sizeof template_file, "%s/people.db", directory);
    arena_init(&arena, ARENA_BYTES);
    store_use_vfs(fault_vfs_register());
    struct err e = world_open(world, &why);
    world_begin(world, seed);
    if (!is_err(e)) e = template_make(&why);
    if (is_err(e)) {
        (void)printf("no world: %s\n0 passed, 1 failed\n", why.words);
        return 1;
    }
    struct ledger ledger;
    uint64_t total = 0;
    const char *found = run(&(struct fault_plan){.kind = FAULT_NONE}, seed, &ledger, &total);
    (void)printf("without faults: %llu operations, %u filings acknowledged, %u refused%s%s\n", (unsigned long long)total, ledger.acknowledged,
                 ledger.refused, found == NULL ? "" : ": ", found == NULL ? "" : found);
    int failed = found != NULL ? 1 : 0;
    if (failed == 0) failed += canary(total) + power(runs, seed);
    (void)printf("%d passed, %d failed\n", failed == 0 ? 3 : 0, failed);
    world_close(world);
    arena_fini(&arena);
    mem_give(world);
    files_remove(file);
    files_remove(template_file);
    (void)rmdir(directory);
    return failed == 0 ? 0 : 1;
}
