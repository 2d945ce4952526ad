// SPDX-License-Identifier: EUPL-1.2
/*
 * Reports without account, for people: pages that work without JavaScript and without cookies, for the emergency and for any other
 * document that opens a claim. The telephone number stands on top of each. The words are the packs' (page.emergency....) where the language has them, else English.
 */
#include "api/emergency.h"
#include "api/html.h"
#include "api/resources.h"
#include "law/pack.h"
#include "service/case.h"

struct page { // one page on its way
    struct api_request *request;
    struct html html;
    struct span lang;      // of the words
    struct span procedure; // whose report; empty: the emergency's
};

// A report that is no emergency's has some words of its own (page.report....), else the same.
static struct span word(const struct page *page, const char *key) {
    const struct services *services = page->request->services;
    static const char *const GROUPS[] = {"emergency", "report"};
    for (size_t i = page->procedure.len > 0 ? 2 : 1; i > 0; i--) {
        struct span whole = arena_printf(page->request->arena, "page.%s.%s", GROUPS[i - 1], key);
        struct span found = law_word(services->law, services->state, whole, page->lang); // English where the language lacks it
        if (found.at != NULL) return found;
    }
    return span_of(key);
}

// "/emergency", or where the form of another procedure stands.
static struct span form_address(const struct page *page) {
    if (page->procedure.len == 0) return SPAN("/emergency");
    return arena_printf(page->request->arena, "/report/%.*s", SPAN_FMT(page->procedure));
}

// The reader's language where the packs have the page in it; English otherwise.
static struct span page_language(const struct api_request *request) {
    const struct services *services = request->services;
    struct span english = law_word(services->law, services->state, SPAN("page.emergency.title"), SPAN("en"));
    return span_equals(law_word(services->law, services->state, SPAN("page.emergency.title"), request->lang), english) ? SPAN("en") : request->lang;
}

static void call_box(struct page *page) {
    const struct services *services = page->request->services;
    if (services->emergency_telephone.len == 0) return;
    html_open(&page->html, "p");
    html_attribute(&page->html, "class", SPAN("call"));
    html_text(&page->html, word(page, "call"));
    html_text(&page->html, SPAN(" "));
    html_text(&page->html, services->emergency_telephone);
    html_close(&page->html, "p");
}

// The procedure that the address names; empty for the emergency's pages, which name none.
static struct span procedure_of(const struct api_request *request) {
    bool is_named = request->route != NULL && strstr(request->route->path, "{procedure}") != NULL;
    return is_named ? request->params[0] : SPAN("");
}

static void page_begin(struct page *page, struct api_request *request, struct api_response *response, unsigned status, const char *key) {
    *page = (struct page){.request = request, .lang = page_language(request), .procedure = procedure_of(request)};
    html_page(&page->html, response, status, page->lang, word(page, key), request->arena);
    html_element(&page->html, "p", request->services->node_name);
    if (!span_is(page->lang, "en")) html_element(&page->html, "p", word(page, "courtesy"));
    call_box(page);
}

static void paragraph(struct page *page, const char *key) { html_element(&page->html, "p", word(page, key)); }

// Every refusal on the way: what went wrong, and how to report all the same.
static void problem_page(struct api_request *request, struct api_response *response, unsigned status, struct span words) {
    struct page page;
    page_begin(&page, request, response, status, "failed");
    html_element(&page.html, "p", words);
    html_open(&page.html, "p");
    html_link(&page.html, SPAN("/emergency/form"), word(&page, "paper"));
    html_close(&page.html, "p");
    html_open(&page.html, "p");
    html_link(&page.html, form_address(&page), word(&page, "again"));
    html_close(&page.html, "p");
    html_page_end(&page.html);
}

// --- the form ---

static struct civil today(const struct api_request *request) { return zone_date(request->services->zone, request->received_ms); }

// The form of the document that is used so; of PROCEDURE where it is given.
static struct err document_read(struct api_request *request, struct span procedure, struct span document, struct json *ret, struct why *why) {
    const struct services *services = request->services;
    struct buf text;
    struct json_out out;
    buf_init(&text, request->arena, LIMIT_JSON_BYTES);
    json_out_init(&out, &text);
    TRY(procedure_write_form(&out, services->law, services->state, today(request), procedure, document, page_language(request), why));
    return json_parse(request->arena, buf_span(&text), ret, why);
}

static struct err form_read(struct api_request *request, struct span procedure, enum claim_use use, struct json *ret, struct why *why) {
    const struct services *services = request->services;
    struct procedure_document document;
    TRY(procedure_claim_document(services->law, services->state, today(request), procedure, use, &document, why));
    return document_read(request, document.procedure, document.document, ret, why);
}

static void submit(struct page *page, const char *key) {
    html_open(&page->html, "p");
    html_open(&page->html, "button");
    html_attribute(&page->html, "type", SPAN("submit"));
    html_text(&page->html, word(page, key));
    html_close(&page->html, "button");
    html_close(&page->html, "p");
}

static void hidden(struct page *page, const char *name, struct span value) {
    html_open(&page->html, "input");
    html_attribute(&page->html, "type", SPAN("hidden"));
    html_attribute(&page->html, "name", span_of(name));
    html_attribute(&page->html, "value", value);
}

static void form_begin(struct page *page, struct span address) {
    html_open(&page->html, "form");
    html_attribute(&page->html, "method", SPAN("post"));
    html_attribute(&page->html, "action", address);
    html_attribute(&page->html, "accept-charset", SPAN("utf-8"));
}

static struct html_words form_words(const struct page *page) {
    return (struct html_words){.required = word(page, "required"), .yes = word(page, "yes"), .no = word(page, "no")};
}

// A secret of the page, so that a form that is sent twice is one report.
static struct span fresh_once(struct api_request *request) {
    uint8_t secret[16];
    struct buf text;
    request->services->random(secret, sizeof secret);
    buf_init(&text, request->arena, 64);
    buf_add_hex(&text, span_make(secret, sizeof secret));
    return buf_span(&text);
}

static struct err form_page(struct api_request *request, struct api_response *response, unsigned status, const struct form *values,
                            const struct fault *faults, size_t fault_count, struct why *why) {
    struct page page;
    struct json form;
    TRY(form_read(request, procedure_of(request), CLAIM_OPENS, &form, why));
    page_begin(&page, request, response, status, "title");
    if (page.procedure.len > 0) html_element(&page.html, "h2", json_get_string(&form, "label"));
    if (page.procedure.len > 0) html_element(&page.html, "p", json_get_string(&form, "help"));
    paragraph(&page, "who");
    paragraph(&page, "classified");
    html_form_faults(&page.html, &form, faults, fault_count, word(&page, "faults"));
    form_begin(&page, form_address(&page));
    struct span once = values != NULL ? form_value(values, SPAN("once")) : span_make(NULL, 0);
    hidden(&page, "once", once.len >= CLAIM_KEY_MIN_BYTES ? once : fresh_once(request));
    struct html_words words = form_words(&page);
    html_form_inputs(&page.html, &form, values, faults, fault_count, &words, request->arena);
    submit(&page, "send");
    html_close(&page.html, "form");
    if (page.procedure.len == 0) {
        html_open(&page.html, "p");
        html_link(&page.html, SPAN("/emergency/form"), word(&page, "paper"));
        html_close(&page.html, "p");
    }
    html_open(&page.html, "p");
    html_link(&page.html, SPAN("/emergency/status"), word(&page, "status"));
    html_close(&page.html, "p");
    html_page_end(&page.html);
    return err_none();
}

static struct err get_form(struct api_request *request, struct api_response *response, struct why *why) {
    request->problem_page = problem_page;
    return form_page(request, response, 200, NULL, NULL, 0, why);
}

static void contact_line(struct page *page, const char *key, struct span value) {
    if (value.len == 0) return;
    html_open(&page->html, "p");
    html_text(&page->html, word(page, key));
    html_text(&page->html, SPAN(" "));
    html_text(&page->html, value);
    html_close(&page->html, "p");
}

static struct err get_paper(struct api_request *request, struct api_response *response, struct why *why) {
    struct page page;
    struct json form;
    request->problem_page = problem_page;
    TRY(form_read(request, SPAN(""), CLAIM_OPENS, &form, why));
    page_begin(&page, request, response, 200, "paper_title");
    paragraph(&page, "paper_how");
    contact_line(&page, "fax", request->services->emergency_fax);
    contact_line(&page, "post", request->services->emergency_post);
    html_form_paper(&page.html, &form);
    html_element(&page.html, "p", word(&page, "sign"));
    html_open(&page.html, "div");
    html_attribute(&page.html, "class", SPAN("line"));
    html_close(&page.html, "div");
    html_page_end(&page.html);
    return err_none();
}

// --- sending it ---

static struct err read_form(struct api_request *request, struct form *ret, struct why *why) {
    struct span type = api_header(request, "content-type");
    if (!span_is(span_trim(span_part(type, 0, span_find(type, ';', 0))), "application/x-www-form-urlencoded"))
        return why_set(why, ERR_UNSUPPORTED, "", "http.media_type", "RFC 9110 15.5.16", "a form is expected, as a browser sends it");
    return urlencoded_parse(request->arena, request->body, ret, why);
}

static struct err reported_page(struct api_request *request, struct api_response *response, struct store_conn *reader, void *context,
                                struct why *why) {
    const struct emergency *report = context;
    struct claim claim;
    struct page page;
    if (report->is_too_many) return emergency_refuse(request, "More reports without account came within the hour than this node takes.", why);
    TRY(claim_find(reader, span_of(report->token), request->arena, &claim, why));
    page_begin(&page, request, response, report->is_repeat ? 200 : 201, "received");
    contact_line(&page, "case", claim.case_id);
    contact_line(&page, "filing", claim.filing_id);
    contact_line(&page, "received_at", instant_text(request->arena, claim.created_ms));
    paragraph(&page, "token");
    html_open(&page.html, "code");
    html_attribute(&page.html, "class", SPAN("token"));
    html_text(&page.html, span_of(report->token));
    html_close(&page.html, "code");
    html_element(&page.html, "h2", word(&page, "next"));
    html_open(&page.html, "ol");
    html_element(&page.html, "li", word(&page, "next_call"));
    html_element(&page.html, "li", word(&page, "next_clock"));
    html_element(&page.html, "li", word(&page, "next_attach"));
    html_close(&page.html, "ol");
    form_begin(&page, SPAN("/emergency/status"));
    hidden(&page, "token", span_of(report->token));
    submit(&page, "see");
    html_close(&page.html, "form");
    html_page_end(&page.html);
    return err_none();
}

static struct err post_form(struct api_request *request, struct api_response *response, struct why *why) {
    struct form *sent = ARENA_NEW(request->arena, struct form);
    struct emergency *report = ARENA_NEW(request->arena, struct emergency);
    struct json form, *fields = ARENA_NEW(request->arena, struct json);
    request->problem_page = problem_page;
    if (sent == NULL || report == NULL || fields == NULL) return err_make(ERR_MEMORY);
    TRY(emergency_limit(request, RATE_OPEN_FILE, why));
    TRY(read_form(request, sent, why));
    TRY(form_read(request, procedure_of(request), CLAIM_OPENS, &form, why));
    TRY(html_form_fields(&form, sent, request->arena, fields));
    TRY(emergency_begin(request, procedure_of(request), fields, form_value(sent, SPAN("once")), report, why));
    if (report->is_repeat) return reported_page(request, response, request->conn, report, why);
    const struct procedure_decision *decision = &report->plan.decision;
    if (!decision->is_accepted) return form_page(request, response, 422, sent, decision->faults, decision->fault_count, why);
    return api_write(request, response, emergency_apply, reported_page, report, true);
}

// --- how it stands ---

static struct err get_status(struct api_request *request, struct api_response *response, struct why *why) {
    struct page page;
    (void)why;
    request->problem_page = problem_page;
    page_begin(&page, request, response, 200, "status_title");
    form_begin(&page, SPAN("/emergency/status"));
    html_open(&page.html, "label");
    html_attribute(&page.html, "for", SPAN("token"));
    html_text(&page.html, word(&page, "token_label"));
    html_close(&page.html, "label");
    html_open(&page.html, "input");
    html_attribute(&page.html, "type", SPAN("text"));
    html_attribute(&page.html, "id", SPAN("token"));
    html_attribute(&page.html, "name", SPAN("token"));
    html_attribute(&page.html, "autocomplete", SPAN("off"));
    html_flag(&page.html, "required");
    submit(&page, "see");
    html_close(&page.html, "form");
    html_page_end(&page.html);
    return err_none();
}

static void status_filing(struct page *page, const struct json *filing, const struct json *form) {
    const struct json *fields = json_get(filing, "fields");
    html_element(&page->html, "h2", json_get_string(filing, "label"));
    html_element(&page->html, "p", json_get_string(filing, "received_at"));
    html_open(&page->html, "dl");
    for (size_t i = 0; fields != NULL && i < fields->count; i++) {
        const struct json *value = &fields->members[i].value;
        if (value->type != JSON_STRING && json_get_string(value, "declared").at == NULL) continue;
        html_element(&page->html, "dt", html_form_label(form, fields->members[i].name));
        html_element(&page->html, "dd", value->type == JSON_STRING ? value->string : json_get_string(value, "declared"));
    }
    html_close(&page->html, "dl");
}

static struct err status_page(struct api_request *request, struct api_response *response, struct store_conn *reader, const struct claim *claim,
                              unsigned status_code, struct why *why) {
    struct buf text;
    struct json_out out;
    struct json status, form;
    struct page page;
    buf_init(&text, request->arena, LIMIT_JSON_BYTES * 4);
    json_out_init(&out, &text);
    TRY(emergency_write_status(request, reader, claim, &out, why));
    TRY(json_parse_within(request->arena, buf_span(&text), LIMIT_JSON_BYTES * 4, &status, why));
    struct span procedure = json_get_string(&status, "procedure");
    page_begin(&page, request, response, status_code, "status_title");
    contact_line(&page, "case", claim->case_id);
    contact_line(&page, "state", json_get_string(&status, "state_label"));
    if (json_get_bool(&status, "is_claimed", false)) paragraph(&page, "claimed");
    else if (json_get_bool(&status, "is_held", false)) paragraph(&page, "held");
    else if (json_get_bool(&status, "is_attached", false)) paragraph(&page, "attached");
    const struct json *filings = json_get(&status, "filings");
    for (size_t i = 0; filings != NULL && i < filings->count; i++) {
        struct json own;
        TRY(document_read(request, procedure, json_get_string(&filings->items[i], "document"), &own, why));
        status_filing(&page, &filings->items[i], &own);
    }
    struct span token = request->params[API_PARAMS - 1];
    if (!json_get_bool(&status, "is_claimed", false) && !is_err(form_read(request, procedure, CLAIM_FILES, &form, NULL))) {
        html_element(&page.html, "h2", word(&page, "add"));
        form_begin(&page, SPAN("/emergency/updates"));
        hidden(&page, "token", token);
        struct html_words words = form_words(&page);
        html_form_inputs(&page.html, &form, NULL, NULL, 0, &words, request->arena);
        submit(&page, "add_send");
        html_close(&page.html, "form");
    }
    html_page_end(&page.html);
    return err_none();
}

// The claim of the token in the form; the token stays with the request for the next form.
static struct err read_token(struct api_request *request, struct form *sent, struct claim *ret, struct why *why) {
    request->problem_page = problem_page;
    TRY(emergency_limit(request, RATE_CLAIM, why));
    TRY(read_form(request, sent, why));
    struct span token = span_trim(form_value(sent, SPAN("token")));
    TRY(claim_find(request->conn, token, request->arena, ret, why));
    request->params[API_PARAMS - 1] = token;
    return err_none();
}

static struct err post_status(struct api_request *request, struct api_response *response, struct why *why) {
    struct form *sent = ARENA_NEW(request->arena, struct form);
    struct claim claim;
    if (sent == NULL) return err_make(ERR_MEMORY);
    TRY(read_token(request, sent, &claim, why));
    return status_page(request, response, request->conn, &claim, 200, why);
}

struct update {
    struct emergency report;
    struct claim claim;
    struct json fields;
    struct form sent;
};

static struct err updated_page(struct api_request *request, struct api_response *response, struct store_conn *reader, void *context,
                               struct why *why) {
    const struct update *update = context;
    return status_page(request, response, reader, &update->claim, 201, why);
}

static struct err update_apply(struct api_request *request, struct store_conn *conn, struct log_edge *edge, int64_t now_ms, void *context,
                               struct why *why) {
    return emergency_apply_update(request, conn, edge, now_ms, &((struct update *)context)->report, why);
}

static struct err post_update(struct api_request *request, struct api_response *response, struct why *why) {
    struct update *update = ARENA_NEW(request->arena, struct update);
    struct case_file file;
    struct json form;
    if (update == NULL) return err_make(ERR_MEMORY);
    TRY(read_token(request, &update->sent, &update->claim, why));
    TRY(case_get(request->conn, update->claim.case_id, request->arena, &file, why));
    TRY(form_read(request, file.procedure, CLAIM_FILES, &form, why));
    TRY(html_form_fields(&form, &update->sent, request->arena, &update->fields));
    TRY(emergency_begin_update(request, &update->claim, SPAN(""), &update->fields, &update->report, why));
    const struct procedure_decision *decision = &update->report.plan.decision;
    if (!decision->is_accepted)
        return why_set(why, ERR_INPUT, "", "filing.refused", "", "%.*s", SPAN_FMT(decision->faults[0].words));
    return api_write(request, response, update_apply, updated_page, update, true);
}

const struct route routes_emergency_page[] = {
    {"GET", "/emergency", get_form, AUTH_NONE, 0, RATE_OPEN, "emergency", "Page: report an emergency without account and without JavaScript", NULL, "Html", 200, NULL, false},
    {"POST", "/emergency", post_form, AUTH_NONE, 0, RATE_COUNT, "emergency", "The form of that page; answers with a page", "UrlEncoded", "Html", 201, NULL, true},
    {"GET", "/report/{procedure}", get_form, AUTH_NONE, 0, RATE_OPEN, "emergency", "Page: another report that needs no account, such as a vulnerability, without JavaScript", NULL, "Html", 200, NULL, false},
    {"POST", "/report/{procedure}", post_form, AUTH_NONE, 0, RATE_COUNT, "emergency", "The form of that page; answers with a page", "UrlEncoded", "Html", 201, NULL, true},
    {"GET", "/emergency/form", get_paper, AUTH_NONE, 0, RATE_OPEN, "emergency", "Page: the same form to print and fill in by hand", NULL, "Html", 200, NULL, false},
    {"GET", "/emergency/status", get_status, AUTH_NONE, 0, RATE_OPEN, "emergency", "Page: where to enter a claim token", NULL, "Html", 200, NULL, false},
    {"POST", "/emergency/status", post_status, AUTH_NONE, 0, RATE_COUNT, "emergency", "Page: how a report stands", "UrlEncoded", "Html", 200, NULL, false},
    {"POST", "/emergency/updates", post_update, AUTH_NONE, 0, RATE_COUNT, "emergency", "Page: adds to a report", "UrlEncoded", "Html", 201, NULL, false},
    {0},
};
