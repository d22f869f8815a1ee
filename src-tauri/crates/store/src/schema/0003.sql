-- Schedules, drills, checks of repositories: what ran, when, and with which result.
-- What a component is: sqlite or directory.
ALTER TABLE components ADD COLUMN kind TEXT NOT NULL DEFAULT 'sqlite';

-- Restores to scratch. A row stands here from the beginning of the drill; times and figures are absent until they are measured.
CREATE TABLE drills (
    job             INTEGER PRIMARY KEY REFERENCES jobs (id),
    system          TEXT NOT NULL,
    environment     TEXT NOT NULL,
    component       TEXT,
    snapshot        TEXT NOT NULL,
    cut_at          TEXT NOT NULL,
    started_at      TEXT NOT NULL,
    outcome         TEXT NOT NULL,
    sentence        TEXT NOT NULL,
    fetch_ms        INTEGER,
    verify_ms       INTEGER,
    checks_ms       INTEGER,
    total_ms        INTEGER,
    measured_rto_ms INTEGER,
    measured_rpo_ms INTEGER,
    age_ms          INTEGER NOT NULL,
    -- What was promised then.
    rto_ms          INTEGER,
    rpo_ms          INTEGER,
    components      TEXT NOT NULL,
    fault           TEXT,
    evidence        TEXT
) STRICT;
CREATE INDEX drills_by_system ON drills (system, job);
-- When each pack of a repository (its folder) was last read again, and what was wrong in it then: `broken` holds the names of the pieces
-- that could not be read, as JSON.
CREATE TABLE pack_reads (
    repository TEXT NOT NULL,
    pack       TEXT NOT NULL,
    read_at    TEXT NOT NULL,
    ok         INTEGER NOT NULL,
    broken     TEXT NOT NULL,
    PRIMARY KEY (repository, pack)
) STRICT;
-- What checks of a repository found, as JSON; the newest is what pages show.
CREATE TABLE repository_checks (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    repository TEXT NOT NULL,
    checked_at TEXT NOT NULL,
    result     TEXT NOT NULL
) STRICT;
CREATE INDEX repository_checks_by_repository ON repository_checks (repository, id);
-- Snapshots that the newest check found damaged, with the reason as JSON.
CREATE TABLE affected (
    snapshot   TEXT PRIMARY KEY,
    repository TEXT NOT NULL,
    affected   TEXT NOT NULL
) STRICT;

-- Which snapshots of a system stay, where its definition does not say it.
CREATE TABLE keep_rules (
    system TEXT PRIMARY KEY REFERENCES systems (name) ON DELETE CASCADE,
    rules  TEXT NOT NULL,
    set_by TEXT NOT NULL,
    set_at TEXT NOT NULL
) STRICT;

-- Pins by people. Those of jobs are in `pins`: neither takes the other away.
CREATE TABLE people_pins (
    snapshot  TEXT PRIMARY KEY,
    reason    TEXT NOT NULL,
    -- NULL for a pin without an end.
    until     TEXT,
    pinned_by TEXT NOT NULL,
    pinned_at TEXT NOT NULL
) STRICT;

-- What a system does at set times, where its definition does not say.
CREATE TABLE schedules (
    system   TEXT NOT NULL REFERENCES systems (name) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    name     TEXT NOT NULL,
    runs     TEXT NOT NULL,
    cron     TEXT NOT NULL,
    zone     TEXT NOT NULL,
    enabled  INTEGER NOT NULL,
    PRIMARY KEY (system, name)
) STRICT;
-- Since when a schedule, wherever it was written, has been as it is: moments before that are not missed.
CREATE TABLE schedules_seen (
    system   TEXT NOT NULL REFERENCES systems (name) ON DELETE CASCADE,
    name     TEXT NOT NULL,
    schedule TEXT NOT NULL,
    since    TEXT NOT NULL,
    PRIMARY KEY (system, name)
) STRICT;
-- One row for each moment at which something was due; a moment that has its row never gets a second one.
CREATE TABLE schedule_runs (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    system       TEXT NOT NULL REFERENCES systems (name) ON DELETE CASCADE,
    schedule     TEXT NOT NULL,
    runs         TEXT NOT NULL,
    due_at       TEXT NOT NULL,
    missed       INTEGER NOT NULL,
    claimed_at   TEXT NOT NULL,
    attempted_at TEXT,
    started_at   TEXT,
    job          INTEGER REFERENCES jobs (id),
    -- Without a job, or while it may be tried again; the outcome of a job is that of its row in jobs.
    outcome      TEXT NOT NULL,
    reason       TEXT,
    UNIQUE (system, schedule, due_at)
) STRICT;
