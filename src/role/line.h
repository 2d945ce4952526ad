// SPDX-License-Identifier: EUPL-1.2
/*
 * A child's line to the supervisor (WIRE_FD_SUPERVISOR), the same in every role: say READY once, then watch line_fd for
 * reading beside the role's other descriptors and take what comes. One thread.
 */
#ifndef ROLE_LINE_H
#define ROLE_LINE_H

#include "os/channel.h"

struct line {
    struct channel channel;
};

enum line_kind {
    LINE_NOTHING,     // nothing more now
    LINE_STOP,        // finish what is begun and return 0 from the role
    LINE_GONE,        // the supervisor is gone: leave at once
    LINE_CERTIFICATE, // front only
    LINE_CHANNEL,     // a new channel to the role named KIND; FD is the role's now
};
struct line_event {
    enum line_kind type;
    struct span kind; // LINE_CHANNEL: "node", "courier"
    int fd;
    struct span certificate, key; // LINE_CERTIFICATE: PEM, valid until the next call
};

void line_open(struct line *line);
static inline int line_fd(const struct line *line) { return line->channel.fd; }
// Tells the supervisor that the role serves. Call after the sandbox is entered.
void line_ready(struct line *line);
// Tells the supervisor that the channel to another role is broken and no new one has come: it ends that role.
void line_complain(struct line *line, const char *role);
// To call when line_fd is readable, until it says LINE_NOTHING.
struct line_event line_next(struct line *line);
// Waits (blocking) for the next event that is not LINE_NOTHING.
struct line_event line_wait(struct line *line);

#endif
