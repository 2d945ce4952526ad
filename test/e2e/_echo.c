// SPDX-License-Identifier: EUPL-1.2
/*
 * A server with the real supervisor, front and courier, and with a node that knows nothing: for tests of HTTP and of
 * processes that need no law and no database. `echo serve DIR` runs it.
 *
 *   /empty     204                                  /echo      the body back, as it came in frames
 *   /head      the request's head as text           /big?N     N bytes, announced; /stream?N the same, unannounced
 *   /silent    no answer at all                     /events    an event every 100 ms until cancelled
 *   /crash     the node ends (/crash-keys: keys)    /forbidden which forbidden calls were refused, as text
 *   /hook      POST: the body as a webhook, then 200 or 502 with the courier's words
 *   /wrong?N   breaks the rules of the wire in way N
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/log.h"
#include "os/channel.h"
#include "os/clock.h"
#include "role/line.h"
#include "role/role.h"
#include "role/supervisor.h"
#include "role/wire.h"

enum { REQUESTS = 8192 };

struct request {
    uint64_t number; // 0: free
    char path[32];
    struct buf body;       // /echo and /hook: what is to be sent back
    uint64_t left_bytes;   // /big and /stream
    uint64_t window_bytes; // that may still be sent
    uint64_t parameter;
    bool is_ended; // the request's body is whole
};

struct echo {
    const struct config *config;
    struct line line;
    struct channel front, keys, courier, press; // press is asked nothing
    struct request requests[REQUESTS];
    int64_t next_event_ms;
};

static struct buf *out(struct echo *e) { return channel_out(&e->front); }

static void begin(struct echo *e, uint64_t number, uint64_t status, const char *type, int64_t body_bytes) {
    size_t mark = frame_begin(out(e), WIRE_RESPONSE_HEAD, number);
    frame_field_u64(out(e), TAG_STATUS, status);
    if (type != NULL) {
        frame_field(out(e), TAG_HEADER_NAME, SPAN("content-type"));
        frame_field(out(e), TAG_HEADER_VALUE, span_of(type));
    }
    if (body_bytes >= 0) frame_field_u64(out(e), TAG_BODY_BYTES, (uint64_t)body_bytes);
    if (!frame_end(out(e), mark)) abort();
}

static void body(struct echo *e, uint64_t number, struct span data) {
    size_t mark = frame_begin(out(e), WIRE_RESPONSE_BODY, number);
    frame_field(out(e), TAG_DATA, data);
    if (!frame_end(out(e), mark)) abort();
}

static void plain(struct echo *e, uint16_t type, uint64_t number) {
    if (!frame_end(out(e), frame_begin(out(e), type, number))) abort();
}

static void whole(struct echo *e, uint64_t number, uint64_t status, struct span data) {
    begin(e, number, status, "text/plain", (int64_t)data.len);
    if (data.len > 0) body(e, number, data);
    plain(e, WIRE_RESPONSE_END, number);
}

static struct request *find(struct echo *e, uint64_t number) {
    for (size_t i = 0; i < REQUESTS; i++)
        if (e->requests[i].number == number) return &e->requests[i];
    return NULL;
}

static void forget(struct request *r) {
    buf_fini(&r->body);
    *r = (struct request){.number = 0};
}

// Sends as much as the window lets.
static void pump(struct echo *e, struct request *r) {
    static const uint8_t ZEROS[LIMIT_FRAME_CHUNK_BYTES];
    while (r->left_bytes > 0 && r->window_bytes > 0) {
        uint64_t len = r->left_bytes < sizeof ZEROS ? r->left_bytes : sizeof ZEROS;
        if (len > r->window_bytes) len = r->window_bytes;
        body(e, r->number, span_make(ZEROS, (size_t)len));
        r->left_bytes -= len;
        r->window_bytes -= len;
    }
    if (r->left_bytes > 0) return;
    plain(e, WIRE_RESPONSE_END, r->number);
    forget(r);
}

static void pump_echo(struct echo *e, struct request *r) {
    while (r->body.len > 0 && r->window_bytes > 0) {
        size_t len = r->body.len < LIMIT_FRAME_CHUNK_BYTES ? r->body.len : LIMIT_FRAME_CHUNK_BYTES;
        if (len > r->window_bytes) len = (size_t)r->window_bytes;
        body(e, r->number, span_make(r->body.at, len));
        buf_drop_front(&r->body, len);
        r->window_bytes -= len;
        size_t mark = frame_begin(out(e), WIRE_REQUEST_ACK, r->number); // only what was passed on counts as taken
        frame_field_u64(out(e), TAG_BYTES, len);
        if (!frame_end(out(e), mark)) abort();
    }
    if (!r->is_ended || r->body.len > 0) return;
    plain(e, WIRE_RESPONSE_END, r->number);
    forget(r);
}

static void describe(struct echo *e, const struct frame *frame) {
    struct buf text;
    buf_init(&text, NULL, 64 * 1024);
    uint16_t tag;
    struct span value;
    for (size_t at = 0; frame_each(frame, &at, &tag, &value);) {
        const char *name = tag == TAG_METHOD ? "method" : tag == TAG_TARGET ? "target" : tag == TAG_PEER ? "peer" : NULL;
        if (name != NULL) buf_printf(&text, "%s=%.*s\n", name, SPAN_FMT(value));
        else if (tag == TAG_HEADER_NAME) buf_printf(&text, "%.*s: ", SPAN_FMT(value));
        else if (tag == TAG_HEADER_VALUE) buf_printf(&text, "%.*s\n", SPAN_FMT(value));
    }
    whole(e, frame->number, 200, buf_span(&text));
    buf_fini(&text);
}

// The canary of the sandbox: calls that this role's table does not have.
static void try_forbidden(struct echo *e, uint64_t number) {
    struct buf text;
    buf_init(&text, NULL, 4096);
    int made = socket(AF_INET, SOCK_STREAM, 0);
    buf_printf(&text, "socket: %s\n", made < 0 && errno == EPERM ? "refused" : "NOT REFUSED");
    int opened = open("/etc/passwd", O_RDONLY | O_CLOEXEC);
    buf_printf(&text, "open: %s\n", opened < 0 && (errno == EACCES || errno == EPERM) ? "refused" : "NOT REFUSED");
    buf_printf(&text, "kill: %s\n", kill(getpid(), 0) != 0 && errno == EPERM ? "refused" : "NOT REFUSED");
    whole(e, number, 200, buf_span(&text));
    buf_fini(&text);
}

static void do_wrong(struct echo *e, uint64_t number, uint64_t way) {
    static const uint8_t ZEROS[LIMIT_FRAME_CHUNK_BYTES];
    if (way == 1) body(e, number, SPAN("body first"));
    if (way == 2) plain(e, WIRE_RESPONSE_END, number);
    if (way == 3) begin(e, number, 99, NULL, 0);
    if (way >= 4) begin(e, number, 200, "text/plain\r\nset-cookie: a=b", way == 7 ? -1 : 10);
    if (way == 4) body(e, number, SPAN("longer than announced"));
    if (way == 5) plain(e, WIRE_RESPONSE_END, number);
    if (way == 6) begin(e, number, 200, NULL, 10);
    for (int i = 0; way == 7 && i < 1000; i++) body(e, number, span_make(ZEROS, sizeof ZEROS)); // no care for windows
    if (way == 8 && write(e->front.fd, "\xff\xff\xff\xff junk junk junk", 20) < 0) abort();
}

static void answer(struct echo *e, struct request *r, const struct frame *frame) {
    uint64_t number = r->number;
    if (strcmp(r->path, "/crash") == 0) _exit(3);
    if (strcmp(r->path, "/crash-keys") == 0) channel_close(&e->keys); // which then ends
    else if (strcmp(r->path, "/head") == 0) describe(e, frame);
    else if (strcmp(r->path, "/empty") == 0) whole(e, number, 204, span_make(NULL, 0));
    else if (strcmp(r->path, "/forbidden") == 0) try_forbidden(e, number);
    else if (strcmp(r->path, "/wrong") == 0) do_wrong(e, number, r->parameter);
    else if (strcmp(r->path, "/silent") == 0) return;
    else if (strcmp(r->path, "/big") == 0 || strcmp(r->path, "/stream") == 0) {
        begin(e, number, 200, "application/octet-stream", r->path[1] == 'b' ? (int64_t)r->parameter : -1);
        r->left_bytes = r->parameter;
        pump(e, r);
        return;
    } else if (strcmp(r->path, "/events") == 0) {
        begin(e, number, 200, "text/event-stream", -1);
        return;
    } else whole(e, number, 404, SPAN("no such path\n"));
    forget(r);
}

static void begin_request(struct echo *e, const struct frame *frame) {
    struct request *r = find(e, 0);
    if (r == NULL) {
        whole(e, frame->number, 503, SPAN("full"));
        return;
    }
    struct span target = frame_get(frame, TAG_TARGET);
    size_t path_len = span_find(target, '?', 0);
    *r = (struct request){.number = frame->number, .window_bytes = LIMIT_STREAM_WINDOW_BYTES};
    memcpy(r->path, target.at, path_len < sizeof r->path ? path_len : sizeof r->path - 1);
    for (size_t i = path_len + 1; i < target.len && target.at[i] >= '0' && target.at[i] <= '9'; i++)
        r->parameter = r->parameter * 10 + target.at[i] - '0';
    buf_init(&r->body, NULL, 16 * 1024 * 1024);
    bool has_body = frame_get_u64(frame, TAG_HAS_BODY, 0) == 1;
    r->is_ended = !has_body;
    if (strcmp(r->path, "/echo") == 0) {
        begin(e, r->number, 200, "application/octet-stream", has_body ? (int64_t)frame_get_u64(frame, TAG_BODY_BYTES, UINT64_MAX) : 0);
        if (!has_body) pump_echo(e, r);
    } else if (!has_body || strcmp(r->path, "/early") == 0) {
        answer(e, r, frame);
    }
}

static void send_hook(struct echo *e, struct request *r) {
    struct buf *to = channel_out(&e->courier);
    size_t mark = frame_begin(to, WIRE_COURIER_SEND, r->number);
    frame_field(to, TAG_MESSAGE, SPAN("M0123456789abcdef"));
    frame_field(to, TAG_KIND, SPAN("test"));
    frame_field(to, TAG_TARGET, e->config->hook_url);
    frame_field(to, TAG_DATA, buf_span(&r->body));
    if (!frame_end(to, mark)) abort();
}

static void take_body(struct echo *e, struct request *r, const struct frame *frame) {
    bool is_echo = strcmp(r->path, "/echo") == 0;
    struct span data = frame_get(frame, TAG_DATA);
    if (frame->type == WIRE_REQUEST_END) r->is_ended = true;
    else if (is_echo || strcmp(r->path, "/hook") == 0) buf_add(&r->body, data);
    if (is_echo) {
        pump_echo(e, r);
        return;
    }
    if (data.len > 0) {
        size_t mark = frame_begin(out(e), WIRE_REQUEST_ACK, r->number);
        frame_field_u64(out(e), TAG_BYTES, data.len);
        if (!frame_end(out(e), mark)) abort();
    }
    if (!r->is_ended) return;
    if (strcmp(r->path, "/hook") == 0) send_hook(e, r);
    else answer(e, r, frame);
}

static void take_front(struct echo *e, const struct frame *frame) {
    if (frame->type == WIRE_REQUEST_HEAD) begin_request(e, frame);
    struct request *r = frame->type == WIRE_REQUEST_HEAD ? NULL : find(e, frame->number);
    if (r == NULL) return;
    if (frame->type == WIRE_REQUEST_BODY || frame->type == WIRE_REQUEST_END) take_body(e, r, frame);
    if (frame->type == WIRE_REQUEST_CANCEL) {
        log_info("cancelled", "path=%s", r->path);
        forget(r);
    }
    if (frame->type == WIRE_RESPONSE_ACK) {
        r->window_bytes += frame_get_u64(frame, TAG_BYTES, 0);
        if (strcmp(r->path, "/echo") == 0) pump_echo(e, r);
        else if (r->left_bytes > 0) pump(e, r);
    }
}

static void take_courier(struct echo *e, const struct frame *frame) {
    struct request *r = find(e, frame->number);
    if (r == NULL) return;
    whole(e, r->number, frame->type == WIRE_COURIER_SENT ? 200 : 502, frame_get(frame, TAG_WORDS));
    forget(r);
}

static void send_events(struct echo *e) {
    if (clock_monotonic_ms() < e->next_event_ms) return;
    e->next_event_ms = clock_monotonic_ms() + 100;
    for (size_t i = 0; i < REQUESTS; i++)
        if (e->requests[i].number != 0 && strcmp(e->requests[i].path, "/events") == 0) body(e, e->requests[i].number, SPAN("data: tick\n\n"));
}

static bool read_line(struct echo *e) {
    for (;;) {
        struct line_event event = line_next(&e->line);
        if (event.type == LINE_NOTHING) return true;
        if (event.type == LINE_GONE || event.type == LINE_STOP) return false;
        if (event.type != LINE_CHANNEL) continue;
        struct channel *channel = span_is(event.kind, "front") ? &e->front : span_is(event.kind, "courier") ? &e->courier : &e->press;
        channel_close(channel);
        channel_open(channel, event.fd);
        for (size_t i = 0; channel == &e->front && i < REQUESTS; i++) forget(&e->requests[i]);
    }
}

static int echo_role(const struct config *config) {
    static struct echo echo;
    struct echo *e = &echo;
    e->config = config;
    line_open(&e->line);
    channel_open(&e->front, WIRE_FD_FIRST);
    channel_open(&e->keys, WIRE_FD_SECOND);
    channel_open(&e->courier, WIRE_FD_THIRD);
    const struct sandbox_path paths[] = {{.path = config->dir, .may_write = true}};
    const struct sandbox_rules rules = {.role = "node", .allow = SANDBOX_FILES | SANDBOX_THREADS, .paths = paths, .path_count = 1};
    if (!role_enter_sandbox(config, &rules)) return 1;
    line_ready(&e->line);
    for (;;) {
        struct pollfd watched[] = {{.fd = line_fd(&e->line), .events = POLLIN}, {.fd = e->front.fd, .events = POLLIN}, {.fd = e->courier.fd, .events = POLLIN}};
        if (channel_queued_bytes(&e->front) > 0) watched[1].events |= POLLOUT;
        if (poll(watched, 3, 50) < 0 && errno != EINTR) return 1;
        if (watched[0].revents != 0 && !read_line(e)) return 0;
        struct frame frame;
        if (watched[1].revents != 0 && channel_is_open(&e->front)) {
            struct err failed = channel_read(&e->front);
            while (channel_next(&e->front, &frame)) take_front(e, &frame);
            if (is_err(failed)) channel_close(&e->front); // a new one comes over the line
        }
        if (watched[2].revents != 0 && channel_is_open(&e->courier)) {
            struct err failed = channel_read(&e->courier);
            while (channel_next(&e->courier, &frame)) take_courier(e, &frame);
            if (is_err(failed)) channel_close(&e->courier);
        }
        send_events(e);
        if (channel_is_open(&e->front) && is_err(channel_flush(&e->front))) channel_close(&e->front);
        if (channel_is_open(&e->courier) && is_err(channel_flush(&e->courier))) channel_close(&e->courier);
    }
}

// Keys that hold nothing: ends when node goes.
static int quiet_role(const struct config *config) {
    (void)config;
    struct line line;
    line_open(&line);
    line_ready(&line);
    for (;;) {
        struct pollfd watched[] = {{.fd = line_fd(&line), .events = POLLIN}, {.fd = WIRE_FD_FIRST, .events = POLLIN}};
        if (poll(watched, 2, -1) > 0) return 0;
    }
}

int main(int argc, char **argv) {
    static const struct process_role ROLES[] = {
        {"front", front_role}, {"node", echo_role}, {"keys", quiet_role}, {"courier", courier_role}, {"press", quiet_role}, {NULL, NULL}};
    if (argc > 1 && strcmp(argv[1], "--role") == 0) return role_main(ROLES, argc, argv);
    struct config config;
    struct why why = {0};
    if (argc != 3 || is_err(config_load(argv[2], &config, &why))) {
        (void)fprintf(stderr, "usage: echo serve DIR (%s)\n", why.words);
        return 2;
    }
    log_open("supervisor", LOG_INFO);
    int status = supervisor_run(&config);
    config_fini(&config);
    return status;
}
