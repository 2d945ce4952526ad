// SPDX-License-Identifier: EUPL-1.2
/*
 * Envelopes: the detached signature over a document that leaves the node for someone by name. The document is any bytes; the
 * envelope states their hash, whose they are and for whom, as a signed note under the log's key:
 *
 *   varde-envelope/1 \n kind KIND \n subject FILING \n to RECIPIENT \n media MEDIA \n sha256 BASE64 \n time RFC3339 \n
 *
 * No checkpoint has such a body: its second line is a number. doc/spec/record.md states the bytes.
 */
#ifndef RECORD_ENVELOPE_H
#define RECORD_ENVELOPE_H

#include "record/note.h"

enum { ENVELOPE_BYTES_MAX = 2048, ENVELOPE_TEXT_BYTES_MAX = 128 };

struct envelope {
    struct span kind;    // "disclosure", "recall": what the document is
    struct span subject; // identifier of the filing that it is about
    struct span to;      // name of the recipient
    struct span media;   // "application/json"
    struct hash sha256;  // of the document's bytes
    int64_t time_ms;
};

// Appends the signed note under NAME. ERR_INPUT (rule envelope.form) where a text is empty, too long, or holds anything but printable
// ASCII without blanks.
CHECKED struct err envelope_sign(struct buf *buf, const struct envelope *envelope, struct span name, const uint8_t secret[NOTE_SECRET_BYTES],
                                 struct why *why);
// Reads and verifies (untrusted); *ret borrows from TEXT.
CHECKED struct err envelope_verify(struct span text, const struct verifier_key *log, struct arena *arena, struct envelope *ret, struct why *why);

#endif
