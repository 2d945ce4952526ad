// SPDX-License-Identifier: EUPL-1.2
/*
 * The keys role: the process that holds the signing key, and nothing else. It takes typed requests from node, builds the
 * signed bytes itself, and puts a head on disk before its signature leaves (role/keys_state.h). When node goes, it goes:
 * the supervisor starts both anew.
 */
#ifndef ROLE_KEYS_H
#define ROLE_KEYS_H

#include "os/channel.h"
#include "role/config.h"
#include "role/keys_file.h"

int keys_role(const struct config *config);

// Answers all whole frames that CHANNEL has read. An error ends the role: the other side broke the form or does not take
// its answers, or a head could not be put on disk.
CHECKED struct err keys_serve(struct keys_file *file, struct channel *channel, struct why *why);

#endif
