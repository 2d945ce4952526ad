// SPDX-License-Identifier: EUPL-1.2
/*
 * The pure part of the process that holds the signing key: what it remembers, what it answers, and the bytes in which a
 * head is remembered. No I/O: role/keys.c and the simulator drive it.
 *
 * The rule: a head is written durably BEFORE its signature leaves. keys_decide says what to remember, keys_remembered
 * takes it over once it is on disk, keys_answer then writes the frame. A request whose head could not be remembered is
 * answered with keys_refuse.
 */
#ifndef ROLE_KEYS_STATE_H
#define ROLE_KEYS_STATE_H

#include <assert.h>

#include "base/frame.h"
#include "record/head.h"

enum { KEYS_NAME_BYTES_MAX = 96, KEYS_SLOT_BYTES = 4096, KEYS_SLOTS = 16 };
static_assert(KEYS_NAME_BYTES_MAX + 20 <= NOTE_NAME_BYTES_MAX, "an epoch's origin is a valid name");

// What is remembered: the last head that was signed of the current epoch.
struct keys_memory {
    uint64_t sequence; // of writing; the highest is the latest
    uint64_t size;
    struct hash root;
    char origin[NOTE_NAME_BYTES_MAX + 1];
};

struct keys_state {
    char name[KEYS_NAME_BYTES_MAX + 1]; // of the key and the log's first epoch
    const uint8_t *secret;              // NOTE_SECRET_BYTES, in locked memory
    struct keys_memory memory;
};

enum keys_verdict { KEYS_ANSWER, KEYS_REMEMBER_AND_ANSWER, KEYS_REFUSE };
struct keys_decision {
    enum keys_verdict verdict;
    struct keys_memory next; // KEYS_REMEMBER_AND_ANSWER: put this on disk first
};

// The memory of a key that has signed nothing yet, in the epoch with this origin.
struct keys_memory keys_memory_first(struct span origin, uint64_t sequence);
// Decides on a request (its fields are untrusted). For KEYS_REFUSE the reason is in WHY.
struct keys_decision keys_decide(const struct keys_state *state, const struct frame *request, struct why *why);
// Takes over what is on disk by now.
void keys_remembered(struct keys_state *state, const struct keys_decision *decision);
// Appends the answer to a request that was decided (and whose head is remembered).
void keys_answer(const struct keys_state *state, const struct frame *request, struct buf *out);
// Appends WIRE_FAILED with the name of the error and the words.
void keys_refuse(const struct frame *request, const struct why *why, struct buf *out);

// One slot on disk: SHA-256 over the rest, then sequence, size, root, origin. Reading: ERR_CORRUPT for anything else.
void keys_slot_write(const struct keys_memory *memory, uint8_t ret[KEYS_SLOT_BYTES]);
CHECKED struct err keys_slot_read(const uint8_t slot[KEYS_SLOT_BYTES], struct keys_memory *ret);

#endif
