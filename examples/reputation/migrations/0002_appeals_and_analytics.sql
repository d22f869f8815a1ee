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

PRAGMA user_version = 2;
