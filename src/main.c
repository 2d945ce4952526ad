// SPDX-License-Identifier: EUPL-1.2
/* Words to a command. */
#include "cli/command.h"

int main(int argc, char **argv) { return command_main(argc, argv); }
