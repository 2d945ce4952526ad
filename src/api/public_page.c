// SPDX-License-Identifier: EUPL-1.2
/* Published documents as pages for people, without JavaScript and cookies. The words are the packs' (page.public....). */
#include "api/html.h"
#include "api/public.h"
#include "api/resources.h"
#include "law/pack.h"

struct page {
    struct api_request *request;
    struct html html;
};

static struct span word(const struct api_request *request, const char *key) {
    struct span whole = arena_printf(request->arena, "page.public.%s", key);
    struct span found = law_word(request->services->law, request->services->state, whole, request->lang); // English where the language lacks it
    return found.at != NULL ? found : span_of(key);
}

// A page in a language that the packs lack is marked as English.
static struct span page_language(const struct api_request *request) {
    struct span english = law_word(request->services->law, request->services->state, SPAN("page.public.title"), SPAN("en"));
    return span_equals(word(request, "title"), english) ? SPAN("en") : request->lang;
}

static void page_begin(struct page *page, struct api_request *request, struct api_response *response, unsigned status, struct span title) {
    *page = (struct page){.request = request};
    html_page(&page->html, response, status, page_language(request), title, request->arena);
    html_element(&page->html, "p", request->services->node_name);
}

static void link_line(struct page *page, struct span address, struct span text) {
    html_open(&page->html, "p");
    html_link(&page->html, address, text);
    html_close(&page->html, "p");
}

static void problem_page(struct api_request *request, struct api_response *response, unsigned status, struct span words) {
    struct page page;
    page_begin(&page, request, response, status, word(request, status == 410 ? "gone" : "failed"));
    html_element(&page.html, "p", words);
    link_line(&page, SPAN("/public"), word(request, "all"));
    html_page_end(&page.html);
}

// --- values ---

static void value_write(struct page *page, const struct json *field, const struct json *value);

static struct span choice_label(const struct json *field, struct span value) {
    const struct json *choices = json_get(field, "choices");
    for (size_t i = 0; choices != NULL && i < choices->count; i++)
        if (span_equals(json_get_string(&choices->items[i], "value"), value)) return json_get_string(&choices->items[i], "label");
    return value;
}

static const struct json *member_of(const struct page *page, const struct json *value, struct span name) {
    const char *text = arena_text(page->request->arena, name);
    return text == NULL ? NULL : json_get(value, text);
}

static void rows_write(struct page *page, const struct json *field, const struct json *value) {
    const struct json *fields = json_get(field, "fields");
    html_open(&page->html, "dl");
    for (size_t i = 0; fields != NULL && i < fields->count; i++) {
        const struct json *part = member_of(page, value, json_get_string(&fields->items[i], "name"));
        if (json_is_null(part)) continue;
        html_element(&page->html, "dt", json_get_string(&fields->items[i], "label"));
        html_open(&page->html, "dd");
        value_write(page, &fields->items[i], part);
        html_close(&page->html, "dd");
    }
    html_close(&page->html, "dl");
}

static void value_write(struct page *page, const struct json *field, const struct json *value) {
    struct arena *arena = page->request->arena;
    if (value->type == JSON_STRING) html_text(&page->html, choice_label(field, value->string));
    else if (value->type == JSON_BOOL) html_text(&page->html, word(page->request, value->boolean ? "yes" : "no"));
    else if (value->type == JSON_INT) html_text(&page->html, arena_printf(arena, "%lld", (long long)value->integer));
    else if (value->type == JSON_OBJECT && json_get_string(value, "declared").at != NULL) html_text(&page->html, json_get_string(value, "declared"));
    else if (value->type == JSON_OBJECT) rows_write(page, field, value);
    else if (value->type == JSON_ARRAY) {
        html_open(&page->html, "ul");
        for (size_t i = 0; i < value->count; i++) {
            html_open(&page->html, "li");
            value_write(page, field, &value->items[i]);
            html_close(&page->html, "li");
        }
        html_close(&page->html, "ul");
    }
}

// --- pages ---

static struct err get_page(struct api_request *request, struct api_response *response, struct why *why) {
    struct public_document document;
    struct page page;
    request->problem_page = problem_page;
    TRY(public_read(request, &document, why));
    const struct publication *of = &document.of;
    struct span title = publication_title(of, request->arena);
    const struct json *fields = json_get(&document.form, "fields");
    page_begin(&page, request, response, 200, title.len > 0 ? title : document.label);
    html_element(&page.html, "p", arena_printf(request->arena, "%.*s. %.*s %lld, %.*s", SPAN_FMT(document.label), SPAN_FMT(word(request, "version")),
                                               (long long)of->version, SPAN_FMT(instant_text(request->arena, of->published_ms))));
    if (!of->is_latest) link_line(&page, arena_printf(request->arena, "/public/%.*s", SPAN_FMT(of->id)), word(request, "newer"));
    html_open(&page.html, "dl");
    for (size_t i = 0; fields != NULL && i < fields->count; i++) {
        struct json value = publication_value(of, json_get_string(&fields->items[i], "name"), request->arena);
        if (value.type == JSON_NULL) continue;
        html_element(&page.html, "dt", json_get_string(&fields->items[i], "label"));
        html_open(&page.html, "dd");
        value_write(&page, &fields->items[i], &value);
        html_close(&page.html, "dd");
    }
    html_close(&page.html, "dl");
    if (of->calendar.len > 0) link_line(&page, arena_printf(request->arena, "/api/v1/public/%.*s/calendar.ics", SPAN_FMT(of->id)), word(request, "event"));
    link_line(&page, arena_printf(request->arena, "/api/v1/public/%.*s/receipt", SPAN_FMT(of->filing_id)), word(request, "receipt"));
    for (size_t i = 0; i + 1 < document.versions.count; i++)
        link_line(&page, arena_printf(request->arena, "/public/%.*s?version=%lld", SPAN_FMT(of->id), (long long)rows_int(&document.versions, i, 0)),
                  arena_printf(request->arena, "%.*s %lld", SPAN_FMT(word(request, "version")), (long long)rows_int(&document.versions, i, 0)));
    link_line(&page, SPAN("/public"), word(request, "all"));
    html_page_end(&page.html);
    public_cacheable(request, response);
    return err_none();
}

static struct err list_row(struct page *page, struct publication *of, struct why *why) {
    struct api_request *request = page->request;
    bool is_shown;
    TRY(publication_open(request->services, request->conn, of, request->received_ms, request->arena, &is_shown, why));
    if (!is_shown) return err_none();
    struct span title = publication_title(of, request->arena);
    html_open(&page->html, "li");
    html_link(&page->html, arena_printf(request->arena, "/public/%.*s", SPAN_FMT(of->id)), title.len > 0 ? title : of->id);
    html_text(&page->html, arena_printf(request->arena, " (%.*s, %.*s)", SPAN_FMT(public_label(request, of)), SPAN_FMT(instant_text(request->arena, of->published_ms))));
    html_close(&page->html, "li");
    return err_none();
}

static struct err get_index(struct api_request *request, struct api_response *response, struct why *why) {
    struct public_list list;
    struct page page;
    request->problem_page = problem_page;
    TRY(public_list_read(request, false, 100, &list, why));
    page_begin(&page, request, response, 200, word(request, "title"));
    link_line(&page, SPAN("/api/v1/public/calendar.ics"), word(request, "calendar"));
    html_open(&page.html, "ul");
    for (size_t i = 0; i < list.count; i++) {
        struct publication of = publication_of_row(&list.rows, i);
        TRY(list_row(&page, &of, why));
    }
    html_close(&page.html, "ul");
    struct json last = json_from_int(list.count > 0 ? rows_int(&list.rows, list.count - 1, 0) : 0);
    if (list.rows.count > list.count)
        link_line(&page, arena_printf(request->arena, "/public?cursor=%.*s", SPAN_FMT(api_cursor_write(request, "public", &last, 1))), word(request, "more"));
    html_page_end(&page.html);
    public_cacheable(request, response);
    return err_none();
}

static const struct route_param LIST[] = {
    {"procedure", "string", "only this procedure"},
    {"document", "string", "only this document of it"},
    {"cursor", "string", "where to go on"},
    {NULL, NULL, NULL},
};
static const struct route_param VERSION[] = {
    {"version", "integer", "an earlier version; the latest by default"},
    {NULL, NULL, NULL},
};

const struct route routes_public_page[] = {
    {"GET", "/public", get_index, AUTH_NONE, 0, RATE_OPEN, "public", "Documents that everybody may read, as a page", NULL, "Html", 200, LIST, false},
    {"GET", "/public/{id}", get_page, AUTH_NONE, 0, RATE_OPEN, "public", "One of them, as a page", NULL, "Html", 200, VERSION, false},
    {0},
};
