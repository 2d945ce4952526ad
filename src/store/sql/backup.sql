-- SPDX-License-Identifier: EUPL-1.2
-- What a backup reads besides the rows themselves (SQLite only).

-- name: backup_tables
-- takes nothing; gives name, sql of every table that has rows of its own, in the order of names
SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND substr(name, 1, 7) <> 'sqlite_' ORDER BY name;

-- name: backup_others
-- takes nothing; gives sql of indexes, then views, then triggers
SELECT sql FROM sqlite_schema WHERE type <> 'table' AND sql IS NOT NULL
ORDER BY CASE type WHEN 'index' THEN 1 WHEN 'view' THEN 2 ELSE 3 END, name;

-- name: backup_unfit
-- takes nothing; gives the names of tables whose rows can't be copied one by one
SELECT name FROM sqlite_schema WHERE type = 'table' AND (sql LIKE 'CREATE VIRTUAL%' OR name = 'sqlite_sequence');

-- name: backup_bytes
-- takes nothing; gives the size of the database in bytes
SELECT page_count * page_size FROM pragma_page_count, pragma_page_size;

-- name: backup_erased_attachments
-- takes nothing; gives the ids of filed attachments whose key is gone
SELECT id FROM attachment WHERE filing_id IS NOT NULL
AND NOT EXISTS (SELECT 1 FROM attachment_key WHERE attachment_id = attachment.id) ORDER BY id;

-- name: backup_erasures
-- takes nothing; gives record_seq, item, filing_id, erased_ms of every erased field
SELECT record_seq, item, filing_id, erased_ms FROM erasure ORDER BY record_seq, item;

-- name: backup_note
-- takes id, made_ms, is_whole, place, keys_place (or NULL), records, size_bytes
INSERT INTO backup_made (id, made_ms, is_whole, place, keys_place, records, size_bytes) VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: backup_note_tried
-- takes id, made_ms, place, records, tried_ms; one that was not noted when it was made is noted now
INSERT INTO backup_made (id, made_ms, is_whole, place, records, tried_ms) VALUES ($1, $2, 1, $3, $4, $5)
ON CONFLICT (id) DO UPDATE SET tried_ms = excluded.tried_ms;

-- name: backup_note_expire
-- takes instant; removes notes of backups from before it
DELETE FROM backup_made WHERE made_ms < $1;

-- name: backup_notes
-- takes is_whole, number of rows; gives id, made_ms, is_whole, place, keys_place, records, size_bytes, tried_ms, newest first
SELECT id, made_ms, is_whole, place, keys_place, records, size_bytes, tried_ms FROM backup_made WHERE is_whole = $1
ORDER BY made_ms DESC, id DESC LIMIT $2;

-- name: backup_note_last
-- takes nothing; gives made_ms of the last whole backup, of the last list of erasures, and the last instant at which one was tried; NULL: never
SELECT max(CASE WHEN is_whole = 1 THEN made_ms END), max(CASE WHEN is_whole = 0 THEN made_ms END), max(tried_ms) FROM backup_made;
