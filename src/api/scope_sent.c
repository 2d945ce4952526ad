// SPDX-License-Identifier: EUPL-1.2
/* What was answered on the plain scope page, as the form sent it: made into facts, and written again as hidden fields. */
#include "api/scope_page.h"

bool scope_has(const struct form *sent, struct span name, struct span value) {
    for (size_t i = 0; i < sent->count; i++)
        if (span_equals(sent->pairs[i].name, name) && span_equals(sent->pairs[i].value, value)) return true;
    return false;
}

bool scope_is_given(const struct form *sent, struct span name) {
    for (size_t i = 0; i < sent->count; i++)
        if (span_equals(sent->pairs[i].name, name) && sent->pairs[i].value.len > 0) return true;
    return false;
}

struct span scope_figure(struct arena *arena, struct span typed) {
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

static void list_write(struct json_out *out, const struct form *sent, struct span from, struct span as) {
    json_out_name_span(out, as);
    json_out_array(out);
    for (size_t i = 0; i < sent->count; i++)
        if (span_equals(sent->pairs[i].name, from) && sent->pairs[i].value.len > 0) json_out_string(out, sent->pairs[i].value);
    json_out_array_end(out);
}

// Services are taken to be where it is established, unless one says where.
static void lists_write(struct json_out *out, const struct form *sent) {
    static const struct { const char *name, *otherwise; } LISTS[] = {{"types", NULL}, {"ancillary", NULL}, {"negligible", NULL},
                                                                     {"established_in", NULL}, {"services_in", "established_in"}};
    for (size_t i = 0; i < sizeof LISTS / sizeof LISTS[0]; i++) {
        struct span name = span_of(LISTS[i].name);
        bool is_said = LISTS[i].otherwise == NULL || scope_is_given(sent, name);
        list_write(out, sent, is_said ? name : span_of(LISTS[i].otherwise), name);
    }
}

// A list of rows travels as JSON.
static struct err rows_write(struct api_request *request, struct json_out *out, const struct form_pair *pair, struct why *why) {
    struct json rows;
    TRY(json_parse(request->arena, pair->value, &rows, why));
    json_out_name_span(out, pair->name);
    json_out_value(out, &rows);
    return err_none();
}

static struct err fact_write(struct api_request *request, struct json_out *out, const struct form_pair *pair, struct why *why) {
    const struct yaml *row = scope_fact_row(request, pair->name);
    struct span type = scope_cell(row, "type");
    if (row == NULL || scope_is_list(type) || pair->value.len == 0) return err_none();
    struct span number = scope_is_figure(type) ? scope_figure(request->arena, span_trim(pair->value)) : SPAN("");
    if (scope_is_figure(type) && number.len == 0) {
        struct span field = arena_printf(request->arena, "/%.*s", SPAN_FMT(pair->name));
        return why_set(why, ERR_INPUT, arena_text(request->arena, field), "fact.type", "", "A number is expected, like 49 or 1200.50.");
    }
    if (scope_has_rows(row)) return rows_write(request, out, pair, why);
    json_out_name_span(out, pair->name);
    if (scope_is_figure(type)) json_out_raw(out, number);
    else if (span_is(type, "bool")) json_out_bool(out, span_is(pair->value, "yes"));
    else json_out_string(out, pair->value);
    return err_none();
}

struct err scope_facts_make(struct api_request *request, const struct form *sent, struct json *ret, struct why *why) {
    struct buf text;
    struct json_out out;
    buf_init(&text, request->arena, LIMIT_FORM_BYTES * 4);
    json_out_init(&out, &text);
    json_out_object(&out);
    lists_write(&out, sent);
    for (size_t i = 0; i < sent->count; i++) {
        bool is_last = true;
        for (size_t k = i + 1; k < sent->count; k++) is_last = is_last && !span_equals(sent->pairs[k].name, sent->pairs[i].name);
        if (is_last) TRY(fact_write(request, &out, &sent->pairs[i], why));
    }
    json_out_object_end(&out);
    if (text.is_failed || out.is_failed) return err_make(ERR_MEMORY);
    return json_parse(request->arena, buf_span(&text), ret, why);
}

void scope_sent_again(struct plain_page *page, const struct form *sent, struct span but) {
    for (size_t i = 0; i < sent->count; i++)
        if (scope_fact_row(page->request, sent->pairs[i].name) != NULL && !span_equals(sent->pairs[i].name, but)) plain_hidden(page, sent->pairs[i].name, sent->pairs[i].value);
}
