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

-- Where a score begins to mean something else. The column users.standing follows the same borders.
CREATE TABLE reputation_tiers (
    standing       TEXT PRIMARY KEY,
    from_score     INTEGER NOT NULL UNIQUE CHECK (from_score BETWEEN 0 AND 1000),
    calls_a_minute INTEGER NOT NULL CHECK (calls_a_minute > 0)
) STRICT, WITHOUT ROWID;

INSERT INTO reputation_tiers(standing, from_score, calls_a_minute) VALUES
    ('restricted', 0, 10), ('limited', 25, 60), ('normal', 75, 300), ('trusted', 300, 1200);

-- One row a user and day on which anything changed: what trends are drawn from without reading the whole history.
CREATE TABLE reputation_days (
    user_id   INTEGER NOT NULL REFERENCES users(id) ON DELETE CASCADE,
    day       TEXT NOT NULL,
    changes   INTEGER NOT NULL,
    points    INTEGER NOT NULL,
    PRIMARY KEY (user_id, day)
) STRICT, WITHOUT ROWID;

CREATE INDEX idx_reputation_days_day ON reputation_days(day);

CREATE TRIGGER reputation_day_counted AFTER INSERT ON reputation_history BEGIN
    INSERT INTO reputation_days(user_id, day, changes, points) VALUES (new.user_id, date(new.created_at), 1, new.delta)
    ON CONFLICT (user_id, day) DO UPDATE SET changes = changes + 1, points = points + excluded.points;
END;

CREATE VIEW reputation_trend_30_days AS
SELECT day, sum(changes) AS changes, sum(points) AS points, count(*) AS users
FROM reputation_days WHERE day >= date('now', '-30 days') GROUP BY day;

-- Appeals: a user disputes one violation; a reviewer decides.

CREATE TABLE reviewers (
    id     INTEGER PRIMARY KEY,
    name   TEXT NOT NULL UNIQUE,
    team   TEXT NOT NULL,
    active INTEGER NOT NULL DEFAULT 1 CHECK (active IN (0, 1))
) STRICT;

INSERT INTO reviewers(id, name, team) VALUES
    (1, 'Amara Okafor', 'trust'), (2, 'Jonas Lindqvist', 'trust'), (3, 'Mei Tanaka', 'trust'), (4, 'Paulo Ferreira', 'abuse'),
    (5, 'Sofia Marković', 'abuse'), (6, 'Daniel Weiß', 'abuse'), (7, 'Leila Haddad', 'partners'), (8, 'Tom Byrne', 'partners');

CREATE TABLE appeals (
    id              INTEGER PRIMARY KEY,
    user_id         INTEGER NOT NULL REFERENCES users(id),
    history_id      INTEGER NOT NULL REFERENCES reputation_history(id),
    reviewer_id     INTEGER REFERENCES reviewers(id),
    status          TEXT NOT NULL DEFAULT 'pending'
        CHECK (status IN ('pending', 'reviewing', 'negotiating', 'approved', 'denied', 'expired', 'withdrawn')),
    reason          TEXT NOT NULL CHECK (reason IN ('mistake', 'not-me', 'fixed', 'disproportionate', 'unclear-rule')),
    statement       TEXT NOT NULL CHECK (length(statement) BETWEEN 1 AND 4000),
    points_disputed INTEGER NOT NULL CHECK (points_disputed > 0),
    points_restored INTEGER NOT NULL DEFAULT 0 CHECK (points_restored BETWEEN 0 AND points_disputed),
    created_at      TEXT NOT NULL,
    updated_at      TEXT NOT NULL,
    resolved_at     TEXT,
    CHECK ((status IN ('approved', 'denied', 'expired', 'withdrawn')) = (resolved_at IS NOT NULL)),
    CHECK (status = 'approved' OR points_restored = 0)
) STRICT;

CREATE INDEX idx_appeals_user_status ON appeals(user_id, status);
CREATE INDEX idx_appeals_status_created ON appeals(status, created_at);
CREATE INDEX idx_appeals_reviewer_open ON appeals(reviewer_id, created_at) WHERE resolved_at IS NULL;
CREATE INDEX idx_appeals_created ON appeals(created_at);
CREATE INDEX idx_appeals_history ON appeals(history_id);
CREATE UNIQUE INDEX idx_appeals_one_open ON appeals(history_id) WHERE resolved_at IS NULL;

CREATE TABLE appeal_status_history (
    id          INTEGER PRIMARY KEY,
    appeal_id   INTEGER NOT NULL REFERENCES appeals(id) ON DELETE CASCADE,
    from_status TEXT,
    to_status   TEXT NOT NULL,
    reviewer_id INTEGER REFERENCES reviewers(id),
    changed_at  TEXT NOT NULL
) STRICT;

CREATE INDEX idx_status_history_appeal ON appeal_status_history(appeal_id, changed_at);

CREATE TRIGGER appeal_opened AFTER INSERT ON appeals BEGIN
    INSERT INTO appeal_status_history(appeal_id, from_status, to_status, reviewer_id, changed_at)
    VALUES (new.id, NULL, new.status, new.reviewer_id, new.created_at);
END;

CREATE TRIGGER appeal_status_changed AFTER UPDATE OF status ON appeals WHEN new.status <> old.status BEGIN
    INSERT INTO appeal_status_history(appeal_id, from_status, to_status, reviewer_id, changed_at)
    VALUES (new.id, old.status, new.status, new.reviewer_id, new.updated_at);
END;

CREATE TRIGGER appeal_stays_closed BEFORE UPDATE OF status ON appeals WHEN old.resolved_at IS NOT NULL AND new.status <> old.status BEGIN
    SELECT raise(ABORT, 'a resolved appeal is not opened again');
END;

CREATE TRIGGER appeal_approved AFTER UPDATE OF status ON appeals WHEN new.status = 'approved' AND old.status <> 'approved' BEGIN
    INSERT INTO reputation_history(user_id, cause, delta, created_at) VALUES (new.user_id, 'appeal', new.points_restored, new.resolved_at);
END;

CREATE VIEW appeals_per_day AS
SELECT date(created_at) AS day, count(*) AS submitted, sum(status = 'approved') AS approved, sum(status = 'denied') AS denied,
       sum(resolved_at IS NULL) AS still_open
FROM appeals GROUP BY day;

CREATE VIEW appeal_outcomes AS
SELECT h.violation, v.title, count(*) AS appeals, round(100.0 * sum(a.status = 'approved') / count(*), 1) AS approved_percent,
       sum(a.points_restored) AS points_restored
FROM appeals a JOIN reputation_history h ON h.id = a.history_id JOIN violations v ON v.code = h.violation
GROUP BY h.violation;

CREATE VIEW reviewer_workload AS
SELECT r.id AS reviewer_id, r.name, r.team, count(a.id) AS open_appeals, min(a.created_at) AS oldest
FROM reviewers r LEFT JOIN appeals a ON a.reviewer_id = r.id AND a.resolved_at IS NULL
WHERE r.active = 1 GROUP BY r.id;

-- What a user hands in with an appeal. The file itself lies elsewhere; here are its name and digest.
CREATE TABLE appeal_evidence (
    id         INTEGER PRIMARY KEY,
    appeal_id  INTEGER NOT NULL REFERENCES appeals(id) ON DELETE CASCADE,
    kind       TEXT NOT NULL CHECK (kind IN ('log', 'screenshot', 'invoice', 'other')),
    file_name  TEXT NOT NULL,
    sha256     TEXT NOT NULL CHECK (length(sha256) = 64),
    size       INTEGER NOT NULL CHECK (size >= 0),
    created_at TEXT NOT NULL
) STRICT;

CREATE INDEX idx_evidence_appeal ON appeal_evidence(appeal_id);

-- How long a decision may take, by reason, and what reviewers are told about it.
CREATE TABLE appeal_reasons (
    code        TEXT PRIMARY KEY,
    title       TEXT NOT NULL,
    decide_days INTEGER NOT NULL CHECK (decide_days > 0)
) STRICT, WITHOUT ROWID;

INSERT INTO appeal_reasons(code, title, decide_days) VALUES
    ('mistake', 'The rule did not apply', 5), ('not-me', 'Somebody else used the key', 3), ('fixed', 'The client was mended', 7),
    ('disproportionate', 'The loss is too high for what happened', 10), ('unclear-rule', 'The rule can be read in two ways', 14);

CREATE VIEW appeals_past_their_time AS
SELECT a.id AS appeal_id, a.user_id, a.reviewer_id, a.reason, r.decide_days, a.created_at
FROM appeals a JOIN appeal_reasons r ON r.code = a.reason
WHERE a.resolved_at IS NULL AND a.created_at < datetime('now', '-' || r.decide_days || ' days');

PRAGMA application_id = 1380274261; -- "REPU"
PRAGMA user_version = 1;
