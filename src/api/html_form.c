// SPDX-License-Identifier: EUPL-1.2
/* Forms of pages: a pack's document as inputs, as lines on paper, and what a browser sent as the fields of a filing. */
#include "api/html.h"
#include "law/procedure.h"

static bool type_is(const struct json *field, const char *type) { return span_is(json_get_string(field, "type"), type); }

static bool is_nested(const struct json *field) { return type_is(field, "group") || type_is(field, "list"); }

// Lists that are typed, not ticked: one value a line.
static bool is_typed_list(const struct json *field) {
    static const char *const TYPES[] = {"countries", "ip_ranges", "domains", "entity_types", "entities"};
    for (size_t i = 0; i < sizeof TYPES / sizeof TYPES[0]; i++)
        if (type_is(field, TYPES[i])) return true;
    return false;
}

static const struct json *fields_of(const struct json *form, size_t *ret_count) {
    const struct json *fields = json_get(form, "fields");
    *ret_count = fields != NULL && fields->type == JSON_ARRAY ? fields->count : 0;
    return *ret_count > 0 ? fields->items : NULL;
}

static const struct fault *fault_of(struct span name, const struct fault *faults, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (faults[i].field.len >= name.len + 1 && span_equals(span_part(faults[i].field, 1, name.len + 1), name) &&
            (faults[i].field.len == name.len + 1 || faults[i].field.at[name.len + 1] == '/'))
            return &faults[i];
    return NULL;
}

static struct span label_of(const struct json *field) {
    struct span label = json_get_string(field, "label");
    return label.at != NULL ? label : json_get_string(field, "name");
}

struct span html_form_label(const struct json *form, struct span name) {
    size_t count;
    const struct json *fields = fields_of(form, &count);
    for (size_t i = 0; i < count; i++)
        if (span_equals(json_get_string(&fields[i], "name"), name)) return label_of(&fields[i]);
    return name;
}

void html_form_faults(struct html *html, const struct json *form, const struct fault *faults, size_t count, struct span title) {
    size_t field_count;
    const struct json *fields = fields_of(form, &field_count);
    if (count == 0) return;
    html_open(html, "div");
    html_attribute(html, "class", SPAN("faults"));
    html_attribute(html, "role", SPAN("alert"));
    html_element(html, "h2", title);
    html_open(html, "ul");
    for (size_t i = 0; i < count && i < API_FAULTS_MAX; i++) {
        const struct json *field = NULL;
        for (size_t k = 0; k < field_count && field == NULL; k++)
            if (fault_of(json_get_string(&fields[k], "name"), &faults[i], 1) != NULL) field = &fields[k];
        html_open(html, "li");
        if (field != NULL) {
            html_element(html, "strong", label_of(field));
            html_text(html, SPAN(" "));
        }
        html_text(html, faults[i].words);
        html_close(html, "li");
    }
    html_close(html, "ul");
    html_close(html, "div");
}

// --- inputs ---

struct input { // one field on its way
    struct html *html;
    const struct json *field;
    const struct form *values;
    const struct fault *fault;
    struct span name, id, help_id;
};

static void common_attributes(const struct input *in) {
    html_attribute(in->html, "id", in->id);
    html_attribute(in->html, "name", in->name);
    if (json_get_bool(in->field, "is_required", false)) html_flag(in->html, "required");
    html_attribute(in->html, "aria-describedby", in->help_id);
    if (in->fault != NULL) html_attribute(in->html, "aria-invalid", SPAN("true"));
}

static struct span value_of(const struct input *in) {
    struct span value = in->values != NULL ? form_value(in->values, in->name) : span_make(NULL, 0);
    return value.at != NULL ? value : SPAN("");
}

static bool is_chosen(const struct input *in, struct span choice) {
    for (size_t i = 0; in->values != NULL && i < in->values->count; i++)
        if (span_equals(in->values->pairs[i].name, in->name) && span_equals(in->values->pairs[i].value, choice)) return true;
    return false;
}

static void line_input(const struct input *in, struct arena *arena) {
    static const struct { const char *type, *input; } KINDS[] = {{"email", "email"}, {"phone", "tel"}, {"instant", "datetime-local"}, {"date", "date"}};
    const char *kind = "text";
    for (size_t i = 0; i < sizeof KINDS / sizeof KINDS[0]; i++)
        if (type_is(in->field, KINDS[i].type)) kind = KINDS[i].input;
    // An hour that summer time skips or repeats is told apart by its offset, which a browser's own input can't give.
    if (in->fault != NULL && type_is(in->field, "instant") && !span_is(in->fault->rule, "field.required")) kind = "text";
    html_open(in->html, "input");
    html_attribute(in->html, "type", span_of(kind));
    common_attributes(in);
    int64_t most = json_get_int(in->field, "max_chars", 0);
    if (most > 0) html_attribute(in->html, "maxlength", arena_printf(arena, "%lld", (long long)most));
    struct span fill = json_get_string(in->field, "autocomplete");
    if (fill.at != NULL) html_attribute(in->html, "autocomplete", fill);
    html_attribute(in->html, "value", value_of(in));
}

static void area_input(const struct input *in, struct arena *arena) {
    html_open(in->html, "textarea");
    common_attributes(in);
    int64_t most = json_get_int(in->field, "max_chars", 0);
    if (most > 0) html_attribute(in->html, "maxlength", arena_printf(arena, "%lld", (long long)most));
    html_plain(in->html, SPAN("\n")); // a browser drops the first line end of a text area
    html_plain(in->html, value_of(in));
    html_close(in->html, "textarea");
}

static void choice_input(const struct input *in, bool is_several) {
    const struct json *choices = json_get(in->field, "choices");
    for (size_t i = 0; choices != NULL && i < choices->count; i++) {
        struct span value = json_get_string(&choices->items[i], "value");
        html_open(in->html, "div");
        html_attribute(in->html, "class", SPAN("choice"));
        html_open(in->html, "label");
        html_open(in->html, "input");
        html_attribute(in->html, "type", is_several ? SPAN("checkbox") : SPAN("radio"));
        html_attribute(in->html, "name", in->name);
        html_attribute(in->html, "value", value);
        if (!is_several && json_get_bool(in->field, "is_required", false)) html_flag(in->html, "required");
        if (is_chosen(in, value)) html_flag(in->html, "checked");
        html_text(in->html, SPAN(" "));
        html_text(in->html, label_of(&choices->items[i]));
        html_close(in->html, "label");
        html_close(in->html, "div");
    }
}

static void bool_input(const struct input *in, struct span word_yes, struct span word_no) {
    struct { struct span value, word; } both[] = {{SPAN("yes"), word_yes}, {SPAN("no"), word_no}};
    for (size_t i = 0; i < 2; i++) {
        html_open(in->html, "label");
        html_open(in->html, "input");
        html_attribute(in->html, "type", SPAN("radio"));
        html_attribute(in->html, "name", in->name);
        html_attribute(in->html, "value", both[i].value);
        if (is_chosen(in, both[i].value)) html_flag(in->html, "checked");
        html_text(in->html, SPAN(" "));
        html_text(in->html, both[i].word);
        html_close(in->html, "label");
    }
}

static bool is_set_of(const struct json *field) { return type_is(field, "choice") || type_is(field, "choices") || type_is(field, "bool"); }

static void help_write(const struct input *in) {
    struct span help = json_get_string(in->field, "help");
    html_open(in->html, "span");
    html_attribute(in->html, "class", SPAN("help"));
    html_attribute(in->html, "id", in->help_id);
    html_text(in->html, help.at != NULL ? help : SPAN(""));
    if (in->fault != NULL) {
        html_open(in->html, "span");
        html_attribute(in->html, "class", SPAN("fault"));
        html_text(in->html, SPAN(" "));
        html_text(in->html, in->fault->words);
        html_close(in->html, "span");
    }
    html_close(in->html, "span");
}

static void field_input(const struct input *in, const struct html_words *words, struct arena *arena) {
    bool is_set = is_set_of(in->field);
    html_open(in->html, is_set ? "fieldset" : "div");
    if (!is_set) html_attribute(in->html, "class", SPAN("field"));
    html_open(in->html, is_set ? "legend" : "label");
    if (!is_set) html_attribute(in->html, "for", in->id);
    html_text(in->html, label_of(in->field));
    if (json_get_bool(in->field, "is_required", false)) {
        html_text(in->html, SPAN(" ("));
        html_text(in->html, words->required);
        html_text(in->html, SPAN(")"));
    }
    html_close(in->html, is_set ? "legend" : "label");
    help_write(in);
    if (type_is(in->field, "bool")) bool_input(in, words->yes, words->no);
    else if (is_set) choice_input(in, type_is(in->field, "choices"));
    else if (type_is(in->field, "long_text") || is_typed_list(in->field)) area_input(in, arena);
    else line_input(in, arena);
    html_close(in->html, is_set ? "fieldset" : "div");
}

void html_form_inputs(struct html *html, const struct json *form, const struct form *values, const struct fault *faults, size_t count,
                      const struct html_words *words, struct arena *arena) {
    size_t field_count;
    const struct json *fields = fields_of(form, &field_count);
    for (size_t i = 0; i < field_count; i++) {
        if (is_nested(&fields[i])) continue;
        struct span name = json_get_string(&fields[i], "name");
        struct input in = {.html = html,
                           .field = &fields[i],
                           .values = values,
                           .fault = fault_of(name, faults, count),
                           .name = name,
                           .id = arena_printf(arena, "f-%.*s", SPAN_FMT(name)),
                           .help_id = arena_printf(arena, "h-%.*s", SPAN_FMT(name))};
        field_input(&in, words, arena);
    }
}

void html_form_paper(struct html *html, const struct json *form) {
    size_t field_count;
    const struct json *fields = fields_of(form, &field_count);
    for (size_t i = 0; i < field_count; i++) {
        if (is_nested(&fields[i])) continue;
        html_open(html, "div");
        html_attribute(html, "class", SPAN("field"));
        html_element(html, "strong", label_of(&fields[i]));
        struct span help = json_get_string(&fields[i], "help");
        if (help.at != NULL) {
            html_open(html, "span");
            html_attribute(html, "class", SPAN("help"));
            html_text(html, help);
            html_close(html, "span");
        }
        const struct json *choices = json_get(&fields[i], "choices");
        for (size_t k = 0; choices != NULL && k < choices->count; k++) {
            html_open(html, "p");
            html_element(html, "span", SPAN("\xe2\x98\x90 ")); // an empty box
            html_text(html, label_of(&choices->items[k]));
            html_close(html, "p");
        }
        size_t lines = choices != NULL ? 0 : type_is(&fields[i], "long_text") ? 6 : 1;
        for (size_t k = 0; k < lines; k++) {
            html_open(html, "div");
            html_attribute(html, "class", SPAN("line"));
            html_close(html, "div");
        }
        html_close(html, "div");
    }
}

// --- what was sent ---

static bool is_list(const struct json *field) { return type_is(field, "choices") || is_typed_list(field); }

// One value, or several separated by line ends and commas where the list is typed.
static void values_add(const struct json *field, struct span text, struct json *list, size_t most) {
    if (!is_typed_list(field)) {
        if (list->count < most) list->items[list->count++] = json_from_string(text);
        return;
    }
    for (size_t from = 0; from < text.len;) {
        size_t to = from;
        while (to < text.len && text.at[to] != '\n' && text.at[to] != ',') to++;
        struct span one = span_trim(span_part(text, from, to));
        if (one.len > 0 && list->count < most) list->items[list->count++] = json_from_string(one);
        from = to + 1;
    }
}

static struct json single_value(const struct json *field, struct span text) {
    int64_t number;
    if (type_is(field, "bool")) return span_is(text, "yes") || span_is(text, "no") ? json_from_bool(span_is(text, "yes")) : json_from_string(text);
    if (type_is(field, "int") && span_to_int(span_trim(text), &number)) return json_from_int(number);
    return json_from_string(type_is(field, "long_text") ? text : span_trim(text));
}

static struct err field_add(const struct json *field, const struct form *sent, struct arena *arena, struct json *out) {
    struct span name = json_get_string(field, "name"), first = form_value(sent, name);
    if (first.at == NULL || span_trim(first).len == 0) return err_none();
    if (!is_list(field)) {
        out->members[out->count++] = (struct json_member){name, single_value(field, first)};
        return err_none();
    }
    size_t most = LIMIT_FORM_PAIRS * 4;
    struct json list = {.type = JSON_ARRAY, .items = arena_take_array(arena, most, sizeof *list.items)};
    if (list.items == NULL) return err_make(ERR_MEMORY);
    for (size_t i = 0; i < sent->count; i++)
        if (span_equals(sent->pairs[i].name, name)) values_add(field, sent->pairs[i].value, &list, most);
    out->members[out->count++] = (struct json_member){name, list};
    return err_none();
}

struct err html_form_fields(const struct json *form, const struct form *sent, struct arena *arena, struct json *ret) {
    size_t field_count;
    const struct json *fields = fields_of(form, &field_count);
    struct json out = {.type = JSON_OBJECT, .members = arena_take_array(arena, field_count + 1, sizeof *out.members)};
    if (out.members == NULL) return err_make(ERR_MEMORY);
    for (size_t i = 0; i < field_count; i++)
        if (!is_nested(&fields[i])) TRY(field_add(&fields[i], sent, arena, &out));
    *ret = out;
    return err_none();
}
