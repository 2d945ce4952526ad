// SPDX-License-Identifier: EUPL-1.2
/*
 * Collections: a register to search, made of the extracts that other states' nodes make of theirs (law/registry.h; the row's `to` is the
 * kind of office here that keeps it). Entries stay as their state gave them, one beside the other.
 *
 * Filings change it: an extract is `received` with the file attached, access is `granted` or `ended`, two entries are `compared`. Entries
 * are made from the attachment each time, so that with its key they are gone; the effects hold identifiers alone.
 */
#ifndef SERVICE_COLLECTION_H
#define SERVICE_COLLECTION_H

#include "law/registry.h"
#include "service/filing.h"
#include "service/gate_view.h"

struct effects_of;

// Of "BE:E0123456789abcdef"; false where it is no such id.
bool collection_id_split(struct span id, struct span *ret_state, struct span *ret_entity);

// --- writing ---

// {"op":"collection",..} among OPS at decision time: what an attached extract holds, whom a grant is for. What is wrong with a file becomes faults of the
// plan's decision, each with its place.
CHECKED struct err collection_prepare(const struct services *services, struct store_conn *conn, struct filing_plan *plan, struct json *ops, struct arena *arena,
                                      struct why *why);
// The operation as it was asked for, without what was looked up.
struct json collection_asked(const struct json *op, struct arena *arena);
CHECKED struct err collection_op(struct store_conn *conn, const struct services *services, const struct effects_of *of, const struct json *op, struct span case_id,
                                 struct arena *arena, struct why *why);
// What came with a filing whose fields and attachments are erased is gone.
CHECKED struct err collection_erased(struct store_conn *conn, struct span filing_id, struct arena *arena, struct why *why);

// --- reading ---

enum { COLLECTION_WAYS_MAX = 64, COLLECTION_FILINGS_MAX = 32 };

struct collection_entry {
    struct span id; // "BE:E0123456789abcdef"
    struct span state, entity, filing, attachment, case_id, name, folded;
    int64_t received_ms;
    struct json types, content; // content as this person sees it
    const struct role *role;    // of hers, by which she does
};
struct collection_way { // by which one reads: as who keeps it, as who handed it in, or by a grant
    const struct role *role;
    struct span names[2];                         // as audiences call the office
    struct json states, sectors, types, withheld; // arrays; null: no bound
};
struct collection_filing { // what the gate must know of one that brought entries
    struct span id;
    struct gate_view view;
    struct marking marking;
};
struct collection_reader {
    const struct services *services;
    const struct principal *principal;
    const struct registry_extract *extract;
    enum gate_exit exit;
    int64_t now_ms;
    bool is_keeper; // of the office that keeps it
    size_t way_count, filing_count;
    struct collection_way ways[COLLECTION_WAYS_MAX]; // the first that lets an entry through counts
    struct collection_filing filings[COLLECTION_FILINGS_MAX]; // looked at already
};
// ERR_NOT_FOUND for an unknown extract or one that another node keeps; ERR_DENIED for who may read nothing of it. RET is large: in an arena.
CHECKED struct err collection_open(const struct services *services, struct store_conn *conn, const struct principal *principal, struct span extract,
                                   enum gate_exit exit, int64_t now_ms, struct arena *arena, struct collection_reader *ret, struct why *why);
// The row (columns of collection_entry_get) as this person sees it; *RET_IS_SEEN false where she does not.
CHECKED struct err collection_see(struct collection_reader *reader, struct store_conn *conn, const struct rows *rows, size_t row, struct arena *arena,
                                  struct collection_entry *ret, bool *ret_is_seen, struct why *why);
// By its id. ERR_NOT_FOUND where there is none that she sees.
CHECKED struct err collection_get(struct collection_reader *reader, struct store_conn *conn, struct span id, struct arena *arena, struct collection_entry *ret,
                                  struct why *why);

#endif
