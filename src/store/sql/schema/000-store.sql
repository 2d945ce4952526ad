-- SPDX-License-Identifier: EUPL-1.2
-- What the store needs for itself.

-- The migrations that this database has been through: the number and topic of the file, and the SHA-256 of its text.
CREATE TABLE migration (
    number INTEGER PRIMARY KEY NOT NULL,
    name TEXT NOT NULL,
    sha256 BLOB NOT NULL
) STRICT;

-- Small facts about the database as a whole, such as the node that it belongs to. Names start with their topic.
CREATE TABLE meta (
    name TEXT PRIMARY KEY NOT NULL,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
