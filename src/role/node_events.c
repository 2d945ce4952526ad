// SPDX-License-Identifier: EUPL-1.2
/*
 * Streams of events (server-sent events): each connected person learns of filings in cases that she may read. An event
 * carries identifiers only; what was filed is asked for as usual, so that the reading is noted.
 */
#include "base/log.h"
#include "role/node_private.h"
#include "role/wire.h"
#include "service/gate_list.h"
#include "service/seen.h"

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

// One row of filings_since.
static bool may_know(const struct inflight *inflight, const struct gate_list *gate, const struct rows *rows, size_t i, int64_t now_ms, struct arena *arena) {
    struct access_case of;
    const struct services *services = &inflight->node->services;
    struct case_file file = {.id = rows_span(rows, i, 2), .procedure = rows_span(rows, i, 5), .workspace = rows_span(rows, i, 4),
                             .entity_id = rows_span(rows, i, 3), .sectors = rows_span(rows, i, 7), .offices = rows_span(rows, i, 8),
                             .is_closed = rows_int(rows, i, 9) != 0};
    struct gate_place place = gate_place_of(&file);
    bool is_hidden = true;
    case_access(services, &file, arena, &of);
    if (is_err(access_may_read_case(&inflight->request.principal, &of, now_ms, NULL))) return false;
    struct viewer viewer = viewer_of(&inflight->request.principal, &of, now_ms);
    struct matter matter = {.seen_by = rows_span(rows, i, 10), .filer = rows_span(rows, i, 11), .filer_role = rows_span(rows, i, 12),
                            .office = rows_span(rows, i, 13)};
    if (!viewer_sees(&viewer, &matter)) return false;
    if (is_err(gate_list_hides(gate, services, inflight->node->own_conn, &place, &inflight->request.principal, now_ms, arena, &is_hidden, NULL))) return false;
    return !is_hidden;
}

// Of what is frozen, and of what froze it, one only learns that it is withdrawn.
static void write_event(struct buf *text, const struct gate_list *gate, const struct rows *rows, size_t i) {
    struct span withdrawn = gate_list_withdrawn(gate, rows_span(rows, i, 1));
    buf_printf(text, "id: %lld\nevent: %s\ndata: ", (long long)rows_int(rows, i, 0), withdrawn.at != NULL ? "withdrawn" : "filing");
    struct json_out out;
    json_out_init(&out, text);
    json_out_object(&out);
    json_out_member_string(&out, "filing", withdrawn.at != NULL ? withdrawn : rows_span(rows, i, 1));
    json_out_member_string(&out, "case", rows_span(rows, i, 2));
    if (withdrawn.at == NULL) {
        json_out_member_string(&out, "entity", rows_span(rows, i, 3));
        json_out_member_string(&out, "procedure", rows_span(rows, i, 5));
        json_out_member_string(&out, "document", rows_span(rows, i, 6));
    }
    json_out_object_end(&out);
    buf_add_text(text, "\n\n");
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
            if (may_know(inflight, &gate, &rows, i, now_ms, &arena)) write_event(&text, &gate, &rows, i);
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
