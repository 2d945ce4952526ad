// SPDX-License-Identifier: EUPL-1.2
/*
 * Records in the store: what was filed becomes items with salts, is committed to, sealed under a key a field, and appended
 * to the log's tree; and back.
 *
 * record_append runs in the writer's transaction. record_read opens what can still be opened: a field whose key was erased
 * keeps its name and commitment.
 */
#ifndef SERVICE_RECORD_STORE_H
#define SERVICE_RECORD_STORE_H

#include "base/json.h"
#include "record/commit.h"
#include "record/receipt.h"
#include "service/services.h"

struct record_header {
    struct span name;
    struct json value;
};

struct record_new {
    struct span filing_id;
    size_t header_count;
    const struct record_header *header; // in the order that is committed
    const struct json *values;          // object: all fields in form order
    const struct json *effects;
};

// Appends one record; *ret_seq is its place in the log. Takes its salts and keys from services->random.
CHECKED struct err record_append(struct services *services, struct store_conn *conn, struct log_edge *edge,
                                 const struct record_new *record, struct arena *arena, int64_t *ret_seq, struct why *why);

struct record_open {
    int64_t seq;
    struct span filing_id;
    struct hash entry;
    size_t header_count;
    struct receipt_item *header; // always shown; canonical JSON in item.canonical
    size_t field_count;
    struct receipt_item *fields; // shown or erased
    struct span effects;         // canonical JSON
};
// ERR_NOT_FOUND where there is no such filing; ERR_CORRUPT where the stored bytes do not prove themselves.
CHECKED struct err record_read(struct store_conn *conn, struct span filing_id, struct arena *arena, struct record_open *ret,
                               struct why *why);
CHECKED struct err record_read_at(struct store_conn *conn, int64_t seq, struct arena *arena, struct record_open *ret,
                                  struct why *why);
// The header item NAME as JSON; type null where there is none.
struct json record_header_value(const struct record_open *record, const char *name, struct arena *arena);
// The fields as one JSON object (an erased field is absent), as procedure_decision.values had it.
CHECKED struct err record_values(const struct record_open *record, struct arena *arena, struct json *ret, struct why *why);

// A reader of the stored tree's nodes, for record/tree.h; SOURCE must outlive it. With a cache (or NULL) CONN must be a reading
// connection outside the writer's transaction.
struct tree_source {
    struct store_conn *conn;
    struct tree_cache *cache;
};
struct tree_reader record_tree_reader(struct tree_source *source);
// The right edge of the log as stored.
CHECKED struct err record_edge_load(struct store_conn *conn, struct arena *arena, struct log_edge *ret, struct why *why);

#endif
