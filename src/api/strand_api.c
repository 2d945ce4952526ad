// SPDX-License-Identifier: EUPL-1.2
/*
 * What runs through several cases (service/strand.h): what counts at each point of this one, with which others it is joined, and which others it
 * may be. For officers who see the case; of another that they may not see they learn nothing but that a note counts.
 */
#include "api/resources.h"
#include "service/case.h"
#include "service/gate_view.h"
#include "service/strand.h"

static struct err strands_render(struct api_request *request, struct api_response *response, struct store_conn *conn, void *context, struct why *why) {
    const struct case_file *file = context;
    struct json_out out;
    api_json(response, 200, &out);
    json_out_object(&out);
    json_out_member_string(&out, "case", file->id);
    TRY(strand_write(&out, request->services, conn, file, &request->principal, true, request->lang, request->received_ms, request->arena, why));
    json_out_object_end(&out);
    return err_none();
}

static struct err get_strands(struct api_request *request, struct api_response *response, struct why *why) {
    struct case_file *file = ARENA_NEW(request->arena, struct case_file);
    struct access_case of;
    if (file == NULL) return err_make(ERR_MEMORY);
    TRY(case_get(request->conn, request->params[0], request->arena, file, why));
    case_access(request->services, file, request->arena, &of);
    const struct role *role = access_role_for_case(&request->principal, &of);
    if (role == NULL) return access_no_case(why);
    TRY(access_may_read_case(&request->principal, &of, request->received_ms, why));
    TRY(gate_case_known(request->services, request->conn, file, &request->principal, request->received_ms, request->arena, why));
    return api_read_noted(request, response, "case", file->id, file->entity_id, role, strands_render, file, why);
}

const struct route routes_strand[] = {
    {"GET", "/api/v1/cases/{id}/strands", get_strands, AUTH_KNOWN, SCOPE_READ, RATE_READ, "cases", "What runs through this case and others, such as one conduct: what counts here, with which cases it is joined, which others it may be", NULL, "Strands", 200, NULL, false},
    {0},
};
