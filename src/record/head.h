// SPDX-License-Identifier: EUPL-1.2
/*
 * Heads of logs and what may follow on them: the rule by which a log signs its own head and a witness cosigns another's.
 * Pure; whoever remembers a head writes it durably before the signature leaves (C2SP tlog-checkpoint, tlog-witness).
 */
#ifndef RECORD_HEAD_H
#define RECORD_HEAD_H

#include "record/note.h"
#include "record/tree.h"

struct log_head {
    struct span origin; // borrowed
    uint64_t size;
    struct hash root;
};

enum head_step {
    HEAD_SAME,  // the remembered head itself: nothing to remember
    HEAD_GROWN, // remember the next head before signing it
};

// Whether NEXT may be signed after REMEMBERED (size 0: nothing signed yet), with the consistency proof between them.
// ERR_CONFLICT with rule head.origin (another log), head.rollback (smaller), head.fork (same size, other root) or
// head.proof (the proof does not show that nothing was changed). All but REMEMBERED is untrusted.
CHECKED struct err head_follow(const struct log_head *remembered, const struct log_head *next, const struct hash *proof,
                               size_t proof_count, enum head_step *ret, struct why *why);

// What a witness is asked: to cosign the note (untrusted) of a log with the given key.
struct witness_request {
    struct span note;
    const struct hash *proof; // from the remembered head
    size_t proof_count;
};
struct witness {
    struct span name;
    const uint8_t *secret; // NOTE_SECRET_BYTES
    int64_t time_s;        // now
};
// Verifies signature and consistency; *ret_head (its origin borrows from the note, *ret_step says whether it is new) must be
// remembered durably before the cosignature line that is appended to BUF leaves. A head of size 0 is not cosigned.
// Errors as head_follow, and ERR_DENIED with rule witness.signature where LOG has not signed the note.
CHECKED struct err witness_cosign(const struct log_head *remembered, const struct verifier_key *log,
                                  const struct witness_request *request, const struct witness *witness, struct arena *arena,
                                  struct buf *buf, struct log_head *ret_head, enum head_step *ret_step, struct why *why);

// A new epoch of a log, opened by a person when records up to the last signed head can't be had back. Its body:
//   varde-epoch/1 \n origin NEW \n follows OLD \n size N \n root BASE64 \n time RFC3339 \n reason TEXT \n
// signed as a note under the log's name. NEW is the next epoch's origin.
struct epoch {
    struct span origin;   // of the new epoch
    struct log_head last; // the last head that was signed or witnessed
    int64_t time_ms;
    struct span reason; // one line of text, at most LIMIT_NAME_BYTES
};
enum { EPOCH_BYTES_MAX = 2048 };

// Appends the signed statement. ERR_INPUT where the reason is no single line of text or the origins are no neighbours.
CHECKED struct err epoch_sign(struct buf *buf, const struct epoch *epoch, struct span name,
                              const uint8_t secret[NOTE_SECRET_BYTES], struct why *why);
// Reads and verifies a statement (untrusted); *ret borrows from TEXT.
CHECKED struct err epoch_verify(struct span text, const struct verifier_key *log, struct arena *arena, struct epoch *ret,
                                struct why *why);

#endif
