-- Schedules, drills, checks of repositories: what ran, when, and with which result.

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
