-- How measuring is set on this machine. What is measured lies in a file of its own (series/schema.sql).
CREATE TABLE monitor_settings (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- How a promise was kept on a day that is over, so that a window of many days is not read anew each time.
CREATE TABLE promise_days (
    system   TEXT NOT NULL,
    name     TEXT NOT NULL,
    -- Days since 1970, UTC.
    day      INTEGER NOT NULL,
    -- Digest of the query and the target: a promise that was changed begins anew.
    basis    TEXT NOT NULL,
    -- Steps of a minute: within the target, and measured at all.
    good     INTEGER NOT NULL,
    measured INTEGER NOT NULL,
    -- The mean of what was measured; NULL where nothing was.
    mean     REAL,
    PRIMARY KEY (system, name, day)
) STRICT, WITHOUT ROWID;
