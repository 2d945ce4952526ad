// SPDX-License-Identifier: EUPL-1.2
/*
 * A channel carries frames (base/frame.h) between two roles over a connected stream socket, without blocking.
 *
 * Reading: when poll or epoll says that fd is readable, call channel_read once, then channel_next until it has no more.
 * Writing: channel_send queues; channel_flush writes what the socket takes. While channel_queued_bytes is not 0 wait for
 * writability. Queueing has a hard limit (LIMIT_CHANNEL_BYTES, ERR_BUSY) that only a stuck peer reaches: a sender of bulk
 * data stops by itself while channel_queued_bytes is above LIMIT_CHANNEL_BUSY_BYTES.
 *
 * A broken or closed channel answers ERR_IO (or ERR_CORRUPT after a frame that breaks the form) from then on; the role
 * closes it. Belongs to one thread at a time.
 */
#ifndef OS_CHANNEL_H
#define OS_CHANNEL_H

#include "base/frame.h"

struct channel {
    int fd; // -1: not open
    struct buf in;
    size_t in_used; // bytes of IN already handed out
    struct buf out;
    size_t out_sent; // bytes of OUT already written
    struct err broken;
    bool takes_fd; // descriptors may come along; without it the kernel drops them
    int passed_fd; // the last one that came, -1: none
};

// Takes ownership of FD and makes it non-blocking and close-on-exec.
void channel_open(struct channel *channel, int fd);
// Closes and forgets everything queued. Idempotent.
void channel_close(struct channel *channel);
static inline bool channel_is_open(const struct channel *channel) { return channel->fd >= 0; }

// Reads what there is (a bounded amount: call again when poll says so). ERR_IO when the other side is gone and nothing
// unread is left. Frames from channel_next before this call are no longer valid.
CHECKED struct err channel_read(struct channel *channel);
// The next whole frame; false where there is none (or it breaks the form: channel_read then says ERR_CORRUPT).
// Its bytes are valid until the next channel_read.
bool channel_next(struct channel *channel, struct frame *ret);

// Queues the bytes of one or more whole frames (made with frame_begin ... frame_end). ERR_BUSY at the hard limit.
CHECKED struct err channel_send(struct channel *channel, struct span frames);
// The queue itself, for writing frames straight into it: frame_begin(channel_out(c), ...) ... frame_end.
static inline struct buf *channel_out(struct channel *channel) { return &channel->out; }
// Writes what the socket takes now; the rest stays queued. ERR_IO when the other side is gone.
CHECKED struct err channel_flush(struct channel *channel);
static inline size_t channel_queued_bytes(const struct channel *channel) { return channel->out.len - channel->out_sent; }

// Asks and waits: sends REQUEST (one whole frame with number NUMBER) and waits until DEADLINE_MS of the monotonic clock
// for the frame with the same number, which is valid until the next read. Frames with other numbers are dropped, so this
// is for channels on which one thread asks one question at a time. ERR_BUSY when the deadline passed.
CHECKED struct err channel_call(struct channel *channel, struct span request, uint64_t number, int64_t deadline_ms,
                                struct frame *ret);

// Sends FRAME with a descriptor beside it (which stays the caller's). ERR_BUSY while earlier frames are still queued.
CHECKED struct err channel_send_fd(struct channel *channel, struct span frame, int fd);
// The descriptor that came beside the last frames, now the caller's, or -1. Needs channel->takes_fd set after opening.
int channel_take_fd(struct channel *channel);

// A connected pair, both ends close-on-exec.
CHECKED struct err channel_pair(int ret_fds[2]);

#endif
