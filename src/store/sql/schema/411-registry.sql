-- SPDX-License-Identifier: EUPL-1.2
-- What was drawn from the register for others.

-- Derived: entries as they were forwarded last.
CREATE TABLE registry_sent (
    extract TEXT NOT NULL,
    entity_id TEXT NOT NULL,
    mark TEXT NOT NULL,             -- keyed hash of what was sent
    filing_id TEXT NOT NULL,
    PRIMARY KEY (extract, entity_id)
);

-- Derived: numbers of entities as they were reported.
CREATE TABLE registry_numbers (
    filing_id TEXT NOT NULL PRIMARY KEY,
    made_ms INTEGER NOT NULL,
    content TEXT NOT NULL           -- JSON: {"article","mode","cells":[[provision,class,sector,subsector,type,count]]}
);
