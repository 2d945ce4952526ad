// SPDX-License-Identifier: EUPL-1.2
#include "service/record_store.h"

#include <sodium.h>

enum { SEAL_KEY_BYTES = 32, SEALED_MAX_BYTES = 4 * 1024 * 1024 };

static_assert(crypto_aead_chacha20poly1305_IETF_KEYBYTES == SEAL_KEY_BYTES, "the key of a field");

// Every key seals exactly one item, so that the nonce may be constant; place binds the ciphertext to its row.
static void seal_place(int64_t seq, size_t item, uint8_t ret[16]) {
    for (unsigned i = 0; i < 8; i++) {
        ret[i] = (uint8_t)((uint64_t)seq >> (8 * i));
        ret[8 + i] = (uint8_t)((uint64_t)item >> (8 * i));
    }
}

static void seal_item(struct buf *sealed, const struct record_item *item, const uint8_t *key, int64_t seq, size_t index) {
    static const uint8_t NONCE[crypto_aead_chacha20poly1305_IETF_NPUBBYTES] = {0};
    size_t plain_len = RECORD_SALT_BYTES + item->canonical.len;
    size_t cipher_len = plain_len + crypto_aead_chacha20poly1305_IETF_ABYTES;
    buf_add_u32(sealed, (uint32_t)cipher_len);
    uint8_t *at = buf_extend(sealed, cipher_len);
    if (at == NULL) return;
    memcpy(at, item->salt, RECORD_SALT_BYTES);
    if (item->canonical.len > 0) memcpy(at + RECORD_SALT_BYTES, item->canonical.at, item->canonical.len);
    uint8_t place[16];
    seal_place(seq, index, place);
    (void)crypto_aead_chacha20poly1305_ietf_encrypt(at, NULL, at, plain_len, place, sizeof place, NULL, NONCE, key);
}

static bool unseal_item(struct span sealed, struct span key, int64_t seq, size_t index, struct arena *arena, struct span *ret) {
    static const uint8_t NONCE[crypto_aead_chacha20poly1305_IETF_NPUBBYTES] = {0};
    if (key.len != SEAL_KEY_BYTES || sealed.len < RECORD_SALT_BYTES + crypto_aead_chacha20poly1305_IETF_ABYTES) return false;
    size_t plain_len = sealed.len - crypto_aead_chacha20poly1305_IETF_ABYTES;
    uint8_t *plain = arena_take(arena, plain_len);
    uint8_t place[16];
    seal_place(seq, index, place);
    if (plain == NULL || crypto_aead_chacha20poly1305_ietf_decrypt(plain, NULL, NULL, sealed.at, sealed.len, place, sizeof place, NONCE, key.at) != 0)
        return false;
    *ret = span_make(plain, plain_len);
    return true;
}

struct record_parts { // being assembled
    size_t count;     // header and fields
    struct record_item *items;
    struct hash *commitments;
    struct buf header, header_salts, names, sealed, field_commitments;
    const uint8_t *keys; // one a field
};

static struct err parts_make(struct services *services, const struct record_new *record, struct arena *arena, struct record_parts *p) {
    size_t fields = record->values->count;
    p->count = record->header_count + fields;
    if (record->header_count > RECORD_HEADER_MAX || p->count > RECORD_ITEMS_MAX) return err_make(ERR_LIMIT);
    p->items = arena_take_array(arena, p->count, sizeof *p->items);
    p->commitments = arena_take_array(arena, p->count, sizeof *p->commitments);
    uint8_t *chance = arena_take_array(arena, p->count + fields, 32); // all salts, then all keys
    if (p->items == NULL || p->commitments == NULL || chance == NULL) return err_make(ERR_MEMORY);
    services->random(chance, (p->count + fields) * 32);
    p->keys = chance + p->count * 32;
    for (size_t i = 0; i < p->count; i++) {
        bool is_header = i < record->header_count;
        const struct json_member *field = is_header ? NULL : &record->values->members[i - record->header_count];
        p->items[i].name = is_header ? record->header[i].name : field->name;
        TRY(json_canonical_text(arena, is_header ? &record->header[i].value : &field->value, &p->items[i].canonical));
        memcpy(p->items[i].salt, chance + i * 32, RECORD_SALT_BYTES);
        p->commitments[i] = record_item_commit(is_header ? RECORD_HEADER : RECORD_FIELD, &p->items[i]);
    }
    return err_none();
}

static void parts_write(const struct record_new *record, int64_t seq, struct arena *arena, struct record_parts *p) {
    buf_init(&p->header, arena, SEALED_MAX_BYTES);
    buf_init(&p->header_salts, arena, RECORD_HEADER_MAX * RECORD_SALT_BYTES);
    buf_init(&p->names, arena, 64 * 1024);
    buf_init(&p->sealed, arena, SEALED_MAX_BYTES);
    buf_init(&p->field_commitments, arena, RECORD_ITEMS_MAX * HASH_BYTES);
    struct json_out header, names;
    json_out_init(&header, &p->header);
    json_out_init(&names, &p->names);
    json_out_array(&header);
    json_out_array(&names);
    for (size_t i = 0; i < p->count; i++) {
        if (i < record->header_count) {
            json_out_array(&header);
            json_out_string(&header, p->items[i].name);
            json_out_raw(&header, p->items[i].canonical);
            json_out_array_end(&header);
            buf_add(&p->header_salts, span_make(p->items[i].salt, RECORD_SALT_BYTES));
            continue;
        }
        size_t field = i - record->header_count;
        json_out_string(&names, p->items[i].name);
        seal_item(&p->sealed, &p->items[i], p->keys + field * SEAL_KEY_BYTES, seq, field);
        buf_add(&p->field_commitments, hash_span(&p->commitments[i]));
    }
    json_out_array_end(&header);
    json_out_array_end(&names);
}

static struct err tree_extend(struct store_conn *conn, struct log_edge *edge, const struct hash *entry, struct why *why) {
    struct tree_node nodes[TREE_LEVELS];
    size_t count = 0;
    tree_append(&edge->frontier, entry, nodes, &count);
    for (size_t i = 0; i < count; i++) {
        struct value params[] = {value_int((int64_t)nodes[i].level), value_int((int64_t)nodes[i].index), value_blob(hash_span(&nodes[i].hash))};
        TRY(store_write(conn, STMT_TREE_NODE_ADD, params, 3, NULL, why));
    }
    return err_none();
}

struct err record_append(struct services *services, struct store_conn *conn, struct log_edge *edge, const struct record_new *record,
                         struct arena *arena, int64_t *ret_seq, struct why *why) {
    struct record_parts p;
    TRY(parts_make(services, record, arena, &p));
    int64_t seq = (int64_t)edge->frontier.size;
    parts_write(record, seq, arena, &p);
    struct span effects;
    TRY(json_canonical_text(arena, record->effects, &effects));
    if (p.header.is_failed || p.header_salts.is_failed || p.names.is_failed || p.sealed.is_failed || p.field_commitments.is_failed)
        return err_make(ERR_MEMORY);
    struct hash entry = record_commit(p.commitments, p.count);
    struct span none = span_make("", 0);
    struct value params[] = {value_int(seq),
                             value_text(record->filing_id),
                             value_blob(hash_span(&entry)),
                             value_text(buf_span(&p.header)),
                             value_blob(buf_span(&p.header_salts)),
                             value_text(buf_span(&p.names)),
                             value_blob(p.sealed.len > 0 ? buf_span(&p.sealed) : none),
                             value_blob(p.field_commitments.len > 0 ? buf_span(&p.field_commitments) : none),
                             value_text(effects)};
    TRY(store_write(conn, STMT_RECORD_ADD, params, sizeof params / sizeof params[0], NULL, why));
    size_t fields = p.count - record->header_count;
    struct value keys[] = {value_int(seq), value_blob(span_make(p.keys, fields * SEAL_KEY_BYTES)), value_int((int64_t)fields)};
    if (fields > 0) TRY(store_write(conn, STMT_FIELD_KEYS_ADD, keys, 3, NULL, why));
    TRY(tree_extend(conn, edge, &entry, why));
    *ret_seq = seq;
    return err_none();
}

// --- reading ---

static struct err corrupt(struct why *why, int64_t seq, const char *words) {
    return why_set(why, ERR_CORRUPT, "", "record.corrupt", "", "record %lld: %s", (long long)seq, words);
}

static struct err read_header(struct span header, struct span salts, int64_t seq, struct arena *arena, struct record_open *ret,
                              struct why *why) {
    struct json list;
    if (is_err(json_parse(arena, header, &list, NULL)) || list.type != JSON_ARRAY || salts.len != list.count * RECORD_SALT_BYTES)
        return corrupt(why, seq, "the header can't be read");
    ret->header_count = list.count;
    ret->header = arena_take_array(arena, list.count, sizeof *ret->header);
    if (ret->header == NULL) return err_make(ERR_MEMORY);
    for (size_t i = 0; i < list.count; i++) {
        const struct json *pair = &list.items[i];
        if (pair->type != JSON_ARRAY || pair->count != 2 || pair->items[0].type != JSON_STRING)
            return corrupt(why, seq, "a header item can't be read");
        struct receipt_item *item = &ret->header[i];
        item->state = RECEIPT_SHOWN;
        item->item.name = pair->items[0].string;
        TRY(json_canonical_text(arena, &pair->items[1], &item->item.canonical));
        memcpy(item->item.salt, salts.at + i * RECORD_SALT_BYTES, RECORD_SALT_BYTES);
        item->commitment = record_item_commit(RECORD_HEADER, &item->item);
    }
    return err_none();
}

// The sealed item INDEX begins at *AT.
static bool sealed_next(struct span all, size_t *at, struct span *ret) {
    if (all.len - *at < 4) return false;
    size_t len = (size_t)all.at[*at] | (size_t)all.at[*at + 1] << 8 | (size_t)all.at[*at + 2] << 16 | (size_t)all.at[*at + 3] << 24;
    if (all.len - *at - 4 < len) return false;
    *ret = span_part(all, *at + 4, *at + 4 + len);
    *at += 4 + len;
    return true;
}

static struct err read_fields(struct store_conn *conn, struct span names, struct span sealed, struct span commitments, int64_t seq,
                              struct arena *arena, struct record_open *ret, struct why *why) {
    struct json list;
    if (is_err(json_parse(arena, names, &list, NULL)) || list.type != JSON_ARRAY || commitments.len != list.count * HASH_BYTES)
        return corrupt(why, seq, "the names of the fields can't be read");
    struct value param = value_int(seq);
    struct rows keys;
    TRY(store_read(conn, STMT_FIELD_KEYS, &param, 1, arena, &keys, why));
    ret->field_count = list.count;
    ret->fields = arena_take_array(arena, list.count == 0 ? 1 : list.count, sizeof *ret->fields);
    if (ret->fields == NULL) return err_make(ERR_MEMORY);
    size_t at = 0, key = 0;
    for (size_t i = 0; i < list.count; i++) {
        struct receipt_item *field = &ret->fields[i];
        struct span one, plain;
        if (list.items[i].type != JSON_STRING || !sealed_next(sealed, &at, &one)) return corrupt(why, seq, "a sealed field is missing");
        field->item.name = list.items[i].string;
        memcpy(field->commitment.bytes, commitments.at + i * HASH_BYTES, HASH_BYTES);
        if (key >= keys.count || rows_int(&keys, key, 0) != (int64_t)i) {
            field->state = RECEIPT_ERASED;
            continue;
        }
        if (!unseal_item(one, rows_span(&keys, key, 1), seq, i, arena, &plain)) return corrupt(why, seq, "a sealed field does not open");
        key++;
        field->state = RECEIPT_SHOWN;
        memcpy(field->item.salt, plain.at, RECORD_SALT_BYTES);
        field->item.canonical = span_part(plain, RECORD_SALT_BYTES, plain.len);
        struct hash again = record_item_commit(RECORD_FIELD, &field->item);
        if (!hash_equals(&again, &field->commitment)) return corrupt(why, seq, "a field does not match its commitment");
    }
    return err_none();
}

// ROW begins at column FIRST with entry, header, header_salts, names, sealed, commitments, effects.
static struct err read_row(struct store_conn *conn, const struct rows *rows, size_t first, struct arena *arena, struct record_open *ret,
                           struct why *why) {
    struct span entry = rows_span(rows, 0, first);
    if (entry.len != HASH_BYTES) return corrupt(why, ret->seq, "the entry is no hash");
    memcpy(ret->entry.bytes, entry.at, HASH_BYTES);
    TRY(read_header(rows_span(rows, 0, first + 1), rows_span(rows, 0, first + 2), ret->seq, arena, ret, why));
    TRY(read_fields(conn, rows_span(rows, 0, first + 3), rows_span(rows, 0, first + 4), rows_span(rows, 0, first + 5), ret->seq, arena, ret, why));
    ret->effects = rows_span(rows, 0, first + 6);
    size_t count = ret->header_count + ret->field_count;
    struct hash *all = arena_take_array(arena, count, sizeof *all);
    if (all == NULL) return err_make(ERR_MEMORY);
    for (size_t i = 0; i < count; i++)
        all[i] = i < ret->header_count ? ret->header[i].commitment : ret->fields[i - ret->header_count].commitment;
    struct hash again = record_commit(all, count);
    return hash_equals(&again, &ret->entry) ? err_none() : corrupt(why, ret->seq, "the parts do not make the entry of the log");
}

struct err record_read(struct store_conn *conn, struct span filing_id, struct arena *arena, struct record_open *ret, struct why *why) {
    struct value param = value_text(filing_id);
    struct rows rows;
    TRY(store_read(conn, STMT_RECORD_GET, &param, 1, arena, &rows, why));
    if (rows.count == 0) return why_set(why, ERR_NOT_FOUND, "", "filing.unknown", "", "there is no such filing");
    struct record_open open = {.seq = rows_int(&rows, 0, 0), .filing_id = filing_id};
    TRY(read_row(conn, &rows, 1, arena, &open, why));
    *ret = open;
    return err_none();
}

struct err record_read_at(struct store_conn *conn, int64_t seq, struct arena *arena, struct record_open *ret, struct why *why) {
    struct value param = value_int(seq);
    struct rows rows;
    TRY(store_read(conn, STMT_RECORD_AT, &param, 1, arena, &rows, why));
    if (rows.count == 0) return why_set(why, ERR_NOT_FOUND, "", "record.unknown", "", "the log has no record %lld", (long long)seq);
    struct record_open open = {.seq = seq, .filing_id = rows_span(&rows, 0, 0)};
    TRY(read_row(conn, &rows, 1, arena, &open, why));
    *ret = open;
    return err_none();
}

struct json record_header_value(const struct record_open *record, const char *name, struct arena *arena) {
    struct json value = {.type = JSON_NULL};
    for (size_t i = 0; i < record->header_count; i++)
        if (span_is(record->header[i].item.name, name) && is_err(json_parse(arena, record->header[i].item.canonical, &value, NULL)))
            return (struct json){.type = JSON_NULL};
    return value;
}

struct err record_values(const struct record_open *record, struct arena *arena, struct json *ret, struct why *why) {
    struct json object = {.type = JSON_OBJECT, .members = arena_take_array(arena, record->field_count + 1, sizeof(struct json_member))};
    if (object.members == NULL) return err_make(ERR_MEMORY);
    for (size_t i = 0; i < record->field_count; i++) {
        if (record->fields[i].state != RECEIPT_SHOWN) continue;
        struct json_member *member = &object.members[object.count++];
        member->name = record->fields[i].item.name;
        if (is_err(json_parse(arena, record->fields[i].item.canonical, &member->value, NULL)))
            return corrupt(why, record->seq, "a field is no JSON");
    }
    *ret = object;
    return err_none();
}

// --- the tree ---

static struct err tree_read(void *context, unsigned level, uint64_t index, struct hash *ret) {
    const struct tree_source *source = context;
    if (tree_cache_get(source->cache, level, index, ret)) return err_none();
    struct arena arena;
    arena_init(&arena, 64 * 1024);
    struct value params[] = {value_int((int64_t)level), value_int((int64_t)index)};
    struct rows rows;
    struct err e = store_read(source->conn, STMT_TREE_NODE_GET, params, 2, &arena, &rows, NULL);
    if (!is_err(e)) {
        struct span hash = rows.count == 1 ? rows_span(&rows, 0, 0) : span_make(NULL, 0);
        if (hash.len == HASH_BYTES) memcpy(ret->bytes, hash.at, HASH_BYTES);
        else e = err_make(rows.count == 0 ? ERR_NOT_FOUND : ERR_CORRUPT);
    }
    if (!is_err(e)) tree_cache_put(source->cache, level, index, ret);
    arena_fini(&arena);
    return e;
}

struct tree_reader record_tree_reader(struct tree_source *source) { return (struct tree_reader){.read = tree_read, .context = source}; }

struct err record_edge_load(struct store_conn *conn, struct arena *arena, struct log_edge *ret, struct why *why) {
    struct rows rows;
    TRY(store_read(conn, STMT_RECORD_COUNT, NULL, 0, arena, &rows, why));
    struct tree_source source = {.conn = conn};
    struct tree_reader reader = record_tree_reader(&source);
    struct err e = tree_frontier_load(&reader, (uint64_t)rows_int(&rows, 0, 0), &ret->frontier);
    return is_err(e) ? why_set(why, e.code, "", "log.edge", "", "the log's tree is not complete in the store; run varde rebuild") : e;
}
