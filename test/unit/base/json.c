// SPDX-License-Identifier: EUPL-1.2
/* JSON: what is read and refused, with rule and place; what is written; the canonical form of RFC 8785. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/json.h"
#include "base/limits.h"

enum { ARENA_BYTES = 64 * 1024 * 1024 };

static void reads_every_type(void **state) {
    (void)state;
    struct arena arena;
    arena_init(&arena, ARENA_BYTES);
    struct json root;
    struct why why = {0};
    struct span text = SPAN(" {\"n\":null,\"t\":true,\"i\":-9223372036854775808,\"r\":1.5,\"s\":\"a\\u0000\\u00e9\\ud83d\\udd25\","
                            "\"a\":[1,[],{}],\"o\":{\"x\":\"y\"}} ");
    assert_false(is_err(json_parse(&arena, text, &root, &why)));
    assert_int_equal(root.type, JSON_OBJECT);
    assert_int_equal(root.count, 7);
    assert_true(span_is(root.members[0].name, "n")); // in document order
    assert_true(json_is_null(json_get(&root, "n")));
    assert_true(json_is_null(json_get(&root, "absent")));
    assert_true(json_get_bool(&root, "t", false));
    assert_true(json_get_int(&root, "i", 0) == INT64_MIN);
    assert_int_equal(json_get_int(&root, "s", 5), 5);
    assert_int_equal(json_get(&root, "r")->type, JSON_REAL);
    assert_true(json_get(&root, "r")->real == 1.5);
    assert_true(span_equals(json_get_string(&root, "s"), SPAN("a\0\xc3\xa9\xf0\x9f\x94\xa5")));
    assert_null(json_get_string(&root, "t").at);
    assert_int_equal(json_get(&root, "a")->count, 3);
    assert_true(span_is(json_get_string(json_get(&root, "o"), "x"), "y"));
    assert_null(json_get(json_get(&root, "a"), "x"));
    assert_null(json_get(NULL, "x"));
    assert_string_equal(json_type_name(JSON_INT), "integer");
    arena_fini(&arena);
}

static void refuses_with_rule_and_place(void **state) {
    (void)state;
    static const struct {
        const char *text, *rule, *field;
    } ROWS[] = {
        {"", "json.syntax", ""},
        {" ", "json.syntax", ""},
        {"{", "json.syntax", ""},
        {"[1,]", "json.syntax", ""},
        {"{\"a\":1,}", "json.syntax", ""},
        {"{a:1}", "json.syntax", ""},
        {"[01]", "json.number", ""},
        {"[1.]", "json.number", ""},
        {"[+1]", "json.", ""}, // json.syntax or json.number, as the version of simdjson has it
        {"[NaN]", "json.syntax", ""},
        {"nul", "json.syntax", ""},
        {"true false", "json.syntax", ""},
        {"\"a\nb\"", "json.syntax", ""},
        {"\"\\x\"", "json.syntax", ""},
        {"\"\\ud800\"", "json.syntax", ""},
        {"\"open", "json.syntax", ""},
        {"\"\xff\"", "json.utf8", ""},
        {"\"\xed\xa0\x80\"", "json.utf8", ""},
        {"\"\xc0\xaf\"", "json.utf8", ""},
        {"[9223372036854775808]", "json.number", "/0"},
        {"{\"a\":{\"b\":[0,18446744073709551615]}}", "json.number", "/a/b/1"},
        {"[1e999]", "json.number", ""},
        {"{\"a\":1,\"a\":2}", "json.duplicate_key", "/a"},
        {"{\"a\":1,\"\\u0061\":2}", "json.duplicate_key", "/a"},
        {"{\"x\":[{\"a/b\":1,\"a/b\":2}]}", "json.duplicate_key", "/x/0/a~1b"},
        {"{\"m\":{\"~\":1,\"~\":2}}", "json.duplicate_key", "/m/~0"},
        {"{\"a\":1,\"b\":2,\"c\":3,\"d\":4,\"e\":5,\"f\":6,\"g\":7,\"h\":8,\"i\":9,\"j\":10,\"k\":11,\"l\":12,\"m\":13,\"c\":0}",
         "json.duplicate_key", "/c"},
    };
    struct arena arena;
    arena_init(&arena, ARENA_BYTES);
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        struct json root = {.type = JSON_BOOL, .integer = 77};
        struct why why = {0};
        struct err e = json_parse(&arena, span_of(ROWS[i].text), &root, &why);
        if (e.code != ERR_INPUT || strncmp(why.rule, ROWS[i].rule, strlen(ROWS[i].rule)) != 0 || strcmp(why.field, ROWS[i].field) != 0)
            print_message("%s: %s %s %s\n", ROWS[i].text, err_name(e.code), why.rule, why.field);
        assert_int_equal(e.code, ERR_INPUT);
        assert_int_equal(strncmp(why.rule, ROWS[i].rule, strlen(ROWS[i].rule)), 0);
        assert_string_equal(why.field, ROWS[i].field);
        assert_true(why.words[0] != '\0');
    }
    arena_fini(&arena);
}

static struct err parse_nested(struct arena *arena, size_t depth, bool is_object, struct why *why) {
    struct buf buf;
    buf_init(&buf, arena, LIMIT_JSON_BYTES);
    for (size_t i = 0; i < depth; i++) buf_add_text(&buf, is_object ? "{\"a\":" : "[");
    buf_add_text(&buf, "1");
    for (size_t i = 0; i < depth; i++) buf_add_text(&buf, is_object ? "}" : "]");
    assert_false(buf.is_failed);
    struct json root;
    return json_parse(arena, buf_span(&buf), &root, why);
}

static void refuses_depth(void **state) {
    (void)state;
    struct arena arena;
    arena_init(&arena, ARENA_BYTES);
    for (int is_object = 0; is_object < 2; is_object++) {
        struct why why = {0};
        assert_false(is_err(parse_nested(&arena, LIMIT_JSON_DEPTH, is_object, &why)));
        assert_int_equal(parse_nested(&arena, LIMIT_JSON_DEPTH + 1, is_object, &why).code, ERR_INPUT);
        assert_string_equal(why.rule, "json.depth");
        why = (struct why){0};
        assert_int_equal(parse_nested(&arena, 100000, is_object, &why).code, ERR_INPUT); // no stack is used up
        assert_string_equal(why.rule, "json.depth");
    }
    arena_fini(&arena);
}

static void refuses_size_and_full_arenas(void **state) {
    (void)state;
    struct arena arena;
    arena_init(&arena, ARENA_BYTES);
    struct buf buf;
    buf_init(&buf, &arena, LIMIT_JSON_BYTES + 1);
    buf_add_byte(&buf, '"');
    for (size_t i = 0; i < LIMIT_JSON_BYTES - 2; i++) buf_add_byte(&buf, 'a');
    buf_add_byte(&buf, '"');
    struct json root;
    struct why why = {0};
    assert_false(is_err(json_parse(&arena, buf_span(&buf), &root, &why)));
    assert_int_equal(root.string.len, LIMIT_JSON_BYTES - 2);
    buf_add_byte(&buf, ' ');
    assert_int_equal(json_parse(&arena, buf_span(&buf), &root, &why).code, ERR_LIMIT);
    struct arena small;
    arena_init(&small, 256);
    assert_int_equal(json_parse(&small, SPAN("[1,2,3,4,5,6,7,8,9,10]"), &root, NULL).code, ERR_MEMORY);
    arena_fini(&small);
    arena_fini(&arena);
}

static void writes_documents(void **state) {
    (void)state;
    struct buf buf;
    buf_init(&buf, NULL, 4096);
    struct json_out out;
    json_out_init(&out, &buf);
    json_out_object(&out);
    json_out_member_text(&out, "text", "a\"\\\b\f\n\r\t\x01/é");
    json_out_member_text(&out, "none", NULL);
    json_out_member_int(&out, "int", -5);
    json_out_member_bool(&out, "bool", true);
    json_out_name(&out, "list");
    json_out_array(&out);
    json_out_null(&out);
    json_out_raw(&out, SPAN("{\"raw\":1}"));
    json_out_array(&out);
    json_out_array_end(&out);
    json_out_array_end(&out);
    json_out_object_end(&out);
    assert_false(out.is_failed || buf.is_failed);
    assert_true(span_is(buf_span(&buf), "{\"text\":\"a\\\"\\\\\\b\\f\\n\\r\\t\\u0001/é\",\"none\":null,\"int\":-5,\"bool\":true,"
                                        "\"list\":[null,{\"raw\":1},[]]}"));
    buf_clear(&buf);
    json_out_init(&out, &buf);
    json_out_string(&out, SPAN("a\xff\xc3" "b\xe2\x82\xac\xed\xa0\x80\"")); // what we write is always UTF-8
    assert_true(span_is_utf8(buf_span(&buf)));
    assert_true(span_starts_with(buf_span(&buf), SPAN("\"a\xef\xbf\xbd\xef\xbf\xbd" "b\xe2\x82\xac\xef\xbf\xbd")));
    assert_true(span_ends_with(buf_span(&buf), SPAN("\\\"\"")));
    buf_fini(&buf);
}

static void writing_too_deep_fails(void **state) {
    (void)state;
    struct buf buf;
    buf_init(&buf, NULL, 4096);
    struct json_out out;
    json_out_init(&out, &buf);
    for (int i = 0; i < JSON_OUT_DEPTH + 5; i++) json_out_array(&out);
    assert_true(out.is_failed);
    buf_clear(&buf);
    json_out_init(&out, &buf);
    json_out_array_end(&out);
    assert_true(out.is_failed);
    buf_fini(&buf);
}

static void writes_what_it_read(void **state) {
    (void)state;
    struct arena arena;
    arena_init(&arena, ARENA_BYTES);
    struct span text = SPAN("{\"b\":[1,-2,0.1,\"\\u0001\\\"\",{\"\":null}],\"a\":false,\"é\":\"\"}");
    struct json root;
    assert_false(is_err(json_parse(&arena, text, &root, NULL)));
    struct buf buf;
    buf_init(&buf, &arena, 4096);
    struct json_out out;
    json_out_init(&out, &buf);
    json_out_value(&out, &root);
    struct json again;
    assert_false(is_err(json_parse(&arena, buf_span(&buf), &again, NULL)));
    assert_true(json_get(&again, "b")->items[2].real == 0.1);
    assert_true(span_equals(json_get(&again, "b")->items[3].string, SPAN("\x01\"")));
    arena_fini(&arena);
}

static void canonical(struct arena *arena, const char *text, const char *expected) {
    struct json root;
    struct why why = {0};
    struct err e = json_parse(arena, span_of(text), &root, &why);
    if (is_err(e)) print_message("%s: %s\n", text, why.words);
    assert_false(is_err(e));
    struct buf buf;
    buf_init(&buf, arena, 65536);
    assert_false(is_err(json_canonical(&buf, &root)));
    if (!span_is(buf_span(&buf), expected)) print_message("%.*s\n%s\n", SPAN_FMT(buf_span(&buf)), expected);
    assert_true(span_is(buf_span(&buf), expected));
}

static void canonical_form_is_rfc8785(void **state) {
    (void)state;
    struct arena arena;
    arena_init(&arena, ARENA_BYTES);
    // Section 3.2.3: names sorted by UTF-16 code units.
    canonical(&arena,
              "{\"\\u20ac\":\"Euro Sign\",\"\\r\":\"Carriage Return\",\"\\ufb33\":\"Hebrew Letter Dalet With Dagesh\","
              "\"1\":\"One\",\"\\ud83d\\ude00\":\"Emoji: Grinning Face\",\"\\u0080\":\"Control\","
              "\"\\u00f6\":\"Latin Small Letter O With Diaeresis\"}",
              "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\xc2\x80\":\"Control\",\"ö\":\"Latin Small Letter O With "
              "Diaeresis\",\"€\":\"Euro Sign\",\"\xf0\x9f\x98\x80\":\"Emoji: Grinning Face\",\"\xef\xac\xb3\":\"Hebrew Letter "
              "Dalet With Dagesh\"}");
    // Section 3.2.2, without its numbers that are no integers.
    canonical(&arena,
              "{\"string\": \"\\u20ac$\\u000F\\u000aA'\\u0042\\u0022\\u005c\\\\\\\"\\/\", \"literals\": [null, true, false],"
              " \"numbers\": [333333333, 4, 2, 0]}",
              "{\"literals\":[null,true,false],\"numbers\":[333333333,4,2,0],\"string\":\"€$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}");
    canonical(&arena, " [ ] ", "[]");
    canonical(&arena, "{\"b\":{\"d\":1,\"c\":[{\"f\":0,\"e\":0}]},\"a\":-7}", "{\"a\":-7,\"b\":{\"c\":[{\"e\":0,\"f\":0}],\"d\":1}}");
    canonical(&arena, "{\"aa\":1,\"a\":2,\"\":3}", "{\"\":3,\"a\":2,\"aa\":1}");
    arena_fini(&arena);
}

static void canonical_form_has_no_floats(void **state) {
    (void)state;
    struct arena arena;
    arena_init(&arena, ARENA_BYTES);
    struct json root;
    assert_false(is_err(json_parse(&arena, SPAN("{\"a\":[1.5]}"), &root, NULL)));
    struct buf buf;
    buf_init(&buf, &arena, 4096);
    assert_int_equal(json_canonical(&buf, &root).code, ERR_INPUT);
    assert_false(is_err(json_parse(&arena, SPAN("[\"0123456789\"]"), &root, NULL)));
    buf_init(&buf, &arena, 8);
    assert_int_equal(json_canonical(&buf, &root).code, ERR_MEMORY);
    arena_fini(&arena);
}

// The canonical form depends on the members only, not on their order: objects of more names than the small array holds.
static void canonical_order_of_many(void **state) {
    (void)state;
    struct arena arena;
    arena_init(&arena, ARENA_BYTES);
    struct buf forms[2];
    for (int is_reversed = 0; is_reversed < 2; is_reversed++) {
        struct buf text;
        buf_init(&text, &arena, 65536);
        buf_add_byte(&text, '{');
        for (int i = 0; i < 100; i++)
            buf_printf(&text, "%s\"k%d\":%d", i > 0 ? "," : "", is_reversed ? 99 - i : i, is_reversed ? 99 - i : i);
        buf_add_byte(&text, '}');
        struct json root;
        assert_false(is_err(json_parse(&arena, buf_span(&text), &root, NULL)));
        buf_init(&forms[is_reversed], &arena, 65536);
        assert_false(is_err(json_canonical(&forms[is_reversed], &root)));
    }
    assert_true(span_equals(buf_span(&forms[0]), buf_span(&forms[1])));
    assert_true(span_starts_with(buf_span(&forms[0]), SPAN("{\"k0\":0,\"k1\":1,\"k10\":10,\"k11\":11,")));
    arena_fini(&arena);
}

static void wide_numbers_become_real(void **state) {
    (void)state;
    struct arena arena;
    arena_init(&arena, ARENA_BYTES);
    static const struct {
        const char *text, *rule;
        double real;
    } ROWS[] = {
        {"[9223372036854775808]", "", 9223372036854775808.0},
        {"[-9223372036854775809]", "", -9223372036854775809.0},
        {"[123456789012345678901234567890 ]", "", 123456789012345678901234567890.0},
        {"[18446744073709551616, \"9223372036854775808,\\\"9223372036854775808\"]", "", 18446744073709551616.0},
        {"[1e-30, 18446744073709551616]", "", 1e-30},
        {"[0.12345678901234567890123, 18446744073709551616]", "", 0.12345678901234567890123},
        {"[1e999]", "json.number", 0},
        {"[018446744073709551616]", "json.number", 0},
        {"[1.5e-00000000000000000000001, 18446744073709551616]", "", 0.15},
        {"[18446744073709551616,]", "json.syntax", 0},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        struct json value;
        struct why why = {0};
        bool is_bad = is_err(json_parse_wide(&arena, span_of(ROWS[i].text), &value, &why));
        if (is_bad != (ROWS[i].rule[0] != '\0') || strcmp(why.rule, ROWS[i].rule) != 0) fail_msg("%s: %s %s", ROWS[i].text, why.rule, why.words);
        if (is_bad) continue;
        assert_int_equal(value.items[0].type, JSON_REAL);
        assert_true(value.items[0].real >= ROWS[i].real && value.items[0].real <= ROWS[i].real);
    }
    arena_fini(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_every_type),           cmocka_unit_test(refuses_with_rule_and_place),
        cmocka_unit_test(refuses_depth),              cmocka_unit_test(refuses_size_and_full_arenas),
        cmocka_unit_test(writes_documents),           cmocka_unit_test(writing_too_deep_fails),
        cmocka_unit_test(writes_what_it_read),        cmocka_unit_test(canonical_form_is_rfc8785),
        cmocka_unit_test(canonical_form_has_no_floats), cmocka_unit_test(canonical_order_of_many),
        cmocka_unit_test(wide_numbers_become_real),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
