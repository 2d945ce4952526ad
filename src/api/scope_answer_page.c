// SPDX-License-Identifier: EUPL-1.2
/* The answer of the plain scope page. What was assumed, said or left open has a button that asks it: so each can be said otherwise. */
#include "api/scope_page.h"

static void line_begin(struct plain_page *page, struct span words, struct span detail, struct span article, bool is_certain) {
    html_open(&page->html, "li");
    html_text(&page->html, words);
    if (detail.len > 0) html_text(&page->html, arena_printf(page->request->arena, ": %.*s", SPAN_FMT(detail)));
    if (article.len > 0) html_text(&page->html, arena_printf(page->request->arena, " (%.*s%s)", SPAN_FMT(article), is_certain ? "" : ", ?"));
}

static void line(struct plain_page *page, struct span words, struct span detail, struct span article, bool is_certain) {
    line_begin(page, words, detail, article, is_certain);
    html_close(&page->html, "li");
}

// A line with a button that asks the fact.
static void line_asking(struct plain_page *page, struct span fact, struct span words, struct span detail, struct span article, const char *button) {
    line_begin(page, words, detail, article, true);
    html_text(&page->html, SPAN(" "));
    html_open(&page->html, "button");
    html_attribute(&page->html, "type", SPAN("submit"));
    html_attribute(&page->html, "class", SPAN("screen small"));
    html_attribute(&page->html, "name", SPAN("ask"));
    html_attribute(&page->html, "value", fact);
    html_attribute(&page->html, "aria-label", arena_printf(page->request->arena, "%.*s: %.*s", SPAN_FMT(plain_word(page, button)), SPAN_FMT(words)));
    html_text(&page->html, plain_word(page, button));
    html_close(&page->html, "button");
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
        line(page, words, class, scope_cell(scope_fact_row(page->request, fact), "article"), true);
    }
    if (list != NULL) html_close(&page->html, "ul");
}

// What people call a value of the fact.
static struct span value_words(const struct plain_page *page, struct span fact, struct span value) {
    if (scope_has_rows(scope_fact_row(page->request, fact))) return scope_rows_words(page->request->arena, value);
    struct span type = scope_cell(scope_fact_row(page->request, fact), "type");
    struct span words = span_is(type, "types") ? plain_law_word(page, arena_printf(page->request->arena, "type.%.*s", SPAN_FMT(value)))
                        : (span_is(type, "countries") || span_is(type, "country")) && span_is(value, "ZZ") ? plain_word(page, "outside")
                        : span_is(type, "countries") || span_is(type, "country") ? plain_country(page, value)
                        : span_is(type, "bool") && (span_is(value, "yes") || span_is(value, "no")) ? plain_word(page, span_is(value, "yes") ? "yes" : "no")
                                                                                                   : scope_choice_word(page, fact, value);
    return words.at != NULL ? words : value;
}

static struct span fact_label(const struct plain_page *page, struct span fact) {
    struct span label = plain_law_word(page, arena_printf(page->request->arena, "fact.%.*s", SPAN_FMT(fact)));
    return label.at != NULL ? label : fact;
}

static void missing(struct plain_page *page, const struct form *sent, const struct json *answer) {
    const struct json *list = section(page, answer, "missing", "missing");
    for (size_t i = 0; list != NULL && i < list->count; i++) {
        struct span fact = json_get_string(&list->items[i], "fact"), question = json_get_string(&list->items[i], "question"), article = json_get_string(&list->items[i], "article");
        if (scope_is_askable(page->request, sent, fact)) line_asking(page, fact, question, SPAN(""), article, "say");
        else line(page, question, SPAN(""), article, true);
    }
    if (list != NULL) html_close(&page->html, "ul");
}

// What this page assumes besides: services where it is established; where figures count, that there is no group and one year decides.
static size_t own_assumptions(const struct form *sent, struct span ret_facts[3]) {
    bool has_figures = scope_is_given(sent, SPAN("staff")) || scope_is_given(sent, SPAN("turnover")) || scope_is_given(sent, SPAN("balance"));
    size_t count = 0;
    if (scope_is_given(sent, SPAN("established_in")) && !scope_is_given(sent, SPAN("services_in"))) ret_facts[count++] = SPAN("services_in");
    if (has_figures && !scope_is_given(sent, SPAN("relations"))) ret_facts[count++] = SPAN("relations");
    if (has_figures && !scope_is_given(sent, SPAN("earlier"))) ret_facts[count++] = SPAN("earlier");
    return count;
}

static void assumed(struct plain_page *page, const struct form *sent, const struct json *answer) {
    const struct json *list = json_get(answer, "assumed");
    struct span own[3];
    size_t own_count = own_assumptions(sent, own);
    if ((list == NULL || list->count == 0) && own_count == 0) return;
    plain_element(page, "h3", "assumed");
    plain_element(page, "p", "assumed_help");
    html_open(&page->html, "ul");
    for (size_t i = 0; list != NULL && i < list->count; i++) {
        struct span fact = json_get_string(&list->items[i], "fact");
        line_asking(page, fact, json_get_string(&list->items[i], "label"), value_words(page, fact, json_get_string(&list->items[i], "value")), json_get_string(&list->items[i], "article"), "otherwise");
    }
    for (size_t i = 0; i < own_count; i++)
        line_asking(page, own[i], fact_label(page, own[i]), plain_word(page, span_is(own[i], "services_in") ? "same_place" : "not_counted"),
                    scope_cell(scope_fact_row(page->request, own[i]), "article"), "otherwise");
    html_close(&page->html, "ul");
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

// The fact's values as they were sent, in one line.
static struct span values_joined(const struct plain_page *page, const struct form *sent, struct span fact) {
    struct buf text;
    buf_init(&text, page->request->arena, LIMIT_FORM_BYTES);
    for (size_t i = 0; i < sent->count; i++) {
        if (!span_equals(sent->pairs[i].name, fact) || sent->pairs[i].value.len == 0) continue;
        if (buf_span(&text).len > 0) buf_add_text(&text, ", ");
        buf_add(&text, value_words(page, fact, sent->pairs[i].value));
    }
    return buf_span(&text);
}

static void given(struct plain_page *page, const struct form *sent) {
    const struct yaml *facts = scope_facts(page->request);
    plain_element(page, "h3", "given");
    html_open(&page->html, "ul");
    for (size_t i = 0; facts != NULL && i < facts->count; i++) {
        struct span name = scope_cell(&facts->items[i], "name");
        bool is_always = span_is(name, "types") || span_is(name, "established_in");
        if (!is_always && !scope_is_given(sent, name)) continue;
        struct span values = values_joined(page, sent, name);
        line_asking(page, name, fact_label(page, name), values.len > 0 ? values : plain_word(page, "nothing"), SPAN(""), "change");
    }
    html_close(&page->html, "ul");
}

// Whatever else can be said, from a list; in a form of its own, for its choice goes with its own button only.
static void sayable(struct plain_page *page, const struct form *sent) {
    const struct yaml *facts = scope_facts(page->request);
    plain_form_begin(page, "/scope", "application/x-www-form-urlencoded");
    scope_sent_again(page, sent, SPAN(""));
    html_open(&page->html, "p");
    html_attribute(&page->html, "class", SPAN("screen"));
    html_open(&page->html, "label");
    html_attribute(&page->html, "for", SPAN("more"));
    html_text(&page->html, plain_word(page, "more"));
    html_close(&page->html, "label");
    html_open(&page->html, "select");
    html_attribute(&page->html, "id", SPAN("more"));
    html_attribute(&page->html, "name", SPAN("ask"));
    for (size_t i = 0; facts != NULL && i < facts->count; i++) {
        struct span name = scope_cell(&facts->items[i], "name");
        if (scope_is_given(sent, name) || !scope_is_askable(page->request, sent, name)) continue;
        html_open(&page->html, "option");
        html_attribute(&page->html, "value", name);
        html_text(&page->html, fact_label(page, name));
        html_close(&page->html, "option");
    }
    html_close(&page->html, "select");
    html_text(&page->html, SPAN(" "));
    html_open(&page->html, "button");
    html_attribute(&page->html, "type", SPAN("submit"));
    html_attribute(&page->html, "class", SPAN("small"));
    html_text(&page->html, plain_word(page, "say"));
    html_close(&page->html, "button");
    html_close(&page->html, "p");
    html_close(&page->html, "form");
}

static struct span packs_joined(struct api_request *request, const struct json *list) {
    struct buf text;
    buf_init(&text, request->arena, LIMIT_FORM_BYTES);
    for (size_t i = 0; list != NULL && i < list->count; i++) {
        if (i > 0) buf_add_text(&text, ", ");
        buf_add(&text, json_get_string(&list->items[i], "pack"));
    }
    return buf_span(&text);
}

void scope_answer_write(struct plain_page *page, const struct form *sent, const struct json *answer) {
    struct arena *arena = page->request->arena;
    struct span class = json_get_string(answer, "class_words"), outcome = json_get_string(answer, "outcome_words");
    bool is_in = span_is(json_get_string(answer, "outcome"), "in");
    const struct json *law = json_get(answer, "law");
    html_element(&page->html, "p", json_get_string(answer, "heading"));
    html_element(&page->html, "h2", is_in ? arena_printf(arena, "%.*s: %.*s", SPAN_FMT(outcome), SPAN_FMT(class)) : outcome);
    reasons(page, answer);
    changes(page, answer);
    plain_form_begin(page, "/scope", "application/x-www-form-urlencoded");
    scope_sent_again(page, sent, SPAN(""));
    missing(page, sent, answer);
    assumed(page, sent, answer);
    given(page, sent);
    html_close(&page->html, "form");
    sayable(page, sent);
    regimes(page, answer);
    contacts(page, answer);
    html_element(&page->html, "p", arena_printf(arena, "%.*s: %.*s %.*s, %.*s", SPAN_FMT(plain_word(page, "law")), SPAN_FMT(json_get_string(law, "transposing_act")),
                                                SPAN_FMT(packs_joined(page->request, json_get(law, "packs"))), SPAN_FMT(json_get_string(answer, "at"))));
    html_open(&page->html, "p");
    html_attribute(&page->html, "class", SPAN("screen"));
    html_text(&page->html, plain_word(page, "print"));
    html_close(&page->html, "p");
    plain_link(page, SPAN("/scope"), "again");
}
