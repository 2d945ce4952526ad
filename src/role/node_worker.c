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

void node_done(struct node *node, struct exchange *exchange) {
    (void)pthread_mutex_lock(&node->done_lock);
    exchange->next = NULL;
    bool was_empty = node->done_first == NULL;
    if (was_empty) node->done_first = exchange;
    else node->done_last->next = exchange;
    node->done_last = exchange;
    (void)pthread_mutex_unlock(&node->done_lock);
    if (was_empty) node_wake(node);
}

static bool is_filing(const struct exchange *exchange) {
    return span_is(exchange->request.method, "POST") && span_starts_with(exchange->request.path, SPAN("/api/v1/filings"));
}

bool node_enqueue(struct node *node, struct exchange *exchange) {
    struct queue *queue = &node->queue;
    bool is_first = is_filing(exchange), is_taken = false;
    exchange->next = NULL;
    (void)pthread_mutex_lock(&queue->lock);
    // Filings keep three quarters of the room; reads are shed first.
    if (is_first && queue->filings + queue->others < LIMIT_NODE_QUEUE) {
        if (queue->filings_first == NULL) queue->filings_first = exchange;
        else queue->filings_last->next = exchange;
        queue->filings_last = exchange;
        queue->filings++;
        is_taken = true;
    } else if (!is_first && queue->others < LIMIT_NODE_QUEUE / 4) {
        if (queue->others_first == NULL) queue->others_first = exchange;
        else queue->others_last->next = exchange;
        queue->others_last = exchange;
        queue->others++;
        is_taken = true;
    }
    if (is_taken) (void)pthread_cond_signal(&queue->filled);
    (void)pthread_mutex_unlock(&queue->lock);
    return is_taken;
}

// Every fourth turn a read goes first, so that a flood of filings does not stop them altogether.
static struct exchange *take(struct queue *queue, unsigned turn) {
    (void)pthread_mutex_lock(&queue->lock);
    while (queue->filings_first == NULL && queue->others_first == NULL && !queue->is_closed)
        (void)pthread_cond_wait(&queue->filled, &queue->lock);
    struct exchange *exchange = NULL;
    bool is_read = queue->others_first != NULL && (queue->filings_first == NULL || turn % 4 == 3);
    if (is_read) {
        exchange = queue->others_first;
        queue->others_first = exchange->next;
        queue->others--;
    } else if (queue->filings_first != NULL) {
        exchange = queue->filings_first;
        queue->filings_first = exchange->next;
        queue->filings--;
    }
    (void)pthread_mutex_unlock(&queue->lock);
    return exchange;
}

static void finish_write(struct write_job *job, struct err result, const struct why *why, struct store_conn *reader) {
    struct api_job *api = (struct api_job *)job;
    struct exchange *exchange = api->request->exchange;
    api_finish(api, result, why, reader);
    node_done(exchange->node, exchange);
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
        struct exchange *exchange = take(&node->queue, turn);
        if (exchange == NULL) break;
        exchange->request.conn = conn;
        api_handle(&exchange->request, &exchange->response);
        exchange->request.conn = NULL;
        struct api_job *job = exchange->response.job;
        if (job == NULL) {
            node_done(node, exchange);
            continue;
        }
        job->write.finish = finish_write;
        node_submit(node, &job->write);
    }
    store_disconnect(conn);
    return NULL;
}
