// SPDX-License-Identifier: EUPL-1.2
/* The rows of test/law/letters.yaml: which offices write each letter, in which procedures, who signs it, what its writer says and what it shows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

#include "base/yaml.h"
#include "law/law_private.h"
#include "law/letter_private.h"
#include "law_under_test.h"

static struct arena arena;
static struct law *law;
static struct yaml root;
static const struct civil DAY = {2026, 11, 22};

static int setup(void **state) {
    (void)state;
    struct why why = {0};
    arena_init(&arena, (size_t)256 * 1024 * 1024);
    if (is_err(law_under_test(&arena, &law, &why))) return -1;
    FILE *in = fopen("test/law/letters.yaml", "rb");
    if (in == NULL) return -1;
    uint8_t *bytes = arena_take(&arena, 64 * 1024);
    struct span text = span_make(bytes, fread(bytes, 1, 64 * 1024, in));
    (void)fclose(in);
    return is_err(yaml_load(&arena, "test/law/letters.yaml", text, &root, &why)) ? -1 : 0;
}
static int teardown(void **state) {
    (void)state;
    arena_fini(&arena);
    return 0;
}

static bool has_word(struct span words, struct span word) {
    struct span padded = arena_printf(&arena, " %.*s ", SPAN_FMT(words)), one = arena_printf(&arena, " %.*s ", SPAN_FMT(word));
    return memmem(padded.at, padded.len, one.at, one.len) != NULL;
}
static size_t word_count(struct span words) {
    size_t count = words.len > 0;
    for (size_t i = 0; i < words.len; i++) count += words.at[i] == ' ';
    return count;
}

// NAMES are the words of the row's member, each once.
static void names_compare(const struct letter *letter, const struct yaml *row, const char *member, const struct names *names) {
    struct span words = yaml_get_text(row, member);
    for (size_t i = 0; i < names->count; i++)
        if (!has_word(words, names->items[i])) fail_msg("%.*s: %s: also %.*s", SPAN_FMT(letter->id), member, SPAN_FMT(names->items[i]));
    if (names->count != word_count(words)) fail_msg("%.*s: %s: not all of %.*s", SPAN_FMT(letter->id), member, SPAN_FMT(words));
}

static void fields_compare(const struct letter *letter, const struct yaml *row) {
    size_t said = 0;
    for (size_t m = 0; m < 2; m++) {
        const struct yaml *of = yaml_get(row, m == 0 ? "needs" : "may");
        for (size_t i = 0; of != NULL && i < of->count; i++) said += word_count(of->pairs[i].value.text);
    }
    if (said != letter->field_count) fail_msg("%.*s: %zu fields, not %zu", SPAN_FMT(letter->id), letter->field_count, said);
    for (size_t i = 0; i < letter->field_count; i++) {
        const struct letter_field *field = &letter->fields[i];
        const struct yaml *of = yaml_get(row, field->is_required ? "needs" : "may");
        struct span words = of == NULL ? SPAN("") : yaml_get_text(of, (const char *)arena_copy(&arena, field->article).at);
        if (!has_word(words, field->name))
            fail_msg("%.*s: %.*s \"%.*s\" is %s", SPAN_FMT(letter->id), SPAN_FMT(field->name), SPAN_FMT(field->article), field->is_required ? "required" : "not required");
    }
}

static void facts_compare(const struct letter *letter, const struct yaml *row) {
    struct span shows = yaml_get_text(row, "shows");
    size_t count = 0;
    for (size_t i = 0; i < letter->part_count; i++) {
        const struct letter_part *part = &letter->parts[i];
        for (size_t k = 0; part->kind == PART_FACTS && k < part->names.count; k++, count++)
            if (!has_word(shows, part->names.items[k])) fail_msg("%.*s shows %.*s", SPAN_FMT(letter->id), SPAN_FMT(part->names.items[k]));
    }
    if (count != word_count(shows)) fail_msg("%.*s does not show all of %.*s", SPAN_FMT(letter->id), SPAN_FMT(shows));
}

static void each_letter(void **state) {
    (void)state;
    const struct yaml *rows = yaml_get(&root, "letters");
    for (size_t i = 0; i < rows->count; i++) {
        const struct yaml *row = &rows->pairs[i].value;
        const struct letter *letter = letter_find(law, SPAN("LU"), DAY, rows->pairs[i].name);
        struct span marking = yaml_get_text(row, "marking");
        if (letter == NULL) fail_msg("there is no letter %.*s", SPAN_FMT(rows->pairs[i].name));
        if (!span_equals(letter->article, yaml_get_text(row, "article"))) fail_msg("%.*s is of \"%.*s\"", SPAN_FMT(letter->id), SPAN_FMT(letter->article));
        if (!span_equals(letter->marking, marking.len > 0 ? marking : SPAN("TLP:AMBER"))) fail_msg("%.*s is marked %.*s", SPAN_FMT(letter->id), SPAN_FMT(letter->marking));
        if (letter->needs_head != (yaml_get(row, "head") != NULL)) fail_msg("%.*s is signed by the head, or not", SPAN_FMT(letter->id));
        names_compare(letter, row, "by", &letter->by);
        names_compare(letter, row, "in", &letter->procedures);
        fields_compare(letter, row);
        facts_compare(letter, row);
    }
    size_t count = 0;
    for (size_t i = 0; i < law->letters->count; i++) {
        const struct letter *letter = &law->letters->letters[i];
        if (letter_find(law, SPAN("LU"), DAY, letter->id) != letter) continue;
        if (yaml_get(rows, (const char *)arena_copy(&arena, letter->id).at) == NULL) fail_msg("no row says what %.*s holds", SPAN_FMT(letter->id));
        count++;
    }
    assert_int_equal(count, rows->count);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(each_letter)};
    return cmocka_run_group_tests(tests, setup, teardown);
}
