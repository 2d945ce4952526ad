// SPDX-License-Identifier: EUPL-1.2
#include "role/line.h"

#include <errno.h>
#include <poll.h>

#include "role/wire.h"

void line_open(struct line *line) {
    channel_open(&line->channel, WIRE_FD_SUPERVISOR);
    line->channel.takes_fd = true;
}

void line_ready(struct line *line) {
    (void)frame_end(channel_out(&line->channel), frame_begin(channel_out(&line->channel), WIRE_READY, 0));
    if (is_err(channel_flush(&line->channel))) return; // the next read says so too
}

void line_complain(struct line *line, const char *role) {
    size_t mark = frame_begin(channel_out(&line->channel), WIRE_FAILED, 0);
    frame_field(channel_out(&line->channel), TAG_KIND, span_of(role));
    (void)frame_end(channel_out(&line->channel), mark);
    if (is_err(channel_flush(&line->channel))) return; // the next read says so too
}

static struct line_event event_of(struct line *line, const struct frame *frame) {
    struct line_event event = {.type = LINE_NOTHING, .fd = -1};
    if (frame->type == WIRE_STOP) event.type = LINE_STOP;
    if (frame->type == WIRE_CERTIFICATE) {
        event.type = LINE_CERTIFICATE;
        event.certificate = frame_get(frame, TAG_DATA);
        event.key = frame_get(frame, TAG_KEY);
    }
    if (frame->type == WIRE_CHANNEL) {
        event.kind = frame_get(frame, TAG_KIND);
        event.fd = channel_take_fd(&line->channel);
        event.type = event.fd >= 0 ? LINE_CHANNEL : LINE_NOTHING;
    }
    return event;
}

struct line_event line_next(struct line *line) {
    struct frame frame;
    for (bool has_read = false;; has_read = true) {
        while (channel_next(&line->channel, &frame)) {
            struct line_event event = event_of(line, &frame);
            if (event.type != LINE_NOTHING) return event;
        }
        if (has_read) return (struct line_event){.type = LINE_NOTHING, .fd = -1};
        if (is_err(channel_read(&line->channel))) return (struct line_event){.type = LINE_GONE, .fd = -1};
    }
}

struct line_event line_wait(struct line *line) {
    for (;;) {
        struct line_event event = line_next(line);
        if (event.type != LINE_NOTHING) return event;
        struct pollfd waited = {.fd = line_fd(line), .events = POLLIN};
        if (poll(&waited, 1, -1) < 0 && errno != EINTR) return (struct line_event){.type = LINE_GONE, .fd = -1};
    }
}
