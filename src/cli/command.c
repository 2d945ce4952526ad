// SPDX-License-Identifier: EUPL-1.2
#include "cli/command.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/json.h"
#include "cli/help.h"

const char *call_argument(const struct call *call, size_t index) {
    return index < call->argument_count ? call->arguments[index] : NULL;
}

static const struct option *option_find(const struct command *command, struct span name) {
    if (command->options == NULL) return NULL;
    for (const struct option *o = command->options; o->name != NULL; o++)
        if (span_is(name, o->name)) return o;
    return NULL;
}

const char *call_option_next(const struct call *call, const char *name, size_t *at) {
    assert(option_find(call->command, span_of(name)) != NULL);
    while (*at < call->value_count) {
        const struct call_value *value = &call->values[(*at)++];
        if (strcmp(value->option->name, name) == 0) return value->text;
    }
    return NULL;
}

const char *call_option(const struct call *call, const char *name) {
    const char *last = NULL;
    size_t at = 0;
    for (const char *text; (text = call_option_next(call, name, &at)) != NULL;) last = text;
    return last;
}

bool call_has(const struct call *call, const char *name) { return call_option(call, name) != NULL; }

static int exit_code_of(struct err e) {
    switch (e.code) {
    case ERR_NONE: return EXIT_DONE;
    case ERR_INPUT:
    case ERR_LIMIT: return EXIT_USAGE;
    case ERR_NOT_FOUND:
    case ERR_CONFLICT:
    case ERR_LAW:
    case ERR_CORRUPT: return EXIT_NO;
    case ERR_BUSY: return EXIT_UNREACHABLE;
    case ERR_UNAUTHENTICATED:
    case ERR_DENIED: return EXIT_DENIED;
    case ERR_MEMORY:
    case ERR_IO:
    case ERR_UNSUPPORTED: return EXIT_MACHINE;
    }
    return EXIT_MACHINE;
}

static void print_problem(struct err e, const struct why *why) {
    struct buf buf;
    buf_init(&buf, NULL, 8192);
    struct json_out out;
    json_out_init(&out, &buf);
    json_out_object(&out);
    json_out_member_text(&out, "error", err_name(e.code));
    if (why->field[0] != '\0') json_out_member_text(&out, "field", why->field);
    if (why->rule[0] != '\0') json_out_member_text(&out, "rule", why->rule);
    if (why->article[0] != '\0') json_out_member_text(&out, "article", why->article);
    json_out_member_text(&out, "detail", why->words);
    json_out_object_end(&out);
    (void)printf("%.*s\n", SPAN_FMT(buf_span(&buf)));
    buf_fini(&buf);
}

int call_fail(const struct call *call, struct err e, const struct why *why) {
    static const struct why UNSAID = {.is_set = true};
    if (why == NULL || !why->is_set) why = &UNSAID;
    if (option_find(call->command, SPAN("--json")) != NULL && call_has(call, "--json")) print_problem(e, why);
    (void)fprintf(stderr, "varde %s: ", call->command->name);
    if (why->field[0] != '\0') (void)fprintf(stderr, "%s: ", why->field);
    (void)fputs(why->words[0] != '\0' ? why->words : err_name(e.code), stderr);
    if (why->article[0] != '\0' && why->rule[0] != '\0') (void)fprintf(stderr, " (%s; rule %s)", why->article, why->rule);
    else if (why->article[0] != '\0') (void)fprintf(stderr, " (%s)", why->article);
    else if (why->rule[0] != '\0') (void)fprintf(stderr, " (rule %s)", why->rule);
    (void)fputc('\n', stderr);
    return exit_code_of(e);
}

int call_misuse(const struct call *call, const char *format, ...) {
    va_list args;
    va_start(args, format);
    (void)fprintf(stderr, "varde %s: ", call->command->name);
    (void)vfprintf(stderr, format, args);
    va_end(args);
    (void)fputs("\nusage: ", stderr);
    help_print_usage(stderr, call->command);
    (void)fprintf(stderr, "More: varde %s --help\n", call->command->name);
    return EXIT_USAGE;
}

// How many leading words of ARGV are the command's name; 0 where they are not.
static size_t name_match(const struct command *command, size_t count, char *const *words) {
    struct span rest = span_of(command->name);
    size_t matched = 0;
    while (rest.len > 0) {
        size_t end = span_find(rest, ' ', 0);
        if (matched == count || !span_is(span_part(rest, 0, end), words[matched])) return 0;
        matched++;
        rest = span_part(rest, end + 1, rest.len);
    }
    return matched;
}

// How many arguments the row asks for at least and at most.
static void arguments_range(const char *spec, size_t *ret_least, size_t *ret_most) {
    *ret_least = *ret_most = 0;
    struct span rest = span_of(spec);
    while (rest.len > 0) {
        size_t end = span_find(rest, ' ', 0);
        struct span word = span_part(rest, 0, end);
        if (word.at[0] != '[') ++*ret_least;
        if (span_ends_with(word, SPAN("...")) || span_ends_with(word, SPAN("...]"))) *ret_most = SIZE_MAX;
        else if (*ret_most != SIZE_MAX) ++*ret_most;
        rest = span_part(rest, end + 1, rest.len);
    }
}

// Takes the option at WORDS[*at] with its value; false (having said why) where it is not understood.
static bool option_take(struct call *call, size_t count, char *const *words, size_t *at) {
    struct span word = span_of(words[*at]);
    size_t equals = span_find(word, '=', 0);
    const struct option *option = option_find(call->command, span_part(word, 0, equals));
    if (option == NULL) {
        (void)call_misuse(call, "there is no option %.*s", SPAN_FMT(span_part(word, 0, equals)));
        return false;
    }
    if (call->value_count == CALL_VALUES_MAX) {
        (void)call_misuse(call, "more than %d options", (int)CALL_VALUES_MAX);
        return false;
    }
    const char *text = "";
    if (option->value == NULL) {
        if (equals < word.len) {
            (void)call_misuse(call, "%s takes no value", option->name);
            return false;
        }
    } else if (equals < word.len) {
        text = words[*at] + equals + 1;
    } else if (*at + 1 < count) {
        text = words[++*at];
    } else {
        (void)call_misuse(call, "%s needs a value (%s)", option->name, option->value);
        return false;
    }
    call->values[call->value_count++] = (struct call_value){.option = option, .text = text};
    return true;
}

static int command_run(const struct command *command, size_t count, char **words) {
    struct call call = {.command = command};
    size_t kept = 0; // arguments move to the front of WORDS
    bool is_only_arguments = false;
    for (size_t i = 0; i < count; i++) {
        bool is_option = !is_only_arguments && words[i][0] == '-' && words[i][1] != '\0';
        if (is_option && strcmp(words[i], "--") == 0) {
            is_only_arguments = true;
        } else if (is_option && (strcmp(words[i], "--help") == 0 || strcmp(words[i], "-h") == 0)) {
            help_print_command(stdout, command);
            return EXIT_DONE;
        } else if (is_option) {
            if (!option_take(&call, count, words, &i)) return EXIT_USAGE;
        } else {
            words[kept++] = words[i];
        }
    }
    call.arguments = (const char *const *)words;
    call.argument_count = kept;
    size_t least, most;
    arguments_range(command->arguments, &least, &most);
    if (kept < least) return call_misuse(&call, "an argument is missing");
    if (kept > most) return call_misuse(&call, "\"%s\" is one argument too many", words[most]);
    int code = command->run(&call);
    if (fflush(stdout) != 0 || ferror(stdout)) {
        (void)fprintf(stderr, "varde %s: standard output can't be written\n", command->name);
        return EXIT_MACHINE;
    }
    return code;
}

int command_main(int argc, char **argv) {
    if (argc < 2 || strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        help_print_all(argc < 2 ? stderr : stdout);
        return argc < 2 ? EXIT_USAGE : EXIT_DONE;
    }
    size_t count = (size_t)argc - 1;
    const struct command *best = NULL;
    size_t best_words = 0;
    for (size_t i = 0; command_table[i] != NULL; i++) {
        size_t matched = name_match(command_table[i], count, argv + 1);
        if (matched > best_words) {
            best = command_table[i];
            best_words = matched;
        }
    }
    if (best != NULL) return command_run(best, count - best_words, argv + 1 + best_words);
    (void)fprintf(stderr, "varde: there is no command \"%s\"\n", argv[1]);
    help_print_near(stderr, argv[1]);
    return EXIT_USAGE;
}
