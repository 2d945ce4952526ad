// SPDX-License-Identifier: EUPL-1.2
/* The node's front door and its accessibility statement, plain HTML without JavaScript and cookies: what this is and where to go. The words are the packs'. */
#include "api/html.h"
#include "api/resources.h"
#include "law/pack.h"
#include "law/procedure.h"
#include "law/translate.h"

static struct span word(const struct api_request *request, const char *key) {
    struct span whole = arena_printf(request->arena, "page.home.%s", key);
    struct span found = law_word(request->services->law, request->services->state, whole, request->lang); // English where the language lacks it
    return found.at != NULL ? found : span_of(key);
}

// A page in a language that the packs lack is marked as English.
static struct span page_language(const struct api_request *request) {
    struct span exact = law_word_exact(request->services->law, request->services->state, SPAN("page.home.lead"), request->lang);
    return exact.at != NULL ? request->lang : SPAN("en");
}

// What else can be reported without account.
static void reports(struct html *html, const struct api_request *request) {
    enum { REPORTS_MAX = 8 };
    const struct services *services = request->services;
    struct procedure_report found[REPORTS_MAX];
    size_t count = procedure_reports(services->law, services->state, zone_date(services->zone, request->received_ms), found, REPORTS_MAX);
    for (size_t i = 0; i < count; i++) {
        html_open(html, "li");
        html_link(html, arena_printf(request->arena, "/report/%.*s", SPAN_FMT(found[i].procedure)), law_say_row(services->law, services->state, found[i].label, request->lang));
        html_close(html, "li");
    }
}

static struct err get_home(struct api_request *request, struct api_response *response, struct why *why) {
    static const struct { const char *address, *key; } WAYS[] = {
        {"/emergency", "emergency"}, {"/app/", "app"}, {"/scope", "scope"}, {"/directory", "directory"}, {"/public", "public"}, {"/receipt", "receipt"},
        {"/app/statistics", "statistics"}, {"/app/law", "law"}, {"/api/v1/privacy?format=html", "privacy"}, {"/accessibility", "accessibility"},
        {"/api/v1/openapi.json", "api"}, {"/log/checkpoint", "log"},
    };
    struct html html;
    (void)why;
    html_page(&html, response, 200, page_language(request), request->services->node_name, request->arena);
    html_element(&html, "p", word(request, "lead"));
    html_open(&html, "ul");
    for (size_t i = 0; i < sizeof WAYS / sizeof WAYS[0]; i++) {
        html_open(&html, "li");
        html_link(&html, span_of(WAYS[i].address), word(request, WAYS[i].key));
        html_close(&html, "li");
    }
    reports(&html, request);
    html_close(&html, "ul");
    html_element(&html, "p", word(request, "limits"));
    html_page_end(&html);
    return err_none();
}

// --- accessibility ---

static struct span part(const struct api_request *request, const char *name, const char *of) {
    struct span whole = arena_printf(request->arena, "page.accessibility.%s%s", name, of);
    struct span found = law_word(request->services->law, request->services->state, whole, request->lang);
    return found.at != NULL ? found : span_of(name);
}

// The statement: what is met, what is not, what is not known, whom to tell.
static struct err get_accessibility(struct api_request *request, struct api_response *response, struct why *why) {
    static const char *const PARTS[] = {"applies", "standard", "met", "unmet", "unknown", "tested", "feedback", NULL};
    const struct services *services = request->services;
    struct html html;
    (void)why;
    html_page(&html, response, 200, page_language(request), part(request, "title", ""), request->arena);
    html_element(&html, "p", services->node_name);
    for (size_t i = 0; PARTS[i] != NULL; i++) {
        html_element(&html, "h2", part(request, PARTS[i], ".title"));
        html_element(&html, "p", part(request, PARTS[i], ".text"));
    }
    html_element(&html, "p", arena_printf(request->arena, "%.*s: %.*s", SPAN_FMT(services->answer_by), SPAN_FMT(services->answer_how)));
    if (services->emergency_telephone.len > 0) html_element(&html, "p", services->emergency_telephone);
    if (services->emergency_post.len > 0) html_element(&html, "p", services->emergency_post);
    html_element(&html, "p", part(request, "enforcement", ""));
    html_open(&html, "p");
    html_link(&html, SPAN("/"), services->node_name);
    html_close(&html, "p");
    html_page_end(&html);
    return err_none();
}

const struct route routes_home_page[] = {
    {"GET", "/accessibility", get_accessibility, AUTH_NONE, 0, RATE_PAGE, "web", "Page: accessibility statement, with the channel for feedback", NULL, "Html", 200, NULL, false},
    {"GET", "/", get_home, AUTH_NONE, 0, RATE_PAGE, "web", "Page: what this node is, and where to go", NULL, "Html", 200, NULL, false},
    {0},
};
