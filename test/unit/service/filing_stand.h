// SPDX-License-Identifier: EUPL-1.2
/*
 * The stand on which test/unit/service/filing.c tries filings: a fresh database for a drawn world, and filing into it one
 * transaction each. Only for that program.
 */
#ifndef TEST_UNIT_SERVICE_FILING_STAND_H
#define TEST_UNIT_SERVICE_FILING_STAND_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <unistd.h>

#include "filing_world.h"

enum { FILINGS = 60, ARENA_BYTES = 512 * 1024 * 1024 };

static struct filing_world *world;
static char directory[64], file[96], scratch_file[96];
static struct arena arena;
static struct store *store;
static struct store_conn *conn;
static struct log_edge edge;
static struct why why;
static uint64_t seeds = 4, seed_first = 1, seed_now;

static void must_at(struct err e, int line) {
    if (is_err(e)) fail_msg("line %d, seed %llu: %s: %s (%s)", line, (unsigned long long)seed_now, err_name(e.code), why.words, why.rule);
}
#define must(EXPR) must_at((EXPR), __LINE__)
static void sound_at(const char *found, int line) {
    if (found != NULL) fail_msg("line %d, seed %llu: %s %s", line, (unsigned long long)seed_now, found, why.words);
}
#define sound(FOUND) sound_at((FOUND), __LINE__)

static void database_remove(const char *of) {
    static const char *const ENDINGS[] = {"", "-wal", "-shm"};
    for (size_t i = 0; i < 3; i++) {
        char path[128];
        (void)snprintf(path, sizeof path, "%s%s", of, ENDINGS[i]);
        (void)unlink(path);
    }
}

static void node_begin(uint64_t seed) {
    seed_now = seed;
    why = (struct why){0};
    arena_reset(&arena);
    world_begin(world, seed);
    database_remove(file);
    must(store_open(file, true, &store, &why));
    must(store_connect(store, STORE_WRITE, &conn, &why));
    must(world_people(world, conn, &arena, &why));
    must(record_edge_load(conn, &arena, &edge, &why));
}
static void node_end(void) {
    store_disconnect(conn);
    store_close(store);
    database_remove(file);
}

static int setup(void **state) {
    (void)state;
    (void)snprintf(directory, sizeof directory, "/tmp/varde-filing-XXXXXX");
    world = mem_take(sizeof *world);
    if (world == NULL || mkdtemp(directory) == NULL || sodium_init() < 0) return -1;
    (void)snprintf(file, sizeof file, "%s/node.db", directory);
    (void)snprintf(scratch_file, sizeof scratch_file, "%s/scratch.db", directory);
    arena_init(&arena, ARENA_BYTES);
    must(world_open(world, &why));
    return 0;
}
static int teardown(void **state) {
    (void)state;
    world_close(world);
    mem_give(world);
    arena_fini(&arena);
    return rmdir(directory);
}

// Decides and writes one filing in a transaction of its own; acknowledged where it was taken.
static bool file_it(struct deed *deed) {
    world->now_ms += 1000 + (int64_t)world_draw(world, 20 * MS_PER_MINUTE);
    must(deed_finish(world, deed, &arena, &why));
    must(deed_decide(world, deed, conn, &arena, &why));
    if (!deed->is_decided) return false;
    must(store_begin(conn, &why));
    must(deed_write(world, deed, conn, &edge, &arena, &why));
    must(store_commit(conn, &why));
    if (is_err(deed->result) || deed->plan.is_repeat) return false;
    struct filed filed;
    filed_of(deed, &filed);
    world_acknowledge(world, &filed, deed->plan.is_new_entity);
    return true;
}

// Files COUNT drawn filings; returns how many were accepted.
static inline size_t file_many(size_t count, bool erasures) {
    size_t accepted = 0;
    for (size_t i = 0; i < count; i++) {
        struct deed deed;
        struct record_open record;
        must(deed_draw(world, &deed, erasures, &arena, &why));
        bool is_taken = file_it(&deed);
        assert_false(is_taken && deed.is_wrong);
        if (!is_taken) continue;
        accepted++;
        must(record_read(conn, deed.plan.filing_id, &arena, &record, &why));
        assert_int_equal(record.seq, deed.seq);
    }
    return accepted;
}

#endif
