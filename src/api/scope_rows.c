// SPDX-License-Identifier: EUPL-1.2
/*
 * Facts that are lists of rows on the plain scope page: related enterprises, figures of earlier years. Each row is asked with the
 * fields of the form that registers it (facts.yaml names it), one after the other; the list travels as JSON in a hidden field.
 * Fields are sent as row.NAME, for a row's staff is not one's own. What is a list inside a row is left to the API and the app.
 */
#include "api/scope_page.h"
#include "law/procedure.h"

static const struct json EMPTY = {.type = JSON_ARRAY};

bool scope_has_rows(const struct yaml *row) { return scope_cell(row, "form").len > 0; }

// The list of the form that fills the fact's attribute of the register, as it is described there.
static struct err list_read(const struct plain_page *page, struct span fact, const struct json **ret, struct why *why) {
    const struct api_request *request = page->request;
    struct span form = scope_cell(scope_fact_row(request, fact), "form");
    size_t slash = span_find(form, '/', 0);
    struct json *all = ARENA_NEW(request->arena, struct json);
    struct buf text;
    struct json_out out;
    if (all == NULL) return err_make(ERR_MEMORY);
    buf_init(&text, request->arena, LIMIT_JSON_BYTES);
    json_out_init(&out, &text);
    TRY(procedure_write_form(&out, request->services->law, request->services->state, zone_date(request->services->zone, request->received_ms),
                             span_part(form, 0, slash), span_part(form, slash < form.len ? slash + 1 : slash, form.len), page->lang, why));
    TRY(json_parse(request->arena, buf_span(&text), all, why));
    const struct json *fields = json_get(all, "fields");
    for (size_t i = 0; fields != NULL && i < fields->count; i++) {
        if (!span_equals(json_get_string(&fields->items[i], "register"), fact)) continue;
        *ret = &fields->items[i];
        return err_none();
    }
    return why_set(why, ERR_NOT_FOUND, "", "fact.form", "", "no form asks this");
}

// The description of a row as a form of its own, with the names under which its fields are sent; nothing of it is required, for one
// may be done.
static struct err row_form(const struct plain_page *page, const struct json *list, struct json *ret, struct why *why) {
    const struct json *fields = json_get(list, "fields");
    struct buf text;
    struct json_out out;
    buf_init(&text, page->request->arena, LIMIT_JSON_BYTES);
    json_out_init(&out, &text);
    json_out_object(&out);
    json_out_name(&out, "fields");
    json_out_array(&out);
    for (size_t i = 0; fields != NULL && i < fields->count; i++) {
        const struct json *field = &fields->items[i];
        json_out_object(&out);
        for (size_t k = 0; k < field->count; k++) {
            struct span name = field->members[k].name;
            if (span_is(name, "is_required")) continue;
            json_out_name_span(&out, name);
            if (span_is(name, "name")) json_out_string(&out, arena_printf(page->request->arena, "row.%.*s", SPAN_FMT(field->members[k].value.string)));
            else json_out_value(&out, &field->members[k].value);
        }
        json_out_object_end(&out);
    }
    json_out_array_end(&out);
    json_out_object_end(&out);
    if (text.is_failed || out.is_failed) return err_make(ERR_MEMORY);
    return json_parse(page->request->arena, buf_span(&text), ret, why);
}

static struct json rows_read(struct arena *arena, const struct form *sent, struct span fact) {
    struct json rows;
    bool is_list = !is_err(json_parse(arena, form_value(sent, fact), &rows, NULL)) && rows.type == JSON_ARRAY;
    return is_list ? rows : EMPTY;
}

// --- a row that was sent ---

static void row_write(struct json_out *out, const struct form *sent, struct arena *arena) {
    for (size_t i = 0; i < sent->count; i++) {
        const struct form_pair *pair = &sent->pairs[i];
        struct span value = span_trim(pair->value), number = scope_figure(arena, value);
        if (!span_starts_with(pair->name, SPAN("row.")) || value.len == 0) continue;
        json_out_name_span(out, span_part(pair->name, 4, pair->name.len));
        json_out_string(out, number.len > 0 ? number : value);
    }
}

static bool has_row(const struct form *sent) {
    for (size_t i = 0; i < sent->count; i++)
        if (span_starts_with(sent->pairs[i].name, SPAN("row.")) && span_trim(sent->pairs[i].value).len > 0) return true;
    return false;
}

struct err scope_rows_take(struct api_request *request, const struct form *sent, struct span fact, const struct form **ret) {
    struct json rows = rows_read(request->arena, sent, fact);
    struct form *taken = ARENA_NEW(request->arena, struct form);
    struct buf text;
    struct json_out out;
    int64_t gone = -1;
    if (taken == NULL) return err_make(ERR_MEMORY);
    (void)span_to_int(form_value(sent, SPAN("take_out")), &gone);
    buf_init(&text, request->arena, LIMIT_FORM_BYTES * 2);
    json_out_init(&out, &text);
    json_out_array(&out);
    size_t left = 0;
    for (size_t i = 0; i < rows.count; i++) {
        if ((int64_t)i == gone) continue;
        json_out_value(&out, &rows.items[i]);
        left++;
    }
    if (gone < 0 && has_row(sent)) {
        json_out_object(&out);
        row_write(&out, sent, request->arena);
        json_out_object_end(&out);
        left++;
    }
    json_out_array_end(&out);
    if (text.is_failed || out.is_failed) return err_make(ERR_MEMORY);
    for (size_t i = 0; i < sent->count; i++)
        if (!span_equals(sent->pairs[i].name, fact)) taken->pairs[taken->count++] = sent->pairs[i];
    // Asked and nothing said is left open. There is room: the name of the fact was sent besides.
    if (taken->count < LIMIT_FORM_PAIRS) taken->pairs[taken->count++] = (struct form_pair){fact, left > 0 ? buf_span(&text) : SPAN("")};
    *ret = taken;
    return err_none();
}

// --- the question ---

// What tells a row from others: the first of its values.
static struct span row_words(const struct json *row) {
    return row->type == JSON_OBJECT && row->count > 0 && row->members[0].value.type == JSON_STRING ? row->members[0].value.string : SPAN("?");
}

struct span scope_rows_words(struct arena *arena, struct span value) {
    struct json rows;
    struct buf text;
    buf_init(&text, arena, LIMIT_FORM_BYTES);
    if (is_err(json_parse(arena, value, &rows, NULL)) || rows.type != JSON_ARRAY) return SPAN("");
    for (size_t i = 0; i < rows.count; i++) {
        if (i > 0) buf_add_text(&text, ", ");
        buf_add(&text, row_words(&rows.items[i]));
    }
    return buf_span(&text);
}

static void button(struct plain_page *page, const char *name, struct span value, const char *word, struct span about) {
    html_open(&page->html, "button");
    html_attribute(&page->html, "type", SPAN("submit"));
    html_attribute(&page->html, "class", SPAN("small"));
    html_attribute(&page->html, "name", span_of(name));
    html_attribute(&page->html, "value", value);
    if (about.len > 0) html_attribute(&page->html, "aria-label", arena_printf(page->request->arena, "%.*s: %.*s", SPAN_FMT(plain_word(page, word)), SPAN_FMT(about)));
    html_text(&page->html, plain_word(page, word));
    html_close(&page->html, "button");
}

static void form_begin(struct plain_page *page, const struct form *sent, struct span fact, const struct json *rows) {
    plain_form_begin(page, "/scope", "application/x-www-form-urlencoded");
    scope_sent_again(page, sent, fact);
    plain_hidden(page, SPAN("row_of"), fact);
    if (rows->count > 0) plain_hidden(page, fact, form_value(sent, fact));
}

// Those said so far; to take one out is a form of its own, for what is being typed is no part of it.
static void rows_write(struct plain_page *page, const struct form *sent, struct span fact, const struct json *rows) {
    if (rows->count == 0) return;
    form_begin(page, sent, fact, rows);
    plain_hidden(page, SPAN("ask"), fact);
    html_open(&page->html, "ol");
    for (size_t i = 0; i < rows->count; i++) {
        html_open(&page->html, "li");
        html_text(&page->html, row_words(&rows->items[i]));
        html_text(&page->html, SPAN(" "));
        button(page, "take_out", arena_printf(page->request->arena, "%zu", i), "take_out", row_words(&rows->items[i]));
        html_close(&page->html, "li");
    }
    html_close(&page->html, "ol");
    html_close(&page->html, "form");
}

struct err scope_rows_write(struct plain_page *page, const struct form *sent, struct span fact, struct span fault, struct why *why) {
    const struct json *list = NULL;
    struct json form, rows = rows_read(page->request->arena, sent, fact);
    struct html_words words = {.yes = plain_word(page, "yes"), .no = plain_word(page, "no")};
    TRY(list_read(page, fact, &list, why));
    TRY(row_form(page, list, &form, why));
    html_open(&page->html, "h2");
    html_attribute(&page->html, "id", SPAN("question"));
    html_text(&page->html, json_get_string(list, "label"));
    html_close(&page->html, "h2");
    html_element(&page->html, "p", json_get_string(list, "article"));
    html_element(&page->html, "p", json_get_string(list, "help"));
    rows_write(page, sent, fact, &rows);
    form_begin(page, sent, fact, &rows);
    if (fault.len > 0) {
        html_open(&page->html, "p");
        html_attribute(&page->html, "class", SPAN("faults"));
        html_attribute(&page->html, "role", SPAN("alert"));
        html_text(&page->html, fault);
        html_close(&page->html, "p");
    }
    html_form_inputs(&page->html, &form, fault.len > 0 ? sent : NULL, NULL, 0, &words, page->request->arena);
    html_open(&page->html, "p");
    button(page, "ask", fact, "one_more", SPAN(""));
    html_close(&page->html, "p");
    plain_button(page, "go_on");
    html_close(&page->html, "form");
    return err_none();
}
