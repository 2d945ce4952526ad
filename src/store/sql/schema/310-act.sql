-- SPDX-License-Identifier: EUPL-1.2
-- Who may act: firms, mandates of persons and firms, claims, invitations, passkeys, sign-in through other providers. Nothing here
-- is derived from the log: a rebuild keeps it as it is, and a backup holds it. Secrets stand here only as hashes.

-- An organisation whose persons act for others by its mandates: a law firm, a provider of services, the company that leads a group.
CREATE TABLE firm (
    id TEXT PRIMARY KEY NOT NULL,
    name TEXT NOT NULL,
    made_ms INTEGER NOT NULL,
    made_by TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE firm_member (
    firm_id TEXT NOT NULL REFERENCES firm (id),
    person_id TEXT NOT NULL REFERENCES person (id),
    is_manager INTEGER NOT NULL,     -- says who is a member, and who works under which mandate
    added_ms INTEGER NOT NULL,
    added_by TEXT NOT NULL,
    ended_ms INTEGER,
    ended_by TEXT
) STRICT;
CREATE UNIQUE INDEX firm_member_once ON firm_member (person_id, firm_id) WHERE ended_ms IS NULL;
CREATE INDEX firm_member_firm ON firm_member (firm_id, added_ms);

-- A mandate is now to a person or to a firm. The table is made anew, since its person could not be left out before.
CREATE TABLE mandate_made_anew (
    id TEXT PRIMARY KEY NOT NULL,
    person_id TEXT REFERENCES person (id), -- one of the two
    firm_id TEXT REFERENCES firm (id),
    entity TEXT NOT NULL,
    scopes INTEGER NOT NULL,         -- bits: 1 read, 2 file, 4 manage
    capacity TEXT NOT NULL,          -- as what: representative, employee, law_firm, ...; empty: not said
    procedures TEXT NOT NULL,        -- "incident" or "incident/early_warning", with a blank between; empty: all
    may_delegate INTEGER NOT NULL,   -- whether who holds it with manage lets others act in turn
    from_ms INTEGER NOT NULL,
    until_ms INTEGER,                -- NULL: until revoked
    ground TEXT NOT NULL,
    granted_ms INTEGER NOT NULL,
    granted_by TEXT,                 -- NULL: the effect of a filing
    renewed_ms INTEGER,              -- when its end was last moved, and by whom
    renewed_by TEXT,
    revoked_ms INTEGER,
    revoked_by TEXT,
    CHECK ((person_id IS NULL) <> (firm_id IS NULL))
) STRICT, WITHOUT ROWID;
INSERT INTO mandate_made_anew (id, person_id, entity, scopes, capacity, procedures, may_delegate, from_ms, until_ms, ground, granted_ms,
  granted_by, revoked_ms, revoked_by)
SELECT id, person_id, entity, scopes, '', '', CASE WHEN scopes >= 4 THEN 1 ELSE 0 END, from_ms, until_ms, ground, granted_ms, granted_by,
  revoked_ms, revoked_by FROM mandate;
DROP TABLE mandate;
ALTER TABLE mandate_made_anew RENAME TO mandate;
CREATE INDEX mandate_person ON mandate (person_id) WHERE revoked_ms IS NULL;
CREATE INDEX mandate_firm ON mandate (firm_id) WHERE revoked_ms IS NULL;
CREATE INDEX mandate_entity ON mandate (entity, id);
CREATE INDEX mandate_until ON mandate (until_ms, id) WHERE revoked_ms IS NULL AND until_ms IS NOT NULL;

-- Which member of a firm works under which of its mandates.
CREATE TABLE mandate_assignment (
    mandate_id TEXT NOT NULL REFERENCES mandate (id),
    person_id TEXT NOT NULL REFERENCES person (id),
    scopes INTEGER NOT NULL,         -- at most these of the mandate's
    added_ms INTEGER NOT NULL,
    added_by TEXT NOT NULL,
    ended_ms INTEGER,
    ended_by TEXT
) STRICT;
CREATE UNIQUE INDEX mandate_assignment_once ON mandate_assignment (person_id, mandate_id) WHERE ended_ms IS NULL;
CREATE INDEX mandate_assignment_mandate ON mandate_assignment (mandate_id, added_ms);

-- A person asks to act for an entity, with what was shown for it and who decided.
CREATE TABLE mandate_claim (
    id TEXT PRIMARY KEY NOT NULL,
    person_id TEXT NOT NULL REFERENCES person (id),
    firm_id TEXT REFERENCES firm (id), -- the mandate is to be the firm's
    asked TEXT NOT NULL,             -- number or identifier as the person gave it
    entity TEXT,                     -- NULL: it fits nothing, or several, on the register
    scopes INTEGER NOT NULL,
    capacity TEXT NOT NULL,
    procedures TEXT NOT NULL,
    ground TEXT NOT NULL,
    until_ms INTEGER,                -- of the mandate asked for
    state TEXT NOT NULL,             -- open, proved, granted, refused, withdrawn, ended (expired, or too many wrong codes)
    attempts INTEGER NOT NULL,       -- wrong codes
    proof TEXT,                      -- letter, mail, representative, officer, invitation
    proved_ms INTEGER,
    made_ms INTEGER NOT NULL,
    expires_ms INTEGER NOT NULL,
    decided_ms INTEGER,
    decided_by TEXT,
    reason TEXT,
    mandate_id TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX mandate_claim_person ON mandate_claim (person_id, id);
CREATE INDEX mandate_claim_entity ON mandate_claim (entity, id);
CREATE INDEX mandate_claim_state ON mandate_claim (state, id);

-- What representatives and officers said to a claim; each says it once.
CREATE TABLE mandate_claim_voice (
    claim_id TEXT NOT NULL REFERENCES mandate_claim (id),
    person_id TEXT NOT NULL REFERENCES person (id),
    side TEXT NOT NULL,              -- representative, officer
    is_approval INTEGER NOT NULL,
    reason TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    PRIMARY KEY (claim_id, person_id)
) STRICT, WITHOUT ROWID;

-- A code on its way by letter or mail; the newest of its kind counts.
CREATE TABLE mandate_claim_code (
    claim_id TEXT NOT NULL REFERENCES mandate_claim (id),
    kind TEXT NOT NULL,              -- letter, mail
    code_hash BLOB NOT NULL,
    made_ms INTEGER NOT NULL,
    made_by TEXT NOT NULL,
    expires_ms INTEGER NOT NULL,
    PRIMARY KEY (claim_id, kind)
) STRICT, WITHOUT ROWID;

-- A representative invites whoever holds the code to act for the entity.
CREATE TABLE mandate_invitation (
    id TEXT PRIMARY KEY NOT NULL,
    entity TEXT NOT NULL,
    code_hash BLOB NOT NULL UNIQUE,
    login TEXT,                      -- only she who signs in with this mail address; NULL: whoever holds the code
    scopes INTEGER NOT NULL,
    capacity TEXT NOT NULL,
    procedures TEXT NOT NULL,
    may_delegate INTEGER NOT NULL,
    ground TEXT NOT NULL,
    until_ms INTEGER,                -- of the mandate
    made_ms INTEGER NOT NULL,
    made_by TEXT NOT NULL,
    expires_ms INTEGER NOT NULL,
    used_ms INTEGER,
    used_by TEXT,
    mandate_id TEXT,
    revoked_ms INTEGER,
    revoked_by TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX mandate_invitation_entity ON mandate_invitation (entity, id);

-- Public keys of a person's authenticators (Web Authentication).
CREATE TABLE passkey (
    id TEXT PRIMARY KEY NOT NULL,
    credential BLOB NOT NULL UNIQUE, -- the authenticator's identifier of it
    person_id TEXT NOT NULL REFERENCES person (id),
    name TEXT NOT NULL,
    algorithm INTEGER NOT NULL,      -- COSE: -7 ES256, -257 RS256, -8 EdDSA
    public_key BLOB NOT NULL,        -- as libfido2 holds it
    counter INTEGER NOT NULL,        -- of signatures; 0: the authenticator does not count
    made_ms INTEGER NOT NULL,
    used_ms INTEGER,
    halted_ms INTEGER                -- its counter went back: perhaps a copy; counts no more
) STRICT, WITHOUT ROWID;
CREATE INDEX passkey_person ON passkey (person_id, id);

-- Challenges of passkeys that were answered, until they would have expired: each counts once. The node makes them from its secret and
-- keeps none that nobody has answered.
CREATE TABLE passkey_challenge (
    challenge_hash BLOB PRIMARY KEY NOT NULL,
    expires_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX passkey_challenge_expires ON passkey_challenge (expires_ms);

-- Accounts at other providers of sign-in (OpenID Connect) that stand for a person here.
CREATE TABLE person_link (
    id TEXT PRIMARY KEY NOT NULL,
    provider TEXT NOT NULL,          -- of the configuration
    subject TEXT NOT NULL,
    person_id TEXT NOT NULL REFERENCES person (id),
    made_ms INTEGER NOT NULL,
    used_ms INTEGER
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX person_link_subject ON person_link (provider, subject);
CREATE INDEX person_link_person ON person_link (person_id, id);

-- States of sign-ins through providers that came back, until they would have expired: each counts once. The node makes them from its
-- secret and keeps none that has not come back.
CREATE TABLE provider_state (
    state_hash BLOB PRIMARY KEY NOT NULL,
    expires_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX provider_state_expires ON provider_state (expires_ms);
