// SPDX-License-Identifier: EUPL-1.2
/* Packs: found, hashed, refused with file and line; words fall back from state to Union and from language to English. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

#include "law/pack.h"

#define FILE_OF(PATH, TEXT) {PATH, (const unsigned char *)("" TEXT), sizeof(TEXT) - 1, false}
#define EU_PACK FILE_OF("eu/a/pack.yaml", "id: eu/a\ntitle: A\nversion: '1'\nfrom: 2024-10-18\n")
#define BE_PACK FILE_OF("national/be/pack.yaml", "id: national/be\ntitle: BE\nversion: '1'\n")

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

static void packs_are_found_in_order(void **state) {
    (void)state;
    const struct embedded_file files[] = {BE_PACK, FILE_OF("alone/be.yaml", "a: b\n"), EU_PACK,
                                          FILE_OF("eu/a/folder/x.yaml", "k: v\n")};
    struct law *law;
    struct why why = {0};
    assert_false(is_err(law_load(&arena, files, 4, &law, &why)));
    assert_int_equal(law_pack_count(law), 3);
    assert_true(span_is(law_pack_at(law, 0)->id, "alone"));
    const struct pack *eu = law_pack(law, SPAN("eu/a"));
    assert_non_null(eu);
    assert_true(eu->has_from);
    assert_int_equal(eu->from.year, 2024);
    assert_int_equal(eu->file_count, 2);
    assert_non_null(pack_file_root(eu, "folder/x.yaml"));
    assert_null(pack_file_root(eu, "x.yaml"));
    assert_ptr_equal(law_pack_of_state(law, SPAN("BE")), law_pack(law, SPAN("national/be")));
    assert_false(law_pack_of_state(law, SPAN("BE"))->has_from);
    assert_null(law_pack_of_state(law, SPAN("LU")));
}

static void hash_follows_content_not_order(void **state) {
    (void)state;
    const struct embedded_file one[] = {EU_PACK, FILE_OF("eu/a/x.yaml", "k: v\n")};
    const struct embedded_file other_order[] = {FILE_OF("eu/a/x.yaml", "k: v\n"), EU_PACK};
    const struct embedded_file changed[] = {EU_PACK, FILE_OF("eu/a/x.yaml", "k: w\n")};
    struct law *a, *b, *c;
    assert_false(is_err(law_load(&arena, one, 2, &a, NULL)));
    assert_false(is_err(law_load(&arena, other_order, 2, &b, NULL)));
    assert_false(is_err(law_load(&arena, changed, 2, &c, NULL)));
    struct hash ha = law_hash(a), hb = law_hash(b), hc = law_hash(c);
    assert_true(hash_equals(&ha, &hb));
    assert_false(hash_equals(&ha, &hc));
}

static void assert_refused(const struct embedded_file *files, size_t count, const char *rule, const char *place) {
    struct law *law = NULL;
    struct why why = {0};
    assert_true(is_err(law_load(&arena, files, count, &law, &why)));
    assert_null(law);
    assert_string_equal(why.rule, rule);
    assert_non_null(strstr(why.words, place));
}

static void bad_packs_are_refused_with_their_place(void **state) {
    (void)state;
    const struct embedded_file none[] = {FILE_OF("eu/a/x.yaml", "k: v\n")};
    assert_refused(none, 1, "pack.manifest", "eu/a");
    const struct embedded_file id[] = {FILE_OF("eu/b/pack.yaml", "id: eu/a\ntitle: A\nversion: '1'\n")};
    assert_refused(id, 1, "pack.id", "eu/b/pack.yaml:1");
    const struct embedded_file date[] = {FILE_OF("eu/a/pack.yaml", "id: eu/a\ntitle: A\nversion: '1'\nfrom: soon\n")};
    assert_refused(date, 1, "pack.from", "eu/a/pack.yaml:4");
    const struct embedded_file yaml[] = {FILE_OF("eu/a/pack.yaml", "id: eu/a\nid: eu/a\n")};
    assert_refused(yaml, 1, "yaml.duplicate_key", "eu/a/pack.yaml:2");
    const struct embedded_file top[] = {FILE_OF("pack.yaml", "id: x\n")};
    assert_refused(top, 1, "pack.place", "pack.yaml");
    const struct embedded_file lang[] = {EU_PACK, FILE_OF("eu/a/words/xx.yaml", "a: b\n")};
    assert_refused(lang, 2, "words.language", "eu/a/words/xx.yaml:1");
    const struct embedded_file twice[] = {EU_PACK, FILE_OF("eu/a/words/en.yaml", "a: {b: c}\n"),
                                          FILE_OF("eu/a/words/more.en.yaml", "a:\n  b: d\n")};
    assert_refused(twice, 3, "words.twice", "words/");
}

static void assert_word(const struct law *law, const char *where, const char *key, const char *lang, const char *text) {
    struct span word = law_word(law, span_of(where), span_of(key), span_of(lang));
    if (text == NULL) assert_null(word.at);
    else assert_true(span_is(word, text));
}

static void words_fall_back(void **state) {
    (void)state;
    const struct embedded_file files[] = {
        EU_PACK, BE_PACK, FILE_OF("eu/a/words/en.yaml", "rule: {R3: critical, R4: names}\nonly: english\n"),
        FILE_OF("eu/a/words/fr.yaml", "rule:\n  R3: critique\n"), FILE_OF("national/be/words/fr.yaml", "rule: {R3: belge}\n"),
        FILE_OF("eu/a/words/scope.en.yaml", "more: here\n")};
    struct law *law;
    assert_false(is_err(law_load(&arena, files, 6, &law, NULL)));
    assert_word(law, "BE", "rule.R3", "fr", "belge");
    assert_word(law, "LU", "rule.R3", "fr", "critique");
    assert_word(law, "", "rule.R3", "de", "critical");
    assert_word(law, "BE", "rule.R4", "fr", "names");
    assert_word(law, "BE", "more", "fr", "here");
    assert_word(law, "BE", "rule.R5", "en", NULL);
    assert_true(language_is_official(SPAN("ga")));
    assert_false(language_is_official(SPAN("no")));
}

static void embedded_packs_load(void **state) {
    (void)state;
    struct law *law;
    struct why why = {0};
    struct err e = law_load(&arena, embedded_law, embedded_law_count, &law, &why);
    if (is_err(e)) fail_msg("%s: %s", why.rule, why.words);
    assert_non_null(law_pack(law, SPAN("eu/nis2")));
}

static void compare(const struct yaml *a, const struct yaml *b) {
    if (a->type != b->type || a->is_quoted != b->is_quoted || a->line != b->line || a->count != b->count || !span_equals(a->text, b->text))
        fail_msg("%s:%u: packed it is another", a->file, a->line);
    for (size_t i = 0; a->type == YAML_SEQUENCE && i < a->count; i++) compare(&a->items[i], &b->items[i]);
    for (size_t i = 0; a->type == YAML_MAPPING && i < a->count; i++) {
        assert_true(span_equals(a->pairs[i].name, b->pairs[i].name) && a->pairs[i].line == b->pairs[i].line);
        compare(&a->pairs[i].value, &b->pairs[i].value);
    }
}

static void packed_trees_are_what_the_files_say(void **state) {
    (void)state;
    for (size_t i = 0; i < embedded_law_count; i++) {
        const struct embedded_file *file = &embedded_law[i], *tree = &embedded_law_trees[i];
        struct yaml parsed, packed;
        assert_string_equal(file->path, tree->path);
        assert_false(is_err(yaml_load(&arena, file->path, span_make(file->bytes, file->size_bytes), &parsed, NULL)));
        assert_false(is_err(yaml_unpack(&arena, file->path, span_make(tree->bytes, tree->size_bytes), &packed)));
        compare(&parsed, &packed);
    }
    assert_null(embedded_law_trees[embedded_law_count].path);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(packs_are_found_in_order, setup, teardown),
        cmocka_unit_test_setup_teardown(hash_follows_content_not_order, setup, teardown),
        cmocka_unit_test_setup_teardown(bad_packs_are_refused_with_their_place, setup, teardown),
        cmocka_unit_test_setup_teardown(words_fall_back, setup, teardown),
        cmocka_unit_test_setup_teardown(embedded_packs_load, setup, teardown),
        cmocka_unit_test_setup_teardown(packed_trees_are_what_the_files_say, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
