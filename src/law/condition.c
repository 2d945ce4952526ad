// SPDX-License-Identifier: EUPL-1.2
#include "law/condition.h"

#include <stdlib.h>

#include "law/ceiling_private.h"

enum kind { KIND_ALL, KIND_ANY, KIND_NOT, KIND_TEST };
enum source {
    SOURCE_FIELD,
    SOURCE_CASE,
    SOURCE_SUBJECT,
    SOURCE_SETTING,
    SOURCE_FLAG,
    SOURCE_FILED,
    SOURCE_STATE,
    SOURCE_ROLE,
    SOURCE_DUTY_OPEN,
    SOURCE_ON_BEHALF,
    SOURCE_RECEIVED,
    SOURCE_PARTY,
    SOURCE_PARTY_STATE,
    SOURCE_AGAINST,
    SOURCE_BARRED,
    SOURCE_ITEM,
    SOURCE_COUNT
};
static const char *const SOURCES[SOURCE_COUNT] = {"field", "case", "subject",   "setting",   "flag",     "filed", "state",
                                                  "role",  "duty_open", "on_behalf", "received", "party", "party_state", "against", "barred", "item"};
enum test {
    TEST_HOLDS, // of flag, filed, state, role, duty_open, party_state, against
    TEST_IS,
    TEST_IS_NOT,
    TEST_IN,
    TEST_HAS,
    TEST_WITHIN,
    TEST_KNOWN,
    TEST_ITEMS_AT_LEAST,
    TEST_OVERLAPS,
    TEST_ABOVE_CEILING,
    TEST_BELOW_MINIMUM,
    TEST_NOTED,
    TEST_AT_LEAST,
    TEST_AT_MOST,
    TEST_BEFORE,
    TEST_AFTER,
    TEST_NOT_BEFORE,
    TEST_NOT_AFTER,
    TEST_COUNT
};
static const char *const TESTS[TEST_COUNT] = {"",         "is",      "is_not", "in",    "has",        "within", "known", "items_at_least", "overlaps", "above_ceiling", "below_minimum", "noted",
                                              "at_least", "at_most", "before", "after", "not_before", "not_after"};

struct operand {
    enum source source;
    bool is_constant;
    int64_t constant_ms;
    struct span name;
    int64_t plus_ms;
};

struct condition {
    enum kind kind;
    size_t count;
    const struct condition **parts;
    enum source source;
    enum test test;
    struct span name;    // field, fact, ... of the left side
    struct names names;  // filed, state, role, duty_open, party_state: any of them; in, has: the values
    struct span value;   // is, is_not
    bool wants_known;
    int64_t bound;       // at_least, at_most, in hundredths
    struct operand right;
    bool is_compared;    // is, is_not, in, has: with the values of the right operand
    const struct yaml *node;
};

// --- loading ---

static bool is_bare(enum source source) {
    return source == SOURCE_FLAG || source == SOURCE_FILED || source == SOURCE_STATE || source == SOURCE_ROLE ||
           source == SOURCE_DUTY_OPEN || source == SOURCE_ON_BEHALF || source == SOURCE_PARTY_STATE || source == SOURCE_AGAINST ||
           source == SOURCE_BARRED;
}

struct err yaml_duration(const struct yaml *node, int64_t sign, int64_t *ret_ms, struct why *why) {
    if (node == NULL) return err_none();
    static const int64_t UNITS[] = {MS_PER_SECOND, MS_PER_MINUTE, MS_PER_HOUR, MS_PER_DAY};
    struct span text = node->type == YAML_SCALAR ? node->text : span_make(NULL, 0);
    size_t blank = span_find(text, ' ', 0);
    int64_t amount = 0;
    struct span unit = span_part(text, blank + 1 < text.len ? blank + 1 : text.len, text.len);
    const char *found = unit.len == 1 ? strchr("smhd", unit.at[0]) : NULL;
    if (found == NULL || !span_to_int(span_part(text, 0, blank), &amount) || amount < 0 || amount > 100000)
        return yaml_refuse(node, why, "condition.duration", "a span of time like \"24 h\" is expected (s, m, h, d)");
    *ret_ms += sign * amount * UNITS[found - "smhd"];
    return err_none();
}

static struct err operand_load(const struct yaml *node, struct operand *ret, struct why *why) {
    *ret = (struct operand){0};
    if (node->type == YAML_SCALAR) {
        struct json text = json_from_string(node->text);
        ret->is_constant = true;
        ret->constant_ms = json_instant(&text, NULL);
        if (ret->constant_ms == INSTANT_NONE) return yaml_refuse(node, why, "condition.instant", "an instant or a date is expected");
        return err_none();
    }
    TRY(yaml_only(node, "field case received plus minus", why));
    static const enum source ALLOWED[] = {SOURCE_FIELD, SOURCE_CASE, SOURCE_RECEIVED};
    size_t found = 0;
    for (size_t i = 0; i < 3; i++) {
        struct span name = yaml_get_text(node, SOURCES[ALLOWED[i]]);
        if (name.len == 0) continue;
        ret->source = ALLOWED[i];
        ret->name = name;
        found++;
    }
    if (found != 1) return yaml_refuse(node, why, "condition.operand", "one of field, case or received is expected");
    TRY(yaml_duration(yaml_get(node, "plus"), 1, &ret->plus_ms, why));
    return yaml_duration(yaml_get(node, "minus"), -1, &ret->plus_ms, why);
}

static struct err values_load(struct arena *arena, const struct yaml *node, const struct name_lists *lists, struct names *ret,
                              struct why *why) {
    if (node->type != YAML_MAPPING) return yaml_names(arena, node, ret, why);
    TRY(yaml_only(node, "list", why));
    const struct names *list = name_lists_find(lists, yaml_get_text(node, "list"));
    if (list == NULL) return yaml_refuse(node, why, "condition.list", "there is no such list in this procedure");
    *ret = *list;
    return err_none();
}

// "10" or "10.5" in hundredths.
static bool hundredths(struct span text, int64_t *ret) {
    size_t dot = span_find(text, '.', 0);
    struct span fraction = span_part(text, dot < text.len ? dot + 1 : text.len, text.len);
    int64_t whole = 0, part = 0;
    if (!span_to_int(span_part(text, 0, dot), &whole) || whole > INT64_MAX / 1000 || whole < INT64_MIN / 1000) return false;
    if (dot < text.len && (fraction.len == 0 || fraction.len > 2 || fraction.at[0] == '-' || !span_to_int(fraction, &part)))
        return false;
    if (fraction.len == 1) part *= 10;
    *ret = whole * 100 + (text.len > 0 && text.at[0] == '-' ? -part : part);
    return true;
}

static struct err test_load(struct arena *arena, const struct yaml *node, const struct name_lists *lists,
                            struct condition *condition, struct why *why) {
    size_t found = 0;
    const struct yaml *right = NULL;
    for (int t = TEST_IS; t < TEST_COUNT; t++) {
        const struct yaml *value = yaml_get(node, TESTS[t]);
        if (value == NULL) continue;
        condition->test = (enum test)t;
        right = value;
        found++;
    }
    if (found != 1) return yaml_refuse(node, why, "condition.test", "exactly one comparison (is, in, has, known, before, ...) is expected");
    condition->is_compared = condition->test <= TEST_WITHIN && right->type == YAML_MAPPING && yaml_get(right, "list") == NULL;
    if (condition->is_compared) return operand_load(right, &condition->right, why);
    switch (condition->test) {
    case TEST_IS:
    case TEST_IS_NOT:
    case TEST_ABOVE_CEILING:
    case TEST_BELOW_MINIMUM:
    case TEST_NOTED:
        if (right->type != YAML_SCALAR) return yaml_refuse(right, why, "condition.value", "one value is expected");
        condition->value = right->text;
        return err_none();
    case TEST_IN:
    case TEST_WITHIN:
    case TEST_HAS: return values_load(arena, right, lists, &condition->names, why);
    case TEST_OVERLAPS:
        TRY(values_load(arena, right, lists, &condition->names, why));
        for (size_t i = 0; i < condition->names.count; i++)
            if (!ip_range_overlaps(condition->names.items[i], condition->names.items[i]))
                return yaml_refuse(right, why, "condition.range", "ranges like 192.0.2.0/24 are expected");
        return err_none();
    case TEST_KNOWN: return yaml_flag(node, "known", true, &condition->wants_known, why);
    case TEST_ITEMS_AT_LEAST:
        TRY(yaml_number(node, "items_at_least", 0, &condition->bound, why));
        return condition->bound > 0 ? err_none() : yaml_refuse(right, why, "condition.number", "a number from 1 is expected");
    case TEST_AT_LEAST:
    case TEST_AT_MOST:
        if (right->type != YAML_SCALAR || !hundredths(right->text, &condition->bound))
            return yaml_refuse(right, why, "condition.number", "a number with at most two decimals is expected");
        return err_none();
    default: return operand_load(right, &condition->right, why);
    }
}

static struct err leaf_load(struct arena *arena, const struct yaml *node, const struct name_lists *lists,
                            struct condition *condition, struct why *why) {
    TRY(yaml_only(node,
                  "field case subject setting flag filed state role duty_open on_behalf received party party_state against barred item is is_not in has within known items_at_least overlaps "
                  "above_ceiling below_minimum noted at_least at_most before after not_before not_after",
                  why));
    condition->kind = KIND_TEST;
    size_t found = 0;
    const struct yaml *left = NULL;
    for (int s = 0; s < SOURCE_COUNT; s++) {
        const struct yaml *value = yaml_get(node, SOURCES[s]);
        if (value == NULL) continue;
        condition->source = (enum source)s;
        left = value;
        found++;
    }
    if (found != 1) return yaml_refuse(node, why, "condition.source", "exactly one of field, case, subject, ... is expected");
    if (is_bare(condition->source)) {
        if (node->count != 1) return yaml_refuse(node, why, "condition.test", "%s takes no comparison", SOURCES[condition->source]);
        condition->test = TEST_HOLDS;
        return yaml_names(arena, left, &condition->names, why);
    }
    if (left->type != YAML_SCALAR || left->text.len == 0) return yaml_refuse(left, why, "condition.name", "a name is expected");
    condition->name = left->text;
    return test_load(arena, node, lists, condition, why);
}

struct err condition_load(struct arena *arena, const struct yaml *node, const struct name_lists *lists,
                          const struct condition **ret, struct why *why) {
    *ret = NULL;
    if (node == NULL) return err_none();
    if (node->type != YAML_MAPPING) return yaml_refuse(node, why, "condition.shape", "a condition like {field: x, is: yes} is expected");
    struct condition *out = ARENA_NEW(arena, struct condition);
    if (out == NULL) return err_make(ERR_MEMORY);
    out->node = node;
    const struct yaml *all = yaml_get(node, "all"), *any = yaml_get(node, "any"), *negated = yaml_get(node, "not");
    if (all == NULL && any == NULL && negated == NULL) {
        TRY(leaf_load(arena, node, lists, out, why));
        *ret = out;
        return err_none();
    }
    if (node->count != 1) return yaml_refuse(node, why, "condition.shape", "all, any or not stands alone");
    const struct yaml *list = all != NULL ? all : any != NULL ? any : negated;
    out->kind = all != NULL ? KIND_ALL : any != NULL ? KIND_ANY : KIND_NOT;
    if (out->kind != KIND_NOT && (list->type != YAML_SEQUENCE || list->count == 0))
        return yaml_refuse(list, why, "condition.shape", "a list of conditions is expected");
    out->count = out->kind == KIND_NOT ? 1 : list->count;
    out->parts = arena_take_array(arena, out->count, sizeof(const struct condition *));
    if (out->parts == NULL) return err_make(ERR_MEMORY);
    for (size_t i = 0; i < out->count; i++)
        TRY(condition_load(arena, out->kind == KIND_NOT ? list : &list->items[i], lists, &out->parts[i], why));
    *ret = out;
    return err_none();
}

struct err name_lists_load(struct arena *arena, const struct yaml *node, struct name_lists *ret, struct why *why) {
    *ret = (struct name_lists){0};
    if (node == NULL) return err_none();
    if (node->type != YAML_MAPPING) return yaml_refuse(node, why, "pack.lists", "names with lists of values are expected");
    ret->names = arena_take_array(arena, node->count + 1, sizeof *ret->names);
    ret->lists = arena_take_array(arena, node->count + 1, sizeof *ret->lists);
    if (ret->names == NULL || ret->lists == NULL) return err_make(ERR_MEMORY);
    for (size_t i = 0; i < node->count; i++, ret->count++) {
        ret->names[i] = node->pairs[i].name;
        TRY(yaml_names(arena, &node->pairs[i].value, &ret->lists[i], why));
    }
    return err_none();
}

const struct names *name_lists_find(const struct name_lists *lists, struct span name) {
    for (size_t i = 0; lists != NULL && i < lists->count; i++)
        if (span_equals(lists->names[i], name)) return &lists->lists[i];
    return NULL;
}

// --- deciding ---

static const struct json *fact_of(const struct facts *facts, enum source source, struct span name) {
    const struct json *from = source == SOURCE_FIELD     ? facts->fields
                              : source == SOURCE_CASE    ? facts->case_facts
                              : source == SOURCE_SUBJECT ? facts->subject
                              : source == SOURCE_PARTY   ? facts->party_facts
                              : source == SOURCE_ITEM    ? facts->item
                                                         : facts->settings;
    const struct json *value = json_find(from, name);
    return json_is_null(value) ? NULL : value;
}

static bool value_is(const struct json *value, struct span text) {
    int64_t number;
    switch (value->type) {
    case JSON_STRING: return span_equals(value->string, text);
    case JSON_BOOL: return value->boolean ? span_is(text, "yes") || span_is(text, "true") : span_is(text, "no") || span_is(text, "false");
    case JSON_INT: return span_to_int(text, &number) && number == value->integer;
    default: return false;
    }
}

static bool value_is_among(const struct json *value, const struct names *names) {
    if (value->type == JSON_ARRAY) {
        for (size_t i = 0; i < value->count; i++)
            if (value_is_among(&value->items[i], names)) return true;
        return false;
    }
    for (size_t i = 0; i < names->count; i++)
        if (value_is(value, names->items[i])) return true;
    return false;
}

// Whether the two have a value in common; each may be one or a list.
static bool is_shared(const struct json *a, const struct json *b) {
    if (a->type == JSON_ARRAY) {
        for (size_t i = 0; i < a->count; i++)
            if (is_shared(&a->items[i], b)) return true;
        return false;
    }
    if (b->type == JSON_ARRAY) return is_shared(b, a);
    if (a->type != b->type) return false;
    return a->type == JSON_STRING ? span_equals(a->string, b->string) : a->type == JSON_INT ? a->integer == b->integer : a->type == JSON_BOOL && a->boolean == b->boolean;
}

// Whether each of the values (of one that is no list: itself) is among the names, or among those of OTHER; of none, it is not.
static bool value_is_within(const struct json *value, const struct names *names, const struct json *other) {
    struct json one = {.type = JSON_ARRAY, .count = 1, .items = (struct json *)(uintptr_t)value};
    const struct json *list = value->type == JSON_ARRAY ? value : &one;
    for (size_t i = 0; i < list->count; i++)
        if (other != NULL ? !is_shared(&list->items[i], other) : !value_is_among(&list->items[i], names)) return false;
    return list->count > 0;
}

// Whether an address of the value lies in one of the ranges.
static bool value_overlaps(const struct json *value, const struct names *ranges) {
    for (size_t i = 0; value->type == JSON_ARRAY && i < value->count; i++)
        if (value_overlaps(&value->items[i], ranges)) return true;
    for (size_t i = 0; value->type == JSON_STRING && i < ranges->count; i++)
        if (ip_range_overlaps(value->string, ranges->items[i])) return true;
    return false;
}

static bool stands_in_case(const struct json *filings, const struct names *documents) {
    for (size_t i = 0; filings != NULL && i < filings->count; i++) {
        const struct json *filing = &filings->items[i];
        if (names_have(documents, json_get_string(filing, "document")) && !span_is(json_get_string(filing, "status"), "withdrawn"))
            return true;
    }
    return false;
}

// Whether a filing that stands in the case was filed against one of the rules; `any` of them.
static bool is_against(const struct json *filings, const struct names *rules) {
    for (size_t i = 0; filings != NULL && i < filings->count; i++) {
        const struct json *against = json_get(&filings->items[i], "against");
        if (span_is(json_get_string(&filings->items[i], "status"), "withdrawn")) continue;
        for (size_t k = 0; against != NULL && k < against->count; k++)
            if (names_have(rules, json_get_string(&against->items[k], "rule")) || names_have(rules, SPAN("any"))) return true;
    }
    return false;
}

static bool is_duty_open(const struct json *duties, const struct names *names) {
    for (size_t i = 0; duties != NULL && i < duties->count; i++) {
        const struct json *duty = &duties->items[i];
        if (names_have(names, json_get_string(duty, "duty")) && json_is_null(json_get(duty, "done_by")) &&
            json_is_null(json_get(duty, "closed_by")))
            return true;
    }
    return false;
}

static bool bare_holds(const struct condition *c, const struct facts *facts) {
    switch (c->source) {
    case SOURCE_FILED: return stands_in_case(facts->filings, &c->names);
    case SOURCE_STATE: return names_have(&c->names, facts->state);
    case SOURCE_ROLE: return names_have(&c->names, facts->role);
    case SOURCE_PARTY_STATE: return names_have(&c->names, facts->party_state);
    case SOURCE_BARRED: return c->names.count == 1 && ceiling_is_barred(facts, c->names.items[0]);
    case SOURCE_AGAINST: return is_against(facts->filings, &c->names);
    case SOURCE_DUTY_OPEN: return is_duty_open(facts->duties, &c->names);
    case SOURCE_ON_BEHALF: return facts->is_on_behalf == (c->names.count == 1 && span_is(c->names.items[0], "yes"));
    default: break;
    }
    for (size_t i = 0; i < c->names.count; i++) {
        const struct json *flag = json_find(facts->flags, c->names.items[i]);
        if (flag != NULL && flag->type == JSON_BOOL && flag->boolean) return true;
    }
    return false;
}

static bool time_holds(const struct condition *c, const struct facts *facts, const struct json *value) {
    int64_t left = c->source == SOURCE_RECEIVED ? facts->received_ms : json_instant(value, facts->zone);
    int64_t right = c->right.is_constant                  ? c->right.constant_ms
                    : c->right.source == SOURCE_RECEIVED ? facts->received_ms
                                                         : json_instant(fact_of(facts, c->right.source, c->right.name), facts->zone);
    if (left == INSTANT_NONE || right == INSTANT_NONE) return false;
    right += c->right.plus_ms;
    switch (c->test) {
    case TEST_BEFORE: return left < right;
    case TEST_AFTER: return left > right;
    case TEST_NOT_BEFORE: return left >= right;
    default: return left <= right;
    }
}

static bool number_holds(const struct condition *c, const struct json *value) {
    int64_t number = 0;
    if (value->type == JSON_INT) {
        if (value->integer > INT64_MAX / 1000 || value->integer < INT64_MIN / 1000) return (value->integer > 0) == (c->test == TEST_AT_LEAST);
        number = value->integer * 100;
    } else if (value->type == JSON_ARRAY) { // how many there are
        number = (int64_t)value->count * 100;
    } else if (value->type != JSON_STRING || !hundredths(value->string, &number)) {
        return false;
    }
    return c->test == TEST_AT_LEAST ? number >= c->bound : number <= c->bound;
}

static bool compared_holds(const struct condition *c, const struct facts *facts, const struct json *value) {
    const struct json *other = fact_of(facts, c->right.source, c->right.name);
    if (other == NULL) return false;
    if (c->test == TEST_WITHIN) return value_is_within(value, NULL, other);
    return is_shared(value, other) == (c->test != TEST_IS_NOT);
}

static bool test_holds(const struct condition *c, const struct facts *facts) {
    if (c->test == TEST_HOLDS) return bare_holds(c, facts);
    const struct json *value = c->source == SOURCE_RECEIVED ? NULL : fact_of(facts, c->source, c->name);
    if (c->test == TEST_KNOWN) return (value != NULL || c->source == SOURCE_RECEIVED) == c->wants_known;
    if (c->test >= TEST_BEFORE) return time_holds(c, facts, value);
    if (value == NULL) return false;
    if (c->is_compared) return compared_holds(c, facts, value);
    switch (c->test) {
    case TEST_ITEMS_AT_LEAST: return value->type == JSON_ARRAY && value->count >= (size_t)c->bound;
    case TEST_IS: return value_is(value, c->value);
    case TEST_IS_NOT: return !value_is(value, c->value);
    case TEST_ABOVE_CEILING:
    case TEST_BELOW_MINIMUM: return ceiling_is_passed(facts, c->value, value, c->test == TEST_BELOW_MINIMUM);
    case TEST_IN:
    case TEST_HAS: return value_is_among(value, &c->names);
    case TEST_WITHIN: return value_is_within(value, &c->names, NULL);
    case TEST_OVERLAPS: return value_overlaps(value, &c->names);
    case TEST_NOTED: return json_find(facts->noted, c->value) != NULL && is_shared(value, json_find(facts->noted, c->value));
    default: return number_holds(c, value);
    }
}

bool condition_holds(const struct condition *c, const struct facts *facts) {
    if (c == NULL) return true;
    switch (c->kind) {
    case KIND_NOT: return !condition_holds(c->parts[0], facts);
    case KIND_TEST: return test_holds(c, facts);
    default: break;
    }
    for (size_t i = 0; i < c->count; i++)
        if (condition_holds(c->parts[i], facts) != (c->kind == KIND_ALL)) return c->kind == KIND_ANY;
    return c->kind == KIND_ALL;
}

// --- showing ---

// A scalar of the pack as JSON: booleans and numbers by look, the rest strings.
static void scalar_write(struct json_out *out, const struct yaml *node) {
    int64_t number;
    if (!node->is_quoted && (span_is(node->text, "yes") || span_is(node->text, "true"))) json_out_bool(out, true);
    else if (!node->is_quoted && (span_is(node->text, "no") || span_is(node->text, "false"))) json_out_bool(out, false);
    else if (!node->is_quoted && span_to_int(node->text, &number)) json_out_int(out, number);
    else json_out_string(out, node->text);
}

static void node_write(struct json_out *out, const struct yaml *node) {
    if (node->type == YAML_SCALAR) {
        scalar_write(out, node);
        return;
    }
    if (node->type == YAML_SEQUENCE) {
        json_out_array(out);
        for (size_t i = 0; i < node->count; i++) node_write(out, &node->items[i]);
        json_out_array_end(out);
        return;
    }
    json_out_object(out);
    for (size_t i = 0; i < node->count; i++) {
        json_out_name_span(out, node->pairs[i].name);
        node_write(out, &node->pairs[i].value);
    }
    json_out_object_end(out);
}

void condition_write(struct json_out *out, const struct condition *condition) {
    if (condition == NULL) json_out_null(out);
    else node_write(out, condition->node);
}

void condition_visit(const struct condition *c, condition_visitor *visitor, void *context) {
    if (c == NULL) return;
    for (size_t i = 0; i < c->count; i++) condition_visit(c->parts[i], visitor, context);
    if (c->kind != KIND_TEST) return;
    if (c->test == TEST_HOLDS) {
        for (size_t i = 0; i < c->names.count; i++) visitor(context, SOURCES[c->source], c->names.items[i], c->node);
        return;
    }
    visitor(context, SOURCES[c->source], c->name, c->node);
    if (c->test == TEST_ABOVE_CEILING || c->test == TEST_BELOW_MINIMUM) visitor(context, "ceiling", c->value, c->node);
    if (c->test == TEST_NOTED) visitor(context, TESTS[TEST_NOTED], c->value, c->node);
    if ((c->is_compared || c->test >= TEST_BEFORE) && !c->right.is_constant) visitor(context, SOURCES[c->right.source], c->right.name, c->node);
}
