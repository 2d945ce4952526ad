// SPDX-License-Identifier: EUPL-1.2
/*
 * The supervisor: holds the configuration, the listening sockets and the children, and parses nothing from outside.
 *
 * It starts keys, node, courier and front, connects them, and prints one line on standard output when all say READY.
 * A role that ends is started again, after a pause that grows while it keeps ending:
 *   front    gets a new channel to node, which is told (CHANNEL "front"); clients must connect anew;
 *   courier  likewise (CHANNEL "courier");
 *   node, keys: both and the courier are started anew together, since node can't do without keys and must not go on with
 *            keys that lost their place; front keeps its clients, answers 503 meanwhile, and is told (CHANNEL "node").
 * A role that ends before all were ready for the first time ends everything: what is wrong then does not mend itself.
 * TERM and INT stop: front finishes its answers, then node, then the rest. HUP gives front the certificate anew.
 */
#ifndef ROLE_SUPERVISOR_H
#define ROLE_SUPERVISOR_H

#include "role/config.h"

// Runs until it is told to stop; the exit status of the program.
int supervisor_run(const struct config *config);

#endif
