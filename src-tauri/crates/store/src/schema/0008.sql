-- Smoke tests: runs, and what each case came to.
CREATE TABLE smoke_runs (
    id         TEXT PRIMARY KEY,
    system     TEXT NOT NULL,
    job        INTEGER,
    began      TEXT NOT NULL,
    took_ms    INTEGER NOT NULL,
    passed     INTEGER NOT NULL,
    failed     INTEGER NOT NULL,
    skipped    INTEGER NOT NULL,
    unreadable INTEGER NOT NULL,
    sentence   TEXT NOT NULL
) STRICT;

CREATE INDEX smoke_runs_by_system ON smoke_runs(system, began);

CREATE TABLE smoke_results (
    id        INTEGER PRIMARY KEY,
    run       TEXT NOT NULL,
    system    TEXT NOT NULL,
    suite     TEXT NOT NULL,
    case_id   TEXT NOT NULL,
    at        TEXT NOT NULL,
    outcome   TEXT NOT NULL,
    -- What users wait for, in microseconds.
    p99       INTEGER,
    -- The result as JSON, without its detail.
    body      TEXT NOT NULL,
    -- Kept of the newest results only.
    detail    TEXT,
    -- 0: somebody cancelled the run before this case; it is no part of the case's history.
    asked     INTEGER NOT NULL
) STRICT;

CREATE INDEX smoke_results_by_run ON smoke_results(run);
CREATE INDEX smoke_results_by_case ON smoke_results(system, suite, case_id, asked, id);
