// SPDX-License-Identifier: EUPL-1.2
/* Any bytes as a register: refused with a line, or answered with one line for each record. */
#include <assert.h>

#include "law/register_csv.h"

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
    struct buf out;
    struct register_counts counts = {0};
    struct why why = {0};
    buf_init(&out, NULL, (size_t)32 * 1024 * 1024);
    struct err e = register_classify_csv(law, span_make(data, size), SPAN("BE"), (struct civil){2026, 11, 22}, &out, &counts, &why);
    if (is_err(e)) assert(why.is_set && why.words[0] != '\0');
    else {
        size_t classified = 0;
        for (size_t i = 0; i <= ENTITY_UNDETERMINED; i++) classified += counts.by_class[i];
        assert(classified + counts.errors == counts.lines);
    }
    buf_fini(&out);
    return 0;
}
