-- SPDX-License-Identifier: EUPL-1.2
-- What the node's administrators watch over.

-- Not derived: backups that `varde backup` made of this node, and when one was restored to try it. A backup holds the notes of those before it.
CREATE TABLE backup_made (
    id TEXT PRIMARY KEY NOT NULL,   -- as in the head of its parts
    made_ms INTEGER NOT NULL,
    is_whole INTEGER NOT NULL,      -- 0: only the list of what was erased
    place TEXT NOT NULL,            -- the directory, as the machine that made it names it
    keys_place TEXT,                -- of the keys, where they went elsewhere
    records INTEGER NOT NULL,       -- in the log
    size_bytes INTEGER,             -- of all parts; unknown where only the trial was noted
    tried_ms INTEGER                -- last restored to try it
) STRICT, WITHOUT ROWID;
CREATE INDEX backup_made_when ON backup_made (made_ms);

-- When a token was last used, within an hour.
ALTER TABLE token ADD COLUMN used_ms INTEGER;

-- Over all cases, newest first.
CREATE INDEX letter_written ON letter (written_ms, filing_id);
CREATE INDEX disclosure_changed ON disclosure (changed_ms, release_id, recipient);
CREATE INDEX disclosure_by_recipient ON disclosure (recipient, state);
