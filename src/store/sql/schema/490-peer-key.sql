-- SPDX-License-Identifier: EUPL-1.2
-- Derived: each entry that ever stood for a peer, so that one sees which key of its node stood from when to when.
CREATE TABLE peer_entry (
    name TEXT NOT NULL,       -- as in peer: "state:FR"
    filing_id TEXT NOT NULL,
    key_field TEXT,           -- of the filing, with the verifier key of its node; NULL: none is said
    changed_ms INTEGER NOT NULL,
    PRIMARY KEY (name, filing_id)
);
INSERT INTO peer_entry (name, filing_id, key_field, changed_ms) SELECT name, filing_id, key_field, changed_ms FROM peer;
