// SPDX-License-Identifier: EUPL-1.2
/* Citations taken apart, looked up in the index of their act, and held against what their file carries out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

#include "law/check.h"
#include "law/cited.h"
#include "law/structure.h"

static struct arena arena;
static struct law *law;
static struct structure structure;
static struct citation citation;

static int setup(void **state) {
    (void)state;
    struct why why = {0};
    size_t findings = 0;
    arena_init(&arena, (size_t)256 * 1024 * 1024);
    if (is_err(law_load(&arena, embedded_law, embedded_law_count, &law, &why))) fail_msg("%s", why.words);
    assert_false(is_err(structure_open(law, &arena, NULL, &findings, &structure)));
    return findings == 0 ? 0 : -1;
}
static int teardown(void **state) {
    (void)state;
    arena_fini(&arena);
    return 0;
}

static bool parses(const char *text) {
    struct span rest;
    return citation_parse(span_of(text), &structure.acts, &arena, &citation, &rest);
}

// The places of a citation, one after another.
static void assert_places(const char *text, const char *expected) {
    struct buf said;
    buf_init(&said, &arena, 4096);
    if (!parses(text)) fail_msg("not understood: %s", text);
    for (size_t i = 0; i < citation.count; i++) {
        if (i > 0) buf_add(&said, SPAN(" | "));
        place_write(&said, &citation.places[i]);
    }
    buf_add_byte(&said, 0);
    assert_string_equal((const char *)said.at, expected);
}

static void citations_are_taken_apart(void **state) {
    (void)state;
    assert_places("NIS2 23(4)(d)(ii)", "NIS2 23(4)(d)(ii)");
    assert_places("NIS2 32(8), 33(5); Charter 47", "NIS2 32(8) | NIS2 33(5) | Charter 47");
    assert_places("NIS2 15(4), 16(3)(a), (e), 16(5), (7)", "NIS2 15(4) | NIS2 16(3)(a) | NIS2 16(3)(e) | NIS2 16(5) | NIS2 16(7)");
    assert_places("NIS2 2(2)(b)-(e), 3(2)", "NIS2 2(2)(b) | NIS2 2(2)(c) | NIS2 2(2)(d) | NIS2 2(2)(e) | NIS2 3(2)");
    assert_places("NIS2 31-33", "NIS2 31 | NIS2 32 | NIS2 33");
    assert_places("NIS2 3(3)-(4), 27", "NIS2 3(3) | NIS2 3(4) | NIS2 27");
    assert_places("NIS2 2(1), second subparagraph", "NIS2 2(1) second subparagraph");
    assert_places("NIS2 11(3)(e), 11(3) last subparagraph", "NIS2 11(3)(e) | NIS2 11(3) last subparagraph");
    assert_places("NIS2 REC 16, SME 6(2)", "NIS2 REC 16 | SME 6(2)");
    assert_places("IR rec. 31", "IR REC 31");
    assert_places("NIS2 Annex I.2(d), I.6, II.2", "NIS2 Annex I.2(d) | NIS2 Annex I.6 | NIS2 Annex II.2");
    assert_places("NIS2 2(1), Annexes I and II", "NIS2 2(1) | NIS2 Annex I | NIS2 Annex II");
    assert_places("NIS2 2(3), CER Annex", "NIS2 2(3) | CER Annex");
    assert_places("IRX 3.4.2(b), IR 4", "IRX 3.4.2(b) | IR 4");
    assert_places("EIDAS 19a(1)(b), 24(2)(fb)", "EIDAS 19a(1)(b) | EIDAS 24(2)(fb)");
    assert_places("Awb 3:41, 6:8", "Awb 3:41 | Awb 6:8");
    assert_places("Ley 39/2015, 43(2)", "Ley 39/2015 43(2)");
    assert_places("COM(2025) 837; ST 10729/26", "COM(2025) 837 | ST 10729/26");
    assert_places("COM(2026) 13, on NIS2 3(1)(a)", "COM(2026) 13 | NIS2 3(1)(a)");
    assert_places("NIS2 23a as proposed", "NIS2 23a as proposed");
    assert_places("BSIG 2025", "BSIG 2025"); // the longest name, not article 2025 of BSIG
}

static void what_is_no_citation_is_refused(void **state) {
    (void)state;
    static const char *const TEXTS[] = {"", "NIS", "23(4)", "NIS2 23(", "NIS2 23(4", "NIS2 23()", "NIS2 (4)", "NIS2 23, (4)", "NIS2 23(4)(a), ", "NIS2 23(4) and 5", "NIS2 23(e)-(b)",
                                        "NIS2 REC", "NIS2 Annex X1", "NIS2 31-", "NIS2 1-400", "NIS2 second subparagraph", "NIS2 1(1)(1)(1)(1)(1)(1)", "NIS2 23;; 24", "NIS2\n23 4"};
    for (size_t i = 0; i < sizeof TEXTS / sizeof TEXTS[0]; i++)
        if (parses(TEXTS[i])) fail_msg("understood: %s", TEXTS[i]);
}

// Each of the places, or the first that doesn't exist.
static bool exists(const char *text) {
    if (!parses(text)) fail_msg("not understood: %s", text);
    for (size_t i = 0; i < citation.count; i++)
        if (structure_refuses(&structure, &citation.places[i]) != NULL) return false;
    return true;
}

static void places_are_looked_up(void **state) {
    (void)state;
    static const char *const THERE[] = {"NIS2 1", "NIS2 46", "NIS2 14(4)(s)", "NIS2 15(3)(j)(v)", "NIS2 32(7)(a)(v)", "NIS2 6(41)", "NIS2 6(35)(d)", "NIS2 REC 144", "NIS2 Annex I.1(e)",
                                        "NIS2 Annex II.5(f)", "NIS2 Annex III", "CER 29", "CER 15(1)(c)", "CER REC 46", "IR 16", "IR 14(e)", "IR 3(1)(g)", "IRX 13.3.3", "IRX 6.10.4",
                                        "IRX 1.1.1(k)", "IRX 9.2(c)(xii)", "GDPR 99", "GDPR 33(3)(d)", "EIDAS 24(2)(fb)", "CSOA 15(5)(a)(iii)", "NIS1 27", "NIS1 14(3)", "BSIG 28(3)", "DL 125/2025",
                                        "NIS2 23a as proposed", "Awb 3:41"};
    static const char *const NOT[] = {"NIS2 47", "NIS2 0", "NIS2 14(4)(t)", "NIS2 15(3)(j)(vi)", "NIS2 23(12)", "NIS2 23(4)(f)", "NIS2 23(5)(a)", "NIS2 6(42)", "NIS2 6(1)(d)", "NIS2 5(1)",
                                      "NIS2 REC 145", "NIS2 Annex IV", "NIS2 Annex I.12", "NIS2 Annex I.2(e)", "NIS2 Annex II.4(a)", "NIS2 23a", "CER 30", "CER 15(5)", "IR 17", "IR 14(f)",
                                      "IR 5(1)", "IR REC 2", "IRX 14", "IRX 13.3.4", "IRX 1.3", "IRX 1.1.1(l)", "GDPR 100", "GDPR 99(1)", "EIDAS 24(2)(fc)", "NIS1 28", "BSIG 28", "BSIG 29(3)",
                                      "DL 125/2025 1", "NIS2 23d as proposed", "Charter 41(2)(d)", "GDPR Annex", "Awb 3:42"};
    for (size_t i = 0; i < sizeof THERE / sizeof THERE[0]; i++)
        if (!exists(THERE[i])) fail_msg("is there: %s", THERE[i]);
    for (size_t i = 0; i < sizeof NOT / sizeof NOT[0]; i++)
        if (exists(NOT[i])) fail_msg("is not there: %s", NOT[i]);
}

static struct json answer_of(const char *state, const char *cite, struct err *ret_e) {
    struct buf text;
    struct json_out out;
    struct json answer = {0};
    struct why why = {0};
    buf_init(&text, &arena, 4 * 1024 * 1024);
    json_out_init(&out, &text);
    *ret_e = law_cited_write(&out, law, span_of(state), span_of(cite), SPAN("en"), &why);
    if (is_err(*ret_e)) assert_string_equal(why.rule, "law.cite");
    else assert_false(is_err(json_parse_within(&arena, buf_span(&text), 4 * 1024 * 1024, &answer, &why)));
    return answer;
}

static const struct json *row_of(const struct json *answer, const char *file, const char *row) {
    const struct json *rows = json_get(answer, "rows");
    for (size_t i = 0; i < rows->count; i++)
        if (span_is(json_get_string(&rows->items[i], "file"), file) && span_is(json_get_string(&rows->items[i], "row"), row)) return &rows->items[i];
    return NULL;
}

static void rows_are_found_by_article(void **state) {
    (void)state;
    struct err e;
    struct json answer = answer_of("", "23(4)(a)", &e);
    assert_false(is_err(e));
    const struct json *row = row_of(&answer, "procedures/incident.yaml", "early_warning");
    assert_non_null(row);
    assert_true(span_is(json_get_string(row, "pack"), "eu/nis2") && json_get_int(row, "line", 0) > 0);
    assert_non_null(row_of(&answer, "clocks.yaml", "early_warning"));
    assert_null(row_of(&answer, "clocks.yaml", "notification"));
    int64_t of_point = json_get_int(&answer, "count", 0), of_states = 0;
    answer = answer_of("", "NIS2 23(4)", &e); // what is in it, too
    assert_true(json_get_int(&answer, "count", 0) > of_point);
    answer = answer_of("FI", "23(4)(a)", &e);
    for (size_t i = 0; i < json_get(&answer, "rows")->count; i++) {
        struct span pack = json_get_string(&json_get(&answer, "rows")->items[i], "pack");
        of_states += span_starts_with(pack, SPAN("national/"));
        assert_true(!span_starts_with(pack, SPAN("national/")) || span_is(pack, "national/fi"));
    }
    assert_true(of_states > 0 && json_get_int(&answer, "count", 0) < of_point);
    answer = answer_of("", "IR 7(b)", &e);
    assert_non_null(row_of(&answer, "grid.yaml", "IR7-b"));
    answer = answer_of("", "NIS2 45", &e); // there, and cited by nothing
    assert_true(!is_err(e) && json_get_int(&answer, "count", -1) == 0);
    answer = answer_of("", "", &e);
    assert_int_equal(json_get(&answer, "articles")->count, 46);
    static const char *const REFUSED[] = {"47", "23(4)(f)", "incident", "23(", "NIS2 23a as proposed, NIS2 23z as proposed"};
    for (size_t i = 0; i < sizeof REFUSED / sizeof REFUSED[0]; i++) {
        (void)answer_of("", REFUSED[i], &e);
        if (e.code != ERR_INPUT) fail_msg("answered: %s", REFUSED[i]);
    }
}

// The check with the first OLD of the file replaced by NEW must find WORDS.
static void assert_found(const char *path, const char *old, const char *new, const char *words) {
    struct embedded_file *files = arena_take_array(&arena, embedded_law_count, sizeof *files);
    struct law *changed;
    struct buf report;
    struct why why = {0};
    size_t findings = 0, planted = 0;
    assert_non_null(files);
    for (size_t i = 0; i < embedded_law_count; i++) {
        const char *text = (const char *)embedded_law[i].bytes, *at = strcmp(embedded_law[i].path, path) == 0 ? strstr(text, old) : NULL;
        files[i] = embedded_law[i];
        if (at == NULL) continue;
        struct span made = arena_printf(&arena, "%.*s%s%s", (int)(at - text), text, new, at + strlen(old));
        files[i].bytes = made.at;
        files[i].size_bytes = made.len;
        planted++;
    }
    if (planted != 1) fail_msg("%s: \"%s\" is not there", path, old);
    buf_init(&report, &arena, 1024 * 1024);
    if (is_err(law_load(&arena, files, embedded_law_count, &changed, &why))) fail_msg("%s", why.words);
    assert_false(is_err(law_check(changed, &report, &findings)));
    buf_add_byte(&report, 0);
    if (findings == 0 || strstr((const char *)report.at, words) == NULL) fail_msg("not found: %s in\n%s", words, (const char *)report.at);
}

static void slips_are_found(void **state) {
    (void)state;
    assert_found("eu/nis2/procedures/incident.yaml", "article: \"NIS2 23(4)(a)\"", "article: \"NIS2 23(4)(f)\"", "NIS2 23(4)(f) is not in the act");
    assert_found("eu/nis2/procedures/incident.yaml", "article: \"NIS2 23(4)(a)\"", "article: \"NIS2 19(1)\"", "index/cites.yaml of the pack lack NIS2 19(1)");
    assert_found("eu/nis2/procedures/scan.yaml", "article: \"NIS2 11(3)", "article: \"NIS9 11(3)", "no citation of an act that an index names");
    assert_found("eu/ir-2024-2690/controls.yaml", "article: \"IRX 2.2.3\"", "article: \"IRX 2.2.1\"", "the part of the catalogue's source that has its number: 2.2.3");
    assert_found("eu/nis2/controls.yaml", "article: \"NIS2 21(2)(c)\"", "article: \"NIS2 21(2)(d)\"", "the part of the catalogue's source that has its number: c");
}

static void faults_of_the_index_are_found(void **state) {
    (void)state;
    assert_found("eu/nis2/index/nis2.yaml", "{place: \"24\"", "{place: \"23\"", "stands twice in the index: 23");
    assert_found("eu/nis2/index/nis2.yaml", "paragraphs: 11, points: {\"3\": b, \"4\": e", "paragraphs: 11, points: {\"3\": b, \"4\": c", "NIS2 23(4)(d) is not in the act");
    assert_found("eu/nis2/index/csoa.yaml", "act: CSOA", "act: NIS2", "another index has this act: NIS2");
    assert_found("eu/nis2/index/csoa.yaml", "last: 26", "latest: 26", "an index has no latest");
    assert_found("eu/nis2/index/cites.yaml", "{file: procedures/scan.yaml, places: \"", "{file: procedures/scan.yaml, places: \"NIS2 1, ", "no row of the file cites (any more) NIS2 1");
    assert_found("eu/nis2/index/cites.yaml", "{file: procedures/scan.yaml", "{file: procedures/scans.yaml", "the pack has no file procedures/scans.yaml");
    assert_found("eu/nis2/index/cites.yaml", "{file: procedures/scan.yaml", "{file: procedures/sharing.yaml", "the file stands twice");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(citations_are_taken_apart), cmocka_unit_test(what_is_no_citation_is_refused), cmocka_unit_test(places_are_looked_up),
        cmocka_unit_test(rows_are_found_by_article),
        cmocka_unit_test(slips_are_found),           cmocka_unit_test(faults_of_the_index_are_found),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
