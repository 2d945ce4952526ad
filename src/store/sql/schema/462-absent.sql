-- SPDX-License-Identifier: EUPL-1.2
-- Calls know of absences: whose turn it was, who was passed over because she is away.
ALTER TABLE page_call ADD COLUMN is_absent INTEGER NOT NULL DEFAULT 0;
