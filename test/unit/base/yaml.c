// SPDX-License-Identifier: EUPL-1.2
/* YAML of law packs: the subset, lines in errors, what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/limits.h"
#include "base/yaml.h"

enum { ARENA_BYTES = 64 * 1024 * 1024 };

static void reads_a_pack(void **state) {
    (void)state;
    struct arena arena;
    arena_init(&arena, ARENA_BYTES);
    struct yaml root;
    struct why why = {0};
    struct span text = SPAN("# a comment\nname: nis2\nrows:\n  - {a: 1, b: \"2\"}\n  - [x, 'y']\nempty:\nnull_word: null\n"
                            "quoted: \"null\"\nlong: |\n  two\n  lines\nwide: é\n");
    assert_false(is_err(yaml_load(&arena, "eu/x.yaml", text, &root, &why)));
    assert_int_equal(root.type, YAML_MAPPING);
    assert_int_equal(root.count, 7);
    assert_true(span_is(yaml_get_text(&root, "name"), "nis2"));
    assert_int_equal(root.pairs[0].line, 2);
    const struct yaml *rows = yaml_get(&root, "rows");
    assert_int_equal(rows->type, YAML_SEQUENCE);
    assert_int_equal(rows->count, 2);
    assert_int_equal(rows->items[1].line, 5);
    assert_false(yaml_get(&rows->items[0], "a")->is_quoted);
    assert_true(yaml_get(&rows->items[0], "b")->is_quoted);
    assert_true(yaml_is_null(yaml_get(&root, "empty")));
    assert_true(yaml_is_null(yaml_get(&root, "null_word")));
    assert_true(yaml_is_null(yaml_get(&root, "absent")));
    assert_false(yaml_is_null(yaml_get(&root, "quoted")));
    assert_true(span_is(yaml_get_text(&root, "long"), "two\nlines\n"));
    assert_true(span_is(yaml_get_text(&root, "wide"), "é"));
    assert_null(yaml_get_text(&root, "rows").at);
    assert_null(yaml_get(rows, "a"));
    assert_null(yaml_get(NULL, "a"));
    struct why meaning = {0};
    assert_int_equal(yaml_refuse(&rows->items[1], &meaning, "x.y", "has %d", 2).code, ERR_INPUT);
    assert_string_equal(meaning.words, "eu/x.yaml:5: has 2");
    assert_string_equal(meaning.rule, "x.y");
    arena_fini(&arena);
}

static void refuses_what_is_not_the_subset(void **state) {
    (void)state;
    static const struct {
        const char *text, *rule, *place;
    } ROWS[] = {
        {"", "yaml.syntax", "f:"},
        {"a: 1\nb: 2\na: 3\n", "yaml.duplicate_key", "f:3: \"a\" stands twice"},
        {"a: &x 1\nb: 2\n", "yaml.subset", "f:1:"},
        {"a: 1\nb: *x\n", "yaml.subset", "f:2:"},
        {"a: !!str 1\n", "yaml.subset", "f:1:"},
        {"a: !x [1]\n", "yaml.subset", "f:1:"},
        {"a: &x {b: 1}\n", "yaml.subset", "f:1:"},
        {"[1]: 2\n", "yaml.subset", "f:1:"},
        {"--- a\n--- b\n", "yaml.syntax", "f:2:"},
        {"a: [1\nb: 2\n", "yaml.syntax", "f:"},
        {"a: 1\n\tb: 2\n", "yaml.syntax", "f:2:"},
        {"a: \"open\n", "yaml.syntax", "f:"},
        {"a: \xff\n", "yaml.syntax", "f:1:"},
        {"a: b: c\n", "yaml.syntax", "f:1:"},
    };
    struct arena arena;
    arena_init(&arena, ARENA_BYTES);
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        struct yaml root;
        struct why why = {0};
        struct err e = yaml_load(&arena, "f", span_of(ROWS[i].text), &root, &why);
        if (e.code != ERR_INPUT || strcmp(why.rule, ROWS[i].rule) != 0 || strncmp(why.words, ROWS[i].place, strlen(ROWS[i].place)) != 0)
            print_message("%s: %s %s %s\n", ROWS[i].text, err_name(e.code), why.rule, why.words);
        assert_int_equal(e.code, ERR_INPUT);
        assert_string_equal(why.rule, ROWS[i].rule);
        assert_int_equal(strncmp(why.words, ROWS[i].place, strlen(ROWS[i].place)), 0);
    }
    arena_fini(&arena);
}

static void refuses_depth_and_size(void **state) {
    (void)state;
    struct arena arena;
    arena_init(&arena, ARENA_BYTES);
    struct buf buf;
    buf_init(&buf, &arena, LIMIT_YAML_BYTES + 1);
    for (int i = 0; i < LIMIT_YAML_DEPTH + 1; i++) buf_add_byte(&buf, '[');
    buf_add_byte(&buf, 'x');
    for (int i = 0; i < LIMIT_YAML_DEPTH + 1; i++) buf_add_byte(&buf, ']');
    struct yaml root;
    struct why why = {0};
    assert_int_equal(yaml_load(&arena, "f", buf_span(&buf), &root, &why).code, ERR_INPUT);
    assert_string_equal(why.rule, "yaml.depth");
    why = (struct why){0};
    assert_false(is_err(yaml_load(&arena, "f", span_part(buf_span(&buf), 1, buf.len - 1), &root, &why)));
    uint8_t *rest = buf_extend(&buf, LIMIT_YAML_BYTES + 1 - buf.len);
    memset(rest, '\n', LIMIT_YAML_BYTES + 1 - (size_t)(rest - buf.at));
    assert_int_equal(yaml_load(&arena, "f", buf_span(&buf), &root, &why).code, ERR_LIMIT);
    struct arena small;
    arena_init(&small, 128);
    assert_int_equal(yaml_load(&small, "f", SPAN("a: [1, 2, 3, 4, 5, 6, 7, 8]\n"), &root, NULL).code, ERR_MEMORY);
    arena_fini(&small);
    arena_fini(&arena);
}

static void refuses_what_is_no_packed_tree(void **state) {
    (void)state;
    struct arena arena;
    struct buf packed;
    struct yaml root, again;
    arena_init(&arena, ARENA_BYTES);
    buf_init(&packed, &arena, 4096);
    assert_false(is_err(yaml_load(&arena, "f", SPAN("a: [1, 'x']\nb: {c: d}\n"), &root, NULL)));
    yaml_pack(&root, &packed);
    assert_false(is_err(yaml_unpack(&arena, "f", buf_span(&packed), &again)));
    assert_int_equal(again.count, 2);
    assert_true(yaml_get(&again, "a")->items[1].is_quoted);
    assert_int_equal(yaml_get(&again, "b")->line, 2);
    assert_true(span_is(yaml_get_text(yaml_get(&again, "b"), "c"), "d"));
    for (size_t len = 0; len < packed.len; len++)
        assert_int_equal(yaml_unpack(&arena, "f", span_part(buf_span(&packed), 0, len), &again).code, ERR_CORRUPT);
    buf_add_byte(&packed, 0);
    assert_int_equal(yaml_unpack(&arena, "f", buf_span(&packed), &again).code, ERR_CORRUPT);
    static const char *const BAD[] = {"\3\0\0", "\0\0\5ab", "\1\0\377\377\377\377\377\377", "\2\0\1\0\1ab"};
    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++)
        assert_int_equal(yaml_unpack(&arena, "f", span_make(BAD[i], 5), &again).code, ERR_CORRUPT);
    for (size_t i = 0; i < 64; i++) ((uint8_t *)packed.at)[i % packed.len] = 1; // sequences in sequences, each of one
    assert_true(is_err(yaml_unpack(&arena, "f", buf_span(&packed), &again)));
    arena_fini(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_a_pack),
        cmocka_unit_test(refuses_what_is_not_the_subset),
        cmocka_unit_test(refuses_depth_and_size),
        cmocka_unit_test(refuses_what_is_no_packed_tree),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
