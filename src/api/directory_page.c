// SPDX-License-Identifier: EUPL-1.2
/* Whom to ask in each state, from the packs: authorities, CSIRTs, contact points and portals, with how we know. Unknown says unknown. */
#include "api/plain_page.h"
#include "api/resources.h"
#include "law/pack.h"
#include "law/translate.h"

static void problem_page(struct api_request *request, struct api_response *response, unsigned status, struct span words) {
    struct plain_page page;
    plain_page_begin(&page, request, response, status, "directory", "title", NULL);
    html_element(&page.html, "p", words);
    plain_page_end(&page);
}

static struct span said(const struct plain_page *page, struct span state, struct span english) {
    return law_say_row(page->request->services->law, state, english, page->request->lang);
}

static void body_row(struct plain_page *page, struct span state, const struct yaml *directory, const char *role) {
    struct arena *arena = page->request->arena;
    const struct yaml *row = yaml_get(directory, role);
    struct span name = yaml_get_text(row, "name"), certainty = yaml_get_text(row, "certainty");
    struct span source = said(page, state, yaml_get_text(row, "source")), day = yaml_get_text(row, "checked_on");
    bool is_known = name.len > 0 && !span_is(name, "unknown");
    const char *how = !is_known ? "unknown" : span_is(certainty, "confirmed") ? "confirmed" : "not_verified";
    html_open(&page->html, "tr");
    html_open(&page->html, "th");
    html_attribute(&page->html, "scope", SPAN("row"));
    html_text(&page->html, plain_law_word(page, arena_printf(arena, "contact.%s", role)));
    html_close(&page->html, "th");
    html_element(&page->html, "td", is_known ? said(page, state, name) : plain_word(page, "unknown"));
    html_element(&page->html, "td", source.len == 0 ? plain_word(page, how) : arena_printf(arena, "%.*s: %.*s, %.*s", SPAN_FMT(plain_word(page, how)), SPAN_FMT(source), SPAN_FMT(day)));
    html_close(&page->html, "tr");
}

static void heads(struct plain_page *page) {
    static const char *const HEADS[] = {"role", "body", "source"};
    html_open(&page->html, "tr");
    for (size_t i = 0; i < sizeof HEADS / sizeof HEADS[0]; i++) {
        html_open(&page->html, "th");
        html_attribute(&page->html, "scope", SPAN("col"));
        html_text(&page->html, plain_word(page, HEADS[i]));
        html_close(&page->html, "th");
    }
    html_close(&page->html, "tr");
}

static void state_write(struct plain_page *page, const struct pack *pack, struct span state) {
    static const char *const ROLES[] = {"ca", "csirt", "spoc", "portal"};
    const struct yaml *directory = pack_file_root(pack, "directory.yaml");
    struct span law = said(page, state, yaml_get_text(pack->manifest, "law"));
    html_open(&page->html, "h2");
    html_attribute(&page->html, "id", state);
    html_text(&page->html, plain_country(page, state));
    html_close(&page->html, "h2");
    html_element(&page->html, "p", law.len > 0 ? law : plain_word(page, "no_law"));
    html_open(&page->html, "table");
    heads(page);
    for (size_t i = 0; i < sizeof ROLES / sizeof ROLES[0]; i++) body_row(page, state, directory, ROLES[i]);
    html_close(&page->html, "table");
}

static struct err get_directory(struct api_request *request, struct api_response *response, struct why *why) {
    const struct law *law = request->services->law;
    const struct yaml *states = yaml_get(pack_file_root(law_pack(law, SPAN("eu/nis2")), "facts.yaml"), "member_states");
    struct plain_page page;
    (void)why;
    request->problem_page = problem_page;
    plain_page_begin(&page, request, response, 200, "directory", "title", "/directory");
    plain_element(&page, "p", "lead");
    html_open(&page.html, "ul");
    html_attribute(&page.html, "class", SPAN("screen"));
    for (size_t i = 0; states != NULL && i < states->count; i++) {
        struct span state = states->items[i].text;
        html_open(&page.html, "li");
        html_link(&page.html, arena_printf(request->arena, "#%.*s", SPAN_FMT(state)), plain_country(&page, state));
        html_close(&page.html, "li");
    }
    html_close(&page.html, "ul");
    for (size_t i = 0; states != NULL && i < states->count; i++) {
        const struct pack *pack = law_pack_of_state(law, states->items[i].text);
        if (pack != NULL) state_write(&page, pack, states->items[i].text);
    }
    plain_page_end(&page);
    return err_none();
}

const struct route routes_directory_page[] = {
    {"GET", "/directory", get_directory, AUTH_NONE, 0, RATE_PAGE, "web", "Page: authorities, CSIRTs and contact points of all states, with how we know", NULL, "Html", 200, NULL, false},
    {0},
};
