// SPDX-License-Identifier: EUPL-1.2
/*
 * Drafts and attachments: what a person keeps before filing. Encrypted; a draft is for its author alone and expires.
 */
#ifndef SERVICE_DRAFT_H
#define SERVICE_DRAFT_H

#include "service/services.h"

enum { DRAFTS_PER_PERSON = 100, DRAFT_BYTES_MAX = 512 * 1024, DRAFTS_BYTES_PER_PERSON = 12 * 1024 * 1024, UNFILED_PER_PERSON = 64 };
static_assert(DRAFTS_BYTES_PER_PERSON * 3 <= LIMIT_REQUEST_ARENA_BYTES, "the list of one's drafts can be read and opened");
#define DRAFT_KEPT_MS (90 * MS_PER_DAY)
#define UNFILED_BYTES_PER_PERSON ((int64_t)100 * 1024 * 1024)

struct draft {
    struct span id, content; // content: the JSON as saved
    int64_t version, changed_ms, expires_ms;
};
// Saves; EXPECTED_VERSION 0 makes a new one. ERR_CONFLICT where the stored version is another. In a transaction.
CHECKED struct err draft_put(const struct services *services, struct store_conn *conn, struct span person_id, struct span id,
                             struct span content, int64_t expected_version, int64_t now_ms, struct arena *arena, struct why *why);
CHECKED struct err draft_get(const struct services *services, struct store_conn *conn, struct span person_id, struct span id,
                             int64_t now_ms, struct arena *arena, struct draft *ret, struct why *why);
CHECKED struct err draft_list(const struct services *services, struct store_conn *conn, struct span person_id, int64_t now_ms,
                              struct arena *arena, struct draft **ret, size_t *ret_count, struct why *why);

struct attachment {
    struct span id, person_id, name, media_type, sha256, case_id, filing_id;
    int64_t size_bytes, created_ms;
    struct span key; // at == NULL once erased
};
// Seals and stores. In a transaction.
CHECKED struct err attachment_put(const struct services *services, struct store_conn *conn, const struct attachment *attachment,
                                  struct span content, int64_t now_ms, struct arena *arena, struct why *why);
CHECKED struct err attachment_get(struct store_conn *conn, struct span id, struct arena *arena, struct attachment *ret, struct why *why);
// Opens all chunks into OUT. ERR_NOT_FOUND (rule attachment.erased) once the key is gone.
CHECKED struct err attachment_read(struct store_conn *conn, const struct attachment *attachment, struct arena *arena,
                                   struct buf *out, struct why *why);

#endif
