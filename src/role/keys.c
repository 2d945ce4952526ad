// SPDX-License-Identifier: EUPL-1.2
#include "role/keys.h"

#include <errno.h>
#include <poll.h>

#include "base/log.h"
#include "role/line.h"
#include "role/role.h"
#include "role/wire.h"

static struct err request_serve(struct keys_file *file, const struct frame *request, struct buf *out, struct why *why) {
    struct why refusal = {0};
    struct keys_decision decision = keys_decide(&file->state, request, &refusal);
    if (decision.verdict == KEYS_REFUSE) {
        log_warn("refused", "rule=%s type=%u", refusal.rule, (unsigned)request->type);
        keys_refuse(request, &refusal, out);
        return err_none();
    }
    if (decision.verdict == KEYS_REMEMBER_AND_ANSWER) TRY(keys_remember(file, &decision, why));
    keys_answer(&file->state, request, out);
    return out->is_failed ? why_set(why, ERR_BUSY, "", "keys.answer", "", "node does not take its answers") : err_none();
}

struct err keys_serve(struct keys_file *file, struct channel *channel, struct why *why) {
    struct frame request;
    while (channel_next(channel, &request)) TRY(request_serve(file, &request, channel_out(channel), why));
    struct err e = channel_flush(channel);
    return is_err(e) ? why_set(why, e.code, "", "keys.channel", "", "node is gone, or has sent what is no frame") : e;
}

// True while the role goes on.
static bool node_turn(struct keys_file *file, struct channel *node, short events, int *ret_status) {
    struct why why = {0};
    struct err e = err_none();
    if (events & (POLLIN | POLLHUP | POLLERR)) e = channel_read(node);
    if (is_err(e)) {
        *ret_status = e.code == ERR_CORRUPT;
        log_line(e.code == ERR_CORRUPT ? LOG_ERROR : LOG_INFO, "node_gone", "error=%s", err_name(e.code));
        return false;
    }
    e = keys_serve(file, node, &why);
    if (!is_err(e)) return true;
    log_error("ended", "error=%s why=\"%s\"", err_name(e.code), why.words);
    *ret_status = 1;
    return false;
}

static int serve(struct keys_file *file, struct line *line, struct channel *node) {
    int status = 0;
    for (;;) {
        struct pollfd waited[] = {
            {.fd = line_fd(line), .events = POLLIN},
            {.fd = node->fd, .events = (short)(POLLIN | (channel_queued_bytes(node) > 0 ? POLLOUT : 0))},
        };
        if (poll(waited, 2, -1) < 0) {
            if (errno == EINTR) continue;
            return 1;
        }
        if (waited[1].revents != 0 && !node_turn(file, node, waited[1].revents, &status)) return status;
        if (waited[0].revents == 0) continue;
        for (struct line_event event = line_next(line); event.type != LINE_NOTHING; event = line_next(line))
            if (event.type == LINE_STOP || event.type == LINE_GONE) return 0;
    }
}

int keys_role(const struct config *config) {
    struct keys_file file;
    struct line line;
    struct channel node;
    struct why why = {0};
    struct err e = keys_open(config->keys_dir, &file, &why);
    if (is_err(e)) {
        log_error("key_refused", "why=\"%s\"", why.words);
        return 2;
    }
    line_open(&line);
    channel_open(&node, WIRE_FD_FIRST);
    // no path: the ring of heads is open already, and nothing else is ever touched
    const struct sandbox_rules rules = {.role = "keys", .allow = SANDBOX_FILES, .descriptors = 16};
    int status = 1;
    if (role_enter_sandbox(config, &rules)) {
        line_ready(&line);
        log_info("ready", "log=%s size=%llu", file.state.memory.origin, (unsigned long long)file.state.memory.size);
        status = serve(&file, &line, &node);
    }
    channel_close(&node);
    channel_close(&line.channel);
    keys_close(&file);
    return status;
}
