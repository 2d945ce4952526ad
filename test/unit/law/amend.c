// SPDX-License-Identifier: EUPL-1.2
/* Proposals: what they would change, and that the law in force stays exactly as it was. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

#include "law/amend.h"
#include "law/scope.h"
#include "law/what_if.h"

static struct arena arena;
static struct law *law;
static const struct pack *proposal;

static int setup(void **state) {
    (void)state;
    arena_init(&arena, (size_t)512 * 1024 * 1024);
    if (is_err(law_load(&arena, embedded_law, embedded_law_count, &law, NULL))) return -1;
    proposal = law_pack(law, SPAN("eu/com-2026-13"));
    return proposal == NULL ? -1 : 0;
}
static int teardown(void **state) {
    (void)state;
    arena_fini(&arena);
    return 0;
}

static const struct law *amended(const char *name, const char *value) {
    const struct law *ret = NULL;
    struct law_choice choice = {span_of(name), span_of(value)};
    struct why why = {0};
    struct err e = law_amend(law, proposal, &choice, name != NULL ? 1 : 0, &arena, &ret, &why);
    if (is_err(e)) fail_msg("%s: %s", why.rule, why.words);
    return ret;
}

static enum entity_class class_of(const struct law *of, const char *text) {
    struct json facts;
    struct why why = {0};
    const struct scope_facts *read;
    const struct scope_view *view;
    struct err e = json_parse(&arena, span_of(text), &facts, &why);
    if (!is_err(e)) e = scope_facts_read(of, &facts, &arena, &read, &why);
    if (!is_err(e)) e = scope_view_make(of, SPAN("LU"), (struct civil){2026, 11, 22}, &arena, &view, &why);
    if (is_err(e)) fail_msg("%s %s", why.field, why.words);
    return scope_classify(view, read);
}

static void cases_of_the_proposal(void **state) {
    (void)state;
    static const struct {
        const char *facts, *choice, *value;
        enum entity_class now, then;
    } CASES[] = {
        {"{\"types\":[\"DI_DNS\"],\"staff\":3,\"turnover\":1,\"balance\":1}", NULL, NULL, ENTITY_ESSENTIAL, ENTITY_OUT},                   // S01
        {"{\"types\":[\"HE_PROVIDER\"],\"staff\":300,\"turnover\":40000000,\"balance\":30000000}", NULL, NULL, ENTITY_ESSENTIAL, ENTITY_IMPORTANT}, // S05
        {"{\"types\":[\"HE_PROVIDER\"],\"staff\":749,\"turnover\":150000000,\"balance\":200000000}", NULL, NULL, ENTITY_ESSENTIAL, ENTITY_IMPORTANT},
        {"{\"types\":[\"HE_PROVIDER\"],\"staff\":750,\"turnover\":1,\"balance\":1}", NULL, NULL, ENTITY_ESSENTIAL, ENTITY_ESSENTIAL},
        {"{\"types\":[\"HE_PROVIDER\"],\"staff\":750,\"turnover\":1,\"balance\":1}", "small_mid_cap", "provisional_agreement", ENTITY_ESSENTIAL, ENTITY_IMPORTANT},
        {"{\"types\":[\"HE_PROVIDER\"],\"staff\":1000,\"turnover\":1,\"balance\":1}", "small_mid_cap", "provisional_agreement", ENTITY_ESSENTIAL, ENTITY_ESSENTIAL},
        {"{\"types\":[\"HE_PROVIDER\"],\"staff\":999,\"turnover\":200000001,\"balance\":172000000}", "small_mid_cap", "provisional_agreement", ENTITY_ESSENTIAL, ENTITY_IMPORTANT},
        {"{\"types\":[\"HE_PROVIDER\"],\"staff\":999,\"turnover\":200000001,\"balance\":172000001}", "small_mid_cap", "provisional_agreement", ENTITY_ESSENTIAL, ENTITY_ESSENTIAL},
        {"{\"types\":[\"DI_DNS\"],\"staff\":60,\"turnover\":1,\"balance\":1}", NULL, NULL, ENTITY_ESSENTIAL, ENTITY_ESSENTIAL},
        {"{\"types\":[\"DI_DNS\"],\"staff\":60,\"turnover\":1,\"balance\":1}", "dns_class", "by_size", ENTITY_ESSENTIAL, ENTITY_IMPORTANT},
        {"{\"types\":[\"DI_TLD\"],\"staff\":3,\"turnover\":1,\"balance\":1}", NULL, NULL, ENTITY_ESSENTIAL, ENTITY_ESSENTIAL},
        {"{\"types\":[\"DI_PECN\"],\"staff\":300,\"turnover\":1,\"balance\":1}", NULL, NULL, ENTITY_ESSENTIAL, ENTITY_ESSENTIAL},
        {"{\"types\":[\"MA_MACH\"],\"staff\":300,\"turnover\":1,\"balance\":1}", NULL, NULL, ENTITY_IMPORTANT, ENTITY_IMPORTANT},
        {"{\"types\":[\"HE_PROVIDER\"],\"staff\":49,\"turnover\":1,\"balance\":1}", NULL, NULL, ENTITY_OUT, ENTITY_OUT},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        const struct law *then = amended(CASES[i].choice, CASES[i].value);
        if (class_of(law, CASES[i].facts) != CASES[i].now) fail_msg("now: %s", CASES[i].facts);
        if (class_of(then, CASES[i].facts) != CASES[i].then) fail_msg("then, %s: %s", CASES[i].value != NULL ? CASES[i].value : "", CASES[i].facts);
    }
}

static void types_that_only_the_proposal_knows(void **state) {
    (void)state;
    const struct law *then = amended(NULL, NULL);
    assert_int_equal(class_of(then, "{\"types\":[\"DI_WALLET\"],\"staff\":3,\"turnover\":1,\"balance\":1}"), ENTITY_ESSENTIAL);
    assert_int_equal(class_of(then, "{\"types\":[\"DI_SUBSEA\"],\"staff\":60,\"turnover\":1,\"balance\":1}"), ENTITY_IMPORTANT);
    struct json facts;
    const struct scope_facts *read;
    struct why why = {0};
    assert_false(is_err(json_parse(&arena, SPAN("{\"types\":[\"DI_WALLET\"]}"), &facts, &why)));
    assert_true(is_err(scope_facts_read(law, &facts, &arena, &read, &why)));
    const struct law *narrow = amended("electricity_production", "above_1_mw");
    assert_int_equal(class_of(narrow, "{\"types\":[\"EN_EL_PROD\"],\"staff\":300,\"turnover\":1,\"balance\":1,\"producer_up_to_1_mw\":true}"), ENTITY_OUT);
    assert_int_equal(class_of(amended("chemicals", "manufacture_only"), "{\"types\":[\"CH_CHEM\"],\"staff\":300,\"turnover\":1,\"balance\":1,\"chemicals_activity\":\"articles\"}"), ENTITY_OUT);
}

static void what_is_refused(void **state) {
    (void)state;
    const struct law *ret;
    static const struct {
        const char *pack, *name, *value, *rule;
    } CASES[] = {
        {"eu/nis2", "small_mid_cap", "recommendation", "amend.proposal"},
        {"national/be", "small_mid_cap", "recommendation", "amend.proposal"},
        {"eu/com-2026-13", "small_mid_cap", "huge", "amend.choice"},
        {"eu/com-2026-13", "weather", "good", "amend.choice"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct why why = {0};
        struct law_choice choice = {span_of(CASES[i].name), span_of(CASES[i].value)};
        assert_true(is_err(law_amend(law, law_pack(law, span_of(CASES[i].pack)), &choice, 1, &arena, &ret, &why)));
        assert_string_equal(why.rule, CASES[i].rule);
    }
    struct what_if *count;
    struct why why = {0};
    assert_true(is_err(what_if_new(law, law, SPAN("LU"), (struct civil){2026, 11, 22}, &arena, &count, &why)));
}

// The same law without any proposal's files says the same of everybody.
static void a_proposal_is_never_applied(void **state) {
    (void)state;
    static const char *const TYPES[] = {"HE_PROVIDER", "DI_DNS", "DI_CLOUD", "CH_CHEM", "EN_EL_PROD", "DI_PECS", "DI_TSP", "PA_REGION", "DNRS", "MA_MACH"};
    struct embedded_file *files = arena_take_array(&arena, embedded_law_count + 1, sizeof *files);
    size_t count = 0;
    assert_non_null(files);
    for (size_t i = 0; i < embedded_law_count; i++)
        if (strncmp(embedded_law[i].path, "eu/com-", 7) != 0) files[count++] = embedded_law[i];
    assert_true(count < embedded_law_count);
    struct law *without;
    assert_false(is_err(law_load(&arena, files, count, &without, NULL)));
    assert_null(law_amended_by(law));
    (void)amended("small_mid_cap", "provisional_agreement"); // made beside, changes nothing
    for (size_t t = 0; t < sizeof TYPES / sizeof TYPES[0]; t++)
        for (int staff = 1; staff < 1200; staff += 83) {
            char text[160];
            (void)snprintf(text, sizeof text, "{\"types\":[\"%s\"],\"staff\":%d,\"turnover\":%d,\"balance\":%d}", TYPES[t], staff, staff * 190000, staff * 170000);
            assert_int_equal(class_of(law, text), class_of(without, text));
        }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cases_of_the_proposal),
        cmocka_unit_test(types_that_only_the_proposal_knows),
        cmocka_unit_test(what_is_refused),
        cmocka_unit_test(a_proposal_is_never_applied),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
