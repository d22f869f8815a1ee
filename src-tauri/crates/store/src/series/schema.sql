CREATE TABLE facts (key TEXT PRIMARY KEY, value ANY) STRICT;

-- `apart`: milliseconds between two samples of a sparse series, or of one that is measured seldom; 0 for all others.
-- `sparse`: 1 where samples go to the sparse class.
CREATE TABLE series (
    id INTEGER PRIMARY KEY,
    labels BLOB NOT NULL UNIQUE,
    nature INTEGER NOT NULL,
    apart INTEGER NOT NULL,
    sparse INTEGER NOT NULL,
    plan TEXT NOT NULL
) STRICT;

-- The newest samples: one row for all that was measured at one time.
CREATE TABLE ticks (n INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, body BLOB NOT NULL) STRICT;

-- Time before series: the newest is always at the right end, and what is cut is at the left one.
CREATE TABLE chunks (
    class INTEGER NOT NULL,
    start INTEGER NOT NULL,
    series INTEGER NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (class, start, series)
) STRICT, WITHOUT ROWID;

-- How each plan is, as JSON; written when it changes.
CREATE TABLE states (plan TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT;

CREATE TABLE notices (n INTEGER PRIMARY KEY, at INTEGER NOT NULL, tone TEXT NOT NULL, sentence TEXT NOT NULL) STRICT;

-- How far log files were read.
CREATE TABLE positions (log TEXT PRIMARY KEY, device INTEGER NOT NULL, inode INTEGER NOT NULL, offset INTEGER NOT NULL) STRICT;
