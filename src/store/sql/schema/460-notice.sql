-- SPDX-License-Identifier: EUPL-1.2
-- What people are told of claims and mandates, and whose task a delivery is. Not derived from the record, and backed up: a claim is none
-- of its filings, and what was told is not told again after a rebuild.

CREATE TABLE notice (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,              -- claim_waits, claim_granted, claim_refused, mandate_given, mandate_ends, mandate_ended,
                                     -- mandate_revoked; claim_again (a claim waits for another officer), mandate_dates (rows for its end are
                                     -- to be made): nobody is told of these two
    subject TEXT NOT NULL,           -- the claim, or the mandate
    audience TEXT,                   -- claim_waits: office:ID or entity:ID; NULL: whom it is for is to be found
    until_ms INTEGER,                -- the end of the mandate of which it speaks; another end since: nobody is told
    next_ms INTEGER NOT NULL,
    done_ms INTEGER,
    outcome TEXT                     -- sent, joined (told together with another), not_needed, nobody
) STRICT;
CREATE INDEX notice_due ON notice (next_ms) WHERE done_ms IS NULL;
CREATE INDEX notice_subject ON notice (subject, kind);
CREATE INDEX notice_audience ON notice (audience, done_ms) WHERE audience IS NOT NULL;
INSERT INTO notice (kind, subject, next_ms) SELECT 'mandate_dates', id, 0 FROM mandate WHERE revoked_ms IS NULL AND until_ms IS NOT NULL;

ALTER TABLE delivery ADD COLUMN office TEXT; -- whose task it is where it fails; NULL: any office of the kind
