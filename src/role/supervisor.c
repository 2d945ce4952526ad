// SPDX-License-Identifier: EUPL-1.2
#include "role/supervisor.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/log.h"
#include "os/channel.h"
#include "os/clock.h"
#include "os/file.h"
#include "os/process.h"
#include "os/socket.h"
#include "role/wire.h"

enum child_name { CHILD_KEYS, CHILD_NODE, CHILD_COURIER, CHILD_FRONT, CHILD_PRESS, CHILDREN };
enum { FIRST_PAUSE_MS = 100, LONGEST_PAUSE_MS = 5000, LONG_LIFE_MS = 10000, ACCUSED_MS = 2500, NODE_STOP_MS = 10000, OTHER_STOP_MS = 2000 };

static const char *const NAMES[CHILDREN] = {"keys", "node", "courier", "front", "press"};

struct child {
    pid_t pid; // 0: not running
    struct channel line;
    bool is_ready;
    int64_t started_ms;
    int64_t start_at_ms; // when it is to be started, where it is not running
    int64_t pause_ms;
};

struct supervisor {
    const struct config *config;
    struct child children[CHILDREN];
    int signals;
    int listener, plain_listener;
    uint16_t port;
    bool was_ready; // all of them, once
    bool is_stopping;
    int status;
};

static void close_pair(int pair[2]) {
    for (int i = 0; i < 2; i++)
        if (pair[i] >= 0) (void)close(pair[i]);
}

// Starts a child with the given descriptors after its line.
static struct err start_child(struct supervisor *s, enum child_name name, const int *fds, size_t count, struct why *why) {
    struct child *child = &s->children[name];
    int line[2], all[PROCESS_FDS];
    if (is_err(channel_pair(line))) return why_set(why, ERR_IO, "", "supervisor.line", "", "no sockets: errno %d", errno);
    all[0] = line[1];
    for (size_t i = 0; i < count; i++) all[i + 1] = fds[i];
    const char *const argv[] = {"varde", "--role", NAMES[name], s->config->dir, NULL};
    struct err e = process_start(argv, all, count + 1, &child->pid, why);
    (void)close(line[1]);
    if (is_err(e)) {
        (void)close(line[0]);
        child->pid = 0;
        return e;
    }
    channel_open(&child->line, line[0]);
    child->is_ready = false;
    child->started_ms = clock_monotonic_ms();
    return err_none();
}

// Tells a running child that the channel to another role is replaced.
static void pass_channel(struct supervisor *s, enum child_name to, enum child_name other, int fd) {
    struct child *child = &s->children[to];
    if (child->pid == 0) return;
    struct buf frame;
    buf_init(&frame, NULL, 256);
    size_t mark = frame_begin(&frame, WIRE_CHANNEL, 0);
    frame_field(&frame, TAG_KIND, span_of(NAMES[other]));
    struct err e = frame_end(&frame, mark) ? channel_send_fd(&child->line, buf_span(&frame), fd) : err_make(ERR_MEMORY);
    buf_fini(&frame);
    if (!is_err(e)) return;
    log_warn("child_deaf", "role=%s", NAMES[to]); // it would wait for the other for ever
    process_kill(child->pid);
}

static void send_certificate(struct supervisor *s) {
    struct child *front = &s->children[CHILD_FRONT];
    if (front->pid == 0) return;
    struct arena arena;
    arena_init(&arena, 512 * 1024);
    struct span certificate, key;
    struct why why = {0};
    struct err e = file_read(&arena, s->config->certificate_file, 64 * 1024, &certificate, &why);
    if (!is_err(e)) e = file_read(&arena, s->config->key_file, 32 * 1024, &key, &why);
    if (!is_err(e)) {
        size_t mark = frame_begin(channel_out(&front->line), WIRE_CERTIFICATE, 0);
        frame_field(channel_out(&front->line), TAG_DATA, certificate);
        frame_field(channel_out(&front->line), TAG_KEY, key);
        e = frame_end(channel_out(&front->line), mark) ? channel_flush(&front->line) : err_make(ERR_LIMIT);
    }
    if (is_err(e)) log_error("certificate_unread", "why=\"%s\"", why.words);
    arena_fini(&arena);
}

static struct err start_front(struct supervisor *s, int node_fd, struct why *why) {
    const int fds[] = {node_fd, s->listener, s->plain_listener};
    TRY(start_child(s, CHILD_FRONT, fds, s->plain_listener >= 0 ? 3 : 2, why));
    send_certificate(s);
    return err_none();
}

// Starts one role that node is told about, connected by a new pair.
static struct err start_beside_node(struct supervisor *s, enum child_name name, struct why *why) {
    int pair[2];
    if (is_err(channel_pair(pair))) return why_set(why, ERR_IO, "", "supervisor.pair", "", "no sockets: errno %d", errno);
    struct err e = name == CHILD_FRONT ? start_front(s, pair[1], why) : start_child(s, name, &pair[1], 1, why);
    if (!is_err(e)) pass_channel(s, CHILD_NODE, name, pair[0]);
    close_pair(pair);
    return e;
}

static struct err start_trio(struct supervisor *s, int front_fd, int to_keys[2], int to_courier[2], struct why *why) {
    if (is_err(channel_pair(to_keys)) || is_err(channel_pair(to_courier)))
        return why_set(why, ERR_IO, "", "supervisor.pair", "", "no sockets: errno %d", errno);
    const int of_node[] = {front_fd, to_keys[0], to_courier[0]};
    TRY(start_child(s, CHILD_KEYS, &to_keys[1], 1, why));
    TRY(start_child(s, CHILD_NODE, of_node, 3, why));
    return start_child(s, CHILD_COURIER, &to_courier[1], 1, why);
}

// Starts keys, node and courier, and front too where it does not run; else front is told.
static struct err start_back(struct supervisor *s, struct why *why) {
    int to_front[2], to_keys[2] = {-1, -1}, to_courier[2] = {-1, -1};
    if (is_err(channel_pair(to_front))) return why_set(why, ERR_IO, "", "supervisor.pair", "", "no sockets: errno %d", errno);
    struct err e = start_trio(s, to_front[0], to_keys, to_courier, why);
    if (!is_err(e) && s->children[CHILD_FRONT].pid != 0) pass_channel(s, CHILD_FRONT, CHILD_NODE, to_front[1]);
    else if (!is_err(e)) e = start_front(s, to_front[1], why);
    close_pair(to_front);
    close_pair(to_keys);
    close_pair(to_courier);
    return e;
}

static void print_ready(struct supervisor *s) {
    const struct config_address *at = &s->config->listen;
    bool is_v6 = strchr(at->host, ':') != NULL;
    log_info("ready", "state=%.*s port=%u", SPAN_FMT(s->config->state), s->port);
    (void)printf("varde ready: %.*s at https://%s%s%s:%u%s\n", SPAN_FMT(s->config->state), is_v6 ? "[" : "", at->host, is_v6 ? "]" : "",
                 s->port, s->config->is_demo ? " (demonstration: known passwords)" : "");
    (void)fflush(stdout);
}

// A role that another lost: it is ended, unless it was started so lately that the loss was its predecessor's.
static void end_accused(struct supervisor *s, struct span kind) {
    const struct child *node = &s->children[CHILD_NODE];
    if (!span_is(kind, NAMES[CHILD_NODE]) || node->pid == 0 || clock_monotonic_ms() - node->started_ms < ACCUSED_MS) return;
    log_warn("role_lost", "role=node");
    process_kill(node->pid);
}

static void read_line(struct supervisor *s, enum child_name name) {
    struct child *child = &s->children[name];
    struct err e = channel_read(&child->line);
    struct frame frame;
    while (channel_next(&child->line, &frame)) {
        if (frame.type == WIRE_READY) child->is_ready = true;
        if (frame.type == WIRE_FAILED) end_accused(s, frame_get(&frame, TAG_KIND));
    }
    if (is_err(e) || is_err(child->line.broken)) channel_close(&child->line); // it has ended, or ends now
    for (int i = 0; i < CHILD_PRESS; i++) // press comes after them, and nothing waits for it
        if (!s->children[i].is_ready) return;
    if (!s->was_ready) print_ready(s);
    s->was_ready = true;
}

static void plan_start(struct child *child, int64_t now_ms) {
    if (now_ms - child->started_ms >= LONG_LIFE_MS || child->pause_ms == 0) child->pause_ms = FIRST_PAUSE_MS;
    else if (child->pause_ms < LONGEST_PAUSE_MS) child->pause_ms *= 2;
    child->start_at_ms = now_ms + child->pause_ms;
}

static void kill_back(struct supervisor *s) {
    process_kill(s->children[CHILD_NODE].pid);
    process_kill(s->children[CHILD_KEYS].pid);
    process_kill(s->children[CHILD_COURIER].pid);
}

static void note_end(struct supervisor *s, const struct process_end *end) {
    for (int i = 0; i < CHILDREN; i++) {
        struct child *child = &s->children[i];
        if (child->pid != end->pid) continue;
        child->pid = 0;
        child->is_ready = false;
        channel_close(&child->line);
        if (s->is_stopping) return;
        log_warn("role_ended", "role=%s %s=%d", NAMES[i], end->is_signal ? "signal" : "status", end->number);
        plan_start(child, clock_monotonic_ms());
        if (!s->was_ready) s->is_stopping = true, s->status = 1;
        if (i == CHILD_NODE || i == CHILD_KEYS) kill_back(s); // they go together
        return;
    }
}

static void reap(struct supervisor *s) {
    struct process_end end;
    while (process_reap(&end)) note_end(s, &end);
}

// Starts what has ended and has waited long enough. Returns how long to sleep, -1 for ever.
static int restart(struct supervisor *s) {
    const struct child *c = s->children;
    int64_t now_ms = clock_monotonic_ms(), next_ms = INT64_MAX;
    bool is_back_down = c[CHILD_NODE].pid == 0 || c[CHILD_KEYS].pid == 0;
    struct why why = {0};
    struct err e = err_none();
    if (is_back_down && (c[CHILD_NODE].pid != 0 || c[CHILD_KEYS].pid != 0 || c[CHILD_COURIER].pid != 0)) return -1; // CHLD comes
    if (is_back_down) {
        next_ms = c[CHILD_NODE].start_at_ms > c[CHILD_KEYS].start_at_ms ? c[CHILD_NODE].start_at_ms : c[CHILD_KEYS].start_at_ms;
        if (now_ms >= next_ms) e = start_back(s, &why);
    }
    for (int i = CHILD_COURIER; !is_back_down && i < CHILDREN; i++) {
        if (c[i].pid != 0) continue;
        if (now_ms >= c[i].start_at_ms) e = start_beside_node(s, (enum child_name)i, &why);
        else if (c[i].start_at_ms < next_ms) next_ms = c[i].start_at_ms;
    }
    if (is_err(e)) {
        log_error("start_failed", "why=\"%s\"", why.words);
        if (is_back_down) kill_back(s);
    }
    if (is_err(e) || (is_back_down && now_ms >= next_ms)) return 1000;
    return next_ms == INT64_MAX ? -1 : (int)(next_ms - now_ms);
}

static void handle_signals(struct supervisor *s) {
    for (int signal; (signal = process_next_signal(s->signals)) != 0;) {
        if (signal == SIGTERM || signal == SIGINT) s->is_stopping = true;
        if (signal == SIGHUP) send_certificate(s);
        if (signal == SIGCHLD) reap(s);
    }
}

static void watch(struct supervisor *s, int timeout_ms) {
    struct pollfd watched[CHILDREN + 1] = {{.fd = s->signals, .events = POLLIN}};
    for (int i = 0; i < CHILDREN; i++) {
        const struct channel *line = &s->children[i].line;
        watched[i + 1] = (struct pollfd){.fd = line->fd, .events = POLLIN};
        if (channel_is_open(line) && channel_queued_bytes(line) > 0) watched[i + 1].events |= POLLOUT;
    }
    if (poll(watched, CHILDREN + 1, timeout_ms) <= 0) return;
    for (int i = 0; i < CHILDREN; i++) {
        struct channel *line = &s->children[i].line;
        if ((watched[i + 1].revents & POLLOUT) != 0 && is_err(channel_flush(line))) channel_close(line);
        if ((watched[i + 1].revents & (POLLIN | POLLHUP | POLLERR)) != 0 && channel_is_open(line)) read_line(s, (enum child_name)i);
    }
    if (watched[0].revents != 0) handle_signals(s);
}

static void stop_child(struct supervisor *s, enum child_name name, int64_t patience_ms) {
    struct child *child = &s->children[name];
    if (child->pid != 0 && channel_is_open(&child->line)) {
        (void)frame_end(channel_out(&child->line), frame_begin(channel_out(&child->line), WIRE_STOP, 0));
        if (is_err(channel_flush(&child->line))) channel_close(&child->line); // it ends already
    }
    int64_t until_ms = clock_monotonic_ms() + patience_ms;
    while (child->pid != 0 && clock_monotonic_ms() < until_ms) {
        process_sleep_ms(5);
        reap(s);
    }
    if (child->pid != 0) log_warn("role_killed", "role=%s", NAMES[name]);
    process_kill(child->pid);
}

static int stop(struct supervisor *s) {
    log_info("stopping", "status=%d", s->status);
    (void)close(s->listener);
    if (s->plain_listener >= 0) (void)close(s->plain_listener);
    stop_child(s, CHILD_FRONT, LIMIT_DRAIN_MS + OTHER_STOP_MS);
    stop_child(s, CHILD_NODE, NODE_STOP_MS);
    stop_child(s, CHILD_PRESS, OTHER_STOP_MS);
    stop_child(s, CHILD_COURIER, OTHER_STOP_MS);
    stop_child(s, CHILD_KEYS, OTHER_STOP_MS);
    return s->status;
}

static struct err begin(struct supervisor *s, struct why *why) {
    const struct config *config = s->config;
    uint16_t plain_port;
    TRY(process_signals(&s->signals, why));
    TRY(socket_listen(config->listen.host, config->listen.port, &s->listener, &s->port, why));
    if (config->plain.is_set) TRY(socket_listen(config->plain.host, config->plain.port, &s->plain_listener, &plain_port, why));
    if (geteuid() == 0 && config->user.at == NULL) log_warn("running_as_root", "hint=\"set user in varde.yaml\"");
    return start_back(s, why);
}

int supervisor_run(const struct config *config) {
    struct supervisor s = {.config = config, .signals = -1, .listener = -1, .plain_listener = -1};
    for (int i = 0; i < CHILDREN; i++) s.children[i].line.fd = -1;
    struct why why = {0};
    if (is_err(begin(&s, &why))) {
        (void)fprintf(stderr, "varde: %s\n", why.words);
        s.status = 1;
        return stop(&s);
    }
    while (!s.is_stopping) {
        int timeout_ms = s.was_ready ? restart(&s) : -1;
        if (!s.is_stopping) watch(&s, timeout_ms);
    }
    return stop(&s);
}
