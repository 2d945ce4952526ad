-- SPDX-License-Identifier: EUPL-1.2
-- The record, its keys, and the log's tree.

-- name: record_add
-- takes seq, filing_id, entry, header, header_salts, names, sealed, commitments, effects
INSERT INTO record (seq, filing_id, entry, header, header_salts, names, sealed, commitments, effects)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9);

-- name: record_get
-- takes filing_id; gives seq, entry, header, header_salts, names, sealed, commitments, effects
SELECT seq, entry, header, header_salts, names, sealed, commitments, effects FROM record WHERE filing_id = $1;

-- name: record_at
-- takes seq; gives filing_id, entry, header, header_salts, names, sealed, commitments, effects
SELECT filing_id, entry, header, header_salts, names, sealed, commitments, effects FROM record WHERE seq = $1;

-- name: record_entries
-- takes first seq, number of rows; gives entry
SELECT entry FROM record WHERE seq >= $1 ORDER BY seq LIMIT $2;

-- name: record_count
-- gives the number of records (the next seq)
SELECT coalesce(max(seq) + 1, 0) FROM record;

-- name: record_of_entity
-- takes entity_id; gives seq in log order
SELECT seq FROM filing WHERE entity_id = $1 ORDER BY seq;

-- name: field_keys_add
-- All keys of a record at once. Takes record_seq, the keys of 32 bytes one after another in the order of the fields, their number
INSERT INTO field_key (record_seq, item, key)
WITH RECURSIVE field (item) AS (SELECT 0 UNION ALL SELECT item + 1 FROM field WHERE item + 1 < $3)
SELECT $1, item, substr($2, 1 + 32 * item, 32) FROM field;

-- name: field_keys
-- takes record_seq; gives item, key
SELECT item, key FROM field_key WHERE record_seq = $1 ORDER BY item;

-- name: field_key_erase
-- takes record_seq, item
DELETE FROM field_key WHERE record_seq = $1 AND item = $2;

-- name: erasure_add
-- takes record_seq, item, filing_id, erased_ms
INSERT INTO erasure (record_seq, item, filing_id, erased_ms) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING;

-- name: tree_node_add
-- takes level, idx, hash
INSERT INTO tree_node (level, idx, hash) VALUES ($1, $2, $3);

-- name: tree_node_get
-- takes level, idx; gives hash
SELECT hash FROM tree_node WHERE level = $1 AND idx = $2;

-- name: tree_nodes_clear
DELETE FROM tree_node;

-- name: tree_head_set
-- takes origin, kind, size, note, signed_ms
INSERT INTO tree_head (origin, kind, size, note, signed_ms) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (origin, kind) DO UPDATE SET size = excluded.size, note = excluded.note, signed_ms = excluded.signed_ms;

-- name: tree_head_get
-- takes origin, kind; gives size, note, signed_ms
SELECT size, note, signed_ms FROM tree_head WHERE origin = $1 AND kind = $2;

-- name: pack_archive_add
-- takes hash, description, content, loaded_ms
INSERT INTO pack_archive (hash, description, content, loaded_ms) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING;

-- name: pack_archive_get
-- takes hash; gives description, content
SELECT description, content FROM pack_archive WHERE hash = $1;
