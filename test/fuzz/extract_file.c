// SPDX-License-Identifier: EUPL-1.2
/* Any bytes as the file of an extract: refused with a reason, or its faults named, or read with every entry whole. */
#include <assert.h>

#include "law/extract_file.h"
#include "law/pack.h"
#include "law/procedure.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct law *law_once(void) {
    static struct arena arena;
    static struct law *law;
    if (law == NULL) {
        arena_init(&arena, (size_t)64 * 1024 * 1024);
        if (is_err(law_load(&arena, embedded_law, embedded_law_count, &law, NULL))) __builtin_trap();
    }
    return law;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct law *law = law_once();
    const struct registry_extract *extract = registry_extract(law, SPAN("enisa"));
    struct arena arena;
    struct extract_file file;
    struct why why = {0};
    arena_init(&arena, (size_t)64 * 1024 * 1024);
    struct fault_list faults = {.arena = &arena};
    struct err e = extract_file_read(law, extract, SPAN("BE"), (struct civil){2026, 11, 22}, span_make(data, size), &arena, &faults, &file, &why);
    if (is_err(e)) assert(e.code == ERR_MEMORY || (why.is_set && why.words[0] != '\0'));
    for (size_t i = 0; !is_err(e) && i < faults.count; i++) assert(faults.items[i].rule.len > 0 && faults.items[i].words.len > 0);
    for (size_t i = 0; !is_err(e) && faults.count == 0 && i < file.change_count; i++) {
        struct span keys[16];
        assert(file.changes[i].entry.count == extract->attribute_count && json_get_string(&file.changes[i].entry, "name").len > 0);
        assert(extract_keys(extract, &file.changes[i].entry, &arena, keys, 16) <= 16);
    }
    arena_fini(&arena);
    return 0;
}
