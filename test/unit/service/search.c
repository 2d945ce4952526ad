// SPDX-License-Identifier: EUPL-1.2
/* The words that are searched for. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include "service/search.h"

static void words_are_folded_and_joined(void **state) {
    (void)state;
    static const struct { const char *text, *words; } CASES[] = {
        {"The Flood, the FLOOD.", "the flood"},
        {"a b c", ""},
        {"192.0.2.17 hit", "192 17 192.0.2.17 hit"},
        {"see CVE-2026-12345!", "see cve 2026 12345 cve-2026-12345"},
        {"--x--yy-- end-", "yy x--yy end"},
        {"ÄRGER Žižkov ŁÓDŹ", "ärger žižkov łódź"},
        {"ΚΈΝΤΡΟ σίτος ΣΊΤΟΣ", "κέντρο σίτοσ"},
        {"МОСТ Ђак", "мост ђак"},
        {"über“alles”", "über alles"},
        {"", ""},
    };
    struct arena arena;
    arena_init(&arena, 1024 * 1024);
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct span *words;
        size_t count;
        assert_false(is_err(search_words(span_of(CASES[i].text), &arena, 50, &words, &count)));
        struct buf joined;
        buf_init(&joined, &arena, 1024);
        for (size_t k = 0; k < count; k++) {
            if (k > 0) buf_add_byte(&joined, ' ');
            buf_add(&joined, words[k]);
        }
        if (!span_is(buf_span(&joined), CASES[i].words)) fail_msg("\"%s\" gave \"%.*s\"", CASES[i].text, SPAN_FMT(buf_span(&joined)));
    }
    arena_fini(&arena);
}

static void any_bytes_are_taken(void **state) {
    (void)state;
    struct arena arena;
    uint64_t seed = 20261122;
    for (int i = 0; i < 2000; i++) {
        uint8_t bytes[200];
        struct span *words;
        size_t count;
        for (size_t k = 0; k < sizeof bytes; k++) {
            seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
            bytes[k] = (uint8_t)(seed >> 33);
        }
        arena_init(&arena, 1024 * 1024);
        assert_false(is_err(search_words(span_make(bytes, (size_t)i % sizeof bytes), &arena, 7, &words, &count)));
        assert_true(count <= 7);
        for (size_t k = 0; k < count; k++) assert_true(words[k].len >= 2 && words[k].len <= SEARCH_WORD_BYTES_MAX);
        arena_fini(&arena);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(words_are_folded_and_joined), cmocka_unit_test(any_bytes_are_taken)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
