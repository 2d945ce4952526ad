// SPDX-License-Identifier: EUPL-1.2
/* Requests in flight on the channel to front: requests come in as frames, responses go out within their windows. */
#include "base/log.h"
#include "os/clock.h"
#include "role/node_private.h"
#include "role/wire.h"

static struct inflight **bucket_of(struct node *node, uint64_t number) { return &node->buckets[number % NODE_BUCKETS]; }

static struct inflight *inflight_find(struct node *node, uint64_t number) {
    struct inflight *inflight = *bucket_of(node, number);
    while (inflight != NULL && inflight->number != number) inflight = inflight->bucket_next;
    return inflight;
}

static void inflight_unlink(struct inflight *inflight) {
    struct inflight **at = bucket_of(inflight->node, inflight->number);
    while (*at != NULL && *at != inflight) at = &(*at)->bucket_next;
    if (*at == inflight) *at = inflight->bucket_next;
}

static void body_release(struct inflight *inflight) {
    inflight->node->bodies_bytes -= inflight->body_counted;
    inflight->body_counted = 0;
    buf_fini(&inflight->body);
}

void inflight_free(struct inflight *inflight) {
    if (inflight->is_streaming) node_stream_end(inflight->node, inflight);
    inflight_unlink(inflight);
    body_release(inflight);
    buf_fini(&inflight->response.body);
    arena_fini(&inflight->arena);
    mem_give(inflight);
}

void node_answer_problem(struct inflight *inflight, struct err e, const char *rule, const char *words) {
    struct why why = {0};
    (void)why_set(&why, e.code, "", rule, "", "%s", words);
    api_problem(&inflight->request, &inflight->response, e, &why);
}

// --- requests ---

static bool read_head(struct inflight *inflight, const struct frame *frame) {
    struct api_request *request = &inflight->request;
    struct span target = arena_copy(&inflight->arena, frame_get(frame, TAG_TARGET));
    size_t question = span_find(target, '?', 0), at = 0;
    request->method = arena_copy(&inflight->arena, frame_get(frame, TAG_METHOD));
    request->path = span_part(target, 0, question);
    request->query = span_part(target, question + 1, target.len);
    request->peer = arena_copy(&inflight->arena, frame_get(frame, TAG_PEER));
    uint16_t tag;
    struct span value, name = span_make(NULL, 0);
    while (frame_each(frame, &at, &tag, &value)) {
        if (tag == TAG_HEADER_NAME) name = arena_copy(&inflight->arena, value);
        if (tag != TAG_HEADER_VALUE || name.at == NULL || request->header_count == API_HEADERS_MAX) continue;
        request->headers[request->header_count++] = (struct api_header){.name = name, .value = arena_copy(&inflight->arena, value)};
        name = span_make(NULL, 0);
    }
    return request->method.at != NULL && request->path.at != NULL && request->peer.at != NULL;
}

static void request_complete(struct inflight *inflight) {
    struct node *node = inflight->node;
    inflight->request.body = buf_span(&inflight->body);
    inflight->request.received_ms = clock_now_ms();
    inflight->is_in_service = true;
    if (node_enqueue(node, inflight)) return;
    atomic_fetch_add(&node->services.counters[COUNT_SHED], 1);
    node_answer_problem(inflight, err_make(ERR_BUSY), "node.busy", "the node has more requests than it can take; try again");
    node_done(node, inflight);
}

static void request_head(struct node *node, const struct frame *frame) {
    if (inflight_find(node, frame->number) != NULL) return; // front does not use a number twice
    struct inflight *inflight = mem_take(sizeof *inflight);
    if (inflight == NULL) return;
    inflight->node = node;
    inflight->number = frame->number;
    arena_init(&inflight->arena, LIMIT_REQUEST_ARENA_BYTES);
    buf_init(&inflight->body, NULL, LIMIT_HTTP_BODY_BYTES);
    buf_init(&inflight->response.body, NULL, LIMIT_REQUEST_ARENA_BYTES);
    inflight->request.arena = &inflight->arena;
    inflight->request.services = &node->services;
    inflight->request.inflight = inflight;
    inflight->request.lang = SPAN("en");
    inflight->bucket_next = *bucket_of(node, frame->number);
    *bucket_of(node, frame->number) = inflight;
    bool is_read = read_head(inflight, frame);
    if (!is_read || node->bodies_bytes > NODE_BODIES_BYTES) {
        atomic_fetch_add(&node->services.counters[COUNT_SHED], 1);
        inflight->is_in_service = true;
        node_answer_problem(inflight, err_make(ERR_BUSY), "node.busy", "the node is short of memory; try again");
        node_done(node, inflight);
    } else if (frame_get_u64(frame, TAG_HAS_BODY, 0) == 0) {
        request_complete(inflight);
    }
}

static void request_body(struct node *node, struct inflight *inflight, const struct frame *frame) {
    struct span data = frame_get(frame, TAG_DATA);
    if (inflight->is_in_service) return; // answered already
    buf_add(&inflight->body, data);
    node->bodies_bytes += data.len;
    inflight->body_counted += data.len;
    if (inflight->body.is_failed) {
        inflight->is_in_service = true;
        node_answer_problem(inflight, err_make(ERR_LIMIT), "http.body", "the body is larger than this node takes");
        node_done(node, inflight);
        return;
    }
    struct buf *out = channel_out(&node->front);
    size_t mark = frame_begin(out, WIRE_REQUEST_ACK, inflight->number);
    frame_field_u64(out, TAG_BYTES, data.len);
    (void)frame_end(out, mark);
}

static void send_body(struct inflight *inflight);

void node_front_frame(struct node *node, const struct frame *frame) {
    if (frame->type == WIRE_REQUEST_HEAD) {
        request_head(node, frame);
        return;
    }
    struct inflight *inflight = inflight_find(node, frame->number);
    if (inflight == NULL) return; // answered and forgotten
    switch (frame->type) {
    case WIRE_REQUEST_BODY: request_body(node, inflight, frame); return;
    case WIRE_REQUEST_END:
        if (!inflight->is_in_service) request_complete(inflight);
        return;
    case WIRE_REQUEST_CANCEL:
        // In service: a filing once taken is carried through; the answer finds nobody.
        if (inflight->is_in_service && !inflight->is_sending && !inflight->is_streaming) inflight->is_cancelled = true;
        else inflight_free(inflight);
        return;
    case WIRE_RESPONSE_ACK:
        inflight->acked += (size_t)frame_get_u64(frame, TAG_BYTES, 0);
        if (inflight->acked > inflight->sent) inflight->acked = inflight->sent; // front never read what was not sent
        if (inflight->is_sending) send_body(inflight);
        return;
    default: return;
    }
}

// --- responses ---

static void send_head(struct inflight *inflight) {
    const struct api_response *response = &inflight->response;
    struct buf *out = channel_out(&inflight->node->front);
    size_t mark = frame_begin(out, WIRE_RESPONSE_HEAD, inflight->number);
    frame_field_u64(out, TAG_STATUS, response->status == 0 ? 500 : response->status);
    if (response->status != 204) { // what has no content has no type
        frame_field(out, TAG_HEADER_NAME, SPAN("content-type"));
        frame_field(out, TAG_HEADER_VALUE, span_of(response->media_type != NULL ? response->media_type : "application/json"));
    }
    for (size_t i = 0; i < response->header_count; i++) {
        frame_field(out, TAG_HEADER_NAME, response->headers[i].name);
        frame_field(out, TAG_HEADER_VALUE, response->headers[i].value);
    }
    if (!response->is_event_stream) frame_field_u64(out, TAG_BODY_BYTES, response->body.len);
    if (!frame_end(out, mark)) log_error("response_head_too_large", "number=%llu", (unsigned long long)inflight->number);
}

// Sends what the window allows; frees the inflight after the last byte.
static void send_body(struct inflight *inflight) {
    struct buf *out = channel_out(&inflight->node->front);
    const struct buf *body = &inflight->response.body;
    while (inflight->sent < body->len && inflight->sent - inflight->acked < LIMIT_STREAM_WINDOW_BYTES) {
        size_t left = body->len - inflight->sent;
        size_t n = left < LIMIT_FRAME_CHUNK_BYTES ? left : LIMIT_FRAME_CHUNK_BYTES;
        size_t mark = frame_begin(out, WIRE_RESPONSE_BODY, inflight->number);
        frame_field(out, TAG_DATA, span_make(body->at + inflight->sent, n));
        if (!frame_end(out, mark)) return;
        inflight->sent += n;
    }
    if (inflight->sent < body->len) return;
    size_t mark = frame_begin(out, WIRE_RESPONSE_END, inflight->number);
    (void)frame_end(out, mark);
    inflight_free(inflight);
}

static uint64_t reader_of(const struct inflight *inflight) {
    struct span person = inflight->request.principal.person_id;
    struct hash hash = hash_sha256(person.len > 0 ? person : inflight->request.peer);
    uint64_t ret;
    memcpy(&ret, hash.bytes, sizeof ret);
    return ret;
}

// The head is sent: of the request nothing is needed any more, and its memory may be as large as the answer.
static void request_forget(struct inflight *inflight) {
    inflight->reader = reader_of(inflight);
    arena_fini(&inflight->arena);
    arena_init(&inflight->arena, LIMIT_REQUEST_ARENA_BYTES);
    inflight->request = (struct api_request){.arena = &inflight->arena, .services = &inflight->node->services, .inflight = inflight};
    inflight->response.header_count = 0;
}

// Whether a long answer may wait for its reader: one that does not read holds memory, and could ask for a hundred at once.
static bool answer_has_room(const struct inflight *inflight) {
    const struct node *node = inflight->node;
    uint64_t reader = reader_of(inflight);
    size_t length = inflight->response.body.len, all = length, own = length;
    if (length <= LIMIT_STREAM_WINDOW_BYTES) return true;
    for (size_t i = 0; i < NODE_BUCKETS; i++)
        for (const struct inflight *other = node->buckets[i]; other != NULL; other = other->bucket_next) {
            if (!other->is_sending) continue;
            all += other->response.body.len;
            if (other->reader == reader) own += other->response.body.len;
        }
    return all <= LIMIT_ANSWERS_BYTES && own <= LIMIT_ANSWERS_PER_PERSON_BYTES;
}

static void send_response(struct inflight *inflight) {
    if (inflight->is_cancelled) {
        inflight_free(inflight);
        return;
    }
    body_release(inflight);
    bool is_stream = inflight->response.is_event_stream && inflight->response.status == 200;
    if (is_stream && !node_stream_is_free(inflight->node, inflight)) {
        inflight->response.is_event_stream = false;
        node_answer_problem(inflight, err_make(ERR_LIMIT), "access.streams", "too many streams of events are open; close one of yours");
    }
    if (!answer_has_room(inflight)) {
        buf_fini(&inflight->response.body);
        buf_init(&inflight->response.body, NULL, LIMIT_REQUEST_ARENA_BYTES);
        node_answer_problem(inflight, err_make(ERR_BUSY), "node.unread", "too many long answers wait to be read; read them first");
    }
    send_head(inflight);
    if (inflight->response.is_event_stream && inflight->response.status == 200) {
        node_stream_begin(inflight->node, inflight);
        return;
    }
    request_forget(inflight);
    inflight->is_sending = true;
    send_body(inflight);
}

void node_send_done(struct node *node) {
    (void)pthread_mutex_lock(&node->done_lock);
    struct inflight *inflight = node->done_first;
    node->done_first = node->done_last = NULL;
    (void)pthread_mutex_unlock(&node->done_lock);
    while (inflight != NULL) {
        struct inflight *next = inflight->next;
        send_response(inflight);
        inflight = next;
    }
}

void node_front_lost(struct node *node) {
    for (size_t i = 0; i < NODE_BUCKETS; i++) {
        struct inflight *inflight = node->buckets[i];
        while (inflight != NULL) {
            struct inflight *next = inflight->bucket_next;
            if (inflight->is_in_service && !inflight->is_sending && !inflight->is_streaming) {
                inflight_unlink(inflight); // the next front counts anew
                inflight->is_cancelled = true;
            } else {
                inflight_free(inflight);
            }
            inflight = next;
        }
    }
}
