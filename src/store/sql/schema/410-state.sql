-- SPDX-License-Identifier: EUPL-1.2
-- What a state owes by the calendar.

-- Derived: obligations that recur, one row for each that was opened.
CREATE TABLE obligation (
    obligation TEXT NOT NULL,
    due_on TEXT NOT NULL,           -- the day, as 2027-04-17
    case_id TEXT NOT NULL,
    opened_by TEXT NOT NULL,        -- filing
    opened_seq INTEGER NOT NULL,
    opened_ms INTEGER NOT NULL,
    done_by TEXT,                   -- filing that says that it is fulfilled, or no longer owed
    done_filing TEXT,               -- filing that fulfilled it, where one was named
    done_ms INTEGER,
    PRIMARY KEY (obligation, due_on)
);
CREATE INDEX obligation_of_case ON obligation (case_id);
CREATE INDEX obligation_of_filing ON obligation (done_filing) WHERE done_filing IS NOT NULL;
CREATE INDEX filing_by_document ON filing (procedure, document, seq);
