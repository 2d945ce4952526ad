// SPDX-License-Identifier: EUPL-1.2
/* Letters: what a template becomes with facts, in each language; what is refused; what law check finds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

#include "law/check.h"
#include "law/letter.h"
#include "law/pack.h"
#include "law_under_test.h"

static struct arena program, arena;
static struct law *law;
static const struct civil DAY = {2026, 11, 22};

static int setup(void **state) {
    (void)state;
    struct why why = {0};
    arena_init(&program, (size_t)128 * 1024 * 1024);
    arena_init(&arena, (size_t)512 * 1024 * 1024);
    if (!is_err(law_under_test(&program, &law, &why))) return 0;
    print_error("%s\n", why.words);
    return 1;
}
static int teardown(void **state) {
    (void)state;
    arena_fini(&arena);
    arena_fini(&program);
    return 0;
}

static struct json parsed(const char *text) {
    struct json value;
    struct why why = {0};
    if (is_err(json_parse(&arena, span_of(text), &value, &why))) fail_msg("%s", why.words);
    return value;
}

// The letter's parts, one a line: kind, text.
static struct err compose(const char *name, const char *lang, const char *facts, const char *texts, const char *case_state, bool is_draft,
                          struct span *ret, struct why *why) {
    const struct letter_block *blocks;
    size_t count;
    struct buf out;
    struct json all = parsed(facts), own = parsed(texts), file = parsed(case_state);
    struct letter_input input = {.law = law, .state = SPAN("BE"), .at = DAY, .letter = letter_find(law, SPAN("BE"), DAY, span_of(name)),
                                 .lang = span_of(lang), .facts = &all, .texts = &own, .case_state = &file, .is_draft = is_draft};
    assert_non_null(input.letter);
    TRY(letter_compose(&input, &arena, &blocks, &count, why));
    buf_init(&out, &arena, 1024 * 1024);
    for (size_t i = 0; i < count; i++) buf_printf(&out, "%d%.*s|%.*s\n", (int)blocks[i].kind, SPAN_FMT(blocks[i].lang), SPAN_FMT(blocks[i].text));
    *ret = buf_span(&out);
    return err_none();
}

static bool holds(struct span text, const char *part) { return memmem(text.at, text.len, part, strlen(part)) != NULL; }

#define FACTS "{\"case\":{\"id\":\"C1\",\"link\":\"https://x/1\",\"opened\":\"2026-11-02T09:05:00Z\"},\"entity\":{\"name\":\"A {case.id} B\",\"id\":\"E1\"}}"
#define CASE "{\"procedure\":\"incident\",\"state\":\"reported\",\"facts\":{},\"flags\":{},\"filings\":[],\"duties\":[" \
    "{\"duty\":\"notification\",\"document\":\"notification\",\"owed_by\":\"entity\",\"due\":\"2026-11-05T10:00:00Z\",\"article\":\"X 1\",\"done_by\":null,\"closed_by\":null}," \
    "{\"duty\":\"answer\",\"document\":\"answer\",\"owed_by\":\"csirt\",\"due\":null,\"article\":\"X 2\",\"done_by\":null,\"closed_by\":null}]}"

static void facts_and_tables(void **state) {
    (void)state;
    struct span text;
    assert_false(is_err(compose("reminder", "fr", FACTS, "{}", CASE, false, &text, NULL)));
    assert_true(holds(text, "0|Rappel dans le dossier C1\n"));
    assert_true(holds(text, "2 novembre 2026 \xc3\xa0 09:05"));
    assert_true(holds(text, "A {case.id} B")); // a value is no template
    assert_true(holds(text, "X 1"));
    assert_false(holds(text, "X 2")); // the office's own duty
    assert_false(holds(text, "7en|")); // each label is there in French
}

// Class and status are said as people say them, in the letter's language.
static void names_of_the_law_are_said(void **state) {
    (void)state;
    static const struct { const char *lang, *class, *status; } SAID[] = {
        {"en", "essential entity", "removed from the register"}, {"fr", "entit\xc3\xa9 essentielle", "radi\xc3\xa9" "e du registre"}, {"de", "wesentliche Einrichtung", "aus dem Register gel\xc3\xb6scht"}};
    for (size_t i = 0; i < sizeof SAID / sizeof SAID[0]; i++) {
        struct span text;
        assert_false(is_err(compose("register_change", SAID[i].lang, "{\"case\":{\"id\":\"C1\"},\"entity\":{\"name\":\"A\",\"id\":\"E1\",\"identifier\":\"1\","
                                                                     "\"class\":\"essential\",\"status\":\"deregistered\"}}", "{}", CASE, true, &text, NULL)));
        assert_true(holds(text, arena_text(&arena, arena_printf(&arena, "|%s\n", SAID[i].class))));
        assert_true(holds(text, arena_text(&arena, arena_printf(&arena, "|%s\n", SAID[i].status))));
        assert_false(holds(text, "|essential\n") || holds(text, "|deregistered\n"));
    }
}

// The letter may go to the entity: no filing or duty that it may not see; and what was filed against a rule says so.
static void what_others_may_not_see(void **state) {
    (void)state;
    struct span text;
    const char *facts = "{\"case\":{\"id\":\"C1\",\"link\":\"l\",\"opened\":\"2026-11-02T09:05:00Z\"},\"entity\":{\"name\":\"A\",\"id\":\"E1\"},\"filing\":{\"id\":\"F3\"}}";
    const char *file = "{\"procedure\":\"incident\",\"state\":\"reported\",\"facts\":{},\"flags\":{},\"duties\":[],\"filings\":["
                       "{\"id\":\"F1\",\"document\":\"early_warning\",\"status\":\"filed\",\"received_at\":\"2026-11-02T09:05:00Z\"},"
                       "{\"id\":\"F2\",\"document\":\"note\",\"status\":\"filed\",\"received_at\":\"2026-11-02T09:05:00Z\",\"seen_by\":[\"csirt\",\"ca\"]},"
                       "{\"id\":\"F3\",\"document\":\"public_information\",\"status\":\"filed\",\"received_at\":\"2026-11-02T09:05:00Z\","
                       "\"against\":[{\"rule\":\"incident.x\",\"article\":\"X 7\",\"override\":\"F0\"}]}]}";
    assert_false(is_err(compose("closure", "de", facts, "{\"result\":\"Done\"}", file, false, &text, NULL)));
    assert_true(holds(text, "7|F1\n") && holds(text, "7|F3\n"));
    assert_false(holds(text, "F2"));
    assert_true(holds(text, "gegen eine Regel des Systems") && holds(text, "incident.x (X 7)"));
}

static void what_is_missing_is_refused(void **state) {
    (void)state;
    struct span text;
    struct why why = {0};
    assert_int_equal(compose("reminder", "de", "{}", "{}", CASE, false, &text, &why).code, ERR_INPUT);
    assert_string_equal(why.rule, "letter.fact");
    assert_false(is_err(compose("reminder", "de", "{}", "{}", CASE, true, &text, NULL))); // a draft has gaps
    assert_true(holds(text, "\xe2\x80\xa6"));
    why = (struct why){0};
    assert_int_equal(compose("decision", "en", FACTS, "{\"facts\":\"x\"}", CASE, false, &text, &why).code, ERR_INPUT);
    assert_string_equal(why.rule, "letter.field");
    why = (struct why){0};
    assert_int_equal(compose("reminder", "en", FACTS, "{\"hidden\":\"x\"}", CASE, false, &text, &why).code, ERR_INPUT);
    assert_string_equal(why.rule, "letter.field");
}

static void what_was_written(void **state) {
    (void)state;
    struct span text;
    assert_false(is_err(compose("reminder", "en", FACTS, "{\"remarks\":\"One {entity.name}\\n\\nTwo\"}", CASE, false, &text, NULL)));
    assert_true(holds(text, "9|One {entity.name}\n9|Two\n"));
}

static void forms_and_numbers(void **state) {
    (void)state;
    struct span text;
    assert_false(is_err(compose("emergency_form", "de", "{}", "{}", "null", false, &text, NULL)));
    assert_true(holds(text, "\xe2\x98\x90 "));
    assert_true(holds(text, "Kenntnis davon, dass") && holds(text, " *\n"));
    const struct letter *letter = letter_find(law, SPAN("BE"), DAY, SPAN("reminder"));
    assert_true(span_is(letter_number(law, SPAN("BE"), letter, SPAN("ca-energy"), 2026, 7, &arena), "CA-ENERGY-2026-00007"));
    assert_true(letter_speaks(law, SPAN("BE"), letter, SPAN("fr")));
    assert_false(letter_speaks(law, SPAN("BE"), letter, SPAN("mt")));
    assert_false(letter_is_approved(law, SPAN("BE"), SPAN("fr")));
    assert_null(letter_find(law, SPAN("BE"), DAY, SPAN("reminders")));
    assert_true(letter_needs_head(letter_find(law, SPAN("BE"), DAY, SPAN("decision"))));
    assert_false(letter_is_of(letter_find(law, SPAN("BE"), DAY, SPAN("early_warning_answer")), SPAN("registration"), SPAN("csirt")));
}

// A state's own template stands for that state alone.
static void states_have_their_own(void **state) {
    (void)state;
    struct law *other;
    struct why why = {0};
    struct embedded_file *files = arena_take_array(&arena, embedded_law_count, sizeof *files);
    assert_non_null(files);
    memcpy(files, embedded_law, embedded_law_count * sizeof *files);
    for (size_t i = 0; i < embedded_law_count; i++)
        if (strcmp(files[i].path, "eu/nis2/letters/closure.yaml") == 0) files[i].path = "national/lu/letters/closure.yaml";
    if (is_err(law_load(&arena, files, embedded_law_count, &other, &why))) fail_msg("%s", why.words);
    const struct letter *letter = letter_find(other, SPAN("LU"), (struct civil){2099, 1, 1}, SPAN("closure"));
    assert_non_null(letter);
    assert_true(letter_speaks(other, SPAN("LU"), letter, SPAN("fr")));
    assert_null(letter_find(other, SPAN("BE"), (struct civil){2099, 1, 1}, SPAN("closure")));
}

// --- law check ---

struct mistake {
    const char *file, *find, *instead, *words;
};

static const struct embedded_file *packs_with(const struct mistake *m) {
    struct embedded_file *files = arena_take_array(&arena, embedded_law_count, sizeof *files);
    assert_non_null(files);
    memcpy(files, embedded_law, embedded_law_count * sizeof *files);
    for (size_t i = 0; i < embedded_law_count; i++) {
        if (strcmp(files[i].path, m->file) != 0) continue;
        struct span text = span_make(files[i].bytes, files[i].size_bytes);
        const uint8_t *at = memmem(text.at, text.len, m->find, strlen(m->find));
        if (at == NULL) fail_msg("%s does not hold \"%s\"", m->file, m->find);
        struct buf out;
        buf_init(&out, &arena, text.len + 1024);
        buf_add(&out, span_part(text, 0, (size_t)(at - text.at)));
        buf_add_text(&out, m->instead);
        buf_add(&out, span_part(text, (size_t)(at - text.at) + strlen(m->find), text.len));
        buf_add_byte(&out, 0);
        files[i].bytes = out.at;
        files[i].size_bytes = out.len - 1;
        return files;
    }
    fail_msg("there is no file %s", m->file);
    return NULL;
}

static void mistakes_are_found(void **state) {
    (void)state;
    static const struct mistake MISTAKES[] = {
        {"eu/nis2/words/letters.fr.yaml", "Rappel dans le dossier {case.id}", "Rappel", "leaves out case.id"},
        {"eu/nis2/words/letters.en.yaml", "Reminder in case {case.id}", "Reminder in case {case.number}", "no such fact: case.number"},
        {"eu/nis2/words/letters.de.yaml", "Erinnerung im Vorgang {case.id}", "Erinnerung im Vorgang {case.id} {entity.name}", "does not say entity.name"},
        {"eu/nis2/words/letters.de.yaml", "Erinnerung im Vorgang {case.id}", "Erinnerung im Vorgang {case.id", "a brace is left open"},
        {"eu/nis2/words/letters.fr.yaml", "    opening: \"Nous cl\xc3\xb4turons le dossier d\xc3\xa9sign\xc3\xa9 ci-dessous.\"\n", "", "no words for letter.closure.opening in fr"},
        {"eu/nis2/letters/reminder.yaml", "{table: duties}", "{table: tasks}", "no such table: tasks"},
        {"eu/nis2/letters/reminder.yaml", "case.opened", "case.open", "no such fact: case.open"},
        {"eu/nis2/letters/reminder.yaml", "{field: remarks}", "{field: remark}", "no such field: remark"},
        {"eu/nis2/letters/reminder.yaml", "{text: partial}", "{text: partial, when: {field: x, known: yes}}", "a condition asks for a field"},
        {"eu/nis2/letters/closure.yaml", "  - {field: result}\n", "", "asks for what it does not show: result"},
        {"eu/nis2/letters/emergency_form.yaml", "incident.early_warning", "incident.warning", "no such form"},
        {"eu/nis2/letters/closure.yaml", "by: [csirt, ca]\n", "by: [csirt, ca]\nprocedures: [incidents]\n", "no procedure incidents"},
    };
    for (size_t i = 0; i < sizeof MISTAKES / sizeof MISTAKES[0]; i++) {
        struct law *bad;
        struct why why = {0};
        struct buf report;
        size_t findings = 0;
        buf_init(&report, &arena, 1024 * 1024);
        if (is_err(law_load(&arena, packs_with(&MISTAKES[i]), embedded_law_count, &bad, &why))) fail_msg("row %zu: %s", i, why.words);
        struct err e = law_check(bad, &report, &findings);
        assert_false(is_err(e));
        if (findings == 0 || !holds(buf_span(&report), MISTAKES[i].words)) fail_msg("row %zu: \"%s\" was not found in %.*s", i, MISTAKES[i].words, SPAN_FMT(buf_span(&report)));
        arena_reset(&arena);
    }
}

static void bad_templates_are_refused(void **state) {
    (void)state;
    static const struct mistake MISTAKES[] = {
        {"eu/nis2/letters/reminder.yaml", "  - {heading: subject}\n", "", "the first part is a heading"},
        {"eu/nis2/letters/reminder.yaml", "{text: partial}", "{text: partial, list: [x]}", "one of heading"},
        {"eu/nis2/letters/reminder.yaml", "by: [csirt, ca]\n", "", "which offices"},
        {"eu/nis2/letters/reminder.yaml", "article: \"NIS2 23(4)\"\nby", "by", "article is missing"},
        {"eu/nis2/letters/decision.yaml", "signed_by: head", "signed_by: king", "officer or head"},
    };
    for (size_t i = 0; i < sizeof MISTAKES / sizeof MISTAKES[0]; i++) {
        struct law *bad;
        struct why why = {0};
        if (!is_err(law_load(&arena, packs_with(&MISTAKES[i]), embedded_law_count, &bad, &why))) fail_msg("row %zu was taken", i);
        if (strstr(why.words, MISTAKES[i].words) == NULL) fail_msg("row %zu: %s", i, why.words);
        arena_reset(&arena);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(facts_and_tables), cmocka_unit_test(names_of_the_law_are_said), cmocka_unit_test(what_others_may_not_see), cmocka_unit_test(what_is_missing_is_refused), cmocka_unit_test(what_was_written),
                                       cmocka_unit_test(forms_and_numbers), cmocka_unit_test(states_have_their_own), cmocka_unit_test(mistakes_are_found), cmocka_unit_test(bad_templates_are_refused)};
    return cmocka_run_group_tests(tests, setup, teardown);
}
