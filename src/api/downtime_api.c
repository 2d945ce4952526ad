// SPDX-License-Identifier: EUPL-1.2
/* When the ways to file were down. */
#include "api/resources.h"
#include "service/downtime.h"

// An RFC 3339 query parameter, or FALLBACK where it is absent.
static struct err query_instant(const struct api_request *request, const char *name, int64_t fallback, int64_t *ret, struct why *why) {
    struct span text = api_query(request, name);
    struct stamp stamp;
    *ret = fallback;
    if (text.at == NULL) return err_none();
    TRY(stamp_parse(text, request->services->zone, name, &stamp, why));
    *ret = stamp.ms;
    return err_none();
}

static struct err get_downtimes(struct api_request *request, struct api_response *response, struct why *why) {
    int64_t from_ms, to_ms, limit;
    struct json_out out;
    TRY(query_instant(request, "from", request->received_ms - 90 * MS_PER_DAY, &from_ms, why));
    TRY(query_instant(request, "to", request->received_ms + 1, &to_ms, why));
    TRY(api_query_int(request, "limit", 50, 1, LIMIT_PAGE_ROWS, &limit, why));
    api_json(response, 200, &out);
    json_out_object(&out);
    json_out_member_string(&out, "from", instant_text(request->arena, from_ms));
    json_out_member_string(&out, "to", instant_text(request->arena, to_ms));
    json_out_name(&out, "downtimes");
    TRY(downtime_write(&out, request->conn, from_ms, to_ms, limit, request->arena, why));
    json_out_object_end(&out);
    return err_none();
}

static const struct route_param SPAN_OF_TIME[] = {
    {"from", "string", "RFC 3339; 90 days ago by default"},
    {"to", "string", "RFC 3339; now by default"},
    {"limit", "integer", "rows, 1 to 250, the latest first; 50 by default"},
    {NULL, NULL, NULL},
};

const struct route routes_downtime[] = {
    {"GET", "/api/v1/downtimes", get_downtimes, AUTH_KNOWN, SCOPE_READ, RATE_READ, "health", "When the node was down or took no filings, and outages that an office declared", NULL, "DowntimeList", 200, SPAN_OF_TIME, false},
    {0},
};
