// SPDX-License-Identifier: EUPL-1.2
#include "record/note.h"

#include <assert.h>
#include <sodium.h>

#include "record/text.h"
#include "record/tree.h"

static const char DASH[] = "\xe2\x80\x94 "; // em dash and space
enum { DASH_BYTES = 4, KEY_ID_BYTES = 4, TIME_BYTES = 8 };

static_assert(NOTE_SECRET_BYTES == crypto_sign_SECRETKEYBYTES, "secret keys are libsodium's");
static_assert(NOTE_PUBLIC_BYTES == crypto_sign_PUBLICKEYBYTES, "public keys are 32 bytes");
static_assert(NOTE_SIGNATURE_BYTES == crypto_sign_BYTES, "signatures are 64 bytes");

// --- names and keys ---

static uint32_t rune_take(struct span s, size_t *at) { // of well-formed UTF-8
    uint8_t lead = s.at[*at];
    size_t more = lead < 0x80 ? 0 : lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3;
    uint32_t rune = more == 0 ? lead : lead & (0x3fu >> more);
    for (size_t i = 1; i <= more; i++) rune = (rune << 6) | (s.at[*at + i] & 0x3fu);
    *at += more + 1;
    return rune;
}

static bool rune_is_space(uint32_t rune) { // Unicode's White_Space
    return rune <= 0x20 || rune == 0x85 || rune == 0xa0 || rune == 0x1680 || (rune >= 0x2000 && rune <= 0x200a) ||
           rune == 0x2028 || rune == 0x2029 || rune == 0x202f || rune == 0x205f || rune == 0x3000;
}

bool note_name_is_valid(struct span name) {
    if (name.len == 0 || name.len > NOTE_NAME_BYTES_MAX || !span_is_utf8(name)) return false;
    for (size_t at = 0; at < name.len;) {
        uint32_t rune = rune_take(name, &at);
        if (rune_is_space(rune) || rune == '+') return false;
    }
    return true;
}

struct verifier_key verifier_key_make(enum key_type type, struct span name, const uint8_t public_key[NOTE_PUBLIC_BYTES]) {
    struct verifier_key key = {.name = name, .type = type};
    memcpy(key.public_key, public_key, NOTE_PUBLIC_BYTES);
    const uint8_t middle[] = {'\n', (uint8_t)type};
    const struct span parts[] = {name, span_make(middle, sizeof middle), span_make(public_key, NOTE_PUBLIC_BYTES)};
    struct hash hash = hash_sha256_parts(parts, sizeof parts / sizeof *parts);
    memcpy(key.id, hash.bytes, KEY_ID_BYTES);
    return key;
}

static bool is_hex_of(struct span text, const uint8_t *bytes, size_t count) {
    static const char DIGITS[] = "0123456789abcdef";
    if (text.len != 2 * count) return false;
    for (size_t i = 0; i < count; i++)
        if (text.at[2 * i] != (uint8_t)DIGITS[bytes[i] >> 4] || text.at[2 * i + 1] != (uint8_t)DIGITS[bytes[i] & 15])
            return false;
    return true;
}

struct err verifier_key_parse(struct span text, struct verifier_key *ret, struct why *why) {
    static const char RULE[] = "note.key", SOURCE[] = "C2SP signed-note";
    if (text.len > NOTE_KEY_TEXT_BYTES_MAX)
        return why_set(why, ERR_INPUT, "", RULE, SOURCE, "a verifier key has at most %d bytes", NOTE_KEY_TEXT_BYTES_MAX);
    size_t first = span_find(text, '+', 0), second = first < text.len ? span_find(text, '+', first + 1) : text.len;
    if (second >= text.len)
        return why_set(why, ERR_INPUT, "", RULE, SOURCE, "a verifier key is written as name+hash+key");
    struct span name = span_part(text, 0, first);
    if (!note_name_is_valid(name))
        return why_set(why, ERR_INPUT, "", RULE, SOURCE, "the key's name is empty, too long, or has spaces or controls");
    uint8_t material[1 + NOTE_PUBLIC_BYTES];
    if (!base64_exact(span_part(text, second + 1, text.len), material, sizeof material))
        return why_set(why, ERR_INPUT, "", RULE, SOURCE, "the key is not the base64 of a type and 32 bytes");
    if (material[0] != KEY_LOG && material[0] != KEY_WITNESS)
        return why_set(why, ERR_INPUT, "", RULE, SOURCE, "keys of type 0x%02x are not known here", (unsigned)material[0]);
    struct verifier_key key = verifier_key_make((enum key_type)material[0], name, material + 1);
    if (!is_hex_of(span_part(text, first + 1, second), key.id, KEY_ID_BYTES))
        return why_set(why, ERR_INPUT, "", RULE, SOURCE, "the hash does not belong to this name and key: a part is mistyped");
    *ret = key;
    return err_none();
}

void verifier_key_write(struct buf *buf, const struct verifier_key *key) {
    uint8_t material[1 + NOTE_PUBLIC_BYTES];
    material[0] = (uint8_t)key->type;
    memcpy(material + 1, key->public_key, NOTE_PUBLIC_BYTES);
    buf_add(buf, key->name);
    buf_add_byte(buf, '+');
    buf_add_hex(buf, span_make(key->id, KEY_ID_BYTES));
    buf_add_byte(buf, '+');
    buf_add_base64(buf, span_make(material, sizeof material));
}

// --- reading ---

static struct err refuse(struct why *why, const char *rule, const char *words) {
    return why_set(why, ERR_INPUT, "", rule, "C2SP signed-note", "%s", words);
}

static struct err signature_parse(struct arena *arena, struct span line, struct note_signature *ret, struct why *why) {
    if (!span_starts_with(line, span_make(DASH, DASH_BYTES)))
        return refuse(why, "note.signature", "a signature line begins with an em dash and a space");
    size_t space = span_find(line, ' ', DASH_BYTES);
    struct span name = span_part(line, DASH_BYTES, space);
    struct span base64 = space < line.len ? span_part(line, space + 1, line.len) : span_make(NULL, 0);
    if (!note_name_is_valid(name)) return refuse(why, "note.signature", "a signature line lacks a valid key name");
    if (base64.len < 8 || base64.len % 4 != 0) return refuse(why, "note.signature", "a signature is not base64");
    size_t padding = base64.at[base64.len - 1] != '=' ? 0 : base64.at[base64.len - 2] != '=' ? 1 : 2;
    size_t bytes = base64.len / 4 * 3 - padding;
    if (bytes <= KEY_ID_BYTES) return refuse(why, "note.signature", "a signature is shorter than its key id");
    uint8_t *raw = arena_take(arena, bytes);
    if (raw == NULL) return err_make(ERR_MEMORY);
    if (!base64_exact(base64, raw, bytes)) return refuse(why, "note.signature", "a signature is not base64");
    ret->name = name;
    memcpy(ret->id, raw, KEY_ID_BYTES);
    ret->bytes = span_make(raw + KEY_ID_BYTES, bytes - KEY_ID_BYTES);
    return err_none();
}

struct err note_parse(struct arena *arena, struct span text, struct note *ret, struct why *why) {
    if (text.len > NOTE_BYTES_MAX)
        return why_set(why, ERR_LIMIT, "", "note.size", "", "a signed note has at most %d bytes here", NOTE_BYTES_MAX);
    if (text.len == 0 || text.at[text.len - 1] != '\n') return refuse(why, "note.form", "a signed note ends with a newline");
    if (!span_is_utf8(text)) return refuse(why, "note.form", "a signed note is UTF-8");
    for (size_t i = 0; i < text.len; i++)
        if (text.at[i] < 0x20 && text.at[i] != '\n') return refuse(why, "note.form", "a signed note has no control characters");
    size_t blank = text.len - 1; // the second newline of the last empty line
    while (blank > 0 && !(text.at[blank] == '\n' && text.at[blank - 1] == '\n')) blank--;
    if (blank == 0) return refuse(why, "note.form", "a blank line stands between the text and its signatures");
    if (blank == text.len - 1) return refuse(why, "note.form", "no signature follows the text");
    struct note note = {.body = span_part(text, 0, blank)};
    struct span line;
    for (size_t at = blank + 1; line_take(text, &at, &line);) {
        if (note.count == NOTE_SIGNATURES_MAX)
            return why_set(why, ERR_LIMIT, "", "note.size", "", "a signed note has at most %d signatures here",
                           NOTE_SIGNATURES_MAX);
        TRY(signature_parse(arena, line, &note.signatures[note.count], why));
        note.count++;
    }
    *ret = note;
    return err_none();
}

// --- verifying ---

static bool is_signed(struct span signature, struct span message, const uint8_t public_key[NOTE_PUBLIC_BYTES]) {
    return signature.len == NOTE_SIGNATURE_BYTES &&
           crypto_sign_verify_detached(signature.at, message.at, message.len, public_key) == 0;
}

// What a witness signs: two lines before the body (C2SP tlog-cosignature, Ed25519 signed message).
static void cosigned_message(struct buf *buf, struct span body, uint64_t time_s) {
    buf_add_text(buf, "cosignature/v1\n");
    buf_printf(buf, "time %llu\n", (unsigned long long)time_s);
    buf_add(buf, body);
}

static bool is_cosigned(struct span signature, struct span body, const uint8_t public_key[NOTE_PUBLIC_BYTES],
                        int64_t *ret_time_s) {
    if (signature.len != TIME_BYTES + NOTE_SIGNATURE_BYTES) return false;
    uint64_t time_s = 0;
    for (size_t i = 0; i < TIME_BYTES; i++) time_s = (time_s << 8) | signature.at[i];
    if (time_s > INT64_MAX) return false;
    struct buf message;
    buf_init(&message, NULL, NOTE_BYTES_MAX + 64);
    cosigned_message(&message, body, time_s);
    bool is_good = !message.is_failed &&
                   is_signed(span_part(signature, TIME_BYTES, signature.len), buf_span(&message), public_key);
    buf_fini(&message);
    if (is_good) *ret_time_s = (int64_t)time_s;
    return is_good;
}

enum note_verdict note_verify(const struct note *note, const struct verifier_key *key, int64_t *ret_time_s) {
    enum note_verdict verdict = NOTE_ABSENT;
    int64_t latest_s = 0;
    for (size_t i = 0; i < note->count; i++) {
        const struct note_signature *signature = &note->signatures[i];
        if (!span_equals(signature->name, key->name) || memcmp(signature->id, key->id, KEY_ID_BYTES) != 0) continue;
        int64_t time_s = 0;
        bool is_good = key->type == KEY_WITNESS ? is_cosigned(signature->bytes, note->body, key->public_key, &time_s)
                                                : is_signed(signature->bytes, note->body, key->public_key);
        if (!is_good) return NOTE_FORGED;
        verdict = NOTE_VALID;
        if (time_s > latest_s) latest_s = time_s;
    }
    if (verdict == NOTE_VALID && ret_time_s != NULL) *ret_time_s = latest_s;
    return verdict;
}

enum note_verdict note_verify_log(const struct note *note, const struct verifier_key *key, struct span origin) {
    if (key->type != KEY_LOG || epoch_of_origin(key->name, origin) == 0) return NOTE_ABSENT;
    struct verifier_key named = verifier_key_make(KEY_LOG, origin, key->public_key);
    return note_verify(note, &named, NULL);
}

// --- signing ---

static void signature_line(struct buf *buf, const struct verifier_key *key, struct span bytes) {
    uint8_t raw[KEY_ID_BYTES + TIME_BYTES + NOTE_SIGNATURE_BYTES];
    assert(bytes.len <= sizeof raw - KEY_ID_BYTES && note_name_is_valid(key->name));
    memcpy(raw, key->id, KEY_ID_BYTES);
    memcpy(raw + KEY_ID_BYTES, bytes.at, bytes.len);
    buf_add_text(buf, DASH);
    buf_add(buf, key->name);
    buf_add_byte(buf, ' ');
    buf_add_base64(buf, span_make(raw, KEY_ID_BYTES + bytes.len));
    buf_add_byte(buf, '\n');
}

static void sign(uint8_t ret[NOTE_SIGNATURE_BYTES], struct span message, const uint8_t secret[NOTE_SECRET_BYTES]) {
    int failed = crypto_sign_detached(ret, NULL, message.at, message.len, secret);
    assert(failed == 0);
}

void note_sign_body(struct buf *buf, struct span body, struct span name, const uint8_t secret[NOTE_SECRET_BYTES]) {
    assert(body.len > 0 && body.at[body.len - 1] == '\n');
    uint8_t signature[NOTE_SIGNATURE_BYTES];
    sign(signature, body, secret);
    struct verifier_key key = verifier_key_make(KEY_LOG, name, secret + NOTE_SECRET_BYTES - NOTE_PUBLIC_BYTES);
    buf_add(buf, body);
    buf_add_byte(buf, '\n');
    signature_line(buf, &key, span_make(signature, sizeof signature));
}

void note_sign(struct buf *buf, struct span origin, uint64_t size, const struct hash *root,
               const uint8_t secret[NOTE_SECRET_BYTES]) {
    struct buf body;
    buf_init(&body, NULL, NOTE_BYTES_MAX);
    checkpoint_write(&body, origin, size, root);
    if (body.is_failed) buf->is_failed = true;
    else note_sign_body(buf, buf_span(&body), origin, secret);
    buf_fini(&body);
}

void note_cosign(struct buf *buf, struct span body, struct span name, int64_t time_s,
                 const uint8_t secret[NOTE_SECRET_BYTES]) {
    assert(time_s >= 0);
    uint8_t bytes[TIME_BYTES + NOTE_SIGNATURE_BYTES];
    for (unsigned i = 0; i < TIME_BYTES; i++) bytes[i] = (uint8_t)((uint64_t)time_s >> (56 - 8 * i));
    struct buf message;
    buf_init(&message, NULL, NOTE_BYTES_MAX + 64);
    cosigned_message(&message, body, (uint64_t)time_s);
    struct verifier_key key = verifier_key_make(KEY_WITNESS, name, secret + NOTE_SECRET_BYTES - NOTE_PUBLIC_BYTES);
    if (message.is_failed) {
        buf->is_failed = true;
    } else {
        sign(bytes + TIME_BYTES, buf_span(&message), secret);
        signature_line(buf, &key, span_make(bytes, sizeof bytes));
    }
    buf_fini(&message);
}
