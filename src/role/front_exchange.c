// SPDX-License-Identifier: EUPL-1.2
/* A request on its way to the node and its answer on the way back, the same for both protocols. */
#include <arpa/inet.h>

#include "base/json.h"
#include "base/log.h"
#include "role/front.h"
#include "role/wire.h"

enum { ACK_BYTES = LIMIT_STREAM_WINDOW_BYTES / 8 };

static_assert(ACK_BYTES * 2 <= LIMIT_STREAM_WINDOW_BYTES, "the window opens again before it is empty");

const struct http_fault FAULT_UNAVAILABLE = {503, "http.unavailable", "The server can't take this request now; try again in a moment."};
const struct http_fault FAULT_TIMEOUT = {408, "http.timeout", "The request did not arrive in time."};
const struct http_fault FAULT_NO_ANSWER = {504, "http.no_answer", "The server did not answer in time."};

// Where the table gets full, no single address may have more than its part of it.
static bool is_greedy(const struct front *front, const struct connection *connection) {
    if (connection->is_exempt || front->exchange_count < LIMIT_EXCHANGES / 2) return false;
    size_t count = 0;
    for (uint32_t slot = 0; slot < front->exchange_top; slot++) {
        const struct connection *other = front->exchanges[slot].connection;
        if (other != NULL && connection_is_neighbour(other, connection->address)) count++;
    }
    return count >= LIMIT_EXCHANGES / 8;
}

struct exchange *exchange_new(struct connection *connection, int32_t stream, bool is_head) {
    struct front *front = connection->front;
    uint32_t slot = front->exchange_free;
    if (slot == LIMIT_EXCHANGES || is_greedy(front, connection)) return NULL;
    struct exchange *exchange = &front->exchanges[slot];
    if (slot == front->exchange_top) { // never used before: the list of free slots ends at the first of these
        front->exchange_top++;
        exchange->next_free = front->exchange_top;
    }
    front->exchange_free = exchange->next_free;
    uint64_t generation = (exchange->number >> 32) + 1;
    *exchange = (struct exchange){.connection = connection,
                                  .number = (generation << 32) | (slot + 1),
                                  .stream = stream,
                                  .is_head = is_head,
                                  .is_local = true,
                                  .announced_bytes = UINT64_MAX};
    buf_init(&exchange->answer, NULL, 2 * LIMIT_STREAM_WINDOW_BYTES);
    connection->exchange_count++;
    front->exchange_count++;
    return exchange;
}

static struct exchange *find(struct front *front, uint64_t number) {
    uint64_t slot = (number & 0xffffffffu) - 1;
    if (slot >= front->exchange_top) return NULL;
    struct exchange *exchange = &front->exchanges[slot];
    return exchange->number == number && exchange->connection != NULL && !exchange->is_local ? exchange : NULL;
}

// Sends a frame of a type and at most one number; false where it does not fit.
static bool tell(struct exchange *exchange, uint16_t type, uint64_t bytes) {
    struct channel *node = &exchange->connection->front->node;
    if (!channel_is_open(node)) return false;
    size_t mark = frame_begin(channel_out(node), type, exchange->number);
    if (bytes > 0) frame_field_u64(channel_out(node), TAG_BYTES, bytes);
    return frame_end(channel_out(node), mark);
}

void exchange_free(struct exchange *exchange) {
    struct connection *connection = exchange->connection;
    struct front *front = connection->front;
    if (!exchange->is_local && !(exchange->is_request_done && exchange->is_answer_done))
        (void)tell(exchange, WIRE_REQUEST_CANCEL, 0); // where it does not fit, the channel is about to be closed anyway
    if (connection->exchange == exchange) connection->exchange = NULL;
    if (connection->session != NULL) (void)nghttp2_session_set_stream_user_data(connection->session, exchange->stream, NULL);
    connection->exchange_count--;
    front->exchange_count--;
    connection->deadline_ms = front->now_ms + LIMIT_HTTP_IDLE_MS;
    buf_fini(&exchange->answer);
    exchange->connection = NULL;
    exchange->next_free = front->exchange_free;
    front->exchange_free = (uint32_t)(exchange - front->exchanges);
}

/* One header of a request that stands several times is handed over as one list (RFC 9110 5.3; cookies RFC 9113 8.2.3). */
static void forward_header(struct buf *out, const struct http_head *head, size_t at, const char *name) {
    for (size_t i = 0; i < at; i++)
        if (http_name_is(head->headers[i].name, name)) return; // came with the first
    struct buf joined;
    buf_init(&joined, NULL, LIMIT_HTTP_HEADER_BYTES + LIMIT_HTTP_TARGET_BYTES);
    for (size_t i = at; i < head->header_count; i++) {
        if (!http_name_is(head->headers[i].name, name)) continue;
        if (i > at) buf_add(&joined, strcmp(name, "cookie") == 0 ? SPAN("; ") : SPAN(", "));
        buf_add(&joined, head->headers[i].value);
    }
    frame_field(out, TAG_HEADER_NAME, span_of(name));
    frame_field(out, TAG_HEADER_VALUE, buf_span(&joined));
    buf_fini(&joined);
}

// Behind a reverse proxy (only the listener without TLS) the client is the last address that the proxy added.
static struct span peer_of(const struct connection *connection, const struct http_head *head, char text[46]) {
    for (size_t i = head->header_count; connection->ssl == NULL && i > 0; i--) {
        if (!http_name_is(head->headers[i - 1].name, "x-forwarded-for")) continue;
        struct span list = head->headers[i - 1].value;
        size_t from = list.len;
        while (from > 0 && list.at[from - 1] != ',') from--;
        struct span last = span_trim(span_part(list, from, list.len));
        unsigned char number[16];
        if (last.len == 0 || last.len >= 46) break;
        memcpy(text, last.at, last.len);
        text[last.len] = '\0';
        if (inet_pton(AF_INET, text, number) == 1 || inet_pton(AF_INET6, text, number) == 1) return span_make(text, last.len);
        break;
    }
    return connection_peer(connection, text);
}

bool exchange_forward(struct exchange *exchange, const struct http_head *head, bool has_body) {
    struct front *front = exchange->connection->front;
    if (!channel_is_open(&front->node) || channel_queued_bytes(&front->node) > LIMIT_CHANNEL_BUSY_BYTES) return false;
    char peer[46];
    struct buf *out = channel_out(&front->node);
    size_t mark = frame_begin(out, WIRE_REQUEST_HEAD, exchange->number);
    frame_field(out, TAG_METHOD, head->method);
    frame_field(out, TAG_TARGET, head->target);
    for (size_t i = 0; i < head->header_count; i++) {
        const char *name = http_forwarded_name(head->headers[i].name);
        if (name != NULL) forward_header(out, head, i, name);
    }
    frame_field(out, TAG_PEER, peer_of(exchange->connection, head, peer));
    frame_field_u64(out, TAG_HAS_BODY, has_body ? 1 : 0);
    if (head->has_length) frame_field_u64(out, TAG_BODY_BYTES, head->body_bytes);
    if (!frame_end(out, mark)) return false;
    exchange->is_local = false;
    exchange->is_request_done = !has_body;
    exchange->announced_bytes = head->has_length ? head->body_bytes : UINT64_MAX;
    exchange->deadline_ms = front->now_ms + (has_body ? LIMIT_HTTP_BODY_DEADLINE_MS : LIMIT_HTTP_ANSWER_DEADLINE_MS);
    return true;
}

void exchange_body(struct exchange *exchange, struct span data) {
    struct buf *out = channel_out(&exchange->connection->front->node);
    exchange->taken_bytes += data.len;
    exchange->deadline_ms += (int64_t)(data.len * 1000 / LIMIT_HTTP_SLOWEST_BYTES_S);
    if (exchange->is_local) return;
    for (size_t at = 0; at < data.len; at += LIMIT_FRAME_CHUNK_BYTES) {
        size_t mark = frame_begin(out, WIRE_REQUEST_BODY, exchange->number);
        frame_field(out, TAG_DATA, span_part(data, at, at + LIMIT_FRAME_CHUNK_BYTES));
        if (frame_end(out, mark)) continue;
        exchange_fault(exchange, FAULT_UNAVAILABLE);
        return;
    }
}

void exchange_body_end(struct exchange *exchange) {
    exchange->is_request_done = true;
    if (exchange->is_local) return;
    exchange->deadline_ms = exchange->has_head_answered ? 0 : exchange->connection->front->now_ms + LIMIT_HTTP_ANSWER_DEADLINE_MS;
    if (!tell(exchange, WIRE_REQUEST_END, 0)) exchange_fault(exchange, FAULT_UNAVAILABLE);
}

uint64_t exchange_window(const struct exchange *exchange) {
    uint64_t waiting = exchange->taken_bytes - exchange->acked_bytes;
    return waiting >= LIMIT_STREAM_WINDOW_BYTES ? 0 : LIMIT_STREAM_WINDOW_BYTES - waiting;
}

void exchange_client_took(struct exchange *exchange, uint64_t bytes) {
    if (exchange->is_local || exchange->is_answer_done) return;
    exchange->answer_acked_bytes += bytes; // counts what is still to be told, too
    exchange->answer_untold_bytes += bytes;
    if (exchange->answer_untold_bytes < ACK_BYTES) return;
    (void)tell(exchange, WIRE_RESPONSE_ACK, exchange->answer_untold_bytes);
    exchange->answer_untold_bytes = 0;
}

static bool has_header(const struct answer *answer, const char *name) {
    for (size_t i = 0; i < answer->header_count; i++)
        if (http_name_is(answer->headers[i].name, name)) return true;
    return false;
}

static void add_header(struct answer *answer, const char *name, const char *value) {
    if (answer->header_count < ANSWER_HEADERS && !has_header(answer, name))
        answer->headers[answer->header_count++] = (struct http_header){span_of(name), span_of(value)};
}

void exchange_add_common(struct connection *connection, struct answer *answer) {
    if (connection->ssl != NULL) add_header(answer, "strict-transport-security", "max-age=31536000");
    add_header(answer, "x-content-type-options", "nosniff");
    add_header(answer, "referrer-policy", "no-referrer");
    add_header(answer, "content-security-policy", "default-src 'none'; frame-ancestors 'none'");
    add_header(answer, "cache-control", "no-store");
}

void exchange_problem(struct http_fault fault, struct answer *answer, struct buf *buf) {
    struct json_out out;
    json_out_init(&out, buf);
    json_out_object(&out);
    json_out_member_text(&out, "type", "about:blank");
    json_out_member_text(&out, "title", http_reason(fault.status));
    json_out_member_int(&out, "status", fault.status);
    json_out_member_text(&out, "detail", fault.words);
    json_out_member_text(&out, "rule", fault.rule);
    json_out_object_end(&out);
    *answer = (struct answer){.status = fault.status, .has_length = true, .body_bytes = buf->len};
    add_header(answer, "content-type", "application/problem+json");
    if (fault.status == 503) add_header(answer, "retry-after", "2");
}

static void answer(struct exchange *exchange, struct answer *head) {
    exchange_add_common(exchange->connection, head);
    exchange->has_head_answered = true;
    if (exchange->is_request_done) exchange->deadline_ms = 0; // else that of the body goes on
    exchange->has_length = head->has_length;
    exchange->left_bytes = head->body_bytes;
    if (exchange->stream == 0) http1_answer(exchange, head);
    else http2_answer(exchange, head);
    connection_touch(exchange->connection);
}

static void answer_body(struct exchange *exchange, struct span data) {
    if (exchange->stream == 0) http1_answer_body(exchange, data);
    else http2_answer_body(exchange, data);
    connection_touch(exchange->connection);
}

static void answer_end(struct exchange *exchange) {
    exchange->is_answer_done = true;
    connection_touch(exchange->connection);
    if (exchange->stream == 0) http1_answer_end(exchange);
    else http2_answer_end(exchange);
}

void exchange_abort(struct exchange *exchange) {
    struct connection *connection = exchange->connection;
    if (exchange->stream != 0) http2_abort(exchange);
    else connection->is_doomed = true;
    exchange_free(exchange);
    connection_touch(connection);
}

void exchange_fault(struct exchange *exchange, struct http_fault fault) {
    if (exchange->has_head_answered) {
        exchange_abort(exchange);
        return;
    }
    if (!exchange->is_local) (void)tell(exchange, WIRE_REQUEST_CANCEL, 0);
    exchange->is_local = true;
    struct buf text;
    buf_init(&text, NULL, 4096);
    struct answer *head = &exchange->connection->front->answer;
    exchange_problem(fault, head, &text);
    answer(exchange, head);
    answer_body(exchange, buf_span(&text));
    answer_end(exchange);
    buf_fini(&text);
}

void exchange_check_deadline(struct exchange *exchange) {
    int64_t now_ms = exchange->connection->front->now_ms;
    bool is_stuck = exchange->write_deadline_ms != 0 && now_ms >= exchange->write_deadline_ms;
    if (is_stuck) exchange_abort(exchange);
    else if (exchange->deadline_ms != 0 && now_ms >= exchange->deadline_ms)
        exchange_fault(exchange, exchange->is_request_done ? FAULT_NO_ANSWER : FAULT_TIMEOUT);
}

// A header of the node's answer that may go out: a small-letter name that is not the connection's own, a clean value.
static bool is_fit(struct span name, struct span value) {
    for (size_t i = 0; i < name.len; i++)
        if (name.at[i] >= 'A' && name.at[i] <= 'Z') return false;
    return http_may_answer(name) && http_is_value(value);
}

static bool read_answer(const struct frame *frame, struct answer *ret) {
    *ret = (struct answer){.status = (unsigned)frame_get_u64(frame, TAG_STATUS, 0)};
    struct span length = frame_get(frame, TAG_BODY_BYTES), value, name = {0};
    ret->has_length = length.at != NULL;
    ret->body_bytes = frame_get_u64(frame, TAG_BODY_BYTES, 0);
    uint16_t tag;
    for (size_t at = 0; frame_each(frame, &at, &tag, &value);) {
        if (tag == TAG_HEADER_NAME) name = value;
        if (tag != TAG_HEADER_VALUE) continue;
        if (is_fit(name, value) && ret->header_count + 8 < ANSWER_HEADERS)
            ret->headers[ret->header_count++] = (struct http_header){name, value};
        else log_warn("answer_header_dropped", "name=%.*s", SPAN_FMT(name));
        name = span_make(NULL, 0);
    }
    return ret->status >= 200 && ret->status <= 599;
}

// The node broke the rules of the wire: this exchange can't be trusted to mean anything.
static void refuse(struct exchange *exchange, const char *words) {
    log_error("node_answer_refused", "why=\"%s\"", words);
    exchange_fault(exchange, (struct http_fault){500, "http.internal", "The server made a mistake."});
}

static void take_body(struct exchange *exchange, struct span data) {
    exchange->answer_bytes += data.len;
    uint64_t waiting = exchange->answer_bytes - exchange->answer_acked_bytes;
    if (!exchange->has_head_answered || exchange->is_answer_done) refuse(exchange, "body without head");
    else if (waiting > LIMIT_STREAM_WINDOW_BYTES + ACK_BYTES) refuse(exchange, "window");
    else if (exchange->is_head) exchange_client_took(exchange, data.len);
    else if (exchange->has_length && data.len > exchange->left_bytes) refuse(exchange, "body longer than announced");
    else {
        exchange->left_bytes -= exchange->has_length ? data.len : 0;
        if (data.len > 0) answer_body(exchange, data);
    }
}

void exchange_node_frame(struct front *front, const struct frame *frame) {
    struct exchange *exchange = find(front, frame->number);
    if (exchange == NULL) return; // the client has gone meanwhile
    switch (frame->type) {
    case WIRE_RESPONSE_HEAD:
        if (exchange->has_head_answered || !read_answer(frame, &front->answer)) refuse(exchange, "head");
        else answer(exchange, &front->answer);
        return;
    case WIRE_RESPONSE_BODY: take_body(exchange, frame_get(frame, TAG_DATA)); return;
    case WIRE_RESPONSE_END:
        if (!exchange->has_head_answered || exchange->is_answer_done) refuse(exchange, "end without head");
        else if (exchange->has_length && exchange->left_bytes > 0 && !exchange->is_head) refuse(exchange, "body shorter than announced");
        else answer_end(exchange);
        return;
    case WIRE_REQUEST_ACK: {
        uint64_t bytes = frame_get_u64(frame, TAG_BYTES, 0), waiting = exchange->taken_bytes - exchange->acked_bytes;
        if (bytes > waiting) bytes = waiting;
        exchange->acked_bytes += bytes;
        if (exchange->stream != 0) http2_node_took(exchange, bytes);
        connection_touch(exchange->connection);
        return;
    }
    default: log_warn("unknown_frame", "type=%u", frame->type);
    }
}

void exchange_node_gone(struct front *front) {
    for (uint32_t slot = 0; slot < front->exchange_top; slot++) {
        struct exchange *exchange = &front->exchanges[slot];
        if (exchange->connection == NULL || exchange->is_local) continue;
        exchange->is_local = true; // there is no one to tell
        if (!exchange->is_answer_done) exchange_fault(exchange, FAULT_UNAVAILABLE);
    }
}
