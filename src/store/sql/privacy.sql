-- SPDX-License-Identifier: EUPL-1.2
-- What is held about one person, for herself; each statement takes her id ($1) and, where it says so, her pseudonym.
-- Columns whose name ends in _ms are instants.

-- name: privacy_account
-- takes person; gives login, name, language, pseudonym, is_administrator, is_disabled, created_ms
SELECT login, name, language, pseudonym, is_administrator, is_disabled, created_ms FROM person WHERE id = $1;

-- name: privacy_roles
-- takes person; gives office, role, sectors, granted_ms, revoked_ms
SELECT office, role, sectors, granted_ms, revoked_ms FROM role WHERE person_id = $1 ORDER BY granted_ms LIMIT 1000;

-- name: privacy_mandates
-- takes person; gives entity, scopes, ground, from_ms, until_ms, granted_ms, revoked_ms
SELECT entity, scopes, ground, from_ms, until_ms, granted_ms, revoked_ms FROM mandate WHERE person_id = $1 ORDER BY granted_ms LIMIT 1000;

-- name: privacy_sessions
-- takes person; gives id, created_ms, expires_ms
SELECT id, created_ms, expires_ms FROM session WHERE person_id = $1 ORDER BY created_ms LIMIT 1000;

-- name: privacy_tokens
-- takes person; gives id, name, scopes, created_ms, expires_ms, revoked_ms
SELECT id, name, scopes, created_ms, expires_ms, revoked_ms FROM token WHERE person_id = $1 ORDER BY created_ms LIMIT 1000;

-- name: privacy_passkeys
-- takes person; gives id, name, made_ms, used_ms
SELECT id, name, made_ms, used_ms FROM passkey WHERE person_id = $1 ORDER BY id LIMIT 1000;

-- name: privacy_events
-- takes person; gives kind, detail, at_ms; the newest
SELECT kind, detail, at_ms FROM access_event WHERE person_id = $1 ORDER BY id DESC LIMIT 1000;

-- name: privacy_readings
-- takes person; gives kind, resource, office, entity, readings, first_ms; the newest
SELECT kind, resource, office, entity, readings, first_ms FROM access_reading WHERE person_id = $1 ORDER BY id DESC LIMIT 1000;

-- name: privacy_channels
-- takes person; gives medium, address, language, confirmed_ms, failed_ms
SELECT medium, address, language, confirmed_ms, failed_ms FROM channel WHERE owner_kind = 'person' AND owner = $1 ORDER BY id LIMIT 100;

-- name: privacy_deliveries
-- takes person; gives kind, topic, case_id, medium, address, state, created_ms, sent_ms; the newest
SELECT kind, topic, case_id, medium, address, state, created_ms, sent_ms FROM delivery WHERE owner_kind = 'person' AND owner = $1
ORDER BY id DESC LIMIT 1000;

-- name: privacy_pages
-- takes person; gives page_id, step, at_ms; the newest
SELECT page_id, step, at_ms FROM page_call WHERE person_id = $1 ORDER BY at_ms DESC LIMIT 1000;

-- name: privacy_turns
-- takes person; gives office, step, from_ms, until_ms
SELECT office, step, from_ms, until_ms FROM rota_turn WHERE person_id = $1 ORDER BY from_ms LIMIT 1000;

-- name: privacy_drafts
-- takes person; gives id, changed_ms, expires_ms
SELECT id, changed_ms, expires_ms FROM draft WHERE person_id = $1 ORDER BY id LIMIT 1000;

-- name: privacy_attachments
-- takes person; gives id, name, media_type, size_bytes, case_id, filing_id, created_ms
SELECT id, name, media_type, size_bytes, case_id, filing_id, created_ms FROM attachment WHERE person_id = $1 ORDER BY id LIMIT 1000;

-- name: privacy_searches
-- takes person; gives case_id, ground, hits, at_ms
SELECT case_id, ground, hits, at_ms FROM privacy_search WHERE person_id = $1 ORDER BY id DESC LIMIT 1000;

-- name: privacy_filings
-- takes pseudonym, seq after which to go on, number of rows; gives seq, id, case_id
SELECT seq, id, case_id FROM filing WHERE filer = $1 AND seq > $2 ORDER BY seq LIMIT $3;

-- name: privacy_search_add
-- takes at_ms, person_id, case_id, ground, terms, hits
INSERT INTO privacy_search (at_ms, person_id, case_id, ground, terms, hits) VALUES ($1, $2, $3, $4, $5, $6);

-- name: privacy_entities_like
-- takes text to be found in the profile, lower case, number of rows; gives id
SELECT id FROM entity WHERE instr(lower(profile), $1) > 0 ORDER BY id LIMIT $2;

-- name: privacy_persons_like
-- takes part of a name or NULL, mail address or NULL, lower case; gives id
SELECT id FROM person WHERE ($1 IS NOT NULL AND instr(lower(name), $1) > 0) OR ($2 IS NOT NULL AND login = $2) ORDER BY id LIMIT 100;

-- name: privacy_filing_page
-- What is an entity's own is not searched for others. Takes seq after which to go on, number of rows; gives seq, id, case_id,
-- entity_id, document
SELECT seq, id, case_id, entity_id, document FROM filing WHERE seq > $1 AND workspace <> 'own' ORDER BY seq LIMIT $2;

-- name: privacy_shifts
-- takes person; gives begun_ms, since_ms
SELECT begun_ms, since_ms FROM desk_shift WHERE person_id = $1;

-- name: privacy_absences
-- takes person; gives from_ms, until_ms, noted_ms
SELECT from_ms, until_ms, noted_ms FROM desk_absence WHERE person_id = $1 ORDER BY from_ms LIMIT 1000;

-- name: privacy_links
-- takes person; gives provider, made_ms, used_ms
SELECT provider, made_ms, used_ms FROM person_link WHERE person_id = $1 ORDER BY id LIMIT 100;

-- name: privacy_firms
-- takes person; gives firm_id, is_manager, added_ms, ended_ms
SELECT firm_id, is_manager, added_ms, ended_ms FROM firm_member WHERE person_id = $1 ORDER BY added_ms LIMIT 1000;
