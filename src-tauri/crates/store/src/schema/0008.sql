-- Smoke tests: how each case went, and each run.
CREATE TABLE smoke_results (
    id      INTEGER PRIMARY KEY,
    system  TEXT NOT NULL,
    suite   TEXT NOT NULL,
    "case"  TEXT NOT NULL,
    at      TEXT NOT NULL,
    -- JSON.
    result  TEXT NOT NULL
) STRICT;
CREATE INDEX smoke_results_by_case ON smoke_results (system, suite, "case", id);

CREATE TABLE smoke_runs (
    id      TEXT PRIMARY KEY,
    system  TEXT NOT NULL,
    began   TEXT NOT NULL,
    -- JSON, without its results.
    run     TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX smoke_runs_by_time ON smoke_runs (system, began);
