// SPDX-License-Identifier: EUPL-1.2
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "format/paper.h"

static struct arena arena;
static struct paper_fonts fonts;
static uint8_t font_bytes[2][1024 * 1024];

static void load(const char *path, size_t index, struct font *ret) {
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    size_t len = fread(font_bytes[index], 1, sizeof font_bytes[index], file);
    (void)fclose(file);
    assert_int_equal(font_open(span_make(font_bytes[index], len), ret, NULL).code, ERR_NONE);
}

static int set_up(void **state) {
    (void)state;
    load("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf", 0, &fonts.text);
    load("/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf", 1, &fonts.bold);
    arena_init(&arena, 256 * 1024 * 1024);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    arena_fini(&arena);
    return 0;
}

static struct buf begin(void) {
    struct buf out;
    buf_init(&out, &arena, PAPER_BYTES);
    paper_add(&out, PAPER_LANGUAGE, 0, SPAN("el"));
    paper_add(&out, PAPER_TITLE, 0, SPAN("A <title>"));
    paper_add(&out, PAPER_DATE, 0, SPAN("2026-11-22T10:00:00Z"));
    return out;
}

static struct err make(struct span bytes, struct buf *pdf, struct why *why) {
    struct paper paper;
    buf_init(pdf, &arena, PAPER_PDF_BYTES);
    TRY(paper_parse(bytes, &arena, &paper, why));
    return paper_pdf(&paper, &fonts, &arena, pdf, why);
}

static bool holds(const struct buf *pdf, const char *text) { return memmem(pdf->at, pdf->len, text, strlen(text)) != NULL; }

static void test_structure(void **state) {
    (void)state;
    struct buf paper = begin(), first, second;
    paper_add(&paper, PAPER_HEADING, 1, SPAN("Head"));
    paper_add(&paper, PAPER_PARAGRAPH, 0, SPAN("Text"));
    paper_add(&paper, PAPER_TABLE, 2, SPAN(""));
    paper_add(&paper, PAPER_HEAD, 0, SPAN("a"));
    paper_add(&paper, PAPER_HEAD, 0, SPAN("b"));
    paper_add(&paper, PAPER_CELL, 0, SPAN("c"));
    paper_add(&paper, PAPER_CELL, 0, SPAN("d"));
    paper_add(&paper, PAPER_LINK, 0, SPAN("https://a.example/"));
    assert_int_equal(make(buf_span(&paper), &first, NULL).code, ERR_NONE);
    static const char *const WANTED[] = {"%PDF-1.7", "/Lang(el)", "/Marked true", "/DisplayDocTitle true", "<pdfuaid:part>1</pdfuaid:part>",
                                         "A &lt;title&gt;", "/S/H1", "/S/Table", "/Scope/Column", "/S/Link", "/Contents<FEFF", "/ToUnicode", "%%EOF"};
    for (size_t i = 0; i < sizeof WANTED / sizeof WANTED[0]; i++)
        if (!holds(&first, WANTED[i])) fail_msg("%s is missing", WANTED[i]);
    assert_int_equal(make(buf_span(&paper), &second, NULL).code, ERR_NONE);
    assert_true(span_equals(buf_span(&first), buf_span(&second)));
}

// What can't be drawn is still read: each character keeps its own meaning, and what is hidden shows.
static void test_characters(void **state) {
    (void)state;
    struct buf paper = begin(), pdf;
    paper_add(&paper, PAPER_PARAGRAPH, 0, SPAN("A \xce\x91 \xf0\x9f\x8e\x89 \xe2\x80\xae x"));
    assert_int_equal(make(buf_span(&paper), &pdf, NULL).code, ERR_NONE);
    assert_true(holds(&pdf, "><0041>"));     // Latin
    assert_true(holds(&pdf, "><0391>"));     // Greek of the same shape
    assert_true(holds(&pdf, "><D83CDF89>")); // not in the font
    assert_true(holds(&pdf, "><FFFD>"));
    assert_false(holds(&pdf, "><202E>"));
}

static void test_long(void **state) {
    (void)state;
    struct buf paper = begin(), pdf;
    struct why why = {0};
    uint8_t *word = arena_take(&arena, 20000);
    memset(word, 'W', 20000);
    paper_add(&paper, PAPER_PARAGRAPH, 0, span_make(word, 20000)); // breaks anywhere, over pages
    assert_int_equal(make(buf_span(&paper), &pdf, NULL).code, ERR_NONE);
    assert_true(holds(&pdf, "/Type/Pages/Count 9/"));
    for (size_t i = 0; i < 20000; i++) word[i] = '\n';
    paper_add(&paper, PAPER_PARAGRAPH, 0, span_make(word, 20000));
    assert_int_equal(make(buf_span(&paper), &pdf, &why).code, ERR_LIMIT);
    assert_string_equal(why.rule, "paper.size");
}

static void test_refused(void **state) {
    (void)state;
    static const struct { enum paper_kind kind; uint16_t level; const char *text; } BAD[] = {
        {PAPER_TITLE, 0, "again"}, {PAPER_HEADING, 4, "x"}, {PAPER_TABLE, 9, ""}, {PAPER_TABLE, 1, ""}, {PAPER_CELL, 0, "x"}, {PAPER_VALUE, 0, "x"},
        {PAPER_FIELD, 0, "x"}, {PAPER_LINK, 0, "javascript:1"}, {PAPER_LINK, 0, "https://a/)"}, {PAPER_SPEECH, 0, "x)"}, {PAPER_PARAGRAPH, 0, "\xff"},
        {(enum paper_kind)99, 0, ""}, {(enum paper_kind)0, 0, ""}};
    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++) {
        struct buf paper = begin(), pdf;
        struct why why = {0};
        paper_add(&paper, BAD[i].kind, BAD[i].level, span_of(BAD[i].text));
        if (make(buf_span(&paper), &pdf, &why).code != ERR_INPUT) fail_msg("row %zu was taken", i);
        assert_string_equal(why.rule, "paper.form");
    }
    struct buf paper = begin(), pdf;
    assert_int_equal(make(span_part(buf_span(&paper), 0, paper.len - 1), &pdf, NULL).code, ERR_INPUT);
    assert_int_equal(make(SPAN(""), &pdf, NULL).code, ERR_INPUT);
}

static void test_font(void **state) {
    (void)state;
    struct font font;
    assert_int_equal(font_open(SPAN("no font"), &font, NULL).code, ERR_UNSUPPORTED);
    for (size_t cut = 0; cut < fonts.text.bytes.len; cut += 9973) // a font that is cut off is refused, or what is left is read
        if (!is_err(font_open(span_part(fonts.text.bytes, 0, cut), &font, NULL))) (void)font_glyph(&font, 'A');
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_structure), cmocka_unit_test(test_characters), cmocka_unit_test(test_long),
                                       cmocka_unit_test(test_refused), cmocka_unit_test(test_font)};
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
