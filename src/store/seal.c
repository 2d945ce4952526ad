// SPDX-License-Identifier: EUPL-1.2
/* Keys of backups, and writing the encrypted stream. Reading is in unseal.c. */
#include "store/seal.h"

#include <assert.h>

#include "base/json.h"

struct err seal_key_derive(struct seal_key *key, const struct backup_secret *secret, struct why *why) {
    if (sodium_init() < 0) return why_set(why, ERR_UNSUPPORTED, NULL, "backup.sodium", NULL, "libsodium can't start");
    key->is_passphrase = secret->is_passphrase;
    if (secret->bytes.len < (secret->is_passphrase ? BACKUP_PASSPHRASE_BYTES_MIN : BACKUP_KEY_FILE_BYTES_MIN))
        return why_set(why, ERR_INPUT, NULL, "backup.secret", NULL, "the %s is too short: at least %d bytes",
                       secret->is_passphrase ? "passphrase" : "key file",
                       secret->is_passphrase ? BACKUP_PASSPHRASE_BYTES_MIN : BACKUP_KEY_FILE_BYTES_MIN);
    if (!secret->is_passphrase) {
        struct span parts[] = {SPAN("varde backup key file\n"), secret->bytes};
        struct hash all = hash_sha256_parts(parts, 2);
        struct hash made = hash_hmac(span_make(key->salt, SEAL_SALT_BYTES), hash_span(&all));
        static_assert(sizeof key->bytes == HASH_BYTES, "one hash makes a key");
        memcpy(key->bytes, made.bytes, sizeof key->bytes);
        sodium_memzero(&all, sizeof all);
        sodium_memzero(&made, sizeof made);
        return err_none();
    }
    if (crypto_pwhash(key->bytes, sizeof key->bytes, (const char *)secret->bytes.at, secret->bytes.len, key->salt,
                      (unsigned long long)key->operations, (size_t)key->memory_bytes,
                      crypto_pwhash_ALG_ARGON2ID13) != 0)
        return why_set(why, ERR_MEMORY, NULL, "backup.memory", NULL, "no memory left for the passphrase");
    return err_none();
}

static void sink_write(struct seal *seal, struct span bytes) {
    if (!is_err(seal->failed)) seal->failed = seal->sink->write(seal->sink->self, bytes, seal->why);
}

static void head_write(struct seal *seal, enum backup_part part, const struct backup_about *about,
                       const struct seal_key *key) {
    struct arena arena;
    struct buf salt, check, head, file;
    struct json_out out;
    arena_init(&arena, 8 * SEAL_HEAD_BYTES_MAX);
    buf_init(&salt, &arena, 64);
    buf_init(&check, &arena, 64);
    buf_init(&head, &arena, SEAL_HEAD_BYTES_MAX);
    buf_init(&file, &arena, SEAL_HEAD_BYTES_MAX + 64);
    buf_add_hex(&salt, span_make(key->salt, SEAL_SALT_BYTES));
    struct hash proof = hash_hmac(span_make(key->bytes, sizeof key->bytes), SPAN("varde backup check"));
    buf_add_hex(&check, span_make(proof.bytes, 8));
    json_out_init(&out, &head);
    json_out_object(&out); // names in order: this is the canonical form
    json_out_member_text(&out, "backup", about->id);
    json_out_member_string(&out, "check", buf_span(&check));
    json_out_member_text(&out, "kdf", key->is_passphrase ? "argon2id" : "key file");
    json_out_member_int(&out, "made_ms", about->made_ms);
    json_out_member_int(&out, "memory_bytes", key->memory_bytes);
    json_out_member_text(&out, "node", about->node);
    json_out_member_int(&out, "operations", key->operations);
    json_out_member_text(&out, "part", backup_part_name(part));
    json_out_member_string(&out, "salt", buf_span(&salt));
    json_out_member_int(&out, "tree_size", about->tree_size);
    json_out_object_end(&out);
    buf_add_text(&file, "varde backup 1\n");
    buf_add_u32(&file, (uint32_t)head.len);
    buf_add(&file, buf_span(&head));
    assert(!file.is_failed && !head.is_failed && !out.is_failed); // the facts are short by their type
    seal->bound = hash_sha256(buf_span(&file));
    sink_write(seal, buf_span(&file));
    arena_fini(&arena);
}

void seal_begin(struct seal *seal, const struct backup_sink *sink, enum backup_part part,
                const struct backup_about *about, const struct seal_key *key, struct why *why) {
    seal->sink = sink;
    seal->why = why;
    seal->failed = err_none();
    seal->used = 0;
    seal->total_bytes = 0;
    head_write(seal, part, about, key);
    uint8_t header[crypto_secretstream_xchacha20poly1305_HEADERBYTES];
    (void)crypto_secretstream_xchacha20poly1305_init_push(&seal->state, header, key->bytes);
    sink_write(seal, span_make(header, sizeof header));
}

static void chunk_flush(struct seal *seal, uint8_t tag) {
    unsigned long long len = 0;
    (void)crypto_secretstream_xchacha20poly1305_push(&seal->state, seal->sealed, &len, seal->chunk, seal->used,
                                                     seal->bound.bytes, HASH_BYTES, tag);
    sink_write(seal, span_make(seal->sealed, (size_t)len));
    seal->total_bytes += seal->used;
    seal->used = 0;
}

void seal_add(struct seal *seal, struct span bytes) {
    while (bytes.len > 0 && !is_err(seal->failed)) {
        if (seal->used == SEAL_CHUNK_BYTES) chunk_flush(seal, 0);
        size_t some = SEAL_CHUNK_BYTES - seal->used;
        if (some > bytes.len) some = bytes.len;
        memcpy(seal->chunk + seal->used, bytes.at, some);
        seal->used += some;
        bytes = span_part(bytes, some, bytes.len);
    }
}

static void add_number(struct seal *seal, uint64_t value, size_t len) {
    uint8_t bytes[8];
    for (size_t i = 0; i < len; i++) bytes[i] = (uint8_t)(value >> (8 * i));
    seal_add(seal, span_make(bytes, len));
}
void seal_add_u32(struct seal *seal, uint32_t value) {
    add_number(seal, value, 4);
}
void seal_add_u64(struct seal *seal, uint64_t value) {
    add_number(seal, value, 8);
}

void seal_add_text(struct seal *seal, struct span text) {
    if (text.len > SEAL_VALUE_BYTES_MAX && !is_err(seal->failed))
        seal->failed =
            why_set(seal->why, ERR_LIMIT, NULL, "backup.value", NULL, "a value of %zu bytes is too large", text.len);
    seal_add_u32(seal, (uint32_t)text.len);
    seal_add(seal, text);
}

struct err seal_end(struct seal *seal) {
    chunk_flush(seal, crypto_secretstream_xchacha20poly1305_TAG_FINAL);
    sodium_memzero(&seal->state, sizeof seal->state);
    sodium_memzero(seal->chunk, sizeof seal->chunk);
    return seal->failed;
}
