// SPDX-License-Identifier: EUPL-1.2
/* Pages without JavaScript: what is escaped, what a form takes, and what it refuses. */
#include "api/html.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "law/procedure.h"

static struct arena arena;
static int setup(void **state) {
    (void)state;
    arena_init(&arena, (size_t)64 * 1024 * 1024);
    return 0;
}
static int teardown(void **state) {
    (void)state;
    arena_fini(&arena);
    return 0;
}

static const char FORM[] =
    "{\"fields\":[{\"name\":\"organisation\",\"type\":\"text\",\"label\":\"Which <organisation>?\",\"max_chars\":250,\"is_required\":true,\"help\":\"Its name.\"},"
    "{\"name\":\"summary\",\"type\":\"long_text\",\"label\":\"What?\"},{\"name\":\"aware_at\",\"type\":\"instant\",\"label\":\"When?\"},"
    "{\"name\":\"is_it\",\"type\":\"bool\",\"label\":\"Is it?\"},{\"name\":\"number\",\"type\":\"int\",\"label\":\"How many?\"},"
    "{\"name\":\"states\",\"type\":\"countries\",\"label\":\"Where?\"},"
    "{\"name\":\"signs\",\"type\":\"choices\",\"label\":\"Signs\",\"choices\":[{\"value\":\"malicious\",\"label\":\"On purpose\"},{\"value\":\"wide\",\"label\":\"Wide\"}]},"
    "{\"name\":\"how\",\"type\":\"group\",\"label\":\"How\",\"fields\":[{\"name\":\"x\",\"type\":\"text\",\"label\":\"X\"}]}]}";

static struct json form(void) {
    struct json out;
    assert_false(is_err(json_parse(&arena, span_of(FORM), &out, NULL)));
    return out;
}

static bool has(struct span text, const char *part) {
    struct span wanted = span_of(part);
    for (size_t i = 0; i + wanted.len <= text.len; i++)
        if (span_equals(span_part(text, i, i + wanted.len), wanted)) return true;
    return false;
}

static void whatever_comes_is_escaped(void **state) {
    (void)state;
    struct buf out;
    buf_init(&out, &arena, 65536);
    struct html html = {.out = &out};
    html_open(&html, "p");
    html_attribute(&html, "title", SPAN("\"><script>'&\x01"));
    html_text(&html, SPAN("<b>&\"'\x7f\nnext"));
    html_close(&html, "p");
    html_element(&html, "p", SPAN("\xff\xfe"));
    assert_true(span_is(buf_span(&out), "<p title=\"&quot;&gt;&lt;script&gt;&#39;&amp;\xef\xbf\xbd\">&lt;b&gt;&amp;&quot;&#39;\xef\xbf\xbd<br>\nnext</p>\n<p>\xef\xbf\xbd</p>\n"));
}

static void a_form_shows_what_was_sent_and_what_is_wrong(void **state) {
    (void)state;
    static const struct html_words WORDS = {{(const uint8_t *)"needed", 6}, {(const uint8_t *)"Yes", 3}, {(const uint8_t *)"No", 2}};
    struct form sent;
    struct json described = form();
    struct buf out;
    buf_init(&out, &arena, 65536);
    struct html html = {.out = &out};
    assert_false(is_err(urlencoded_parse(&arena, SPAN("organisation=%22x%3C&summary=one%0D%0Atwo&signs=wide&is_it=no&aware_at=2026-10-25T02%3A30"), &sent, NULL)));
    const struct fault faults[] = {{.field = SPAN("/organisation"), .rule = SPAN("field.limit"), .words = SPAN("too <long>")},
                                   {.field = SPAN("/aware_at"), .rule = SPAN("time.repeated"), .words = SPAN("exists twice")}};
    html_form_faults(&html, &described, faults, 2, SPAN("Look again"));
    html_form_inputs(&html, &described, &sent, faults, 2, &WORDS, &arena);
    struct span page = buf_span(&out);
    assert_true(has(page, "Which &lt;organisation&gt;? (needed)</label>"));
    assert_true(has(page, "name=\"organisation\" required aria-describedby=\"h-organisation\" aria-invalid=\"true\" maxlength=\"250\" value=\"&quot;x&lt;\""));
    assert_true(has(page, "too &lt;long&gt;") && has(page, "role=\"alert\""));
    assert_true(has(page, ">\none\ntwo</textarea>"));
    assert_true(has(page, "value=\"wide\" checked") && !has(page, "value=\"malicious\" checked"));
    assert_true(has(page, "value=\"no\" checked"));
    assert_true(has(page, "<input type=\"text\" id=\"f-aware_at\"")); // an hour that exists twice takes an offset
    assert_false(has(page, "name=\"x\""));
}

static void what_was_sent_becomes_fields(void **state) {
    (void)state;
    struct form sent;
    struct json described = form(), fields;
    struct span text;
    assert_false(is_err(urlencoded_parse(&arena, SPAN("organisation=+Vraxquel+&summary=+&aware_at=2026-01-05T10%3A30&is_it=yes&number=12&"
                                                      "states=BE%0D%0AFR%2C+LU&signs=malicious&signs=wide&once=x&how=y"), &sent, NULL)));
    assert_false(is_err(html_form_fields(&described, &sent, &arena, &fields)));
    assert_false(is_err(json_canonical_text(&arena, &fields, &text)));
    assert_true(span_is(text, "{\"aware_at\":\"2026-01-05T10:30\",\"is_it\":true,\"number\":12,\"organisation\":\"Vraxquel\",\"signs\":[\"malicious\",\"wide\"],\"states\":[\"BE\",\"FR\",\"LU\"]}"));
}

static void bad_forms_are_refused(void **state) {
    (void)state;
    static const char *const BAD[] = {"a=%", "a=%4", "a=%zz", "%ff=1", "a=%00", "a%00=1", "a=%c3"};
    struct form sent;
    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++) {
        struct why why = {0};
        assert_int_equal(urlencoded_parse(&arena, span_of(BAD[i]), &sent, &why).code, ERR_INPUT);
        assert_string_equal(why.rule, "form.encoding");
    }
    uint8_t *many = arena_take(&arena, LIMIT_FORM_BYTES + 1);
    for (size_t i = 0; i <= LIMIT_FORM_BYTES; i++) many[i] = i % 2 == 0 ? 'a' : '&';
    assert_int_equal(urlencoded_parse(&arena, span_make(many, LIMIT_FORM_BYTES), &sent, NULL).code, ERR_LIMIT);
    assert_int_equal(urlencoded_parse(&arena, span_make(many, LIMIT_FORM_BYTES + 1), &sent, NULL).code, ERR_LIMIT);
    assert_false(is_err(urlencoded_parse(&arena, SPAN("&&a=1&&a=2&b"), &sent, NULL)));
    assert_int_equal(sent.count, 3);
    assert_true(span_is(form_value(&sent, SPAN("a")), "1") && form_value(&sent, SPAN("c")).at == NULL && form_value(&sent, SPAN("b")).len == 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(whatever_comes_is_escaped), cmocka_unit_test(a_form_shows_what_was_sent_and_what_is_wrong),
                                       cmocka_unit_test(what_was_sent_becomes_fields), cmocka_unit_test(bad_forms_are_refused)};
    return cmocka_run_group_tests(tests, setup, teardown);
}
