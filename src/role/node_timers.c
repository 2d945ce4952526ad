// SPDX-License-Identifier: EUPL-1.2
/* What the node does by the clock: publish heads, clear what expired, send what is in the outbox. */
#include "base/log.h"
#include "os/clock.h"
#include "role/node_private.h"
#include "role/wire.h"
#include "service/proof.h"

enum {
    HOUSEKEEPING_MS = 10 * 60 * 1000,
    OUTBOX_MS = 1000,
    OUTBOX_ROWS = 50,
    OUTBOX_RETRY_FIRST_MS = 30 * 1000,
    OUTBOX_RETRY_MOST_MS = 60 * 60 * 1000,
};
#define IDEMPOTENCY_KEPT_MS (30 * MS_PER_DAY)
#define UNFILED_KEPT_MS (2 * MS_PER_DAY)
#define READINGS_KEPT_MS (3 * 365 * MS_PER_DAY)
#define EVENTS_KEPT_MS (365 * MS_PER_DAY)

// A small write of the node's own.
struct own_job {
    struct write_job write;
    struct node *node;
    struct arena arena;
    uint64_t size;
    struct span note;
    int64_t id, next_ms;
    struct span words;
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
        {STMT_ATTACHMENT_CHUNKS_EXPIRE, now_ms - UNFILED_KEPT_MS},
        {STMT_ATTACHMENT_KEYS_EXPIRE, now_ms - UNFILED_KEPT_MS},
        {STMT_ATTACHMENTS_EXPIRE, now_ms - UNFILED_KEPT_MS},
    };
    for (size_t i = 0; i < sizeof EXPIRED / sizeof EXPIRED[0]; i++) {
        struct value before = value_int(EXPIRED[i].before_ms);
        TRY(store_write(conn, EXPIRED[i].statement, &before, 1, NULL, why));
    }
    return access_prune(conn, now_ms - READINGS_KEPT_MS, now_ms - EVENTS_KEPT_MS, now_ms, why);
}

// --- outbox ---

static struct err outbox_apply(struct write_job *job, struct store_conn *conn, struct log_edge *edge, struct why *why) {
    (void)edge;
    struct own_job *own = (struct own_job *)job;
    if (own->next_ms == INSTANT_NONE) {
        struct value params[] = {value_int(own->id), value_int(job->now_ms)};
        return store_write(conn, STMT_OUTBOX_SENT, params, 2, NULL, why);
    }
    struct value params[] = {value_int(own->id), value_int(own->next_ms), value_text(own->words)};
    return store_write(conn, STMT_OUTBOX_RETRY, params, 3, NULL, why);
}

static void outbox_result(struct node *node, int64_t id, int64_t next_ms, struct span words) {
    struct own_job *own = own_job_new(node, outbox_apply);
    if (own == NULL) return; // stays due; the receiver knows the message by its number
    own->id = id;
    own->next_ms = next_ms;
    own->words = arena_copy(&own->arena, words.at != NULL ? words : SPAN(""));
    node_submit(node, &own->write);
}

void node_courier_frame(struct node *node, const struct frame *frame) {
    int64_t id = (int64_t)frame->number;
    if (frame->type == WIRE_COURIER_SENT) outbox_result(node, id, INSTANT_NONE, span_make(NULL, 0));
    if (frame->type == WIRE_FAILED) outbox_result(node, id, clock_now_ms() + OUTBOX_RETRY_FIRST_MS * 4, frame_get(frame, TAG_WORDS));
}

// Case number and link, no content: whoever is told must sign in to read.
static void write_message(struct node *node, struct buf *body, const struct rows *rows, size_t i) {
    struct json_out out;
    json_out_init(&out, body);
    json_out_object(&out);
    json_out_member_int(&out, "id", rows_int(rows, i, 0));
    json_out_member_string(&out, "filing", rows_span(rows, i, 1));
    json_out_member_string(&out, "case", rows_span(rows, i, 2));
    json_out_name(&out, "message");
    json_out_raw(&out, rows_span(rows, i, 3));
    json_out_name(&out, "link");
    struct span link = arena_printf(body->arena, "%.*s/api/v1/cases/%.*s", SPAN_FMT(node->services.public_url), SPAN_FMT(rows_span(rows, i, 2)));
    json_out_string(&out, link);
    json_out_object_end(&out);
}

static void outbox_send(struct node *node, int64_t now_ms) {
    if (node->config->hook_url.at == NULL || !channel_is_open(&node->courier)) return;
    struct arena arena;
    arena_init(&arena, 4 * 1024 * 1024);
    struct value params[] = {value_int(now_ms), value_int(OUTBOX_ROWS)};
    struct rows rows;
    if (!is_err(store_read(node->own_conn, STMT_OUTBOX_DUE, params, 2, &arena, &rows, NULL))) {
        for (size_t i = 0; i < rows.count; i++) {
            struct buf body;
            buf_init(&body, &arena, LIMIT_FRAME_CHUNK_BYTES);
            write_message(node, &body, &rows, i);
            struct buf *out = channel_out(&node->courier);
            size_t mark = frame_begin(out, WIRE_COURIER_SEND, (uint64_t)rows_int(&rows, i, 0));
            struct span id = arena_printf(&arena, "%.*s-%lld", SPAN_FMT(rows_span(&rows, i, 1)), (long long)rows_int(&rows, i, 0));
            frame_field(out, TAG_MESSAGE, id);
            frame_field(out, TAG_KIND, SPAN("hook"));
            frame_field(out, TAG_TARGET, node->config->hook_url);
            frame_field(out, TAG_DATA, buf_span(&body));
            if (!frame_end(out, mark)) continue;
            // Not again before the courier had its time; a courier that dies loses nothing.
            int64_t wait_ms = (int64_t)OUTBOX_RETRY_FIRST_MS << (rows_int(&rows, i, 4) < 7 ? rows_int(&rows, i, 4) : 7);
            outbox_result(node, rows_int(&rows, i, 0), now_ms + (wait_ms < OUTBOX_RETRY_MOST_MS ? wait_ms : OUTBOX_RETRY_MOST_MS), SPAN(""));
        }
    }
    arena_fini(&arena);
}

void node_timers(struct node *node, int64_t now_ms) {
    // At fixed instants, whatever was filed or started in between: the growth of the log tells no one of an incident.
    int64_t interval_ms = node->services.publish_interval_ms;
    if (node->publish_ms == 0) node->publish_ms = now_ms;
    if (now_ms / interval_ms != node->publish_ms / interval_ms) {
        node->publish_ms = now_ms;
        publish(node);
    }
    if (now_ms - node->housekeeping_ms >= HOUSEKEEPING_MS) {
        node->housekeeping_ms = now_ms;
        struct own_job *own = own_job_new(node, housekeeping_apply);
        if (own != NULL) node_submit(node, &own->write);
    }
    if (now_ms - node->outbox_ms >= OUTBOX_MS) {
        node->outbox_ms = now_ms;
        outbox_send(node, now_ms);
        node_tasks(node);
    }
}
