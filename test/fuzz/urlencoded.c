// SPDX-License-Identifier: EUPL-1.2
/*
 * Forms as browsers send them: no input crashes the reader, what it gives is UTF-8, and no value makes a tag when the form
 * is shown again.
 */
#include "api/html.h"
#include "law/procedure.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char FORM[] =
    "{\"fields\":[{\"name\":\"organisation\",\"type\":\"text\",\"label\":\"O\",\"max_chars\":9,\"is_required\":true},"
    "{\"name\":\"summary\",\"type\":\"long_text\",\"label\":\"S\"},{\"name\":\"contact_phone\",\"type\":\"phone\",\"label\":\"P\"},"
    "{\"name\":\"aware_at\",\"type\":\"instant\",\"label\":\"A\"},{\"name\":\"is_it\",\"type\":\"bool\",\"label\":\"I\"},"
    "{\"name\":\"count\",\"type\":\"int\",\"label\":\"C\"},{\"name\":\"states\",\"type\":\"countries\",\"label\":\"L\"},"
    "{\"name\":\"signs\",\"type\":\"choices\",\"label\":\"G\",\"choices\":[{\"value\":\"malicious\",\"label\":\"M\"}]},"
    "{\"name\":\"how\",\"type\":\"group\",\"label\":\"H\",\"fields\":[]}]}";

static void check(bool is_true) {
    if (!is_true) __builtin_trap();
}

static size_t count_of(struct span text, uint8_t c) {
    size_t count = 0;
    for (size_t i = 0; i < text.len; i++) count += text.at[i] == c;
    return count;
}

static void shown(struct arena *arena, const struct json *form, const struct form *sent, const struct fault *fault, struct buf *ret) {
    static const struct html_words WORDS = {{(const uint8_t *)"r", 1}, {(const uint8_t *)"y", 1}, {(const uint8_t *)"n", 1}};
    buf_init(ret, arena, (size_t)16 * 1024 * 1024);
    struct html html = {.out = ret};
    html_form_faults(&html, form, fault, 1, SPAN("faults"));
    html_form_inputs(&html, form, sent, fault, 1, &WORDS, arena);
    html_close(&html, "form");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static struct form sent, none;
    struct arena arena;
    struct json form, fields;
    struct why why = {0};
    arena_init(&arena, (size_t)128 * 1024 * 1024);
    check(!is_err(json_parse(&arena, span_of(FORM), &form, NULL)));
    if (!is_err(urlencoded_parse(&arena, span_make(data, size), &sent, &why))) {
        check(sent.count <= LIMIT_FORM_PAIRS);
        for (size_t i = 0; i < sent.count; i++) check(span_is_utf8(sent.pairs[i].name) && span_is_utf8(sent.pairs[i].value));
        check(!is_err(html_form_fields(&form, &sent, &arena, &fields)) && fields.count <= 8);
        for (size_t i = 0; i < fields.count; i++) check(form_value(&sent, fields.members[i].name).at != NULL);
        struct span words = sent.count > 0 ? sent.pairs[0].value : SPAN("");
        struct fault fault = {.field = SPAN("/summary"), .rule = SPAN("x"), .words = words}, plain = {.field = SPAN("/summary"), .rule = SPAN("x"), .words = SPAN("w")};
        struct buf with, without;
        shown(&arena, &form, &sent, &fault, &with);
        shown(&arena, &form, &none, &plain, &without);
        check(!with.is_failed && span_is_utf8(buf_span(&with)));
        size_t breaks = count_of(words, '\n') * 2; // a line end of a sentence becomes <br>, in the list and at the field
        check(count_of(buf_span(&with), '<') == count_of(buf_span(&without), '<') + breaks);
        check(count_of(buf_span(&with), '>') == count_of(buf_span(&without), '>') + breaks);
        check(count_of(buf_span(&with), '"') == count_of(buf_span(&without), '"'));
    } else {
        check(why.is_set);
    }
    arena_fini(&arena);
    return 0;
}
