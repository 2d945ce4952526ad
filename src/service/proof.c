// SPDX-License-Identifier: EUPL-1.2
#include "service/proof.h"

#include "record/tile.h"

struct err proof_head_put(struct store_conn *conn, struct span origin, const char *kind, uint64_t size, struct span note, int64_t now_ms,
                          struct why *why) {
    struct value params[] = {value_text(origin), value_text(span_of(kind)), value_int((int64_t)size), value_text(note), value_int(now_ms)};
    return store_write(conn, STMT_TREE_HEAD_SET, params, 5, NULL, why);
}

struct err proof_head_get(struct store_conn *conn, struct span origin, const char *kind, struct arena *arena, uint64_t *ret_size,
                          struct span *ret_note, int64_t *ret_signed_ms, struct why *why) {
    struct value params[] = {value_text(origin), value_text(span_of(kind))};
    struct rows rows;
    TRY(store_read(conn, STMT_TREE_HEAD_GET, params, 2, arena, &rows, why));
    if (rows.count == 0) return why_set(why, ERR_NOT_FOUND, "", "log.no_head", "", "the log has no signed head yet");
    *ret_size = (uint64_t)rows_int(&rows, 0, 0);
    *ret_note = rows_span(&rows, 0, 1);
    if (ret_signed_ms != NULL) *ret_signed_ms = rows_int(&rows, 0, 2);
    return err_none();
}

// What someone who is not the filer may hold of a field: its name and commitment.
static const struct receipt_item *withhold(const struct receipt_item *items, size_t count, struct arena *arena) {
    struct receipt_item *out = arena_take_array(arena, count + 1, sizeof *out);
    for (size_t i = 0; out != NULL && i < count; i++) {
        out[i] = (struct receipt_item){.state = items[i].state == RECEIPT_ERASED ? RECEIPT_ERASED : RECEIPT_WITHHELD,
                                       .item = {.name = items[i].item.name},
                                       .commitment = items[i].commitment};
    }
    return out;
}

struct err proof_write_receipt(struct services *services, struct store_conn *conn, const struct record_open *record, bool is_own,
                               struct json_out *out, struct arena *arena, struct why *why) {
    uint64_t size;
    struct span note;
    signed_head_get(services->head, arena, &size, &note);
    if (size <= (uint64_t)record->seq)
        return why_set(why, ERR_BUSY, "", "log.not_signed", "", "the log's head over this filing is being signed; ask again");
    struct hash proof[TREE_PROOF_MAX];
    size_t proof_count = 0;
    struct tree_source source = {.conn = conn, .cache = services->tree_cache};
    struct tree_reader reader = record_tree_reader(&source);
    struct err e = tree_inclusion(&reader, (uint64_t)record->seq, size, proof, &proof_count);
    if (is_err(e)) return why_set(why, e.code, "", "log.proof", "", "the log's tree is not complete in the store");
    struct receipt receipt = {.header_count = record->header_count,
                              .field_count = record->field_count,
                              .header = record->header,
                              .fields = is_own ? record->fields : withhold(record->fields, record->field_count, arena),
                              .index = (uint64_t)record->seq,
                              .size = size,
                              .proof = proof,
                              .proof_count = proof_count,
                              .note = note,
                              .answer_by = services->answer_by,
                              .answer_how = services->answer_how};
    if (receipt.fields == NULL) return err_make(ERR_MEMORY);
    return receipt_write(out, &receipt, arena, why);
}

struct err proof_checkpoint(struct services *services, struct store_conn *conn, struct arena *arena, struct span *ret, int64_t *ret_size,
                            struct why *why) {
    uint64_t size;
    TRY(proof_head_get(conn, services->origin, "published", arena, &size, ret, NULL, why));
    *ret_size = (int64_t)size;
    return err_none();
}

static struct err entry_read(void *context, uint64_t index, struct hash *ret) {
    struct arena arena;
    arena_init(&arena, 64 * 1024);
    struct value params[] = {value_int((int64_t)index), value_int(1)};
    struct rows rows;
    struct err e = store_read(context, STMT_RECORD_ENTRIES, params, 2, &arena, &rows, NULL);
    if (!is_err(e)) {
        struct span entry = rows.count == 1 ? rows_span(&rows, 0, 0) : span_make(NULL, 0);
        if (entry.len == HASH_BYTES) memcpy(ret->bytes, entry.at, HASH_BYTES);
        else e = err_make(ERR_CORRUPT);
    }
    arena_fini(&arena);
    return e;
}

struct err proof_tile(struct services *services, struct store_conn *conn, struct span path, struct arena *arena, struct span *ret,
                      struct why *why) {
    struct tile tile;
    struct span note;
    uint64_t size;
    TRY(tile_path_parse(path, &tile, why));
    // Only what is published: the tree's growth in between is nobody's business.
    TRY(proof_head_get(conn, services->origin, "published", arena, &size, &note, NULL, why));
    struct buf out;
    buf_init(&out, arena, TILE_ENTRIES_BYTES_MAX + 1);
    struct tree_source source = {.conn = conn}; // a whole tile would push out what new proofs need
    struct tree_reader nodes = record_tree_reader(&source);
    struct entry_reader entries = {.read = entry_read, .context = conn};
    struct err e = tile.is_entries ? tile_entries(&tile, size, &entries, &out) : tile_content(&tile, size, &nodes, &out);
    if (is_err(e)) return why_set(why, e.code, "", "tile.absent", "", "the published log has no such tile");
    *ret = buf_span(&out);
    return err_none();
}
