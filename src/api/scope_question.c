// SPDX-License-Identifier: EUPL-1.2
/* One question of the plain scope page, whatever its kind: with what was said before chosen already, so that it can be said otherwise. */
#include "api/scope_page.h"
#include "law/pack.h"

struct span scope_choice_word(const struct plain_page *page, struct span fact, struct span value) {
    struct span found = plain_law_word(page, arena_printf(page->request->arena, "fact_value.%.*s.%.*s", SPAN_FMT(fact), SPAN_FMT(value)));
    return found.at != NULL ? found : value;
}

// --- entity types ---

static const struct yaml *all_types(const struct api_request *request) {
    return yaml_get(pack_file_root(law_pack(request->services->law, SPAN("eu/nis2")), "types.yaml"), "types");
}

static void type_write(struct plain_page *page, struct span name, const struct yaml *row, const struct form *sent) {
    struct arena *arena = page->request->arena;
    struct span part = scope_cell(row, "subsector"), code = scope_cell(row, "code");
    struct span label = plain_law_word(page, arena_printf(arena, "type.%.*s", SPAN_FMT(code)));
    struct span part_label = part.len == 0 ? part : plain_law_word(page, arena_printf(arena, "subsector.%.*s", SPAN_FMT(part)));
    plain_option(page, "checkbox", name, code, part_label.len == 0 ? label : arena_printf(arena, "%.*s: %.*s", SPAN_FMT(part_label), SPAN_FMT(label)),
                 sent != NULL && scope_has(sent, name, code));
}

static bool has_type_of(const struct yaml *types, struct span sector, const struct form *sent) {
    for (size_t i = 0; sent != NULL && i < types->count; i++)
        if (span_equals(scope_cell(&types->items[i], "sector"), sector) && scope_has(sent, SPAN("types"), scope_cell(&types->items[i], "code"))) return true;
    return false;
}

// Each sector once, where its first type stands, with all its types.
void scope_types_write(struct plain_page *page, const struct form *sent) {
    const struct yaml *types = all_types(page->request);
    for (size_t i = 0; types != NULL && i < types->count; i++) {
        struct span sector = scope_cell(&types->items[i], "sector");
        bool is_first = true;
        for (size_t k = 0; k < i; k++) is_first = is_first && !span_equals(scope_cell(&types->items[k], "sector"), sector);
        if (!is_first) continue;
        html_open(&page->html, "details");
        if (has_type_of(types, sector, sent)) html_flag(&page->html, "open");
        html_element(&page->html, "summary", sector.len == 0 ? plain_word(page, "other_types") : plain_law_word(page, arena_printf(page->request->arena, "sector.%.*s", SPAN_FMT(sector))));
        for (size_t k = i; k < types->count; k++)
            if (span_equals(scope_cell(&types->items[k], "sector"), sector)) type_write(page, SPAN("types"), &types->items[k], sent);
        html_close(&page->html, "details");
    }
}

// Some of the types that it was said to be.
static void own_types_write(struct plain_page *page, struct span name, const struct form *sent) {
    const struct yaml *types = all_types(page->request);
    for (size_t i = 0; types != NULL && i < types->count; i++)
        if (scope_has(sent, SPAN("types"), scope_cell(&types->items[i], "code"))) type_write(page, name, &types->items[i], sent);
}

// --- places ---

void scope_places_write(struct plain_page *page, struct span name, const struct form *sent, bool has_outside) {
    const struct yaml *states = scope_states(page->request);
    for (size_t i = 0; states != NULL && i < states->count; i++)
        plain_option(page, "checkbox", name, states->items[i].text, plain_country(page, states->items[i].text), sent != NULL && scope_has(sent, name, states->items[i].text));
    if (has_outside) plain_option(page, "checkbox", name, SPAN("ZZ"), plain_word(page, "outside"), sent != NULL && scope_has(sent, name, SPAN("ZZ")));
}

static void country_option(struct plain_page *page, struct span code, struct span words, bool is_chosen) {
    html_open(&page->html, "option");
    html_attribute(&page->html, "value", code);
    if (is_chosen) html_flag(&page->html, "selected");
    html_text(&page->html, words);
    html_close(&page->html, "option");
}

static void country_write(struct plain_page *page, struct span name, const struct form *sent) {
    const struct yaml *states = scope_states(page->request);
    html_open(&page->html, "select");
    html_attribute(&page->html, "name", name);
    html_attribute(&page->html, "aria-labelledby", SPAN("question"));
    country_option(page, SPAN(""), plain_word(page, "not_known"), false);
    for (size_t i = 0; states != NULL && i < states->count; i++)
        country_option(page, states->items[i].text, plain_country(page, states->items[i].text), scope_has(sent, name, states->items[i].text));
    country_option(page, SPAN("ZZ"), plain_word(page, "outside"), scope_has(sent, name, SPAN("ZZ"))); // any country outside the Union
    html_close(&page->html, "select");
}

// --- the others ---

static void input_write(struct plain_page *page, struct span name, struct span type, const struct form *sent) {
    html_open(&page->html, "input");
    html_attribute(&page->html, "type", SPAN("text"));
    html_attribute(&page->html, "name", name);
    if (scope_is_given(sent, name)) html_attribute(&page->html, "value", form_value(sent, name));
    html_attribute(&page->html, "aria-labelledby", SPAN("question"));
    html_attribute(&page->html, "autocomplete", SPAN("off"));
    if (scope_is_figure(type)) html_attribute(&page->html, "inputmode", SPAN("decimal"));
}

static void choices_write(struct plain_page *page, struct span name, const struct yaml *row, const struct form *sent) {
    static const char *const BOOLS[] = {"yes", "no"};
    const struct yaml *values = yaml_get(row, "values");
    bool is_bool = span_is(scope_cell(row, "type"), "bool");
    html_open(&page->html, "div");
    html_attribute(&page->html, "role", SPAN("radiogroup"));
    html_attribute(&page->html, "aria-labelledby", SPAN("question"));
    for (size_t i = 0; is_bool && i < 2; i++) plain_option(page, "radio", name, span_of(BOOLS[i]), plain_word(page, BOOLS[i]), scope_has(sent, name, span_of(BOOLS[i])));
    for (size_t i = 0; !is_bool && values != NULL && i < values->count; i++)
        plain_option(page, "radio", name, values->items[i].text, scope_choice_word(page, name, values->items[i].text), scope_has(sent, name, values->items[i].text));
    plain_option(page, "radio", name, SPAN(""), plain_word(page, "not_known"), !scope_is_given(sent, name));
    html_close(&page->html, "div");
}

static void boxes_write(struct plain_page *page, struct span name, struct span type, const struct form *sent) {
    html_open(&page->html, "div");
    html_attribute(&page->html, "role", SPAN("group"));
    html_attribute(&page->html, "aria-labelledby", SPAN("question"));
    if (span_is(type, "countries")) scope_places_write(page, name, sent, true);
    else if (span_is(name, "types")) scope_types_write(page, sent);
    else own_types_write(page, name, sent);
    html_close(&page->html, "div");
}

bool scope_is_askable(const struct api_request *request, const struct form *sent, struct span name) {
    struct span type = scope_cell(scope_fact_row(request, name), "type");
    if (span_is(type, "types")) return span_is(name, "types") || scope_is_given(sent, SPAN("types"));
    return scope_has_rows(scope_fact_row(request, name)) || span_is(type, "bool") || span_is(type, "enum") || scope_is_figure(type) || span_is(type, "country") || span_is(type, "countries");
}

void scope_question_write(struct plain_page *page, const struct form *sent, struct span name, struct span so_far) {
    const struct yaml *row = scope_fact_row(page->request, name);
    struct span type = scope_cell(row, "type");
    plain_form_begin(page, "/scope", "application/x-www-form-urlencoded");
    scope_sent_again(page, sent, name);
    html_open(&page->html, "h2");
    html_attribute(&page->html, "id", SPAN("question"));
    html_text(&page->html, plain_law_word(page, arena_printf(page->request->arena, "ask.%.*s", SPAN_FMT(name))));
    html_close(&page->html, "h2");
    html_element(&page->html, "p", scope_cell(row, "article"));
    if (span_is(type, "bool") || span_is(type, "enum")) choices_write(page, name, row, sent);
    else if (span_is(type, "country")) country_write(page, name, sent);
    else if (scope_is_list(type)) boxes_write(page, name, type, sent);
    else input_write(page, name, type, sent);
    plain_button(page, "go_on");
    html_close(&page->html, "form");
    html_element(&page->html, "p", arena_printf(page->request->arena, "%.*s: %.*s", SPAN_FMT(plain_word(page, "so_far")), SPAN_FMT(so_far)));
}
