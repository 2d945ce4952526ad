// SPDX-License-Identifier: EUPL-1.2
/*
 * SHA-256 through OpenSSL, the algorithm fetched once. Thread-safe: each thread keeps a context of its own.
 * A failing hash is a failing machine, so these functions assert instead of returning errors.
 */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include "base/span.h"

enum { HASH_BYTES = 32 };
struct hash {
    uint8_t bytes[HASH_BYTES];
};

struct hash hash_sha256(struct span data);
// Of the concatenation of COUNT parts.
struct hash hash_sha256_parts(const struct span *parts, size_t count);
// HMAC-SHA-256 (RFC 2104).
struct hash hash_hmac(struct span key, struct span data);
static inline struct span hash_span(const struct hash *hash) { return span_make(hash->bytes, HASH_BYTES); }
static inline bool hash_equals(const struct hash *a, const struct hash *b) { return memcmp(a->bytes, b->bytes, HASH_BYTES) == 0; }
// Compares secrets without telling by time where they differ; false where the lengths differ.
bool secret_equals(struct span a, struct span b);

#endif
