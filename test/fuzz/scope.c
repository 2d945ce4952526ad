// SPDX-License-Identifier: EUPL-1.2
/* Whatever comes as facts is refused with a reason or answered; the brief class is the answer's; both writers hold. */
#include <assert.h>

#include "law/scope.h"

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
    struct arena arena;
    struct json json;
    struct why why = {0};
    const struct scope_facts *facts;
    const struct scope_view *view;
    struct scope_answer answer;
    arena_init(&arena, (size_t)64 * 1024 * 1024);
    if (!is_err(json_parse(&arena, span_make(data, size), &json, NULL))) {
        struct err e = scope_answer_make(law, &json, SPAN("BE"), (struct civil){2026, 11, 22}, &arena, &answer, &why);
        if (is_err(e)) assert(why.is_set && why.words[0] != '\0');
        else {
            assert(!is_err(scope_facts_read(law, &json, &arena, &facts, NULL)));
            assert(!is_err(scope_view_make(law, answer.state, answer.at, &arena, &view, NULL)));
            assert(scope_classify(view, facts) == answer.class);
            struct buf text;
            struct json_out out;
            buf_init(&text, &arena, 4 * 1024 * 1024);
            scope_write_text(&text, &answer, SPAN("de"));
            assert(!text.is_failed);
            buf_clear(&text);
            json_out_init(&out, &text);
            scope_write_json(&out, &answer, SPAN("en"));
            assert(!text.is_failed && !out.is_failed);
        }
    }
    arena_fini(&arena);
    return 0;
}
