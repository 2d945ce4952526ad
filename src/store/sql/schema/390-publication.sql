-- SPDX-License-Identifier: EUPL-1.2
-- What everybody may read.

-- Derived: each filing that was published; versions of one document share an address. Values stay in the filing.
CREATE TABLE publication (
    seq INTEGER PRIMARY KEY,        -- of the filing's record
    filing_id TEXT NOT NULL UNIQUE,
    id TEXT NOT NULL,               -- the address: the filing that published the first version
    version INTEGER NOT NULL,       -- from 1 under this address
    is_latest INTEGER NOT NULL,
    case_id TEXT NOT NULL,
    procedure TEXT NOT NULL,
    document TEXT NOT NULL,
    office TEXT,                    -- that filed it
    published_ms INTEGER NOT NULL,
    ended_ms INTEGER,               -- withdrawn, or replaced by a version that is not public
    calendar TEXT                   -- JSON: which field is start, end, title, place, about; NULL: it stands in no calendar
);
CREATE INDEX publication_by_id ON publication (id, version);
CREATE INDEX publication_latest ON publication (seq) WHERE is_latest = 1;
