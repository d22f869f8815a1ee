-- Schedules, drills, checks of repositories: what ran, when, and with which result.
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
