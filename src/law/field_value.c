// SPDX-License-Identifier: EUPL-1.2
/* Values from outside (untrusted) made typed and canonical, with a fault for each that breaks its field's rules. */
#include <stdarg.h>
#include <stdio.h>

#include "law/control.h"
#include "base/limits.h"
#include "law/field.h"
#include "law/procedure.h"
#include "law/procedure_private.h"
#include "law/selection.h"

void fault_add(struct fault_list *list, struct span field, const char *rule, struct span article, const char *format, ...) {
    enum { FAULTS_MAX = 100 };
    if (list->count == FAULTS_MAX || list->is_failed) return;
    if (list->items == NULL) list->items = arena_take_array(list->arena, FAULTS_MAX, sizeof *list->items);
    char words[512];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(words, sizeof words, format, args);
    va_end(args);
    struct fault fault = {.field = field.len > 0 ? field : SPAN(""), .article = article.len > 0 ? article : SPAN("")};
    fault.rule = arena_copy(list->arena, span_of(rule));
    fault.words = arena_copy(list->arena, span_of(words));
    list->is_failed = list->items == NULL || fault.rule.at == NULL || fault.words.at == NULL;
    if (!list->is_failed) list->items[list->count++] = fault;
}

static struct json refuse(struct value_reader *r, const struct field *field, struct span pointer, const char *rule,
                          const char *words) {
    fault_add(r->faults, pointer, rule, field->article, "%.*s", (int)strlen(words), words);
    return json_null();
}

static size_t characters(struct span text) {
    size_t count = 0;
    for (size_t i = 0; i < text.len; i++) count += (text.at[i] & 0xc0) != 0x80;
    return count;
}

// A long text is taken as it was pasted, but for what no text holds; a line is a name for someone's eyes.
static bool has_control(struct span text, bool is_long) {
    if (!is_long) return span_has_hidden(text);
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.at[i];
        if (c == 0x7f || (c < 0x20 && c != '\n' && c != '\t' && c != '\r')) return true;
    }
    return false;
}

static struct json text_read(struct value_reader *r, const struct field *field, struct span text, struct span pointer) {
    bool is_long = field->type == FIELD_LONG_TEXT;
    size_t count = characters(text);
    if (has_control(text, is_long)) return refuse(r, field, pointer, "field.text", "The text holds control characters, or marks that hide or turn letters.");
    if (count > field->max_chars || count < field->min_chars) {
        fault_add(r->faults, pointer, "field.limit", field->article, "The text has %zu characters; %zu to %zu are taken.", count,
                  field->min_chars, field->max_chars);
        return json_null();
    }
    return json_from_string(text);
}

static struct json choice_read(struct value_reader *r, const struct field *field, struct span text, struct span pointer) {
    char known[256];
    size_t len = 0;
    for (size_t i = 0; i < field->choice_count; i++) {
        if (span_equals(field->choices[i].value, text)) return json_from_string(field->choices[i].value);
        int more = snprintf(known + len, sizeof known - len, "%s%.*s", i == 0 ? "" : ", ", SPAN_FMT(field->choices[i].value));
        len = more > 0 && len + (size_t)more < sizeof known ? len + (size_t)more : sizeof known - 1;
    }
    fault_add(r->faults, pointer, "field.choice", field->article, "\"%.*s\" is none of: %s", text.len > 60 ? 60 : (int)text.len,
              (const char *)text.at, field->choice_count == 0 ? "" : known);
    return json_null();
}

static struct json future_refuse(struct value_reader *r, const struct field *field, struct span pointer) {
    return refuse(r, field, pointer, "time.future", "The time lies in the future.");
}

static struct json instant_read(struct value_reader *r, const struct field *field, struct span text, struct span pointer) {
    struct stamp stamp;
    struct why why = {0};
    if (is_err(stamp_parse(text, r->zone, "", &stamp, &why))) {
        fault_add(r->faults, pointer, why.rule, field->article, "%s", why.words);
        return json_null();
    }
    if (!field->is_future_allowed && stamp.ms > r->latest_ms) return future_refuse(r, field, pointer);
    struct buf declared;
    buf_init(&declared, r->tree->arena, 64);
    buf_add_stamp(&declared, stamp.ms, stamp.offset_s);
    struct json out = json_object();
    (void)json_tree_add(r->tree, &out, SPAN("at"), json_tree_instant(r->tree, stamp.ms));
    (void)json_tree_add(r->tree, &out, SPAN("declared"), json_from_string(buf_span(&declared)));
    return out;
}

static struct json date_read(struct value_reader *r, const struct field *field, struct span text, struct span pointer) {
    struct civil date;
    if (!civil_parse(text, &date)) return refuse(r, field, pointer, "field.type", "A date like 2026-11-22 is expected.");
    if (!field->is_future_allowed && civil_compare(date, zone_date(r->zone, r->latest_ms)) > 0) return future_refuse(r, field, pointer);
    return json_from_string(text);
}

static bool is_upper(uint8_t c) { return c >= 'A' && c <= 'Z'; }

// "E" + 16 characters of Crockford's base 32 in lower case.
static bool is_identifier(struct span text, uint8_t letter) {
    if (text.len != 17 || text.at[0] != letter) return false;
    for (size_t i = 1; i < text.len; i++)
        if (text.at[i] == 0 || strchr("0123456789abcdefghjkmnpqrstvwxyz", text.at[i]) == NULL) return false;
    return true;
}

static struct json network_read(struct value_reader *r, const struct field *field, enum field_type type, struct span text,
                                struct span pointer) {
    struct span canonical;
    const char *words = "";
    struct arena *arena = r->tree->arena;
    bool is_good = type == FIELD_PHONE    ? phone_canonical(arena, text, &canonical, &words)
                   : type == FIELD_DOMAIN ? domain_canonical(arena, text, &canonical, &words)
                                          : ip_range_canonical(arena, text, &canonical, &words);
    if (is_good) return json_from_string(canonical);
    fault_add(r->faults, pointer, "field.type", field->article, "\"%.*s\" %s", text.len > 80 ? 80 : (int)text.len,
              (const char *)text.at, words);
    return json_null();
}

static struct json control_read(struct value_reader *r, const struct field *field, struct span text, struct span pointer) {
    const struct control *control = control_find(catalogue_find(r->law, field->catalogue), text);
    if (control != NULL && control->is_asked) return json_from_string(control->id);
    return refuse(r, field, pointer, "field.choice", control == NULL ? "The catalogue has no such control." : "This is a heading; its controls are asked one by one.");
}

static bool is_office_id(struct span text) {
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.at[i];
        if (!(c >= 'a' && c <= 'z') && (i == 0 || (!(c >= '0' && c <= '9') && c != '-'))) return false;
    }
    return text.len > 0 && text.len <= LIMIT_OFFICE_ID_BYTES;
}

// One value of a type that is sent as a string.
static struct json string_read(struct value_reader *r, const struct field *field, enum field_type type, struct span text,
                               struct span pointer) {
    const char *words = "";
    switch (type) {
    case FIELD_CHOICE: return choice_read(r, field, text, pointer);
    case FIELD_INSTANT: return instant_read(r, field, text, pointer);
    case FIELD_DATE: return date_read(r, field, text, pointer);
    case FIELD_PHONE:
    case FIELD_DOMAIN:
    case FIELD_IP_RANGE: return network_read(r, field, type, text, pointer);
    case FIELD_EMAIL:
        if (email_is_valid(text, &words)) return json_from_string(text);
        fault_add(r->faults, pointer, "field.type", field->article, "\"%.*s\" %s", text.len > 80 ? 80 : (int)text.len, (const char *)text.at, words);
        return json_null();
    case FIELD_COUNTRY:
        if (span_is(text, "GR")) return refuse(r, field, pointer, "field.type", "Greece is written EL.");
        if (text.len == 2 && is_upper(text.at[0]) && is_upper(text.at[1])) return json_from_string(text);
        return refuse(r, field, pointer, "field.type", "A country is two capital letters, like LU.");
    case FIELD_ENTITY_TYPE:
        if (entity_type_is_known(r->law, text)) return json_from_string(text);
        return refuse(r, field, pointer, "field.choice", "There is no such type of entity.");
    case FIELD_ENTITY:
        if (is_identifier(text, 'E')) return json_from_string(text);
        return refuse(r, field, pointer, "field.type", "An entity's identifier (E and 16 characters) is expected.");
    case FIELD_FILING:
        if (is_identifier(text, 'F')) return json_from_string(text);
        return refuse(r, field, pointer, "field.type", "A filing's identifier (F and 16 characters) is expected.");
    case FIELD_CASE:
        if (is_identifier(text, 'C')) return json_from_string(text);
        return refuse(r, field, pointer, "field.type", "A case's identifier (C and 16 characters) is expected.");
    case FIELD_PERSON:
        if (is_identifier(text, 'P')) return json_from_string(text);
        return refuse(r, field, pointer, "field.type", "A person's identifier (P and 16 characters) is expected.");
    case FIELD_CONTROL: return control_read(r, field, text, pointer);
    case FIELD_OFFICE:
        if (is_office_id(text)) return json_from_string(text);
        return refuse(r, field, pointer, "field.type", "An office's identifier (small letters, digits and hyphens) is expected.");
    default: return text_read(r, field, text, pointer);
    }
}

static struct json int_read(struct value_reader *r, const struct field *field, const struct json *sent, struct span pointer) {
    if (sent->type != JSON_INT) return refuse(r, field, pointer, "field.type", "A whole number is expected.");
    if (sent->integer >= field->min && sent->integer <= field->max) return *sent;
    fault_add(r->faults, pointer, "field.limit", field->article, "The number must lie between %lld and %lld.", (long long)field->min,
              (long long)field->max);
    return json_null();
}

static struct json decimal_read(struct value_reader *r, const struct field *field, const struct json *sent, struct span pointer) {
    struct span text = sent->string, canonical;
    if (sent->type == JSON_INT) text = arena_printf(r->tree->arena, "%lld", (long long)sent->integer);
    else if (sent->type != JSON_STRING)
        return refuse(r, field, pointer, "field.type", "A decimal number is sent as a string, like \"1234.50\".");
    const char *words = "";
    int64_t scaled = 0;
    if (!decimal_canonical(r->tree->arena, span_trim(text), field->decimals, &canonical, &scaled, &words)) {
        fault_add(r->faults, pointer, "field.type", field->article, "\"%.*s\" %s.", text.len > 40 ? 40 : (int)text.len, (const char *)text.at, words);
        return json_null();
    }
    if (scaled < field->min || scaled > field->max) return refuse(r, field, pointer, "field.limit", "The number is outside its limits.");
    return json_from_string(canonical);
}

static bool items_are_few(struct value_reader *r, const struct field *field, size_t count, struct span pointer) {
    if (count <= field->max_items && count >= field->min_items) return true;
    fault_add(r->faults, pointer, "field.limit", field->article, "%zu values are given; %zu to %zu are taken.", count,
              field->min_items, field->max_items);
    return false;
}

static bool array_has(const struct json *array, const struct json *value) {
    return value->type == JSON_STRING && json_has_string(array, value->string);
}

static struct json several_read(struct value_reader *r, const struct field *field, const struct json *sent, struct span pointer) {
    if (sent->type != JSON_ARRAY) return refuse(r, field, pointer, "field.type", "A list is expected.");
    if (sent->count == 0) return json_null();
    if (!items_are_few(r, field, sent->count, pointer)) return json_null();
    struct json out = json_array();
    enum field_type single = field_type_single(field->type);
    for (size_t i = 0; i < sent->count; i++) {
        struct span place = arena_printf(r->tree->arena, "%.*s/%zu", SPAN_FMT(pointer), i);
        const struct json *item = &sent->items[i];
        struct json value;
        if (single == FIELD_GROUP) value = fields_read(r, field->fields, field->count, item, place);
        else if (item->type != JSON_STRING) value = refuse(r, field, place, "field.type", "A text is expected.");
        else value = string_read(r, field, single, span_trim(item->string), place);
        if (!json_is_null(&value) && !array_has(&out, &value)) (void)json_tree_push(r->tree, &out, value);
    }
    return out.count == 0 ? json_null() : out;
}

static struct json selection_value(struct value_reader *r, const struct field *field, const struct json *sent, struct span pointer) {
    struct selection selection;
    struct why why = {0};
    struct err e = selection_read(r->law, sent, r->tree->arena, &selection, &why);
    if (!is_err(e)) return selection.criteria;
    if (e.code == ERR_MEMORY) r->tree->is_failed = true;
    fault_add(r->faults, arena_printf(r->tree->arena, "%.*s%s", SPAN_FMT(pointer), why.field), why.rule, field->article, "%s", why.words);
    return json_null();
}

struct json field_read(struct value_reader *r, const struct field *field, const struct json *sent, struct span pointer) {
    if (json_is_null(sent)) return json_null();
    if (field->type == FIELD_GROUP) return fields_read(r, field->fields, field->count, sent, pointer);
    if (field->type == FIELD_SELECTION) return selection_value(r, field, sent, pointer);
    if (field->type != field_type_single(field->type)) return several_read(r, field, sent, pointer);
    if (field->type == FIELD_BOOL)
        return sent->type == JSON_BOOL ? *sent : refuse(r, field, pointer, "field.type", "true or false is expected.");
    if (field->type == FIELD_INT) return int_read(r, field, sent, pointer);
    if (field->type == FIELD_DECIMAL) return decimal_read(r, field, sent, pointer);
    if (sent->type != JSON_STRING) return refuse(r, field, pointer, "field.type", "A text is expected.");
    struct span text = span_trim(sent->string);
    return text.len == 0 ? json_null() : string_read(r, field, field->type, text, pointer);
}

// Reference token of RFC 6901, cut to a sane length.
static struct span pointer_to(struct arena *arena, struct span parent, struct span name) {
    struct buf out;
    buf_init(&out, arena, 2048);
    buf_add(&out, parent);
    buf_add_byte(&out, '/');
    for (size_t i = 0; i < name.len && i < 80; i++) {
        if (name.at[i] == '~') buf_add_text(&out, "~0");
        else if (name.at[i] == '/') buf_add_text(&out, "~1");
        else buf_add_byte(&out, name.at[i]);
    }
    return buf_span(&out);
}

struct json fields_read(struct value_reader *r, const struct field *fields, size_t count, const struct json *sent,
                        struct span pointer) {
    if (sent != NULL && sent->type != JSON_OBJECT) {
        fault_add(r->faults, pointer, "field.type", span_make(NULL, 0), "An object with fields is expected.");
        return json_null();
    }
    struct json out = json_object();
    size_t known = 0;
    for (size_t i = 0; i < count; i++) {
        if (!is_valid_at(&fields[i].validity, r->at)) continue;
        const struct json *value = json_find(sent, fields[i].name);
        known += value != NULL;
        struct json typed = field_read(r, &fields[i], value, pointer_to(r->tree->arena, pointer, fields[i].name));
        (void)json_tree_add(r->tree, &out, fields[i].name, typed);
    }
    for (size_t i = 0; sent != NULL && known < sent->count && i < sent->count; i++)
        if (json_find(&out, sent->members[i].name) == NULL)
            fault_add(r->faults, pointer_to(r->tree->arena, pointer, sent->members[i].name), "field.unknown", span_make(NULL, 0),
                      "The form has no field \"%.*s\".", sent->members[i].name.len > 80 ? 80 : (int)sent->members[i].name.len,
                      (const char *)sent->members[i].name.at);
    return out;
}

static bool is_given(const struct json *sent) {
    return !json_is_null(sent) && !(sent->type == JSON_STRING && span_trim(sent->string).len == 0) &&
           !(sent->type == JSON_ARRAY && sent->count == 0);
}

static void nested_check(struct value_reader *r, const struct field *field, const struct json *sent, const struct json *value,
                         struct span place) {
    const struct facts *whole = r->facts;
    struct facts facts = *whole;
    r->facts = &facts; // `item:` looks at the element that the field stands in
    facts.item = value;
    if (field->type == FIELD_GROUP) fields_check(r, field->fields, field->count, sent, value, place);
    // Faulty and double elements are left out of the values, so only lists without them can be walked side by side.
    bool is_list = field->type == FIELD_LIST && value->count == sent->count;
    for (size_t i = 0; is_list && i < value->count; i++) {
        facts.item = &value->items[i];
        fields_check(r, field->fields, field->count, &sent->items[i], &value->items[i],
                     arena_printf(r->tree->arena, "%.*s/%zu", SPAN_FMT(place), i));
    }
    r->facts = whole;
    if (field->catalogue.len > 0) controls_check(r, field, value, place);
}

void fields_check(struct value_reader *r, const struct field *fields, size_t count, const struct json *sent,
                  const struct json *values, struct span pointer) {
    for (size_t i = 0; i < count; i++) {
        const struct field *field = &fields[i];
        if (!is_valid_at(&field->validity, r->at)) continue;
        const struct json *given = json_find(sent, field->name), *value = json_find(values, field->name);
        bool is_shown = condition_holds(field->shown_when, r->facts);
        bool is_required = field->is_required || (field->required_when != NULL && condition_holds(field->required_when, r->facts));
        bool is_nested = is_shown && field->count > 0 && value != NULL && !json_is_null(value);
        bool is_amiss = is_shown ? is_required && !is_given(given) && r->is_complete : is_given(given);
        if (!is_nested && !is_amiss) continue;
        struct span place = pointer_to(r->tree->arena, pointer, field->name);
        if (!is_shown)
            fault_add(r->faults, place, "field.condition", field->article, "\"%.*s\" does not apply here; leave it out.", SPAN_FMT(field->label));
        else if (is_amiss)
            fault_add(r->faults, place, "field.required", field->article, "\"%.*s\" is required.", SPAN_FMT(field->label));
        else
            nested_check(r, field, given, value, place);
    }
}
