// SPDX-License-Identifier: EUPL-1.2
/*
 * Obligations that recur by the calendar: look whether one opens or was fulfilled, have the node file that, look again. What was done is
 * in the store alone, so a node that was down opens what fell due meanwhile, each once.
 */
#include "base/log.h"
#include "role/node_private.h"
#include "service/obligation.h"

enum { IDLE_MS = 5000, STEP_MS = 50, AFTER_FAILURE_MS = 60 * 1000, OBLIGATION_ARENA_BYTES = 48 * 1024 * 1024 };

struct obligation_job {
    struct write_job write;
    struct node *node;
    struct arena arena;
    struct obligation_step step;
};

static struct err obligation_apply(struct write_job *job, struct store_conn *conn, struct log_edge *edge, struct why *why) {
    struct obligation_job *own = (struct obligation_job *)job;
    return obligation_do(&own->node->services, conn, edge, &own->step, job->now_ms, &own->arena, why);
}

static void obligation_finish(struct write_job *job, struct err result, const struct why *why, struct store_conn *reader) {
    (void)reader;
    struct obligation_job *own = (struct obligation_job *)job;
    if (is_err(result)) log_warn("obligation_failed", "error=%s words=\"%s\"", err_name(result.code), why->words);
    atomic_store(&own->node->obligation_failed, is_err(result));
    atomic_store(&own->node->is_obliging, false);
    arena_fini(&own->arena);
    mem_give(own);
}

void node_obligations(struct node *node, int64_t now_ms) {
    if (now_ms < node->obligation_ms || node->services.is_read_only || atomic_load(&node->is_obliging)) return;
    bool has_failed = atomic_exchange(&node->obligation_failed, false);
    node->obligation_ms = now_ms + (has_failed ? AFTER_FAILURE_MS : IDLE_MS);
    struct obligation_job *own = has_failed ? NULL : mem_take(sizeof *own);
    struct why why = {0};
    if (own == NULL) return;
    own->node = node;
    own->write = (struct write_job){.apply = obligation_apply, .finish = obligation_finish, .needs_head = true};
    arena_init(&own->arena, OBLIGATION_ARENA_BYTES);
    struct err e = obligation_look(&node->services, node->own_conn, now_ms, &own->arena, &own->step, &why);
    if (is_err(e)) log_warn("obligation_look_failed", "words=\"%s\"", why.words);
    if (!is_err(e) && own->step.of != NULL) {
        node->obligation_ms = now_ms + STEP_MS;
        atomic_store(&node->is_obliging, true);
        node_submit(node, &own->write);
        return;
    }
    arena_fini(&own->arena);
    mem_give(own);
}
