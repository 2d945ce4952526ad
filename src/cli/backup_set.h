// SPDX-License-Identifier: EUPL-1.2
/*
 * A backup on disk, for the commands backup and restore: one directory a backup, NODE-20261122T101500Z, holding
 * main.varde, keys.varde, erasures.varde and SHA256SUMS (which sha256sum -c checks without the secret).
 *
 * With the keys go the files of the data directory without which a restored database is of no use: varde.yaml,
 * node.secret (second factors and drafts are encrypted under it), keys/log.vkey, and the certificate, its key and the
 * hook's secret where they are in the directory. Never keys/heads (what the key has signed last: an old copy would make
 * the key contradict itself) nor keys/signing.key (whoever could open a backup could sign in the node's name).
 */
#ifndef CLI_BACKUP_SET_H
#define CLI_BACKUP_SET_H

#include "cli/command.h"
#include "store/backup.h"

// "main.varde" and so on.
const char *backup_file_name(enum backup_part part);
struct config;
// Reads the files that go with the keys; those that are not there are left out.
CHECKED struct err backup_files_read(const struct config *config, struct arena *arena, struct backup_file ret[BACKUP_FILES_MAX],
                                     size_t *ret_count, struct why *why);
// Whether a name out of a backup may be written into a data directory: one of ours, in it or one directory below.
bool backup_file_may_return(struct span name);

// Reads --key-file or --passphrase-file ("-": standard input; a line end is no part of the words). ERR_INPUT where not
// exactly one of them was given.
CHECKED struct err backup_secret_read(const struct call *call, struct arena *arena, struct backup_secret *ret, struct why *why);

#define BACKUP_SECRET_OPTIONS                                                                                          \
    {"--key-file", "FILE", "encrypt with the bytes of this file, 32 at least; keep a copy where the backup is not"},   \
    {"--passphrase-file", "FILE", "encrypt with the words in this file; - reads them from standard input"}

#endif
