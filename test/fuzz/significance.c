// SPDX-License-Identifier: EUPL-1.2
/* Facts of an incident as anyone may send them. What is accepted must be answered, in JSON and in text. */
#include <stdlib.h>

#include "law/grid.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct arena law_arena;
static struct law *law;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (law == NULL) {
        arena_init(&law_arena, (size_t)64 * 1024 * 1024);
        if (is_err(law_load(&law_arena, embedded_law, embedded_law_count, &law, NULL))) abort();
    }
    struct arena arena;
    struct json facts;
    struct grid_answer answer;
    arena_init(&arena, (size_t)16 * 1024 * 1024);
    if (!is_err(json_parse(&arena, span_make(data, size), &facts, NULL)) &&
        !is_err(grid_answer_make(law, &facts, SPAN("BE"), NULL, (struct civil){2026, 11, 22}, INT64_C(1795305600000), &arena, &answer, NULL))) {
        struct buf json, text;
        struct json_out out;
        buf_init(&json, &arena, 4 * 1024 * 1024);
        buf_init(&text, &arena, 4 * 1024 * 1024);
        json_out_init(&out, &json);
        grid_write_json(&out, &answer, SPAN("en"));
        grid_write_text(&text, &answer, SPAN("fr"));
        if (out.is_failed || json.is_failed || text.is_failed) abort();
        if (answer.truth == GRID_OPEN && answer.needs.count == 0) abort();
    }
    arena_fini(&arena);
    return 0;
}
