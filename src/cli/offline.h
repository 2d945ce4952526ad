// SPDX-License-Identifier: EUPL-1.2
/*
 * A node's data for commands that work on it while no node runs: configuration, law, services (without access), the
 * database, and the signing key held so that no node can start meanwhile.
 */
#ifndef CLI_OFFLINE_H
#define CLI_OFFLINE_H

#include "cli/packs.h"
#include "role/config.h"
#include "role/keys_file.h"
#include "service/services.h"

struct offline {
    struct config config;
    struct packs packs;
    struct arena arena;
    struct services services;
    struct store *store;
    struct store_conn *conn; // writing
    struct keys_file keys;
    bool has_config, has_packs, has_keys;
};

// ERR_BUSY where a node runs on DIR. offline_close also after an error.
CHECKED struct err offline_open(struct offline *offline, const char *dir, struct why *why);
void offline_close(struct offline *offline);

#endif
