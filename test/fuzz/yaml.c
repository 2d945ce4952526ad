// SPDX-License-Identifier: EUPL-1.2
/*
 * YAML of law packs: no input crashes the reader, and what it accepts can be walked, each part with its line; packed it is the same tree.
 * Neither does any input crash the reader of packed trees.
 */
#include <assert.h>

#include "base/yaml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void walk(const struct yaml *node) {
    assert(node->line >= 1 && node->file != NULL);
    if (node->type == YAML_SCALAR) assert(span_is_utf8(node->text) && node->text.at[node->text.len] == 0);
    for (size_t i = 0; node->type == YAML_SEQUENCE && i < node->count; i++) walk(&node->items[i]);
    for (size_t i = 0; node->type == YAML_MAPPING && i < node->count; i++) {
        for (size_t k = 0; k < i; k++) assert(!span_equals(node->pairs[i].name, node->pairs[k].name));
        walk(&node->pairs[i].value);
    }
}

static void compare(const struct yaml *a, const struct yaml *b) {
    assert(a->type == b->type && a->is_quoted == b->is_quoted && a->line == b->line && a->count == b->count && span_equals(a->text, b->text));
    for (size_t i = 0; a->type == YAML_SEQUENCE && i < a->count; i++) compare(&a->items[i], &b->items[i]);
    for (size_t i = 0; a->type == YAML_MAPPING && i < a->count; i++) {
        assert(span_equals(a->pairs[i].name, b->pairs[i].name) && a->pairs[i].line == b->pairs[i].line);
        compare(&a->pairs[i].value, &b->pairs[i].value);
    }
}

static void pack_and_compare(struct arena *arena, const struct yaml *root) {
    struct buf packed;
    struct yaml again;
    buf_init(&packed, NULL, 64 * 1024 * 1024);
    yaml_pack(root, &packed);
    if (!packed.is_failed && !is_err(yaml_unpack(arena, "f", buf_span(&packed), &again))) compare(root, &again);
    else assert(packed.is_failed || arena->limit_bytes - arena->used_bytes < 32 * 1024 * 1024);
    buf_fini(&packed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena arena;
    arena_init(&arena, 64 * 1024 * 1024);
    struct yaml root;
    struct why why = {0};
    struct err e = yaml_load(&arena, "f", span_make(data, size), &root, &why);
    if (!is_err(e)) {
        walk(&root);
        pack_and_compare(&arena, &root);
    } else assert(e.code == ERR_MEMORY || why.words[0] != '\0');
    if (!is_err(yaml_unpack(&arena, "f", span_make(data, size), &root)) && root.type == YAML_SCALAR) assert(root.text.at[root.text.len] == 0);
    arena_fini(&arena);
    return 0;
}
