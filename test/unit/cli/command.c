// SPDX-License-Identifier: EUPL-1.2
/* The table of commands: its rows, and how words become a call. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <ctype.h>

#include "cli/command.h"

static bool answers_in_json(const struct command *row) {
    for (const struct option *o = row->options; o != NULL && o->name != NULL; o++)
        if (strcmp(o->name, "--json") == 0) return true;
    return false;
}

// Commands whose output is not an answer: it runs a node, is a signed note, one code, a file of words to be filled, or text about the program.
static bool is_of_fixed_form(const char *name) {
    static const char *const NAMES[] = {"serve", "log epoch", "reset", "law words", "help", "version"};
    for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++)
        if (strcmp(NAMES[i], name) == 0) return true;
    return false;
}

static void rows_are_whole(void **state) {
    (void)state;
    for (size_t i = 0; command_table[i] != NULL; i++) {
        const struct command *row = command_table[i];
        assert_true(row->name[0] != '\0' && row->run != NULL && row->arguments != NULL);
        assert_true(isupper((unsigned char)row->summary[0]));
        assert_true(row->summary[strlen(row->summary) - 1] != '.');
        for (size_t k = 0; k < i; k++) assert_string_not_equal(command_table[k]->name, row->name);
        size_t options = 0;
        for (const struct option *o = row->options; o != NULL && o->name != NULL; o++, options++) {
            assert_true(o->name[0] == '-' && o->name[1] == '-' && o->help != NULL && o->help[strlen(o->help) - 1] != '.');
            for (const struct option *other = row->options; other < o; other++) assert_string_not_equal(o->name, other->name);
        }
        assert_true(options <= COMMAND_OPTIONS_MAX);
        assert_true(answers_in_json(row) || is_of_fixed_form(row->name));
    }
}

static int run_words(const char *const *words) {
    char copies[16][64];
    char *argv[17] = {0};
    int argc = 0;
    for (; words[argc] != NULL; argc++) argv[argc] = strcpy(copies[argc], words[argc]);
    return command_main(argc, argv);
}
#define RUN(...) run_words((const char *const[]){"varde", __VA_ARGS__, NULL})

static void words_find_their_command(void **state) {
    (void)state;
    assert_int_equal(RUN("version"), EXIT_DONE);
    assert_int_equal(RUN("--help"), EXIT_DONE);
    assert_int_equal(RUN("help", "law"), EXIT_DONE);
    assert_int_equal(RUN("law", "list"), EXIT_DONE);
    assert_int_equal(RUN("law", "list", "--help"), EXIT_DONE);
    assert_int_equal(RUN("law"), EXIT_USAGE);
    assert_int_equal(RUN("law", "lost"), EXIT_USAGE);
    assert_int_equal(RUN("nonsense"), EXIT_USAGE);
    assert_int_equal(RUN("help", "nonsense"), EXIT_USAGE);
    assert_int_equal(run_words((const char *const[]){"varde", NULL}), EXIT_USAGE);
}

static void wrong_options_and_arguments_are_refused(void **state) {
    (void)state;
    assert_int_equal(RUN("version", "more"), EXIT_USAGE);
    assert_int_equal(RUN("version", "--json"), EXIT_USAGE);
    assert_int_equal(RUN("help", "--man=1"), EXIT_USAGE);
    assert_int_equal(RUN("doctor"), EXIT_USAGE);
    assert_int_equal(RUN("doctor", "a", "b"), EXIT_USAGE);
    assert_int_equal(RUN("doctor", "--", "--json", "b"), EXIT_USAGE); // after -- all are arguments
    assert_int_equal(RUN("verify", "x", "--no-such"), EXIT_USAGE);
}

static int seen(const struct call *call) {
    assert_int_equal(call->argument_count, 2);
    assert_string_equal(call_argument(call, 0), "a");
    assert_string_equal(call_argument(call, 1), "-");
    assert_null(call_argument(call, 2));
    return EXIT_DONE;
}

static void a_call_answers_what_was_given(void **state) {
    (void)state;
    static const struct option OPTIONS[] = {{"--at", "DATE", "x"}, {"--set", "NAME=VALUE", "x"}, {"--json", NULL, "x"}, {NULL, NULL, NULL}};
    static const struct command ROW = {.name = "x", .arguments = "A [B]", .summary = "X", .options = OPTIONS, .run = seen};
    struct call call = {.command = &ROW, .value_count = 4};
    call.values[0] = (struct call_value){&OPTIONS[1], "a=1"};
    call.values[1] = (struct call_value){&OPTIONS[0], "2026-01-01"};
    call.values[2] = (struct call_value){&OPTIONS[1], "b=2"};
    call.values[3] = (struct call_value){&OPTIONS[0], "2026-01-02"};
    assert_string_equal(call_option(&call, "--at"), "2026-01-02"); // the last counts
    assert_false(call_has(&call, "--json"));
    size_t at = 0;
    assert_string_equal(call_option_next(&call, "--set", &at), "a=1");
    assert_string_equal(call_option_next(&call, "--set", &at), "b=2");
    assert_null(call_option_next(&call, "--set", &at));
    const char *const arguments[] = {"a", "-"};
    call.arguments = arguments;
    call.argument_count = 2;
    assert_int_equal(ROW.run(&call), EXIT_DONE);
    struct why why = {0};
    struct err e = why_set(&why, ERR_DENIED, "/a", "r", "X 1", "no");
    assert_int_equal(call_fail(&call, e, &why), EXIT_DENIED);
    assert_int_equal(call_fail(&call, err_make(ERR_BUSY), NULL), EXIT_UNREACHABLE);
    assert_int_equal(call_fail(&call, err_make(ERR_IO), NULL), EXIT_MACHINE);
    assert_int_equal(call_misuse(&call, "because"), EXIT_USAGE);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_whole),
        cmocka_unit_test(words_find_their_command),
        cmocka_unit_test(wrong_options_and_arguments_are_refused),
        cmocka_unit_test(a_call_answers_what_was_given),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
