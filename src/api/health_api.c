// SPDX-License-Identifier: EUPL-1.2
/* Health for load balancers and operators, metrics for Prometheus. */
#include "api/resources.h"
#include "law/pack.h"

static struct err get_live(struct api_request *request, struct api_response *response, struct why *why) {
    (void)why;
    struct json_out out;
    api_json(response, 200, &out);
    json_out_object(&out);
    json_out_member_text(&out, "status", "alive");
    json_out_member_string(&out, "node", request->services->state);
    json_out_object_end(&out);
    return err_none();
}

static struct err get_ready(struct api_request *request, struct api_response *response, struct why *why) {
    const struct services *services = request->services;
    struct rows rows;
    // That the database can be read is all that is taken from it: the size of the log would tell everybody of each filing.
    TRY(store_read(request->conn, STMT_RECORD_COUNT, NULL, 0, request->arena, &rows, why));
    struct json_out out;
    api_json(response, services->is_read_only ? 503 : 200, &out);
    json_out_object(&out);
    json_out_member_text(&out, "status", services->is_read_only ? "read_only" : "ready");
    if (services->is_read_only) json_out_member_string(&out, "reason", services->read_only_reason);
    json_out_member_string(&out, "node", services->state);
    json_out_member_string(&out, "name", services->node_name);
    struct buf hash;
    buf_init(&hash, request->arena, 128);
    buf_add_hex(&hash, hash_span(&services->law_hash));
    json_out_member_string(&out, "law", buf_span(&hash));
    json_out_object_end(&out);
    return err_none();
}

// What every page must say of the node it stands on. Always answered: whether it takes filings is a word, not a failure.
static struct err get_node(struct api_request *request, struct api_response *response, struct why *why) {
    (void)why;
    const struct services *services = request->services;
    struct json_out out;
    api_json(response, 200, &out);
    json_out_object(&out);
    json_out_member_string(&out, "state", services->state);
    json_out_member_string(&out, "name", services->node_name);
    json_out_member_bool(&out, "is_exercise", services->is_exercise);
    json_out_member_bool(&out, "is_read_only", services->is_read_only);
    json_out_object_end(&out);
    return err_none();
}

static void metric(struct buf *out, const char *name, const char *type, const char *help, uint64_t value) {
    buf_printf(out, "# HELP varde_%s %s\n# TYPE varde_%s %s\nvarde_%s %llu\n", name, help, name, type, name,
               (unsigned long long)value);
}

static struct err add_duty_metrics(struct api_request *request, struct buf *out, struct why *why) {
    struct value now = value_int(request->received_ms);
    struct rows duties, outbox;
    TRY(store_read(request->conn, STMT_DUTY_COUNTS, &now, 1, request->arena, &duties, why));
    buf_add_text(out, "# HELP varde_duties Duties not yet done.\n# TYPE varde_duties gauge\n");
    for (size_t i = 0; i < duties.count; i++) {
        struct span workspace = rows_span(&duties, i, 0);
        buf_printf(out, "varde_duties{workspace=\"%.*s\",state=\"open\"} %lld\n", SPAN_FMT(workspace), (long long)rows_int(&duties, i, 1));
        buf_printf(out, "varde_duties{workspace=\"%.*s\",state=\"past_earlier_reading\"} %lld\n", SPAN_FMT(workspace), (long long)rows_int(&duties, i, 2));
        buf_printf(out, "varde_duties{workspace=\"%.*s\",state=\"past_later_reading\"} %lld\n", SPAN_FMT(workspace), (long long)rows_int(&duties, i, 3));
    }
    TRY(store_read(request->conn, STMT_OUTBOX_COUNTS, NULL, 0, request->arena, &outbox, why));
    metric(out, "outbox_waiting", "gauge", "Messages that are yet to be made into deliveries.", (uint64_t)rows_int(&outbox, 0, 0));
    return err_none();
}

// How people are reached: what waits, what failed, who is called, and where nobody is on call.
static struct err add_reach_metrics(struct api_request *request, struct buf *out, struct why *why) {
    struct rows deliveries, pages, reminders, turn;
    struct value now = value_int(request->received_ms);
    TRY(store_read(request->conn, STMT_DELIVERY_COUNTS, NULL, 0, request->arena, &deliveries, why));
    buf_add_text(out, "# HELP varde_deliveries Deliveries that are not done, and failed ones that nobody has seen to.\n# TYPE varde_deliveries gauge\n");
    for (size_t i = 0; i < deliveries.count; i++)
        buf_printf(out, "varde_deliveries{state=\"%.*s\"} %lld\n", SPAN_FMT(rows_span(&deliveries, i, 0)), (long long)rows_int(&deliveries, i, 1));
    TRY(store_read(request->conn, STMT_PAGE_COUNTS, NULL, 0, request->arena, &pages, why));
    metric(out, "pages_open", "gauge", "Calls that nobody has taken.", (uint64_t)rows_int(&pages, 0, 0));
    metric(out, "pages_at_head", "gauge", "Of those, calls that have come to the head.", (uint64_t)rows_int(&pages, 0, 1));
    TRY(store_read(request->conn, STMT_REMINDER_COUNTS, &now, 1, request->arena, &reminders, why));
    metric(out, "reminders_due", "gauge", "Reminders that are due and not yet sent.", (uint64_t)rows_int(&reminders, 0, 1));
    buf_add_text(out, "# HELP varde_rota_uncovered Whether nobody who is there is first on call at the office now.\n# TYPE varde_rota_uncovered gauge\n");
    for (size_t i = 0; i < request->services->access->office_count; i++) {
        struct span office = request->services->access->offices[i].id;
        struct value params[] = {value_text(office), value_int(1), now};
        TRY(store_read(request->conn, STMT_ROTA_AT, params, 3, request->arena, &turn, why));
        buf_printf(out, "varde_rota_uncovered{office=\"%.*s\"} %d\n", SPAN_FMT(office), turn.count == 0 || rows_int(&turn, 0, 1) != 0);
    }
    return err_none();
}

static struct err get_metrics(struct api_request *request, struct api_response *response, struct why *why) {
    static const struct { const char *name, *help; } COUNTED[COUNTERS] = {
        [COUNT_FILINGS] = {"filings_total", "Filings accepted since start."},
        [COUNT_REFUSED] = {"filings_refused_total", "Filings refused since start."},
        [COUNT_DECIDED_AGAIN] = {"filings_decided_again_total", "Decisions made again inside the transaction."},
        [COUNT_GROUPS] = {"commit_groups_total", "Transactions committed."},
        [COUNT_JOBS] = {"write_jobs_total", "Writes done in those transactions."},
        [COUNT_REQUESTS] = {"requests_total", "Requests handled."},
        [COUNT_FAILED] = {"requests_failed_total", "Requests that failed inside the node."},
        [COUNT_SHED] = {"requests_shed_total", "Requests turned away because the node was busy."},
    };
    struct services *services = request->services;
    if (!request->principal.is_administrator && request->principal.role_count == 0)
        return why_set(why, ERR_DENIED, "", "access.office", "", "metrics are for the node's own people and their tokens");
    response->status = 200;
    response->media_type = "text/plain; version=0.0.4; charset=utf-8";
    struct buf *out = &response->body;
    for (size_t i = 0; i < COUNTERS; i++)
        metric(out, COUNTED[i].name, "counter", COUNTED[i].help, atomic_load(&services->counters[i]));
    metric(out, "log_head_size", "gauge", "Size of the log under its latest signed head.", signed_head_size(services->head));
    metric(out, "disk_free_bytes", "gauge", "Bytes that the node can still write; below the reserve only filings are taken.", (uint64_t)atomic_load(&services->disk_free_bytes));
    metric(out, "start_time_seconds", "gauge", "When the node started.", (uint64_t)(services->started_ms / 1000));
    TRY(add_duty_metrics(request, out, why));
    return add_reach_metrics(request, out, why);
}

const struct route routes_health[] = {
    {"GET", "/health/live", get_live, AUTH_NONE, 0, RATE_COUNT, "health", "Whether the process answers", NULL, "Live", 200, NULL, false},
    {"GET", "/health/ready", get_ready, AUTH_NONE, 0, RATE_COUNT, "health", "Whether the node takes filings", NULL, "Ready", 200, NULL, false},
    {"GET", "/api/v1/node", get_node, AUTH_NONE, 0, RATE_COUNT, "health", "Whose node this is, and whether all on it is an exercise", NULL, "Node", 200, NULL, false},
    {"GET", "/metrics", get_metrics, AUTH_KNOWN, SCOPE_READ, RATE_COUNT, "health", "Counters in the Prometheus text format", NULL, NULL, 200, NULL, false},
    {0},
};
