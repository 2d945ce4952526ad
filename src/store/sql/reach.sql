-- SPDX-License-Identifier: EUPL-1.2
-- Reaching people: channels, deliveries, rota, pages, reminders.

-- name: reach_due
-- takes now_ms; gives 1 where a message waits to be made into deliveries, a case's reminders are to be made, or a page, reminder or notice is
-- due
SELECT EXISTS (SELECT 1 FROM outbox WHERE next_ms <= $1)
    OR EXISTS (SELECT 1 FROM reminder_case)
    OR EXISTS (SELECT 1 FROM page WHERE acknowledged_ms IS NULL AND next_ms <= $1)
    OR EXISTS (SELECT 1 FROM reminder WHERE done_ms IS NULL AND when_ms <= $1)
    OR EXISTS (SELECT 1 FROM notice WHERE done_ms IS NULL AND next_ms <= $1);

-- name: reminder_case_mark
-- takes case_id
INSERT INTO reminder_case (case_id) VALUES ($1) ON CONFLICT (case_id) DO NOTHING;

-- name: reminder_case_take
-- takes number of rows; gives case_id
SELECT case_id FROM reminder_case ORDER BY case_id LIMIT $1;

-- name: reminder_case_done
-- takes case_id
DELETE FROM reminder_case WHERE case_id = $1;

-- name: reminder_put
-- takes case_id, duty, opened_by, name, owed_by, when_ms, is_after; one that was sent stays as it is, one that was not owed for a while
-- comes back
INSERT INTO reminder (case_id, duty, opened_by, name, owed_by, when_ms, is_after) VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (case_id, duty, opened_by, name) DO UPDATE SET when_ms = excluded.when_ms, is_after = excluded.is_after, done_ms = NULL, outcome = NULL
    WHERE reminder.done_ms IS NULL OR (reminder.outcome = 'not_owed' AND excluded.when_ms > reminder.done_ms);

-- name: reminder_end
-- takes case_id, duty, opened_by, done_ms, outcome: all of the duty that are not done
UPDATE reminder SET done_ms = $4, outcome = $5 WHERE case_id = $1 AND duty = $2 AND opened_by = $3 AND done_ms IS NULL;

-- name: reminders_due
-- takes now_ms, number of rows; gives case_id, owed_by, duty, opened_by, name, when_ms
SELECT case_id, owed_by, duty, opened_by, name, when_ms FROM reminder WHERE done_ms IS NULL AND when_ms <= $1
ORDER BY when_ms LIMIT $2;

-- name: reminders_take
-- takes case_id, owed_by, now_ms, outcome: all that are due are done
UPDATE reminder SET done_ms = $3, outcome = $4 WHERE case_id = $1 AND owed_by = $2 AND done_ms IS NULL AND when_ms <= $3;

-- name: reminders_of_case
-- takes case_id; gives duty, name, owed_by, when_ms, is_after, done_ms, outcome
SELECT duty, name, owed_by, when_ms, is_after, done_ms, outcome FROM reminder WHERE case_id = $1 ORDER BY when_ms, duty, name;

-- name: reminder_counts
-- takes now_ms; gives the number to come, and those that are due
SELECT count(*), coalesce(sum(when_ms <= $1), 0) FROM reminder WHERE done_ms IS NULL;

-- name: duties_of_case
-- takes case_id; gives duty, owed_by, due_ms, due_latest_ms, done_ms, content, procedure
SELECT duty, owed_by, due_ms, due_latest_ms, done_ms, content, procedure FROM duty WHERE case_id = $1 ORDER BY ordinal;

-- name: channel_add
-- takes id, owner_kind, owner, medium, address, language, openpgp, quiet_from, quiet_until, code_ms, confirmed_ms, created_ms, created_by
INSERT INTO channel (id, owner_kind, owner, medium, address, language, openpgp, quiet_from, quiet_until, code_ms, code_tries,
                     confirmed_ms, created_ms, created_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, $11, $12, $13);

-- name: channel_of_exercise
-- takes id: it was set on a node of exercises
UPDATE channel SET is_exercise = 1 WHERE id = $1;

-- name: channel_get
-- takes id; gives id, owner_kind, owner, medium, address, language, openpgp, quiet_from, quiet_until, code_ms, code_tries,
-- confirmed_ms, failed_ms, failure, created_ms
SELECT id, owner_kind, owner, medium, address, language, openpgp, quiet_from, quiet_until, code_ms, code_tries, confirmed_ms,
       failed_ms, failure, created_ms
FROM channel WHERE id = $1 AND removed_ms IS NULL;

-- name: channels_of
-- takes owner_kind, owner; gives the columns of channel_get
SELECT id, owner_kind, owner, medium, address, language, openpgp, quiet_from, quiet_until, code_ms, code_tries, confirmed_ms,
       failed_ms, failure, created_ms
FROM channel WHERE owner_kind = $1 AND owner = $2 AND removed_ms IS NULL ORDER BY id;

-- name: channels_made
-- takes person_id, created since; gives how many she has made, those removed included
SELECT count(*) FROM channel WHERE created_by = $1 AND created_ms >= $2;

-- name: channel_try
-- takes id: one more attempt at its code
UPDATE channel SET code_tries = code_tries + 1 WHERE id = $1;

-- name: channel_confirm
-- takes id, confirmed_ms
UPDATE channel SET confirmed_ms = $2, code_ms = NULL WHERE id = $1 AND removed_ms IS NULL;

-- name: channel_code
-- takes id, code_ms: a new code
UPDATE channel SET code_ms = $2, code_tries = 0 WHERE id = $1 AND removed_ms IS NULL;

-- name: channel_quiet
-- takes id, language, quiet_from, quiet_until
UPDATE channel SET language = $2, quiet_from = $3, quiet_until = $4 WHERE id = $1 AND removed_ms IS NULL;

-- name: channel_remove
-- takes id, owner_kind, owner, removed_ms; the key goes with it
UPDATE channel SET removed_ms = $4, openpgp = NULL WHERE id = $1 AND owner_kind = $2 AND owner = $3 AND removed_ms IS NULL;

-- name: channel_result
-- takes id, failed_ms or NULL, failure or NULL
UPDATE channel SET failed_ms = $2, failure = $3 WHERE id = $1;

-- name: person_brief
-- takes person_id; gives login, name, language, is_disabled, pseudonym
SELECT login, name, language, is_disabled, pseudonym FROM person WHERE id = $1;

-- name: person_by_pseudonym
-- takes pseudonym; gives id
SELECT id FROM person WHERE pseudonym = $1;

-- name: office_people
-- takes office, least role; gives person_id, role, name of those who are not shut out, heads first
SELECT r.person_id, r.role, p.name FROM role r JOIN person p ON p.id = r.person_id
WHERE r.office = $1 AND r.role >= $2 AND r.revoked_ms IS NULL AND p.is_disabled = 0 ORDER BY r.role DESC, r.person_id;

-- name: is_absent
-- takes person_id, instant; gives 1 where she is noted absent then, else 0
SELECT EXISTS (SELECT 1 FROM desk_absence WHERE person_id = $1 AND from_ms <= $2 AND until_ms > $2);

-- name: entity_people
-- takes entity, now_ms; gives person_id of those with a mandate to read in force, their own or under a firm's, who are not shut out
SELECT m.person_id FROM mandate m JOIN person p ON p.id = m.person_id
WHERE m.entity = $1 AND m.revoked_ms IS NULL AND m.from_ms <= $2 AND (m.until_ms IS NULL OR m.until_ms > $2)
  AND (m.scopes & 1) = 1 AND p.is_disabled = 0
UNION SELECT a.person_id FROM mandate m JOIN mandate_assignment a ON a.mandate_id = m.id JOIN person p ON p.id = a.person_id
WHERE m.entity = $1 AND m.revoked_ms IS NULL AND m.from_ms <= $2 AND (m.until_ms IS NULL OR m.until_ms > $2)
  AND (m.scopes & a.scopes & 1) = 1 AND a.ended_ms IS NULL AND p.is_disabled = 0
ORDER BY 1 LIMIT 200;

-- name: entity_contacts
-- takes entity; gives profile
SELECT profile FROM entity WHERE id = $1;

-- name: delivery_add
-- takes kind, topic, priority, case_id, filing_id, entity_id, page_id, office_kind, owner_kind, owner, channel_id, medium, address,
-- language, words, state, created_ms, next_ms, failure, office
INSERT INTO delivery (kind, topic, priority, case_id, filing_id, entity_id, page_id, office_kind, owner_kind, owner, channel_id,
                      medium, address, language, words, state, created_ms, next_ms, failure, office)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20);

-- name: delivery_last
-- gives the id of the delivery that was added last
SELECT max(id) FROM delivery;

-- name: delivery_due
-- takes now_ms; gives 1 where one is due that is no mail, and 1 where one is due that is mail
SELECT EXISTS (SELECT 1 FROM delivery WHERE state = 'waiting' AND next_ms <= $1 AND medium <> 'mail'),
       EXISTS (SELECT 1 FROM delivery WHERE state = 'waiting' AND next_ms <= $1 AND medium = 'mail');

-- name: delivery_take
-- takes now_ms, number of rows, medium that is left out; gives id, kind, topic, case_id, filing_id, entity_id, page_id, owner_kind,
-- owner, channel_id, medium, address, language, words, attempts, created_ms, openpgp of the channel, 1 where that was set on a node of exercises
SELECT d.id, d.kind, d.topic, d.case_id, d.filing_id, d.entity_id, d.page_id, d.owner_kind, d.owner, d.channel_id, d.medium,
       d.address, d.language, d.words, d.attempts, d.created_ms, c.openpgp, coalesce(c.is_exercise, 0)
FROM delivery d LEFT JOIN channel c ON c.id = d.channel_id
WHERE d.state = 'waiting' AND d.next_ms <= $1 AND d.medium <> $3 ORDER BY d.priority, d.next_ms, d.id LIMIT $2;

-- name: delivery_sending
-- takes id, tried_ms
UPDATE delivery SET state = 'sending', attempts = attempts + 1, tried_ms = $2 WHERE id = $1;

-- name: delivery_apart
-- takes id, why it can't be sent from here: it has failed, and so is a task
UPDATE delivery SET state = 'failed', next_ms = 9223372036854775807, failure = $2 WHERE id = $1 AND state = 'waiting';

-- name: delivery_held
-- takes id, next_ms: its case is held back
UPDATE delivery SET next_ms = $2, failure = 'the case is held back: nothing leaves' WHERE id = $1 AND state = 'waiting';

-- name: delivery_put_off
-- takes id, next_ms
UPDATE delivery SET next_ms = $2 WHERE id = $1 AND state = 'waiting';

-- name: delivery_state
-- takes id; gives state, attempts, kind, channel_id, created_ms, medium, page_id, case_id
SELECT state, attempts, kind, channel_id, created_ms, medium, page_id, case_id FROM delivery WHERE id = $1;

-- name: delivery_sent
-- takes id, sent_ms
UPDATE delivery SET state = 'sent', sent_ms = $2, next_ms = 9223372036854775807, failure = NULL
WHERE id = $1 AND state IN ('sending', 'asking', 'waiting');

-- name: delivery_failed
-- takes id, failure
UPDATE delivery SET state = 'failed', next_ms = 9223372036854775807, failure = $2 WHERE id = $1 AND state <> 'dropped';

-- name: delivery_dropped
-- takes id, why
UPDATE delivery SET state = 'dropped', next_ms = 9223372036854775807, failure = $2 WHERE id = $1;

-- name: delivery_again
-- takes id, next_ms, failure
UPDATE delivery SET state = 'waiting', next_ms = $2, failure = $3 WHERE id = $1 AND state IN ('sending', 'asking');

-- name: delivery_unsent
-- takes id, next_ms, failure: nothing was tried, so nothing counts
UPDATE delivery SET state = 'waiting', next_ms = $2, failure = $3, attempts = attempts - 1 WHERE id = $1 AND state = 'sending';

-- name: delivery_ask
-- takes tried before; mail with a copy in the mailbox: it is asked
UPDATE delivery SET state = 'asking' WHERE state = 'sending' AND tried_ms < $1 AND medium = 'mail' AND kind <> 'page';

-- name: delivery_resend
-- takes tried before, next_ms: all others are sent again
UPDATE delivery SET state = 'waiting', next_ms = $2, failure = 'the node ended before it knew whether this was sent'
WHERE state = 'sending' AND tried_ms < $1;

-- name: delivery_not_found
-- takes tried before, next_ms: asked about, and not found
UPDATE delivery SET state = 'waiting', next_ms = $2, failure = 'the node ended before it knew whether this was sent'
WHERE state = 'asking' AND tried_ms < $1;

-- name: delivery_unclear_count
-- takes tried before; gives the number of those that are sending since then, and of those asked about
SELECT coalesce(sum(state = 'sending' AND tried_ms < $1), 0), coalesce(sum(state = 'asking'), 0) FROM delivery
WHERE state IN ('sending', 'asking');

-- name: delivery_waits
-- takes kind, case_id, address; gives 1 where such a one waits already
SELECT EXISTS (SELECT 1 FROM delivery WHERE case_id = $2 AND kind = $1 AND address = $3 AND state = 'waiting');

-- name: deliveries_drop_of_page
-- takes page_id: those of an acknowledged page that still wait
UPDATE delivery SET state = 'dropped', next_ms = 9223372036854775807, failure = 'acknowledged' WHERE page_id = $1 AND state = 'waiting';

-- name: deliveries_of_case
-- takes case_id, id before which to go on, number of rows; gives id, kind, topic, state, owner_kind, owner, medium, address, attempts,
-- created_ms, tried_ms, sent_ms, next_ms, failure, closed_ms, closed_words, case_id, filing_id, page_id, office_kind, entity_id, person's name,
-- office
SELECT d.id, d.kind, d.topic, d.state, d.owner_kind, d.owner, d.medium, d.address, d.attempts, d.created_ms, d.tried_ms, d.sent_ms,
       d.next_ms, d.failure, d.closed_ms, d.closed_words, d.case_id, d.filing_id, d.page_id, d.office_kind, d.entity_id, p.name, d.office
FROM delivery d LEFT JOIN person p ON d.owner_kind = 'person' AND p.id = d.owner
WHERE d.case_id = $1 AND d.id < $2 ORDER BY d.id DESC LIMIT $3;

-- name: deliveries_failed
-- takes kinds of office (JSON array), id after which to go on, number of rows, offices (JSON array); gives the columns of
-- deliveries_of_case
SELECT d.id, d.kind, d.topic, d.state, d.owner_kind, d.owner, d.medium, d.address, d.attempts, d.created_ms, d.tried_ms, d.sent_ms,
       d.next_ms, d.failure, d.closed_ms, d.closed_words, d.case_id, d.filing_id, d.page_id, d.office_kind, d.entity_id, p.name, d.office
FROM delivery d LEFT JOIN person p ON d.owner_kind = 'person' AND p.id = d.owner
WHERE d.office_kind IN (SELECT value FROM json_each($1)) AND d.state = 'failed' AND d.closed_ms IS NULL AND d.id > $2
  AND (d.office IS NULL OR d.office IN (SELECT value FROM json_each($4)))
ORDER BY d.id LIMIT $3;

-- name: deliveries_of_offices
-- takes kinds of office (JSON array), id before which to go on, number of rows, offices (JSON array), states (JSON array); gives the columns
-- of deliveries_of_case, newest first
SELECT d.id, d.kind, d.topic, d.state, d.owner_kind, d.owner, d.medium, d.address, d.attempts, d.created_ms, d.tried_ms, d.sent_ms,
       d.next_ms, d.failure, d.closed_ms, d.closed_words, d.case_id, d.filing_id, d.page_id, d.office_kind, d.entity_id, p.name, d.office
FROM delivery d LEFT JOIN person p ON d.owner_kind = 'person' AND p.id = d.owner
WHERE d.state IN (SELECT value FROM json_each($5)) AND d.office_kind IN (SELECT value FROM json_each($1)) AND d.id < $2
  AND (d.office IS NULL OR d.office IN (SELECT value FROM json_each($4)))
ORDER BY d.id DESC LIMIT $3;

-- name: delivery_get
-- takes id; gives the columns of deliveries_of_case
SELECT d.id, d.kind, d.topic, d.state, d.owner_kind, d.owner, d.medium, d.address, d.attempts, d.created_ms, d.tried_ms, d.sent_ms,
       d.next_ms, d.failure, d.closed_ms, d.closed_words, d.case_id, d.filing_id, d.page_id, d.office_kind, d.entity_id, p.name, d.office
FROM delivery d LEFT JOIN person p ON d.owner_kind = 'person' AND p.id = d.owner
WHERE d.id = $1;

-- name: delivery_close
-- takes id, closed_ms, closed_by, words
UPDATE delivery SET closed_ms = $2, closed_by = $3, closed_words = $4 WHERE id = $1 AND state = 'failed' AND closed_ms IS NULL;

-- name: delivery_try_again
-- takes id, next_ms
UPDATE delivery SET state = 'waiting', next_ms = $2, attempts = 0, created_ms = $2 WHERE id = $1 AND state = 'failed' AND closed_ms IS NULL;

-- name: deliveries_erase
-- takes entity: addresses of its contacts came out of fields; what still waits for one fails, which is a task
UPDATE delivery SET address = '', failure = CASE WHEN state = 'waiting' THEN 'the address was erased' ELSE NULL END,
    next_ms = 9223372036854775807, state = CASE WHEN state = 'waiting' THEN 'failed' ELSE state END
WHERE owner_kind = 'entity' AND owner = $1 AND state IN ('waiting', 'sent', 'failed', 'dropped') AND address <> '';

-- name: delivery_counts
-- gives state and number; failed: only those that nobody has seen to
SELECT state, count(*) FROM delivery WHERE state IN ('waiting', 'sending', 'asking') OR (state = 'failed' AND closed_ms IS NULL)
GROUP BY state ORDER BY state;

-- name: delivery_expire
-- takes the oldest created_ms to keep: those done are forgotten
DELETE FROM delivery WHERE created_ms < $1 AND (state IN ('sent', 'dropped') OR (state = 'failed' AND closed_ms IS NOT NULL));

-- name: rota_get
-- takes office; gives version, changed_ms, changed_by
SELECT version, changed_ms, changed_by FROM rota WHERE office = $1;

-- name: rota_put
-- takes office, version, changed_ms, changed_by
INSERT INTO rota (office, version, changed_ms, changed_by) VALUES ($1, $2, $3, $4)
ON CONFLICT (office) DO UPDATE SET version = excluded.version, changed_ms = excluded.changed_ms, changed_by = excluded.changed_by;

-- name: rota_clear
-- takes office
DELETE FROM rota_turn WHERE office = $1;

-- name: rota_turn_add
-- takes office, step, from_ms, until_ms, person_id
INSERT INTO rota_turn (office, step, from_ms, until_ms, person_id) VALUES ($1, $2, $3, $4, $5);

-- name: rota_turns
-- takes office, the oldest end; gives step, from_ms, until_ms, person_id, name
SELECT t.step, t.from_ms, t.until_ms, t.person_id, p.name FROM rota_turn t LEFT JOIN person p ON p.id = t.person_id
WHERE t.office = $1 AND t.until_ms > $2 ORDER BY t.from_ms, t.step;

-- name: rota_at
-- takes office, step, instant; gives person_id of who is on call and may act for the office, 1 where she is noted absent else 0
SELECT t.person_id, EXISTS (SELECT 1 FROM desk_absence a WHERE a.person_id = t.person_id AND a.from_ms <= $3 AND a.until_ms > $3)
FROM rota_turn t
WHERE t.office = $1 AND t.step = $2 AND t.from_ms <= $3 AND t.until_ms > $3
  AND EXISTS (SELECT 1 FROM role r JOIN person p ON p.id = r.person_id
              WHERE r.person_id = t.person_id AND r.office = t.office AND r.revoked_ms IS NULL AND p.is_disabled = 0);

-- name: rota_absences
-- takes office, instants from and until; gives person_id, from_ms, until_ms of absences in that time of people with a turn
SELECT a.person_id, a.from_ms, a.until_ms FROM desk_absence a
WHERE a.until_ms > $2 AND a.from_ms < $3 AND a.person_id IN (SELECT t.person_id FROM rota_turn t WHERE t.office = $1 AND t.until_ms > $2)
ORDER BY a.from_ms, a.until_ms LIMIT 1000;

-- name: page_add
-- takes id, office, office_kind, case_id, filing_id, topic, words, opened_ms
INSERT INTO page (id, office, office_kind, case_id, filing_id, topic, words, opened_ms, step, calls, next_ms)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, 0, $8);

-- name: page_is_open
-- takes case_id, office; gives 1 where that office is being called for the case
SELECT EXISTS (SELECT 1 FROM page WHERE case_id = $1 AND office = $2 AND acknowledged_ms IS NULL);

-- name: pages_due
-- takes now_ms, number of rows; gives id, office, office_kind, case_id, filing_id, topic, words, step, calls
SELECT id, office, office_kind, case_id, filing_id, topic, words, step, calls FROM page
WHERE acknowledged_ms IS NULL AND next_ms <= $1 ORDER BY next_ms, id LIMIT $2;

-- name: pages_due_together
-- takes now_ms, from how many on; gives office, office_kind, step: those due at one step of an office that are called for together: all that come
-- back to the head, and of the others floods
SELECT office, office_kind, step FROM page WHERE acknowledged_ms IS NULL AND next_ms <= $1
GROUP BY office, office_kind, step HAVING step >= 3 OR count(*) > $2 ORDER BY office, step;

-- name: pages_due_first
-- takes now_ms, office, step; gives the columns of pages_due of the oldest
SELECT id, office, office_kind, case_id, filing_id, topic, words, step, calls FROM page
WHERE acknowledged_ms IS NULL AND next_ms <= $1 AND office = $2 AND step = $3 ORDER BY opened_ms, id LIMIT 1;

-- name: page_calls_join
-- takes now_ms, office, step, page that was called for, its first call of those, number of rows; notes its calls at the others that are due with it
INSERT INTO page_call (page_id, ordinal, at_ms, step, person_id, deliveries, is_stand_in, is_absent)
SELECT p.id, (SELECT count(*) FROM page_call c WHERE c.page_id = p.id) + k.ordinal - $5, k.at_ms, k.step, k.person_id, k.deliveries, k.is_stand_in, k.is_absent
FROM (SELECT id FROM page WHERE acknowledged_ms IS NULL AND next_ms <= $1 AND office = $2 AND step = $3 ORDER BY opened_ms, id LIMIT $6) AS p
JOIN page_call k ON k.page_id = $4 AND k.ordinal >= $5 WHERE p.id <> $4;

-- name: pages_called_together
-- takes now_ms, office, step, number of rows, step now, pause; the pause doubles from the fourth call on, to sixteen times
UPDATE page SET step = $5, calls = calls + 1,
    next_ms = $1 + $6 * CASE WHEN calls < 4 THEN 1 WHEN calls < 5 THEN 2 WHEN calls < 6 THEN 4 WHEN calls < 7 THEN 8 ELSE 16 END
WHERE id IN (SELECT id FROM page WHERE acknowledged_ms IS NULL AND next_ms <= $1 AND office = $2 AND step = $3 ORDER BY opened_ms, id LIMIT $4);

-- name: pages_waiting
-- takes office; gives how many of its calls nobody has taken
SELECT count(*) FROM page WHERE office = $1 AND acknowledged_ms IS NULL;

-- name: page_called
-- takes id, step, next_ms
UPDATE page SET step = $2, calls = calls + 1, next_ms = $3 WHERE id = $1 AND acknowledged_ms IS NULL;

-- name: page_call_add
-- takes page_id, ordinal, at_ms, step, person_id, deliveries, is_stand_in, is_absent
INSERT INTO page_call (page_id, ordinal, at_ms, step, person_id, deliveries, is_stand_in, is_absent) VALUES ($1, $2, $3, $4, $5, $6, $7, $8);

-- name: page_calls
-- takes page_id; gives at_ms, step, person_id, name, deliveries, is_stand_in, is_absent
SELECT c.at_ms, c.step, c.person_id, p.name, c.deliveries, c.is_stand_in, c.is_absent FROM page_call c LEFT JOIN person p ON p.id = c.person_id
WHERE c.page_id = $1 ORDER BY c.ordinal;

-- name: page_call_count
-- takes page_id; gives the number of its calls
SELECT count(*) FROM page_call WHERE page_id = $1;

-- name: page_get
-- takes id; gives id, office, office_kind, case_id, filing_id, topic, opened_ms, step, next_ms, acknowledged_ms, acknowledged_by,
-- acknowledged_how, name of who did
SELECT g.id, g.office, g.office_kind, g.case_id, g.filing_id, g.topic, g.opened_ms, g.step, g.next_ms, g.acknowledged_ms,
       g.acknowledged_by, g.acknowledged_how, p.name
FROM page g LEFT JOIN person p ON p.id = g.acknowledged_by WHERE g.id = $1;

-- name: pages_list
-- takes office, opened_ms and id before which to go on, number of rows; gives the columns of page_get
SELECT g.id, g.office, g.office_kind, g.case_id, g.filing_id, g.topic, g.opened_ms, g.step, g.next_ms, g.acknowledged_ms,
       g.acknowledged_by, g.acknowledged_how, p.name
FROM page g LEFT JOIN person p ON p.id = g.acknowledged_by
WHERE g.office = $1 AND (g.opened_ms, g.id) < ($2, $3)
ORDER BY g.opened_ms DESC, g.id DESC LIMIT $4;

-- name: pages_list_open
-- The same of those that nobody has taken.
SELECT g.id, g.office, g.office_kind, g.case_id, g.filing_id, g.topic, g.opened_ms, g.step, g.next_ms, g.acknowledged_ms,
       g.acknowledged_by, g.acknowledged_how, p.name
FROM page g LEFT JOIN person p ON p.id = g.acknowledged_by
WHERE g.office = $1 AND g.acknowledged_ms IS NULL AND (g.opened_ms, g.id) < ($2, $3)
ORDER BY g.opened_ms DESC, g.id DESC LIMIT $4;

-- name: pages_list_of_case
-- The same of one case: takes as well 1 for only those that nobody has taken else 0, case_id
SELECT g.id, g.office, g.office_kind, g.case_id, g.filing_id, g.topic, g.opened_ms, g.step, g.next_ms, g.acknowledged_ms,
       g.acknowledged_by, g.acknowledged_how, p.name
FROM page g LEFT JOIN person p ON p.id = g.acknowledged_by
WHERE g.case_id = $6 AND g.office = $1 AND (g.opened_ms, g.id) < ($2, $3) AND ($5 = 0 OR g.acknowledged_ms IS NULL)
ORDER BY g.opened_ms DESC, g.id DESC LIMIT $4;

-- name: page_acknowledge
-- takes id, acknowledged_ms, person_id or NULL, how
UPDATE page SET acknowledged_ms = $2, acknowledged_by = $3, acknowledged_how = $4, next_ms = 9223372036854775807
WHERE id = $1 AND acknowledged_ms IS NULL;

-- name: pages_open_of_case
-- takes case_id, kind of office; gives id
SELECT id FROM page WHERE case_id = $1 AND office_kind = $2 AND acknowledged_ms IS NULL;

-- name: page_counts
-- gives the number that nobody has acknowledged, and of those the ones that went to the head already
SELECT count(*), coalesce(sum(step >= 3), 0) FROM page WHERE acknowledged_ms IS NULL;
