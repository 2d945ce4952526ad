// SPDX-License-Identifier: EUPL-1.2
/* Leavers: ends all that a person may somewhere, in one action. */
#include "api/act_json.h"
#include "api/resources.h"

enum { ID_BYTES = 64, LOGIN_BYTES = 256 };

struct leaver_ctx {
    struct leaving leaving;
    struct buf answer;
};

static struct err leaver_apply(struct api_request *request, struct store_conn *conn, struct log_edge *edge, int64_t now_ms, void *context,
                               struct why *why) {
    (void)edge;
    struct leaver_ctx *ctx = context;
    struct access_env env = access_env_of(request, now_ms);
    struct json_out out;
    buf_init(&ctx->answer, request->arena, LIMIT_JSON_BYTES * 2);
    json_out_init(&out, &ctx->answer);
    return leaver_end(request->services, conn, &ctx->leaving, &request->principal, &env, request->arena, &out, why);
}

static struct err leaver_render(struct api_request *request, struct api_response *response, struct store_conn *reader, void *context,
                                struct why *why) {
    (void)request;
    (void)reader;
    (void)why;
    const struct leaver_ctx *ctx = context;
    struct json_out out;
    api_json(response, 200, &out);
    json_out_raw(&out, buf_span(&ctx->answer));
    return err_none();
}

// Who ends a person's rights: at an entity who manages it, at an office or the node an administrator.
static struct err may_end(struct api_request *request, const struct leaving *leaving, struct why *why) {
    struct access_entity of;
    if (leaving->entity.len == 0) return access_require_administrator(&request->principal, why);
    TRY(mandate_entity(request, leaving->entity, &of, why));
    return access_may_manage_entity(&request->principal, &of, request->received_ms, why);
}

static struct err leaver_read(struct api_request *request, struct leaving *leaving, struct why *why) {
    static const char *const NAMES[] = {"login", "entity", "office", "to", "trial", NULL};
    struct json body;
    struct span login, to;
    TRY(api_body(request, &body, why));
    TRY(api_members_only(&body, NAMES, why));
    TRY(api_member_text(&body, "login", LOGIN_BYTES, &login, why));
    TRY(api_member_text_optional(&body, "entity", ID_BYTES, &leaving->entity, why));
    TRY(api_member_text_optional(&body, "office", ID_BYTES, &leaving->office, why));
    TRY(api_member_text_optional(&body, "to", LOGIN_BYTES, &to, why));
    const struct json *trial = json_get(&body, "trial");
    if (!json_is_null(trial) && trial->type != JSON_BOOL) return why_set(why, ERR_INPUT, "/trial", "api.type", NULL, "trial must be true or false");
    leaving->is_trial = !json_is_null(trial) && trial->boolean;
    if (leaving->entity.len > 0 && leaving->office.len > 0)
        return why_set(why, ERR_INPUT, "/office", "act.leaves", NULL, "She leaves an entity, an office, or (neither named) the node.");
    TRY(may_end(request, leaving, why));
    if (leaving->office.len > 0 && access_office_find(request->services->access, leaving->office) == NULL)
        return why_set(why, ERR_INPUT, "/office", "access.office", NULL, "This node has no office of that name.");
    TRY(access_person_by_login(request->conn, login, request->arena, &leaving->person_id, why));
    if (span_equals(leaving->person_id, request->principal.person_id))
        return why_set(why, ERR_DENIED, "/login", "access.not_herself", NULL, "Nobody sees herself off; another person has to do it.");
    return to.at == NULL ? err_none() : access_person_by_login(request->conn, to, request->arena, &leaving->to_person, why);
}

static struct err post_leaver(struct api_request *request, struct api_response *response, struct why *why) {
    struct leaver_ctx *ctx = ARENA_NEW(request->arena, struct leaver_ctx);
    if (ctx == NULL) return err_make(ERR_MEMORY);
    TRY(leaver_read(request, &ctx->leaving, why));
    return api_write(request, response, leaver_apply, leaver_render, ctx, false);
}

const struct route routes_leaver[] = {
    {"POST", "/api/v1/leavers", post_leaver, AUTH_KNOWN, SCOPE_MANAGE, RATE_FILE, "access",
     "Ends all that a person may at an entity, an office or the node; hands over; warns where nobody is left", "Leaver", "LeaverEnded", 200, NULL, false},
    {0},
};
