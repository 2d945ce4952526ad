// SPDX-License-Identifier: EUPL-1.2
#include "record/envelope.h"

#include "base/time.h"
#include "record/text.h"

static struct err refuse(struct why *why, const char *words) { return why_set(why, ERR_INPUT, "", "envelope.form", "", "%s", words); }

static bool is_word(struct span text) {
    for (size_t i = 0; i < text.len; i++)
        if (text.at[i] <= 0x20 || text.at[i] >= 0x7f) return false;
    return text.len > 0 && text.len <= ENVELOPE_TEXT_BYTES_MAX;
}

static struct err check(const struct envelope *e, struct why *why) {
    if (is_word(e->kind) && is_word(e->subject) && is_word(e->to) && is_word(e->media)) return err_none();
    return refuse(why, "an envelope names its kind, subject, recipient and media type, each as one printable word");
}

static void line(struct buf *body, const char *name, struct span value) {
    buf_add_text(body, name);
    buf_add(body, value);
    buf_add_byte(body, '\n');
}

struct err envelope_sign(struct buf *buf, const struct envelope *envelope, struct span name, const uint8_t secret[NOTE_SECRET_BYTES],
                         struct why *why) {
    struct buf body;
    TRY(check(envelope, why));
    buf_init(&body, NULL, ENVELOPE_BYTES_MAX);
    buf_add_text(&body, "varde-envelope/1\n");
    line(&body, "kind ", envelope->kind);
    line(&body, "subject ", envelope->subject);
    line(&body, "to ", envelope->to);
    line(&body, "media ", envelope->media);
    buf_add_text(&body, "sha256 ");
    buf_add_base64(&body, hash_span(&envelope->sha256));
    buf_add_text(&body, "\ntime ");
    buf_add_instant(&body, envelope->time_ms);
    buf_add_text(&body, "\n");
    if (body.is_failed) buf->is_failed = true;
    else note_sign_body(buf, buf_span(&body), name, secret);
    buf_fini(&body);
    return buf->is_failed ? err_make(ERR_MEMORY) : err_none();
}

static bool take(struct span text, size_t *at, const char *name, struct span *ret) {
    struct span found = {NULL, 0}, expected = span_of(name);
    if (!line_take(text, at, &found) || !span_starts_with(found, expected)) return false;
    *ret = span_part(found, expected.len, found.len);
    return true;
}

struct err envelope_verify(struct span text, const struct verifier_key *log, struct arena *arena, struct envelope *ret, struct why *why) {
    struct note note;
    struct envelope found;
    struct span format, hash, time;
    struct stamp stamp;
    size_t at = 0;
    TRY(note_parse(arena, text, &note, why));
    if (log->type != KEY_LOG || note_verify(&note, log, NULL) != NOTE_VALID)
        return why_set(why, ERR_INPUT, "", "envelope.signature", "", "the log's key has not signed this envelope");
    if (!take(note.body, &at, "varde-envelope/1", &format) || format.len != 0 || !take(note.body, &at, "kind ", &found.kind) ||
        !take(note.body, &at, "subject ", &found.subject) || !take(note.body, &at, "to ", &found.to) || !take(note.body, &at, "media ", &found.media) ||
        !take(note.body, &at, "sha256 ", &hash) || !base64_exact(hash, found.sha256.bytes, HASH_BYTES) || !take(note.body, &at, "time ", &time) ||
        at != note.body.len)
        return refuse(why, "this is not an envelope");
    TRY(stamp_parse(time, NULL, "time", &stamp, why));
    found.time_ms = stamp.ms;
    TRY(check(&found, why));
    *ret = found;
    return err_none();
}
