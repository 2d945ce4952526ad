// SPDX-License-Identifier: EUPL-1.2
#include "law/json_tree.h"

// Room for one more of COUNT elements in an array whose capacity doubles.
static void *room(struct json_tree *tree, void *items, size_t count, size_t size) {
    if (tree->is_failed) return NULL;
    if (count != 0 && (count & (count - 1)) != 0) return items;
    void *fresh = arena_take_array(tree->arena, count == 0 ? 1 : count * 2, size);
    if (fresh == NULL) {
        tree->is_failed = true;
        return NULL;
    }
    if (count > 0) memcpy(fresh, items, count * size);
    return fresh;
}

struct json *json_tree_add(struct json_tree *tree, struct json *object, struct span name, struct json value) {
    if (object == NULL) return NULL;
    struct json_member *members = room(tree, object->members, object->count, sizeof *members);
    if (members == NULL) return NULL;
    object->members = members;
    struct json_member *member = &members[object->count++];
    *member = (struct json_member){.name = name, .value = value};
    return &member->value;
}

struct json *json_tree_push(struct json_tree *tree, struct json *array, struct json value) {
    if (array == NULL) return NULL;
    struct json *items = room(tree, array->items, array->count, sizeof *items);
    if (items == NULL) return NULL;
    array->items = items;
    items[array->count] = value;
    return &items[array->count++];
}

struct json *json_tree_set(struct json_tree *tree, struct json *object, struct span name, struct json value) {
    for (size_t i = 0; object != NULL && i < object->count; i++) {
        if (!span_equals(object->members[i].name, name)) continue;
        object->members[i].value = value;
        return &object->members[i].value;
    }
    return json_tree_add(tree, object, name, value);
}

struct json json_tree_copy(struct json_tree *tree, const struct json *value) {
    if (value == NULL) return json_null();
    struct json out = *value;
    if (value->type == JSON_ARRAY) {
        out = json_array();
        for (size_t i = 0; i < value->count; i++) (void)json_tree_push(tree, &out, json_tree_copy(tree, &value->items[i]));
    } else if (value->type == JSON_OBJECT) {
        out = json_object();
        for (size_t i = 0; i < value->count; i++)
            (void)json_tree_add(tree, &out, value->members[i].name, json_tree_copy(tree, &value->members[i].value));
    }
    return out;
}

struct json json_tree_names(struct json_tree *tree, const struct names *names) {
    struct json out = json_array();
    for (size_t i = 0; i < names->count; i++) (void)json_tree_push(tree, &out, json_from_string(names->items[i]));
    return out;
}

struct json json_tree_instant(struct json_tree *tree, int64_t instant_ms) {
    if (instant_ms == INSTANT_NONE) return json_null();
    struct span text = instant_text(tree->arena, instant_ms);
    if (text.at == NULL) tree->is_failed = true;
    return json_from_string(text);
}

const struct json *json_find(const struct json *object, struct span name) {
    if (object == NULL || object->type != JSON_OBJECT) return NULL;
    for (size_t i = 0; i < object->count; i++)
        if (span_equals(object->members[i].name, name)) return &object->members[i].value;
    return NULL;
}

int64_t json_instant(const struct json *value, const struct zone *zone) {
    if (value != NULL && value->type == JSON_OBJECT) value = json_get(value, "at");
    if (value == NULL || value->type != JSON_STRING) return INSTANT_NONE;
    struct civil date;
    if (civil_parse(value->string, &date)) return zone_day_start(zone, date);
    struct stamp stamp;
    return is_err(stamp_parse(value->string, NULL, "", &stamp, NULL)) ? INSTANT_NONE : stamp.ms;
}

bool json_has_string(const struct json *array, struct span text) {
    if (array == NULL || array->type != JSON_ARRAY) return false;
    for (size_t i = 0; i < array->count; i++)
        if (array->items[i].type == JSON_STRING && span_equals(array->items[i].string, text)) return true;
    return false;
}

bool names_have(const struct names *names, struct span name) {
    for (size_t i = 0; i < names->count; i++)
        if (span_equals(names->items[i], name)) return true;
    return false;
}

struct err yaml_names(struct arena *arena, const struct yaml *node, struct names *ret, struct why *why) {
    *ret = (struct names){0};
    if (yaml_is_null(node)) return err_none();
    if (node->type == YAML_MAPPING) return yaml_refuse(node, why, "pack.names", "a name or a list of names is expected");
    size_t count = node->type == YAML_SCALAR ? 1 : node->count;
    ret->items = arena_take_array(arena, count + 1, sizeof *ret->items);
    if (ret->items == NULL) return err_make(ERR_MEMORY);
    for (size_t i = 0; i < count; i++) {
        const struct yaml *item = node->type == YAML_SCALAR ? node : &node->items[i];
        if (item->type != YAML_SCALAR || item->text.len == 0) return yaml_refuse(item, why, "pack.names", "a name is expected");
        ret->items[ret->count++] = item->text;
    }
    return err_none();
}

static bool is_allowed(struct span name, const char *allowed) {
    for (const char *at = allowed; *at != '\0';) {
        const char *end = strchr(at, ' ');
        size_t len = end == NULL ? strlen(at) : (size_t)(end - at);
        if (span_equals(name, span_make(at, len))) return true;
        at += len + (end != NULL);
    }
    return false;
}

struct err yaml_only(const struct yaml *node, const char *allowed, struct why *why) {
    if (node->type != YAML_MAPPING) return yaml_refuse(node, why, "pack.row", "a row (a mapping of %s) is expected", allowed);
    for (size_t i = 0; i < node->count; i++)
        if (!is_allowed(node->pairs[i].name, allowed))
            return yaml_refuse(&node->pairs[i].value, why, "pack.unknown_name", "\"%.*s\" is not known here; known are: %s",
                               SPAN_FMT(node->pairs[i].name), allowed);
    return err_none();
}

struct err yaml_flag(const struct yaml *mapping, const char *name, bool fallback, bool *ret, struct why *why) {
    const struct yaml *node = yaml_get(mapping, name);
    *ret = fallback;
    if (node == NULL) return err_none();
    bool is_yes = node->type == YAML_SCALAR && (span_is(node->text, "yes") || span_is(node->text, "true"));
    bool is_no = node->type == YAML_SCALAR && (span_is(node->text, "no") || span_is(node->text, "false"));
    if (!is_yes && !is_no) return yaml_refuse(node, why, "pack.flag", "%s: yes or no is expected", name);
    *ret = is_yes;
    return err_none();
}

struct err yaml_number(const struct yaml *mapping, const char *name, int64_t fallback, int64_t *ret, struct why *why) {
    const struct yaml *node = yaml_get(mapping, name);
    *ret = fallback;
    if (node == NULL) return err_none();
    if (node->type != YAML_SCALAR || !span_to_int(node->text, ret))
        return yaml_refuse(node, why, "pack.number", "%s: a whole number is expected", name);
    return err_none();
}

struct err yaml_need(const struct yaml *mapping, const char *name, struct span *ret, struct why *why) {
    struct span text = yaml_get_text(mapping, name);
    if (text.len == 0) return yaml_refuse(mapping, why, "pack.missing", "%s is missing", name);
    *ret = text;
    return err_none();
}

struct err yaml_validity(const struct yaml *mapping, struct validity *ret, struct why *why) {
    *ret = (struct validity){0};
    const struct yaml *from = yaml_get(mapping, "from"), *to = yaml_get(mapping, "to");
    if (from != NULL && !(ret->has_from = from->type == YAML_SCALAR && civil_parse(from->text, &ret->from)))
        return yaml_refuse(from, why, "pack.date", "from: a date like 2024-10-18 is expected");
    if (to != NULL && !(ret->has_to = to->type == YAML_SCALAR && civil_parse(to->text, &ret->to)))
        return yaml_refuse(to, why, "pack.date", "to: a date like 2024-10-18 is expected");
    return err_none();
}

bool is_valid_at(const struct validity *validity, struct civil at) {
    return (!validity->has_from || civil_compare(validity->from, at) <= 0) &&
           (!validity->has_to || civil_compare(at, validity->to) <= 0);
}
