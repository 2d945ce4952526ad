// SPDX-License-Identifier: EUPL-1.2
/*
 * The directory of the signing key, DIR/keys: the key itself, its public half, and the ring of remembered heads.
 *
 *   signing.key   "varde-signing-key/1", "name NAME", "seed BASE64", one line each; only its owner may read it
 *   log.vkey      the verifier key as one line of text, to be published
 *   heads         KEYS_SLOTS slots of KEYS_SLOT_BYTES written in turn; the valid one with the highest sequence counts
 *   epoch-N.note  the signed statement with which a person opened epoch N
 *
 * Writing in turn over a file of fixed size costs one data sync a head, and a torn write leaves the slot before it whole.
 * A key without its heads is refused: it could sign a second history. Whoever lost them opens a new epoch.
 */
#ifndef ROLE_KEYS_FILE_H
#define ROLE_KEYS_FILE_H

#include "role/keys_state.h"

struct keys_file {
    struct keys_state state;
    uint8_t *secret; // locked memory, kept out of core dumps
    int heads_fd;    // locked against a second process; -1: not open
};

// Makes the key of the log NAME and an empty ring in the existing directory DIR, for `varde init`. ERR_CONFLICT where
// there is a key already. RET_KEY_TEXT (may be NULL) gets the verifier key.
CHECKED struct err keys_create(const char *dir, const char *name, struct buf *ret_key_text, struct why *why);
// Loads key and memory and locks the ring; ERR_BUSY where another process holds it.
CHECKED struct err keys_open(const char *dir, struct keys_file *ret, struct why *why);
void keys_close(struct keys_file *file);
// Puts the decision's head on disk and takes it over. After an error nothing may be signed any more: the role ends.
CHECKED struct err keys_remember(struct keys_file *file, const struct keys_decision *decision, struct why *why);

struct keys_epoch_request {
    struct span witnessed; // a later head that a witness has seen of us, as a signed note; at == NULL: none
    bool has_lost_heads;   // the ring is gone: go on from WITNESSED, which is then needed
    int64_t now_ms;
    struct span reason;
};
// Opens a new epoch on a person's command, while no keys process runs: signs the statement that names the last head,
// keeps it as epoch-N.note, appends it to STATEMENT and begins the new origin with no records.
CHECKED struct err keys_open_epoch(const char *dir, const struct keys_epoch_request *request, struct buf *statement,
                                   struct why *why);

#endif
