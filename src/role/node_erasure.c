// SPDX-License-Identifier: EUPL-1.2
/*
 * Orders to erase on schedule and runs of standing ones, carried out in the background: look at some filings, have the due ones erased by a filing of the node, go
 * on. When a whole look found nothing more, the node files that it is done. What was done is in the store alone, so a restart
 * begins the look again and finds what is left.
 */
#include "base/log.h"
#include "role/node_private.h"
#include "service/schedule.h"
#include "service/standing_erasure.h"

enum { IDLE_MS = 2000, STEP_MS = 50, AFTER_FAILURE_MS = 30 * 1000, ERASURE_ARENA_BYTES = 48 * 1024 * 1024 };

struct erasure_job {
    struct write_job write;
    struct node *node;
    struct arena arena;
    struct schedule_step step;
    struct span standing; // a run begins under that order; empty: STEP is done
};

static struct err erasure_apply(struct write_job *job, struct store_conn *conn, struct log_edge *edge, struct why *why) {
    struct erasure_job *own = (struct erasure_job *)job;
    if (own->standing.len > 0) return standing_erasure_begin(&own->node->services, conn, edge, own->standing, job->now_ms, &own->arena, why);
    return schedule_do(&own->node->services, conn, edge, &own->step, job->now_ms, &own->arena, why);
}

static void erasure_finish(struct write_job *job, struct err result, const struct why *why, struct store_conn *reader) {
    (void)reader;
    struct erasure_job *own = (struct erasure_job *)job;
    if (is_err(result)) log_warn("erasure_failed", "error=%s words=\"%s\"", err_name(result.code), why->words);
    atomic_store(&own->node->is_erasing, false);
    arena_fini(&own->arena);
    mem_give(own);
}

static struct err look(struct node *node, struct erasure_job *own, int64_t now_ms, struct why *why) {
    int64_t after = node->erasure_after == 0 ? -1 : node->erasure_after - 1; // kept one higher, so that zero is the start
    TRY(schedule_look(&node->services, node->own_conn, after, now_ms, &own->arena, &own->step, why));
    node->erasure_after = own->step.after_seq + 1;
    return err_none();
}

// Nothing is ordered: once a day, and when a standing order changed, what is due under those in force.
static struct err look_standing(struct node *node, struct erasure_job *own, int64_t now_ms, struct why *why) {
    struct civil today = zone_date(node->services.zone, now_ms);
    struct standing_look found;
    int64_t mark;
    TRY(standing_erasure_mark(node->own_conn, &own->arena, &mark, why));
    bool is_known = mark == node->standing_mark;
    if (!is_known) {
        node->standing_mark = mark;
        node->standing_day = (struct civil){0};
        node->standing_after = 0;
        node->standing_case[0] = '\0';
    }
    if (mark == 0 || civil_compare(node->standing_day, today) == 0) return err_none();
    node->erasure_ms = now_ms + STEP_MS;
    TRY(standing_erasure_look(&node->services, node->own_conn, span_of(node->standing_case), node->standing_after - 1, now_ms, &own->arena, &found, why));
    node->standing_after = found.is_end || found.has_due ? 0 : found.after_seq + 1;
    if (found.standing.len == 0) {
        node->standing_day = today;
        node->standing_case[0] = '\0';
    } else if (found.has_due) own->standing = found.standing;
    else if (found.is_end && found.standing.len < sizeof node->standing_case) {
        memcpy(node->standing_case, found.standing.at, found.standing.len);
        node->standing_case[found.standing.len] = '\0';
    }
    return err_none();
}

void node_erasure(struct node *node, int64_t now_ms) {
    if (now_ms < node->erasure_ms || node->services.is_read_only || atomic_load(&node->is_erasing)) return;
    node->erasure_ms = now_ms + IDLE_MS;
    struct erasure_job *own = mem_take(sizeof *own);
    struct why why = {0};
    if (own == NULL) return;
    own->node = node;
    own->write = (struct write_job){.apply = erasure_apply, .finish = erasure_finish, .needs_head = true};
    arena_init(&own->arena, ERASURE_ARENA_BYTES);
    struct err e = look(node, own, now_ms, &why);
    bool is_last = own->step.is_end && own->step.count == 0 && !node->has_erased_some;
    if (is_err(e)) log_warn("erasure_look_failed", "words=\"%s\"", why.words);
    if (!is_err(e) && own->step.order.len > 0) {
        node->erasure_ms = now_ms + STEP_MS;
        node->has_erased_some = !own->step.is_end && (node->has_erased_some || own->step.count > 0);
        if (own->step.is_end) node->erasure_after = 0;
    } else {
        node->erasure_after = 0;
        node->has_erased_some = false;
        if (!is_err(e) && is_err(look_standing(node, own, now_ms, &why))) log_warn("erasure_look_failed", "words=\"%s\"", why.words);
    }
    bool is_run = own->standing.len > 0;
    if (!is_err(e) && (is_run || own->step.order.len > 0) && (is_run || own->step.count > 0 || is_last)) {
        atomic_store(&node->is_erasing, true);
        node_submit(node, &own->write);
        return;
    }
    arena_fini(&own->arena);
    mem_give(own);
}
