-- SPDX-License-Identifier: EUPL-1.2
-- Blocks, markings, disclosures, standing authorisations, peers.

-- name: block_add
-- takes filing_id, ordinal, case_id, kind, target, until_ms, placed_ms, office, content
INSERT INTO block (filing_id, ordinal, case_id, kind, target, until_ms, placed_ms, office, content) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9);

-- name: block_lift
-- takes filing_id that placed it, filing_id that lifts it, lifted_ms
UPDATE block SET lifted_by = $2, lifted_ms = $3 WHERE filing_id = $1 AND lifted_by IS NULL;

-- name: block_get
-- takes filing_id that placed it; gives case_id, kind, target, lifted_by, office, content
SELECT case_id, kind, target, lifted_by, office, content FROM block WHERE filing_id = $1 ORDER BY ordinal LIMIT 1;

-- name: blocks_of_case
-- takes case_id; gives filing_id, kind, target, until_ms, placed_ms, office, content of those in force
SELECT filing_id, kind, target, until_ms, placed_ms, office, content FROM block WHERE case_id = $1 AND lifted_by IS NULL ORDER BY filing_id, ordinal;

-- name: blocks_in_force
-- takes now_ms; gives filing_id, case_id, kind, target of those in force, of all cases
SELECT filing_id, case_id, kind, target FROM block WHERE lifted_by IS NULL AND until_ms > $1 ORDER BY case_id, filing_id, ordinal;

-- name: blocks_of_entity
-- takes entity_id, now_ms; gives case_id and target of those in force in its cases
SELECT DISTINCT b.case_id, b.target FROM block b JOIN case_file c ON c.id = b.case_id
WHERE c.entity_id = $1 AND b.lifted_by IS NULL AND b.until_ms > $2 ORDER BY b.case_id, b.target;

-- name: marking_put
-- takes target, name, case_id, label, audience, basis, set_by, office
INSERT INTO marking (target, name, case_id, label, audience, basis, set_by, office) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (target, name) DO UPDATE SET label = excluded.label, audience = excluded.audience, basis = excluded.basis,
    set_by = excluded.set_by, office = excluded.office;

-- name: markings_of_filing
-- takes target; gives name, label, audience, basis, set_by, office
SELECT name, label, audience, basis, set_by, office FROM marking WHERE target = $1 ORDER BY name;

-- name: disclosure_put
-- takes release_id, recipient, case_id, source_id, state, released_ms, changed_ms, content
INSERT INTO disclosure (release_id, recipient, case_id, source_id, state, released_ms, changed_ms, last_filing, content)
VALUES ($1, $2, $3, $4, $5, $6, $7, $1, $8)
ON CONFLICT (release_id, recipient) DO NOTHING;

-- name: disclosure_move
-- takes release_id, recipient, state, changed_ms, last_filing; what was recalled stays so until it is destroyed
UPDATE disclosure SET state = $3, changed_ms = $4, last_filing = $5
WHERE release_id = $1 AND recipient = $2 AND (recalled_by IS NULL OR $3 = 'destroyed');

-- name: disclosure_recall
-- takes release_id, recipient, changed_ms, filing_id that recalls it
UPDATE disclosure SET state = 'recalled', changed_ms = $3, last_filing = $4, recalled_by = $4
WHERE release_id = $1 AND recipient = $2 AND state IN ('released', 'handed_over', 'acknowledged', 'answered');

-- name: disclosure_get
-- takes release_id, recipient; gives case_id, source_id, state, released_ms, changed_ms, last_filing, recalled_by, content
SELECT case_id, source_id, state, released_ms, changed_ms, last_filing, recalled_by, content FROM disclosure
WHERE release_id = $1 AND recipient = $2;

-- name: disclosures_of_release
-- takes release_id; gives recipient, state, case_id, source_id, content
SELECT recipient, state, case_id, source_id, content FROM disclosure WHERE release_id = $1 ORDER BY recipient;

-- name: disclosures_of_source
-- takes source_id; gives release_id, recipient, state, content
SELECT release_id, recipient, state, content FROM disclosure WHERE source_id = $1 ORDER BY release_id, recipient;

-- name: disclosures_of_case
-- takes case_id; gives release_id, recipient, source_id, state, released_ms, changed_ms, last_filing, recalled_by, content
SELECT release_id, recipient, source_id, state, released_ms, changed_ms, last_filing, recalled_by, content FROM disclosure
WHERE case_id = $1 ORDER BY release_id, recipient;

-- name: disclosures_out
-- takes changed_ms, release_id, recipient before which to go on, 1 for those alone with which something is still to be done, number of rows;
-- gives release_id, recipient, case_id, source_id, state, released_ms, changed_ms, last changed first
SELECT release_id, recipient, case_id, source_id, state, released_ms, changed_ms FROM disclosure
WHERE (changed_ms, release_id, recipient) < ($1, $2, $3) AND ($4 = 0 OR state IN ('held', 'released', 'handed_over', 'recalled'))
ORDER BY changed_ms DESC, release_id DESC, recipient DESC LIMIT $5;

-- name: standing_add
-- takes filing_id, case_id, until_ms, content
INSERT INTO standing (filing_id, case_id, until_ms, content) VALUES ($1, $2, $3, $4);

-- name: standing_revoke
-- takes filing_id, filing_id that revokes it
UPDATE standing SET revoked_by = $2 WHERE filing_id = $1;

-- name: standing_in_force
-- takes now_ms; gives filing_id, case_id, until_ms, content
SELECT filing_id, case_id, until_ms, content FROM standing WHERE revoked_by IS NULL AND until_ms > $1 ORDER BY filing_id;

-- name: peer_put
-- takes name, way, filing_id, changed_ms, address_field, key_field
INSERT INTO peer (name, way, filing_id, changed_ms, address_field, key_field) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (name) DO UPDATE SET way = excluded.way, filing_id = excluded.filing_id, changed_ms = excluded.changed_ms,
  address_field = excluded.address_field, key_field = excluded.key_field;

-- name: peer_entry_add
-- takes name, filing_id, key_field, changed_ms
INSERT INTO peer_entry (name, filing_id, key_field, changed_ms) VALUES ($1, $2, $3, $4) ON CONFLICT (name, filing_id) DO NOTHING;

-- name: peer_entries
-- gives name, filing_id, key_field, changed_ms, case_id of all entries that ever stood for a peer, by name, oldest first
SELECT e.name, e.filing_id, e.key_field, e.changed_ms, f.case_id FROM peer_entry e JOIN filing f ON f.id = e.filing_id ORDER BY e.name, e.changed_ms, e.filing_id;

-- name: peer_get
-- takes name; gives way, filing_id, address_field, key_field
SELECT way, filing_id, address_field, key_field FROM peer WHERE name = $1;

-- name: peers
-- gives name, way, filing_id, changed_ms, case_id of that filing, released_ms of the last disclosure to it, how many are released and not handed over, and
-- handed over and not confirmed
SELECT p.name, p.way, p.filing_id, p.changed_ms, f.case_id,
       (SELECT max(d.released_ms) FROM disclosure d WHERE d.recipient = p.name),
       (SELECT count(*) FROM disclosure d WHERE d.recipient = p.name AND d.state = 'released'),
       (SELECT count(*) FROM disclosure d WHERE d.recipient = p.name AND d.state = 'handed_over')
FROM peer p JOIN filing f ON f.id = p.filing_id ORDER BY p.name;

-- name: derived_clear_block
DELETE FROM block;
-- name: derived_clear_marking
DELETE FROM marking;
-- name: derived_clear_disclosure
DELETE FROM disclosure;
-- name: derived_clear_standing
DELETE FROM standing;
-- name: derived_clear_peer_entry
DELETE FROM peer_entry;
-- name: derived_clear_peer
DELETE FROM peer;
