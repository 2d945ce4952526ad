// SPDX-License-Identifier: EUPL-1.2
#include "os/channel.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/limits.h"
#include "os/clock.h"

enum { READ_BYTES = 64 * 1024, KEEP_BYTES = 512 * 1024 };

void channel_open(struct channel *channel, int fd) {
    *channel = (struct channel){.fd = fd, .passed_fd = -1};
    buf_init(&channel->in, NULL, LIMIT_FRAME_BYTES + 2 * READ_BYTES);
    buf_init(&channel->out, NULL, LIMIT_CHANNEL_BYTES);
    int flags = fcntl(fd, F_GETFL);
    if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) != 0 || fcntl(fd, F_SETFD, FD_CLOEXEC) != 0)
        channel->broken = err_make(ERR_IO);
}

void channel_close(struct channel *channel) {
    if (channel->fd < 0) return;
    (void)close(channel->fd);
    if (channel->passed_fd >= 0) (void)close(channel->passed_fd);
    buf_fini(&channel->in);
    buf_fini(&channel->out);
    *channel = (struct channel){.fd = -1, .passed_fd = -1, .broken = err_make(ERR_IO)};
}

// Moves unread bytes to the front, so that space at the end is free again.
static void compact(struct buf *buf, size_t *used) {
    if (*used == 0) return;
    buf_drop_front(buf, *used);
    *used = 0;
}

union passing { // space for one descriptor beside the bytes
    struct cmsghdr head;
    uint8_t bytes[CMSG_SPACE(sizeof(int))];
};

static ssize_t receive(struct channel *channel, uint8_t *at) {
    if (!channel->takes_fd) return recv(channel->fd, at, READ_BYTES, 0);
    union passing beside = {.bytes = {0}};
    struct iovec part = {.iov_base = at, .iov_len = READ_BYTES};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = &beside, .msg_controllen = sizeof beside};
    ssize_t got = recvmsg(channel->fd, &message, MSG_CMSG_CLOEXEC);
    const struct cmsghdr *head = got < 0 ? NULL : CMSG_FIRSTHDR(&message);
    if (head != NULL && head->cmsg_level == SOL_SOCKET && head->cmsg_type == SCM_RIGHTS && head->cmsg_len == CMSG_LEN(sizeof(int))) {
        if (channel->passed_fd >= 0) (void)close(channel->passed_fd);
        memcpy(&channel->passed_fd, CMSG_DATA(head), sizeof(int));
    }
    return got;
}

int channel_take_fd(struct channel *channel) {
    int fd = channel->passed_fd;
    channel->passed_fd = -1;
    return fd;
}

struct err channel_send_fd(struct channel *channel, struct span frame, int fd) {
    TRY(channel_flush(channel));
    if (channel_queued_bytes(channel) > 0) return err_make(ERR_BUSY);
    TRY(channel_send(channel, frame)); // what the socket does not take now follows with the next flush
    union passing beside = {.bytes = {0}};
    struct iovec part = {.iov_base = channel->out.at, .iov_len = channel->out.len};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = &beside, .msg_controllen = sizeof beside};
    struct cmsghdr *head = CMSG_FIRSTHDR(&message);
    *head = (struct cmsghdr){.cmsg_len = CMSG_LEN(sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
    memcpy(CMSG_DATA(head), &fd, sizeof(int));
    ssize_t put;
    do put = sendmsg(channel->fd, &message, MSG_NOSIGNAL);
    while (put < 0 && errno == EINTR);
    channel->out_sent = put > 0 ? (size_t)put : 0;
    if (put <= 0) {
        channel->out.len = 0;
        return err_make(errno == EAGAIN || errno == EWOULDBLOCK ? ERR_BUSY : ERR_IO);
    }
    return channel_flush(channel);
}

struct err channel_read(struct channel *channel) {
    if (is_err(channel->broken)) return channel->broken;
    compact(&channel->in, &channel->in_used);
    size_t before = channel->in.len;
    uint8_t *at = buf_extend(&channel->in, READ_BYTES);
    if (at == NULL) { // a caller that does not take its frames; the limit holds a whole frame and a read
        channel->in.is_failed = false;
        return err_none();
    }
    ssize_t got;
    do got = receive(channel, at);
    while (got < 0 && errno == EINTR);
    channel->in.len = before + (got > 0 ? (size_t)got : 0);
    if (got > 0 || (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))) return err_none();
    channel->broken = err_make(ERR_IO);
    return channel->broken;
}

bool channel_next(struct channel *channel, struct frame *ret) {
    if (channel->broken.code == ERR_CORRUPT) return false;
    size_t used;
    struct span rest = span_part(buf_span(&channel->in), channel->in_used, channel->in.len);
    if (is_err(frame_next(rest, ret, &used))) {
        channel->broken = err_make(ERR_CORRUPT);
        return false;
    }
    channel->in_used += used;
    return used > 0;
}

struct err channel_send(struct channel *channel, struct span frames) {
    if (is_err(channel->broken)) return channel->broken;
    size_t before = channel->out.len;
    buf_add(&channel->out, frames);
    if (!channel->out.is_failed) return err_none();
    channel->out.len = before;
    channel->out.is_failed = false;
    return err_make(ERR_BUSY);
}

struct err channel_flush(struct channel *channel) {
    while (!is_err(channel->broken) && channel->out_sent < channel->out.len) {
        ssize_t put = send(channel->fd, channel->out.at + channel->out_sent, channel->out.len - channel->out_sent, MSG_NOSIGNAL);
        if (put > 0) {
            channel->out_sent += (size_t)put;
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            if (channel->out_sent > channel->out.len / 2) compact(&channel->out, &channel->out_sent);
            return err_none();
        } else if (errno != EINTR) {
            channel->broken = err_make(ERR_IO);
        }
    }
    if (is_err(channel->broken)) return channel->broken;
    channel->out.len = channel->out_sent = 0;
    if (channel->out.capacity > KEEP_BYTES) { // a burst is over: give its memory back
        buf_fini(&channel->out);
        buf_init(&channel->out, NULL, LIMIT_CHANNEL_BYTES);
    }
    return err_none();
}

static struct err wait_for(struct channel *channel, int64_t deadline_ms) {
    int64_t left_ms = deadline_ms - clock_monotonic_ms();
    if (left_ms <= 0) return err_make(ERR_BUSY);
    if (left_ms > INT_MAX) left_ms = INT_MAX;
    struct pollfd waited = {.fd = channel->fd, .events = POLLIN};
    if (channel_queued_bytes(channel) > 0) waited.events |= POLLOUT;
    int ready = poll(&waited, 1, (int)left_ms);
    return ready < 0 && errno != EINTR ? err_make(ERR_IO) : err_none();
}

struct err channel_call(struct channel *channel, struct span request, uint64_t number, int64_t deadline_ms, struct frame *ret) {
    TRY(channel_send(channel, request));
    for (;;) {
        TRY(channel_flush(channel));
        struct frame frame;
        while (channel_next(channel, &frame))
            if (frame.number == number) {
                *ret = frame;
                return err_none();
            }
        TRY(wait_for(channel, deadline_ms));
        TRY(channel_read(channel));
    }
}

struct err channel_pair(int ret_fds[2]) {
    return socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ret_fds) == 0 ? err_none() : err_make(ERR_IO);
}
