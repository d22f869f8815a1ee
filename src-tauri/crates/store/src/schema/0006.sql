-- What people say about alerts. What the machine finds lies in a file of its own (alerts/schema.sql).
CREATE TABLE acknowledgements (
    alert TEXT PRIMARY KEY,
    who   TEXT NOT NULL,
    at    TEXT NOT NULL,
    note  TEXT NOT NULL,
    -- NULL: until it clears.
    until TEXT
) STRICT, WITHOUT ROWID;

CREATE TABLE silences (
    id       TEXT PRIMARY KEY,
    -- JSON: label, sign, value of each.
    matchers TEXT NOT NULL,
    begins   TEXT NOT NULL,
    ends     TEXT NOT NULL,
    who      TEXT NOT NULL,
    reason   TEXT NOT NULL,
    made     TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE maintenance (
    name   TEXT PRIMARY KEY,
    -- JSON: what is quiet, and when.
    agreed TEXT NOT NULL
) STRICT, WITHOUT ROWID;
