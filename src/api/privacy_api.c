// SPDX-License-Identifier: EUPL-1.2
/* Privacy: the notice, what is held about oneself, the search for someone without an account, and what falls due to be erased. */
#include "api/resources.h"
#include "format/page.h"
#include "law/pack.h"
#include "service/privacy.h"
#include "service/retention.h"
#include "service/schedule.h"
#include "service/standing_erasure.h"

enum { LIST_MAX = 500, TERM_MAX_BYTES = 256, GROUND_MIN_BYTES = 8 };

static struct err need_office(const struct principal *who, enum access_role_kind least, struct why *why) {
    for (size_t i = 0; who->is_totp_done && i < who->role_count; i++)
        if (who->roles[i].role >= least && role_is_unbounded(&who->roles[i])) return err_none();
    return why_set(why, ERR_DENIED, "", "access.office", "", "this is for officers without bounds of sector, signed in with their second factor");
}

// JSON as it was written, or as a page for whoever wants to read it.
static struct err answer(struct api_request *request, struct api_response *response, const struct page *page, struct buf *text, struct why *why) {
    struct span format = api_query(request, "format");
    if (format.at != NULL && !span_is(format, "json") && !span_is(format, "html"))
        return why_set(why, ERR_INPUT, "format", "api.query", "", "format is json or html");
    if (text->is_failed) return err_make(ERR_MEMORY);
    response->status = 200;
    if (!span_is(format, "html")) {
        response->media_type = NULL;
        buf_add(&response->body, buf_span(text));
        return err_none();
    }
    struct json content;
    TRY(json_parse_within(request->arena, buf_span(text), LIMIT_RECEIPT_BYTES, &content, why));
    response->media_type = "text/html; charset=utf-8";
    api_respond_header(response, "content-security-policy", SPAN("default-src 'none'"));
    page_write(&response->body, page, &content);
    return err_none();
}

// A word of the notice's page: page.privacy.NAME.
static struct span notice_word(const struct api_request *request, struct span name) {
    return law_word(request->services->law, request->services->state, arena_printf(request->arena, "page.privacy.%.*s", SPAN_FMT(name)), request->lang);
}

static struct span notice_namer(const void *context, struct span name) { return notice_word(context, name); }

static struct err get_notice(struct api_request *request, struct api_response *response, struct why *why) {
    struct buf text;
    struct json_out out;
    buf_init(&text, request->arena, LIMIT_RECEIPT_BYTES);
    json_out_init(&out, &text);
    TRY(privacy_notice_write(&out, request->services, request->lang, request->arena, why));
    struct page page = {.lang = request->lang, .title = notice_word(request, SPAN("title")), .namer = notice_namer, .context = request};
    if (!span_is(request->lang, "en")) page.lead = api_translation_note(request);
    return answer(request, response, &page, &text, why);
}

static struct err post_export(struct api_request *request, struct api_response *response, struct why *why) {
    struct buf text;
    struct json_out out;
    int64_t after = -1;
    TRY(api_query_int(request, "after", -1, -1, INT64_MAX, &after, why));
    buf_init(&text, request->arena, LIMIT_RECEIPT_BYTES * 4);
    json_out_init(&out, &text);
    TRY(store_snapshot_begin(request->conn, why));
    struct err e = privacy_export(&out, request->services, request->conn, &request->principal, after, request->received_ms, request->arena, why);
    store_snapshot_end(request->conn);
    TRY(e);
    api_respond_header(response, "cache-control", SPAN("no-store"));
    api_respond_header(response, "content-disposition", SPAN("attachment; filename=\"my-data.json\""));
    struct page page = {.lang = SPAN("en"), .title = SPAN("What this node holds about you")};
    return answer(request, response, &page, &text, why);
}

// --- search ---

struct search_ctx {
    struct privacy_search search;
    struct buf text;
    size_t hits;
};

static struct err search_apply(struct api_request *request, struct store_conn *conn, struct log_edge *edge, int64_t now_ms, void *context, struct why *why) {
    (void)edge;
    struct search_ctx *ctx = context;
    return privacy_search_note(request->services, conn, &request->principal, &ctx->search, ctx->hits, now_ms, request->arena, why);
}

static struct err search_render(struct api_request *request, struct api_response *response, struct store_conn *reader, void *context, struct why *why) {
    (void)request;
    (void)reader;
    (void)why;
    struct search_ctx *ctx = context;
    response->status = 200;
    buf_add(&response->body, buf_span(&ctx->text));
    api_respond_header(response, "cache-control", SPAN("no-store"));
    return err_none();
}

static struct err post_search(struct api_request *request, struct api_response *response, struct why *why) {
    static const char *const NAMES[] = {"case", "ground", "name", "email", "phone", "after", NULL};
    struct search_ctx *ctx = ARENA_NEW(request->arena, struct search_ctx);
    struct json body;
    struct json_out out;
    if (ctx == NULL) return err_make(ERR_MEMORY);
    struct privacy_search *s = &ctx->search;
    TRY(need_office(&request->principal, ROLE_OFFICER, why));
    TRY(api_body(request, &body, why));
    TRY(api_members_only(&body, NAMES, why));
    TRY(api_member_text(&body, "ground", LIMIT_TEXT_BYTES, &s->ground, why));
    TRY(api_member_text_optional(&body, "case", TERM_MAX_BYTES, &s->case_id, why));
    TRY(api_member_text_optional(&body, "name", TERM_MAX_BYTES, &s->name, why));
    TRY(api_member_text_optional(&body, "email", TERM_MAX_BYTES, &s->email, why));
    TRY(api_member_text_optional(&body, "phone", TERM_MAX_BYTES, &s->phone, why));
    s->after_seq = json_get_int(&body, "after", -1);
    if (s->ground.len < GROUND_MIN_BYTES)
        return why_set(why, ERR_INPUT, "/ground", "privacy.ground", "", "say on which ground the search is made");
    if (s->name.len < 3 && s->email.len < 3 && s->phone.len < 6)
        return why_set(why, ERR_INPUT, "/name", "privacy.terms", "", "a name, a mail address or a telephone number is needed");
    buf_init(&ctx->text, request->arena, LIMIT_RECEIPT_BYTES);
    json_out_init(&out, &ctx->text);
    TRY(privacy_search_write(&out, request->services, request->conn, &request->principal, s, request->received_ms, request->arena, &ctx->hits, why));
    return api_write(request, response, search_apply, search_render, ctx, false);
}

static struct err get_retention(struct api_request *request, struct api_response *response, struct why *why) {
    // An administrator without office sees how much is due, but neither filing nor case.
    bool is_counts_only = is_err(need_office(&request->principal, ROLE_READER, NULL));
    if (is_counts_only && is_err(access_require_administrator(&request->principal, NULL))) return need_office(&request->principal, ROLE_READER, why);
    struct retention_question question = {.law = request->services->law,
                                          .state = request->services->state,
                                          .zone = request->services->zone,
                                          .now_ms = request->received_ms,
                                          .list_max = is_counts_only ? 0 : LIST_MAX};
    int64_t days = 0;
    TRY(api_query_int(request, "days", 0, 0, 3660, &days, why));
    TRY(api_query_int(request, "after", -1, -1, INT64_MAX, &question.after_seq, why));
    question.through_ms = request->received_ms + days * MS_PER_DAY;
    struct json_out out;
    api_json(response, 200, &out);
    json_out_object(&out);
    json_out_member_bool(&out, "is_counts_only", is_counts_only);
    if (!is_counts_only) {
        TRY(schedule_write(&out, request->conn, request->arena, why));
        TRY(standing_erasure_write(&out, request->services, request->conn, request->received_ms, request->arena, why));
    }
    json_out_name(&out, "report");
    TRY(retention_write_json(&out, request->conn, &question, request->arena, why));
    json_out_object_end(&out);
    return err_none();
}

static const struct route_param FORMAT[] = {{"format", "string", "json, or html to read"}, {NULL, NULL, NULL}};
static const struct route_param EXPORT[] = {
    {"format", "string", "json, or html to read"},
    {"after", "integer", "\"filings_next\" of the answer before: further filings"},
    {NULL, NULL, NULL},
};
static const struct route_param RETENTION[] = {
    {"days", "integer", "list also what falls due within so many days"},
    {"after", "integer", "go on after this place in the log (\"next\" of the list before)"},
    {NULL, NULL, NULL},
};

const struct route routes_privacy[] = {
    {"GET", "/api/v1/privacy", get_notice, AUTH_NONE, 0, RATE_OPEN, "privacy", "The privacy notice of this node", NULL, "PrivacyNotice", 200, FORMAT, false},
    {"POST", "/api/v1/me/export", post_export, AUTH_KNOWN, SCOPE_ACCOUNT, RATE_READ, "privacy", "Everything the node holds about oneself", NULL, "PersonExport", 200, EXPORT, false},
    {"POST", "/api/v1/privacy/search", post_search, AUTH_KNOWN, SCOPE_READ, RATE_READ, "privacy", "Where a person without account is named: places for a review, recorded with the ground", "PrivacySearchNew", "PrivacySearchResult", 200, NULL, false},
    {"GET", "/api/v1/retention", get_retention, AUTH_KNOWN, SCOPE_READ, RATE_READ, "privacy", "What is held under which rule of retention, and what is due to be erased", NULL, "RetentionReport", 200, RETENTION, false},
    {0},
};
