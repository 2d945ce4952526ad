// SPDX-License-Identifier: EUPL-1.2
/* Workers: each takes one request at a time and handles it on a reading connection of its own. Filings go first. */
#include <stdint.h>
#include <unistd.h>

#include "base/log.h"
#include "role/node_private.h"

void node_wake(struct node *node) {
    uint64_t one = 1;
    ssize_t written = write(node->wake_fd, &one, sizeof one);
    (void)written; // a full counter wakes as well
}

void node_done(struct node *node, struct inflight *inflight) {
    (void)pthread_mutex_lock(&node->done_lock);
    inflight->next = NULL;
    bool was_empty = node->done_first == NULL;
    if (was_empty) node->done_first = inflight;
    else node->done_last->next = inflight;
    node->done_last = inflight;
    (void)pthread_mutex_unlock(&node->done_lock);
    if (was_empty) node_wake(node);
}

static bool is_filing(const struct inflight *inflight) {
    return span_is(inflight->request.method, "POST") && span_starts_with(inflight->request.path, SPAN("/api/v1/filings"));
}

bool node_enqueue(struct node *node, struct inflight *inflight) {
    struct queue *queue = &node->queue;
    bool is_first = is_filing(inflight), is_taken = false;
    inflight->next = NULL;
    (void)pthread_mutex_lock(&queue->lock);
    // Filings keep three quarters of the room; reads are shed first.
    if (is_first && queue->filings + queue->others < LIMIT_NODE_QUEUE) {
        if (queue->filings_first == NULL) queue->filings_first = inflight;
        else queue->filings_last->next = inflight;
        queue->filings_last = inflight;
        queue->filings++;
        is_taken = true;
    } else if (!is_first && queue->others < LIMIT_NODE_QUEUE / 4) {
        if (queue->others_first == NULL) queue->others_first = inflight;
        else queue->others_last->next = inflight;
        queue->others_last = inflight;
        queue->others++;
        is_taken = true;
    }
    if (is_taken) (void)pthread_cond_signal(&queue->filled);
    (void)pthread_mutex_unlock(&queue->lock);
    return is_taken;
}

// Every fourth turn a read goes first, so that a flood of filings does not stop them altogether.
static struct inflight *take(struct queue *queue, unsigned turn) {
    (void)pthread_mutex_lock(&queue->lock);
    while (queue->filings_first == NULL && queue->others_first == NULL && !queue->is_closed)
        (void)pthread_cond_wait(&queue->filled, &queue->lock);
    struct inflight *inflight = NULL;
    bool is_read = queue->others_first != NULL && (queue->filings_first == NULL || turn % 4 == 3);
    if (is_read) {
        inflight = queue->others_first;
        queue->others_first = inflight->next;
        queue->others--;
    } else if (queue->filings_first != NULL) {
        inflight = queue->filings_first;
        queue->filings_first = inflight->next;
        queue->filings--;
    }
    (void)pthread_mutex_unlock(&queue->lock);
    return inflight;
}

static void finish_write(struct write_job *job, struct err result, const struct why *why, struct store_conn *reader) {
    struct api_job *api = (struct api_job *)job;
    struct inflight *inflight = api->request->inflight;
    api_finish(api, result, why, reader);
    node_done(inflight->node, inflight);
}

void *node_worker(void *context) {
    struct node *node = context;
    struct store_conn *conn = NULL;
    struct why why = {0};
    if (is_err(store_connect(node->store, STORE_READ, &conn, &why))) {
        log_error("worker_failed", "words=\"%s\"", why.words);
        return NULL;
    }
    for (unsigned turn = 0;; turn++) {
        struct inflight *inflight = take(&node->queue, turn);
        if (inflight == NULL) break;
        inflight->request.conn = conn;
        if (inflight->response.fetch != NULL) api_resume(&inflight->request, &inflight->response);
        else api_handle(&inflight->request, &inflight->response);
        inflight->request.conn = NULL;
        struct api_job *job = inflight->response.job;
        if (inflight->response.fetch != NULL) {
            node_fetch_ask(node, inflight);
            continue;
        }
        if (job == NULL) {
            node_done(node, inflight);
            continue;
        }
        job->write.finish = finish_write;
        node_submit(node, &job->write);
    }
    store_disconnect(conn);
    return NULL;
}
