// SPDX-License-Identifier: EUPL-1.2
/* Problem documents (RFC 9457): every refusal names the field, the rule and the article. */
#include "api/api.h"
#include "law/procedure.h"

static unsigned status_of(struct err e, const struct why *why) {
    if (why != NULL && span_is(span_of(why->rule), "http.precondition")) return 412;
    if (why != NULL && span_is(span_of(why->rule), "publication.gone")) return 410;
    switch (e.code) {
    case ERR_NONE: return 200;
    case ERR_INPUT: return why != NULL && (span_starts_with(span_of(why->rule), SPAN("json.")) ||
                                           span_starts_with(span_of(why->rule), SPAN("http."))) ? 400 : 422;
    case ERR_NOT_FOUND: return 404;
    case ERR_UNAUTHENTICATED: return 401;
    case ERR_DENIED: return 403;
    case ERR_CONFLICT: return 409;
    case ERR_LAW: return 422;
    case ERR_LIMIT: return why != NULL && span_starts_with(span_of(why->rule), SPAN("access.")) ? 429 : 413;
    case ERR_BUSY: return 503;
    case ERR_MEMORY: return 413;
    case ERR_UNSUPPORTED: return why != NULL && span_is(span_of(why->rule), "http.method") ? 405 : 415;
    case ERR_IO:
    case ERR_CORRUPT: return 500;
    }
    return 500;
}

static const char *title_of(unsigned status) {
    switch (status) {
    case 400: return "The request is malformed";
    case 401: return "Sign in first";
    case 403: return "Not allowed";
    case 404: return "Not found";
    case 405: return "Not a method of this resource";
    case 409: return "The present state does not allow this";
    case 410: return "Gone";
    case 412: return "Changed in the meantime";
    case 413: return "Too large";
    case 415: return "Not a media type of this resource";
    case 422: return "The content breaks a rule";
    case 429: return "Too many requests";
    case 503: return "Busy, try again";
    default: return "The node failed";
    }
}

// Empties the response and writes what all problem documents share; the caller ends the object.
static void problem_begin(struct api_request *request, struct api_response *response, unsigned status, struct span rule,
                          struct span words, struct json_out *out) {
    response->status = status;
    response->header_count = 0;
    response->media_type = "application/problem+json";
    response->job = NULL;
    buf_clear(&response->body);
    json_out_init(out, &response->body);
    json_out_object(out);
    json_out_name(out, "type");
    if (rule.len > 0) json_out_string(out, arena_printf(request->arena, "urn:varde:problem:%.*s", SPAN_FMT(rule)));
    else json_out_text(out, "about:blank");
    json_out_member_text(out, "title", title_of(status));
    json_out_member_int(out, "status", (int64_t)status);
    if (words.len > 0) json_out_member_string(out, "detail", words);
    if (status == 503) api_respond_header(response, "retry-after", SPAN("5"));
    if (status == 401) api_respond_header(response, "www-authenticate", SPAN("Bearer realm=\"varde\""));
}

static void write_fault(struct json_out *out, struct span field, struct span rule, struct span article, struct span words) {
    json_out_object(out);
    json_out_member_string(out, "pointer", field);
    json_out_member_string(out, "rule", rule);
    if (article.len > 0) json_out_member_string(out, "article", article);
    json_out_member_string(out, "detail", words);
    json_out_object_end(out);
}

void api_problem(struct api_request *request, struct api_response *response, struct err e, const struct why *why) {
    struct why unknown = {0};
    if (why == NULL || !why->is_set) {
        (void)why_set(&unknown, e.code, "", err_name(e.code), "", "%s",
                      e.code == ERR_MEMORY ? "the request needs more memory than one request may use"
                                           : "the node could not do this; the operator's log has the reason");
        why = &unknown;
    }
    unsigned status = status_of(e, why);
    // What broke inside is for the operator; outside it is only said that it did.
    struct span words = status == 500 ? SPAN("the node could not do this; nothing was changed") : span_of(why->words);
    if (request->problem_page != NULL) {
        response->header_count = 0;
        response->job = NULL;
        request->problem_page(request, response, status, words);
        return;
    }
    struct json_out out;
    problem_begin(request, response, status, span_of(why->rule), words, &out);
    if (status != 500) {
        json_out_name(&out, "errors");
        json_out_array(&out);
        write_fault(&out, span_of(why->field), span_of(why->rule), span_of(why->article), span_of(why->words));
        json_out_array_end(&out);
    }
    json_out_object_end(&out);
}

void api_problem_faults(struct api_request *request, struct api_response *response, const struct fault *faults, size_t count) {
    struct json_out out;
    struct span words = count == 1 ? faults[0].words
                                   : arena_printf(request->arena, "%zu rules are broken; nothing was filed", count);
    problem_begin(request, response, 422, count > 0 ? faults[0].rule : SPAN(""), words, &out);
    json_out_name(&out, "errors");
    json_out_array(&out);
    for (size_t i = 0; i < count && i < API_FAULTS_MAX; i++)
        write_fault(&out, faults[i].field, faults[i].rule, faults[i].article, faults[i].words);
    json_out_array_end(&out);
    json_out_object_end(&out);
}
