// SPDX-License-Identifier: EUPL-1.2
/* HTTP/1.1 on a connection: one request at a time, it and its answer with Content-Length or in chunks. */
#include "role/front.h"

bool http1_wants_bytes(const struct connection *connection) {
    switch (connection->stage) {
    case STAGE_IDLE:
    case STAGE_HEAD: return true;
    case STAGE_BODY: return connection->exchange != NULL && exchange_window(connection->exchange) >= FRONT_READ_BYTES;
    default: return !connection->has_more; // to see the client go; one read too many is dropped and ends the connection
    }
}

void http1_fault(struct connection *connection, struct http_fault fault) {
    struct answer *answer = &connection->front->answer;
    struct buf text;
    buf_init(&text, NULL, 4096);
    exchange_problem(fault, answer, &text);
    exchange_add_common(connection, answer);
    http1_add_status(&connection->out, answer->status);
    http1_add_header(&connection->out, SPAN("date"), front_date(connection->front));
    for (size_t i = 0; i < answer->header_count; i++)
        http1_add_header(&connection->out, answer->headers[i].name, answer->headers[i].value);
    buf_printf(&connection->out, "content-length: %zu\r\nconnection: close\r\n\r\n", text.len);
    buf_add(&connection->out, buf_span(&text));
    buf_fini(&text);
    connection->stage = STAGE_ANSWER;
    connection->closes_after_out = true;
    connection_touch(connection);
}

static void end_body(struct connection *connection, bool has_more) {
    connection->stage = STAGE_ANSWER;
    connection->has_more = has_more;
    exchange_body_end(connection->exchange);
}

static void take_announced(struct connection *connection, struct span bytes) {
    struct exchange *exchange = connection->exchange;
    size_t len = bytes.len;
    if (len > exchange->announced_bytes - exchange->taken_bytes) len = (size_t)(exchange->announced_bytes - exchange->taken_bytes);
    exchange_body(exchange, span_part(bytes, 0, len));
    if (connection->exchange == exchange && exchange->taken_bytes == exchange->announced_bytes) end_body(connection, len < bytes.len);
}

// What the chunks in BYTES hold goes on as one piece: a byte a chunk shall not cost a frame a byte.
static void take_chunks(struct connection *connection, struct span bytes) {
    struct exchange *exchange = connection->exchange;
    struct buf data;
    buf_init(&data, NULL, bytes.len);
    enum http1_verdict verdict = HTTP1_MORE;
    struct http_fault fault = http_fine();
    while (verdict == HTTP1_MORE && bytes.len > 0) {
        size_t used;
        struct span piece;
        verdict = http1_read_chunks(&connection->chunks, bytes, &used, &piece, &fault);
        buf_add(&data, piece);
        bytes = span_part(bytes, used, bytes.len);
    }
    if (data.is_failed) fault = FAULT_UNAVAILABLE;
    else if (fault.status == 0 && data.len > LIMIT_HTTP_BODY_BYTES - exchange->taken_bytes) fault = HTTP_TOO_LARGE;
    if (fault.status != 0) exchange_fault(exchange, fault);
    else if (data.len > 0) exchange_body(exchange, buf_span(&data));
    buf_fini(&data);
    if (connection->exchange == exchange && verdict == HTTP1_DONE) end_body(connection, bytes.len > 0);
}

static void take_body(struct connection *connection, struct span bytes) {
    if (connection->is_body_chunked) take_chunks(connection, bytes);
    else take_announced(connection, bytes);
}

static void begin_request(struct connection *connection, const struct http_head *head, struct span rest) {
    struct exchange *exchange = exchange_new(connection, 0, span_is(head->method, "HEAD"));
    if (exchange == NULL) {
        http1_fault(connection, FAULT_UNAVAILABLE);
        return;
    }
    bool has_body = head->is_chunked || head->body_bytes > 0;
    connection->is_body_chunked = head->is_chunked;
    connection->chunks = (struct http1_chunks){0};
    connection->exchange = exchange;
    connection->may_persist = head->may_persist && !connection->front->is_draining;
    connection->is_http10 = head->is_http10;
    connection->stage = has_body ? STAGE_BODY : STAGE_ANSWER;
    connection->has_more = !has_body && rest.len > 0;
    if (!exchange_forward(exchange, head, has_body)) {
        exchange->is_request_done = !has_body;
        exchange_fault(exchange, FAULT_UNAVAILABLE);
    } else if (has_body && rest.len > 0) {
        take_body(connection, rest);
    } else if (has_body && head->expects_continue && !head->is_http10) {
        buf_add(&connection->out, SPAN("HTTP/1.1 100 Continue\r\n\r\n"));
    }
}

static void take_head(struct connection *connection, struct span bytes) {
    struct front *front = connection->front;
    bool is_kept = connection->in.len > 0; // the start of the head waits there
    if (is_kept) {
        buf_add(&connection->in, bytes);
        bytes = buf_span(&connection->in);
    }
    if (connection->stage == STAGE_IDLE) {
        connection->stage = STAGE_HEAD;
        connection->deadline_ms = front->now_ms + LIMIT_HTTP_HEADER_DEADLINE_MS;
        connection->reader = (struct http1_reader){0};
    }
    front->head = (struct http_head){0};
    size_t used = 0;
    struct http_fault fault = http_fine();
    enum http1_verdict verdict = http1_read(&connection->reader, &front->head, bytes, &used, &fault);
    if (verdict == HTTP1_MORE) {
        if (!is_kept) buf_add(&connection->in, bytes);
        return;
    }
    if (verdict == HTTP1_FAULT) http1_fault(connection, fault);
    else begin_request(connection, &front->head, span_part(bytes, used, bytes.len));
    buf_fini(&connection->in);
}

void http1_bytes(struct connection *connection, struct span bytes) {
    if (connection->stage == STAGE_BODY && connection->exchange != NULL) take_body(connection, bytes);
    else if (connection->stage == STAGE_IDLE || connection->stage == STAGE_HEAD) take_head(connection, bytes);
    else connection->has_more = true;
    if (connection->out.is_failed || connection->in.is_failed) connection->is_doomed = true;
}

void http1_deadline(struct connection *connection) {
    if (connection->stage == STAGE_IDLE) connection->is_doomed = true;
    else http1_fault(connection, FAULT_TIMEOUT);
}

static bool has_body(const struct exchange *exchange, unsigned status) {
    return !exchange->is_head && status != 204 && status != 304;
}

void http1_answer(struct exchange *exchange, const struct answer *answer) {
    struct connection *connection = exchange->connection;
    struct buf *out = &connection->out;
    exchange->is_chunked = !answer->has_length && has_body(exchange, answer->status) && !connection->is_http10;
    if (!answer->has_length && connection->is_http10) connection->may_persist = false; // the end of the connection ends it
    if (!exchange->is_request_done || connection->has_more || connection->front->is_draining) connection->may_persist = false;
    http1_add_status(out, answer->status);
    http1_add_header(out, SPAN("date"), front_date(connection->front));
    for (size_t i = 0; i < answer->header_count; i++) http1_add_header(out, answer->headers[i].name, answer->headers[i].value);
    if (answer->has_length && answer->status != 204) buf_printf(out, "content-length: %llu\r\n", (unsigned long long)answer->body_bytes);
    if (exchange->is_chunked) buf_add(out, SPAN("transfer-encoding: chunked\r\n"));
    if (!connection->may_persist) buf_add(out, SPAN("connection: close\r\n"));
    buf_add(out, SPAN("\r\n"));
    if (!has_body(exchange, answer->status)) exchange->is_head = true; // what the node sends for a body is dropped
}

void http1_answer_body(struct exchange *exchange, struct span data) {
    struct buf *out = &exchange->connection->out;
    if (exchange->is_head) return;
    if (exchange->is_chunked) buf_printf(out, "%zx\r\n", data.len);
    buf_add(out, data);
    if (exchange->is_chunked) buf_add(out, SPAN("\r\n"));
    if (out->is_failed) exchange->connection->is_doomed = true;
}

void http1_answer_end(struct exchange *exchange) {
    struct connection *connection = exchange->connection;
    if (exchange->is_chunked) buf_add(&connection->out, SPAN("0\r\n\r\n"));
    if (!exchange->is_request_done || connection->has_more) connection->may_persist = false;
    exchange_free(exchange);
    if (connection->may_persist) connection->stage = STAGE_IDLE;
    else {
        connection->stage = STAGE_ANSWER;
        connection->closes_after_out = true;
    }
}

void http1_written(struct connection *connection) {
    struct exchange *exchange = connection->exchange;
    if (exchange == NULL) return;
    // OUT holds framing beside the body, so this never counts too much
    uint64_t waiting = exchange->answer_bytes - exchange->answer_acked_bytes, queued = connection_queued_bytes(connection);
    if (waiting > queued) exchange_client_took(exchange, waiting - queued);
}
