// SPDX-License-Identifier: EUPL-1.2
/* law check: the packs as shipped are proved; planted faults are each found, with file and line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

#include "law/check.h"
#include "law/scope.h"

static struct arena arena;
static struct embedded_file *files;

static int setup(void **state) {
    (void)state;
    arena_init(&arena, (size_t)256 * 1024 * 1024);
    files = arena_take(&arena, (embedded_law_count + 8) * sizeof files[0]);
    assert_non_null(files);
    for (size_t i = 0; i < embedded_law_count; i++) files[i] = embedded_law[i];
    return 0;
}
static int teardown(void **state) {
    (void)state;
    arena_fini(&arena);
    return 0;
}

// Replaces the first OLD in the file by NEW.
static void plant(const char *path, const char *old, const char *new) {
    for (size_t i = 0; i < embedded_law_count; i++) {
        if (strcmp(files[i].path, path) != 0) continue;
        const char *text = (const char *)files[i].bytes, *at = strstr(text, old);
        if (at == NULL) fail_msg("%s: \"%s\" is not there", path, old);
        struct span made = arena_printf(&arena, "%.*s%s%s", (int)(at - text), text, new, at + strlen(old));
        files[i].bytes = made.at;
        files[i].size_bytes = made.len;
        return;
    }
    fail_msg("%s: no such file", path);
}

static struct span check(size_t *ret_findings) {
    struct law *law;
    struct buf report;
    struct why why = {0};
    buf_init(&report, &arena, 1024 * 1024);
    if (is_err(law_load(&arena, files, embedded_law_count, &law, &why))) fail_msg("%s: %s", why.rule, why.words);
    assert_false(is_err(law_check(law, &report, ret_findings)));
    buf_add_byte(&report, 0);
    return buf_span(&report);
}

static void assert_found(const char *words) {
    size_t findings;
    struct span report = check(&findings);
    if (findings == 0 || strstr((const char *)report.at, words) == NULL) fail_msg("not found: %s in\n%s", words, (const char *)report.at);
}

static void assert_load_refused(const char *rule, const char *words) {
    struct law *law;
    struct why why = {0};
    assert_true(is_err(law_load(&arena, files, embedded_law_count, &law, &why)));
    assert_string_equal(why.rule, rule);
    if (strstr(why.words, words) == NULL) fail_msg("%s", why.words);
}

static void packs_are_proved(void **state) {
    (void)state;
    size_t findings;
    struct span report = check(&findings);
    if (findings != 0) fail_msg("%s", (const char *)report.at);
    print_message("%s", (const char *)report.at);
    assert_non_null(strstr((const char *)report.at, "proved: "));
}

static void a_gap_is_found(void **state) {
    (void)state;
    plant("eu/nis2/tables/class.yaml", "scheme: annex_1, size: [micro, small]", "scheme: annex_1, size: micro");
    assert_found("has no row where EN_EL_SUPPLY, size: small");
}

static void a_word_that_belongs_to_nothing_is_found(void **state) {
    (void)state;
    plant("eu/nis2/words/pages.fr.yaml", "    summary: {label:", "    sumary: {label:");
    assert_found("incident.emergency_filing.sumary.label: there is no such English text");
    plant("eu/nis2/words/pages.fr.yaml", "choice: {malicious:", "choice: {malice:");
    assert_found("incident.emergency_filing.signs.choice.malice: there is no such English text");
    plant("eu/nis2/words/pages.fr.yaml", "    unverified: {label:", "    unproved: {label:");
    assert_found("incident.state.unproved.label: there is no such English text");
}

static void an_overlap_is_found(void **state) {
    (void)state;
    plant("eu/nis2/tables/class.yaml", "scheme: annex_2, size: [micro, small]", "scheme: annex_2, size: [micro, small, medium]");
    assert_found("overlaps with line 14 where PO_POSTAL, size: medium");
}

static void a_gap_at_some_dates_only_is_found(void **state) {
    (void)state;
    plant("eu/nis2/tables/class.yaml", "{id: R2a-iii, scheme: dns_tld,", "{id: R2a-iii, to: 2027-12-31, scheme: dns_tld,");
    assert_found("has no row where DI_DNS, from 2028-01-01");
}

static void a_gap_beside_a_date_closed_by_its_successor_is_none(void **state) {
    (void)state;
    size_t findings;
    plant("eu/nis2/tables/class.yaml", "  - {id: R2a-iii, scheme: dns_tld,",
          "  - {id: R2a-iii-later, from: 2028-01-01, scheme: dns_tld, class: important, article: \"NIS2 3(2)\", words: rule.R2a-iii}\n"
          "  - {id: R2a-iii, to: 2027-12-31, scheme: dns_tld,");
    struct span report = check(&findings);
    if (findings != 0) fail_msg("%s", (const char *)report.at);
}

static void an_uncovered_place_is_found(void **state) {
    (void)state;
    plant("eu/nis2/tables/jurisdiction.yaml", "except: {code: DI_DNS, resolver_only_for_subscribers: yes}, states: decisions_in",
          "states: decisions_in");
    assert_found("overlaps with line");
}

static void a_row_without_source_is_found(void **state) {
    (void)state;
    plant("eu/nis2/tables/exclude.yaml", "article: \"NIS2 2(10), DORA 2(4)\"", "article: \"\"");
    assert_found("eu/nis2/tables/exclude.yaml:10: no source: X7");
}

static void missing_words_are_found(void **state) {
    (void)state;
    plant("eu/nis2/words/en.yaml", "\n  X7: ", "\n  X7-other: ");
    assert_found("eu/nis2/tables/exclude.yaml:10: no words for rule.X7 in en");
}

static void a_language_declared_too_early_is_found(void **state) {
    (void)state;
    plant("eu/nis2/pack.yaml", "languages: [en, fr, de]", "languages: [en, fr, de, mt]");
    assert_found("in mt");
    assert_found("in courtesy: (ours): mt");
}

static void a_pack_without_german_is_found(void **state) {
    (void)state;
    plant("eu/nis2/pack.yaml", "languages: [en, fr, de]", "languages: [en, fr]");
    assert_found("a pack has en, fr and de, missing is de");
    plant("national/it/pack.yaml", "languages: [en, fr, de]", "languages: [en, de]");
    assert_found("national/it/pack.yaml:2: languages: a pack has en, fr and de, missing is fr");
}

static void a_state_s_text_without_french_is_found(void **state) {
    (void)state;
    plant("national/at/pack.yaml", "register by 2027-01-01", "register soon");
    plant("national/at/words/pack.fr.yaml", "  note:", "  no_note:");
    assert_found("national/at/pack.yaml:13: 1 words are missing in fr of national/at, 1 are stale");
}

static void a_notice_without_german_is_found(void **state) {
    (void)state;
    plant("eu/nis2/words/privacy.de.yaml", "\"3.right\"", "\"6.right\"");
    assert_found("\"3.right\": \"Erasure");
}

static void a_name_that_is_no_longer_proper_wants_words(void **state) {
    (void)state;
    plant("national/lu/directory.yaml", "{name: \"HCPN\", proper: yes,", "{name: \"the national protection office\",");
    assert_found("spoc: \"the national protection office\"");
}

// The Union's packs have a pack.title, too: its words are none for Czechia's.
static void words_for_another_text_of_that_key_do_not_count(void **state) {
    (void)state;
    plant("national/cz/pack.yaml", "title: Czechia", "title: \"Czech Republic\"");
    plant("national/cz/words/pack.fr.yaml", "  title:", "  titre:");
    assert_found("title: \"Czech Republic\"");
}

static void a_language_that_the_state_does_not_have_is_not_approved(void **state) {
    (void)state;
    plant("national/lu/pack.yaml", "courtesy: [fr, de]", "official: [fr, de]");
    size_t findings;
    (void)check(&findings);
    assert_int_equal(findings, 0);
    plant("national/it/pack.yaml", "courtesy: [fr, de]", "courtesy: [fr]\nofficial: [de]");
    assert_found("official in the state, by its profile: de");
}

static void a_translation_that_leaves_a_name_out_is_found(void **state) {
    (void)state;
    plant("eu/nis2/words/sentences.fr.yaml", "{label}", "{labels}");
    assert_found("the {placeholders} are not those of the English text");
}

static void a_body_without_source_is_found(void **state) {
    (void)state;
    plant("national/be/directory.yaml", "ca: {name: \"CCB, with sector authorities\", certainty: confirmed,", "ca: {name: \"CCB\",");
    assert_found("national/be/directory.yaml");
}

static void undeclared_facts_do_not_load(void **state) {
    (void)state;
    plant("eu/nis2/tables/exclude.yaml", "{id: X7, dora_exempt_2_4: yes", "{id: X7, dora_exempt: yes");
    assert_load_refused("table.column", "eu/nis2/tables/exclude.yaml:10");
}

static void undeclared_values_do_not_load(void **state) {
    (void)state;
    plant("eu/nis2/tables/class.yaml", "size: [micro, small], class: out", "size: [micro, tiny], class: out");
    assert_load_refused("fact.value", "\"tiny\" is no value of size");
}

static void national_switches_need_a_source(void **state) {
    (void)state;
    plant("national/de/switches.yaml", "source: \"from memory, not verified\", ", "");
    assert_load_refused("switch.source", "national/de/switches.yaml");
}

// A row of a date decides for that date only, and a state's own table for that state only.
static enum entity_class class_of(const char *facts) {
    struct law *law;
    struct json json;
    struct scope_answer answer;
    struct why why = {0};
    if (is_err(law_load(&arena, files, embedded_law_count, &law, &why))) fail_msg("%s", why.words);
    assert_false(is_err(json_parse(&arena, span_of(facts), &json, NULL)));
    if (is_err(scope_answer_make(law, &json, SPAN("LU"), (struct civil){2026, 11, 22}, &arena, &answer, &why))) fail_msg("%s", why.words);
    return answer.class;
}

static void rows_follow_their_dates(void **state) {
    (void)state;
    plant("eu/nis2/tables/class.yaml", "  - {id: R2a-iii, scheme: dns_tld,",
          "  - {id: R2a-iii-later, from: 2028-01-01, scheme: dns_tld, class: important, article: \"NIS2 3(2)\", words: rule.R2a-iii}\n"
          "  - {id: R2a-iii, to: 2027-12-31, scheme: dns_tld,");
    assert_int_equal(class_of("{\"types\":[\"DI_DNS\"],\"at\":\"2027-12-31\"}"), ENTITY_ESSENTIAL);
    assert_int_equal(class_of("{\"types\":[\"DI_DNS\"],\"at\":\"2028-01-01\"}"), ENTITY_IMPORTANT);
}

static void a_national_switch_follows_its_date(void **state) {
    (void)state;
    static const char AFTER[] = "{\"state\":\"DE\",\"types\":[\"EN_EL_PROD\"],\"negligible\":[\"EN_EL_PROD\"],\"staff\":300,\"at\":\"2025-12-06\"}";
    static const char BEFORE[] = "{\"state\":\"DE\",\"types\":[\"EN_EL_PROD\"],\"negligible\":[\"EN_EL_PROD\"],\"staff\":300,\"at\":\"2025-12-05\"}";
    static const char ELSEWHERE[] = "{\"state\":\"AT\",\"types\":[\"EN_EL_PROD\"],\"negligible\":[\"EN_EL_PROD\"],\"staff\":300}";
    assert_int_equal(class_of(AFTER), ENTITY_OUT);
    assert_int_equal(class_of(BEFORE), ENTITY_ESSENTIAL);
    assert_int_equal(class_of(ELSEWHERE), ENTITY_ESSENTIAL);
}

static void a_national_table_is_laid_over(void **state) {
    (void)state;
    static const char TABLE[] = "table: exclude\nhit: collect\neffect: out\ninputs: [educational_institution]\nrows:\n"
                                "  - {id: X-BE, educational_institution: yes, article: \"a Belgian law\", words: rule.X11}\n";
    files[embedded_law_count] = (struct embedded_file){.path = "national/be/tables/exclude.yaml", .bytes = (const unsigned char *)TABLE, .size_bytes = sizeof TABLE - 1};
    struct law *law;
    struct why why = {0};
    if (is_err(law_load(&arena, files, embedded_law_count + 1, &law, &why))) fail_msg("%s", why.words);
    struct json json;
    struct scope_answer answer;
    assert_false(is_err(json_parse(&arena, SPAN("{\"types\":[\"DI_DNS\"],\"educational_institution\":true}"), &json, NULL)));
    assert_false(is_err(scope_answer_make(law, &json, SPAN("BE"), (struct civil){2026, 11, 22}, &arena, &answer, NULL)));
    assert_int_equal(answer.class, ENTITY_OUT);
    assert_false(is_err(scope_answer_make(law, &json, SPAN("LU"), (struct civil){2026, 11, 22}, &arena, &answer, NULL)));
    assert_int_equal(answer.class, ENTITY_ESSENTIAL);
}

#define TEST(NAME) cmocka_unit_test_setup_teardown(NAME, setup, teardown)
int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(packs_are_proved),
        TEST(a_gap_is_found),
        TEST(a_word_that_belongs_to_nothing_is_found),
        TEST(an_overlap_is_found),
        TEST(a_gap_at_some_dates_only_is_found),
        TEST(a_gap_beside_a_date_closed_by_its_successor_is_none),
        TEST(an_uncovered_place_is_found),
        TEST(a_row_without_source_is_found),
        TEST(missing_words_are_found),
        TEST(a_language_declared_too_early_is_found),
        TEST(a_pack_without_german_is_found),
        TEST(a_state_s_text_without_french_is_found),
        TEST(a_notice_without_german_is_found),
        TEST(a_name_that_is_no_longer_proper_wants_words),
        TEST(words_for_another_text_of_that_key_do_not_count),
        TEST(a_language_that_the_state_does_not_have_is_not_approved),
        TEST(a_translation_that_leaves_a_name_out_is_found),
        TEST(a_body_without_source_is_found),
        TEST(undeclared_facts_do_not_load),
        TEST(undeclared_values_do_not_load),
        TEST(national_switches_need_a_source),
        TEST(rows_follow_their_dates),
        TEST(a_national_switch_follows_its_date),
        TEST(a_national_table_is_laid_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
