// SPDX-License-Identifier: EUPL-1.2
/* A client's connection: bytes in and out with or without TLS, deadlines, and closing so that the last answer arrives. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "role/front.h"

enum { ACCEPT_BATCH = 64, READ_BATCH = 4, WRITE_BATCH_BYTES = 512 * 1024, OUT_LIMIT_BYTES = 4 * 1024 * 1024 };

struct span connection_peer(const struct connection *connection, char text[46]) {
    static const uint8_t MAPPED[12] = {[10] = 0xff, [11] = 0xff};
    bool is_v4 = memcmp(connection->address, MAPPED, sizeof MAPPED) == 0;
    const char *done = is_v4 ? inet_ntop(AF_INET, connection->address + 12, text, 46) : inet_ntop(AF_INET6, connection->address, text, 46);
    return span_of(done);
}

static void read_address(const struct sockaddr_storage *from, uint8_t ret[16]) {
    memset(ret, 0, 16);
    if (from->ss_family == AF_INET6) {
        struct sockaddr_in6 v6;
        memcpy(&v6, from, sizeof v6);
        memcpy(ret, &v6.sin6_addr, 16);
    } else {
        struct sockaddr_in v4;
        memcpy(&v4, from, sizeof v4);
        ret[10] = ret[11] = 0xff;
        memcpy(ret + 12, &v4.sin_addr, 4);
    }
}

bool connection_is_neighbour(const struct connection *connection, const uint8_t address[16]) {
    static const uint8_t MAPPED[8] = {0};
    return memcmp(connection->address, address, memcmp(address, MAPPED, 8) == 0 ? 16 : 8) == 0;
}

// Whether the address has as many connections as it may.
static bool is_crowded(const struct front *front, const uint8_t address[16]) {
    size_t count = 0;
    for (size_t i = 0; i < LIMIT_CONNECTIONS; i++) {
        const struct connection *other = front->connections[i];
        if (other != NULL && !other->is_exempt && connection_is_neighbour(other, address)) count++;
    }
    return count >= LIMIT_CONNECTIONS_PER_ADDRESS;
}

static void prepare_socket(int fd) {
    int on = 1;
    unsigned silence_ms = LIMIT_HTTP_IDLE_MS;
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on); // each of these is an improvement, not a condition
    (void)setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
    (void)setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &silence_ms, sizeof silence_ms);
}

static bool begin_tls(struct connection *connection) {
    connection->ssl = SSL_new(connection->front->tls);
    if (connection->ssl == NULL) return false;
    SSL_set_accept_state(connection->ssl);
    return SSL_set_fd(connection->ssl, connection->fd) == 1;
}

static void open_connection(struct front *front, int fd, const struct sockaddr_storage *from, bool is_plain) {
    uint8_t address[16];
    read_address(from, address);
    struct connection *connection = NULL;
    if (front->connection_free_count > 0 && (is_plain || !is_crowded(front, address))) connection = mem_take(sizeof *connection);
    if (connection == NULL) {
        (void)close(fd);
        return;
    }
    *connection = (struct connection){.front = front, .fd = fd, .is_exempt = is_plain,
                                      .stage = is_plain ? STAGE_IDLE : STAGE_HANDSHAKE,
                                      .deadline_ms = front->now_ms + LIMIT_HTTP_HEADER_DEADLINE_MS};
    memcpy(connection->address, address, sizeof address);
    connection->slot = front->connection_free[--front->connection_free_count];
    front->connections[connection->slot] = connection;
    buf_init(&connection->in, NULL, LIMIT_HTTP_HEADER_BYTES + LIMIT_HTTP_TARGET_BYTES + FRONT_READ_BYTES);
    buf_init(&connection->out, NULL, OUT_LIMIT_BYTES);
    arena_init(&connection->arena, 128 * 1024);
    prepare_socket(fd);
    connection->watched = EPOLLIN;
    front_watch(front, fd, EPOLL_CTL_ADD, EPOLLIN, SOURCE_CONNECTION, connection->slot);
    if (!is_plain && !begin_tls(connection)) connection_doom(connection);
}

void connection_accept(struct front *front, int listener, bool is_plain) {
    for (int i = 0; i < ACCEPT_BATCH; i++) {
        struct sockaddr_storage from = {0};
        socklen_t from_len = sizeof from;
        int fd = accept4(listener, (struct sockaddr *)&from, &from_len, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0) return;
        open_connection(front, fd, &from, is_plain);
    }
}

static void close_connection(struct connection *connection) {
    struct front *front = connection->front;
    if (connection->session != NULL) {
        for (uint32_t slot = 0; connection->exchange_count > 0 && slot < front->exchange_top; slot++)
            if (front->exchanges[slot].connection == connection) exchange_free(&front->exchanges[slot]);
        http2_end(connection);
    }
    if (connection->exchange != NULL) exchange_free(connection->exchange);
    SSL_free(connection->ssl);
    (void)close(connection->fd); // epoll forgets it
    buf_fini(&connection->in);
    buf_fini(&connection->out);
    arena_fini(&connection->arena);
    front->connections[connection->slot] = NULL;
    front->connection_free[front->connection_free_count++] = connection->slot;
    mem_give(connection);
}

void connection_touch(struct connection *connection) {
    if (connection->is_touched) return;
    connection->is_touched = true;
    connection->next_touched = connection->front->touched;
    connection->front->touched = connection;
}

static bool wants_bytes(const struct connection *connection) {
    if (connection->is_read_closed || connection->is_doomed) return false;
    if (connection->stage == STAGE_HANDSHAKE || connection->stage == STAGE_LINGER) return true;
    if (connection->closes_after_out) return false;
    // one who does not take what is sent need not send more
    if (connection->stage == STAGE_HTTP2) return connection_queued_bytes(connection) < LIMIT_STREAM_WINDOW_BYTES;
    return http1_wants_bytes(connection);
}

static void handshake(struct connection *connection) {
    ERR_clear_error();
    int done = SSL_do_handshake(connection->ssl);
    if (done != 1) {
        int reason = SSL_get_error(connection->ssl, done);
        if (reason != SSL_ERROR_WANT_READ && reason != SSL_ERROR_WANT_WRITE) connection->is_doomed = true;
        return;
    }
    const unsigned char *protocol = NULL;
    unsigned len = 0;
    SSL_get0_alpn_selected(connection->ssl, &protocol, &len);
    connection->stage = STAGE_IDLE;
    connection->deadline_ms = connection->front->now_ms + LIMIT_HTTP_HEADER_DEADLINE_MS;
    connection->may_hold_bytes = true;
    if (!span_is(span_make(protocol, len), "h2")) return;
    connection->stage = STAGE_HTTP2;
    if (!http2_begin(connection)) connection->is_doomed = true;
}

// No request is under way here. What was answered before may still wait for the client to take it: it goes out first.
static void end_idle(struct connection *connection) {
    if (connection->stage != STAGE_HTTP2 && connection_queued_bytes(connection) > 0) connection->closes_after_out = true;
    else connection->is_doomed = true;
}

// The client sends no more. Whoever waits for a whole answer still gets it; a stream of events has lost its reader.
static void client_closed(struct connection *connection) {
    connection->is_read_closed = true;
    connection->may_persist = false;
    const struct exchange *exchange = connection->exchange;
    bool is_streaming = exchange != NULL && exchange->has_head_answered && !exchange->has_length;
    bool is_answering = connection->stage == STAGE_ANSWER || connection->closes_after_out;
    if (is_streaming || connection->stage == STAGE_BODY) connection->is_doomed = true;
    else if (!is_answering) end_idle(connection);
}

// Bytes read, 0 at the end, -1 where there are none now, -2 where the connection broke.
static ssize_t read_some(struct connection *connection, uint8_t *at, size_t len) {
    if (connection->ssl == NULL || connection->stage == STAGE_LINGER) {
        ssize_t got = recv(connection->fd, at, len, 0);
        return got >= 0 ? got : errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR ? -1 : -2;
    }
    ERR_clear_error();
    int got = SSL_read(connection->ssl, at, (int)len);
    if (got > 0) return got;
    int reason = SSL_get_error(connection->ssl, got);
    return reason == SSL_ERROR_WANT_READ || reason == SSL_ERROR_WANT_WRITE ? -1 : reason == SSL_ERROR_ZERO_RETURN ? 0 : -2;
}

static void read_bytes(struct connection *connection) {
    struct front *front = connection->front;
    for (int i = 0; i < READ_BATCH && wants_bytes(connection); i++) {
        ssize_t got = read_some(connection, front->scratch, sizeof front->scratch);
        connection->may_hold_bytes = got > 0 && connection->ssl != NULL;
        if (got == -1) return;
        if (got == -2) connection->is_doomed = true;
        else if (got == 0) client_closed(connection);
        else if (connection->stage == STAGE_HTTP2) http2_bytes(connection, span_make(front->scratch, (size_t)got));
        else if (connection->stage != STAGE_LINGER) http1_bytes(connection, span_make(front->scratch, (size_t)got));
    }
}

void connection_event(struct connection *connection, uint32_t events) {
    connection_touch(connection);
    if (connection->stage == STAGE_HANDSHAKE) handshake(connection);
    if (connection->stage != STAGE_HANDSHAKE && (events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) read_bytes(connection);
    if ((events & (EPOLLHUP | EPOLLERR)) != 0) connection->is_doomed = true;
}

void connection_read_again(struct connection *connection) {
    connection_touch(connection);
    read_bytes(connection);
}

static void extend_write_deadline(struct connection *connection, size_t written) {
    int64_t latest_ms = connection->front->now_ms + LIMIT_HTTP_WRITE_DEADLINE_MS;
    if (connection->write_deadline_ms == 0) connection->write_deadline_ms = latest_ms;
    connection->write_deadline_ms += (int64_t)(written * 1000 / LIMIT_HTTP_SLOWEST_BYTES_S);
    if (connection->write_deadline_ms > latest_ms) connection->write_deadline_ms = latest_ms;
}

// Writes OUT; false where the socket takes no more now.
static bool write_out(struct connection *connection) {
    while (connection_queued_bytes(connection) > 0) {
        const uint8_t *at = connection->out.at + connection->out_sent;
        size_t len = connection_queued_bytes(connection);
        ssize_t put;
        if (connection->ssl == NULL) {
            put = send(connection->fd, at, len, MSG_NOSIGNAL);
            if (put < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR) connection->is_doomed = true;
        } else {
            ERR_clear_error();
            put = SSL_write(connection->ssl, at, len > 16384 ? 16384 : (int)len);
            int reason = put > 0 ? SSL_ERROR_NONE : SSL_get_error(connection->ssl, (int)put);
            if (put <= 0 && reason != SSL_ERROR_WANT_WRITE && reason != SSL_ERROR_WANT_READ) connection->is_doomed = true;
        }
        extend_write_deadline(connection, put > 0 ? (size_t)put : 0);
        if (put <= 0) return false;
        connection->out_sent += (size_t)put;
    }
    connection->out.len = connection->out_sent = 0;
    connection->write_deadline_ms = 0;
    if (connection->out.capacity > FRONT_OUT_BYTES) {
        buf_fini(&connection->out);
        buf_init(&connection->out, NULL, OUT_LIMIT_BYTES);
    }
    return true;
}

static void flush(struct connection *connection) {
    if (connection->stage == STAGE_HANDSHAKE || connection->stage == STAGE_LINGER) return;
    bool is_written = true;
    for (size_t total = 0; is_written && !connection->is_doomed && total < WRITE_BATCH_BYTES;) {
        if (connection->session != NULL) http2_fill(connection);
        size_t queued = connection_queued_bytes(connection);
        if (queued == 0) break;
        is_written = write_out(connection);
        total += queued;
    }
    if (connection->session == NULL) http1_written(connection);
    if (!is_written && connection->out_sent > connection->out.len / 2) {
        buf_drop_front(&connection->out, connection->out_sent);
        connection->out_sent = 0;
    }
}

// Says goodbye and reads on for a moment: closing with unread bytes would reset the connection and lose the answer.
static void linger(struct connection *connection) {
    if (connection->is_read_closed) connection->is_doomed = true;
    ERR_clear_error();
    if (connection->ssl != NULL) (void)SSL_shutdown(connection->ssl);
    if (shutdown(connection->fd, SHUT_WR) != 0) connection->is_doomed = true;
    connection->stage = STAGE_LINGER;
    connection->deadline_ms = connection->front->now_ms + LIMIT_HTTP_LINGER_MS;
}

static void watch(struct connection *connection) {
    uint32_t events = wants_bytes(connection) ? EPOLLIN : 0;
    bool is_handshaking = connection->stage == STAGE_HANDSHAKE;
    if (is_handshaking ? SSL_want_write(connection->ssl) : connection_queued_bytes(connection) > 0) events |= EPOLLOUT;
    if (events == connection->watched) return;
    connection->watched = events;
    front_watch(connection->front, connection->fd, EPOLL_CTL_MOD, events, SOURCE_CONNECTION, connection->slot);
}

void connection_settle(struct connection *connection) {
    if (!connection->is_doomed) flush(connection);
    bool is_empty = connection_queued_bytes(connection) == 0;
    if (connection->session != NULL && is_empty && http2_is_over(connection)) connection->closes_after_out = true;
    if (connection->closes_after_out && is_empty && connection->stage != STAGE_LINGER && !connection->is_doomed) linger(connection);
    if (connection->is_doomed) {
        close_connection(connection);
        return;
    }
    connection->is_touched = false; // only now: what touched it meanwhile has been seen to
    watch(connection);
    if (connection->may_hold_bytes && wants_bytes(connection)) connection->front->is_unfinished = true;
}

void connection_check_deadline(struct connection *connection) {
    int64_t now_ms = connection->front->now_ms;
    if (connection->write_deadline_ms != 0 && now_ms >= connection->write_deadline_ms) connection_doom(connection);
    if (connection->head_deadline_ms != 0 && now_ms >= connection->head_deadline_ms) connection_doom(connection);
    if (connection->is_doomed || now_ms < connection->deadline_ms || connection->exchange_count > 0) return;
    if (connection->stage == STAGE_HTTP2) http2_goaway(connection);
    else if (connection->stage == STAGE_IDLE || connection->stage == STAGE_HEAD) http1_deadline(connection);
    else if (connection->stage != STAGE_ANSWER || !connection->closes_after_out) connection->is_doomed = true;
    connection_touch(connection);
}

void connection_drain(struct connection *connection) {
    connection->may_persist = false;
    if (connection->stage == STAGE_HTTP2) http2_goaway(connection);
    else if (connection->stage != STAGE_BODY && connection->stage != STAGE_ANSWER && connection->stage != STAGE_LINGER) end_idle(connection);
    connection_touch(connection);
}
