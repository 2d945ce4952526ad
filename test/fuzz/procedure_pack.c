// SPDX-License-Identifier: EUPL-1.2
/* Any bytes as a procedure of a pack: refused with file and line, or compiled, checked and shown. */
#include <assert.h>

#include "law/pack.h"
#include "law/procedure.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const char PACK[] = "id: eu/a\ntitle: A\nversion: '1'\nfrom: 2024-10-18\n";
    static const char CLOCKS[] = "settings: {s: yes}\nclocks:\n  - {clock: c, article: A, rows: [{anchor: aware_at, amount: 24, unit: h}]}\n";
    const struct embedded_file files[] = {{"eu/a/pack.yaml", (const unsigned char *)PACK, sizeof PACK - 1, false},
                                          {"eu/a/clocks.yaml", (const unsigned char *)CLOCKS, sizeof CLOCKS - 1, false},
                                          {"eu/a/procedures/p.yaml", data, size, false}};
    struct arena arena;
    arena_init(&arena, 64 * 1024 * 1024);
    struct law *law;
    struct why why = {0};
    struct err e = law_load(&arena, files, 3, &law, &why);
    if (is_err(e)) {
        assert(e.code == ERR_MEMORY || why.words[0] != '\0');
    } else {
        struct buf report, text;
        struct json_out out;
        size_t findings;
        buf_init(&report, &arena, 8 * 1024 * 1024);
        e = procedure_check(law, &report, &findings);
        assert(!is_err(e) || e.code == ERR_MEMORY);
        buf_init(&text, &arena, 8 * 1024 * 1024);
        json_out_init(&out, &text);
        procedure_write_list(&out, law, SPAN("LU"), (struct civil){.year = 2026, .month = 11, .day = 21}, SPAN("en"));
        assert(!out.is_failed);
    }
    arena_fini(&arena);
    return 0;
}
