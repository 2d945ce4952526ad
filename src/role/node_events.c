// SPDX-License-Identifier: EUPL-1.2
/*
 * Streams of events (server-sent events): each connected person learns of filings in cases that she may read. An event
 * carries identifiers only; what was filed is asked for as usual, so that the reading is noted.
 */
#include "base/log.h"
#include "role/node_private.h"
#include "role/wire.h"
#include "service/event.h"

enum { STREAM_BEAT_MS = 20 * 1000, STREAM_ROWS = 100, STREAM_PAGES_A_TURN = 4 };

static bool stream_send(struct inflight *inflight, struct span text) {
    // A reader that does not keep up loses the stream and comes back with Last-Event-ID.
    if (inflight->sent - inflight->acked + text.len > LIMIT_STREAM_WINDOW_BYTES) return false;
    struct buf *out = channel_out(&inflight->node->front);
    size_t mark = frame_begin(out, WIRE_RESPONSE_BODY, inflight->number);
    frame_field(out, TAG_DATA, text);
    if (!frame_end(out, mark)) return false;
    inflight->sent += text.len;
    return true;
}

static void stream_close(struct inflight *inflight) {
    struct buf *out = channel_out(&inflight->node->front);
    size_t mark = frame_begin(out, WIRE_RESPONSE_END, inflight->number);
    (void)frame_end(out, mark);
    inflight_free(inflight);
}

bool node_stream_is_free(const struct node *node, const struct inflight *inflight) {
    size_t all = 0, own = 0;
    for (const struct inflight *other = node->streams; other != NULL; other = other->stream_next) {
        all++;
        own += span_equals(other->request.principal.person_id, inflight->request.principal.person_id);
    }
    return all < LIMIT_EVENT_STREAMS && own < LIMIT_EVENT_STREAMS_PER_PERSON;
}

void node_stream_begin(struct node *node, struct inflight *inflight) {
    inflight->is_streaming = true;
    inflight->beat_ms = inflight->request.received_ms;
    inflight->stream_next = node->streams;
    node->streams = inflight;
    (void)stream_send(inflight, SPAN("retry: 3000\n\n"));
    atomic_store(&node->has_events, true);
}

void node_stream_end(struct node *node, struct inflight *inflight) {
    struct inflight **at = &node->streams;
    while (*at != NULL && *at != inflight) at = &(*at)->stream_next;
    if (*at == inflight) *at = inflight->stream_next;
    inflight->is_streaming = false;
}

// Whether the person still is who she was: sessions end, roles go. A stream whose rights changed ends; she opens another.
static bool stream_still_holds(struct inflight *inflight, int64_t now_ms) {
    struct arena arena;
    struct principal principal;
    arena_init(&arena, 1024 * 1024);
    struct access_credentials credentials = {.authorization = api_header(&inflight->request, "authorization"),
                                             .cookie = api_header(&inflight->request, "cookie")};
    bool holds = !is_err(access_authenticate(inflight->node->services.access, inflight->node->own_conn, &credentials, now_ms, &arena, &principal, NULL)) &&
                 principal.is_known && access_same_rights(&principal, &inflight->request.principal);
    arena_fini(&arena);
    return holds;
}

// Sends what was filed since the stream's last event; false where the stream must end.
static bool stream_feed(struct inflight *inflight, int64_t now_ms) {
    struct node *node = inflight->node;
    bool is_more = true;
    // One reader's long past must not keep the others waiting: what is left is sent at the next turn.
    for (unsigned page = 0; is_more && page < STREAM_PAGES_A_TURN; page++) {
        struct arena arena;
        arena_init(&arena, 4 * 1024 * 1024);
        struct value params[] = {value_int(inflight->response.events_after), value_int(STREAM_ROWS)};
        struct rows rows;
        bool is_good = !is_err(store_read(node->own_conn, STMT_FILINGS_SINCE, params, 2, &arena, &rows, NULL));
        struct buf text;
        struct gate_list gate;
        is_good = is_good && !is_err(gate_list_load(node->own_conn, now_ms, &arena, &gate, NULL));
        buf_init(&text, &arena, LIMIT_STREAM_WINDOW_BYTES);
        for (size_t i = 0; is_good && i < rows.count; i++) {
            event_write(&text, &node->services, node->own_conn, &gate, &inflight->request.principal, &rows, i, now_ms, &arena);
            inflight->response.events_after = rows_int(&rows, i, 0);
        }
        is_more = is_good && rows.count == STREAM_ROWS;
        if (is_good && text.len > 0) {
            // What she may know was judged by the rights she came with: asked again before anything is told.
            is_good = stream_still_holds(inflight, now_ms) && stream_send(inflight, buf_span(&text));
            inflight->beat_ms = now_ms;
        }
        arena_fini(&arena);
        if (!is_good) return false;
    }
    if (is_more) {
        atomic_store(&node->has_events, true);
        node_wake(node);
    }
    return true;
}

void node_streams_feed(struct node *node, int64_t now_ms) {
    bool has_news = atomic_exchange(&node->has_events, false);
    for (struct inflight *inflight = node->streams; inflight != NULL;) {
        struct inflight *next = inflight->stream_next;
        bool is_beat = now_ms - inflight->beat_ms >= STREAM_BEAT_MS;
        bool is_good = !is_beat || (stream_still_holds(inflight, now_ms) && stream_send(inflight, SPAN(": still here\n\n")));
        if (is_beat) inflight->beat_ms = now_ms;
        if (is_good && has_news) is_good = stream_feed(inflight, now_ms);
        if (!is_good) stream_close(inflight);
        inflight = next;
    }
}
