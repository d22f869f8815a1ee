-- Who has a reputation, and each change of it.
-- Times are UTC text as SQLite's own functions write it: YYYY-MM-DD HH:MM:SS. It sorts, and compares with datetime('now', '-1 year').

CREATE TABLE users (
    id           INTEGER PRIMARY KEY,
    handle       TEXT NOT NULL UNIQUE,
    display_name TEXT NOT NULL,
    reputation   INTEGER NOT NULL DEFAULT 100 CHECK (reputation BETWEEN 0 AND 1000),
    standing     TEXT NOT NULL GENERATED ALWAYS AS (
        CASE WHEN reputation < 25 THEN 'restricted' WHEN reputation < 75 THEN 'limited' WHEN reputation < 300 THEN 'normal' ELSE 'trusted' END
    ) VIRTUAL,
    joined_at    TEXT NOT NULL
) STRICT;

CREATE INDEX idx_users_standing ON users(standing, reputation);

CREATE TABLE violations (
    code        TEXT PRIMARY KEY,
    title       TEXT NOT NULL,
    points      INTEGER NOT NULL CHECK (points > 0),
    appealable  INTEGER NOT NULL DEFAULT 1 CHECK (appealable IN (0, 1))
) STRICT, WITHOUT ROWID;

INSERT INTO violations(code, title, points, appealable) VALUES
    ('burst', 'More calls in a minute than the plan allows', 5, 1),
    ('quota', 'Monthly quota used up, calls went on', 10, 1),
    ('scraping', 'Systematic copying of listings', 25, 1),
    ('shared-key', 'One key used from many networks at once', 20, 1),
    ('retry-storm', 'Retries without a pause after refusals', 8, 1),
    ('false-agent', 'Client named itself as somebody else', 15, 1),
    ('payload', 'Requests far above the agreed size', 6, 1),
    ('stolen-key', 'Key reported as stolen by its owner', 60, 0);

CREATE TABLE reputation_history (
    id          INTEGER PRIMARY KEY,
    user_id     INTEGER NOT NULL REFERENCES users(id) ON DELETE CASCADE,
    cause       TEXT NOT NULL CHECK (cause IN ('violation', 'recovery', 'appeal', 'correction')),
    violation   TEXT REFERENCES violations(code),
    delta       INTEGER NOT NULL,
    score_after INTEGER,
    created_at  TEXT NOT NULL,
    CHECK ((cause = 'violation') = (violation IS NOT NULL))
) STRICT;

CREATE INDEX idx_history_user_time ON reputation_history(user_id, created_at);
CREATE INDEX idx_history_violation_time ON reputation_history(violation, created_at) WHERE violation IS NOT NULL;

-- The score stays between 0 and 1000, and each change keeps what it led to.
CREATE TRIGGER reputation_changed AFTER INSERT ON reputation_history BEGIN
    UPDATE users SET reputation = max(0, min(1000, reputation + new.delta)) WHERE id = new.user_id;
    UPDATE reputation_history SET score_after = (SELECT reputation FROM users WHERE id = new.user_id) WHERE id = new.id;
END;

CREATE VIEW reputation_trend AS
SELECT date(created_at) AS day, cause, count(*) AS changes, sum(delta) AS points, round(avg(score_after), 1) AS mean_score_after
FROM reputation_history GROUP BY day, cause;

PRAGMA application_id = 1380274261; -- "REPU"
PRAGMA user_version = 1;
