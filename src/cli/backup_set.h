// SPDX-License-Identifier: EUPL-1.2
/*
 * A backup on disk, for the commands backup and restore: one directory a backup, NODE-20261122T101500Z, holding
 * main.varde, keys.varde, erasures.varde and SHA256SUMS (which sha256sum -c checks without the secret).
 */
#ifndef CLI_BACKUP_SET_H
#define CLI_BACKUP_SET_H

#include "cli/command.h"
#include "store/backup.h"

// "main.varde" and so on.
const char *backup_file_name(enum backup_part part);
// Reads --key-file or --passphrase-file ("-": standard input; a line end is no part of the words). ERR_INPUT where not
// exactly one of them was given.
CHECKED struct err backup_secret_read(const struct call *call, struct arena *arena, struct backup_secret *ret, struct why *why);

#define BACKUP_SECRET_OPTIONS                                                                                          \
    {"--key-file", "FILE", "encrypt with the bytes of this file, 32 at least; keep a copy where the backup is not"},   \
    {"--passphrase-file", "FILE", "encrypt with the words in this file; - reads them from standard input"}

#endif
