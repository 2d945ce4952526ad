// SPDX-License-Identifier: EUPL-1.2
/* Words to a command, or (re-executed by the supervisor) to a role. */
#include <string.h>
#include <sys/stat.h>

#include "cli/command.h"
#include "role/role.h"

int main(int argc, char **argv) {
    (void)umask(077); // what any command or role makes is for its own account only
    if (argc > 1 && strcmp(argv[1], "--role") == 0) return role_main(role_table, argc, argv);
    return command_main(argc, argv);
}
