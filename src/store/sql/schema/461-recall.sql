-- SPDX-License-Identifier: EUPL-1.2
-- Recalls are told of by rows of notice too: kind recall_made (the rows are to be made) and recall, subject the release, audience the
-- recipient ("state:FR").
-- Derived, as the rest of the table: the field of the peer's entry that holds the mail address for what is no content; NULL: none.
ALTER TABLE peer ADD COLUMN address_field TEXT;
