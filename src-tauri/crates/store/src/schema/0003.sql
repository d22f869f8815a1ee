-- Schedules, drills, checks of repositories: what ran, when, and with which result.

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
