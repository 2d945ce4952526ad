// SPDX-License-Identifier: EUPL-1.2
/*
 * The inside of the node's role, shared by node*.c.
 *
 * Threads: one serves the channels (node.c: frames in and out, timers, streams of events), some workers handle requests on
 * a reading connection each (node_worker.c), one writes (node_writer.c), one has heads signed and finishes writes
 * (node_signer.c), one checkpoints the database. A request travels as an `inflight` request from the channel to a worker, where it
 * writes on to the writer and the signer, and back to the channel; it belongs to one thread at a time.
 */
#ifndef ROLE_NODE_PRIVATE_H
#define ROLE_NODE_PRIVATE_H

#include <pthread.h>

#include "api/api.h"
#include "os/channel.h"
#include "role/config.h"
#include "role/line.h"

enum { NODE_WORKERS_MAX = 64, NODE_BUCKETS = 4096, NODE_BODIES_BYTES = 96 * 1024 * 1024 };

struct node;

struct inflight {
    struct node *node;
    uint64_t number; // of the front's request
    struct arena arena;
    struct api_request request;
    struct api_response response;
    struct buf body;        // of the request, on the heap
    size_t body_counted;    // bytes counted against NODE_BODIES_BYTES
    bool is_cancelled;      // the client is gone; only the channel's thread writes it
    bool is_sending, is_streaming, is_in_service;
    size_t sent, acked;     // of the response's body
    uint64_t reader;        // who it is for, once it is being sent
    int64_t beat_ms;        // stream of events: when it was last written to
    struct inflight *next;  // in a queue
    uint64_t fetch_number;  // of what it waits for at the courier
    int64_t fetch_until_ms;
    struct inflight *bucket_next;
    struct inflight *stream_next;
};

// A queue that threads wait on.
struct queue {
    pthread_mutex_t lock;
    pthread_cond_t filled;
    struct inflight *filings_first, *filings_last; // taken first
    struct inflight *others_first, *others_last;
    size_t filings, others;
    bool is_closed;
};

struct job_list {
    pthread_mutex_t lock;
    pthread_cond_t filled;
    struct write_job *first, *last;
    size_t count;
    bool is_closed;
};

// A committed group on its way to the signer.
struct group {
    struct write_job *jobs;
    uint64_t size; // of the log after it
    bool has_head; // some job appended
    struct group *next;
};

struct group_list {
    pthread_mutex_t lock;
    pthread_cond_t filled;
    struct group *first, *last;
    bool is_closed;
};

// What is asked of the sealing service now.
struct seal_asking {
    pthread_mutex_t lock;
    pthread_cond_t answered;
    uint64_t number;      // 0: nothing is asked
    bool is_sent, is_answered;
    struct span id, body; // the asker's
    struct buf seal;      // the answer, on the heap
    char words[256];
};

struct node {
    const struct config *config;
    struct arena arena; // for the node's life
    struct services services;
    const struct embedded_file *law_files; // of which the law was made
    size_t law_file_count;
    struct store *store;
    struct line line;
    struct channel front, courier;
    int wake_fd; // eventfd: finished requests in flight, new events, jobs done

    struct queue queue;
    struct job_list jobs;
    struct group_list groups;
    pthread_mutex_t done_lock;
    struct inflight *done_first, *done_last;
    _Atomic bool has_events;
    _Atomic bool is_stopping;
    _Atomic bool has_task_job; // a step of what is queued for parties is under way

    pthread_mutex_t keys_lock;
    struct channel keys; // under keys_lock
    pthread_mutex_t press_lock;
    struct channel press; // under press_lock
    struct seal_asking seal;
    pthread_mutex_t fetch_lock;
    struct inflight *fetch_asked;   // handed over by workers
    struct inflight *fetch_waiting; // sent to the courier; the channel's thread only
    uint64_t fetch_number;
    _Atomic int press_fd; // a new channel to press that nobody has taken yet, or -1
    bool knows_signed;     // the signer's: signed_size is the head that keys signed last
    uint64_t signed_size;

    struct store_conn *own_conn; // of the channel's thread, reading
    struct inflight *buckets[NODE_BUCKETS];
    struct inflight *streams;
    size_t bodies_bytes;
    _Atomic bool is_erasing;       // a step is being written
    _Atomic bool is_obliging, obligation_failed; // an obligation is being written; the last could not be
    int64_t obligation_ms;         // when to look
    int64_t erasure_ms, erasure_after; // when to look, and after which filing
    struct civil standing_day;         // all standing orders to erase were looked at on that day,
    int64_t standing_mark;             // as they were then
    int64_t standing_after;            // in the midst of a look: one more than the filing after which to go on
    char standing_case[18];            // and the last order that nothing is due under
    bool has_erased_some;          // since the look began at the start
    int64_t publish_ms, disk_ms, housekeeping_ms, tasks_ms, beat_ms;
    uint64_t published_size;
    struct reach_state *reach; // node_reach.c

    size_t worker_count;
    pthread_t workers[NODE_WORKERS_MAX];
    pthread_t writer, signer, checkpointer, letters;
};

// node_worker.c
bool node_enqueue(struct node *node, struct inflight *inflight); // false: the queue is full
void *node_worker(void *node);
void node_done(struct node *node, struct inflight *inflight); // any thread: back to the channel
void node_wake(struct node *node);

// node_writer.c
void node_submit(struct node *node, struct write_job *job); // any thread
void *node_writer(void *node);
void *node_checkpointer(void *node);

// node_signer.c
void node_pass_group(struct node *node, struct group *group);
void *node_signer(void *node);
// Asks keys what it remembers and compares with the store; sets services.is_read_only where the store is behind. At start.
CHECKED struct err node_check_head(struct node *node, struct store_conn *conn, struct why *why);

// node_exchange.c (the channel's thread)
void node_front_frame(struct node *node, const struct frame *frame);
void node_send_done(struct node *node);
void node_front_lost(struct node *node); // forget all requests in flight
void inflight_free(struct inflight *inflight);
void node_answer_problem(struct inflight *inflight, struct err e, const char *rule, const char *words);

// node_events.c (the channel's thread)
// Whether one more stream is there for the person: each holds a place that others wait for.
bool node_stream_is_free(const struct node *node, const struct inflight *inflight);
void node_stream_begin(struct node *node, struct inflight *inflight);
void node_stream_end(struct node *node, struct inflight *inflight);
void node_streams_feed(struct node *node, int64_t now_ms);

// node_signer.c (any thread)
// Has the envelope of a document signed by keys and appends the note. ERR_BUSY where keys is not there now.
CHECKED struct err node_envelope(void *node, const struct envelope *envelope, struct buf *ret, struct why *why);

// node_fetch.c: requests that wait for an answer of a provider of sign-in
void node_fetch_init(struct node *node);
void node_fetch_ask(struct node *node, struct inflight *inflight);      // a worker hands it over
void node_fetch_turn(struct node *node, int64_t now_ms);                // the channel's thread, each turn
void node_fetch_answered(struct node *node, const struct frame *frame); // likewise

// node_seal.c: asks the sealing service, through the channel's thread; one at a time.
// Any other thread: waits for the answer. ERR_BUSY with words where there is none now.
CHECKED struct err node_seal_ask(struct node *node, struct span id, struct span body, struct arena *arena, struct span *ret_seal, struct why *why);
void node_seal_send(struct node *node);                              // the channel's thread, each turn
void node_seal_answered(struct node *node, const struct frame *frame); // likewise
void node_seal_init(struct node *node);

// node_press.c (any thread)
// Has the PDF of a paper (format/paper.h) made and appends it. ERR_BUSY where press is not there now, or busy.
CHECKED struct err node_press(void *node, struct span paper, struct buf *ret, struct why *why);
void node_press_channel(struct node *node, int fd); // the channel's thread: a new one came

// node_tasks.c (the channel's thread): goes on with what is queued for the parties of cases
void node_tasks(struct node *node);

// node_letters.c
void *node_letters(void *node);

// node_erasure.c (the channel's thread): orders to erase, a step at a time
void node_erasure(struct node *node, int64_t now_ms);
// node_obligation.c (the channel's thread): what recurs by the calendar
void node_obligations(struct node *node, int64_t now_ms);

// node_timers.c (the channel's thread)
void node_timers(struct node *node, int64_t now_ms);

// node_reach.c (the channel's thread; what its writes finish comes back through a list)
CHECKED struct err node_reach_start(struct node *node, struct why *why); // before the sandbox: reads the configuration
void node_reach(struct node *node, int64_t now_ms);
void node_note_stop(struct node *node); // the last write: it ends in order
void node_courier_frame(struct node *node, const struct frame *frame);
void node_courier_lost(struct node *node); // a new courier: what the old one had is unclear

#endif
