// SPDX-License-Identifier: EUPL-1.2
/*
 * Asking press for a PDF, from any thread: one at a time. A press that died is started anew by the supervisor, which sends the
 * new channel to the channel's thread; whoever asks next takes it from there.
 */
#include <time.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/log.h"
#include "os/clock.h"
#include "role/node_private.h"
#include "role/wire.h"

enum { PRESS_DEADLINE_MS = 10 * 1000, PRESS_QUEUE_S = 5 };

static uint64_t next_number(void) {
    static _Atomic uint64_t number;
    return atomic_fetch_add(&number, 1) + 1;
}

void node_press_channel(struct node *node, int fd) {
    int before = atomic_exchange(&node->press_fd, fd);
    if (before >= 0) (void)close(before);
}

static struct err send_paper(struct channel *press, struct span paper) {
    for (size_t from = 0; from < paper.len; from += LIMIT_FRAME_CHUNK_BYTES) {
        size_t mark = frame_begin(channel_out(press), WIRE_PRESS_PAPER, 0);
        frame_field_u64(channel_out(press), TAG_BYTES, from);
        frame_field(channel_out(press), TAG_DATA, span_part(paper, from, from + LIMIT_FRAME_CHUNK_BYTES));
        if (!frame_end(channel_out(press), mark)) return err_make(ERR_BUSY);
    }
    return err_none();
}

static struct err ask(struct channel *press, enum wire_type type, uint64_t from, int64_t deadline_ms, struct frame *ret) {
    uint8_t bytes[128];
    struct buf request = {.at = bytes, .capacity = sizeof bytes, .max_bytes = sizeof bytes};
    uint64_t number = next_number();
    size_t mark = frame_begin(&request, (uint16_t)type, number);
    frame_field_u64(&request, TAG_BYTES, from);
    if (!frame_end(&request, mark)) return err_make(ERR_MEMORY);
    return channel_call(press, buf_span(&request), number, deadline_ms, ret);
}

static struct err make(struct channel *press, struct span paper, struct buf *ret, struct why *why) {
    struct frame answer;
    int64_t deadline_ms = clock_monotonic_ms() + PRESS_DEADLINE_MS;
    TRY(send_paper(press, paper));
    TRY(ask(press, WIRE_PRESS_MAKE, 0, deadline_ms, &answer));
    if (answer.type == WIRE_FAILED) {
        enum err_code code = (enum err_code)frame_get_u64(&answer, TAG_SIZE, ERR_IO);
        code = code == ERR_UNSUPPORTED ? ERR_BUSY : code == ERR_INPUT || code == ERR_LIMIT ? code : ERR_MEMORY; // no fonts: later
        return why_set(why, code, "", "press.refused", "",
                       "the document can't be made: %.*s", SPAN_FMT(frame_get(&answer, TAG_WORDS)));
    }
    size_t size = (size_t)frame_get_u64(&answer, TAG_SIZE, 0);
    while (ret->len < size) {
        TRY(ask(press, WIRE_PRESS_READ, ret->len, deadline_ms, &answer));
        struct span data = frame_get(&answer, TAG_DATA);
        if (answer.type != WIRE_PRESS_DATA || data.len == 0) return err_make(ERR_IO);
        buf_add(ret, data);
        if (ret->is_failed) return err_make(ERR_MEMORY);
    }
    return size > 0 ? err_none() : err_make(ERR_IO);
}

struct err node_press(void *context, struct span paper, struct buf *ret, struct why *why) {
    struct node *node = context;
    struct timespec until;
    (void)clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += PRESS_QUEUE_S;
    if (pthread_mutex_timedlock(&node->press_lock, &until) != 0)
        return why_set(why, ERR_BUSY, "", "press.busy", "", "many documents are being made; please try again");
    int fd = atomic_exchange(&node->press_fd, -1);
    if (fd >= 0) {
        channel_close(&node->press);
        channel_open(&node->press, fd);
    }
    struct why own = {0};
    struct err e = channel_is_open(&node->press) ? make(&node->press, paper, ret, &own) : err_make(ERR_IO);
    if (is_err(e) && !own.is_set) { // not an answer: it died, or takes too long. Without its channel it ends.
        log_warn("press_lost", "error=%s", err_name(e.code));
        channel_close(&node->press);
        e = why_set(&own, ERR_BUSY, "", "press.gone", "", "documents can't be made at this moment; please try again");
    }
    (void)pthread_mutex_unlock(&node->press_lock);
    if (is_err(e)) return why_set(why, own.code, own.field, own.rule, own.article, "%s", own.words);
    return e;
}
