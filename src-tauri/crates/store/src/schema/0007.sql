-- Readiness: checklists as they were when they were used, what people said of them, and what was measured for them.

-- Who can sign.
CREATE TABLE people (
    -- Statements name it: names may be written alike, and be given again.
    id           TEXT PRIMARY KEY,
    name         TEXT NOT NULL UNIQUE COLLATE NOCASE,
    -- JSON: ids of roles in checklists.
    roles        TEXT NOT NULL,
    -- Argon2id as a PHC string; NULL until its owner has set one.
    passphrase   TEXT,
    -- The same of the word that sets it, once; NULL where none is given out.
    word         TEXT,
    word_ends    TEXT,
    -- JSON: when wrong ones were typed lately.
    tries        TEXT NOT NULL DEFAULT '[]',
    paused_until TEXT,
    added        TEXT NOT NULL,
    added_by     TEXT NOT NULL,
    -- Since when they sign no more. Kept: whoever comes back under the name is the same person.
    forgotten    TEXT
) STRICT, WITHOUT ROWID;

-- Files of checklists, byte for byte, under their SHA-256. A copy keeps its version, whatever happens to the file.
CREATE TABLE checklist_versions (
    digest  TEXT PRIMARY KEY,
    content BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TRIGGER checklist_versions_stay BEFORE UPDATE ON checklist_versions BEGIN SELECT raise(ABORT, 'a version never changes'); END;

CREATE TABLE copies (
    number      INTEGER PRIMARY KEY AUTOINCREMENT,
    id          TEXT NOT NULL UNIQUE,
    system      TEXT NOT NULL,
    environment TEXT NOT NULL,
    checklist   TEXT NOT NULL,
    title       TEXT NOT NULL,
    release     TEXT NOT NULL,
    version     TEXT NOT NULL REFERENCES checklist_versions (digest),
    opened      TEXT NOT NULL,
    opened_by   TEXT NOT NULL,
    closed      TEXT,
    -- JSON: how it stood then.
    closing     TEXT
) STRICT;
CREATE UNIQUE INDEX copies_open ON copies (system, checklist, release) WHERE closed IS NULL;
CREATE INDEX copies_by_checklist ON copies (system, checklist, number);
CREATE TRIGGER copies_stay_closed BEFORE UPDATE ON copies WHEN OLD.closed IS NOT NULL BEGIN SELECT raise(ABORT, 'a closed copy never changes'); END;
CREATE TRIGGER copies_are_not_removed BEFORE DELETE ON copies BEGIN SELECT raise(ABORT, 'a copy is closed, not removed'); END;

-- What was said. Each holds the digest of the one before, and none is changed or removed: what no longer stands is revoked by another.
CREATE TABLE statements (
    copy       TEXT NOT NULL REFERENCES copies (id),
    -- Counted from 1 in its copy.
    number     INTEGER NOT NULL,
    kind       TEXT NOT NULL,
    item       TEXT,
    station    TEXT,
    gate       TEXT,
    action     TEXT,
    person     TEXT,
    signer     TEXT,
    role       TEXT,
    who        TEXT NOT NULL,
    at         TEXT NOT NULL,
    text       TEXT NOT NULL,
    until      TEXT,
    verdict    TEXT,
    score      INTEGER,
    shown      TEXT,
    revokes    INTEGER,
    -- JSON.
    attachment TEXT,
    previous   TEXT NOT NULL,
    digest     TEXT NOT NULL,
    PRIMARY KEY (copy, number)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER statements_stay BEFORE UPDATE ON statements BEGIN SELECT raise(ABORT, 'a statement never changes'); END;
CREATE TRIGGER statements_are_not_removed BEFORE DELETE ON statements BEGIN SELECT raise(ABORT, 'a statement is revoked by another'); END;

-- The newest measurement of each evidence.
CREATE TABLE measurements (
    copy        TEXT NOT NULL REFERENCES copies (id),
    -- ITEM/NUMBER.
    key         TEXT NOT NULL,
    -- Over what it says: while this stays, what was signed over it stays.
    outcome     TEXT NOT NULL,
    since       TEXT NOT NULL,
    measured    TEXT NOT NULL,
    -- JSON.
    measurement TEXT NOT NULL,
    PRIMARY KEY (copy, key)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER measurements_stay BEFORE INSERT ON measurements WHEN (SELECT closed FROM copies WHERE id = NEW.copy) IS NOT NULL
    BEGIN SELECT raise(ABORT, 'nothing is measured for a closed copy'); END;

-- The first measurement of each stretch that said the same.
CREATE TABLE measurement_changes (
    copy        TEXT NOT NULL,
    key         TEXT NOT NULL,
    since       TEXT NOT NULL,
    measurement TEXT NOT NULL,
    PRIMARY KEY (copy, key, since)
) STRICT, WITHOUT ROWID;
