CREATE TABLE facts (key TEXT PRIMARY KEY, value ANY) STRICT, WITHOUT ROWID;

-- Groups of rules as they were evaluated last, as JSON; in their order.
CREATE TABLE rule_groups (
    key   TEXT PRIMARY KEY,
    place INTEGER NOT NULL,
    body  TEXT NOT NULL,
    -- What the next process has to know to go on.
    saved TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Alerts that are pending, fire, or did lately.
CREATE TABLE alerts (
    id         TEXT PRIMARY KEY,
    rule_group TEXT NOT NULL,
    -- How it is, as JSON: all that the next process has to know to go on.
    saved      TEXT NOT NULL,
    -- The newest notice that told of it.
    told       INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX alerts_of_groups ON alerts (rule_group);

CREATE TABLE events (
    n      INTEGER PRIMARY KEY AUTOINCREMENT,
    at     INTEGER NOT NULL,
    alert  TEXT NOT NULL,
    system TEXT,
    kind   TEXT NOT NULL,
    -- What is searched, in small letters.
    words  TEXT NOT NULL,
    body   TEXT NOT NULL
) STRICT;

CREATE INDEX events_of_alerts ON events (alert, n);
CREATE INDEX events_by_time ON events (at);

-- What is to be sent, and what became of it: the outbox and the log of deliveries.
CREATE TABLE notices (
    n        INTEGER PRIMARY KEY AUTOINCREMENT,
    at       INTEGER NOT NULL,
    router   TEXT NOT NULL,
    receiver TEXT NOT NULL,
    system   TEXT,
    state    TEXT NOT NULL,
    -- When it is tried next, where it waits.
    again    INTEGER,
    body     TEXT NOT NULL,
    -- What is sent; kept until it was, or was given up.
    message  TEXT
) STRICT;

CREATE INDEX notices_that_wait ON notices (again, n) WHERE message IS NOT NULL;
CREATE INDEX notices_of_receivers ON notices (router, receiver, n);

-- The first hundred alerts of each.
CREATE TABLE notice_alerts (
    alert  TEXT NOT NULL,
    notice INTEGER NOT NULL REFERENCES notices (n) ON DELETE CASCADE,
    PRIMARY KEY (alert, notice)
) STRICT, WITHOUT ROWID;

CREATE INDEX alerts_of_notices ON notice_alerts (notice);

-- What each group was told last, by router, so that nobody is told twice.
CREATE TABLE told (
    router TEXT NOT NULL,
    key    TEXT NOT NULL,
    at     INTEGER NOT NULL,
    body   TEXT NOT NULL,
    PRIMARY KEY (router, key)
) STRICT, WITHOUT ROWID;

-- Levels of ladders that were told.
CREATE TABLE rungs (
    alert  TEXT NOT NULL,
    level  INTEGER NOT NULL,
    -- Since when the alert fires: another firing begins at the first level.
    since  INTEGER NOT NULL,
    at     INTEGER NOT NULL,
    notice INTEGER,
    PRIMARY KEY (alert, level, at)
) STRICT, WITHOUT ROWID;
