-- SPDX-License-Identifier: EUPL-1.2
-- Persons and what they may. Secrets stand here only as hashes, or encrypted under the node secret, which is no row.
-- None of this is in the log of records; a rebuild keeps it as it is.

CREATE TABLE person (
    id TEXT PRIMARY KEY NOT NULL,
    login TEXT NOT NULL UNIQUE,      -- lower case
    name TEXT NOT NULL,
    language TEXT NOT NULL,          -- two letters, or empty
    pseudonym TEXT NOT NULL UNIQUE,  -- stands for the person in records; outlives her row
    is_administrator INTEGER NOT NULL,
    is_disabled INTEGER NOT NULL,
    created_ms INTEGER NOT NULL,
    created_by TEXT                  -- person; NULL: she herself, or the console
) STRICT, WITHOUT ROWID;

CREATE TABLE person_password (
    person_id TEXT PRIMARY KEY NOT NULL REFERENCES person (id),
    ops INTEGER NOT NULL,            -- argon2id with these parameters
    memory_bytes INTEGER NOT NULL,
    salt BLOB NOT NULL,
    hash BLOB NOT NULL,
    set_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE person_totp (
    person_id TEXT PRIMARY KEY NOT NULL REFERENCES person (id),
    secret BLOB,                     -- encrypted; NULL until confirmed
    last_step INTEGER NOT NULL,      -- of 30 seconds: no code of this or an earlier step counts again
    pending BLOB                     -- encrypted; begun and not yet confirmed
) STRICT, WITHOUT ROWID;

CREATE TABLE person_recovery (
    code_hash BLOB PRIMARY KEY NOT NULL,
    person_id TEXT NOT NULL REFERENCES person (id)
) STRICT, WITHOUT ROWID;
CREATE INDEX person_recovery_person ON person_recovery (person_id);

CREATE TABLE session (
    token_hash BLOB PRIMARY KEY NOT NULL,
    id TEXT NOT NULL UNIQUE,
    person_id TEXT NOT NULL REFERENCES person (id),
    created_ms INTEGER NOT NULL,
    expires_ms INTEGER NOT NULL,
    is_totp_done INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX session_person ON session (person_id, created_ms);
CREATE INDEX session_expires ON session (expires_ms);

CREATE TABLE token (
    token_hash BLOB PRIMARY KEY NOT NULL,
    id TEXT NOT NULL UNIQUE,
    person_id TEXT NOT NULL REFERENCES person (id),
    name TEXT NOT NULL,
    scopes INTEGER NOT NULL,
    is_totp_done INTEGER NOT NULL,   -- of the session that made it
    created_ms INTEGER NOT NULL,
    expires_ms INTEGER NOT NULL,
    revoked_ms INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX token_person ON token (person_id, created_ms);

CREATE TABLE role (
    id TEXT PRIMARY KEY NOT NULL,
    person_id TEXT NOT NULL REFERENCES person (id),
    office TEXT NOT NULL,
    role INTEGER NOT NULL,           -- 1 reader, 2 officer, 3 head
    sectors TEXT NOT NULL,           -- ids with a blank between; empty: all of the office
    granted_ms INTEGER NOT NULL,
    granted_by TEXT,                 -- NULL: the console
    revoked_ms INTEGER,
    revoked_by TEXT
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX role_person ON role (person_id, office) WHERE revoked_ms IS NULL;

CREATE TABLE mandate (
    id TEXT PRIMARY KEY NOT NULL,
    person_id TEXT NOT NULL REFERENCES person (id),
    entity TEXT NOT NULL,
    scopes INTEGER NOT NULL,         -- bits: 1 read, 2 file, 4 manage
    from_ms INTEGER NOT NULL,
    until_ms INTEGER,                -- NULL: until revoked
    ground TEXT NOT NULL,
    granted_ms INTEGER NOT NULL,
    granted_by TEXT,                 -- NULL: the effect of a filing
    revoked_ms INTEGER,
    revoked_by TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX mandate_person ON mandate (person_id) WHERE revoked_ms IS NULL;
CREATE INDEX mandate_entity ON mandate (entity, id);

CREATE TABLE access_code (
    id TEXT PRIMARY KEY NOT NULL,
    kind INTEGER NOT NULL,           -- 1 invitation, 2 reset
    person_id TEXT NOT NULL REFERENCES person (id),
    first_hash BLOB NOT NULL UNIQUE,
    needs_second INTEGER NOT NULL,
    second_hash BLOB,
    issued_ms INTEGER NOT NULL,
    issued_by TEXT,                  -- NULL: the console
    joined_by TEXT,
    expires_ms INTEGER NOT NULL,
    used_ms INTEGER                  -- also where a later code took its place
) STRICT, WITHOUT ROWID;
CREATE INDEX access_code_person ON access_code (person_id);

-- One row once the first administrator is there.
CREATE TABLE access_setup (
    id INTEGER PRIMARY KEY NOT NULL CHECK (id = 1),
    person_id TEXT NOT NULL,
    done_ms INTEGER NOT NULL
) STRICT;

-- Failed attempts, by login and by address, both blinded under the node secret.
CREATE TABLE access_failure (
    key BLOB PRIMARY KEY NOT NULL,
    failures INTEGER NOT NULL,
    last_ms INTEGER NOT NULL,
    until_ms INTEGER NOT NULL        -- no attempt counts before
) STRICT, WITHOUT ROWID;
CREATE INDEX access_failure_last ON access_failure (last_ms);

-- What happened to a person's account, for her to see, and what administrators did.
CREATE TABLE access_event (
    id INTEGER PRIMARY KEY NOT NULL,
    at_ms INTEGER NOT NULL,
    person_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    by_id TEXT,                      -- another person who did it
    detail TEXT NOT NULL
) STRICT;
CREATE INDEX access_event_person ON access_event (person_id, id);
CREATE INDEX access_event_at ON access_event (at_ms);

-- Who read what: one row for a person, a resource and an hour.
CREATE TABLE access_reading (
    id INTEGER PRIMARY KEY NOT NULL,
    hour INTEGER NOT NULL,           -- since 1970
    person_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    resource TEXT NOT NULL,
    office TEXT,
    entity TEXT,
    first_ms INTEGER NOT NULL,
    readings INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX access_reading_once ON access_reading (person_id, kind, resource, hour);
CREATE INDEX access_reading_entity ON access_reading (entity, id);
CREATE INDEX access_reading_first ON access_reading (first_ms);
