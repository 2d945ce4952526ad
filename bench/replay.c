// SPDX-License-Identifier: EUPL-1.2
/*
 * What the SQL of filings costs by itself: files COUNT documents in groups of GROUP through the API's handlers on the data
 * directory DIR of a stopped node, writing down each statement with its parameters; then runs exactly these statements
 * through store.h on a copy of the database as it was before. The linker's --wrap puts the functions below in between.
 *
 *     replay DIR GROUP COUNT {TOKEN BODYFILE}...
 *
 * Prints NAME=VALUE lines for bench/run.py. The copy is left for the caller to remove.
 */
#include <fcntl.h>
#include <unistd.h>

#include <sodium.h>

#include "node.h"

enum { FILERS_MAX = 16, SAMPLES_MAX = 20000 };

enum event_kind { EVENT_READ, EVENT_WRITE, EVENT_BEGIN, EVENT_COMMIT, EVENT_SAVEPOINT, EVENT_RELEASE };
struct event {
    enum event_kind kind;
    bool is_writer;
    enum statement statement;
    size_t count;
    const struct value *params;
};

static struct {
    bool is_on;
    const struct store_conn *writer;
    struct arena arena;
    struct event *events;
    size_t count, capacity;
} tape;

static void event_add(enum event_kind kind, const struct store_conn *conn, enum statement statement, const struct value *params, size_t count) {
    if (!tape.is_on) return;
    if (tape.count == tape.capacity) {
        tape.capacity = tape.capacity == 0 ? 65536 : tape.capacity * 2;
        tape.events = realloc(tape.events, tape.capacity * sizeof *tape.events);
        if (tape.events == NULL) exit(1);
    }
    struct value *copy = arena_take_array(&tape.arena, count + 1, sizeof *copy);
    if (copy == NULL) exit(1);
    for (size_t i = 0; i < count; i++) {
        copy[i] = params[i];
        if (params[i].bytes.at != NULL) copy[i].bytes = arena_copy(&tape.arena, params[i].bytes);
    }
    tape.events[tape.count++] = (struct event){kind, conn == tape.writer, statement, count, copy};
}

struct err __real_store_read(struct store_conn *, enum statement, const struct value *, size_t, struct arena *, struct rows *, struct why *);
struct err __real_store_write(struct store_conn *, enum statement, const struct value *, size_t, size_t *, struct why *);
struct err __real_store_begin(struct store_conn *, struct why *);
struct err __real_store_commit(struct store_conn *, struct why *);
struct err __real_store_savepoint(struct store_conn *, struct why *);
struct err __real_store_release(struct store_conn *, struct why *);
struct err __wrap_store_read(struct store_conn *, enum statement, const struct value *, size_t, struct arena *, struct rows *, struct why *);
struct err __wrap_store_write(struct store_conn *, enum statement, const struct value *, size_t, size_t *, struct why *);
struct err __wrap_store_begin(struct store_conn *, struct why *);
struct err __wrap_store_commit(struct store_conn *, struct why *);
struct err __wrap_store_savepoint(struct store_conn *, struct why *);
struct err __wrap_store_release(struct store_conn *, struct why *);

struct err __wrap_store_read(struct store_conn *conn, enum statement statement, const struct value *params, size_t count,
                             struct arena *arena, struct rows *ret, struct why *why) {
    event_add(EVENT_READ, conn, statement, params, count);
    return __real_store_read(conn, statement, params, count, arena, ret, why);
}
struct err __wrap_store_write(struct store_conn *conn, enum statement statement, const struct value *params, size_t count,
                              size_t *ret_changed, struct why *why) {
    event_add(EVENT_WRITE, conn, statement, params, count);
    return __real_store_write(conn, statement, params, count, ret_changed, why);
}
struct err __wrap_store_begin(struct store_conn *conn, struct why *why) {
    event_add(EVENT_BEGIN, conn, 0, NULL, 0);
    return __real_store_begin(conn, why);
}
struct err __wrap_store_commit(struct store_conn *conn, struct why *why) {
    event_add(EVENT_COMMIT, conn, 0, NULL, 0);
    return __real_store_commit(conn, why);
}
struct err __wrap_store_savepoint(struct store_conn *conn, struct why *why) {
    event_add(EVENT_SAVEPOINT, conn, 0, NULL, 0);
    return __real_store_savepoint(conn, why);
}
struct err __wrap_store_release(struct store_conn *conn, struct why *why) {
    event_add(EVENT_RELEASE, conn, 0, NULL, 0);
    return __real_store_release(conn, why);
}

static struct err event_run(struct bench_node *node, const struct event *event, struct arena *arena, struct why *why) {
    struct store_conn *conn = event->is_writer ? node->writer : node->reader;
    struct rows rows;
    switch (event->kind) {
    case EVENT_READ: return __real_store_read(conn, event->statement, event->params, event->count, arena, &rows, why);
    case EVENT_WRITE: return __real_store_write(conn, event->statement, event->params, event->count, NULL, why);
    case EVENT_BEGIN: return __real_store_begin(conn, why);
    case EVENT_COMMIT: return __real_store_commit(conn, why);
    case EVENT_SAVEPOINT: return __real_store_savepoint(conn, why);
    case EVENT_RELEASE: return __real_store_release(conn, why);
    }
    return err_make(ERR_INPUT);
}

static int compare(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}
static double median(double *samples, size_t count) {
    qsort(samples, count, sizeof *samples, compare);
    return count == 0 ? 0 : samples[count / 2];
}

// Each event of the tape in turn. A group's time runs from its first statement to its last, its commit included.
static void replay(struct bench_node *node, size_t group, size_t filings) {
    static double groups_s[SAMPLES_MAX];
    struct why why = {0};
    struct arena arena;
    size_t per_group = tape.count / ((filings + group - 1) / group), groups = 0;
    arena_init(&arena, (size_t)64 * 1024 * 1024);
    node->checkpointed_s = wall_s();
    double began_s = cpu_s(), turn_s = wall_s();
    for (size_t i = 0; i < tape.count; i++) {
        need(event_run(node, &tape.events[i], &arena, &why), &why);
        if (i % 64 == 0) arena_reset(&arena);
        if ((i + 1) % per_group != 0 || groups == SAMPLES_MAX) continue;
        groups_s[groups++] = wall_s() - turn_s;
        bench_checkpoint(node);
        turn_s = wall_s();
    }
    (void)printf("replay_cpu_us=%.1f\n", (cpu_s() - began_s) * 1e6 / (double)filings);
    (void)printf("replay_group_us=%.1f\n", median(groups_s, groups) * 1e6);
    arena_fini(&arena);
}

// One Ed25519 signature with its durable slot: what keys does for a head.
static void sign_measure(struct bench_node *node) {
    enum { TURNS = 200 };
    static double turns_s[TURNS];
    struct why why = {0};
    uint8_t bytes[200] = {0}, signature[64];
    struct keys_decision decision = {.verdict = KEYS_REMEMBER_AND_ANSWER, .next = node->keys.state.memory};
    for (size_t i = 0; i < TURNS; i++) {
        double began_s = wall_s();
        decision.next.sequence++;
        need(keys_remember(&node->keys, &decision, &why), &why);
        if (crypto_sign_detached(signature, NULL, bytes, sizeof bytes, node->keys.secret) != 0) exit(1);
        turns_s[i] = wall_s() - began_s;
    }
    (void)printf("sign_us=%.1f\n", median(turns_s, TURNS) * 1e6);
}

static void copy_file(const char *from, const char *to) {
    static uint8_t bytes[1 << 20];
    int in = open(from, O_RDONLY | O_CLOEXEC), out = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    ssize_t got = 0;
    if (in < 0 || out < 0) exit(1);
    while ((got = read(in, bytes, sizeof bytes)) > 0)
        if (write(out, bytes, (size_t)got) != got) exit(1);
    if (got < 0 || fsync(out) != 0) exit(1);
    (void)close(in);
    (void)close(out);
}

int main(int argc, char **argv) {
    static struct bench_node node;
    struct filer filers[FILERS_MAX];
    struct why why = {0};
    size_t filer_count = 0, turn = 0;
    if (argc < 6) return 2;
    size_t group = strtoul(argv[2], NULL, 10), count = strtoul(argv[3], NULL, 10);
    if (group == 0 || group > BENCH_GROUP_MAX) return 2;
    bench_open(&node, argv[1]);
    for (int i = 4; i + 1 < argc && filer_count < FILERS_MAX; i += 2)
        filers[filer_count++] = (struct filer){span_of(argv[i]), bench_file(&node, argv[i + 1])};
    for (size_t i = 0; i < 4; i++) bench_file_group(&node, filers, filer_count, &turn, group); // warm
    need(store_checkpoint_truncate(node.store, &why), &why);
    const char *copy = path_join(&node.arena, argv[1], "replay.db");
    copy_file(node.config.database_file, copy);
    tape.writer = node.writer;
    arena_init(&tape.arena, (size_t)4 * 1024 * 1024 * 1024);
    tape.is_on = true;
    for (size_t done = 0; done + group <= count; done += group) bench_file_group(&node, filers, filer_count, &turn, group);
    tape.is_on = false;
    double began_s = cpu_s(); // once more, without the tape's own cost
    for (size_t done = 0; done + group <= count; done += group) bench_file_group(&node, filers, filer_count, &turn, group);
    (void)printf("handlers_cpu_us=%.1f\n", (cpu_s() - began_s) * 1e6 / (double)(count / group * group));
    (void)printf("statements=%.1f\n", (double)tape.count / (double)(count / group * group));
    sign_measure(&node);
    store_disconnect(node.reader);
    store_disconnect(node.writer);
    store_close(node.store);
    need(store_open(copy, false, &node.store, &why), &why);
    need(store_connect(node.store, STORE_READ, &node.reader, &why), &why);
    need(store_connect(node.store, STORE_WRITE, &node.writer, &why), &why);
    need(store_prepare_all(node.reader, &why), &why);
    need(store_prepare_all(node.writer, &why), &why);
    replay(&node, group, count / group * group);
    bench_close(&node);
    arena_fini(&tape.arena);
    free(tape.events);
    return 0;
}
