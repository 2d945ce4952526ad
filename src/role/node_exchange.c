// SPDX-License-Identifier: EUPL-1.2
/* Exchanges on the channel to front: requests come in as frames, responses go out within their windows. */
#include "base/log.h"
#include "os/clock.h"
#include "role/node_private.h"
#include "role/wire.h"

static struct exchange **bucket_of(struct node *node, uint64_t number) { return &node->buckets[number % NODE_BUCKETS]; }

static struct exchange *exchange_find(struct node *node, uint64_t number) {
    struct exchange *exchange = *bucket_of(node, number);
    while (exchange != NULL && exchange->number != number) exchange = exchange->bucket_next;
    return exchange;
}

static void exchange_unlink(struct exchange *exchange) {
    struct exchange **at = bucket_of(exchange->node, exchange->number);
    while (*at != NULL && *at != exchange) at = &(*at)->bucket_next;
    if (*at == exchange) *at = exchange->bucket_next;
}

static void body_release(struct exchange *exchange) {
    exchange->node->bodies_bytes -= exchange->body_counted;
    exchange->body_counted = 0;
    buf_fini(&exchange->body);
}

void exchange_free(struct exchange *exchange) {
    if (exchange->is_streaming) node_stream_end(exchange->node, exchange);
    exchange_unlink(exchange);
    body_release(exchange);
    buf_fini(&exchange->response.body);
    arena_fini(&exchange->arena);
    mem_give(exchange);
}

void node_answer_problem(struct exchange *exchange, struct err e, const char *rule, const char *words) {
    struct why why = {0};
    (void)why_set(&why, e.code, "", rule, "", "%s", words);
    api_problem(&exchange->request, &exchange->response, e, &why);
}

// --- requests ---

static bool read_head(struct exchange *exchange, const struct frame *frame) {
    struct api_request *request = &exchange->request;
    struct span target = arena_copy(&exchange->arena, frame_get(frame, TAG_TARGET));
    size_t question = span_find(target, '?', 0), at = 0;
    request->method = arena_copy(&exchange->arena, frame_get(frame, TAG_METHOD));
    request->path = span_part(target, 0, question);
    request->query = span_part(target, question + 1, target.len);
    request->peer = arena_copy(&exchange->arena, frame_get(frame, TAG_PEER));
    uint16_t tag;
    struct span value, name = span_make(NULL, 0);
    while (frame_each(frame, &at, &tag, &value)) {
        if (tag == TAG_HEADER_NAME) name = arena_copy(&exchange->arena, value);
        if (tag != TAG_HEADER_VALUE || name.at == NULL || request->header_count == API_HEADERS_MAX) continue;
        request->headers[request->header_count++] = (struct api_header){.name = name, .value = arena_copy(&exchange->arena, value)};
        name = span_make(NULL, 0);
    }
    return request->method.at != NULL && request->path.at != NULL && request->peer.at != NULL;
}

static void request_complete(struct exchange *exchange) {
    struct node *node = exchange->node;
    exchange->request.body = buf_span(&exchange->body);
    exchange->request.received_ms = clock_now_ms();
    exchange->is_in_service = true;
    if (node_enqueue(node, exchange)) return;
    atomic_fetch_add(&node->services.counters[COUNT_SHED], 1);
    node_answer_problem(exchange, err_make(ERR_BUSY), "node.busy", "the node has more requests than it can take; try again");
    node_done(node, exchange);
}

static void request_head(struct node *node, const struct frame *frame) {
    if (exchange_find(node, frame->number) != NULL) return; // front does not use a number twice
    struct exchange *exchange = mem_take(sizeof *exchange);
    if (exchange == NULL) return;
    exchange->node = node;
    exchange->number = frame->number;
    arena_init(&exchange->arena, LIMIT_REQUEST_ARENA_BYTES);
    buf_init(&exchange->body, NULL, LIMIT_HTTP_BODY_BYTES);
    buf_init(&exchange->response.body, NULL, LIMIT_REQUEST_ARENA_BYTES);
    exchange->request.arena = &exchange->arena;
    exchange->request.services = &node->services;
    exchange->request.exchange = exchange;
    exchange->request.lang = SPAN("en");
    exchange->bucket_next = *bucket_of(node, frame->number);
    *bucket_of(node, frame->number) = exchange;
    bool is_read = read_head(exchange, frame);
    if (!is_read || node->bodies_bytes > NODE_BODIES_BYTES) {
        atomic_fetch_add(&node->services.counters[COUNT_SHED], 1);
        exchange->is_in_service = true;
        node_answer_problem(exchange, err_make(ERR_BUSY), "node.busy", "the node is short of memory; try again");
        node_done(node, exchange);
    } else if (frame_get_u64(frame, TAG_HAS_BODY, 0) == 0) {
        request_complete(exchange);
    }
}

static void request_body(struct node *node, struct exchange *exchange, const struct frame *frame) {
    struct span data = frame_get(frame, TAG_DATA);
    if (exchange->is_in_service) return; // answered already
    buf_add(&exchange->body, data);
    node->bodies_bytes += data.len;
    exchange->body_counted += data.len;
    if (exchange->body.is_failed) {
        exchange->is_in_service = true;
        node_answer_problem(exchange, err_make(ERR_LIMIT), "http.body", "the body is larger than this node takes");
        node_done(node, exchange);
        return;
    }
    struct buf *out = channel_out(&node->front);
    size_t mark = frame_begin(out, WIRE_REQUEST_ACK, exchange->number);
    frame_field_u64(out, TAG_BYTES, data.len);
    (void)frame_end(out, mark);
}

static void send_body(struct exchange *exchange);

void node_front_frame(struct node *node, const struct frame *frame) {
    if (frame->type == WIRE_REQUEST_HEAD) {
        request_head(node, frame);
        return;
    }
    struct exchange *exchange = exchange_find(node, frame->number);
    if (exchange == NULL) return; // answered and forgotten
    switch (frame->type) {
    case WIRE_REQUEST_BODY: request_body(node, exchange, frame); return;
    case WIRE_REQUEST_END:
        if (!exchange->is_in_service) request_complete(exchange);
        return;
    case WIRE_REQUEST_CANCEL:
        // In service: a filing once taken is carried through; the answer finds nobody.
        if (exchange->is_in_service && !exchange->is_sending && !exchange->is_streaming) exchange->is_cancelled = true;
        else exchange_free(exchange);
        return;
    case WIRE_RESPONSE_ACK:
        exchange->acked += (size_t)frame_get_u64(frame, TAG_BYTES, 0);
        if (exchange->is_sending) send_body(exchange);
        return;
    default: return;
    }
}

// --- responses ---

static void send_head(struct exchange *exchange) {
    const struct api_response *response = &exchange->response;
    struct buf *out = channel_out(&exchange->node->front);
    size_t mark = frame_begin(out, WIRE_RESPONSE_HEAD, exchange->number);
    frame_field_u64(out, TAG_STATUS, response->status == 0 ? 500 : response->status);
    frame_field(out, TAG_HEADER_NAME, SPAN("content-type"));
    frame_field(out, TAG_HEADER_VALUE, span_of(response->media_type != NULL ? response->media_type : "application/json"));
    for (size_t i = 0; i < response->header_count; i++) {
        frame_field(out, TAG_HEADER_NAME, response->headers[i].name);
        frame_field(out, TAG_HEADER_VALUE, response->headers[i].value);
    }
    if (!response->is_event_stream) frame_field_u64(out, TAG_BODY_BYTES, response->body.len);
    if (!frame_end(out, mark)) log_error("response_head_too_large", "number=%llu", (unsigned long long)exchange->number);
}

// Sends what the window allows; frees the exchange after the last byte.
static void send_body(struct exchange *exchange) {
    struct buf *out = channel_out(&exchange->node->front);
    const struct buf *body = &exchange->response.body;
    while (exchange->sent < body->len && exchange->sent - exchange->acked < LIMIT_STREAM_WINDOW_BYTES) {
        size_t left = body->len - exchange->sent;
        size_t n = left < LIMIT_FRAME_CHUNK_BYTES ? left : LIMIT_FRAME_CHUNK_BYTES;
        size_t mark = frame_begin(out, WIRE_RESPONSE_BODY, exchange->number);
        frame_field(out, TAG_DATA, span_make(body->at + exchange->sent, n));
        if (!frame_end(out, mark)) return;
        exchange->sent += n;
    }
    if (exchange->sent < body->len) return;
    size_t mark = frame_begin(out, WIRE_RESPONSE_END, exchange->number);
    (void)frame_end(out, mark);
    exchange_free(exchange);
}

static void send_response(struct exchange *exchange) {
    if (exchange->is_cancelled) {
        exchange_free(exchange);
        return;
    }
    body_release(exchange);
    send_head(exchange);
    if (exchange->response.is_event_stream && exchange->response.status == 200) {
        node_stream_begin(exchange->node, exchange);
        return;
    }
    exchange->is_sending = true;
    send_body(exchange);
}

void node_send_done(struct node *node) {
    (void)pthread_mutex_lock(&node->done_lock);
    struct exchange *exchange = node->done_first;
    node->done_first = node->done_last = NULL;
    (void)pthread_mutex_unlock(&node->done_lock);
    while (exchange != NULL) {
        struct exchange *next = exchange->next;
        send_response(exchange);
        exchange = next;
    }
}

void node_front_lost(struct node *node) {
    for (size_t i = 0; i < NODE_BUCKETS; i++) {
        struct exchange *exchange = node->buckets[i];
        while (exchange != NULL) {
            struct exchange *next = exchange->bucket_next;
            if (exchange->is_in_service && !exchange->is_sending && !exchange->is_streaming) exchange->is_cancelled = true;
            else exchange_free(exchange);
            exchange = next;
        }
    }
}
