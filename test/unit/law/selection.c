// SPDX-License-Identifier: EUPL-1.2
/* Criteria of selections: what is taken, in which form, and what is refused with which rule. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

#include "law/pack.h"
#include "law/selection.h"
#include "law_under_test.h"

static struct arena program, arena;
static struct law *law;

static int setup(void **state) {
    (void)state;
    arena_init(&program, (size_t)128 * 1024 * 1024);
    arena_init(&arena, (size_t)64 * 1024 * 1024);
    return is_err(law_under_test(&program, &law, NULL)) ? 1 : 0;
}
static int teardown(void **state) {
    (void)state;
    arena_fini(&arena);
    arena_fini(&program);
    return 0;
}

static struct err criteria_read(const char *text, struct selection *ret, struct why *why) {
    struct json sent;
    assert_false(is_err(json_parse(&arena, span_of(text), &sent, NULL)));
    return selection_read(law, &sent, &arena, ret, why);
}

static void canonical(void **state) {
    (void)state;
    static const struct { const char *sent, *kept; } CASES[] = {
        {"{\"everyone\":true}", "{\"everyone\":true}"},
        {"{\"everyone\":true,\"except\":[\"E0000000000000001\"]}", "{\"everyone\":true,\"except\":[\"E0000000000000001\"]}"},
        {"{\"sectors\":[\"health\",\"energy\",\"health\"],\"sizes\":[]}", "{\"sectors\":[\"energy\",\"health\"]}"},
        {"{\"products\":[\" Examplegate \",\"EXAMPLEGATE\"]}", "{\"products\":[\"examplegate\"]}"},
        {"{\"entities\":[\"E0000000000000002\",\"E0000000000000001\"]}", "{\"entities\":[\"E0000000000000001\",\"E0000000000000002\"]}"},
        {"{\"condition\":{\"subject\":\"staff\",\"at_least\":250}}", "{\"condition\":{\"at_least\":250,\"subject\":\"staff\"}}"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct selection selection;
        struct why why = {0};
        struct span text;
        if (is_err(criteria_read(CASES[i].sent, &selection, &why))) fail_msg("%s: %s", CASES[i].sent, why.words);
        assert_false(is_err(json_canonical_text(&arena, &selection.criteria, &text)));
        if (!span_is(text, CASES[i].kept)) fail_msg("%s became %.*s", CASES[i].sent, SPAN_FMT(text));
    }
}

static void refused(void **state) {
    (void)state;
    static const struct { const char *sent, *rule, *field; } CASES[] = {
        {"{}", "selection.empty", ""},
        {"{\"everyone\":false}", "selection.empty", ""},
        {"[]", "selection.type", ""},
        {"{\"everyone\":1}", "selection.type", "/everyone"},
        {"{\"everyone\":true,\"sizes\":[\"large\"]}", "selection.everyone", "/everyone"},
        {"{\"colour\":[\"red\"]}", "selection.unknown", ""},
        {"{\"sectors\":\"energy\"}", "selection.type", "/sectors"},
        {"{\"sectors\":[\"\"]}", "selection.value", "/sectors"},
        {"{\"sectors\":[1]}", "selection.value", "/sectors"},
        {"{\"types\":[\"NO_SUCH_TYPE\"]}", "selection.value", "/types"},
        {"{\"services_in\":[\"lu\"]}", "selection.value", "/services_in"},
        {"{\"products\":[\"a\"]}", "selection.value", "/products"},
        {"{\"entities\":[\"C0000000000000001\"]}", "selection.value", "/entities"},
        {"{\"except\":[\"E0000000000000001\"]}", "selection.empty", ""},
        {"{\"condition\":\"staff\"}", "selection.condition", "/condition"},
        {"{\"condition\":{}}", "selection.condition", "/condition"},
        {"{\"condition\":{\"subject\":\"staff\"}}", "selection.condition", "/condition"},
        {"{\"condition\":{\"subject\":\"staff\",\"at_least\":1.5}}", "selection.condition", "/condition"},
        {"{\"condition\":{\"subject\":\"staff\",\"is\":null}}", "selection.condition", "/condition"},
        {"{\"condition\":{\"flag\":\"cross_border\"}}", "selection.condition", "/condition"},
        {"{\"condition\":{\"subject\":\"since\",\"before\":{\"case\":\"aware_at\"}}}", "selection.condition", "/condition"},
        {"{\"condition\":{\"all\":[]}}", "selection.condition", "/condition"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct selection selection;
        struct why why = {0};
        struct err e = criteria_read(CASES[i].sent, &selection, &why);
        if (e.code != ERR_INPUT || strcmp(why.rule, CASES[i].rule) != 0 || strcmp(why.field, CASES[i].field) != 0)
            fail_msg("%s: %s %s %s", CASES[i].sent, err_name(e.code), why.rule, why.field);
    }
}

static void conditions(void **state) {
    (void)state;
    struct json subject;
    assert_false(is_err(json_parse(&arena, SPAN("{\"staff\":\"320\",\"class\":\"essential\",\"types\":[\"DI_CDN\"]}"), &subject, NULL)));
    static const struct { const char *condition; bool holds; } CASES[] = {
        {"{\"subject\":\"staff\",\"at_least\":320}", true},
        {"{\"subject\":\"staff\",\"at_least\":321}", false},
        {"{\"subject\":\"types\",\"has\":[\"DI_CDN\",\"DI_DNS\"]}", true},
        {"{\"subject\":\"turnover\",\"at_most\":1}", false},
        {"{\"not\":{\"subject\":\"turnover\",\"known\":true}}", true},
        {"{\"any\":[{\"subject\":\"class\",\"is\":\"important\"},{\"all\":[{\"subject\":\"class\",\"is\":\"essential\"},{\"subject\":\"staff\",\"known\":true}]}]}", true},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct selection selection;
        struct why why = {0};
        struct span text = arena_printf(&arena, "{\"condition\":%s}", CASES[i].condition);
        if (is_err(criteria_read((const char *)text.at, &selection, &why))) fail_msg("%s: %s", CASES[i].condition, why.words);
        if (selection_condition_holds(&selection, &subject) != CASES[i].holds) fail_msg("%s", CASES[i].condition);
    }
}

// As many nodes as one likes are no way to use the node up.
static void too_much(void **state) {
    (void)state;
    struct buf text;
    struct selection selection;
    struct why why = {0};
    buf_init(&text, &arena, 1024 * 1024);
    buf_add_text(&text, "{\"condition\":{\"any\":[");
    for (int i = 0; i < SELECTION_CONDITION_NODES_MAX; i++) buf_printf(&text, "%s{\"subject\":\"staff\",\"is\":%d}", i > 0 ? "," : "", i);
    buf_add_text(&text, "]}}");
    buf_add_byte(&text, '\0');
    assert_int_equal(criteria_read((const char *)buf_span(&text).at, &selection, &why).code, ERR_INPUT);
    assert_string_equal(why.rule, "selection.condition");
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(canonical), cmocka_unit_test(refused), cmocka_unit_test(conditions), cmocka_unit_test(too_much)};
    return cmocka_run_group_tests(tests, setup, teardown);
}
