// SPDX-License-Identifier: EUPL-1.2
/*
 * What the node does for the many parties of a case, a few hundred at a time: each step is a write of its own, and the next is
 * handed in when the one before is on disk, so that filings pass between them. What is left when the node dies is taken up at
 * its start.
 */
#include "base/log.h"
#include "role/node_private.h"
#include "service/party.h"

enum { TASK_ARENA_BYTES = 8 * 1024 * 1024 };

struct task_job {
    struct write_job write;
    struct node *node;
    struct arena arena;
    bool is_more;
};

static struct err task_apply(struct write_job *job, struct store_conn *conn, struct log_edge *edge, struct why *why) {
    (void)edge;
    struct task_job *task = (struct task_job *)job;
    arena_reset(&task->arena);
    return party_task_step(conn, job->now_ms, &task->arena, &task->is_more, why);
}

static void task_finish(struct write_job *job, struct err result, const struct why *why, struct store_conn *reader) {
    (void)reader;
    struct task_job *task = (struct task_job *)job;
    struct node *node = task->node;
    if (is_err(result)) log_warn("party_task_failed", "error=%s words=\"%s\"", err_name(result.code), why->words);
    if (!is_err(result) && task->is_more && !atomic_load(&node->is_stopping)) {
        node_submit(node, job);
        return;
    }
    arena_fini(&task->arena);
    mem_give(task);
    atomic_store(&node->has_task_job, false);
}

void node_tasks(struct node *node) {
    if (atomic_load(&node->has_task_job)) return;
    struct arena arena;
    struct rows rows;
    struct value any = value_null();
    arena_init(&arena, 64 * 1024);
    bool is_work = !is_err(store_read(node->own_conn, STMT_PARTY_TASK_COUNT, &any, 1, &arena, &rows, NULL)) && rows_int(&rows, 0, 0) > 0;
    arena_fini(&arena);
    struct task_job *task = is_work ? mem_take(sizeof *task) : NULL;
    if (task == NULL) return;
    memset(task, 0, sizeof *task);
    task->node = node;
    task->write.apply = task_apply;
    task->write.finish = task_finish;
    arena_init(&task->arena, TASK_ARENA_BYTES);
    atomic_store(&node->has_task_job, true);
    node_submit(node, &task->write);
}
