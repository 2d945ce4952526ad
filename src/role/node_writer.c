// SPDX-License-Identifier: EUPL-1.2
/*
 * The writer: the one thread that changes the database. It commits whatever is queued as one transaction; each job has a
 * savepoint, so that one that fails takes nothing with it.
 */
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "os/clock.h"
#include "role/node_private.h"
#include "service/record_store.h"
#include "store/store.h"

void node_submit(struct node *node, struct write_job *job) {
    struct job_list *jobs = &node->jobs;
    job->next = NULL;
    (void)pthread_mutex_lock(&jobs->lock);
    if (jobs->first == NULL) jobs->first = job;
    else jobs->last->next = job;
    jobs->last = job;
    jobs->count++;
    (void)pthread_cond_signal(&jobs->filled);
    (void)pthread_mutex_unlock(&jobs->lock);
}

// Up to LIMIT_COMMIT_GROUP jobs; NULL when the node stops and all is written.
static struct write_job *take_group(struct job_list *jobs) {
    (void)pthread_mutex_lock(&jobs->lock);
    while (jobs->first == NULL && !jobs->is_closed) (void)pthread_cond_wait(&jobs->filled, &jobs->lock);
    struct write_job *first = jobs->first, *last = first;
    for (size_t i = 1; last != NULL && last->next != NULL && i < LIMIT_COMMIT_GROUP; i++) last = last->next;
    if (last != NULL) {
        jobs->first = last->next;
        last->next = NULL;
    }
    (void)pthread_mutex_unlock(&jobs->lock);
    return first;
}

static struct err run_job(struct store_conn *conn, struct log_edge *edge, struct write_job *job, int64_t now_ms) {
    struct log_edge before = *edge;
    memset(&job->why, 0, sizeof job->why);
    TRY(store_savepoint(conn, &job->why));
    job->now_ms = now_ms;
    struct err e = job->apply(job, conn, edge, &job->why);
    if (!is_err(e)) e = store_release(conn, &job->why);
    if (is_err(e)) {
        store_rollback_savepoint(conn);
        *edge = before;
    }
    return e;
}

// Runs the jobs from FIRST to the end of the list in one transaction. An error is the transaction's.
static struct err run_group(struct store_conn *conn, struct log_edge *edge, struct write_job *first, int64_t now_ms, struct why *why) {
    TRY(store_begin(conn, why));
    for (struct write_job *job = first; job != NULL; job = job->next) {
        job->result = run_job(conn, edge, job, now_ms);
        if (job->result.code == ERR_IO || job->result.code == ERR_CORRUPT) { // the machine failed, not the job
            struct err failed = job->result;
            if (why != NULL) *why = job->why;
            store_rollback(conn);
            return failed;
        }
    }
    struct err e = store_commit(conn, why);
    if (is_err(e)) store_rollback(conn);
    return e;
}

static void write_group(struct node *node, struct store_conn *conn, struct log_edge *edge, struct write_job *first, int64_t now_ms) {
    struct log_edge before = *edge;
    struct why why = {0};
    struct err e = run_group(conn, edge, first, now_ms, &why);
    if (is_err(e)) {
        *edge = before;
        log_error("commit_failed", "error=%s words=\"%s\"", err_name(e.code), why.words);
        // Job by job, so that one that the machine chokes on does not take the others with it.
        for (struct write_job *job = first; job != NULL; job = job->next) {
            struct write_job *next = job->next;
            struct log_edge own = *edge;
            job->next = NULL;
            struct err alone = run_group(conn, edge, job, now_ms, &job->why);
            job->next = next;
            if (!is_err(alone)) continue;
            *edge = own;
            job->result = alone;
        }
    }
    if (store_is_broken(conn)) { // what the disk holds is known only after a new start; whoever waits asks again
        log_error("disk_failed", "the node ends so that it is started anew");
        _exit(1);
    }
    struct group *group = mem_take(sizeof *group);
    while (group == NULL) { // a committed filing must be answered; wait for memory
        struct timespec pause = {.tv_nsec = 50 * 1000 * 1000};
        (void)nanosleep(&pause, NULL);
        group = mem_take(sizeof *group);
    }
    group->jobs = first;
    group->size = edge->frontier.size;
    group->has_head = edge->frontier.size != before.frontier.size;
    atomic_fetch_add(&node->services.counters[COUNT_GROUPS], 1);
    node_pass_group(node, group);
}

void *node_writer(void *context) {
    struct node *node = context;
    struct store_conn *conn = NULL;
    struct why why = {0};
    struct log_edge edge;
    struct arena arena;
    arena_init(&arena, 1024 * 1024);
    struct err e = store_connect(node->store, STORE_WRITE, &conn, &why);
    if (!is_err(e)) e = record_edge_load(conn, &arena, &edge, &why);
    arena_fini(&arena);
    if (is_err(e)) {
        log_error("writer_failed", "error=%s words=\"%s\"", err_name(e.code), why.words);
        _exit(1); // the supervisor starts the node again
    }
    int64_t last_ms = 0;
    for (;;) {
        struct write_job *first = take_group(&node->jobs);
        if (first == NULL) break;
        int64_t now_ms = clock_now_ms();
        if (now_ms < last_ms) now_ms = last_ms; // the clock was set back: recorded times never are
        last_ms = now_ms;
        for (struct write_job *job = first; job != NULL; job = job->next) atomic_fetch_add(&node->services.counters[COUNT_JOBS], 1);
        write_group(node, conn, &edge, first, now_ms);
    }
    store_disconnect(conn);
    return NULL;
}

struct quiet {
    uint64_t seen, worked; // requests in all; since memory was given back
};
enum { QUIET_REQUESTS = 4, TRIM_REQUESTS = 100 }; // in half a second; before it is worth the while

// Once it is quiet after some work: what an import or a flood took is given back.
static void memory_give_back(struct node *node, struct quiet *quiet) {
    uint64_t requests = atomic_load(&node->services.counters[COUNT_REQUESTS]);
    bool is_quiet = requests - quiet->seen < QUIET_REQUESTS;
    quiet->worked += requests - quiet->seen;
    quiet->seen = requests;
    if (!is_quiet || quiet->worked < TRIM_REQUESTS) return;
    quiet->worked = 0;
    mem_trim();
}

void *node_checkpointer(void *context) {
    struct node *node = context;
    struct quiet quiet = {0};
    while (!atomic_load(&node->is_stopping)) {
        struct timespec pause = {.tv_nsec = 500 * 1000 * 1000};
        (void)nanosleep(&pause, NULL);
        struct why why = {0};
        bool has_erased = atomic_exchange(&node->services.has_erased, false);
        struct err e = has_erased ? store_checkpoint_truncate(node->store, &why) : store_checkpoint(node->store, &why);
        if (has_erased && is_err(e)) atomic_store(&node->services.has_erased, true); // readers were in the way: again
        if (is_err(e) && e.code != ERR_BUSY) log_warn("checkpoint_failed", "error=%s words=\"%s\"", err_name(e.code), why.words);
        memory_give_back(node, &quiet);
    }
    return NULL;
}
