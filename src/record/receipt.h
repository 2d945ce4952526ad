// SPDX-License-Identifier: EUPL-1.2
/*
 * Receipts: the proof that a filer takes home, one JSON document of format "varde-receipt/1" (doc/spec/record.md).
 *
 * It holds all items of the record (header, then fields in form order), each with value and salt, or with its commitment
 * alone where it is withheld from this holder or erased; the proof that the record is in the log; and the signed head.
 * Anyone can verify it with nothing but the log's public key. The header items node, filing, received_at and recorded_at
 * are always shown.
 */
#ifndef RECORD_RECEIPT_H
#define RECORD_RECEIPT_H

#include "base/json.h"
#include "record/commit.h"
#include "record/note.h"
#include "record/tree.h"

#define RECEIPT_FORMAT "varde-receipt/1"
// What a receipt says of its own standing where no witness has cosigned yet, and where some have.
#define RECEIPT_STANDING_AUTHORITY "signed by the authority"
#define RECEIPT_STANDING_WITNESSED "signed by the authority and cosigned by witnesses"

// The one of the two that fits the note: it has cosignatures, or it has the log's signature alone.
const char *receipt_standing(const struct note *note);

enum receipt_state { RECEIPT_SHOWN, RECEIPT_WITHHELD, RECEIPT_ERASED };

struct receipt_item {
    enum receipt_state state;
    struct record_item item; // the name always; value and salt only where shown
    struct hash commitment;  // only read where not shown
};

// What goes into a receipt; all borrowed.
struct receipt {
    size_t header_count, field_count;
    const struct receipt_item *header; // in the order of the record
    const struct receipt_item *fields; // in form order
    uint64_t index;                    // of the log's entry
    uint64_t size;                     // of the tree that the note signs
    const struct hash *proof;          // inclusion of index in size
    size_t proof_count;
    struct span note;       // the signed checkpoint, with cosignatures where there are some
    struct span answer_by;  // who will answer; empty: left out
    struct span answer_how; // how to call them; empty: left out
};

// Writes the receipt as one JSON object. ERR_INPUT where a header item that must be shown is missing or not shown, or the
// note is no checkpoint of that size; OUT's own errors stay sticky in it.
CHECKED struct err receipt_write(struct json_out *out, const struct receipt *receipt, struct arena *arena, struct why *why);

struct receipt_report {
    struct span node, filing, received_at, recorded_at; // proved by the header
    struct span origin, log_key;                        // of the log; name of the key that signed
    uint64_t epoch;                                     // of the log, from 1
    uint64_t index, size;
    size_t shown, withheld, erased; // items
    size_t witnesses, cosigned;     // keys of type 0x04 that were given, and those of them that cosigned
    int64_t cosigned_latest_s;      // 0 where none
    struct span answer_by, answer_how; // as stated, not proved
    struct json document;              // the receipt as parsed
};

// Verifies a receipt (untrusted) against the given keys: of type 0x01 the logs that are trusted, of type 0x04 the
// witnesses that are counted. Everything in *ret lives in ARENA, and is only written when the receipt is valid; otherwise
// ERR_INPUT with field, rule receipt.* and words. A log or witness key of ours with a false signature makes it invalid; a
// witness that has not cosigned does not.
CHECKED struct err receipt_verify(struct span json, const struct verifier_key *keys, size_t count, struct arena *arena,
                                  struct receipt_report *ret, struct why *why);

#endif
