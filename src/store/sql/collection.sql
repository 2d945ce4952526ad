-- SPDX-License-Identifier: EUPL-1.2
-- Collections: entries that states handed in, what is alike in them, and who may read them.

-- name: collection_sender_get
-- takes extract, state; gives case_id, filing_id, office, version, made_ms
SELECT case_id, filing_id, office, version, made_ms FROM collection_sender WHERE extract = $1 AND state = $2;

-- name: collection_sender_put
-- takes extract, state, case_id, filing_id, office, version, made_ms, received_ms, total, has_more, signature
INSERT INTO collection_sender (extract, state, case_id, filing_id, office, version, made_ms, received_ms, total, has_more, signature)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
ON CONFLICT (extract, state) DO UPDATE SET filing_id = excluded.filing_id, office = excluded.office, version = excluded.version,
    made_ms = excluded.made_ms, received_ms = excluded.received_ms, total = excluded.total, has_more = excluded.has_more, signature = excluded.signature;

-- name: collection_senders
-- takes extract; gives state, case_id, filing_id, office, version, made_ms, received_ms, total, has_more, signature, number of its entries here
SELECT s.state, s.case_id, s.filing_id, s.office, s.version, s.made_ms, s.received_ms, s.total, s.has_more, s.signature,
       (SELECT count(*) FROM collection_entry e WHERE e.extract = s.extract AND e.state = s.state)
FROM collection_sender s WHERE s.extract = $1 ORDER BY s.state;

-- name: collection_ids
-- takes extract, state; gives entity_id
SELECT entity_id FROM collection_entry WHERE extract = $1 AND state = $2 ORDER BY entity_id;

-- name: collection_entry_put
-- takes extract, state, entity_id, filing_id, attachment_id, received_ms, name, folded, types, content
INSERT INTO collection_entry (extract, state, entity_id, filing_id, attachment_id, received_ms, name, folded, types, content)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
ON CONFLICT (extract, state, entity_id) DO UPDATE SET filing_id = excluded.filing_id, attachment_id = excluded.attachment_id,
    received_ms = excluded.received_ms, name = excluded.name, folded = excluded.folded, types = excluded.types, content = excluded.content;

-- name: collection_entry_drop
-- takes extract, state, entity_id
DELETE FROM collection_entry WHERE extract = $1 AND state = $2 AND entity_id = $3;

-- name: collection_keys_drop
-- takes extract, state, entity_id
DELETE FROM collection_key WHERE extract = $1 AND state = $2 AND entity_id = $3;

-- name: collection_key_add
-- takes extract, key, state, entity_id
INSERT INTO collection_key (extract, key, state, entity_id) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING;

-- name: collection_of_filing
-- takes filing_id; gives extract, state, entity_id of the entries that came with it
SELECT extract, state, entity_id FROM collection_entry WHERE filing_id = $1 ORDER BY extract, state, entity_id;

-- name: collection_entry_get
-- takes extract, state, entity_id; gives state, entity_id, filing_id, attachment_id, received_ms, name, folded, types, content, case_id
SELECT e.state, e.entity_id, e.filing_id, e.attachment_id, e.received_ms, e.name, e.folded, e.types, e.content, s.case_id
FROM collection_entry e JOIN collection_sender s ON s.extract = e.extract AND s.state = e.state
WHERE e.extract = $1 AND e.state = $2 AND e.entity_id = $3;

-- name: collection_page
-- takes extract, folded name, state and entity_id after which to go on, number of rows, state or NULL, type or NULL, part of the folded name or NULL;
-- gives what collection_entry_get gives, by name
SELECT e.state, e.entity_id, e.filing_id, e.attachment_id, e.received_ms, e.name, e.folded, e.types, e.content, s.case_id
FROM collection_entry e JOIN collection_sender s ON s.extract = e.extract AND s.state = e.state
WHERE e.extract = $1 AND (e.folded, e.state, e.entity_id) > ($2, $3, $4) AND ($6 IS NULL OR e.state = $6)
  AND ($7 IS NULL OR EXISTS (SELECT 1 FROM json_each(e.types) t WHERE t.value = $7)) AND ($8 IS NULL OR instr(e.folded, $8) > 0)
ORDER BY e.folded, e.state, e.entity_id LIMIT $5;

-- name: collection_alike
-- takes extract, state, entity_id, STATE:ENTITY of the same; gives state, entity_id, key (NULL: none is alike), verdict (NULL: nobody said) of entries of
-- other states that are alike, or that a person compared with it
SELECT o.state, o.entity_id, min(o.key), min(p.verdict), min(p.filing_id) FROM collection_key k
JOIN collection_key o ON o.extract = k.extract AND o.key = k.key AND o.state <> k.state
LEFT JOIN collection_pair p ON p.extract = k.extract AND ((p.one = $4 AND p.other = o.state || ':' || o.entity_id) OR (p.other = $4 AND p.one = o.state || ':' || o.entity_id))
WHERE k.extract = $1 AND k.state = $2 AND k.entity_id = $3 GROUP BY o.state, o.entity_id
UNION ALL
SELECT e.state, e.entity_id, NULL, p.verdict, p.filing_id FROM collection_pair p
JOIN collection_entry e ON e.extract = p.extract AND e.state || ':' || e.entity_id = CASE WHEN p.one = $4 THEN p.other ELSE p.one END
WHERE p.extract = $1 AND (p.one = $4 OR p.other = $4) AND NOT EXISTS (SELECT 1 FROM collection_key k JOIN collection_key o ON o.extract = k.extract AND o.key = k.key
    WHERE k.extract = $1 AND k.state = $2 AND k.entity_id = $3 AND o.state = e.state AND o.entity_id = e.entity_id)
ORDER BY 1, 2;

-- name: collection_pairs
-- takes extract, STATE:ENTITY and STATE:ENTITY after which to go on, number of rows; gives both, one text that is alike, verdict (NULL: nobody said), filing_id
SELECT one, other, key, verdict, filing_id FROM (
    SELECT a.state || ':' || a.entity_id AS one, b.state || ':' || b.entity_id AS other, min(a.key) AS key, min(p.verdict) AS verdict, min(p.filing_id) AS filing_id
    FROM collection_key a JOIN collection_key b ON b.extract = a.extract AND b.key = a.key AND b.state > a.state
    LEFT JOIN collection_pair p ON p.extract = a.extract AND p.one = a.state || ':' || a.entity_id AND p.other = b.state || ':' || b.entity_id
    WHERE a.extract = $1 GROUP BY a.state, a.entity_id, b.state, b.entity_id) pairs
WHERE (one, other) > ($2, $3) ORDER BY one, other LIMIT $4;

-- name: collection_pair_put
-- takes extract, one, other, verdict, filing_id
INSERT INTO collection_pair (extract, one, other, verdict, filing_id) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (extract, one, other) DO UPDATE SET verdict = excluded.verdict, filing_id = excluded.filing_id;

-- name: collection_grant_add
-- takes filing_id, case_id, extract, office, bounds, granted_ms, until_ms
INSERT INTO collection_grant (filing_id, case_id, extract, office, bounds, granted_ms, until_ms) VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: collection_grants_end
-- takes case_id, ended_ms
UPDATE collection_grant SET ended_ms = $2 WHERE case_id = $1 AND ended_ms IS NULL;

-- name: collection_grants
-- takes extract; gives filing_id, case_id, office, bounds, granted_ms, until_ms, ended_ms; the latest first
SELECT filing_id, case_id, office, bounds, granted_ms, until_ms, ended_ms FROM collection_grant WHERE extract = $1
ORDER BY granted_ms DESC, filing_id LIMIT 500;

-- name: collection_grants_in_force
-- takes extract, office, now_ms; gives filing_id, bounds
SELECT filing_id, bounds FROM collection_grant WHERE extract = $1 AND office = $2 AND ended_ms IS NULL AND until_ms > $3 ORDER BY filing_id;

-- name: derived_clear_collection_sender
DELETE FROM collection_sender;
-- name: derived_clear_collection_entry
DELETE FROM collection_entry;
-- name: derived_clear_collection_key
DELETE FROM collection_key;
-- name: derived_clear_collection_pair
DELETE FROM collection_pair;
-- name: derived_clear_collection_grant
DELETE FROM collection_grant;
