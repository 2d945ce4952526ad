// SPDX-License-Identifier: EUPL-1.2
/*
 * Am I in scope?, without JavaScript: asks only what still matters, and what one wants to say besides or otherwise. What was
 * answered travels in hidden fields of the form; nothing is stored. The words of the answer are the packs'.
 */
#include "api/scope_page.h"

#include "api/resources.h"
#include "law/pack.h"
#include "law/scope.h"

struct span scope_cell(const struct yaml *row, const char *name) {
    struct span found = yaml_get_text(row, name);
    return found.at == NULL ? SPAN("") : found;
}

static const struct yaml *facts_file(const struct api_request *request) { return pack_file_root(law_pack(request->services->law, SPAN("eu/nis2")), "facts.yaml"); }
const struct yaml *scope_facts(const struct api_request *request) { return yaml_get(facts_file(request), "facts"); }
const struct yaml *scope_states(const struct api_request *request) { return yaml_get(facts_file(request), "member_states"); }

const struct yaml *scope_fact_row(const struct api_request *request, struct span name) {
    const struct yaml *facts = scope_facts(request);
    for (size_t i = 0; facts != NULL && i < facts->count; i++)
        if (span_equals(scope_cell(&facts->items[i], "name"), name)) return &facts->items[i];
    return NULL;
}

bool scope_is_list(struct span type) { return span_is(type, "types") || span_is(type, "countries"); }
bool scope_is_figure(struct span type) { return span_is(type, "staff") || span_is(type, "money"); }

static void problem_page(struct api_request *request, struct api_response *response, unsigned status, struct span words) {
    struct plain_page page;
    plain_page_begin(&page, request, response, status, "scope", "title", NULL);
    html_element(&page.html, "p", words);
    plain_link(&page, SPAN("/scope"), "again");
    plain_page_end(&page);
}

// The first questions: what it is, and where.
static struct err get_scope(struct api_request *request, struct api_response *response, struct why *why) {
    struct plain_page page;
    (void)why;
    request->problem_page = problem_page;
    plain_page_begin(&page, request, response, 200, "scope", "title", "/scope");
    plain_element(&page, "p", "lead");
    plain_form_begin(&page, "/scope", "application/x-www-form-urlencoded");
    plain_element(&page, "h2", "types");
    plain_element(&page, "p", "types_help");
    scope_types_write(&page, NULL);
    html_open(&page.html, "fieldset");
    plain_element(&page, "legend", "states");
    scope_places_write(&page, SPAN("established_in"), NULL, false);
    html_close(&page.html, "fieldset");
    plain_button(&page, "go_on");
    html_close(&page.html, "form");
    plain_page_end(&page);
    return err_none();
}

static struct err read_form(struct api_request *request, struct form *ret, struct why *why) {
    struct span type = api_header(request, "content-type");
    if (!span_is(span_trim(span_part(type, 0, span_find(type, ';', 0))), "application/x-www-form-urlencoded"))
        return why_set(why, ERR_UNSUPPORTED, "", "http.media_type", "RFC 9110 15.5.16", "a form is expected, as a browser sends it");
    return urlencoded_parse(request->arena, request->body, ret, why);
}

// The next question: what one wants to say; else the first that is missing and was not left open. Lists are asked only where one
// wants to say them.
static struct span next_question(const struct api_request *request, const struct form *sent, const struct json *answer) {
    struct span wanted = form_value(sent, SPAN("ask"));
    if (wanted.len > 0 && scope_is_askable(request, sent, wanted)) return wanted;
    const struct json *missing = json_get(answer, "missing");
    for (size_t i = 0; missing != NULL && i < missing->count; i++) {
        struct span name = json_get_string(&missing->items[i], "fact");
        bool is_list = scope_is_list(scope_cell(scope_fact_row(request, name), "type"));
        if (!is_list && !scope_has(sent, name, SPAN("")) && scope_is_askable(request, sent, name)) return name;
    }
    return SPAN("");
}

static struct err answer_make(struct api_request *request, const struct form *sent, struct scope_answer *ret, struct why *why) {
    struct json facts;
    TRY(scope_facts_make(request, sent, &facts, why));
    return scope_answer_make(request->services->law, &facts, request->services->state, zone_date(request->services->zone, request->received_ms), request->arena, ret, why);
}

// A row that does not do is shown again, with the reason.
static struct err row_again(struct api_request *request, struct api_response *response, const struct form *sent, struct span fact, struct why *why) {
    struct plain_page page;
    struct span words = arena_printf(request->arena, "%s%s%s%s", why->words, why->article[0] != '\0' ? " (" : "", why->article, why->article[0] != '\0' ? ")" : "");
    *why = (struct why){0};
    plain_page_begin(&page, request, response, 422, "scope", "title", NULL);
    TRY(scope_rows_write(&page, sent, fact, words, why));
    plain_page_end(&page);
    return err_none();
}

static struct err page_write(struct plain_page *page, const struct form *sent, const struct scope_answer *made, struct why *why) {
    struct json answer;
    struct buf text;
    struct json_out out;
    buf_init(&text, page->request->arena, LIMIT_JSON_BYTES);
    json_out_init(&out, &text);
    scope_write_json(&out, made, page->lang);
    TRY(json_parse(page->request->arena, buf_span(&text), &answer, why));
    struct span question = next_question(page->request, sent, &answer);
    if (question.len == 0) scope_answer_write(page, sent, &answer);
    else if (scope_has_rows(scope_fact_row(page->request, question))) return scope_rows_write(page, sent, question, SPAN(""), why);
    else scope_question_write(page, sent, question, json_get_string(&answer, "outcome_words"));
    return err_none();
}

static struct err post_scope(struct api_request *request, struct api_response *response, struct why *why) {
    struct form *sent = ARENA_NEW(request->arena, struct form);
    struct scope_answer made;
    struct plain_page page;
    request->problem_page = problem_page;
    if (sent == NULL) return err_make(ERR_MEMORY);
    TRY(read_form(request, sent, why));
    const struct form *taken = sent;
    struct span row_of = form_value(sent, SPAN("row_of"));
    bool has_row = scope_has_rows(scope_fact_row(request, row_of));
    if (has_row) TRY(scope_rows_take(request, sent, row_of, &taken));
    struct err e = answer_make(request, taken, &made, why);
    if (e.code == ERR_INPUT && has_row && why != NULL) return row_again(request, response, sent, row_of, why);
    TRY(e);
    plain_page_begin(&page, request, response, 200, "scope", "title", NULL);
    TRY(page_write(&page, taken, &made, why));
    plain_page_end(&page);
    return err_none();
}

const struct route routes_scope_page[] = {
    {"GET", "/scope", get_scope, AUTH_NONE, 0, RATE_PAGE, "web", "Page: am I in scope?, without JavaScript", NULL, "Html", 200, NULL, false},
    {"POST", "/scope", post_scope, AUTH_NONE, 0, RATE_OPEN, "web", "Page: the next question, or the answer; nothing is stored", "UrlEncoded", "Html", 200, NULL, false},
    {0},
};
