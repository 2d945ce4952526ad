// SPDX-License-Identifier: EUPL-1.2
#include "service/draft.h"

#include <sodium.h>

enum { NONCE_BYTES = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES, TAG_BYTES = crypto_aead_xchacha20poly1305_ietf_ABYTES, KEY_BYTES = 32 };

// A key of this person's drafts: nobody else's request ever derives it.
static struct hash draft_key(const struct services *services, struct span person_id) {
    struct span parts[] = {SPAN("varde.draft.v1\n"), person_id};
    struct hash label = hash_sha256_parts(parts, 2);
    return hash_hmac(span_make(services->node_secret, sizeof services->node_secret), hash_span(&label));
}

static struct span seal(struct arena *arena, const uint8_t *key, const uint8_t nonce[NONCE_BYTES], struct span plain, struct span bound) {
    uint8_t *out = arena_take(arena, NONCE_BYTES + plain.len + TAG_BYTES);
    if (out == NULL) return span_make(NULL, 0);
    memcpy(out, nonce, NONCE_BYTES);
    (void)crypto_aead_xchacha20poly1305_ietf_encrypt(out + NONCE_BYTES, NULL, plain.at, plain.len, bound.at, bound.len, NULL, nonce, key);
    return span_make(out, NONCE_BYTES + plain.len + TAG_BYTES);
}

static struct span unseal(struct arena *arena, const uint8_t *key, struct span sealed, struct span bound) {
    if (sealed.len < NONCE_BYTES + TAG_BYTES) return span_make(NULL, 0);
    size_t len = sealed.len - NONCE_BYTES - TAG_BYTES;
    uint8_t *out = arena_take(arena, len + 1);
    if (out == NULL || crypto_aead_xchacha20poly1305_ietf_decrypt(out, NULL, NULL, sealed.at + NONCE_BYTES, sealed.len - NONCE_BYTES, bound.at, bound.len, sealed.at, key) != 0)
        return span_make(NULL, 0);
    return span_make(out, len);
}

struct err draft_put(const struct services *services, struct store_conn *conn, struct span person_id, struct span id, struct span content,
                     int64_t expected_version, int64_t now_ms, struct arena *arena, struct why *why) {
    if (content.len > DRAFT_BYTES_MAX) return why_set(why, ERR_LIMIT, "", "draft.size", "", "a draft may have at most %d bytes", (int)DRAFT_BYTES_MAX);
    struct value others[] = {value_text(person_id), value_text(id)};
    struct rows rows;
    TRY(store_read(conn, STMT_DRAFT_COUNT, others, 2, arena, &rows, why));
    if (rows_int(&rows, 0, 0) >= DRAFTS_PER_PERSON || rows_int(&rows, 0, 1) + (int64_t)content.len > DRAFTS_BYTES_PER_PERSON)
        return why_set(why, ERR_CONFLICT, "", "draft.count", "", "your drafts are too many or too long: at most %d, of %d bytes together; delete one first",
                       (int)DRAFTS_PER_PERSON, (int)DRAFTS_BYTES_PER_PERSON);
    uint8_t nonce[NONCE_BYTES];
    services->random(nonce, sizeof nonce);
    struct hash key = draft_key(services, person_id);
    struct span sealed = seal(arena, key.bytes, nonce, content, id);
    if (sealed.at == NULL) return err_make(ERR_MEMORY);
    struct value params[] = {value_text(id), value_text(person_id), value_int(expected_version + 1), value_blob(sealed),
                             value_int(now_ms), value_int(now_ms + DRAFT_KEPT_MS), value_int(expected_version)};
    size_t changed = 0;
    TRY(store_write(conn, STMT_DRAFT_PUT, params, 7, &changed, why));
    if (changed != 1) return why_set(why, ERR_CONFLICT, "", "draft.version", "", "the draft was saved from elsewhere in the meantime; read it again");
    return err_none();
}

static struct err open_draft(const struct services *services, struct span person_id, struct span sealed, struct draft *draft, struct arena *arena, struct why *why) {
    struct hash key = draft_key(services, person_id);
    draft->content = unseal(arena, key.bytes, sealed, draft->id);
    return draft->content.at != NULL ? err_none() : why_set(why, ERR_CORRUPT, "", "draft.corrupt", "", "a draft does not open");
}

struct err draft_get(const struct services *services, struct store_conn *conn, struct span person_id, struct span id, int64_t now_ms,
                     struct arena *arena, struct draft *ret, struct why *why) {
    struct value params[] = {value_text(id), value_text(person_id), value_int(now_ms)};
    struct rows rows;
    TRY(store_read(conn, STMT_DRAFT_GET, params, 3, arena, &rows, why));
    if (rows.count == 0) return why_set(why, ERR_NOT_FOUND, "", "draft.unknown", "", "you have no such draft");
    struct draft draft = {.id = id, .version = rows_int(&rows, 0, 0), .changed_ms = rows_int(&rows, 0, 2), .expires_ms = rows_int(&rows, 0, 3)};
    TRY(open_draft(services, person_id, rows_span(&rows, 0, 1), &draft, arena, why));
    *ret = draft;
    return err_none();
}

struct err draft_list(const struct services *services, struct store_conn *conn, struct span person_id, int64_t now_ms, struct arena *arena,
                      struct draft **ret, size_t *ret_count, struct why *why) {
    struct value params[] = {value_text(person_id), value_int(now_ms)};
    struct rows rows;
    TRY(store_read(conn, STMT_DRAFTS_OF_PERSON, params, 2, arena, &rows, why));
    struct draft *drafts = arena_take_array(arena, rows.count + 1, sizeof *drafts);
    if (drafts == NULL) return err_make(ERR_MEMORY);
    for (size_t i = 0; i < rows.count; i++) {
        drafts[i] = (struct draft){.id = rows_span(&rows, i, 0), .version = rows_int(&rows, i, 1), .changed_ms = rows_int(&rows, i, 3), .expires_ms = rows_int(&rows, i, 4)};
        TRY(open_draft(services, person_id, rows_span(&rows, i, 2), &drafts[i], arena, why));
    }
    *ret = drafts;
    *ret_count = rows.count;
    return err_none();
}

// --- attachments ---

// The chunk's place and the attachment are bound to its ciphertext.
static struct span chunk_bound(struct arena *arena, struct span id, size_t ordinal, bool is_last) {
    return arena_printf(arena, "%.*s/%zu/%d", SPAN_FMT(id), ordinal, is_last ? 1 : 0);
}

static struct err put_chunks(const struct services *services, struct store_conn *conn, struct span id, const uint8_t *key, struct span content,
                             struct arena *arena, struct why *why) {
    size_t count = content.len == 0 ? 1 : (content.len + LIMIT_ATTACHMENT_CHUNK_BYTES - 1) / LIMIT_ATTACHMENT_CHUNK_BYTES;
    for (size_t i = 0; i < count; i++) {
        struct span chunk = span_part(content, i * LIMIT_ATTACHMENT_CHUNK_BYTES, (i + 1) * LIMIT_ATTACHMENT_CHUNK_BYTES);
        uint8_t nonce[NONCE_BYTES];
        services->random(nonce, sizeof nonce);
        struct span sealed = seal(arena, key, nonce, chunk, chunk_bound(arena, id, i, i + 1 == count));
        if (sealed.at == NULL) return err_make(ERR_MEMORY);
        struct value params[] = {value_text(id), value_int((int64_t)i), value_blob(sealed)};
        TRY(store_write(conn, STMT_ATTACHMENT_CHUNK_ADD, params, 3, NULL, why));
    }
    return err_none();
}

struct err attachment_put(const struct services *services, struct store_conn *conn, const struct attachment *attachment, struct span content,
                          int64_t now_ms, struct arena *arena, struct why *why) {
    struct value person = value_text(attachment->person_id);
    struct rows rows;
    TRY(store_read(conn, STMT_ATTACHMENT_UNFILED_BYTES, &person, 1, arena, &rows, why));
    if (rows_int(&rows, 0, 0) >= UNFILED_PER_PERSON || rows_int(&rows, 0, 1) + (int64_t)content.len > UNFILED_BYTES_PER_PERSON)
        return why_set(why, ERR_CONFLICT, "", "attachment.unfiled", "", "you have too many attachments that no filing refers to; file them, or wait two days");
    uint8_t key[KEY_BYTES];
    services->random(key, sizeof key);
    struct value params[] = {value_text(attachment->id), person, value_text(attachment->name), value_text(attachment->media_type),
                             value_int((int64_t)content.len), value_blob(attachment->sha256), value_int(now_ms)};
    TRY(store_write(conn, STMT_ATTACHMENT_ADD, params, 7, NULL, why));
    TRY(put_chunks(services, conn, attachment->id, key, content, arena, why));
    struct value key_params[] = {value_text(attachment->id), value_blob(span_make(key, sizeof key))};
    return store_write(conn, STMT_ATTACHMENT_KEY_ADD, key_params, 2, NULL, why);
}

struct err attachment_get(struct store_conn *conn, struct span id, struct arena *arena, struct attachment *ret, struct why *why) {
    struct value param = value_text(id);
    struct rows rows;
    TRY(store_read(conn, STMT_ATTACHMENT_GET, &param, 1, arena, &rows, why));
    if (rows.count == 0) return why_set(why, ERR_NOT_FOUND, "", "attachment.unknown", "", "there is no such attachment");
    *ret = (struct attachment){.id = rows_span(&rows, 0, 0), .person_id = rows_span(&rows, 0, 1), .name = rows_span(&rows, 0, 2),
                               .media_type = rows_span(&rows, 0, 3), .size_bytes = rows_int(&rows, 0, 4), .sha256 = rows_span(&rows, 0, 5),
                               .case_id = rows_span(&rows, 0, 6), .filing_id = rows_span(&rows, 0, 7), .created_ms = rows_int(&rows, 0, 8),
                               .key = rows_span(&rows, 0, 9)};
    return err_none();
}

struct err attachment_read(struct store_conn *conn, const struct attachment *attachment, struct arena *arena, struct buf *out, struct why *why) {
    if (attachment->key.len != KEY_BYTES) return why_set(why, ERR_NOT_FOUND, "", "attachment.erased", "", "the attachment was erased");
    size_t size = (size_t)attachment->size_bytes;
    size_t count = size == 0 ? 1 : (size + LIMIT_ATTACHMENT_CHUNK_BYTES - 1) / LIMIT_ATTACHMENT_CHUNK_BYTES;
    for (size_t i = 0; i < count; i++) {
        struct value params[] = {value_text(attachment->id), value_int((int64_t)i)};
        struct rows rows;
        TRY(store_read(conn, STMT_ATTACHMENT_CHUNK_GET, params, 2, arena, &rows, why));
        struct span plain = rows.count == 0 ? span_make(NULL, 0)
                                            : unseal(arena, attachment->key.at, rows_span(&rows, 0, 0), chunk_bound(arena, attachment->id, i, i + 1 == count));
        if (plain.at == NULL) return why_set(why, ERR_CORRUPT, "", "attachment.corrupt", "", "an attachment does not open");
        buf_add(out, plain);
    }
    struct hash again = hash_sha256(buf_span(out));
    if (out->is_failed) return err_make(ERR_MEMORY);
    if (!span_equals(hash_span(&again), attachment->sha256)) return why_set(why, ERR_CORRUPT, "", "attachment.corrupt", "", "an attachment is not what was uploaded");
    return err_none();
}
