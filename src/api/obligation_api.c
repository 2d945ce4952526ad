// SPDX-License-Identifier: EUPL-1.2
/* What the state, or the Union's body, of this node owes again and again: for its offices. */
#include "api/resources.h"
#include "service/obligation.h"

static struct err get_obligations(struct api_request *request, struct api_response *response, struct why *why) {
    const struct principal *who = &request->principal;
    struct json_out out;
    if (!who->is_totp_done || who->role_count == 0)
        return why_set(why, ERR_DENIED, "", "access.office", "", "this is for persons of an office, signed in with their second factor");
    api_json(response, 200, &out);
    return obligations_write(&out, request->services, request->conn, who, request->lang, request->received_ms, request->arena, why);
}

const struct route routes_obligation[] = {
    {"GET", "/api/v1/obligations", get_obligations, AUTH_KNOWN, SCOPE_READ, RATE_READ, "desk", "What recurs by the calendar: owed since when, by which article, done when and by which filing", NULL, "ObligationList", 200, NULL, false},
    {0},
};
