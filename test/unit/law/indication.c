// SPDX-License-Identifier: EUPL-1.2
/* The rows of test/law/indications.yaml: which indications the facts of a case meet. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

#include "law/procedure.h"
#include "law_under_test.h"

static struct arena arena;
static struct law *law;

static int setup(void **state) {
    (void)state;
    struct why why = {0};
    arena_init(&arena, (size_t)256 * 1024 * 1024);
    if (!is_err(law_under_test(&arena, &law, &why))) return 0;
    print_error("%s\n", why.words);
    return 1;
}
static int teardown(void **state) {
    (void)state;
    arena_fini(&arena);
    return 0;
}

static struct span file_text(const char *path) {
    FILE *in = fopen(path, "rb");
    assert_non_null(in);
    size_t size = 64 * 1024;
    uint8_t *bytes = arena_take(&arena, size);
    assert_non_null(bytes);
    struct span text = span_make(bytes, fread(bytes, 1, size, in));
    (void)fclose(in);
    return text;
}

// A case that knows these facts: yes and no, a choice, a list of states.
static struct json case_of(const struct yaml *facts) {
    struct buf text;
    struct json_out out;
    struct json made;
    buf_init(&text, &arena, 64 * 1024);
    json_out_init(&out, &text);
    json_out_object(&out);
    json_out_name(&out, "facts");
    json_out_object(&out);
    for (size_t i = 0; i < facts->count; i++) {
        const struct yaml *value = &facts->pairs[i].value;
        const char *name = arena_text(&arena, facts->pairs[i].name);
        if (value->type == YAML_SEQUENCE) {
            json_out_name(&out, name);
            json_out_array(&out);
            for (size_t k = 0; k < value->count; k++) json_out_string(&out, value->items[k].text);
            json_out_array_end(&out);
        } else if (span_is(value->text, "yes") || span_is(value->text, "no")) {
            json_out_member_bool(&out, name, span_is(value->text, "yes"));
        } else {
            json_out_member_string(&out, name, value->text);
        }
    }
    json_out_object_end(&out);
    json_out_object_end(&out);
    assert_false(is_err(json_parse(&arena, buf_span(&text), &made, NULL)));
    return made;
}

static void rows_hold(void **state) {
    (void)state;
    struct yaml root;
    struct why why = {0};
    unsigned failures = 0;
    if (is_err(yaml_load(&arena, "test/law/indications.yaml", file_text("test/law/indications.yaml"), &root, &why))) fail_msg("%s", why.words);
    const struct yaml *rows = yaml_get(&root, "rows");
    assert_true(rows->count >= 13);
    for (size_t i = 0; i < rows->count; i++) {
        const struct yaml *row = &rows->items[i];
        struct json made = case_of(yaml_get(row, "facts")), answer;
        struct buf text, met;
        struct json_out out;
        buf_init(&text, &arena, 64 * 1024);
        buf_init(&met, &arena, 1024);
        json_out_init(&out, &text);
        json_out_object(&out);
        procedure_write_indications(&out, law, yaml_get_text(row, "state"), (struct civil){2026, 11, 22}, yaml_get_text(row, "procedure"), &made, SPAN("en"), &arena);
        json_out_object_end(&out);
        assert_false(is_err(json_parse(&arena, buf_span(&text), &answer, NULL)));
        const struct json *list = json_get(&answer, "indications");
        assert_non_null(list);
        for (size_t k = 0; k < list->count; k++)
            if (json_get_bool(&list->items[k], "is_met", false)) buf_printf(&met, "%s%.*s", met.len > 0 ? " " : "", SPAN_FMT(json_get_string(&list->items[k], "indication")));
        if (span_equals(buf_span(&met), yaml_get_text(row, "met"))) continue;
        print_error("%s:%u: met are \"%.*s\"\n", row->file, row->line, SPAN_FMT(buf_span(&met)));
        failures++;
    }
    assert_int_equal(failures, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(rows_hold)};
    return cmocka_run_group_tests(tests, setup, teardown);
}
