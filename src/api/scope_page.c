// SPDX-License-Identifier: EUPL-1.2
/*
 * Am I in scope?, without JavaScript: asks only what still matters. What was answered travels in hidden fields of the form;
 * nothing is stored. The words of the answer are the packs'.
 */
#include "api/plain_page.h"
#include "api/resources.h"
#include "law/pack.h"
#include "law/scope.h"

static struct span cell(const struct yaml *row, const char *name) {
    struct span found = yaml_get_text(row, name);
    return found.at == NULL ? SPAN("") : found;
}

static const struct yaml *facts_file(const struct api_request *request) { return pack_file_root(law_pack(request->services->law, SPAN("eu/nis2")), "facts.yaml"); }

static const struct yaml *fact_find(const struct api_request *request, struct span name) {
    const struct yaml *facts = yaml_get(facts_file(request), "facts");
    for (size_t i = 0; facts != NULL && i < facts->count; i++)
        if (span_equals(cell(&facts->items[i], "name"), name)) return &facts->items[i];
    return NULL;
}

static void problem_page(struct api_request *request, struct api_response *response, unsigned status, struct span words) {
    struct plain_page page;
    plain_page_begin(&page, request, response, status, "scope", "title", NULL);
    html_element(&page.html, "p", words);
    plain_link(&page, SPAN("/scope"), "again");
    plain_page_end(&page);
}

// --- what was answered ---

static bool is_list(struct span type) { return span_is(type, "types") || span_is(type, "countries"); }
static bool is_figure(struct span type) { return span_is(type, "staff") || span_is(type, "money"); }

static bool form_has(const struct form *sent, const char *name, struct span value) {
    for (size_t i = 0; i < sent->count; i++)
        if (span_is(sent->pairs[i].name, name) && span_equals(sent->pairs[i].value, value)) return true;
    return false;
}

// "1 200,50" as people type it, as a number; empty where it is none.
static struct span figure(struct arena *arena, struct span typed) {
    struct buf text;
    bool has_point = false;
    buf_init(&text, arena, 64);
    for (size_t i = 0; i < typed.len; i++) {
        uint8_t c = typed.at[i];
        bool is_blank = c == ' ' || c == '\'';
        bool is_nbsp = c == 0xc2 && i + 1 < typed.len && typed.at[i + 1] == 0xa0;
        if (is_nbsp) i++;
        if (is_blank || is_nbsp) continue;
        bool is_point = (c == '.' || c == ',') && !has_point && i > 0 && i + 1 < typed.len;
        has_point = has_point || is_point;
        if (!is_point && (c < '0' || c > '9')) return SPAN("");
        buf_add_byte(&text, is_point ? '.' : c);
    }
    struct span number = buf_span(&text);
    while (number.len > 1 && number.at[0] == '0' && number.at[1] != '.') number = span_part(number, 1, number.len);
    return text.is_failed ? SPAN("") : number;
}

static void list_write(struct json_out *out, const struct form *sent, const char *name, const char *as) {
    json_out_name(out, as);
    json_out_array(out);
    for (size_t i = 0; i < sent->count; i++)
        if (span_is(sent->pairs[i].name, name) && sent->pairs[i].value.len > 0) json_out_string(out, sent->pairs[i].value);
    json_out_array_end(out);
}

static struct err fact_write(struct api_request *request, struct json_out *out, const struct form_pair *pair, struct why *why) {
    const struct yaml *row = fact_find(request, pair->name);
    struct span type = cell(row, "type");
    if (row == NULL || is_list(type) || pair->value.len == 0) return err_none();
    struct span number = is_figure(type) ? figure(request->arena, span_trim(pair->value)) : SPAN("");
    if (is_figure(type) && number.len == 0) {
        struct span field = arena_printf(request->arena, "/%.*s", SPAN_FMT(pair->name));
        return why_set(why, ERR_INPUT, arena_text(request->arena, field), "fact.type", "", "A number is expected, like 49 or 1200.50.");
    }
    json_out_name_span(out, pair->name);
    if (is_figure(type)) json_out_raw(out, number);
    else if (span_is(type, "bool")) json_out_bool(out, span_is(pair->value, "yes"));
    else json_out_string(out, pair->value);
    return err_none();
}

// The facts as the scope question takes them; each name once, the last that was sent.
static struct err facts_make(struct api_request *request, const struct form *sent, struct json *ret, struct why *why) {
    struct buf text;
    struct json_out out;
    buf_init(&text, request->arena, LIMIT_FORM_BYTES * 4);
    json_out_init(&out, &text);
    json_out_object(&out);
    list_write(&out, sent, "types", "types");
    list_write(&out, sent, "established_in", "established_in");
    list_write(&out, sent, "established_in", "services_in");
    for (size_t i = 0; i < sent->count; i++) {
        bool is_last = true;
        for (size_t k = i + 1; k < sent->count; k++) is_last = is_last && !span_equals(sent->pairs[k].name, sent->pairs[i].name);
        if (is_last) TRY(fact_write(request, &out, &sent->pairs[i], why));
    }
    json_out_object_end(&out);
    if (text.is_failed || out.is_failed) return err_make(ERR_MEMORY);
    return json_parse(request->arena, buf_span(&text), ret, why);
}

// --- the first questions: what it is, and where ---

static void type_write(struct plain_page *page, const struct yaml *row) {
    struct arena *arena = page->request->arena;
    struct span part = cell(row, "subsector"), code = cell(row, "code");
    struct span label = plain_law_word(page, arena_printf(arena, "type.%.*s", SPAN_FMT(code)));
    struct span part_label = part.len == 0 ? part : plain_law_word(page, arena_printf(arena, "subsector.%.*s", SPAN_FMT(part)));
    plain_option(page, "checkbox", SPAN("types"), code, part_label.len == 0 ? label : arena_printf(arena, "%.*s: %.*s", SPAN_FMT(part_label), SPAN_FMT(label)), false);
}

// Each sector once, where its first type stands, with all its types.
static void types_write(struct plain_page *page) {
    const struct yaml *types = yaml_get(pack_file_root(law_pack(page->request->services->law, SPAN("eu/nis2")), "types.yaml"), "types");
    for (size_t i = 0; types != NULL && i < types->count; i++) {
        struct span sector = cell(&types->items[i], "sector");
        bool is_first = true;
        for (size_t k = 0; k < i; k++) is_first = is_first && !span_equals(cell(&types->items[k], "sector"), sector);
        if (!is_first) continue;
        html_open(&page->html, "details");
        html_element(&page->html, "summary", sector.len == 0 ? plain_word(page, "other_types") : plain_law_word(page, arena_printf(page->request->arena, "sector.%.*s", SPAN_FMT(sector))));
        for (size_t k = i; k < types->count; k++)
            if (span_equals(cell(&types->items[k], "sector"), sector)) type_write(page, &types->items[k]);
        html_close(&page->html, "details");
    }
}

static void states_write(struct plain_page *page) {
    const struct yaml *states = yaml_get(facts_file(page->request), "member_states");
    for (size_t i = 0; states != NULL && i < states->count; i++)
        plain_option(page, "checkbox", SPAN("established_in"), states->items[i].text, plain_country(page, states->items[i].text), false);
}

static struct err get_scope(struct api_request *request, struct api_response *response, struct why *why) {
    struct plain_page page;
    (void)why;
    request->problem_page = problem_page;
    plain_page_begin(&page, request, response, 200, "scope", "title", "/scope");
    plain_element(&page, "p", "lead");
    plain_form_begin(&page, "/scope", "application/x-www-form-urlencoded");
    plain_element(&page, "h2", "types");
    plain_element(&page, "p", "types_help");
    types_write(&page);
    html_open(&page.html, "fieldset");
    plain_element(&page, "legend", "states");
    states_write(&page);
    html_close(&page.html, "fieldset");
    plain_button(&page, "go_on");
    html_close(&page.html, "form");
    plain_page_end(&page);
    return err_none();
}

// --- one question after the other ---

static struct span choice_word(struct plain_page *page, struct span fact, struct span value) {
    struct span found = plain_law_word(page, arena_printf(page->request->arena, "fact_value.%.*s.%.*s", SPAN_FMT(fact), SPAN_FMT(value)));
    return found.at != NULL ? found : value;
}

static void input_write(struct plain_page *page, struct span name, struct span type) {
    html_open(&page->html, "input");
    html_attribute(&page->html, "type", SPAN("text"));
    html_attribute(&page->html, "name", name);
    html_attribute(&page->html, "aria-labelledby", SPAN("question"));
    html_attribute(&page->html, "autocomplete", SPAN("off"));
    if (is_figure(type)) html_attribute(&page->html, "inputmode", SPAN("decimal"));
}

static void country_write(struct plain_page *page, struct span name) {
    const struct yaml *states = yaml_get(facts_file(page->request), "member_states");
    html_open(&page->html, "select");
    html_attribute(&page->html, "name", name);
    html_attribute(&page->html, "aria-labelledby", SPAN("question"));
    html_open(&page->html, "option");
    html_attribute(&page->html, "value", SPAN(""));
    html_text(&page->html, plain_word(page, "not_known"));
    html_close(&page->html, "option");
    for (size_t i = 0; states != NULL && i <= states->count; i++) { // the last is any country outside the Union
        struct span code = i < states->count ? states->items[i].text : SPAN("ZZ");
        html_open(&page->html, "option");
        html_attribute(&page->html, "value", code);
        html_text(&page->html, i < states->count ? plain_country(page, code) : plain_word(page, "outside"));
        html_close(&page->html, "option");
    }
    html_close(&page->html, "select");
}

static void choices_write(struct plain_page *page, struct span name, const struct yaml *row, struct span type) {
    const struct yaml *values = yaml_get(row, "values");
    html_open(&page->html, "div");
    html_attribute(&page->html, "role", SPAN("radiogroup"));
    html_attribute(&page->html, "aria-labelledby", SPAN("question"));
    if (span_is(type, "bool")) {
        plain_option(page, "radio", name, SPAN("yes"), plain_word(page, "yes"), false);
        plain_option(page, "radio", name, SPAN("no"), plain_word(page, "no"), false);
    }
    for (size_t i = 0; span_is(type, "enum") && values != NULL && i < values->count; i++)
        plain_option(page, "radio", name, values->items[i].text, choice_word(page, name, values->items[i].text), false);
    plain_option(page, "radio", name, SPAN(""), plain_word(page, "not_known"), true);
    html_close(&page->html, "div");
}

// What can be asked on a page: figures over several years and groups of enterprises are for the API and for registered entities.
static bool is_askable(struct span type) {
    return span_is(type, "bool") || span_is(type, "enum") || is_figure(type) || span_is(type, "country");
}

static void sent_again(struct plain_page *page, const struct form *sent, struct span but) {
    for (size_t i = 0; i < sent->count; i++)
        if (fact_find(page->request, sent->pairs[i].name) != NULL && !span_equals(sent->pairs[i].name, but)) plain_hidden(page, sent->pairs[i].name, sent->pairs[i].value);
}

static struct span strings_joined(struct api_request *request, const struct json *list, const char *name) {
    struct buf text;
    buf_init(&text, request->arena, LIMIT_FORM_BYTES);
    for (size_t i = 0; list != NULL && i < list->count; i++) {
        struct span part = json_get_string(&list->items[i], name);
        if (i > 0) buf_add_text(&text, ", ");
        buf_add(&text, part);
    }
    return buf_span(&text);
}

static void question_page(struct plain_page *page, const struct form *sent, const struct json *answer, const struct json *missing) {
    struct span name = json_get_string(missing, "fact");
    const struct yaml *row = fact_find(page->request, name);
    struct span type = cell(row, "type");
    plain_form_begin(page, "/scope", "application/x-www-form-urlencoded");
    sent_again(page, sent, name);
    html_open(&page->html, "h2");
    html_attribute(&page->html, "id", SPAN("question"));
    html_text(&page->html, json_get_string(missing, "question"));
    html_close(&page->html, "h2");
    html_element(&page->html, "p", json_get_string(missing, "article"));
    if (span_is(type, "bool") || span_is(type, "enum")) choices_write(page, name, row, type);
    else if (span_is(type, "country")) country_write(page, name);
    else input_write(page, name, type);
    plain_button(page, "go_on");
    html_close(&page->html, "form");
    html_element(&page->html, "p", arena_printf(page->request->arena, "%.*s: %.*s", SPAN_FMT(plain_word(page, "so_far")), SPAN_FMT(json_get_string(answer, "outcome_words"))));
}

// --- the answer ---

static void line(struct plain_page *page, struct span words, struct span detail, struct span article, bool is_certain) {
    html_open(&page->html, "li");
    html_text(&page->html, words);
    if (detail.len > 0) html_text(&page->html, arena_printf(page->request->arena, ": %.*s", SPAN_FMT(detail)));
    if (article.len > 0) html_text(&page->html, arena_printf(page->request->arena, " (%.*s%s)", SPAN_FMT(article), is_certain ? "" : ", ?"));
    html_close(&page->html, "li");
}

static const struct json *section(struct plain_page *page, const struct json *answer, const char *member, const char *title) {
    const struct json *list = json_get(answer, member);
    if (list == NULL || list->type != JSON_ARRAY || list->count == 0) return NULL;
    plain_element(page, "h3", title);
    html_open(&page->html, "ul");
    return list;
}

static void reasons(struct plain_page *page, const struct json *answer) {
    const struct json *list = section(page, answer, "rules", "reasons");
    for (size_t i = 0; list != NULL && i < list->count; i++)
        line(page, json_get_string(&list->items[i], "words"), json_get_string(&list->items[i], "detail"), json_get_string(&list->items[i], "article"), json_get_bool(&list->items[i], "certain", false));
    if (list != NULL) html_close(&page->html, "ul");
}

static void changes(struct plain_page *page, const struct json *answer) {
    const struct json *list = section(page, answer, "would_change", "changes");
    for (size_t i = 0; list != NULL && i < list->count; i++) {
        const struct json *one = &list->items[i];
        struct span fact = json_get_string(one, "fact"), delta = json_get_string(one, "delta"), value = json_get_string(one, "value");
        struct span class = plain_law_word(page, arena_printf(page->request->arena, "class.%.*s", SPAN_FMT(json_get_string(one, "class"))));
        struct span words = delta.len == 0 ? json_get_string(one, "words") : arena_printf(page->request->arena, "%.*s: %.*s (%.*s)", SPAN_FMT(json_get_string(one, "words")), SPAN_FMT(value), SPAN_FMT(delta));
        line(page, words, class, cell(fact_find(page->request, fact), "article"), true);
    }
    if (list != NULL) html_close(&page->html, "ul");
}

static void assumed(struct plain_page *page, const struct json *answer, const char *member, const char *title) {
    const struct json *list = section(page, answer, member, title);
    for (size_t i = 0; list != NULL && i < list->count; i++) {
        struct span fact = json_get_string(&list->items[i], "fact"), value = json_get_string(&list->items[i], "value");
        bool is_bool = span_is(cell(fact_find(page->request, fact), "type"), "bool");
        struct span label = json_get_string(&list->items[i], "label"), question = json_get_string(&list->items[i], "question");
        struct span words = is_bool && (span_is(value, "yes") || span_is(value, "no")) ? plain_word(page, span_is(value, "yes") ? "yes" : "no") : value.len > 0 ? choice_word(page, fact, value) : value;
        line(page, label.len > 0 ? label : question, words, json_get_string(&list->items[i], "article"), true);
    }
    if (list != NULL) html_close(&page->html, "ul");
}

static void regimes(struct plain_page *page, const struct json *answer) {
    const struct json *list = section(page, answer, "other_acts", "other_acts");
    for (size_t i = 0; list != NULL && i < list->count; i++)
        line(page, json_get_string(&list->items[i], "words"), json_get_string(&list->items[i], "contact"), json_get_string(&list->items[i], "article"), true);
    if (list != NULL) html_close(&page->html, "ul");
}

static void contacts(struct plain_page *page, const struct json *answer) {
    const struct json *list = section(page, answer, "contacts", "ask");
    for (size_t i = 0; list != NULL && i < list->count; i++) {
        struct span name = json_get_string(&list->items[i], "name");
        line(page, json_get_string(&list->items[i], "label"), name.len > 0 ? name : plain_word(page, "unknown"), json_get_string(&list->items[i], "source"), true);
    }
    if (list != NULL) html_close(&page->html, "ul");
    plain_link(page, SPAN("/directory"), "directory");
}

static void given(struct plain_page *page, const struct form *sent) {
    struct arena *arena = page->request->arena;
    plain_element(page, "h3", "given");
    html_open(&page->html, "ul");
    for (size_t i = 0; i < sent->count; i++) {
        struct span name = sent->pairs[i].name, value = sent->pairs[i].value, type = cell(fact_find(page->request, name), "type");
        if (type.len == 0 || value.len == 0) continue;
        struct span words = span_is(type, "types") ? plain_law_word(page, arena_printf(arena, "type.%.*s", SPAN_FMT(value)))
                            : span_is(type, "countries") || span_is(type, "country") ? plain_country(page, value)
                            : span_is(type, "bool") ? plain_word(page, span_is(value, "yes") ? "yes" : "no")
                                                    : choice_word(page, name, value);
        line(page, plain_law_word(page, arena_printf(arena, "fact.%.*s", SPAN_FMT(name))), words.at != NULL ? words : value, SPAN(""), true);
    }
    html_close(&page->html, "ul");
}

static void answer_page(struct plain_page *page, const struct form *sent, const struct json *answer) {
    struct arena *arena = page->request->arena;
    struct span class = json_get_string(answer, "class_words"), outcome = json_get_string(answer, "outcome_words");
    bool is_in = span_is(json_get_string(answer, "outcome"), "in");
    html_element(&page->html, "p", json_get_string(answer, "heading"));
    html_element(&page->html, "h2", is_in ? arena_printf(arena, "%.*s: %.*s", SPAN_FMT(outcome), SPAN_FMT(class)) : outcome);
    reasons(page, answer);
    changes(page, answer);
    assumed(page, answer, "missing", "missing");
    regimes(page, answer);
    contacts(page, answer);
    given(page, sent);
    assumed(page, answer, "assumed", "assumed");
    const struct json *law = json_get(answer, "law");
    html_element(&page->html, "p", arena_printf(arena, "%.*s: %.*s %.*s, %.*s", SPAN_FMT(plain_word(page, "law")), SPAN_FMT(json_get_string(law, "transposing_act")),
                                                SPAN_FMT(strings_joined(page->request, json_get(law, "packs"), "pack")), SPAN_FMT(json_get_string(answer, "at"))));
    html_open(&page->html, "p");
    html_attribute(&page->html, "class", SPAN("screen"));
    html_text(&page->html, plain_word(page, "print"));
    html_close(&page->html, "p");
    plain_link(page, SPAN("/scope"), "again");
}

static struct err read_form(struct api_request *request, struct form *ret, struct why *why) {
    struct span type = api_header(request, "content-type");
    if (!span_is(span_trim(span_part(type, 0, span_find(type, ';', 0))), "application/x-www-form-urlencoded"))
        return why_set(why, ERR_UNSUPPORTED, "", "http.media_type", "RFC 9110 15.5.16", "a form is expected, as a browser sends it");
    return urlencoded_parse(request->arena, request->body, ret, why);
}

// The next question: the first that is missing, can be asked here, and was not left open.
static const struct json *next_question(struct api_request *request, const struct form *sent, const struct json *answer) {
    const struct json *missing = json_get(answer, "missing");
    for (size_t i = 0; missing != NULL && i < missing->count; i++) {
        struct span name = json_get_string(&missing->items[i], "fact");
        const char *text = arena_text(request->arena, name);
        if (text != NULL && !form_has(sent, text, SPAN("")) && is_askable(cell(fact_find(request, name), "type"))) return &missing->items[i];
    }
    return NULL;
}

static struct err post_scope(struct api_request *request, struct api_response *response, struct why *why) {
    struct form *sent = ARENA_NEW(request->arena, struct form);
    struct scope_answer made;
    struct json facts, answer;
    struct buf text;
    struct json_out out;
    struct plain_page page;
    request->problem_page = problem_page;
    if (sent == NULL) return err_make(ERR_MEMORY);
    TRY(read_form(request, sent, why));
    TRY(facts_make(request, sent, &facts, why));
    TRY(scope_answer_make(request->services->law, &facts, request->services->state, zone_date(request->services->zone, request->received_ms), request->arena, &made, why));
    plain_page_begin(&page, request, response, 200, "scope", "title", NULL);
    buf_init(&text, request->arena, LIMIT_JSON_BYTES);
    json_out_init(&out, &text);
    scope_write_json(&out, &made, page.lang);
    TRY(json_parse(request->arena, buf_span(&text), &answer, why));
    const struct json *question = next_question(request, sent, &answer);
    if (question != NULL) question_page(&page, sent, &answer, question);
    else answer_page(&page, sent, &answer);
    plain_page_end(&page);
    return err_none();
}

const struct route routes_scope_page[] = {
    {"GET", "/scope", get_scope, AUTH_NONE, 0, RATE_PAGE, "web", "Page: am I in scope?, without JavaScript", NULL, "Html", 200, NULL, false},
    {"POST", "/scope", post_scope, AUTH_NONE, 0, RATE_OPEN, "web", "Page: the next question, or the answer; nothing is stored", "UrlEncoded", "Html", 200, NULL, false},
    {0},
};
