// SPDX-License-Identifier: EUPL-1.2
/*
 * What is random and shown to people or machines: identifiers, codes to type, tokens; and what is derived from them. Crockford's
 * base32 leaves out letters that are mistaken for others when read aloud or from paper.
 */
#include <sodium.h>

#include "service/access_private.h"

static const char CROCKFORD[] = "0123456789abcdefghjkmnpqrstvwxyz";

// Writes COUNT characters of five bits each; BYTES holds at least that many bits, rounded up.
static void base32_write(const uint8_t *bytes, size_t size_bytes, size_t count, char *ret) {
    unsigned bits = 0, held = 0;
    size_t at = 0;
    for (size_t i = 0; i < count; i++) {
        while (held < 5) {
            bits = (bits << 8 | (at < size_bytes ? bytes[at] : 0U)) & 0xffffU;
            at++;
            held += 8;
        }
        held -= 5;
        ret[i] = CROCKFORD[bits >> held & 31U];
    }
}

struct span access_id_make(const struct access_env *env, char letter, struct arena *arena) {
    uint8_t random[10];
    char text[ACCESS_ID_BYTES];
    env->random(random, sizeof random);
    text[0] = letter;
    base32_write(random, sizeof random, 16, text + 1);
    return arena_copy(arena, span_make(text, sizeof text));
}

struct span access_code_make(const struct access_env *env, struct arena *arena) {
    uint8_t random[10];
    char flat[16], text[ACCESS_CODE_BYTES];
    env->random(random, sizeof random);
    base32_write(random, sizeof random, sizeof flat, flat);
    for (size_t i = 0, at = 0; i < sizeof flat; i++) {
        if (i > 0 && i % 4 == 0) text[at++] = '-';
        text[at++] = flat[i];
    }
    struct span copy = arena_copy(arena, span_make(text, sizeof text));
    sodium_memzero(random, sizeof random);
    sodium_memzero(flat, sizeof flat);
    sodium_memzero(text, sizeof text);
    return copy;
}

bool access_code_hash(struct span typed, struct hash *ret) {
    char flat[16];
    size_t count = 0;
    for (size_t i = 0; i < typed.len; i++) {
        char c = (char)typed.at[i];
        if (c == '-' || c == ' ') continue;
        if (c >= 'A' && c <= 'Z') c = (char)(c - 'A' + 'a');
        if (c == 'o') c = '0';
        if (c == 'i' || c == 'l') c = '1';
        if (c == '\0' || strchr(CROCKFORD, c) == NULL || count == sizeof flat) return false;
        flat[count++] = c;
    }
    if (count != sizeof flat) return false;
    *ret = hash_sha256(span_make(flat, sizeof flat));
    sodium_memzero(flat, sizeof flat);
    return true;
}

struct span access_token_make(const struct access_env *env, char kind, struct arena *arena) {
    uint8_t random[32];
    char text[ACCESS_TOKEN_BYTES] = "vrd_?_";
    env->random(random, sizeof random);
    text[4] = kind;
    base32_write(random, sizeof random, 52, text + 6);
    struct span copy = arena_copy(arena, span_make(text, sizeof text));
    sodium_memzero(random, sizeof random);
    sodium_memzero(text, sizeof text);
    return copy;
}

struct span access_csrf_make(struct span token, struct arena *arena) {
    struct hash mac = hash_hmac(token, SPAN("varde csrf"));
    struct buf text;
    buf_init(&text, arena, 32);
    buf_add_hex(&text, span_make(mac.bytes, 16));
    return text.is_failed ? span_make(NULL, 0) : buf_span(&text);
}

struct hash access_blind(const struct access *access, const char *purpose, struct span what) {
    struct hash key = hash_hmac(span_make(access->node_secret, sizeof access->node_secret), span_of(purpose));
    struct hash blind = hash_hmac(hash_span(&key), what);
    sodium_memzero(&key, sizeof key);
    return blind;
}

struct span sectors_join(const struct span *sectors, size_t count, struct arena *arena) {
    struct buf text;
    buf_init(&text, arena, LIMIT_TEXT_BYTES);
    for (size_t i = 0; i < count; i++) {
        if (i > 0) buf_add_byte(&text, ' ');
        buf_add(&text, sectors[i]);
    }
    if (text.is_failed) return span_make(NULL, 0);
    return text.len == 0 ? SPAN("") : buf_span(&text);
}

struct err sectors_split(struct span text, struct arena *arena, const struct span **ret, size_t *ret_count) {
    size_t count = 0;
    for (size_t at = 0; at < text.len; at = span_find(text, ' ', at) + 1) count++;
    struct span *sectors = arena_take_array(arena, count > 0 ? count : 1, sizeof *sectors);
    if (sectors == NULL) return err_make(ERR_MEMORY);
    size_t at = 0;
    for (size_t i = 0; i < count; i++) {
        size_t end = span_find(text, ' ', at);
        sectors[i] = span_part(text, at, end);
        at = end + 1;
    }
    *ret = sectors;
    *ret_count = count;
    return err_none();
}
