// SPDX-License-Identifier: EUPL-1.2
/*
 * Commits a second through store.h, alone and in groups, beside the floor: the same rows appended to a file and synced,
 * in turns of the same run, on the same disk. A row is a record of 1 KiB with its unique index; a thread checkpoints as in
 * the node. The directory is made in the one given (default: the present one).
 *
 *     store [DIR] [milliseconds a turn, 400]
 */
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "store/store.h"

enum { ROW_BYTES = 1024, TURNS = 5, GROUP_MAX = 64, SAMPLES_MAX = 1 << 20 };

static uint8_t row_bytes[ROW_BYTES];

struct measure {
    uint64_t commits, elapsed_us;
    uint32_t *samples_us; // of each commit
    size_t count;
};

static uint64_t now_us(void) {
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

static void need(struct err e, const struct why *why) {
    if (!is_err(e)) return;
    (void)fprintf(stderr, "store: %s\n", why->words);
    exit(1);
}

static void commit_measured(struct measure *measure, uint64_t began_us) {
    uint64_t took_us = now_us() - began_us;
    measure->commits++;
    measure->elapsed_us += took_us;
    if (measure->count < SAMPLES_MAX) measure->samples_us[measure->count++] = (uint32_t)took_us;
}

static void turn_append(int fd, size_t group, uint64_t until_us, struct measure *measure) {
    static uint8_t bytes[GROUP_MAX * ROW_BYTES];
    for (size_t i = 0; i < group; i++) memcpy(bytes + i * ROW_BYTES, row_bytes, ROW_BYTES);
    while (now_us() < until_us) {
        uint64_t began_us = now_us();
        size_t len = group * ROW_BYTES;
        if (write(fd, bytes, len) != (ssize_t)len || fdatasync(fd) != 0) {
            perror("store: append");
            exit(1);
        }
        commit_measured(measure, began_us);
    }
}

static void row_write(struct store_conn *conn, int64_t seq, struct why *why) {
    char id[32];
    int len = snprintf(id, sizeof id, "F%016llx", (unsigned long long)seq * 0x9e3779b97f4a7c15u); // in no order
    struct span bytes = span_make(row_bytes, ROW_BYTES);
    struct value params[] = {value_int(seq), value_text(span_make(id, (size_t)len)), value_blob(span_part(bytes, 0, 32)),
                             value_text(SPAN("[]")), value_blob(span_part(bytes, 0, 64)), value_text(SPAN("[]")),
                             value_blob(span_part(bytes, 0, ROW_BYTES - 200)), value_blob(span_part(bytes, 0, 64)),
                             value_text(SPAN("{}"))};
    need(store_write(conn, STMT_RECORD_ADD, params, 9, NULL, why), why);
}

static void turn_store(struct store_conn *conn, size_t group, uint64_t until_us, int64_t *seq, struct measure *measure) {
    struct why why = {0};
    while (now_us() < until_us) {
        uint64_t began_us = now_us();
        need(store_begin(conn, &why), &why);
        for (size_t i = 0; i < group; i++) row_write(conn, (*seq)++, &why);
        need(store_commit(conn, &why), &why);
        commit_measured(measure, began_us);
    }
}

struct keeper {
    struct store *store;
    atomic_bool is_over;
};
static void *checkpoints(void *argument) {
    struct keeper *keeper = argument;
    while (!atomic_load(&keeper->is_over)) {
        if (is_err(store_checkpoint(keeper->store, NULL))) (void)fputs("store: a checkpoint failed\n", stderr);
        (void)usleep(100 * 1000);
    }
    return NULL;
}

static int compare(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

static double rate(const struct measure *measure) {
    return measure->elapsed_us == 0 ? 0 : (double)measure->commits * 1e6 / (double)measure->elapsed_us;
}

static uint32_t percentile(struct measure *measure, unsigned percent) {
    qsort(measure->samples_us, measure->count, sizeof *measure->samples_us, compare);
    return measure->count == 0 ? 0 : measure->samples_us[measure->count * percent / 100];
}

static void line_print(size_t group, struct measure *bare, struct measure *stored) {
    (void)printf("%5zu %12.0f %12.0f %12.0f %10.2f %9u %9u %9u\n", group, rate(bare), rate(stored),
                 rate(stored) * (double)group, rate(stored) / rate(bare), percentile(bare, 50), percentile(stored, 50),
                 percentile(stored, 99));
}

static void files_remove(const char *directory) {
    static const char *const NAMES[] = {"node.db", "node.db-wal", "node.db-shm", "append"};
    for (size_t i = 0; i < 4; i++) {
        char path[512];
        (void)snprintf(path, sizeof path, "%s/%s", directory, NAMES[i]);
        (void)unlink(path);
    }
    (void)rmdir(directory);
}

static void groups_measure(struct store_conn *conn, int fd, uint64_t turn_us) {
    static const size_t GROUPS[] = {1, 8, 64};
    int64_t seq = 0;
    struct measure bare = {.samples_us = malloc(SAMPLES_MAX * sizeof(uint32_t))};
    struct measure stored = {.samples_us = malloc(SAMPLES_MAX * sizeof(uint32_t))};
    if (bare.samples_us == NULL || stored.samples_us == NULL) exit(1);
    (void)printf("group  append c/s    store c/s   store row/s     ratio  floor p50  store p50       p99 (us)\n");
    for (size_t g = 0; g < sizeof GROUPS / sizeof GROUPS[0]; g++) {
        bare.commits = bare.elapsed_us = bare.count = 0;
        stored.commits = stored.elapsed_us = stored.count = 0;
        for (int turn = 0; turn < TURNS; turn++) {
            turn_append(fd, GROUPS[g], now_us() + turn_us, &bare);
            turn_store(conn, GROUPS[g], now_us() + turn_us, &seq, &stored);
        }
        line_print(GROUPS[g], &bare, &stored);
    }
    free(bare.samples_us);
    free(stored.samples_us);
}

int main(int argc, char **argv) {
    char directory[256], path[512];
    uint64_t turn_us = (argc > 2 ? strtoull(argv[2], NULL, 10) : 400) * 1000;
    (void)snprintf(directory, sizeof directory, "%s/bench-store-XXXXXX", argc > 1 ? argv[1] : ".");
    if (mkdtemp(directory) == NULL) return 1;
    for (size_t i = 0; i < ROW_BYTES; i++) row_bytes[i] = (uint8_t)(i * 131 + 7);
    (void)snprintf(path, sizeof path, "%s/append", directory);
    int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    (void)snprintf(path, sizeof path, "%s/node.db", directory);
    struct store *store = NULL;
    struct store_conn *conn = NULL;
    struct why why = {0};
    if (fd < 0) return 1;
    need(store_open(path, true, &store, &why), &why);
    need(store_connect(store, STORE_WRITE, &conn, &why), &why);
    struct keeper keeper = {.store = store};
    pthread_t thread;
    if (pthread_create(&thread, NULL, checkpoints, &keeper) != 0) return 1;
    groups_measure(conn, fd, turn_us);
    atomic_store(&keeper.is_over, true);
    (void)pthread_join(thread, NULL);
    store_disconnect(conn);
    store_close(store);
    (void)close(fd);
    files_remove(directory);
    return 0;
}
