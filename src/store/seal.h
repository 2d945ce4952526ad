// SPDX-License-Identifier: EUPL-1.2
/*
 * The encrypted stream of a backup part; for the files of this room only.
 *
 *     "varde backup 1\n"                           magic and version of the form
 *     u32 LE length, head                          canonical JSON, not secret:
 *         backup     32 hex digits, the same in all parts of one backup
 *         check      16 hex digits: HMAC-SHA-256(key, "varde backup check"), cut; tells a wrong secret from damage
 *         kdf        "argon2id" or "key file"
 *         made_ms    instant
 *         memory_bytes, operations    of argon2id (0 for a key file)
 *         node, part, salt (32 hex digits), tree_size
 *     24 bytes                                     header of libsodium's secretstream (XChaCha20-Poly1305)
 *     chunks of 65,536 bytes and 17 of tag each    the last one may be shorter and carries the tag FINAL
 *
 * The additional data of every chunk is SHA-256 of all bytes before the secretstream header, so the head is proved with
 * the first chunk. After the final chunk the stream ends. Everything read here is untrusted until its tag was checked.
 *
 * Inside is a list of entries: one byte of kind, then
 *     'T' text, u32 columns          the rows that follow are of this table
 *     'R' cells                      a row: per cell one byte of type (N null, I u64, F u64 bits of a double, T text,
 *                                    B blob)
 *     'D' text, blob                 a file of the data directory, its name and bytes; in the part keys, before any table
 *     'S' text                       SQL that makes a table, before any row
 *     'I' text                       SQL that makes an index, view or trigger, after all rows
 *     'E' u64                        the end: how many rows there were
 * where a text or blob is u32 length and bytes. Numbers are little endian.
 */
#ifndef STORE_SEAL_H
#define STORE_SEAL_H

#include <sodium.h>

#include "base/hash.h"
#include "store/backup.h"

enum {
    SEAL_CHUNK_BYTES = 64 * 1024,
    SEAL_SALT_BYTES = 16,
    SEAL_HEAD_BYTES_MAX = 4096,
    SEAL_VALUE_BYTES_MAX = 64 * 1024 * 1024, // one text or blob
    SEAL_MEMORY_BYTES = 32 * 1024 * 1024,
    SEAL_OPERATIONS = 3,
    SEAL_OPERATIONS_MAX = 16, // that a head may ask for
};

struct seal_key {
    bool is_passphrase;
    int64_t operations, memory_bytes; // 0 for a key file
    uint8_t salt[SEAL_SALT_BYTES];
    uint8_t bytes[crypto_secretstream_xchacha20poly1305_KEYBYTES];
};
// Derives the key under the salt and costs that stand in KEY. ERR_INPUT for a short secret, ERR_MEMORY.
CHECKED struct err seal_key_derive(struct seal_key *key, const struct backup_secret *secret, struct why *why);

// Whether the rows of the table go into the part keys.
bool backup_is_of_keys(struct span name);

// Writing. Errors of the sink are sticky and come out at the end.
struct seal {
    const struct backup_sink *sink;
    crypto_secretstream_xchacha20poly1305_state state;
    struct hash bound;
    struct err failed;
    struct why *why;
    uint64_t total_bytes;
    size_t used;
    uint8_t chunk[SEAL_CHUNK_BYTES];
    uint8_t sealed[SEAL_CHUNK_BYTES + crypto_secretstream_xchacha20poly1305_ABYTES];
};
void seal_begin(struct seal *seal, const struct backup_sink *sink, enum backup_part part,
                const struct backup_about *about, const struct seal_key *key, struct why *why);
void seal_add(struct seal *seal, struct span bytes);
void seal_add_u32(struct seal *seal, uint32_t value);
void seal_add_u64(struct seal *seal, uint64_t value);
void seal_add_text(struct seal *seal, struct span text); // with its length
CHECKED struct err seal_end(struct seal *seal);          // the final chunk

// Reading.
struct unseal {
    const struct backup_source *source;
    const char *name; // of the part, for words
    crypto_secretstream_xchacha20poly1305_state state;
    struct hash bound;
    struct backup_about about;
    struct seal_key key;
    bool is_final; // the final chunk is open
    size_t at, len;
    uint64_t total_bytes;
    uint8_t chunk[SEAL_CHUNK_BYTES];
    uint8_t sealed[SEAL_CHUNK_BYTES + crypto_secretstream_xchacha20poly1305_ABYTES];
};
// Reads the head (of the expected PART) and derives the key. ERR_INPUT: no such file or the wrong secret;
// ERR_UNSUPPORTED: a newer form; ERR_CORRUPT.
CHECKED struct err unseal_begin(struct unseal *unseal, const struct backup_source *source, enum backup_part part,
                                const struct backup_secret *secret, struct why *why);
CHECKED struct err unseal_get(struct unseal *unseal, void *ret, size_t len, struct why *why); // exactly LEN bytes
CHECKED struct err unseal_get_u32(struct unseal *unseal, uint32_t *ret, struct why *why);
CHECKED struct err unseal_get_u64(struct unseal *unseal, uint64_t *ret, struct why *why);
// A text or blob with its length, at most SEAL_VALUE_BYTES_MAX, at the end of BUF (its limit permitting).
CHECKED struct err unseal_get_text(struct unseal *unseal, struct buf *buf, struct span *ret, struct why *why);
// That nothing is left: neither in the final chunk nor behind it.
CHECKED struct err unseal_end(struct unseal *unseal, struct why *why);

#endif
