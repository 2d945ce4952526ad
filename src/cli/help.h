// SPDX-License-Identifier: EUPL-1.2
/* Help, the manual page and shell completion, all from the table of commands. */
#ifndef CLI_HELP_H
#define CLI_HELP_H

#include <stdio.h>

#include "cli/command.h"

// "varde scope FACTS [options]" and a line feed.
void help_print_usage(FILE *out, const struct command *command);
// All that is known of one command.
void help_print_command(FILE *out, const struct command *command);
// One line a command.
void help_print_all(FILE *out);
// The commands that begin with WORD's first word or letter, after a mistyped one.
void help_print_near(FILE *out, const char *word);


#endif
