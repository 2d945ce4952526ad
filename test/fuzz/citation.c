// SPDX-License-Identifier: EUPL-1.2
/* Whatever is asked for as an article is refused with a reason, or answered in sound JSON; what a place is written as, is the place again. */
#include <assert.h>

#include "law/cited.h"
#include "law/structure.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct law *law_once(struct structure *ret_structure) {
    static struct arena arena;
    static struct law *law;
    static struct structure structure;
    size_t findings = 0;
    if (law == NULL) {
        arena_init(&arena, (size_t)64 * 1024 * 1024);
        if (is_err(law_load(&arena, embedded_law, embedded_law_count, &law, NULL))) __builtin_trap();
        if (is_err(structure_open(law, &arena, NULL, &findings, &structure)) || findings > 0) __builtin_trap();
    }
    *ret_structure = structure;
    return law;
}

static void place_check(const struct structure *structure, const struct place *place, struct arena *arena) {
    struct citation *again = ARENA_NEW(arena, struct citation);
    struct span rest;
    struct buf text;
    buf_init(&text, arena, 64 * 1024);
    place_write(&text, place);
    (void)structure_refuses(structure, place);
    assert(again != NULL && citation_parse(buf_span(&text), &structure->acts, arena, again, &rest));
    assert(again->count == 1 && place_covers(place, &again->places[0]) && place_covers(&again->places[0], place));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct structure structure;
    struct law *law = law_once(&structure);
    struct arena arena;
    struct why why = {0};
    struct span rest, text = span_make(data, size > 300 ? 300 : size);
    arena_init(&arena, (size_t)64 * 1024 * 1024);
    struct citation *citation = ARENA_NEW(&arena, struct citation);
    assert(citation != NULL);
    if (citation_parse(text, &structure.acts, &arena, citation, &rest))
        for (size_t i = 0; i < citation->count && i < 16; i++) place_check(&structure, &citation->places[i], &arena);
    if (size > 0 && data[0] % 64 == 50) { // "2": the answer itself, which looks at each row, seldom
        struct buf out_text;
        struct json_out out;
        struct json answer;
        buf_init(&out_text, &arena, (size_t)4 * 1024 * 1024);
        json_out_init(&out, &out_text);
        struct err e = law_cited_write(&out, law, SPAN("BE"), text, SPAN("fr"), &why);
        assert(is_err(e) ? why.is_set && why.words[0] != '\0' : !is_err(json_parse_within(&arena, buf_span(&out_text), (size_t)4 * 1024 * 1024, &answer, NULL)));
    }
    arena_fini(&arena);
    return 0;
}
