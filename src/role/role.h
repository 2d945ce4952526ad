// SPDX-License-Identifier: EUPL-1.2
/*
 * The roles: one process each, started by the supervisor through re-execution of the program as `varde --role NAME DIR`.
 * A role function gets the configuration, finds its descriptors as role/wire.h says, enters its sandbox, says READY on its
 * line (role/line.h), serves, and returns the exit status.
 */
#ifndef ROLE_ROLE_H
#define ROLE_ROLE_H

#include "os/sandbox.h"
#include "role/config.h"

struct process_role {
    const char *name;
    int (*run)(const struct config *config);
};

int front_role(const struct config *config);
int courier_role(const struct config *config);
int node_role(const struct config *config);
int press_role(const struct config *config);
int keys_role(const struct config *config);

// All roles of the program; ends with a NULL name.
extern const struct process_role role_table[];

// Runs one role; for the program's main when it is called with --role: ARGV is that of main. ROLES ends with a NULL name.
int role_main(const struct process_role *roles, int argc, char **argv);
// Enters the sandbox as the configuration says, and logs what holds. False where the role must not run.
bool role_enter_sandbox(const struct config *config, const struct sandbox_rules *rules);

#endif
