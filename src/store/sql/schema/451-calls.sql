-- SPDX-License-Identifier: EUPL-1.2
-- Calls of an office, newest first, and those that nobody has taken; messages of a call that still wait, and what is due of all that wait.
CREATE INDEX page_of_office ON page (office, opened_ms, id);
CREATE INDEX page_open ON page (office, opened_ms, id) WHERE acknowledged_ms IS NULL;
CREATE INDEX delivery_of_page ON delivery (page_id) WHERE page_id IS NOT NULL AND state = 'waiting';
CREATE INDEX delivery_waiting ON delivery (next_ms, medium) WHERE state = 'waiting';
