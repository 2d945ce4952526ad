-- SPDX-License-Identifier: EUPL-1.2
-- Reaching people. None of this is derived from the record, and all of it is backed up: what was sent is no matter of law, and what a
-- rebuild made anew would be sent twice. (Reminders that are still to come may be made anew from the duties; those done stay done.)

-- Where a person or an office is reached. Contacts of entities stand in their entries of the register.
CREATE TABLE channel (
    id TEXT PRIMARY KEY NOT NULL,
    owner_kind TEXT NOT NULL,        -- person, office
    owner TEXT NOT NULL,
    medium TEXT NOT NULL,            -- mail, hook
    address TEXT NOT NULL,           -- mail address, or https://...
    language TEXT NOT NULL,          -- two letters; empty: the person's own
    openpgp TEXT,                    -- armoured public key: mail is encrypted to it
    quiet_from INTEGER,              -- minutes of the local day; pages come nevertheless
    quiet_until INTEGER,
    code_ms INTEGER,                 -- when the code was mailed that confirms it; the code is made from it and the node's secret
    code_tries INTEGER NOT NULL,
    confirmed_ms INTEGER,            -- used from then on
    failed_ms INTEGER,               -- the last message came back
    failure TEXT,
    created_ms INTEGER NOT NULL,
    created_by TEXT,
    removed_ms INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX channel_owner ON channel (owner_kind, owner, id) WHERE removed_ms IS NULL;

-- One message to one address. State: waiting, sending (handed to the courier), asking (handed over by a node that died: whether
-- it arrived is being found out), sent, failed, dropped (no longer needed when its turn came).
CREATE TABLE delivery (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,              -- message, page, reminder, code, test
    topic TEXT,                      -- kind of message, as the law names it
    priority INTEGER NOT NULL,       -- 0 first
    case_id TEXT,
    filing_id TEXT,
    entity_id TEXT,                  -- to whose people it goes
    page_id TEXT,
    office_kind TEXT,                -- whose task it is where it fails
    owner_kind TEXT NOT NULL,        -- person, office, entity, node
    owner TEXT NOT NULL,
    channel_id TEXT,
    medium TEXT NOT NULL,            -- mail, hook, none
    address TEXT NOT NULL,
    language TEXT NOT NULL,
    words TEXT,                      -- JSON by language; what the law says, never content of a case
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    created_ms INTEGER NOT NULL,
    next_ms INTEGER NOT NULL,        -- when it is looked at again; 9223372036854775807 once done
    tried_ms INTEGER,
    sent_ms INTEGER,
    failure TEXT,
    closed_ms INTEGER,               -- failed: somebody has seen to it
    closed_by TEXT,
    closed_words TEXT
) STRICT;
CREATE INDEX delivery_due ON delivery (priority, next_ms, id) WHERE state = 'waiting';
CREATE INDEX delivery_unclear ON delivery (state, tried_ms) WHERE state IN ('sending', 'asking');
CREATE INDEX delivery_case ON delivery (case_id, id);
CREATE INDEX delivery_task ON delivery (office_kind, id) WHERE state = 'failed' AND closed_ms IS NULL;

-- Who is on call. Steps 1, 2, 3: who is woken first, second, and last (the head).
CREATE TABLE rota (
    office TEXT PRIMARY KEY NOT NULL,
    version INTEGER NOT NULL,
    changed_ms INTEGER NOT NULL,
    changed_by TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE rota_turn (
    office TEXT NOT NULL,
    step INTEGER NOT NULL,
    from_ms INTEGER NOT NULL,
    until_ms INTEGER NOT NULL,
    person_id TEXT NOT NULL,
    PRIMARY KEY (office, step, from_ms)
) STRICT, WITHOUT ROWID;

-- A call that somebody must answer for.
CREATE TABLE page (
    id TEXT PRIMARY KEY NOT NULL,
    office TEXT NOT NULL,
    office_kind TEXT NOT NULL,
    case_id TEXT NOT NULL,
    filing_id TEXT NOT NULL,
    topic TEXT NOT NULL,
    words TEXT NOT NULL,             -- JSON by language
    opened_ms INTEGER NOT NULL,
    step INTEGER NOT NULL,           -- whom it went to last: 0 nobody yet, 1, 2, 3
    calls INTEGER NOT NULL,
    next_ms INTEGER NOT NULL,        -- 9223372036854775807 once acknowledged
    acknowledged_ms INTEGER,
    acknowledged_by TEXT,            -- person
    acknowledged_how TEXT            -- signed_in, link, filing
) STRICT, WITHOUT ROWID;
CREATE INDEX page_due ON page (next_ms) WHERE acknowledged_ms IS NULL;
CREATE INDEX page_case ON page (case_id, office);
CREATE TABLE page_call (
    page_id TEXT NOT NULL,
    ordinal INTEGER NOT NULL,
    at_ms INTEGER NOT NULL,
    step INTEGER NOT NULL,
    person_id TEXT,                  -- NULL: nobody was there to be called
    deliveries INTEGER NOT NULL,     -- how many ways the person was tried; 0: none is known
    is_stand_in INTEGER NOT NULL,    -- not from the rota: a head, because the rota has a gap
    PRIMARY KEY (page_id, ordinal)
) STRICT, WITHOUT ROWID;

-- When whoever owes something is reminded: rows made from the duties of a case.
CREATE TABLE reminder (
    case_id TEXT NOT NULL,
    duty TEXT NOT NULL,
    opened_by TEXT NOT NULL,         -- filing
    name TEXT NOT NULL,              -- of the law's row
    owed_by TEXT NOT NULL,
    when_ms INTEGER NOT NULL,
    is_after INTEGER NOT NULL,
    done_ms INTEGER,
    outcome TEXT,                    -- sent, joined (a later one of the same duty went out), not_owed, nobody, off
    PRIMARY KEY (case_id, duty, opened_by, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX reminder_due ON reminder (when_ms) WHERE done_ms IS NULL;
-- Cases whose duties changed since their reminders were made; emptied within seconds.
CREATE TABLE reminder_case (
    case_id TEXT PRIMARY KEY NOT NULL
) STRICT, WITHOUT ROWID;
