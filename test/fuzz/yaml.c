// SPDX-License-Identifier: EUPL-1.2
/* YAML of law packs: no input crashes the reader, and what it accepts can be walked, each part with its line. */
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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena arena;
    arena_init(&arena, 64 * 1024 * 1024);
    struct yaml root;
    struct why why = {0};
    struct err e = yaml_load(&arena, "f", span_make(data, size), &root, &why);
    if (!is_err(e)) walk(&root);
    else assert(e.code == ERR_MEMORY || why.words[0] != '\0');
    arena_fini(&arena);
    return 0;
}
