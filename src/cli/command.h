// SPDX-License-Identifier: EUPL-1.2
/*
 * Commands: what `varde WORDS...` can do, as rows. Each file of src/cli/ that does something defines one row (or a few) as
 * `const struct command NAME_command`, and src/cli/table.c lists them. Dispatch, `varde help`, `varde COMMAND --help`, the
 * manual page (`varde help --man`) and shell completion (`varde help --bash`) are all read from the rows.
 *
 * A command's function gets its words already sorted into arguments and options (unknown ones never reach it) and returns
 * an exit code. It writes results to standard output, and everything else to standard error.
 */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include "base/span.h"

enum exit_code {
    EXIT_DONE = 0,        // done; or the answer is yes
    EXIT_NO = 1,          // the answer is no: not proved, not in order, not found, refused by the node
    EXIT_USAGE = 2,       // the command line or an input file is not understood
    EXIT_UNREACHABLE = 3, // the node can't be reached, or is not the one expected
    EXIT_DENIED = 4,      // the node does not know who asks, or does not let them
    EXIT_MACHINE = 5,     // a file, the disk or memory failed
};

struct option {
    const char *name;  // "--at"; NULL after the last
    const char *value; // "DATE"; NULL for a switch
    const char *help;  // one line, no full stop at the end
};

enum { COMMAND_OPTIONS_MAX = 16, CALL_VALUES_MAX = 64 };

struct call;
struct command {
    const char *name;      // "law check"; words separated by one blank
    const char *arguments; // "FACTS", "FILE...", "[CASE]"; "" for none. Counted: words in [] may be absent, "..." repeats
    const char *summary;   // one line for `varde help`
    const char *help;      // paragraphs for --help and the manual, separated by empty lines; NULL for none
    const struct option *options; // NULL for none; --help is understood everywhere
    int (*run)(const struct call *call);
};

struct call_value {
    const struct option *option;
    const char *text; // "" for a switch
};
struct call {
    const struct command *command;
    size_t argument_count;
    const char *const *arguments;
    size_t value_count;
    struct call_value values[CALL_VALUES_MAX]; // in the order given
};

// Runs what ARGV asks for and returns the exit code.
int command_main(int argc, char **argv);

// All rows, in the order of help; NULL after the last.
extern const struct command *const command_table[];

// The argument at INDEX, or NULL.
const char *call_argument(const struct call *call, size_t index);
// The last value of option NAME ("--at"), or NULL where it was not given. The command must have declared the option.
const char *call_option(const struct call *call, const char *name);
// Whether the option was given.
bool call_has(const struct call *call, const char *name);
// Walks all values of an option that may be repeated: *at starts at 0; NULL at the end.
const char *call_option_next(const struct call *call, const char *name, size_t *at);

// Prints the reason to standard error ("varde verify: /staff: words (Article, rule)"), or, where the command was given
// --json, as a problem document to standard output, and returns the exit code that fits the error.
int call_fail(const struct call *call, struct err e, const struct why *why);
// Prints "varde COMMAND: words", how the command is used, and returns EXIT_USAGE.
int call_misuse(const struct call *call, const char *format, ...) PRINTF_LIKE(2, 3);

#endif
