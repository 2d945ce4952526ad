// SPDX-License-Identifier: EUPL-1.2
/* Privacy: what falls due to be erased. */
#include "api/resources.h"
#include "service/retention.h"
#include "service/schedule.h"

enum { LIST_MAX = 500 };

static struct err get_retention(struct api_request *request, struct api_response *response, struct why *why) {
    bool may = false;
    for (size_t i = 0; i < request->principal.role_count; i++) may = may || (request->principal.is_totp_done && role_is_unbounded(&request->principal.roles[i]));
    if (!may) return why_set(why, ERR_DENIED, "", "access.office", "", "this report is for officers without bounds of sector, signed in with their second factor");
    struct retention_question question = {.law = request->services->law,
                                          .state = request->services->state,
                                          .zone = request->services->zone,
                                          .now_ms = request->received_ms,
                                          .list_max = LIST_MAX};
    int64_t days = 0;
    TRY(api_query_int(request, "days", 0, 0, 3660, &days, why));
    TRY(api_query_int(request, "after", -1, -1, INT64_MAX, &question.after_seq, why));
    question.through_ms = request->received_ms + days * MS_PER_DAY;
    struct json_out out;
    api_json(response, 200, &out);
    json_out_object(&out);
    TRY(schedule_write(&out, request->conn, request->arena, why));
    json_out_name(&out, "report");
    TRY(retention_write_json(&out, request->conn, &question, request->arena, why));
    json_out_object_end(&out);
    return err_none();
}

static const struct route_param RETENTION[] = {
    {"days", "integer", "list also what falls due within so many days"},
    {"after", "integer", "go on after this place in the log (\"next\" of the list before)"},
    {NULL, NULL, NULL},
};

const struct route routes_privacy[] = {
    {"GET", "/api/v1/retention", get_retention, AUTH_KNOWN, SCOPE_READ, RATE_READ, "privacy", "What is held under which rule of retention, and what is due to be erased", NULL, "RetentionReport", 200, RETENTION, false},
    {0},
};
