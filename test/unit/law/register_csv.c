// SPDX-License-Identifier: EUPL-1.2
/* A register as CSV: quoting, lists in cells, errors by line, counts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

#include "law/register_csv.h"
#include "law_under_test.h"

static struct arena law_arena;
static struct law *law;

static int load(void **state) {
    (void)state;
    arena_init(&law_arena, (size_t)64 * 1024 * 1024);
    return is_err(law_under_test(&law_arena, &law, NULL)) ? -1 : 0;
}
static int unload(void **state) {
    (void)state;
    arena_fini(&law_arena);
    return 0;
}

#define HEADING "id,outcome,class,domain_name_registration,missing,error\r\n"

static struct register_counts classify(const char *csv, const char *expected) {
    struct buf out;
    struct register_counts counts = {0};
    struct why why = {0};
    buf_init(&out, NULL, 1024 * 1024);
    struct err e = register_classify_csv(law, span_of(csv), SPAN("LU"), (struct civil){2026, 11, 22}, &out, &counts, &why);
    if (is_err(e)) fail_msg("%s %s: %s", why.field, why.rule, why.words);
    if (!span_is(buf_span(&out), expected)) fail_msg("got\n%.*s", SPAN_FMT(buf_span(&out)));
    buf_fini(&out);
    return counts;
}

static void a_register_is_classified(void **state) {
    (void)state;
    struct register_counts counts =
        classify("id,name,types,staff,turnover,balance,cer_critical\r\n"
                 "1,Hospital,HE_PROVIDER,120,12000000,15000000,\r\n"
                 "2,\"Names, Ltd\",DNRS;DI_CLOUD,60,6000000,6000000,no\n"
                 "\"3\",\"quoted \"\"twice\"\"\",EN_DH_OPER,15,1,1,yes\r\n"
                 "4,,DNRS,1,1,1,\r\n"
                 "5,,PO_POSTAL,,,,\r\n"
                 "6,,RE_ORG,5,1,1,",
                 HEADING "1,in,important,no,,\r\n"
                         "2,in,important,yes,,\r\n"
                         "3,in,essential,no,,\r\n"
                         "4,in,domain_name_registration,yes,,\r\n"
                         "5,undetermined,undetermined,no,staff;turnover;balance,\r\n"
                         "6,out,out,no,,\r\n");
    assert_int_equal(counts.lines, 6);
    assert_int_equal(counts.errors, 0);
    assert_int_equal(counts.by_class[ENTITY_IMPORTANT], 2);
    assert_int_equal(counts.by_class[ENTITY_UNDETERMINED], 1);
}

static void state_and_date_may_be_columns(void **state) {
    (void)state;
    (void)classify("state,at,types,nis1_operator,staff\nFR,2026-01-01,HE_PROVIDER,yes,60\nLU,2024-10-17,DI_DNS,,\n",
                   HEADING ",in,essential,no,,\r\n,out,out,no,,\r\n");
}

static void a_bad_line_is_told_and_the_next_one_read(void **state) {
    (void)state;
    struct register_counts counts = classify("id,types,staff\n1,HE_PROVIDR,3\n2,DI_DNS\n3,DI_DNS,-3\n\n4,DI_DNS,3\n",
                                             HEADING
                                             "1,,,,,\"line 2: /types: codes of entity types are expected, not \"\"HE_PROVIDR\"\"\"\r\n"
                                             "2,,,,,\"line 3: 2 cells, the heading has 3\"\r\n"
                                             "3,,,,,\"line 4: /staff: a figure of at most 100000000 with up to two decimals is expected, "
                                             "not negative, like 12 or \"\"12.50\"\"\"\r\n"
                                             "4,in,essential,no,,\r\n");
    assert_int_equal(counts.lines, 4);
    assert_int_equal(counts.errors, 3);
}

static void assert_refused(struct span csv, const char *rule, const char *field) {
    struct buf out;
    struct register_counts counts = {0};
    struct why why = {0};
    buf_init(&out, NULL, 1024 * 1024);
    assert_true(is_err(register_classify_csv(law, csv, SPAN("LU"), (struct civil){2026, 11, 22}, &out, &counts, &why)));
    assert_string_equal(why.rule, rule);
    assert_string_equal(why.field, field);
    buf_fini(&out);
}

static void broken_csv_is_refused_with_its_line(void **state) {
    (void)state;
    assert_refused(SPAN(""), "csv.heading", "line 1");
    assert_refused(SPAN("types,colour\n"), "csv.heading", "line 1");
    assert_refused(SPAN("types,types\n"), "csv.heading", "line 1");
    assert_refused(SPAN("types,relations\n"), "csv.heading", "line 1");
    assert_refused(SPAN("types,staff\nDI_DNS,\"3\n"), "csv.quote", "line 3");
    assert_refused(SPAN("types,staff\nDI_DNS,3\"\n"), "csv.quote", "line 2");
    assert_refused(SPAN("types,staff\nDI_DNS,\"3\"x\n"), "csv.quote", "line 2");
    assert_refused(SPAN("types,staff\nDI_DNS,3\rDI_DNS,3\n"), "csv.line", "line 2");
    assert_refused(SPAN("types,staff\n\xff,3\n"), "csv.utf8", "line 2");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_register_is_classified),
        cmocka_unit_test(state_and_date_may_be_columns),
        cmocka_unit_test(a_bad_line_is_told_and_the_next_one_read),
        cmocka_unit_test(broken_csv_is_refused_with_its_line),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
