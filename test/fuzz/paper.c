// SPDX-License-Identifier: EUPL-1.2
/* Papers from anywhere: what is taken can be set on pages, and the same paper gives the same bytes. */
#include <assert.h>
#include <stdint.h>
#include <stdio.h>

#include "format/paper.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool load(const char *path, uint8_t *bytes, size_t most, struct font *ret) {
    FILE *file = fopen(path, "rb");
    if (file == NULL) return false;
    size_t len = fread(bytes, 1, most, file);
    (void)fclose(file);
    return !is_err(font_open(span_make(bytes, len), ret, NULL));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static uint8_t bytes[2][2 * 1024 * 1024];
    static struct paper_fonts fonts;
    static int has_fonts = -1;
    if (has_fonts < 0)
        has_fonts = load("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf", bytes[0], sizeof bytes[0], &fonts.text) &&
                    load("/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf", bytes[1], sizeof bytes[1], &fonts.bold);
    struct arena arena;
    struct paper paper;
    struct why why = {0};
    arena_init(&arena, 192 * 1024 * 1024);
    if (is_err(paper_parse(span_make(data, size), &arena, &paper, &why))) {
        assert(why.is_set);
    } else if (has_fonts > 0) {
        struct buf first, second;
        buf_init(&first, &arena, PAPER_PDF_BYTES);
        buf_init(&second, &arena, PAPER_PDF_BYTES);
        struct err e = paper_pdf(&paper, &fonts, &arena, &first, &why);
        assert(!is_err(e) || e.code == ERR_LIMIT || e.code == ERR_MEMORY);
        if (!is_err(e)) {
            assert(!is_err(paper_pdf(&paper, &fonts, &arena, &second, &why)));
            assert(span_equals(buf_span(&first), buf_span(&second)));
        }
    }
    arena_fini(&arena);
    return 0;
}
