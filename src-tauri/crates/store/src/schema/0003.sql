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
