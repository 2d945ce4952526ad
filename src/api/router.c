// SPDX-License-Identifier: EUPL-1.2
/* From a request to its handler: who asks, which resource, may they, how often; and what happens to a write. */
#include "api/api.h"
#include "base/log.h"

enum match { MATCH_NONE, MATCH_PATH, MATCH_ALL };

// Compares a path with a route's pattern; {names} match one segment each.
static bool path_matches(struct api_request *request, const char *pattern_text) {
    struct span pattern = span_of(pattern_text), path = request->path;
    size_t params = 0, at = 0, from = 0;
    while (at < pattern.len) {
        if (pattern.at[at] != '{') {
            if (from >= path.len || path.at[from] != pattern.at[at]) return false;
            at++;
            from++;
            continue;
        }
        size_t name_end = span_find(pattern, '}', at);
        bool is_rest = pattern.at[name_end - 1] == '*'; // {name*}: the rest of the path
        size_t end = is_rest ? path.len : span_find(path, '/', from);
        if (end == from || params == API_PARAMS) return false;
        request->params[params++] = span_part(path, from, end);
        at = name_end + 1;
        from = end;
    }
    return from == path.len;
}

static enum match route_match(struct api_request *request, const struct route *route) {
    if (!path_matches(request, route->path)) return MATCH_NONE;
    bool is_method = span_is(request->method, route->method) || (span_is(request->method, "HEAD") && span_is(span_of(route->method), "GET"));
    return is_method ? MATCH_ALL : MATCH_PATH;
}

// A path that is written out in a table is no other route's {name}: /filings/check is no filing.
static bool is_literal(struct span path) {
    for (size_t t = 0; route_tables[t] != NULL; t++)
        for (const struct route *route = route_tables[t]; route->method != NULL; route++)
            if (span_is(path, route->path)) return true;
    return false;
}

static struct err find_route(struct api_request *request, struct buf *allowed, struct why *why) {
    bool is_path_known = false, is_exact = is_literal(request->path);
    for (size_t t = 0; route_tables[t] != NULL; t++)
        for (const struct route *route = route_tables[t]; route->method != NULL; route++) {
            if (is_exact && !span_is(request->path, route->path)) continue;
            enum match match = route_match(request, route);
            if (match == MATCH_ALL) {
                request->route = route;
                return err_none();
            }
            if (match == MATCH_NONE) continue;
            if (is_path_known) buf_add_text(allowed, ", ");
            buf_add_text(allowed, route->method);
            is_path_known = true;
        }
    if (is_path_known)
        return why_set(why, ERR_UNSUPPORTED, "", "http.method", "RFC 9110 15.5.6", "this resource knows %.*s", (int)allowed->len,
                       (const char *)allowed->at);
    return why_set(why, ERR_NOT_FOUND, "", "http.path", "RFC 9110 15.5.5", "there is no such resource; see /api/v1/openapi.json");
}

static struct err check_principal(struct api_request *request, struct why *why) {
    const struct route *route = request->route;
    struct services *services = request->services;
    if (route->auth == AUTH_NONE) {
        bool is_known = request->principal.is_known;
        struct span who = is_known ? request->principal.person_id : request->peer;
        // What is open to all costs a person who signed in what any other reading does: a desk opens many forms.
        enum rate rate = is_known && route->rate == RATE_OPEN ? RATE_READ : route->rate;
        return rate == RATE_COUNT ? err_none() : access_rate_take(services->access->rates, rate, who, request->received_ms, NULL, why);
    }
    TRY(access_require(&request->principal, route->scope, why));
    if (route->auth == AUTH_ADMINISTRATOR) TRY(access_require_administrator(&request->principal, why));
    if (route->rate == RATE_COUNT) return err_none();
    return access_rate_take(services->access->rates, route->rate, request->principal.person_id, request->received_ms, NULL, why);
}

static bool is_changing(struct span method) {
    return !span_is(method, "GET") && !span_is(method, "HEAD") && !span_is(method, "OPTIONS");
}

static struct err nothing_apply(struct api_request *request, struct store_conn *conn, struct log_edge *edge, int64_t now_ms, void *ctx, struct why *why) {
    (void)request;
    (void)conn;
    (void)edge;
    (void)now_ms;
    (void)ctx;
    (void)why;
    return err_none();
}

// That a machine's token was used is noted with whatever is written for it (job_apply); a mere reading once an hour.
static struct err note_use(struct api_request *request, struct api_response *response) {
    bool is_answered = response->job == NULL && response->fetch == NULL && !response->is_event_stream;
    if (!request->principal.is_use_due || !is_answered || request->services->is_read_only) return err_none();
    return api_write(request, response, nothing_apply, NULL, NULL, false);
}

static struct err handle(struct api_request *request, struct api_response *response, struct buf *allowed, struct why *why) {
    request->lang = api_language(request); // what is refused before it is known who asks is said in the language asked for too
    TRY(find_route(request, allowed, why));
    struct access_credentials credentials = {.authorization = api_header(request, "authorization"),
                                             .cookie = api_header(request, "cookie"),
                                             .csrf = api_header(request, "x-csrf-token"),
                                             .is_changing = is_changing(request->method)};
    TRY(access_authenticate(request->services->access, request->conn, &credentials, request->received_ms, request->arena,
                            &request->principal, why));
    request->lang = api_language(request);
    TRY(check_principal(request, why));
    TRY(api_query_check(request, why));
    TRY(request->route->handle(request, response, why));
    return note_use(request, response);
}

// The answer to what a handler gave: a problem document where it is an error.
static bool answer_error(struct api_request *request, struct api_response *response, struct err e, struct why *why) {
    if (!is_err(e) && response->body.is_failed) e = why_set(why, ERR_LIMIT, "", "api.response", "", "the answer is too large; ask for fewer rows");
    if (!is_err(e)) return false;
    if (e.code == ERR_IO || e.code == ERR_CORRUPT) {
        atomic_fetch_add(&request->services->counters[COUNT_FAILED], 1);
        log_error("request_failed", "method=%.*s error=%s rule=%s words=\"%s\"", SPAN_FMT(request->method), err_name(e.code),
                  why->rule, why->words);
    }
    api_problem(request, response, e, why);
    return true;
}

void api_handle(struct api_request *request, struct api_response *response) {
    struct why why = {0};
    struct buf allowed;
    buf_init(&allowed, request->arena, 256);
    atomic_fetch_add(&request->services->counters[COUNT_REQUESTS], 1);
    struct err e = handle(request, response, &allowed, &why);
    if (answer_error(request, response, e, &why) && allowed.len > 0) api_respond_header(response, "allow", buf_span(&allowed));
    api_say(request, response);
}

// --- fetches ---

struct err api_fetch(struct api_request *request, struct api_response *response, const struct api_fetch *fetch) {
    struct api_fetch *kept = ARENA_NEW(request->arena, struct api_fetch);
    if (kept == NULL) return err_make(ERR_MEMORY);
    *kept = *fetch;
    response->fetch = kept;
    return err_none();
}

void api_resume(struct api_request *request, struct api_response *response) {
    struct why why = {0};
    struct api_fetch *fetch = response->fetch;
    response->fetch = NULL;
    request->fetched = fetch;
    struct err e = fetch->resume(request, response, &why);
    (void)answer_error(request, response, e, &why);
    api_say(request, response);
}

// --- writes ---

static struct err job_apply(struct write_job *job, struct store_conn *conn, struct log_edge *edge, struct why *why) {
    struct api_job *api = (struct api_job *)job; // write is its first member
    TRY(access_token_used(conn, &api->request->principal, job->now_ms, why));
    return api->apply(api->request, conn, edge, job->now_ms, api->ctx, why);
}

struct err api_write(struct api_request *request, struct api_response *response, api_apply *apply, api_render *render, void *ctx,
                     bool needs_head) {
    struct api_job *job = ARENA_NEW(request->arena, struct api_job);
    if (job == NULL) return err_make(ERR_MEMORY);
    *job = (struct api_job){.write = {.apply = job_apply, .needs_head = needs_head},
                            .request = request,
                            .response = response,
                            .apply = apply,
                            .render = render,
                            .ctx = ctx};
    response->job = job;
    return err_none();
}

static void finish(struct api_job *job, struct err result, const struct why *why, struct store_conn *reader) {
    struct why own = {0};
    if (!is_err(result) && job->render != NULL) {
        result = job->render(job->request, job->response, reader, job->ctx, &own);
        why = &own;
    }
    job->response->job = NULL;
    if (!is_err(result) && job->response->body.is_failed) result = err_make(ERR_MEMORY);
    if (!is_err(result)) return;
    if (result.code == ERR_IO || result.code == ERR_CORRUPT) {
        atomic_fetch_add(&job->request->services->counters[COUNT_FAILED], 1);
        log_error("write_failed", "error=%s rule=%s words=\"%s\"", err_name(result.code), why != NULL ? why->rule : "", why != NULL ? why->words : "");
    }
    api_problem(job->request, job->response, result, why);
}

void api_finish(struct api_job *job, struct err result, const struct why *why, struct store_conn *reader) {
    finish(job, result, why, reader);
    api_say(job->request, job->response);
}
