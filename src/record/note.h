// SPDX-License-Identifier: EUPL-1.2
/*
 * Signed notes, checkpoints and cosignatures as in C2SP signed-note, tlog-checkpoint and tlog-cosignature, with Ed25519.
 *
 *   origin \n size \n base64(root) \n \n ( em dash, space, key name, space, base64(key id | signature) \n )+
 *
 * A log's key has type 0x01 and is named like the log's origin; a witness's key has type 0x04 and signs with its time.
 * The log has epochs: the first has the key's name as origin, epoch N from 2 on the name followed by "/epoch-N"; a key
 * that is trusted under its name is trusted for all its epochs. Parsers take untrusted bytes and are strict.
 */
#ifndef RECORD_NOTE_H
#define RECORD_NOTE_H

#include "base/hash.h"

enum {
    NOTE_BYTES_MAX = 16 * 1024,
    NOTE_SIGNATURES_MAX = 32,
    NOTE_NAME_BYTES_MAX = 128,  // of a key or origin
    NOTE_EXTENSIONS_MAX = 16,   // extension lines of a checkpoint
    NOTE_KEY_TEXT_BYTES_MAX = NOTE_NAME_BYTES_MAX + 64,
    NOTE_PUBLIC_BYTES = 32,
    NOTE_SECRET_BYTES = 64,    // libsodium's form: seed and public key
    NOTE_SIGNATURE_BYTES = 64,
};

enum key_type { KEY_LOG = 0x01, KEY_WITNESS = 0x04 };

// Who may sign. The name is borrowed.
struct verifier_key {
    struct span name;
    enum key_type type;
    uint8_t id[4];
    uint8_t public_key[NOTE_PUBLIC_BYTES];
};

struct note_signature {
    struct span name;
    uint8_t id[4];
    struct span bytes; // after the key id
};

// A note as parsed; everything is borrowed from the text and the arena.
struct note {
    struct span body; // with its last newline: what is signed
    size_t count;
    struct note_signature signatures[NOTE_SIGNATURES_MAX];
};

struct checkpoint {
    struct span origin; // borrowed
    uint64_t size;
    struct hash root;
};

// Whether a key or origin may have this name: 1 to NOTE_NAME_BYTES_MAX bytes of UTF-8 without spaces, controls or '+'.
bool note_name_is_valid(struct span name);
// Makes a verifier key with its id.
struct verifier_key verifier_key_make(enum key_type type, struct span name, const uint8_t public_key[NOTE_PUBLIC_BYTES]);
// Reads "name+hexhash+base64(type | public key)"; the result borrows from TEXT. ERR_INPUT with rule note.key.
CHECKED struct err verifier_key_parse(struct span text, struct verifier_key *ret, struct why *why);
void verifier_key_write(struct buf *buf, const struct verifier_key *key);

// Reads a signed note (not yet verified). ERR_INPUT with rules note.*; ERR_LIMIT beyond the limits above.
CHECKED struct err note_parse(struct arena *arena, struct span text, struct note *ret, struct why *why);
// Reads the body of a checkpoint; extension lines are allowed and skipped.
CHECKED struct err checkpoint_parse(struct span body, struct checkpoint *ret, struct why *why);
void checkpoint_write(struct buf *buf, struct span origin, uint64_t size, const struct hash *root);

enum note_verdict {
    NOTE_ABSENT, // no signature under this key's name and id
    NOTE_VALID,
    NOTE_FORGED, // a signature under this key's name and id that is not one
};
// Looks for the key's signature. For a witness's key *ret_time_s (may be NULL) is when it cosigned.
enum note_verdict note_verify(const struct note *note, const struct verifier_key *key, int64_t *ret_time_s);
// The same for a log's key under ORIGIN, which is the key's name or one of its epochs; NOTE_ABSENT for other origins.
enum note_verdict note_verify_log(const struct note *note, const struct verifier_key *key, struct span origin);

// The origin of an epoch of the log NAME: epoch 1 is the name itself.
void epoch_origin_write(struct buf *buf, struct span name, uint64_t epoch);
// The epoch that ORIGIN is of the log NAME; 0 where it is none.
uint64_t epoch_of_origin(struct span name, struct span origin);

// Appends a whole note: the checkpoint and the log's signature under the name ORIGIN. SECRET is libsodium's secret key.
void note_sign(struct buf *buf, struct span origin, uint64_t size, const struct hash *root,
               const uint8_t secret[NOTE_SECRET_BYTES]);
// Appends any body (ends with a newline) with the blank line and one signature of type 0x01 under NAME.
void note_sign_body(struct buf *buf, struct span body, struct span name, const uint8_t secret[NOTE_SECRET_BYTES]);
// Appends one signature line: a cosignature/v1 over BODY by the witness NAME at TIME_S.
void note_cosign(struct buf *buf, struct span body, struct span name, int64_t time_s,
                 const uint8_t secret[NOTE_SECRET_BYTES]);

#endif
