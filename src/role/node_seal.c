// SPDX-License-Identifier: EUPL-1.2
/*
 * Between the thread that makes letters, which waits for a seal, and the thread of the channels, which alone speaks with the courier.
 * An answer that comes too late is dropped; the letter asks again after its pause.
 */
#include <stdio.h>
#include <time.h>

#include "role/node_private.h"
#include "role/wire.h"

enum { ANSWER_S = 25, SEAL_BYTES = 64 * 1024 };

void node_seal_init(struct node *node) {
    (void)pthread_mutex_init(&node->seal.lock, NULL);
    (void)pthread_cond_init(&node->seal.answered, NULL);
    buf_init(&node->seal.seal, NULL, SEAL_BYTES);
}

static void begin(struct seal_asking *asking, struct span id, struct span body) {
    static uint64_t last_number; // one thread asks
    (void)pthread_mutex_lock(&asking->lock);
    buf_fini(&asking->seal);
    buf_init(&asking->seal, NULL, SEAL_BYTES);
    (void)snprintf(asking->words, sizeof asking->words, "the sealing service did not answer in time");
    asking->number = ++last_number;
    asking->is_sent = asking->is_answered = false;
    asking->id = id;
    asking->body = body;
    (void)pthread_mutex_unlock(&asking->lock);
}

struct err node_seal_ask(struct node *node, struct span id, struct span body, struct arena *arena, struct span *ret_seal, struct why *why) {
    struct seal_asking *asking = &node->seal;
    struct timespec until;
    int timed_out = 0;
    (void)clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += ANSWER_S;
    begin(asking, id, body);
    node_wake(node);
    (void)pthread_mutex_lock(&asking->lock);
    while (!asking->is_answered && timed_out == 0 && !atomic_load(&node->is_stopping))
        timed_out = pthread_cond_timedwait(&asking->answered, &asking->lock, &until);
    asking->number = 0;
    asking->id = asking->body = span_make(NULL, 0);
    bool is_sealed = asking->is_answered && asking->seal.len > 0;
    struct span seal = is_sealed ? arena_copy(arena, buf_span(&asking->seal)) : span_make(NULL, 0);
    struct err e = seal.at != NULL ? err_none() : why_set(why, ERR_BUSY, "", "letter.seal", "", "%s", asking->words);
    (void)pthread_mutex_unlock(&asking->lock);
    if (!is_err(e)) *ret_seal = seal;
    return e;
}

void node_seal_send(struct node *node) {
    struct seal_asking *asking = &node->seal;
    (void)pthread_mutex_lock(&asking->lock);
    if (asking->number != 0 && !asking->is_sent && channel_is_open(&node->courier)) {
        struct buf *out = channel_out(&node->courier);
        size_t mark = frame_begin(out, WIRE_COURIER_SEAL, asking->number);
        frame_field(out, TAG_MESSAGE, asking->id);
        frame_field(out, TAG_DATA, asking->body);
        asking->is_sent = frame_end(out, mark);
    }
    if (atomic_load(&node->is_stopping)) (void)pthread_cond_signal(&asking->answered);
    (void)pthread_mutex_unlock(&asking->lock);
}

void node_seal_answered(struct node *node, const struct frame *frame) {
    struct seal_asking *asking = &node->seal;
    (void)pthread_mutex_lock(&asking->lock);
    if (frame->number == asking->number && asking->number != 0) {
        struct span words = frame_get(frame, TAG_WORDS);
        buf_add(&asking->seal, frame_get(frame, TAG_DATA));
        if (words.len > 0) (void)snprintf(asking->words, sizeof asking->words, "%.*s", SPAN_FMT(words));
        asking->is_answered = true;
        (void)pthread_cond_signal(&asking->answered);
    }
    (void)pthread_mutex_unlock(&asking->lock);
}
