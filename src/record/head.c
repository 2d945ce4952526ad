// SPDX-License-Identifier: EUPL-1.2
#include "record/head.h"

#include "base/limits.h"
#include "base/time.h"
#include "record/text.h"

struct err head_follow(const struct log_head *remembered, const struct log_head *next, const struct hash *proof,
                       size_t proof_count, enum head_step *ret, struct why *why) {
    if (!span_equals(remembered->origin, next->origin))
        return why_set(why, ERR_CONFLICT, "origin", "head.origin", "", "this head is of the log %.*s, remembered is %.*s",
                       SPAN_FMT(next->origin), SPAN_FMT(remembered->origin));
    if (next->size < remembered->size)
        return why_set(why, ERR_CONFLICT, "size", "head.rollback", "",
                       "the log has %llu records, but a head of %llu was signed already: records are missing",
                       (unsigned long long)next->size, (unsigned long long)remembered->size);
    if (next->size == remembered->size && !hash_equals(&next->root, &remembered->root))
        return why_set(why, ERR_CONFLICT, "root", "head.fork", "",
                       "another head of the same %llu records was signed already: the log has forked",
                       (unsigned long long)next->size);
    if (!tree_verify_consistency(remembered->size, &remembered->root, next->size, &next->root, proof, proof_count))
        return why_set(why, ERR_CONFLICT, "proof", "head.proof", "",
                       "the proof does not show that the first %llu records of %llu are those that were signed",
                       (unsigned long long)remembered->size, (unsigned long long)next->size);
    *ret = next->size == remembered->size ? HEAD_SAME : HEAD_GROWN;
    return err_none();
}

struct err witness_cosign(const struct log_head *remembered, const struct verifier_key *log,
                          const struct witness_request *request, const struct witness *witness, struct arena *arena,
                          struct buf *buf, struct log_head *ret_head, enum head_step *ret_step, struct why *why) {
    struct note note;
    struct checkpoint found;
    enum head_step step;
    TRY(note_parse(arena, request->note, &note, why));
    TRY(checkpoint_parse(note.body, &found, why));
    if (note_verify_log(&note, log, found.origin) != NOTE_VALID)
        return why_set(why, ERR_DENIED, "note", "witness.signature", "", "the log %.*s has not signed this head",
                       SPAN_FMT(log->name));
    if (found.size == 0)
        return why_set(why, ERR_CONFLICT, "size", "head.rollback", "", "there is nothing to witness in an empty log");
    struct log_head next = {.origin = found.origin, .size = found.size, .root = found.root};
    TRY(head_follow(remembered, &next, request->proof, request->proof_count, &step, why));
    note_cosign(buf, note.body, witness->name, witness->time_s, witness->secret);
    if (buf->is_failed) return err_make(ERR_MEMORY);
    *ret_head = next;
    *ret_step = step;
    return err_none();
}

// --- epochs ---

static struct err refuse(struct why *why, const char *field, const char *words) {
    return why_set(why, ERR_INPUT, field, "log.epoch", "", "%s", words);
}

static bool is_line(struct span text) {
    if (text.len == 0 || text.len > LIMIT_NAME_BYTES || !span_is_utf8(text)) return false;
    for (size_t i = 0; i < text.len; i++)
        if (text.at[i] < 0x20 || text.at[i] == 0x7f) return false;
    return true;
}

static struct err epoch_check(const struct epoch *epoch, struct span name, struct why *why) {
    uint64_t number = epoch_of_origin(name, epoch->origin), before = epoch_of_origin(name, epoch->last.origin);
    if (before == 0 || number != before + 1)
        return refuse(why, "origin", "the new origin is not that of the next epoch of this log");
    if (!is_line(epoch->reason)) return refuse(why, "reason", "the reason is one line of text");
    return err_none();
}

struct err epoch_sign(struct buf *buf, const struct epoch *epoch, struct span name,
                      const uint8_t secret[NOTE_SECRET_BYTES], struct why *why) {
    struct buf body;
    TRY(epoch_check(epoch, name, why));
    buf_init(&body, NULL, EPOCH_BYTES_MAX);
    buf_add_text(&body, "varde-epoch/1\norigin ");
    buf_add(&body, epoch->origin);
    buf_add_text(&body, "\nfollows ");
    buf_add(&body, epoch->last.origin);
    buf_printf(&body, "\nsize %llu\nroot ", (unsigned long long)epoch->last.size);
    buf_add_base64(&body, hash_span(&epoch->last.root));
    buf_add_text(&body, "\ntime ");
    buf_add_instant(&body, epoch->time_ms);
    buf_add_text(&body, "\nreason ");
    buf_add(&body, epoch->reason);
    buf_add_text(&body, "\n");
    if (body.is_failed) buf->is_failed = true;
    else note_sign_body(buf, buf_span(&body), name, secret);
    buf_fini(&body);
    return buf->is_failed ? err_make(ERR_MEMORY) : err_none();
}

static bool named_line_take(struct span text, size_t *at, const char *name, struct span *ret) {
    struct span line = {NULL, 0}, expected = span_of(name);
    if (!line_take(text, at, &line) || !span_starts_with(line, expected)) return false;
    *ret = span_part(line, expected.len, line.len);
    return true;
}

struct err epoch_verify(struct span text, const struct verifier_key *log, struct arena *arena, struct epoch *ret,
                        struct why *why) {
    struct note note;
    struct epoch found;
    struct span format, size, root, time;
    struct stamp stamp;
    size_t at = 0;
    TRY(note_parse(arena, text, &note, why));
    if (log->type != KEY_LOG || note_verify(&note, log, NULL) != NOTE_VALID)
        return refuse(why, "", "the log's key has not signed this statement of a new epoch");
    if (!named_line_take(note.body, &at, "varde-epoch/1", &format) || format.len != 0 ||
        !named_line_take(note.body, &at, "origin ", &found.origin) ||
        !named_line_take(note.body, &at, "follows ", &found.last.origin) ||
        !named_line_take(note.body, &at, "size ", &size) || !decimal_exact(size, TREE_SIZE_MAX, &found.last.size) ||
        !named_line_take(note.body, &at, "root ", &root) || !base64_exact(root, found.last.root.bytes, HASH_BYTES) ||
        !named_line_take(note.body, &at, "time ", &time) ||
        !named_line_take(note.body, &at, "reason ", &found.reason) || at != note.body.len)
        return refuse(why, "", "this is not a statement of a new epoch");
    TRY(stamp_parse(time, NULL, "time", &stamp, why));
    found.time_ms = stamp.ms;
    TRY(epoch_check(&found, log->name, why));
    *ret = found;
    return err_none();
}
