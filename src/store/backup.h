// SPDX-License-Identifier: EUPL-1.2
/*
 * Backup of a store in use, and restore into a new one.
 *
 * A backup has three parts, each an encrypted stream of its own (the form is described in store/seal.h):
 *
 *     main       every table with its rows, except the rows of the tables of the next part
 *     keys       the rows of field_key, attachment_key, and of entity and delivery, which hold what was read
 * out of sealed fields; and the small files that the caller hands over (configuration, secrets), without which the
 * rest could not be used. Kept for a shorter time than main: an erasure is complete once every copy of this part from
 * before it is gone
 *     erasures     which fields (and attachments) were erased by then: no content, only positions and the filing
 *
 * All three come from one snapshot; the writer is not held up (the write-ahead log grows while it lasts). Restoring
 * main without keys gives a database whose log and commitments verify and whose sealed fields stay unreadable. A later
 * list of erasures is applied again to what an older backup brings back.
 *
 * Bytes go through the caller's functions, since files belong to another room.
 */
#ifndef STORE_BACKUP_H
#define STORE_BACKUP_H

#include "store/store.h"

enum backup_part { BACKUP_MAIN, BACKUP_KEYS, BACKUP_ERASURES, BACKUP_PARTS };
const char *backup_part_name(enum backup_part part); // "main", "keys", "erasures"

struct backup_sink {
    void *self;
    struct err (*write)(void *self, struct span bytes, struct why *why);
};
struct backup_source {
    void *self;
    // Reads up to LEN bytes; fewer only at the end.
    struct err (*read)(void *self, uint8_t *at, size_t len, size_t *ret_len, struct why *why);
};

// What encrypts: words that a person keeps (through argon2id with 32 MiB), or the bytes of a key file (at least 32).
enum { BACKUP_KEY_FILE_BYTES_MIN = 32, BACKUP_PASSPHRASE_BYTES_MIN = 12 };
struct backup_secret {
    bool is_passphrase;
    struct span bytes;
};

struct backup_progress {
    void *self;
    void (*step)(void *self, uint64_t done_bytes,
                 uint64_t about_bytes); // the total is an estimate; at the end both agree
};

// What the unencrypted head of each part says; proved by the encryption.
struct backup_about {
    char id[33];   // random, the same in the parts of one backup
    char node[65]; // of which node
    int64_t made_ms;
    int64_t tree_size; // records in the log
};

// A file that goes along in the part keys, whole in memory. The name is the caller's to check when it comes back.
enum { BACKUP_FILES_MAX = 16, BACKUP_FILE_BYTES_MAX = 256 * 1024, BACKUP_FILE_NAME_MAX = 128 };
struct backup_file {
    struct span name;
    struct span bytes;
};

struct backup_plan {
    const char *node; // at most 64 bytes
    int64_t now_ms;
    const struct backup_secret *secret;
    const struct backup_sink *sinks[BACKUP_PARTS]; // NULL: this part is not made
    const struct backup_progress *progress;        // may be NULL
    size_t file_count; // at most BACKUP_FILES_MAX
    const struct backup_file *files;
};
// ERR_INPUT for a secret that is too short. What the sinks got counts only when this succeeded.
CHECKED struct err store_backup(struct store *store, const struct backup_plan *plan, struct backup_about *ret,
                                struct why *why);

enum { RESTORE_ERASURES_MAX = 64 };
struct restore_plan {
    const struct backup_secret *secret;
    const struct backup_source *main;
    const struct backup_source *keys; // NULL: fields stay unreadable
    size_t erasure_count;
    const struct backup_source *erasures[RESTORE_ERASURES_MAX];
    // Told of each file in the part keys, proved by the encryption; the spans last for the call. Nothing counts before
    // the whole restore has succeeded. NULL: they are passed over.
    struct err (*take_file)(void *self, const struct backup_file *file, struct why *why);
    void *take_file_self;
};
struct restore_result {
    struct backup_about about;
    uint64_t rows;
    uint64_t keys;         // rows of the part keys, before the erasures
    uint64_t erased_again; // keys that the lists took away
    bool needs_rebuild;    // the table entity may hold erased values, or holds nothing: derived tables must be rebuilt
};
// Makes the database FILE, which must not exist (ERR_CONFLICT), from the parts; brings its schema up to date; checks
// all of it: encryption and completeness of every part, that main and keys belong together, that lists are of the same
// node, SQLite's integrity, references, the number of records. The caller puts FILE in its place only on success, and
// removes it (with -wal, -shm and -journal) otherwise. Notes in meta: restore.backup (id), restore.made_ms, and
// restore.rebuild
// ("needed") where needs_rebuild.
CHECKED struct err store_restore(const char *file, const struct restore_plan *plan, struct restore_result *ret,
                                 struct why *why);

#endif
