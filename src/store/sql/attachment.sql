-- SPDX-License-Identifier: EUPL-1.2
-- Attachments and drafts: not part of the record, encrypted.

-- name: attachment_add
-- takes id, person_id, name, media_type, size_bytes, sha256, created_ms
INSERT INTO attachment (id, person_id, name, media_type, size_bytes, sha256, created_ms) VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: attachment_chunk_add
-- takes attachment_id, ordinal, sealed
INSERT INTO attachment_chunk (attachment_id, ordinal, sealed) VALUES ($1, $2, $3);

-- name: attachment_key_add
-- takes attachment_id, key
INSERT INTO attachment_key (attachment_id, key) VALUES ($1, $2);

-- name: attachment_get
-- takes id; gives id, person_id, name, media_type, size_bytes, sha256, case_id, filing_id, created_ms, key (NULL once erased)
SELECT a.id, a.person_id, a.name, a.media_type, a.size_bytes, a.sha256, a.case_id, a.filing_id, a.created_ms, k.key
FROM attachment a LEFT JOIN attachment_key k ON k.attachment_id = a.id WHERE a.id = $1;

-- name: attachment_chunk_get
-- takes attachment_id, ordinal; gives sealed
SELECT sealed FROM attachment_chunk WHERE attachment_id = $1 AND ordinal = $2;

-- name: attachment_claim
-- Ties an attachment to its filing, once. Takes id, person_id, case_id, filing_id
UPDATE attachment SET case_id = $3, filing_id = $4 WHERE id = $1 AND person_id = $2 AND filing_id IS NULL;

-- name: attachments_of_case
-- takes case_id; gives id, name, media_type, size_bytes, sha256, filing_id, created_ms
SELECT id, name, media_type, size_bytes, sha256, filing_id, created_ms FROM attachment WHERE case_id = $1 ORDER BY id;

-- name: attachment_unfiled_bytes
-- takes person_id; gives the number and bytes of attachments that no filing refers to yet
SELECT count(*), coalesce(sum(size_bytes), 0) FROM attachment WHERE person_id = $1 AND filing_id IS NULL;

-- name: attachment_key_erase
-- takes attachment_id
DELETE FROM attachment_key WHERE attachment_id = $1;

-- name: attachment_chunks_expire
-- takes the oldest created_ms of unfiled attachments to keep
DELETE FROM attachment_chunk WHERE attachment_id IN (SELECT id FROM attachment WHERE filing_id IS NULL AND created_ms < $1);

-- name: attachment_keys_expire
-- takes the oldest created_ms of unfiled attachments to keep
DELETE FROM attachment_key WHERE attachment_id IN (SELECT id FROM attachment WHERE filing_id IS NULL AND created_ms < $1);

-- name: attachments_expire
-- takes the oldest created_ms of unfiled attachments to keep
DELETE FROM attachment WHERE filing_id IS NULL AND created_ms < $1;

-- name: draft_put
-- takes id, person_id, version, sealed, changed_ms, expires_ms, version expected before
INSERT INTO draft (id, person_id, version, sealed, changed_ms, expires_ms) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (id) DO UPDATE SET version = excluded.version, sealed = excluded.sealed, changed_ms = excluded.changed_ms,
    expires_ms = excluded.expires_ms
WHERE draft.person_id = excluded.person_id AND draft.version = $7;

-- name: draft_get
-- takes id, person_id, now_ms; gives version, sealed, changed_ms, expires_ms
SELECT version, sealed, changed_ms, expires_ms FROM draft WHERE id = $1 AND person_id = $2 AND expires_ms > $3;

-- name: drafts_of_person
-- takes person_id, now_ms; gives id, version, sealed, changed_ms, expires_ms
SELECT id, version, sealed, changed_ms, expires_ms FROM draft WHERE person_id = $1 AND expires_ms > $2
ORDER BY changed_ms DESC, id;

-- name: draft_count
-- takes person_id, id of a draft to leave out; gives the number of the others and their bytes
SELECT count(*), coalesce(sum(length(sealed)), 0) FROM draft WHERE person_id = $1 AND id <> $2;

-- name: draft_delete
-- takes id, person_id
DELETE FROM draft WHERE id = $1 AND person_id = $2;

-- name: draft_expire
-- takes now_ms
DELETE FROM draft WHERE expires_ms <= $1;
