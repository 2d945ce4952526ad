// SPDX-License-Identifier: EUPL-1.2
/* What the node does by the clock: publish heads, clear what expired. What it sends: node_reach.c. */
#include "base/log.h"
#include "os/clock.h"
#include "os/machine.h"
#include "role/node_private.h"
#include "service/downtime.h"
#include "service/proof.h"

enum {
    HOUSEKEEPING_MS = 10 * 60 * 1000,
    TASKS_MS = 1000,
    DISK_MS = 10 * 1000,
};
#define IDEMPOTENCY_KEPT_MS (30 * MS_PER_DAY)
#define UNFILED_KEPT_MS (2 * MS_PER_DAY)
#define READINGS_KEPT_MS (3 * 365 * MS_PER_DAY)
#define DELIVERIES_KEPT_MS (3 * 365 * MS_PER_DAY)
#define UPTIMES_KEPT_MS (3 * 365 * MS_PER_DAY)
#define EVENTS_KEPT_MS (365 * MS_PER_DAY)

// A small write of the node's own.
struct own_job {
    struct write_job write;
    struct node *node;
    struct arena arena;
    uint64_t size;
    struct span note;
};

static void own_finish(struct write_job *job, struct err result, const struct why *why, struct store_conn *reader) {
    (void)reader;
    struct own_job *own = (struct own_job *)job;
    if (is_err(result)) log_warn("own_write_failed", "error=%s words=\"%s\"", err_name(result.code), why->words);
    arena_fini(&own->arena);
    mem_give(own);
}

typedef struct err own_apply(struct write_job *job, struct store_conn *conn, struct log_edge *edge, struct why *why);

static struct own_job *own_job_new(struct node *node, own_apply *apply) {
    struct own_job *own = mem_take(sizeof *own);
    if (own == NULL) return NULL;
    own->node = node;
    own->write.apply = apply;
    own->write.finish = own_finish;
    arena_init(&own->arena, 1024 * 1024);
    return own;
}

static struct err publish_apply(struct write_job *job, struct store_conn *conn, struct log_edge *edge, struct why *why) {
    (void)edge;
    struct own_job *own = (struct own_job *)job;
    return proof_head_put(conn, own->node->services.origin, "published", own->size, own->note, job->now_ms, why);
}

static void publish(struct node *node) {
    struct own_job *own = own_job_new(node, publish_apply);
    if (own == NULL) return;
    signed_head_get(node->services.head, &own->arena, &own->size, &own->note);
    if (own->size == node->published_size || own->note.len == 0) {
        arena_fini(&own->arena);
        mem_give(own);
        return;
    }
    node->published_size = own->size;
    node_submit(node, &own->write);
}

static struct err housekeeping_apply(struct write_job *job, struct store_conn *conn, struct log_edge *edge, struct why *why) {
    (void)edge;
    int64_t now_ms = job->now_ms;
    const struct { enum statement statement; int64_t before_ms; } EXPIRED[] = {
        {STMT_DRAFT_EXPIRE, now_ms},
        {STMT_IDEMPOTENCY_EXPIRE, now_ms - IDEMPOTENCY_KEPT_MS},
        {STMT_PREVIEW_EXPIRE, now_ms - UNFILED_KEPT_MS},
        {STMT_ATTACHMENT_CHUNKS_EXPIRE, now_ms - UNFILED_KEPT_MS},
        {STMT_ATTACHMENT_KEYS_EXPIRE, now_ms - UNFILED_KEPT_MS},
        {STMT_ATTACHMENTS_EXPIRE, now_ms - UNFILED_KEPT_MS},
        {STMT_DELIVERY_EXPIRE, now_ms - DELIVERIES_KEPT_MS},
        {STMT_NOTICE_EXPIRE, now_ms - DELIVERIES_KEPT_MS},
        {STMT_UPTIME_EXPIRE, now_ms - UPTIMES_KEPT_MS},
    };
    for (size_t i = 0; i < sizeof EXPIRED / sizeof EXPIRED[0]; i++) {
        struct value before = value_int(EXPIRED[i].before_ms);
        TRY(store_write(conn, EXPIRED[i].statement, &before, 1, NULL, why));
    }
    return access_prune(conn, now_ms - READINGS_KEPT_MS, now_ms - EVENTS_KEPT_MS, now_ms, why);
}

// --- signs of life ---

static struct err beat_apply(struct write_job *job, struct store_conn *conn, struct log_edge *edge, struct why *why) {
    (void)edge;
    struct own_job *own = (struct own_job *)job;
    return downtime_beat(conn, own->node->services.is_read_only, job->now_ms, &own->arena, why);
}

static struct err stop_apply(struct write_job *job, struct store_conn *conn, struct log_edge *edge, struct why *why) {
    (void)edge;
    return downtime_stop(conn, job->now_ms, why);
}

void node_note_stop(struct node *node) {
    struct own_job *own = own_job_new(node, stop_apply);
    if (own != NULL) node_submit(node, &own->write);
}

static void look_at_disk(struct node *node) {
    int64_t free_bytes = 0, size_bytes = 0;
    struct services *services = &node->services;
    if (is_err(disk_space(node->config->dir, &free_bytes, &size_bytes, NULL))) return;
    bool was_short = atomic_load(&services->disk_free_bytes) < services->disk_reserve_bytes, is_short = free_bytes < services->disk_reserve_bytes;
    atomic_store(&services->disk_free_bytes, free_bytes);
    if (is_short && !was_short) log_error("disk.reserve", "free_mb=%lld words=\"only filings are taken\"", (long long)(free_bytes >> 20));
    if (!is_short && was_short) log_line(LOG_INFO, "disk.reserve", "free_mb=%lld", (long long)(free_bytes >> 20));
}

void node_timers(struct node *node, int64_t now_ms) {
    node_erasure(node, now_ms);
    node_obligations(node, now_ms);
    // At fixed instants, whatever was filed or started in between: the growth of the log tells no one of an incident.
    int64_t interval_ms = node->services.publish_interval_ms;
    if (node->publish_ms == 0) node->publish_ms = now_ms;
    if (now_ms / interval_ms != node->publish_ms / interval_ms) {
        node->publish_ms = now_ms;
        publish(node);
    }
    if (now_ms - node->disk_ms >= DISK_MS) {
        node->disk_ms = now_ms;
        look_at_disk(node);
    }
    if (now_ms - node->housekeeping_ms >= HOUSEKEEPING_MS) {
        node->housekeeping_ms = now_ms;
        struct own_job *own = own_job_new(node, housekeeping_apply);
        if (own != NULL) node_submit(node, &own->write);
    }
    if (now_ms - node->beat_ms >= DOWNTIME_BEAT_MS) {
        node->beat_ms = now_ms;
        struct own_job *own = own_job_new(node, beat_apply);
        if (own != NULL) node_submit(node, &own->write);
    }
    node_reach(node, now_ms);
    if (now_ms - node->tasks_ms >= TASKS_MS) {
        node->tasks_ms = now_ms;
        node_tasks(node);
    }
}
