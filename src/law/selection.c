// SPDX-License-Identifier: EUPL-1.2
#include "law/selection.h"

#include <stdio.h>
#include <stdlib.h>

#include "law/condition.h"
#include "law/procedure_private.h"

// --- a condition that came as JSON ---

struct converter {
    struct arena *arena;
    size_t nodes;
    bool is_failed; // too many nodes, or a value that conditions have not
};

static struct span scalar_text(struct converter *c, const struct json *value) {
    if (value->type == JSON_STRING) return value->string;
    if (value->type == JSON_INT) return arena_printf(c->arena, "%lld", (long long)value->integer);
    if (value->type == JSON_BOOL) return value->boolean ? SPAN("yes") : SPAN("no");
    c->is_failed = true;
    return SPAN("");
}

static struct yaml yaml_of(struct converter *c, const struct json *value) {
    struct yaml out = {.file = "condition", .line = 1};
    if (++c->nodes > SELECTION_CONDITION_NODES_MAX) c->is_failed = true;
    if (c->is_failed) return out;
    if (value->type == JSON_OBJECT) {
        out.type = YAML_MAPPING;
        out.pairs = arena_take_array(c->arena, value->count + 1, sizeof *out.pairs);
        if (out.pairs == NULL) c->is_failed = true;
        for (size_t i = 0; !c->is_failed && i < value->count; i++)
            out.pairs[out.count++] = (struct yaml_pair){.name = value->members[i].name, .line = 1, .value = yaml_of(c, &value->members[i].value)};
    } else if (value->type == JSON_ARRAY) {
        out.type = YAML_SEQUENCE;
        out.items = arena_take_array(c->arena, value->count + 1, sizeof *out.items);
        if (out.items == NULL) c->is_failed = true;
        for (size_t i = 0; !c->is_failed && i < value->count; i++) out.items[out.count++] = yaml_of(c, &value->items[i]);
    } else {
        out.type = YAML_SCALAR;
        out.is_quoted = value->type == JSON_STRING;
        out.text = scalar_text(c, value);
    }
    return out;
}

static void kind_check(void *context, const char *kind, struct span name, const struct yaml *node) {
    (void)name;
    (void)node;
    bool *is_other = context;
    *is_other = *is_other || strcmp(kind, "subject") != 0;
}

static struct err condition_refuse(struct why *why, const char *words) {
    return why_set(why, ERR_INPUT, "/condition", "selection.condition", "", "%s", words);
}

static struct err condition_of(const struct json *sent, struct arena *arena, const struct condition **ret, struct why *why) {
    static const struct name_lists NO_LISTS = {0};
    struct converter c = {.arena = arena};
    struct yaml *node = ARENA_NEW(arena, struct yaml);
    if (node == NULL) return err_make(ERR_MEMORY);
    if (sent->type != JSON_OBJECT) return condition_refuse(why, "a condition like {\"subject\": \"staff\", \"at_least\": 250} is expected");
    *node = yaml_of(&c, sent);
    if (c.is_failed) return condition_refuse(why, "the condition is too long, or holds a value that conditions have not");
    struct why own = {0};
    struct err e = condition_load(arena, node, &NO_LISTS, ret, &own);
    if (is_err(e)) return condition_refuse(why, own.words[0] != '\0' ? own.words : "it can't be read");
    bool is_other = false;
    condition_visit(*ret, kind_check, &is_other);
    return is_other ? condition_refuse(why, "a selection asks about the subject alone: {\"subject\": ...}") : err_none();
}

// --- lists ---

enum form { FORM_TEXT, FORM_TYPE, FORM_COUNTRY, FORM_ENTITY, FORM_PRODUCT };
struct criterion {
    const char *name;
    enum form form;
    size_t most;
};
static const struct criterion CRITERIA[] = {
    {"sectors", FORM_TEXT, SELECTION_VALUES_MAX},   {"types", FORM_TYPE, SELECTION_VALUES_MAX},
    {"sizes", FORM_TEXT, SELECTION_VALUES_MAX},     {"classes", FORM_TEXT, SELECTION_VALUES_MAX},
    {"services_in", FORM_COUNTRY, SELECTION_VALUES_MAX}, {"products", FORM_PRODUCT, SELECTION_VALUES_MAX},
    {"entities", FORM_ENTITY, SELECTION_ENTITIES_MAX}, {"except", FORM_ENTITY, SELECTION_ENTITIES_MAX},
};
enum { CRITERIA_COUNT = sizeof CRITERIA / sizeof CRITERIA[0] };

static bool is_plain(struct span text) {
    return text.len > 0 && text.len <= 64 && !span_has_hidden(text);
}

static bool is_entity_id(struct span text) {
    if (text.len != 17 || text.at[0] != 'E') return false;
    for (size_t i = 1; i < text.len; i++)
        if (text.at[i] == 0 || strchr("0123456789abcdefghjkmnpqrstvwxyz", text.at[i]) == NULL) return false;
    return true;
}

static bool value_fits(const struct law *law, enum form form, struct span text) {
    switch (form) {
    case FORM_TYPE: return entity_type_is_known(law, text);
    case FORM_COUNTRY: return text.len == 2 && text.at[0] >= 'A' && text.at[0] <= 'Z' && text.at[1] >= 'A' && text.at[1] <= 'Z';
    case FORM_ENTITY: return is_entity_id(text);
    case FORM_PRODUCT: return text.len >= 2 && is_plain(text);
    default: return is_plain(text);
    }
}

static struct span folded(struct arena *arena, struct span text) {
    uint8_t *at = arena_take(arena, text.len + 1);
    for (size_t i = 0; at != NULL && i < text.len; i++) at[i] = text.at[i] >= 'A' && text.at[i] <= 'Z' ? (uint8_t)(text.at[i] + 32) : text.at[i];
    if (at != NULL) at[text.len] = '\0';
    return span_make(at, at == NULL ? 0 : text.len);
}

static int by_bytes(const void *a, const void *b) { return span_compare(((const struct json *)a)->string, ((const struct json *)b)->string); }

static struct err list_read(const struct law *law, const struct criterion *criterion, const struct json *sent, struct json_tree *tree,
                            struct json *ret, struct why *why) {
    char pointer[40];
    (void)snprintf(pointer, sizeof pointer, "/%s", criterion->name);
    if (sent->type != JSON_ARRAY) return why_set(why, ERR_INPUT, pointer, "selection.type", "", "%s: a list is expected", criterion->name);
    if (sent->count > criterion->most)
        return why_set(why, ERR_INPUT, pointer, "selection.limit", "", "%s: %zu values are given; at most %zu are taken", criterion->name, sent->count, criterion->most);
    struct json all = json_tree_copy(tree, sent), out = json_array();
    for (size_t i = 0; i < all.count; i++) {
        struct json *item = &all.items[i];
        if (item->type != JSON_STRING || !value_fits(law, criterion->form, span_trim(item->string)))
            return why_set(why, ERR_INPUT, pointer, "selection.value", "", "%s: value %zu is none that can be selected by", criterion->name, i + 1);
        item->string = criterion->form == FORM_PRODUCT ? folded(tree->arena, span_trim(item->string)) : span_trim(item->string);
    }
    if (all.count > 1) qsort(all.items, all.count, sizeof *all.items, by_bytes);
    for (size_t i = 0; i < all.count; i++)
        if (i == 0 || !span_equals(all.items[i].string, all.items[i - 1].string)) (void)json_tree_push(tree, &out, all.items[i]);
    *ret = out;
    return err_none();
}

static struct err members_check(const struct json *sent, struct why *why) {
    for (size_t i = 0; i < sent->count; i++) {
        struct span name = sent->members[i].name;
        bool is_known = span_is(name, "everyone") || span_is(name, "condition");
        for (size_t k = 0; k < CRITERIA_COUNT; k++) is_known = is_known || span_is(name, CRITERIA[k].name);
        if (!is_known)
            return why_set(why, ERR_INPUT, "", "selection.unknown", "", "there is no criterion \"%.*s\"", name.len > 60 ? 60 : (int)name.len, (const char *)name.at);
    }
    return err_none();
}

static const struct json *given(const struct json *criteria, const char *name) {
    const struct json *list = json_get(criteria, name);
    return json_is_null(list) || list->count == 0 ? NULL : list;
}

static void lists_find(struct selection *s) {
    s->sectors = given(&s->criteria, "sectors");
    s->types = given(&s->criteria, "types");
    s->sizes = given(&s->criteria, "sizes");
    s->classes = given(&s->criteria, "classes");
    s->services_in = given(&s->criteria, "services_in");
    s->products = given(&s->criteria, "products");
    s->entities = given(&s->criteria, "entities");
    s->except = given(&s->criteria, "except");
    s->has_criteria = s->sectors != NULL || s->types != NULL || s->sizes != NULL || s->classes != NULL || s->services_in != NULL ||
                      s->products != NULL || s->condition != NULL;
}

struct err selection_read(const struct law *law, const struct json *sent, struct arena *arena, struct selection *ret, struct why *why) {
    struct json_tree tree = {.arena = arena};
    struct selection s = {.criteria = json_object()};
    if (json_is_null(sent) || sent->type != JSON_OBJECT)
        return why_set(why, ERR_INPUT, "", "selection.type", "", "an object with criteria is expected, like {\"sectors\": [..]}");
    TRY(members_check(sent, why));
    const struct json *everyone = json_get(sent, "everyone"), *condition = json_get(sent, "condition");
    if (!json_is_null(everyone) && everyone->type != JSON_BOOL)
        return why_set(why, ERR_INPUT, "/everyone", "selection.type", "", "everyone: true or false is expected");
    s.is_everyone = !json_is_null(everyone) && everyone->boolean;
    if (s.is_everyone) (void)json_tree_add(&tree, &s.criteria, SPAN("everyone"), json_from_bool(true));
    for (size_t i = 0; i < CRITERIA_COUNT; i++) {
        const struct json *list = json_get(sent, CRITERIA[i].name);
        struct json read;
        if (json_is_null(list)) continue;
        TRY(list_read(law, &CRITERIA[i], list, &tree, &read, why));
        if (read.count > 0) (void)json_tree_add(&tree, &s.criteria, span_of(CRITERIA[i].name), read);
    }
    if (!json_is_null(condition)) {
        TRY(condition_of(condition, arena, &s.condition, why));
        (void)json_tree_add(&tree, &s.criteria, SPAN("condition"), json_tree_copy(&tree, condition));
    }
    if (tree.is_failed) return err_make(ERR_MEMORY);
    lists_find(&s);
    if (s.is_everyone && (s.has_criteria || s.entities != NULL))
        return why_set(why, ERR_INPUT, "/everyone", "selection.everyone", "", "everyone takes no further criterion but except");
    if (!s.is_everyone && !s.has_criteria && s.entities == NULL)
        return why_set(why, ERR_INPUT, "", "selection.empty", "", "name a criterion, or say {\"everyone\": true}");
    *ret = s;
    // the lists point into criteria, whose members live in the arena
    return err_none();
}

bool selection_condition_holds(const struct selection *selection, const struct json *subject) {
    struct facts facts = {.subject = subject, .received_ms = INSTANT_NONE};
    return condition_holds(selection->condition, &facts);
}
