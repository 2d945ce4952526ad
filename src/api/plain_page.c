// SPDX-License-Identifier: EUPL-1.2
#include "api/plain_page.h"

#include "law/pack.h"

struct span plain_law_word(const struct plain_page *page, struct span key) {
    const struct services *services = page->request->services;
    return key.at == NULL ? key : law_word(services->law, services->state, key, page->lang);
}

struct span plain_word(const struct plain_page *page, const char *key) {
    struct span found = plain_law_word(page, arena_printf(page->request->arena, "page.%s.%s", page->topic, key));
    return found.at != NULL ? found : span_of(key);
}

struct span plain_country(const struct plain_page *page, struct span code) {
    struct span found = plain_law_word(page, arena_printf(page->request->arena, "country.%.*s", SPAN_FMT(code)));
    return found.at != NULL ? found : code;
}

static struct span page_language(const struct api_request *request, const char *topic) {
    struct span key = arena_printf(request->arena, "page.%s.title", topic);
    struct span exact = key.at == NULL ? key : law_word_exact(request->services->law, request->services->state, key, request->lang);
    return exact.at != NULL ? request->lang : SPAN("en");
}

static void languages(struct plain_page *page, const char *address) {
    static const struct { const char *code, *name; } LANGUAGES[] = {{"en", "English"}, {"fr", "Français"}, {"de", "Deutsch"}};
    html_open(&page->html, "p");
    html_attribute(&page->html, "class", SPAN("screen"));
    for (size_t i = 0; i < sizeof LANGUAGES / sizeof LANGUAGES[0]; i++) {
        if (i > 0) html_text(&page->html, SPAN(" · "));
        html_open(&page->html, "a");
        html_attribute(&page->html, "href", arena_printf(page->request->arena, "%s?language=%s", address, LANGUAGES[i].code));
        html_attribute(&page->html, "lang", span_of(LANGUAGES[i].code));
        html_text(&page->html, span_of(LANGUAGES[i].name));
        html_close(&page->html, "a");
    }
    html_close(&page->html, "p");
}

void plain_page_begin(struct plain_page *page, struct api_request *request, struct api_response *response, unsigned status, const char *topic,
                      const char *title, const char *address) {
    *page = (struct plain_page){.request = request, .topic = topic, .lang = page_language(request, topic)};
    html_page(&page->html, response, status, page->lang, plain_word(page, title), request->arena);
    html_element(&page->html, "p", request->services->node_name);
    if (address != NULL) languages(page, address);
}

void plain_page_end(struct plain_page *page) {
    html_open(&page->html, "p");
    html_attribute(&page->html, "class", SPAN("screen"));
    html_link(&page->html, SPAN("/"), page->request->services->node_name);
    html_close(&page->html, "p");
    html_page_end(&page->html);
}

void plain_element(struct plain_page *page, const char *tag, const char *key) { html_element(&page->html, tag, plain_word(page, key)); }

void plain_link(struct plain_page *page, struct span address, const char *key) {
    html_open(&page->html, "p");
    html_attribute(&page->html, "class", SPAN("screen"));
    html_link(&page->html, address, plain_word(page, key));
    html_close(&page->html, "p");
}

void plain_form_begin(struct plain_page *page, const char *address, const char *encoding) {
    struct span language = api_query(page->request, "language");
    html_open(&page->html, "form");
    html_attribute(&page->html, "method", SPAN("post"));
    html_attribute(&page->html, "action", language.len == 2 ? arena_printf(page->request->arena, "%s?language=%.*s", address, SPAN_FMT(language)) : span_of(address));
    html_attribute(&page->html, "accept-charset", SPAN("utf-8"));
    html_attribute(&page->html, "enctype", span_of(encoding));
}

void plain_hidden(struct plain_page *page, struct span name, struct span value) {
    html_open(&page->html, "input");
    html_attribute(&page->html, "type", SPAN("hidden"));
    html_attribute(&page->html, "name", name);
    html_attribute(&page->html, "value", value);
}

void plain_option(struct plain_page *page, const char *type, struct span name, struct span value, struct span label, bool is_chosen) {
    struct span id = arena_printf(page->request->arena, "%.*s-%.*s", SPAN_FMT(name), SPAN_FMT(value));
    html_open(&page->html, "div");
    html_attribute(&page->html, "class", SPAN("choice"));
    html_open(&page->html, "input");
    html_attribute(&page->html, "type", span_of(type));
    html_attribute(&page->html, "id", id);
    html_attribute(&page->html, "name", name);
    html_attribute(&page->html, "value", value);
    if (is_chosen) html_flag(&page->html, "checked");
    html_text(&page->html, SPAN(" "));
    html_open(&page->html, "label");
    html_attribute(&page->html, "for", id);
    html_text(&page->html, label);
    html_close(&page->html, "label");
    html_close(&page->html, "div");
}

void plain_button(struct plain_page *page, const char *key) {
    html_open(&page->html, "p");
    html_open(&page->html, "button");
    html_attribute(&page->html, "type", SPAN("submit"));
    html_text(&page->html, plain_word(page, key));
    html_close(&page->html, "button");
    html_close(&page->html, "p");
}
