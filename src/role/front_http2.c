// SPDX-License-Identifier: EUPL-1.2
/* HTTP/2 on a connection, by libnghttp2, which checks the form of messages and frames; here are limits and the way to the
 * node. Body bytes open the stream's window again only when the node has taken them. */
#include "role/front.h"

enum { FRAME_COST_BYTES = 32, CONNECTION_WINDOW_BYTES = 1024 * 1024, MAX_NVS = ANSWER_HEADERS + 4 };

static struct exchange *exchange_of(nghttp2_session *session, int32_t stream) {
    return nghttp2_session_get_stream_user_data(session, stream);
}

static int on_begin_headers(nghttp2_session *session, const nghttp2_frame *frame, void *user) {
    (void)session;
    struct connection *connection = user;
    connection->head = NULL;
    if (frame->hd.type != NGHTTP2_HEADERS || frame->headers.cat != NGHTTP2_HCAT_REQUEST) return 0; // trailers are dropped
    arena_reset(&connection->arena);
    connection->head = ARENA_NEW(&connection->arena, struct http_head);
    connection->head_fault = http_fine();
    connection->head_bytes = 0;
    connection->head_deadline_ms = connection->front->now_ms + LIMIT_HTTP_HEADER_DEADLINE_MS;
    return connection->head == NULL ? NGHTTP2_ERR_CALLBACK_FAILURE : 0;
}

static const struct http_fault HEAD_SIZE = {431, "http.head_size", "The request's head is larger than 16 KiB or has more than 64 headers."};

static int on_header(nghttp2_session *session, const nghttp2_frame *frame, const uint8_t *name, size_t name_len, const uint8_t *value,
                     size_t value_len, uint8_t flags, void *user) {
    (void)session, (void)frame, (void)flags;
    struct connection *connection = user;
    struct http_head *head = connection->head;
    if (head == NULL || connection->head_fault.status != 0) return 0;
    connection->head_bytes += name_len + value_len + FRAME_COST_BYTES;
    bool is_pseudo = name_len > 0 && name[0] == ':';
    if (connection->head_bytes > LIMIT_HTTP_HEADER_BYTES + LIMIT_HTTP_TARGET_BYTES || (!is_pseudo && head->header_count == LIMIT_HTTP_HEADERS)) {
        connection->head_fault = HEAD_SIZE;
        return 0;
    }
    struct span key = arena_copy(&connection->arena, span_make(name, name_len));
    struct span text = arena_copy(&connection->arena, span_make(value, value_len));
    if (key.at == NULL || text.at == NULL) connection->head_fault = HEAD_SIZE;
    else if (span_is(key, ":method")) head->method = text;
    else if (span_is(key, ":path")) head->target = text;
    else if (!is_pseudo) head->headers[head->header_count++] = (struct http_header){key, text};
    return 0;
}

static struct http_fault check_head(const struct connection *connection, struct http_head *head) {
    if (connection->head_fault.status != 0) return connection->head_fault;
    if (head->target.len > LIMIT_HTTP_TARGET_BYTES)
        return (struct http_fault){414, "http.target_size", "The request's target is longer than 4096 bytes."};
    if (head->method.len > 32 || !http_is_token(head->method))
        return (struct http_fault){400, "http.method", "The method is not a word of HTTP."};
    if (!http_is_target(head->target))
        return (struct http_fault){400, "http.target", "The target must be a path with characters of RFC 3986, others as %XX."};
    return http_check(head);
}

static int begin_request(struct connection *connection, int32_t stream, bool has_body) {
    struct http_head *head = connection->head;
    connection->head = NULL;
    connection->head_deadline_ms = 0;
    struct exchange *exchange = exchange_new(connection, stream, span_is(head->method, "HEAD"));
    if (exchange == NULL) return nghttp2_submit_rst_stream(connection->session, NGHTTP2_FLAG_NONE, stream, NGHTTP2_REFUSED_STREAM);
    exchange->is_request_done = !has_body;
    if (nghttp2_session_set_stream_user_data(connection->session, stream, exchange) != 0) {
        exchange_free(exchange);
        return 0;
    }
    struct http_fault fault = check_head(connection, head);
    if (fault.status == 0 && !exchange_forward(exchange, head, has_body)) fault = FAULT_UNAVAILABLE;
    if (fault.status != 0) {
        exchange_fault(exchange, fault);
    } else if (has_body && head->expects_continue) {
        const nghttp2_nv go_on = {.name = (uint8_t[]){":status"}, .value = (uint8_t[]){"100"}, .namelen = 7, .valuelen = 3};
        return nghttp2_submit_headers(connection->session, NGHTTP2_FLAG_NONE, stream, NULL, &go_on, 1, NULL);
    }
    return 0;
}

static int on_frame(nghttp2_session *session, const nghttp2_frame *frame, void *user) {
    struct connection *connection = user;
    if (frame->hd.type != NGHTTP2_HEADERS && frame->hd.type != NGHTTP2_DATA) return 0;
    bool is_end = (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0;
    if (frame->hd.type == NGHTTP2_HEADERS && frame->headers.cat == NGHTTP2_HCAT_REQUEST)
        return connection->head == NULL ? 0 : begin_request(connection, frame->hd.stream_id, !is_end);
    struct exchange *exchange = exchange_of(session, frame->hd.stream_id);
    if (is_end && exchange != NULL) exchange_body_end(exchange);
    return 0;
}

static int on_data(nghttp2_session *session, uint8_t flags, int32_t stream, const uint8_t *data, size_t len, void *user) {
    (void)flags, (void)user;
    (void)nghttp2_session_consume_connection(session, len);
    struct exchange *exchange = exchange_of(session, stream);
    if (exchange == NULL || exchange->is_local) return 0;
    if (exchange->taken_bytes + len > LIMIT_HTTP_BODY_BYTES)
        exchange_fault(exchange, HTTP_TOO_LARGE);
    else exchange_body(exchange, span_make(data, len));
    return 0;
}

static int on_stream_close(nghttp2_session *session, int32_t stream, uint32_t code, void *user) {
    (void)code, (void)user;
    struct exchange *exchange = exchange_of(session, stream);
    if (exchange != NULL) exchange_free(exchange);
    return 0;
}

// An answer that is complete before the request is: the client need not send the rest (RFC 9113 8.1).
static int on_sent(nghttp2_session *session, const nghttp2_frame *frame, void *user) {
    (void)user;
    if (frame->hd.type != NGHTTP2_HEADERS && frame->hd.type != NGHTTP2_DATA) return 0;
    const struct exchange *exchange = exchange_of(session, frame->hd.stream_id);
    if ((frame->hd.flags & NGHTTP2_FLAG_END_STREAM) == 0 || exchange == NULL || exchange->is_request_done) return 0;
    return nghttp2_submit_rst_stream(session, NGHTTP2_FLAG_NONE, frame->hd.stream_id, NGHTTP2_NO_ERROR);
}

bool http2_init(struct front *front) {
    if (nghttp2_session_callbacks_new(&front->http2_callbacks) != 0 || nghttp2_option_new(&front->http2_options) != 0) return false;
    nghttp2_session_callbacks_set_on_begin_headers_callback(front->http2_callbacks, on_begin_headers);
    nghttp2_session_callbacks_set_on_header_callback(front->http2_callbacks, on_header);
    nghttp2_session_callbacks_set_on_frame_recv_callback(front->http2_callbacks, on_frame);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(front->http2_callbacks, on_data);
    nghttp2_session_callbacks_set_on_stream_close_callback(front->http2_callbacks, on_stream_close);
    nghttp2_session_callbacks_set_on_frame_send_callback(front->http2_callbacks, on_sent);
    nghttp2_option_set_no_auto_window_update(front->http2_options, 1);
    nghttp2_option_set_max_outbound_ack(front->http2_options, 100);
    nghttp2_option_set_max_settings(front->http2_options, 32);
    nghttp2_option_set_max_continuations(front->http2_options, 8);
    nghttp2_option_set_stream_reset_rate_limit(front->http2_options, LIMIT_HTTP2_RESETS, LIMIT_HTTP2_RESETS_S);
    return true;
}

bool http2_begin(struct connection *connection) {
    struct front *front = connection->front;
    if (nghttp2_session_server_new2(&connection->session, front->http2_callbacks, connection, front->http2_options) != 0) {
        connection->session = NULL;
        return false;
    }
    const nghttp2_settings_entry settings[] = {
        {NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, LIMIT_HTTP2_STREAMS},
        {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, LIMIT_STREAM_WINDOW_BYTES},
        {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, LIMIT_HTTP_HEADER_BYTES},
    };
    return nghttp2_submit_settings(connection->session, NGHTTP2_FLAG_NONE, settings, sizeof settings / sizeof *settings) == 0 &&
           nghttp2_session_set_local_window_size(connection->session, NGHTTP2_FLAG_NONE, 0, CONNECTION_WINDOW_BYTES) == 0;
}

void http2_end(struct connection *connection) {
    nghttp2_session_del(connection->session);
    connection->session = NULL;
}

void http2_bytes(struct connection *connection, struct span bytes) {
    ssize_t used = nghttp2_session_mem_recv(connection->session, bytes.at, bytes.len);
    if (used < 0) connection->is_doomed = true;
}

void http2_fill(struct connection *connection) {
    while (connection_queued_bytes(connection) < FRONT_OUT_BYTES) {
        const uint8_t *data;
        ssize_t len = nghttp2_session_mem_send(connection->session, &data);
        if (len < 0) connection->is_doomed = true;
        if (len <= 0) return;
        buf_add(&connection->out, span_make(data, (size_t)len));
        if (connection->out.is_failed) connection->is_doomed = true;
    }
}

bool http2_is_over(const struct connection *connection) {
    return nghttp2_session_want_read(connection->session) == 0 && nghttp2_session_want_write(connection->session) == 0;
}

void http2_goaway(struct connection *connection) {
    int32_t last = nghttp2_session_get_last_proc_stream_id(connection->session);
    if (nghttp2_submit_goaway(connection->session, NGHTTP2_FLAG_NONE, last, NGHTTP2_NO_ERROR, NULL, 0) != 0) connection->is_doomed = true;
    connection->deadline_ms = connection->front->now_ms + LIMIT_HTTP_LINGER_MS;
}

static ssize_t read_answer(nghttp2_session *session, int32_t stream, uint8_t *ret, size_t len, uint32_t *flags,
                           nghttp2_data_source *source, void *user) {
    (void)source, (void)user;
    struct exchange *exchange = exchange_of(session, stream);
    if (exchange == NULL) return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    size_t waiting = exchange->answer.len - exchange->answer_sent;
    if (waiting == 0 && !exchange->is_answer_done) return NGHTTP2_ERR_DEFERRED;
    if (len > waiting) len = waiting;
    if (len > 0) memcpy(ret, exchange->answer.at + exchange->answer_sent, len);
    exchange->answer_sent += len;
    if (len < waiting) {
        exchange->write_deadline_ms += (int64_t)(len * 1000 / LIMIT_HTTP_SLOWEST_BYTES_S);
    } else {
        exchange->answer.len = exchange->answer_sent = 0;
        exchange->write_deadline_ms = 0;
        if (exchange->is_answer_done) *flags |= NGHTTP2_DATA_FLAG_EOF;
    }
    exchange_client_took(exchange, len);
    return (ssize_t)len;
}

static nghttp2_nv pair(struct span name, struct span value) {
    union {
        const uint8_t *given;
        uint8_t *taken; // nghttp2 copies and does not write
    } n = {.given = name.at}, v = {.given = value.at};
    return (nghttp2_nv){.name = n.taken, .value = v.taken, .namelen = name.len, .valuelen = value.len, .flags = NGHTTP2_NV_FLAG_NONE};
}

void http2_answer(struct exchange *exchange, const struct answer *answer) {
    struct connection *connection = exchange->connection;
    nghttp2_nv pairs[MAX_NVS];
    size_t count = 0;
    char status[4], length[24];
    status[0] = (char)('0' + answer->status / 100 % 10);
    status[1] = (char)('0' + answer->status / 10 % 10);
    status[2] = (char)('0' + answer->status % 10);
    pairs[count++] = pair(SPAN(":status"), span_make(status, 3));
    pairs[count++] = pair(SPAN("date"), front_date(connection->front));
    struct buf number;
    buf_init(&number, NULL, sizeof length);
    buf_add_int(&number, (int64_t)answer->body_bytes);
    if (answer->has_length && answer->status != 204) pairs[count++] = pair(SPAN("content-length"), buf_span(&number));
    for (size_t i = 0; i < answer->header_count; i++) pairs[count++] = pair(answer->headers[i].name, answer->headers[i].value);
    if (answer->status == 204 || answer->status == 304) exchange->is_head = true;
    bool has_body = !exchange->is_head && !(answer->has_length && answer->body_bytes == 0);
    const nghttp2_data_provider provider = {.read_callback = read_answer};
    if (nghttp2_submit_response(connection->session, exchange->stream, pairs, count, has_body ? &provider : NULL) != 0)
        connection->is_doomed = true;
    buf_fini(&number);
}

void http2_answer_body(struct exchange *exchange, struct span data) {
    if (exchange->is_head) return;
    if (exchange->answer.len == exchange->answer_sent)
        exchange->write_deadline_ms = exchange->connection->front->now_ms + LIMIT_HTTP_WRITE_DEADLINE_MS;
    if (exchange->answer_sent > exchange->answer.len / 2) {
        buf_drop_front(&exchange->answer, exchange->answer_sent);
        exchange->answer_sent = 0;
    }
    buf_add(&exchange->answer, data);
    if (exchange->answer.is_failed) exchange->connection->is_doomed = true;
    (void)nghttp2_session_resume_data(exchange->connection->session, exchange->stream); // not deferred: nothing to do
}

void http2_answer_end(struct exchange *exchange) {
    (void)nghttp2_session_resume_data(exchange->connection->session, exchange->stream);
}

void http2_abort(struct exchange *exchange) {
    nghttp2_session *session = exchange->connection->session;
    if (nghttp2_submit_rst_stream(session, NGHTTP2_FLAG_NONE, exchange->stream, NGHTTP2_INTERNAL_ERROR) != 0)
        exchange->connection->is_doomed = true;
}

void http2_node_took(struct exchange *exchange, uint64_t bytes) {
    (void)nghttp2_session_consume_stream(exchange->connection->session, exchange->stream, (size_t)bytes);
}
