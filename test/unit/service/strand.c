// SPDX-License-Identifier: EUPL-1.2
/*
 * Strands in a race: what is decided in one case before a note was written in another that is joined with it is decided again, in one group of
 * the writer or in two; and what was taken back counts no longer. The procedure is one of this test.
 */
#include "filing_stand.h"

static const char TIED[] =
    "procedure: tied\n"
    "label: Tied\n"
    "article: \"NIS2 35(2)\"\n"
    "states:\n"
    "  - {state: open, label: Open}\n"
    "  - {state: done, label: Done, final: yes}\n"
    "strands:\n"
    "  - strand: matter\n"
    "    label: Matter\n"
    "    article: \"NIS2 35(2)\"\n"
    "    link: {document: tie, here: here, case: other, there: there}\n"
    "    ends: {document: untie, field: tie}\n"
    "    notes:\n"
    "      - {note: judged, on: judgment, field: of, article: \"NIS2 35(2)\", words: Judged.}\n"
    "documents:\n"
    "  - {document: opening, label: Opening, article: \"NIS2 35(2)\", by: [csirt], opens: yes, entity: optional, in: [open], moves: [{to: open}]}\n"
    "  - {document: ending, label: Ending, article: \"NIS2 35(2)\", by: [csirt], entity: optional, in: [open], moves: [{to: done}]}\n"
    "  - document: tie\n"
    "    label: Tie\n"
    "    article: \"NIS2 35(2)\"\n"
    "    by: [csirt]\n"
    "    seen_by: [csirt]\n"
    "    in: [open]\n"
    "    entity: optional\n"
    "    repeatable: yes\n"
    "    fields:\n"
    "      - {field: here, type: choice, label: Here, article: \"NIS2 35(2)\", choices: {a: A, b: B}, required: yes}\n"
    "      - {field: other, type: case, label: Other, article: \"NIS2 35(2)\", required: yes}\n"
    "      - {field: there, type: choice, label: There, article: \"NIS2 35(2)\", choices: {a: A, b: B}, required: yes}\n"
    "  - document: untie\n"
    "    label: Untie\n"
    "    article: \"NIS2 35(2)\"\n"
    "    by: [csirt]\n"
    "    seen_by: [csirt]\n"
    "    in: [open]\n"
    "    entity: optional\n"
    "    repeatable: yes\n"
    "    fields:\n"
    "      - {field: tie, type: filing, anywhere: yes, label: Tie, article: \"NIS2 35(2)\", required: yes}\n"
    "  - document: judgment\n"
    "    label: Judgment\n"
    "    article: \"NIS2 35(2)\"\n"
    "    by: [csirt]\n"
    "    in: [open]\n"
    "    entity: optional\n"
    "    repeatable: yes\n"
    "    fields:\n"
    "      - {field: of, type: choices, label: Of, article: \"NIS2 35(2)\", choices: {a: A, b: B}, required: yes}\n"
    "  - document: fine\n"
    "    label: Fine\n"
    "    article: \"NIS2 35(2)\"\n"
    "    by: [csirt]\n"
    "    in: [open]\n"
    "    entity: optional\n"
    "    repeatable: yes\n"
    "    fields:\n"
    "      - {field: of, type: choices, label: Of, article: \"NIS2 35(2)\", choices: {a: A, b: B}, required: yes}\n"
    "    rules:\n"
    "      - {rule: tied.judged, article: \"NIS2 35(2)\", words: \"It was judged.\", refuse_when: {field: of, noted: judged}}\n";

static struct arena tied_law;

static int tied_setup(void **state) {
    if (setup(state) != 0) return -1;
    struct law *law;
    arena_init(&tied_law, LIMIT_PACK_ARENA_BYTES);
    struct embedded_file *files = arena_take_array(&tied_law, embedded_law_count + 1, sizeof *files);
    assert_non_null(files);
    memcpy(files, embedded_law, embedded_law_count * sizeof *files);
    files[embedded_law_count] = (struct embedded_file){.path = "eu/nis2/procedures/tied.yaml", .bytes = (const uint8_t *)TIED, .size_bytes = sizeof TIED - 1};
    must(law_load(&tied_law, files, embedded_law_count + 1, &law, &why));
    world->services.law = law;
    return 0;
}
static int tied_teardown(void **state) {
    int result = teardown(state);
    arena_fini(&tied_law);
    return result;
}

static void decide(struct deed *deed, const char *document, struct span case_id, struct span fields) {
    world->now_ms += MS_PER_MINUTE;
    *deed = (struct deed){.filer = FILER_CSIRT};
    deed_of(deed, "tied", document, arena_text(&arena, case_id), "", fields);
    must(deed_finish(world, deed, &arena, &why));
    must(deed_decide(world, deed, conn, &arena, &why));
}

static void write_in(struct deed *deeds, size_t count) {
    must(store_begin(conn, &why));
    for (size_t i = 0; i < count; i++) {
        why = (struct why){0};
        must(deed_write(world, &deeds[i], conn, &edge, &arena, &why));
    }
    must(store_commit(conn, &why));
}

static struct span filed(const char *document, struct span case_id, struct span fields, struct span *ret_filing) {
    struct deed deed;
    decide(&deed, document, case_id, fields);
    assert_true(deed.is_decided);
    write_in(&deed, 1);
    must(deed.result);
    if (ret_filing != NULL) *ret_filing = deed.plan.filing_id;
    return deed.plan.case_id;
}

static struct span tie(struct span from, struct span to) {
    struct span filing;
    (void)filed("tie", from, arena_printf(&arena, "{\"here\":\"a\",\"other\":\"%.*s\",\"there\":\"a\"}", SPAN_FMT(to)), &filing);
    return filing;
}

static void a_note_elsewhere_is_seen_by_what_was_decided_before(void **state) {
    (void)state;
    struct deed two[2], late;
    node_begin(seed_first + seeds);
    struct span a = filed("opening", SPAN(""), SPAN("{}"), NULL), b = filed("opening", SPAN(""), SPAN("{}"), NULL), c = filed("opening", SPAN(""), SPAN("{}"), NULL);
    (void)tie(a, b);
    struct span last = tie(c, b);
    decide(&two[0], "judgment", a, SPAN("{\"of\":[\"a\"]}"));
    decide(&two[1], "fine", c, SPAN("{\"of\":[\"a\"]}"));
    decide(&late, "fine", b, SPAN("{\"of\":[\"a\"]}"));
    assert_true(two[0].is_decided && two[1].is_decided && late.is_decided); // nothing is noted yet
    write_in(two, 2);
    must(two[0].result);
    assert_int_equal(two[1].result.code, ERR_LAW);
    write_in(&late, 1);
    assert_int_equal(late.result.code, ERR_LAW);
    (void)filed("fine", b, SPAN("{\"of\":[\"b\"]}"), NULL); // another point
    why = (struct why){0};
    (void)filed("untie", b, arena_printf(&arena, "{\"tie\":\"%.*s\"}", SPAN_FMT(last)), NULL); // from the other end
    (void)filed("fine", c, SPAN("{\"of\":[\"a\"]}"), NULL);
    decide(&late, "fine", b, SPAN("{\"of\":[\"a\"]}"));
    assert_false(late.is_decided);
    assert_string_equal((const char *)late.plan.decision.faults[0].rule.at, "tied.judged");
    assert_int_equal(number_of(file, "SELECT count(*) FROM strand_link"), 2);
    assert_int_equal(number_of(file, "SELECT count(*) FROM strand_note"), 1);
    why = (struct why){0};
    sound(derived_wrong(world, conn, file, &why));
    node_end();
}

static void so_many_are_joined_and_no_more(void **state) {
    (void)state;
    struct deed one;
    node_begin(seed_first);
    struct span first = filed("opening", SPAN(""), SPAN("{}"), NULL), next = {0};
    for (int i = 1; i < LIMIT_STRAND_CASES; i++) {
        next = filed("opening", SPAN(""), SPAN("{}"), NULL);
        (void)tie(next, first);
    }
    struct span many = filed("opening", SPAN(""), SPAN("{}"), NULL);
    decide(&one, "tie", many, arena_printf(&arena, "{\"here\":\"a\",\"other\":\"%.*s\",\"there\":\"a\"}", SPAN_FMT(next)));
    assert_false(one.is_decided);
    assert_string_equal(why.rule, "strand.limit");
    why = (struct why){0};
    node_end();
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_note_elsewhere_is_seen_by_what_was_decided_before), cmocka_unit_test(so_many_are_joined_and_no_more)};
    return cmocka_run_group_tests(tests, tied_setup, tied_teardown);
}
