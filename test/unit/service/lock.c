// SPDX-License-Identifier: EUPL-1.2
/*
 * Locks between cases in a race: two filings that are decided before either is written can't both pass, in one group of the writer or in two.
 * The procedure is one of this test: its document locks what it names, and is refused where another case has locked that.
 */
#include "filing_stand.h"

static const char RACING[] =
    "procedure: racing\n"
    "label: Racing\n"
    "article: \"NIS2 19\"\n"
    "states:\n"
    "  - {state: done, label: Done, final: yes}\n"
    "facts:\n"
    "  topic: choice\n"
    "  again: choice\n"
    "locks:\n"
    "  - {lock: once, on: [ruling], by: [topic], clock: peer_review_lock, refuses: [ruling], unless: {case: again, is: \"yes\"}, article: \"NIS2 19\", words: \"It was ruled on.\"}\n"
    "documents:\n"
    "  - document: ruling\n"
    "    label: Ruling\n"
    "    article: \"NIS2 19\"\n"
    "    by: [csirt]\n"
    "    opens: yes\n"
    "    entity: optional\n"
    "    in: [done]\n"
    "    fields:\n"
    "      - {field: topic, type: choice, label: Topic, article: \"NIS2 19\", choices: {a: A, b: B}, keeps: topic, required: yes}\n"
    "      - {field: again, type: choice, label: Again, article: \"NIS2 19\", choices: {\"yes\": Yes, \"no\": No}, keeps: again}\n"
    "    moves:\n"
    "      - {to: done}\n";

static struct arena racing_law;

static int race_setup(void **state) {
    if (setup(state) != 0) return -1;
    struct law *law;
    arena_init(&racing_law, LIMIT_PACK_ARENA_BYTES);
    struct embedded_file *files = arena_take_array(&racing_law, embedded_law_count + 1, sizeof *files);
    assert_non_null(files);
    memcpy(files, embedded_law, embedded_law_count * sizeof *files);
    files[embedded_law_count] = (struct embedded_file){.path = "eu/nis2/procedures/racing.yaml", .bytes = (const uint8_t *)RACING, .size_bytes = sizeof RACING - 1};
    must(law_load(&racing_law, files, embedded_law_count + 1, &law, &why));
    world->services.law = law;
    return 0;
}
static int race_teardown(void **state) {
    int result = teardown(state);
    arena_fini(&racing_law);
    return result;
}

static void rule(struct deed *deed, const char *fields) {
    world->now_ms += MS_PER_MINUTE;
    *deed = (struct deed){.filer = FILER_CSIRT};
    deed_of(deed, "racing", "ruling", "", "", span_of(fields));
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

static void two_at_once_do_not_both_pass(void **state) {
    (void)state;
    struct deed two[2];
    node_begin(seed_first + seeds);
    for (size_t i = 0; i < 2; i++) {
        rule(&two[i], "{\"topic\":\"a\"}");
        assert_true(two[i].is_decided); // neither is there yet
    }
    write_in(two, 2);
    must(two[0].result);
    assert_int_equal(two[1].result.code, ERR_LAW);
    assert_string_equal(why.rule, "lock.once");
    assert_string_equal(why.article, "NIS2 19");
    assert_int_equal(number_of(file, "SELECT count(*) FROM record"), 1);
    assert_int_equal(number_of(file, "SELECT count(*) FROM case_lock"), 1);
    why = (struct why){0};
    sound(derived_wrong(world, conn, file, &why));
    node_end();
}

static void a_later_group_is_asked_too(void **state) {
    (void)state;
    struct deed first, late, other, again;
    node_begin(seed_first);
    rule(&first, "{\"topic\":\"a\"}");
    rule(&late, "{\"topic\":\"a\"}");
    rule(&other, "{\"topic\":\"b\"}");
    rule(&again, "{\"topic\":\"a\",\"again\":\"yes\"}");
    assert_true(first.is_decided && late.is_decided && other.is_decided && again.is_decided);
    write_in(&first, 1);
    must(first.result);
    write_in(&late, 1);
    assert_int_equal(late.result.code, ERR_LAW);
    write_in(&other, 1); // another topic
    must(other.result);
    write_in(&again, 1); // who may do it again
    must(again.result);
    rule(&late, "{\"topic\":\"b\"}");
    assert_false(late.is_decided); // and whoever decides afterwards is refused there
    assert_string_equal(why.rule, "lock.once");
    why = (struct why){0};
    node_end();
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(two_at_once_do_not_both_pass), cmocka_unit_test(a_later_group_is_asked_too)};
    return cmocka_run_group_tests(tests, race_setup, race_teardown);
}
