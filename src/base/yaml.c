// SPDX-License-Identifier: EUPL-1.2
#include "base/yaml.h"

#include <stdarg.h>
#include <stdio.h>
#include <yaml.h>

#include "base/limits.h"

struct loader {
    struct arena *arena;
    const char *file;
    yaml_parser_t parser;
    struct why *why;
};

static struct err refuse_at(struct loader *l, size_t line, const char *rule, const char *words) {
    return why_set(l->why, ERR_INPUT, "", rule, "", "%s:%zu: %s", l->file, line + 1, words);
}

static struct err next_event(struct loader *l, yaml_event_t *event) {
    if (yaml_parser_parse(&l->parser, event)) return err_none();
    return refuse_at(l, l->parser.problem_mark.line, "yaml.syntax", l->parser.problem != NULL ? l->parser.problem : "syntax error");
}

static struct err load_node(struct loader *l, yaml_event_t *event, size_t depth, struct yaml *ret);

static struct err load_scalar(struct loader *l, yaml_event_t *event, struct yaml *ret) {
    if (event->data.scalar.anchor != NULL || event->data.scalar.tag != NULL)
        return refuse_at(l, event->start_mark.line, "yaml.subset", "anchors and tags are not allowed");
    ret->type = YAML_SCALAR;
    ret->is_quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
    ret->text = arena_copy(l->arena, span_make(event->data.scalar.value, event->data.scalar.length));
    return ret->text.at == NULL ? err_make(ERR_MEMORY) : err_none();
}

// Appends one element to an array in the arena that doubles.
static void *grow(struct arena *arena, void *items, size_t count, size_t size) {
    if (count != 0 && (count & (count - 1)) != 0) return items;
    void *fresh = arena_take_array(arena, count == 0 ? 1 : count * 2, size);
    if (fresh != NULL && count > 0) memcpy(fresh, items, count * size);
    return fresh;
}

static struct err load_sequence(struct loader *l, size_t depth, struct yaml *ret) {
    ret->type = YAML_SEQUENCE;
    for (;;) {
        yaml_event_t event;
        TRY(next_event(l, &event));
        if (event.type == YAML_SEQUENCE_END_EVENT) {
            yaml_event_delete(&event);
            return err_none();
        }
        ret->items = grow(l->arena, ret->items, ret->count, sizeof *ret->items);
        struct err e = ret->items == NULL ? err_make(ERR_MEMORY) : load_node(l, &event, depth, &ret->items[ret->count]);
        yaml_event_delete(&event);
        TRY(e);
        ret->count++;
    }
}

static struct err load_mapping(struct loader *l, size_t depth, struct yaml *ret) {
    ret->type = YAML_MAPPING;
    for (;;) {
        yaml_event_t event;
        TRY(next_event(l, &event));
        if (event.type == YAML_MAPPING_END_EVENT) {
            yaml_event_delete(&event);
            return err_none();
        }
        struct yaml name = {.file = l->file};
        size_t line = event.start_mark.line;
        struct err e = event.type == YAML_SCALAR_EVENT ? load_scalar(l, &event, &name)
                                                       : refuse_at(l, line, "yaml.subset", "a name must be a scalar");
        yaml_event_delete(&event);
        TRY(e);
        for (size_t i = 0; i < ret->count; i++)
            if (span_equals(ret->pairs[i].name, name.text))
                return why_set(l->why, ERR_INPUT, "", "yaml.duplicate_key", "", "%s:%zu: \"%.*s\" stands twice", l->file,
                               line + 1, SPAN_FMT(name.text));
        TRY(next_event(l, &event));
        ret->pairs = grow(l->arena, ret->pairs, ret->count, sizeof *ret->pairs);
        if (ret->pairs == NULL) {
            yaml_event_delete(&event);
            return err_make(ERR_MEMORY);
        }
        struct yaml_pair *pair = &ret->pairs[ret->count];
        pair->name = name.text;
        pair->line = (uint32_t)line + 1;
        e = load_node(l, &event, depth, &pair->value);
        yaml_event_delete(&event);
        TRY(e);
        ret->count++;
    }
}

static struct err load_node(struct loader *l, yaml_event_t *event, size_t depth, struct yaml *ret) {
    size_t line = event->start_mark.line;
    *ret = (struct yaml){.file = l->file, .line = (uint32_t)line + 1};
    if (depth > LIMIT_YAML_DEPTH) return refuse_at(l, line, "yaml.depth", "nested too deeply");
    switch (event->type) {
    case YAML_SCALAR_EVENT: return load_scalar(l, event, ret);
    case YAML_SEQUENCE_START_EVENT:
        if (event->data.sequence_start.anchor != NULL || event->data.sequence_start.tag != NULL)
            return refuse_at(l, line, "yaml.subset", "anchors and tags are not allowed");
        return load_sequence(l, depth + 1, ret);
    case YAML_MAPPING_START_EVENT:
        if (event->data.mapping_start.anchor != NULL || event->data.mapping_start.tag != NULL)
            return refuse_at(l, line, "yaml.subset", "anchors and tags are not allowed");
        return load_mapping(l, depth + 1, ret);
    case YAML_ALIAS_EVENT: return refuse_at(l, line, "yaml.subset", "aliases are not allowed");
    default: return refuse_at(l, line, "yaml.syntax", "a value is expected");
    }
}

static struct err expect(struct loader *l, yaml_event_type_t type, const char *words) {
    yaml_event_t event;
    TRY(next_event(l, &event));
    bool is_expected = event.type == type;
    size_t line = event.start_mark.line;
    yaml_event_delete(&event);
    return is_expected ? err_none() : refuse_at(l, line, "yaml.syntax", words);
}

static struct err load_document(struct loader *l, struct yaml *ret) {
    TRY(expect(l, YAML_STREAM_START_EVENT, "a YAML stream is expected"));
    TRY(expect(l, YAML_DOCUMENT_START_EVENT, "the file is empty"));
    yaml_event_t event;
    TRY(next_event(l, &event));
    struct err e = load_node(l, &event, 0, ret);
    yaml_event_delete(&event);
    TRY(e);
    TRY(expect(l, YAML_DOCUMENT_END_EVENT, "one document is expected"));
    return expect(l, YAML_STREAM_END_EVENT, "one document a file is expected");
}

struct err yaml_load(struct arena *arena, const char *file, struct span text, struct yaml *ret, struct why *why) {
    if (text.len > LIMIT_YAML_BYTES)
        return why_set(why, ERR_LIMIT, "", "yaml.size", "", "%s: the file has %zu bytes, at most %d are read", file, text.len,
                       (int)LIMIT_YAML_BYTES);
    struct loader l = {.arena = arena, .file = file, .why = why};
    if (!yaml_parser_initialize(&l.parser)) return err_make(ERR_MEMORY);
    yaml_parser_set_input_string(&l.parser, text.at != NULL ? text.at : (const uint8_t *)"", text.len);
    struct yaml root;
    struct err e = load_document(&l, &root);
    yaml_parser_delete(&l.parser);
    TRY(e);
    *ret = root;
    return err_none();
}

const struct yaml *yaml_get(const struct yaml *mapping, const char *name) {
    if (mapping == NULL || mapping->type != YAML_MAPPING) return NULL;
    size_t len = strlen(name);
    for (size_t i = 0; i < mapping->count; i++) {
        struct span found = mapping->pairs[i].name;
        if (found.len == len && memcmp(found.at, name, len) == 0) return &mapping->pairs[i].value;
    }
    return NULL;
}

struct span yaml_get_text(const struct yaml *mapping, const char *name) {
    const struct yaml *value = yaml_get(mapping, name);
    return value != NULL && value->type == YAML_SCALAR ? value->text : span_make(NULL, 0);
}

bool yaml_is_null(const struct yaml *value) {
    if (value == NULL) return true;
    if (value->type != YAML_SCALAR || value->is_quoted) return false;
    return value->text.len == 0 || span_is(value->text, "~") || span_is(value->text, "null");
}

struct err yaml_refuse(const struct yaml *node, struct why *why, const char *rule, const char *format, ...) {
    char words[400];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(words, sizeof words, format, args);
    va_end(args);
    if (node == NULL) return why_set(why, ERR_INPUT, "", rule, "", "%s", words);
    return why_set(why, ERR_INPUT, "", rule, "", "%s:%u: %s", node->file, node->line, words);
}
