// SPDX-License-Identifier: EUPL-1.2
/*
 * Commitments: what stands in the log instead of what was filed. doc/spec/record.md states the bytes.
 *
 *   item    = SHA-256(tag | salt | u64be(len name) | name | u64be(len value) | value)
 *             tag "varde.header.v1\n" for a header item, "varde.field.v1\n" for a field of the form
 *   entry   = SHA-256("varde.record.v1\n" | u64be(count) | root), root = RFC 6962 tree over the items, header first
 *
 * The value is JSON in canonical form (RFC 8785, no floats), made once at acceptance and stored; "null" where the field is
 * absent, so that all items of header and form are always there and their number says nothing. Salts are 32 random bytes,
 * independent of each other, which the caller gives: without salt and value an item can't be guessed.
 */
#ifndef RECORD_COMMIT_H
#define RECORD_COMMIT_H

#include "base/hash.h"
#include "base/limits.h"

enum {
    RECORD_SALT_BYTES = 32,
    RECORD_HEADER_MAX = 64,                              // header items of a record
    RECORD_ITEMS_MAX = RECORD_HEADER_MAX + LIMIT_FIELDS, // header and fields
};

enum record_kind { RECORD_HEADER, RECORD_FIELD };

struct record_item {
    struct span name;
    struct span canonical; // canonical JSON, "null" when absent
    uint8_t salt[RECORD_SALT_BYTES];
};

// Header items that every record has (a receipt shows them always); the service adds its own, each name once.
#define RECORD_ITEM_NODE "node"               // string: the node's code, "LU"
#define RECORD_ITEM_FILING "filing"           // string: identifier of the filing
#define RECORD_ITEM_RECEIVED_AT "received_at" // string: instant as buf_add_instant writes it
#define RECORD_ITEM_RECORDED_AT "recorded_at" // likewise

struct hash record_item_commit(enum record_kind kind, const struct record_item *item);
// The log's entry over all commitments in order: header items, then the form's fields. 1 <= COUNT <= RECORD_ITEMS_MAX.
struct hash record_commit(const struct hash *commitments, size_t count);

#endif
