// SPDX-License-Identifier: EUPL-1.2
/* What the node's own database is told of its backups, so that its administrators see when the last was made and whether it can be restored. */
#ifndef CLI_BACKUP_NOTE_H
#define CLI_BACKUP_NOTE_H

#include "store/backup.h"

struct backup_note {
    const struct backup_about *about;
    bool is_whole;
    const char *place, *keys_place; // keys_place NULL: with the others
    uint64_t size_bytes;
};
// Adds a row beside a running node: its writer waits no longer than that takes. A database of an older program has no place for it: an error.
CHECKED struct err backup_note_made(const char *database_file, const struct backup_note *note, struct why *why);
// That the backup was restored as a trial.
CHECKED struct err backup_note_tried(const char *database_file, const struct backup_note *note, int64_t now_ms, struct why *why);

#endif
