// SPDX-License-Identifier: EUPL-1.2
/*
 * Requests that wait for an answer from a provider of sign-in. The node makes no connections: the courier asks, and the request goes on at a
 * worker when the answer is there. No worker waits meanwhile.
 */
#include "os/clock.h"
#include "role/node_private.h"
#include "role/wire.h"

enum { FETCH_WAIT_MS = 12 * 1000, FETCHES_MAX = 64 };

void node_fetch_init(struct node *node) { (void)pthread_mutex_init(&node->fetch_lock, NULL); }

void node_fetch_ask(struct node *node, struct inflight *inflight) {
    (void)pthread_mutex_lock(&node->fetch_lock);
    inflight->next = node->fetch_asked;
    node->fetch_asked = inflight;
    (void)pthread_mutex_unlock(&node->fetch_lock);
    node_wake(node);
}

// Back to a worker, with the answer or without.
static void go_on(struct node *node, struct inflight *inflight) {
    if (node_enqueue(node, inflight)) return;
    inflight->response.fetch = NULL;
    node_answer_problem(inflight, err_make(ERR_BUSY), "node.busy", "the node has more requests than it can take; try again");
    node_done(node, inflight);
}

static bool send(struct node *node, struct inflight *inflight) {
    const struct api_fetch *fetch = inflight->response.fetch;
    struct buf *out = channel_out(&node->courier);
    if (!channel_is_open(&node->courier)) return false;
    inflight->fetch_number = ++node->fetch_number;
    size_t mark = frame_begin(out, WIRE_COURIER_FETCH, inflight->fetch_number);
    frame_field(out, TAG_KIND, fetch->provider);
    frame_field(out, TAG_TARGET, fetch->url);
    if (fetch->body.at != NULL) frame_field(out, TAG_DATA, fetch->body);
    if (fetch->authorization.len > 0) frame_field(out, TAG_SECRET, fetch->authorization);
    return frame_end(out, mark);
}

void node_fetch_turn(struct node *node, int64_t now_ms) {
    size_t waiting = 0;
    (void)pthread_mutex_lock(&node->fetch_lock);
    struct inflight *asked = node->fetch_asked;
    node->fetch_asked = NULL;
    (void)pthread_mutex_unlock(&node->fetch_lock);
    for (struct inflight **at = &node->fetch_waiting; *at != NULL;) {
        struct inflight *inflight = *at;
        waiting++;
        if (now_ms < inflight->fetch_until_ms) {
            at = &inflight->next;
            continue;
        }
        *at = inflight->next;
        go_on(node, inflight);
    }
    while (asked != NULL) {
        struct inflight *inflight = asked;
        asked = inflight->next;
        inflight->fetch_until_ms = now_ms + FETCH_WAIT_MS;
        if (waiting >= FETCHES_MAX || !send(node, inflight)) {
            go_on(node, inflight);
            continue;
        }
        waiting++;
        inflight->next = node->fetch_waiting;
        node->fetch_waiting = inflight;
    }
}

void node_fetch_answered(struct node *node, const struct frame *frame) {
    struct inflight **at = &node->fetch_waiting;
    while (*at != NULL && (*at)->fetch_number != frame->number) at = &(*at)->next;
    struct inflight *inflight = *at;
    if (inflight == NULL) return; // too late
    *at = inflight->next;
    struct api_fetch *fetch = inflight->response.fetch;
    fetch->status = (unsigned)frame_get_u64(frame, TAG_STATUS, 0);
    fetch->answer = arena_copy(&inflight->arena, frame_get(frame, TAG_DATA));
    if (fetch->answer.at == NULL) fetch->status = 0;
    go_on(node, inflight);
}
