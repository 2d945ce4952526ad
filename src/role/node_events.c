// SPDX-License-Identifier: EUPL-1.2
/*
 * Streams of events (server-sent events): each connected person learns of filings in cases that she may read. An event
 * carries identifiers only; what was filed is asked for as usual, so that the reading is noted.
 */
#include "base/log.h"
#include "role/node_private.h"
#include "role/wire.h"
#include "service/case.h"

enum { STREAM_BEAT_MS = 20 * 1000, STREAM_ROWS = 100 };

static bool stream_send(struct exchange *exchange, struct span text) {
    // A reader that does not keep up loses the stream and comes back with Last-Event-ID.
    if (exchange->sent - exchange->acked + text.len > LIMIT_STREAM_WINDOW_BYTES) return false;
    struct buf *out = channel_out(&exchange->node->front);
    size_t mark = frame_begin(out, WIRE_RESPONSE_BODY, exchange->number);
    frame_field(out, TAG_DATA, text);
    if (!frame_end(out, mark)) return false;
    exchange->sent += text.len;
    return true;
}

static void stream_close(struct exchange *exchange) {
    struct buf *out = channel_out(&exchange->node->front);
    size_t mark = frame_begin(out, WIRE_RESPONSE_END, exchange->number);
    (void)frame_end(out, mark);
    exchange_free(exchange);
}

void node_stream_begin(struct node *node, struct exchange *exchange) {
    exchange->is_streaming = true;
    exchange->beat_ms = exchange->request.received_ms;
    exchange->stream_next = node->streams;
    node->streams = exchange;
    (void)stream_send(exchange, SPAN("retry: 3000\n\n"));
    atomic_store(&node->has_events, true);
}

void node_stream_end(struct node *node, struct exchange *exchange) {
    struct exchange **at = &node->streams;
    while (*at != NULL && *at != exchange) at = &(*at)->stream_next;
    if (*at == exchange) *at = exchange->stream_next;
    exchange->is_streaming = false;
}

// One row of filings_since: seq, id, case_id, entity_id, workspace, procedure, document, sector.
static bool may_know(const struct exchange *exchange, const struct rows *rows, size_t i, int64_t now_ms, struct arena *arena) {
    struct access_case of;
    case_access_row(&exchange->node->services, rows_span(rows, i, 5), rows_span(rows, i, 4), rows_span(rows, i, 3), rows_span(rows, i, 7), arena, &of);
    return !is_err(access_may_read_case(&exchange->request.principal, &of, now_ms, NULL));
}

static void write_event(struct buf *text, const struct rows *rows, size_t i) {
    buf_printf(text, "id: %lld\nevent: filing\ndata: ", (long long)rows_int(rows, i, 0));
    struct json_out out;
    json_out_init(&out, text);
    json_out_object(&out);
    json_out_member_string(&out, "filing", rows_span(rows, i, 1));
    json_out_member_string(&out, "case", rows_span(rows, i, 2));
    json_out_member_string(&out, "entity", rows_span(rows, i, 3));
    json_out_member_string(&out, "procedure", rows_span(rows, i, 5));
    json_out_member_string(&out, "document", rows_span(rows, i, 6));
    json_out_object_end(&out);
    buf_add_text(text, "\n\n");
}

// Sends what was filed since the stream's last event; false where the stream must end.
static bool stream_feed(struct exchange *exchange, int64_t now_ms) {
    struct node *node = exchange->node;
    for (bool is_more = true; is_more;) {
        struct arena arena;
        arena_init(&arena, 4 * 1024 * 1024);
        struct value params[] = {value_int(exchange->response.events_after), value_int(STREAM_ROWS)};
        struct rows rows;
        bool is_good = !is_err(store_read(node->own_conn, STMT_FILINGS_SINCE, params, 2, &arena, &rows, NULL));
        struct buf text;
        buf_init(&text, &arena, LIMIT_STREAM_WINDOW_BYTES);
        for (size_t i = 0; is_good && i < rows.count; i++) {
            if (may_know(exchange, &rows, i, now_ms, &arena)) write_event(&text, &rows, i);
            exchange->response.events_after = rows_int(&rows, i, 0);
        }
        is_more = is_good && rows.count == STREAM_ROWS;
        if (is_good && text.len > 0) {
            is_good = stream_send(exchange, buf_span(&text));
            exchange->beat_ms = now_ms;
        }
        arena_fini(&arena);
        if (!is_good) return false;
    }
    return true;
}

// Whether the person still is who she was: sessions end, roles go.
static bool stream_still_holds(struct exchange *exchange, int64_t now_ms) {
    struct arena arena;
    struct principal principal;
    arena_init(&arena, 1024 * 1024);
    struct access_credentials credentials = {.authorization = api_header(&exchange->request, "authorization"),
                                             .cookie = api_header(&exchange->request, "cookie")};
    bool holds = !is_err(access_authenticate(exchange->node->services.access, exchange->node->own_conn, &credentials, now_ms, &arena, &principal, NULL)) &&
                 principal.is_known && principal.role_count == exchange->request.principal.role_count &&
                 principal.mandate_count == exchange->request.principal.mandate_count;
    arena_fini(&arena);
    return holds;
}

void node_streams_feed(struct node *node, int64_t now_ms) {
    bool has_news = atomic_exchange(&node->has_events, false);
    for (struct exchange *exchange = node->streams; exchange != NULL;) {
        struct exchange *next = exchange->stream_next;
        bool is_beat = now_ms - exchange->beat_ms >= STREAM_BEAT_MS;
        bool is_good = !is_beat || (stream_still_holds(exchange, now_ms) && stream_send(exchange, SPAN(": still here\n\n")));
        if (is_beat) exchange->beat_ms = now_ms;
        if (is_good && has_news) is_good = stream_feed(exchange, now_ms);
        if (!is_good) stream_close(exchange);
        exchange = next;
    }
}
