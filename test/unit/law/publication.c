// SPDX-License-Identifier: EUPL-1.2
/* What must not be public: planted into the real packs, refused or found. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

#include "law/pack.h"
#include "law/procedure.h"

#define FILE_NAME "eu/nis2/procedures/advisory.yaml"

static struct arena arena;
static int setup(void **state) {
    (void)state;
    arena_init(&arena, (size_t)512 * 1024 * 1024);
    return 0;
}
static int teardown(void **state) {
    (void)state;
    arena_fini(&arena);
    return 0;
}

// The packs with ROWS put into the head of an update of an advisory, which may be marked TLP:CLEAR, or of a withdrawal, which may not.
static struct err load_with(const char *document, const char *rows, struct law **ret, struct why *why) {
    struct embedded_file *files = arena_take_array(&arena, embedded_law_count, sizeof *files);
    for (size_t i = 0; i < embedded_law_count; i++) {
        files[i] = embedded_law[i];
        if (strcmp(files[i].path, FILE_NAME) != 0) continue;
        const char *text = (const char *)files[i].bytes, *at = strstr(text, document);
        assert_non_null(at);
        at = strchr(at, '\n') + 1;
        struct span changed = arena_printf(&arena, "%.*s    %s\n%s", (int)(at - text), text, rows, at);
        assert_non_null(changed.at);
        files[i].bytes = changed.at;
        files[i].size_bytes = changed.len;
    }
    return law_load(&arena, files, embedded_law_count, ret, why);
}

#define UPDATE "  - document: advisory_update\n"
#define WITHDRAWAL "  - document: advisory_withdrawal\n"

static void bad_rows_are_refused(void **state) {
    (void)state;
    static const struct { const char *rows, *words; } ROWS[] = {
        {"public: perhaps", "yes or no"},
        {"public: {field: tlp}", "exactly one comparison"},
        {"calendar: {start: answer_wanted_by, title: title}", "only what is public"},
        {"public: yes\n    calendar: {title: title}", "start: a field"},
        {"public: yes\n    calendar: {start: title, title: title}", "start: a field"},
        {"public: yes\n    calendar: {start: answer_wanted_by, title: answer_wanted_by}", "title: a field"},
        {"public: yes\n    calendar: {start: answer_wanted_by, title: title, colour: text}", "not known here"},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        struct law *law;
        struct why why = {0};
        arena_reset(&arena);
        if (!is_err(load_with(UPDATE, ROWS[i].rows, &law, &why))) fail_msg("\"%s\" was taken", ROWS[i].rows);
        if (strstr(why.words, ROWS[i].words) == NULL) fail_msg("\"%s\": %s", ROWS[i].rows, why.words);
    }
}

static void what_can_not_be_public_is_found(void **state) {
    (void)state;
    static const struct { const char *document, *rows, *words; } ROWS[] = {
        {UPDATE, "public: yes\n    seen_by: [csirt]", "only some may see it"},
        {UPDATE, "public: {field: colour, is: red}", "no field \"colour\""},
        {WITHDRAWAL, "public: yes", "can't be marked TLP:CLEAR"},
        {UPDATE, "public: {field: tlp, is: \"TLP:CLEAR\"}\n    calendar: {start: answer_wanted_by, title: title, about: text}", NULL},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        struct law *law;
        struct why why = {0};
        size_t findings = 0;
        struct buf report;
        arena_reset(&arena);
        if (is_err(load_with(ROWS[i].document, ROWS[i].rows, &law, &why))) fail_msg("\"%s\": %s", ROWS[i].rows, why.words);
        buf_init(&report, &arena, 1024 * 1024);
        assert_false(is_err(procedure_check(law, &report, &findings)));
        buf_add_byte(&report, '\0');
        if ((ROWS[i].words == NULL) != (findings == 0) || (ROWS[i].words != NULL && strstr((const char *)report.at, ROWS[i].words) == NULL))
            fail_msg("\"%s\": %zu findings: %s", ROWS[i].rows, findings, (const char *)report.at);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(bad_rows_are_refused), cmocka_unit_test(what_can_not_be_public_is_found)};
    return cmocka_run_group_tests(tests, setup, teardown);
}
