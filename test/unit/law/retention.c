// SPDX-License-Identifier: EUPL-1.2
/* Rules of retention: which one applies, when a period is over, what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "law/retention.h"

#define FILE_OF(PATH, TEXT) {PATH, (const unsigned char *)("" TEXT), sizeof(TEXT) - 1, false}
#define EU_PACK FILE_OF("eu/a/pack.yaml", "id: eu/a\ntitle: A\nversion: '1'\nfrom: 2024-10-18\n")
#define BE_PACK FILE_OF("national/be/pack.yaml", "id: national/be\ntitle: BE\nversion: '1'\n")
#define EU_RULES FILE_OF("eu/a/retention.yaml", \
    "rules:\n- {procedure: '*', document: '*', keep: unknown, counted_from: last_filing, article: 'A 1'}\n")

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

static struct err read_rules(const struct embedded_file *files, size_t count, const char *state, struct retention_rules *ret,
                             struct why *why) {
    struct law *law = NULL;
    struct err e = law_load(&arena, files, count, &law, why);
    if (is_err(e)) fail_msg("%s", why->words);
    return retention_rules_read(law, span_of(state), &arena, ret, why);
}

static void built_in_packs_keep_what_is_unknown(void **state) {
    (void)state;
    struct why why = {0};
    struct retention_rules rules;
    if (is_err(read_rules(embedded_law, embedded_law_count, "LU", &rules, &why))) fail_msg("%s", why.words);
    const struct retention_rule *rule =
        retention_rule_for(&rules, SPAN("incident"), SPAN("final_report"), (struct civil){2026, 11, 22});
    assert_non_null(rule);
    assert_false(rule->is_known);
    assert_true(rule->article.len > 0);
    assert_true(retention_over_ms(rule, NULL, 0) == INSTANT_NONE);
}

static void the_most_particular_rule_applies(void **state) {
    (void)state;
    const struct embedded_file files[] = {
        EU_PACK, EU_RULES, BE_PACK,
        FILE_OF("national/be/retention.yaml",
                "rules:\n"
                "- {procedure: '*', document: '*', keep: {years: 10}, counted_from: last_filing, article: 'B 1'}\n"
                "- {procedure: incident, document: '*', keep: {months: 18}, counted_from: filed, article: 'B 2'}\n"
                "- {procedure: incident, document: progress, keep: {days: 90}, counted_from: filed, article: 'B 3', to: 2025-12-31}\n"
                "- {procedure: incident, document: progress, keep: unknown, counted_from: filed, article: 'B 4', from: 2026-01-01}\n"),
    };
    struct why why = {0};
    struct retention_rules rules;
    const struct civil old = {2025, 12, 31}, now = {2026, 1, 1};
    if (is_err(read_rules(files, 4, "BE", &rules, &why))) fail_msg("%s", why.words);
    assert_int_equal(rules.count, 5);
    assert_true(span_is(retention_rule_for(&rules, SPAN("x"), SPAN("y"), now)->article, "B 1"));
    assert_true(span_is(retention_rule_for(&rules, SPAN("incident"), SPAN("final"), now)->article, "B 2"));
    assert_true(span_is(retention_rule_for(&rules, SPAN("incident"), SPAN("progress"), old)->article, "B 3"));
    assert_true(span_is(retention_rule_for(&rules, SPAN("incident"), SPAN("progress"), now)->article, "B 4"));
    if (is_err(read_rules(files, 4, "LU", &rules, &why))) fail_msg("%s", why.words); // no pack of that state
    assert_true(span_is(retention_rule_for(&rules, SPAN("incident"), SPAN("progress"), now)->article, "A 1"));
    if (is_err(read_rules(files, 1, "", &rules, &why))) fail_msg("%s", why.words);
    assert_null(retention_rule_for(&rules, SPAN("incident"), SPAN("progress"), now));
}

static int64_t over(const struct retention_rule *rule, const char *start) {
    struct stamp stamp = {0, 0};
    assert_false(is_err(stamp_parse(span_of(start), NULL, "start", &stamp, NULL)));
    return retention_over_ms(rule, NULL, stamp.ms);
}
static int64_t day(struct civil date) { return civil_to_days(date) * MS_PER_DAY; }

static void a_period_ends_with_its_last_day(void **state) {
    (void)state;
    struct retention_rule months = {.is_known = true, .months = 1}, years = {.is_known = true, .months = 12},
                          days = {.is_known = true, .days = 90};
    assert_int_equal(over(&months, "2026-01-31T23:59:59Z"), day((struct civil){2026, 3, 1})); // through 28 February
    assert_int_equal(over(&months, "2026-01-15T00:00:00Z"), day((struct civil){2026, 2, 16}));
    assert_int_equal(over(&years, "2024-02-29T12:00:00Z"), day((struct civil){2025, 3, 1}));
    assert_int_equal(over(&days, "2026-01-01T12:00:00Z"), day((struct civil){2026, 4, 2}));
}

static void bad_rules_are_refused(void **state) {
    (void)state;
    static const struct {
        const char *rule;
        const struct embedded_file file;
    } CASES[] = {
        {"retention.rules", FILE_OF("eu/a/retention.yaml", "other: 1\n")},
        {"retention.rule", FILE_OF("eu/a/retention.yaml", "rules:\n- just words\n")},
        {"retention.rule", FILE_OF("eu/a/retention.yaml", "rules:\n- {keep: unknown, counted_from: filed, article: A}\n")},
        {"retention.source", FILE_OF("eu/a/retention.yaml", "rules:\n- {procedure: p, document: d, keep: unknown, counted_from: filed}\n")},
        {"retention.keep", FILE_OF("eu/a/retention.yaml", "rules:\n- {procedure: p, document: d, keep: {years: 0}, counted_from: filed, article: A}\n")},
        {"retention.keep", FILE_OF("eu/a/retention.yaml", "rules:\n- {procedure: p, document: d, keep: {weeks: 2}, counted_from: filed, article: A}\n")},
        {"retention.keep", FILE_OF("eu/a/retention.yaml", "rules:\n- {procedure: p, document: d, keep: long, counted_from: filed, article: A}\n")},
        {"retention.counted_from", FILE_OF("eu/a/retention.yaml", "rules:\n- {procedure: p, document: d, keep: unknown, counted_from: now, article: A}\n")},
        {"retention.name", FILE_OF("eu/a/retention.yaml", "rules:\n- {procedure: p, document: d, keep: unknown, counted_from: filed, article: A, until: x}\n")},
        {"retention.date", FILE_OF("eu/a/retention.yaml", "rules:\n- {procedure: p, document: d, keep: unknown, counted_from: filed, article: A, to: soon}\n")},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        const struct embedded_file files[] = {EU_PACK, CASES[i].file};
        struct why why = {0};
        struct retention_rules rules;
        assert_int_equal(read_rules(files, 2, "BE", &rules, &why).code, ERR_INPUT);
        assert_string_equal(why.rule, CASES[i].rule);
        assert_non_null(strstr(why.words, "eu/a/retention.yaml:"));
    }
}

int main(void) {
#define TEST(NAME) cmocka_unit_test_setup_teardown(NAME, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(built_in_packs_keep_what_is_unknown),
        TEST(the_most_particular_rule_applies),
        TEST(a_period_ends_with_its_last_day),
        TEST(bad_rules_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
