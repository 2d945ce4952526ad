// SPDX-License-Identifier: EUPL-1.2
/* The front role: the loop. See role/front.h for the parts. */
#include "role/front.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/log.h"
#include "base/time.h"
#include "os/clock.h"
#include "role/role.h"
#include "role/wire.h"

enum { EVENTS = 256, TICK_MS = 250, NODE_PATIENCE_MS = 3000 };

void front_watch(struct front *front, int fd, int operation, uint32_t events, enum front_source source, uint32_t slot) {
    struct epoll_event event = {.events = events, .data.u64 = ((uint64_t)source << 32) | slot};
    if (epoll_ctl(front->epoll, operation, fd, &event) != 0) log_error("epoll", "errno=%d", errno);
}

struct span front_date(struct front *front) {
    static const char *const DAYS[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    static const char *const MONTHS[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    int64_t now_s = clock_now_ms() / MS_PER_SECOND;
    if (now_s != front->date_s) { // RFC 9110 5.6.7
        struct wall wall = wall_at(now_s * MS_PER_SECOND, 0);
        front->date_s = now_s;
        (void)snprintf(front->date, sizeof front->date, "%s, %02u %s %04d %02u:%02u:%02u GMT", DAYS[civil_weekday(wall.date) - 1],
                       wall.date.day, MONTHS[wall.date.month - 1], (int)wall.date.year, wall.hour, wall.minute, wall.second);
    }
    return span_of(front->date);
}

static void take_certificate(struct front *front, const struct line_event *event) {
    SSL_CTX *fresh = NULL;
    struct why why = {0};
    if (is_err(tls_load(event->certificate, event->key, &fresh, &why))) {
        log_error("certificate_refused", "why=\"%s\"", why.words); // the one in use stays
        return;
    }
    SSL_CTX_free(front->tls); // connections hold it as long as they live
    front->tls = fresh;
    log_info("certificate_loaded", "bytes=%zu", event->certificate.len);
}

static void lose_node(struct front *front) {
    if (!channel_is_open(&front->node)) return;
    log_warn("node_gone", "exchanges=%u", front->exchange_top);
    channel_close(&front->node); // epoll forgets it
    front->node_lost_ms = front->now_ms;
    exchange_node_gone(front);
}

static void take_node(struct front *front, int fd) {
    lose_node(front);
    channel_open(&front->node, fd);
    front_watch(front, fd, EPOLL_CTL_ADD, EPOLLIN, SOURCE_NODE, 0);
}

static void begin_drain(struct front *front) {
    if (front->is_draining) return;
    front->is_draining = true;
    front->drain_deadline_ms = front->now_ms + LIMIT_DRAIN_MS;
    if (front->listener >= 0) (void)close(front->listener);
    if (front->plain_listener >= 0) (void)close(front->plain_listener);
    front->listener = front->plain_listener = -1;
    for (size_t i = 0; i < LIMIT_CONNECTIONS; i++)
        if (front->connections[i] != NULL) connection_drain(front->connections[i]);
}

static bool handle_line(struct front *front) {
    for (;;) {
        struct line_event event = line_next(&front->line);
        switch (event.type) {
        case LINE_NOTHING: return true;
        case LINE_GONE: return false;
        case LINE_STOP: begin_drain(front); break;
        case LINE_CERTIFICATE: take_certificate(front, &event); break;
        case LINE_CHANNEL:
            if (span_is(event.kind, "node")) take_node(front, event.fd);
            else (void)close(event.fd);
            break;
        }
    }
}

static void handle_node(struct front *front) {
    if (!channel_is_open(&front->node)) return;
    struct err e = channel_read(&front->node);
    struct frame frame;
    while (channel_next(&front->node, &frame)) exchange_node_frame(front, &frame);
    if (is_err(e) || is_err(front->node.broken)) lose_node(front);
}

static void flush_node(struct front *front) {
    if (!channel_is_open(&front->node)) return;
    bool was_waiting = front->is_node_full;
    if (is_err(channel_flush(&front->node))) {
        lose_node(front);
        return;
    }
    front->is_node_full = channel_queued_bytes(&front->node) > 0;
    if (front->is_node_full != was_waiting)
        front_watch(front, front->node.fd, EPOLL_CTL_MOD, EPOLLIN | (front->is_node_full ? EPOLLOUT : 0u), SOURCE_NODE, 0);
}

static bool handle(struct front *front, const struct epoll_event *event) {
    uint32_t slot = (uint32_t)event->data.u64;
    switch ((enum front_source)(event->data.u64 >> 32)) {
    case SOURCE_LISTENER:
        if (front->listener >= 0) connection_accept(front, front->listener, false);
        return true;
    case SOURCE_PLAIN:
        if (front->plain_listener >= 0) connection_accept(front, front->plain_listener, true);
        return true;
    case SOURCE_NODE: handle_node(front); return true;
    case SOURCE_LINE: return handle_line(front);
    case SOURCE_CONNECTION:
        if (front->connections[slot] != NULL) connection_event(front->connections[slot], event->events);
        return true;
    }
    return true;
}

static void settle(struct front *front) {
    front->is_unfinished = false;
    while (front->touched != NULL) {
        struct connection *connection = front->touched;
        front->touched = connection->next_touched;
        connection_settle(connection);
    }
    flush_node(front);
}

static void check_deadlines(struct front *front) {
    if (!channel_is_open(&front->node) && front->now_ms - front->node_lost_ms >= NODE_PATIENCE_MS) {
        line_complain(&front->line, "node");
        front->node_lost_ms = front->now_ms;
    }
    for (uint32_t slot = 0; slot < front->exchange_top; slot++)
        if (front->exchanges[slot].connection != NULL) exchange_check_deadline(&front->exchanges[slot]);
    for (size_t i = 0; i < LIMIT_CONNECTIONS; i++)
        if (front->connections[i] != NULL) connection_check_deadline(front->connections[i]);
}

static void read_held_bytes(struct front *front) {
    for (size_t i = 0; front->is_unfinished && i < LIMIT_CONNECTIONS; i++)
        if (front->connections[i] != NULL && front->connections[i]->may_hold_bytes) connection_read_again(front->connections[i]);
}

static bool is_drained(const struct front *front) {
    return front->is_draining &&
           (front->connection_free_count == LIMIT_CONNECTIONS || front->now_ms >= front->drain_deadline_ms);
}

static int serve(struct front *front) {
    int64_t next_tick_ms = 0;
    while (!is_drained(front)) {
        struct epoll_event events[EVENTS];
        bool is_idle = front->connection_free_count == LIMIT_CONNECTIONS && channel_is_open(&front->node);
        int count = epoll_wait(front->epoll, events, EVENTS, front->is_unfinished ? 0 : is_idle ? -1 : TICK_MS);
        if (count < 0 && errno != EINTR) return 1;
        front->now_ms = clock_monotonic_ms();
        for (int i = 0; i < count; i++)
            if (!handle(front, &events[i])) return 0;
        read_held_bytes(front);
        if (front->now_ms >= next_tick_ms) {
            check_deadlines(front);
            next_tick_ms = front->now_ms + TICK_MS;
        }
        settle(front);
    }
    return 0;
}

static struct front *front_new(void) {
    struct front *front = mem_take(sizeof *front);
    if (front == NULL) return NULL;
    front->exchanges = mem_take(LIMIT_EXCHANGES * sizeof *front->exchanges);
    front->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (front->exchanges == NULL || front->epoll < 0 || !http2_init(front)) return NULL; // the role ends, and all with it
    for (uint32_t i = 0; i < LIMIT_CONNECTIONS; i++) front->connection_free[i] = LIMIT_CONNECTIONS - 1 - i;
    front->connection_free_count = LIMIT_CONNECTIONS;
    front->now_ms = clock_monotonic_ms();
    front->listener = WIRE_FD_SECOND;
    front->plain_listener = -1;
    return front;
}

static bool wait_for_certificate(struct front *front) {
    while (front->tls == NULL) {
        struct line_event event = line_wait(&front->line);
        if (event.type != LINE_CERTIFICATE) return false;
        take_certificate(front, &event);
        if (front->tls == NULL) return false;
    }
    return true;
}

int front_role(const struct config *config) {
    struct front *front = front_new();
    if (front == NULL) return 1;
    line_open(&front->line);
    if (!wait_for_certificate(front)) return 1;
    channel_open(&front->node, WIRE_FD_FIRST);
    front_watch(front, front->node.fd, EPOLL_CTL_ADD, EPOLLIN, SOURCE_NODE, 0);
    front_watch(front, line_fd(&front->line), EPOLL_CTL_ADD, EPOLLIN, SOURCE_LINE, 0);
    front_watch(front, front->listener, EPOLL_CTL_ADD, EPOLLIN, SOURCE_LISTENER, 0);
    if (config->plain.is_set) {
        front->plain_listener = WIRE_FD_THIRD;
        front_watch(front, front->plain_listener, EPOLL_CTL_ADD, EPOLLIN, SOURCE_PLAIN, 0);
    }
    const struct sandbox_rules rules = {.role = "front", .allow = SANDBOX_ACCEPT, .descriptors = LIMIT_CONNECTIONS + 64};
    if (!role_enter_sandbox(config, &rules)) return 1;
    line_ready(&front->line);
    return serve(front);
}
