// SPDX-License-Identifier: EUPL-1.2
/* Reading the encrypted stream of a backup part. Nothing is believed before its tag was checked. */
#include "store/seal.h"

#include "base/json.h"

enum { TAG_BYTES = crypto_secretstream_xchacha20poly1305_ABYTES };

static struct err damaged(const struct unseal *unseal, struct why *why) {
    return why_set(why, ERR_CORRUPT, NULL, "backup.damaged", NULL, "the part %s is damaged or was changed",
                   unseal->name);
}
static struct err cut_off(const struct unseal *unseal, struct why *why) {
    return why_set(why, ERR_CORRUPT, NULL, "backup.cut", NULL, "the part %s is cut off", unseal->name);
}
static struct err no_backup(const struct unseal *unseal, struct why *why) {
    return why_set(why, ERR_INPUT, NULL, "backup.form", NULL, "this is not the part %s of a backup of Varde",
                   unseal->name);
}

static struct err source_read(struct unseal *unseal, void *at, size_t len, size_t *ret_len, struct why *why) {
    size_t got = 0;
    TRY(unseal->source->read(unseal->source->self, at, len, &got, why));
    *ret_len = got;
    return err_none();
}

static bool hex_get(struct arena *arena, const struct json *head, const char *name, size_t len, void *ret) {
    struct span bytes = {NULL, 0};
    if (is_err(hex_decode(arena, json_get_string(head, name), &bytes)) || bytes.len != len) return false;
    memcpy(ret, bytes.at, len);
    return true;
}

static bool text_get(const struct json *head, const char *name, char *ret, size_t size) {
    struct span text = json_get_string(head, name);
    if (text.at == NULL || text.len >= size) return false;
    memset(ret, 0, size);
    memcpy(ret, text.at, text.len);
    return true;
}

// Takes the head's facts; untrusted, so costs are held to what this program would ask itself.
static struct err head_take(struct unseal *unseal, struct arena *arena, struct span text, uint8_t check[8],
                            struct why *why) {
    struct json head;
    if (is_err(json_parse(arena, text, &head, NULL))) return no_backup(unseal, why);
    struct backup_about *about = &unseal->about;
    struct seal_key *key = &unseal->key;
    struct span kdf = json_get_string(&head, "kdf");
    key->is_passphrase = span_is(kdf, "argon2id");
    key->operations = json_get_int(&head, "operations", -1);
    key->memory_bytes = json_get_int(&head, "memory_bytes", -1);
    about->made_ms = json_get_int(&head, "made_ms", -1);
    about->tree_size = json_get_int(&head, "tree_size", -1);
    bool is_whole = text_get(&head, "backup", about->id, sizeof about->id) &&
                    text_get(&head, "node", about->node, sizeof about->node) &&
                    hex_get(arena, &head, "salt", SEAL_SALT_BYTES, key->salt) &&
                    hex_get(arena, &head, "check", 8, check) && about->made_ms >= 0 && about->tree_size >= 0 &&
                    (key->is_passphrase || span_is(kdf, "key file"));
    if (!is_whole || !span_is(json_get_string(&head, "part"), unseal->name)) return no_backup(unseal, why);
    if (key->is_passphrase &&
        (key->operations < 1 || key->operations > SEAL_OPERATIONS_MAX ||
         key->memory_bytes < (int64_t)crypto_pwhash_MEMLIMIT_MIN || key->memory_bytes > SEAL_MEMORY_BYTES))
        return why_set(why, ERR_LIMIT, NULL, "backup.kdf", NULL, "the part %s asks for too much work", unseal->name);
    return err_none();
}

static struct err secret_check(struct unseal *unseal, const struct backup_secret *secret, const uint8_t check[8],
                               struct why *why) {
    if (unseal->key.is_passphrase != secret->is_passphrase)
        return why_set(why, ERR_INPUT, NULL, "backup.secret", NULL, "the part %s was made with a %s", unseal->name,
                       unseal->key.is_passphrase ? "passphrase" : "key file");
    TRY(seal_key_derive(&unseal->key, secret, why));
    struct hash proof = hash_hmac(span_make(unseal->key.bytes, sizeof unseal->key.bytes), SPAN("varde backup check"));
    if (secret_equals(span_make(proof.bytes, 8), span_make(check, 8))) return err_none();
    return why_set(why, ERR_INPUT, NULL, "backup.secret", NULL, "the %s is not the one of the part %s",
                   secret->is_passphrase ? "passphrase" : "key file", unseal->name);
}

static struct err head_read(struct unseal *unseal, struct arena *arena, const struct backup_secret *secret,
                            struct why *why) {
    const struct span magic = SPAN("varde backup 1\n");
    uint8_t *file = arena_take(arena, 19 + SEAL_HEAD_BYTES_MAX);
    if (file == NULL) return why_set(why, ERR_MEMORY, NULL, "backup.memory", NULL, "no memory left");
    size_t got = 0;
    TRY(source_read(unseal, file, 19, &got, why));
    if (got < 19 || memcmp(file, "varde backup ", 13) != 0) return no_backup(unseal, why);
    if (memcmp(file, magic.at, magic.len) != 0)
        return why_set(why, ERR_UNSUPPORTED, NULL, "backup.version", NULL,
                       "the part %s has the form of a newer program", unseal->name);
    size_t len = (size_t)file[15] | (size_t)file[16] << 8 | (size_t)file[17] << 16 | (size_t)file[18] << 24;
    if (len > SEAL_HEAD_BYTES_MAX) return no_backup(unseal, why);
    TRY(source_read(unseal, file + 19, len, &got, why));
    if (got < len) return cut_off(unseal, why);
    uint8_t check[8];
    TRY(head_take(unseal, arena, span_make(file + 19, len), check, why));
    unseal->bound = hash_sha256(span_make(file, 19 + len));
    return secret_check(unseal, secret, check, why);
}

struct err unseal_begin(struct unseal *unseal, const struct backup_source *source, enum backup_part part,
                        const struct backup_secret *secret, struct why *why) {
    memset(unseal, 0, sizeof *unseal);
    unseal->source = source;
    unseal->name = backup_part_name(part);
    struct arena arena;
    arena_init(&arena, 256 * 1024);
    struct err e = head_read(unseal, &arena, secret, why);
    arena_fini(&arena);
    TRY(e);
    uint8_t header[crypto_secretstream_xchacha20poly1305_HEADERBYTES];
    size_t got = 0;
    TRY(source_read(unseal, header, sizeof header, &got, why));
    if (got < sizeof header) return cut_off(unseal, why);
    return crypto_secretstream_xchacha20poly1305_init_pull(&unseal->state, header, unseal->key.bytes) == 0
               ? err_none()
               : damaged(unseal, why);
}

static struct err chunk_next(struct unseal *unseal, struct why *why) {
    size_t got = 0;
    if (unseal->is_final) return cut_off(unseal, why); // more is asked than there is
    TRY(source_read(unseal, unseal->sealed, sizeof unseal->sealed, &got, why));
    if (got < TAG_BYTES) return cut_off(unseal, why);
    unsigned long long len = 0;
    unsigned char tag = 0;
    if (crypto_secretstream_xchacha20poly1305_pull(&unseal->state, unseal->chunk, &len, &tag, unseal->sealed, got,
                                                   unseal->bound.bytes, HASH_BYTES) != 0)
        return got < sizeof unseal->sealed ? why_set(why, ERR_CORRUPT, NULL, "backup.damaged", NULL,
                                                     "the part %s is cut off, damaged or was changed", unseal->name)
                                           : damaged(unseal, why);
    unseal->at = 0;
    unseal->len = (size_t)len;
    unseal->total_bytes += unseal->len;
    unseal->is_final = tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL;
    if (!unseal->is_final && got < sizeof unseal->sealed) return cut_off(unseal, why);
    return err_none();
}

struct err unseal_get(struct unseal *unseal, void *ret, size_t len, struct why *why) {
    uint8_t *to = ret;
    while (len > 0) {
        if (unseal->at == unseal->len) TRY(chunk_next(unseal, why));
        size_t some = unseal->len - unseal->at;
        if (some > len) some = len;
        memcpy(to, unseal->chunk + unseal->at, some);
        unseal->at += some;
        to += some;
        len -= some;
    }
    return err_none();
}

static struct err get_number(struct unseal *unseal, size_t len, uint64_t *ret, struct why *why) {
    uint8_t bytes[8];
    TRY(unseal_get(unseal, bytes, len, why));
    *ret = 0;
    for (size_t i = 0; i < len; i++) *ret |= (uint64_t)bytes[i] << (8 * i);
    return err_none();
}

struct err unseal_get_u32(struct unseal *unseal, uint32_t *ret, struct why *why) {
    uint64_t value = 0;
    TRY(get_number(unseal, 4, &value, why));
    *ret = (uint32_t)value;
    return err_none();
}

struct err unseal_get_u64(struct unseal *unseal, uint64_t *ret, struct why *why) {
    return get_number(unseal, 8, ret, why);
}

struct err unseal_get_text(struct unseal *unseal, struct buf *buf, struct span *ret, struct why *why) {
    uint32_t len = 0;
    TRY(unseal_get_u32(unseal, &len, why));
    if (len > SEAL_VALUE_BYTES_MAX) return damaged(unseal, why);
    *ret = SPAN("");
    if (len == 0) return err_none();
    uint8_t *at = buf_extend(buf, len);
    if (at == NULL) return why_set(why, ERR_MEMORY, NULL, "backup.memory", NULL, "no memory left for a value");
    TRY(unseal_get(unseal, at, len, why));
    *ret = span_make(at, len);
    return err_none();
}

struct err unseal_end(struct unseal *unseal, struct why *why) {
    uint8_t more = 0;
    size_t got = 0;
    if (unseal->at < unseal->len) return damaged(unseal, why);
    if (!unseal->is_final) { // the final chunk may be empty
        TRY(chunk_next(unseal, why));
        if (!unseal->is_final || unseal->len > 0) return damaged(unseal, why);
    }
    TRY(source_read(unseal, &more, 1, &got, why));
    return got == 0 ? err_none()
                    : why_set(why, ERR_CORRUPT, NULL, "backup.damaged", NULL,
                              "something follows the end of the part %s", unseal->name);
}
