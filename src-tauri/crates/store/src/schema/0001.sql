-- Instants are RFC 3339 text in UTC with milliseconds: their text order is their time order. Paths have the wire form of model::path.

CREATE TABLE systems (
    name        TEXT PRIMARY KEY,
    environment TEXT NOT NULL,
    owner       TEXT,
    folder      TEXT,
    repository  TEXT NOT NULL,
    -- A reference (file: or env:), never a value.
    password    TEXT,
    added_at    TEXT NOT NULL
) STRICT;

-- Ids are random and never reused: a component that is forgotten and added again is another component.
CREATE TABLE components (
    id       TEXT PRIMARY KEY,
    system   TEXT NOT NULL REFERENCES systems (name) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    name     TEXT NOT NULL,
    path     TEXT NOT NULL,
    UNIQUE (system, name)
) STRICT;
CREATE INDEX components_by_path ON components (path);

CREATE TABLE objectives (
    system   TEXT NOT NULL REFERENCES systems (name) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    scenario TEXT NOT NULL,
    rto_ms   INTEGER NOT NULL,
    rpo_ms   INTEGER NOT NULL,
    PRIMARY KEY (system, position)
) STRICT;

CREATE TABLE grants (
    who        TEXT NOT NULL,
    role       TEXT NOT NULL,
    granted_by TEXT NOT NULL,
    granted_at TEXT NOT NULL,
    PRIMARY KEY (who, role)
) STRICT;

-- The process that runs a job holds a lock on the file named by `process`; where that lock can be taken, the process is gone.
CREATE TABLE jobs (
    id               INTEGER PRIMARY KEY AUTOINCREMENT,
    operation        TEXT NOT NULL,
    title            TEXT NOT NULL,
    system           TEXT,
    target           TEXT,
    environment      TEXT,
    state            TEXT NOT NULL,
    phases           TEXT NOT NULL,
    progress         TEXT,
    who              TEXT NOT NULL,
    face             TEXT NOT NULL,
    created_at       TEXT NOT NULL,
    finished_at      TEXT,
    request          TEXT NOT NULL,
    report           TEXT,
    fault            TEXT,
    recovery         TEXT,
    process          TEXT NOT NULL,
    cancel_requested INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX jobs_by_state ON jobs (state);
CREATE INDEX jobs_by_system ON jobs (system, id);

-- Half-done steps. A row stands here from before the step until after it; whatever stands here when its process is gone is finished or undone.
CREATE TABLE intents (
    id   INTEGER PRIMARY KEY AUTOINCREMENT,
    job  INTEGER NOT NULL REFERENCES jobs (id),
    body TEXT NOT NULL
) STRICT;
CREATE INDEX intents_by_job ON intents (job);

-- Each line holds the digest of the line before.
CREATE TABLE audit (
    number    INTEGER PRIMARY KEY,
    at        TEXT NOT NULL,
    who       TEXT NOT NULL,
    face      TEXT NOT NULL,
    operation TEXT NOT NULL,
    target    TEXT NOT NULL,
    outcome   TEXT NOT NULL,
    detail    TEXT NOT NULL,
    previous  TEXT NOT NULL,
    digest    TEXT NOT NULL
) STRICT;

-- What is known of snapshots; they themselves live in their repositories. A manifest never changes, so it is read from there once.
CREATE TABLE manifests (
    snapshot TEXT PRIMARY KEY,
    system   TEXT NOT NULL,
    manifest TEXT NOT NULL,
    added    INTEGER NOT NULL
) STRICT;
CREATE INDEX manifests_by_system ON manifests (system);
CREATE TABLE levels (
    snapshot   TEXT NOT NULL,
    level      TEXT NOT NULL,
    reached_at TEXT NOT NULL,
    PRIMARY KEY (snapshot, level)
) STRICT;
CREATE TABLE row_counts (
    snapshot   TEXT NOT NULL,
    component  TEXT NOT NULL,
    counted    TEXT NOT NULL,
    counted_at TEXT NOT NULL,
    PRIMARY KEY (snapshot, component)
) STRICT;
CREATE TABLE pins (
    snapshot TEXT PRIMARY KEY,
    until    TEXT NOT NULL,
    job      INTEGER NOT NULL REFERENCES jobs (id)
) STRICT;
CREATE TABLE kits (
    system  TEXT NOT NULL,
    made_at TEXT NOT NULL
) STRICT;
