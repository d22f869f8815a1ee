-- Telling users what became of their appeals, and comparing them with their peers.

CREATE TABLE notification_preferences (
    user_id INTEGER NOT NULL REFERENCES users(id) ON DELETE CASCADE,
    channel TEXT NOT NULL CHECK (channel IN ('email', 'in-app', 'webhook')),
    enabled INTEGER NOT NULL CHECK (enabled IN (0, 1)),
    PRIMARY KEY (user_id, channel)
) STRICT, WITHOUT ROWID;

CREATE TABLE appeal_notifications (
    id         INTEGER PRIMARY KEY,
    appeal_id  INTEGER NOT NULL REFERENCES appeals(id) ON DELETE CASCADE,
    user_id    INTEGER NOT NULL REFERENCES users(id) ON DELETE CASCADE,
    channel    TEXT NOT NULL DEFAULT 'email' CHECK (channel IN ('email', 'in-app', 'webhook')),
    template   TEXT NOT NULL,
    status     TEXT NOT NULL DEFAULT 'queued' CHECK (status IN ('queued', 'sent', 'failed')),
    attempts   INTEGER NOT NULL DEFAULT 0 CHECK (attempts BETWEEN 0 AND 3),
    created_at TEXT NOT NULL,
    sent_at    TEXT,
    last_error TEXT,
    CHECK ((status = 'sent') = (sent_at IS NOT NULL))
) STRICT;

CREATE INDEX idx_notifications_appeal ON appeal_notifications(appeal_id);
CREATE INDEX idx_notifications_user_time ON appeal_notifications(user_id, created_at);
CREATE INDEX idx_notifications_queue ON appeal_notifications(created_at) WHERE status = 'queued';

CREATE TRIGGER appeal_outcome_is_told AFTER UPDATE OF status ON appeals
WHEN new.status <> old.status AND new.resolved_at IS NOT NULL AND new.status <> 'withdrawn' BEGIN
    INSERT INTO appeal_notifications(appeal_id, user_id, template, created_at)
    VALUES (new.id, new.user_id, 'appeal-' || new.status, new.updated_at);
END;

CREATE VIEW notification_delivery AS
SELECT template, channel, count(*) AS total, sum(status = 'sent') AS sent, sum(status = 'failed') AS failed, sum(status = 'queued') AS queued
FROM appeal_notifications GROUP BY template, channel;

CREATE VIEW peer_standing AS
SELECT id AS user_id, handle, standing, reputation, round(100.0 * percent_rank() OVER (ORDER BY reputation), 1) AS better_than_percent
FROM users;

-- The words of each message. Templates are never changed, a new version is added.
CREATE TABLE notification_templates (
    template TEXT NOT NULL,
    version  INTEGER NOT NULL CHECK (version > 0),
    subject  TEXT NOT NULL,
    body     TEXT NOT NULL,
    PRIMARY KEY (template, version)
) STRICT, WITHOUT ROWID;

INSERT INTO notification_templates(template, version, subject, body) VALUES
    ('appeal-approved', 1, 'Your appeal was approved', 'You have {points} points back.'),
    ('appeal-denied', 1, 'Your appeal was denied', 'The reviewer wrote: {reason}'),
    ('appeal-expired', 1, 'Your appeal has expired', 'Nobody wrote for 72 hours.');

-- Each try to deliver, at most three a message.
CREATE TABLE notification_attempts (
    notification_id INTEGER NOT NULL REFERENCES appeal_notifications(id) ON DELETE CASCADE,
    attempt         INTEGER NOT NULL CHECK (attempt BETWEEN 1 AND 3),
    outcome         TEXT NOT NULL CHECK (outcome IN ('sent', 'failed')),
    error           TEXT,
    PRIMARY KEY (notification_id, attempt),
    CHECK ((outcome = 'failed') = (error IS NOT NULL))
) STRICT, WITHOUT ROWID;

CREATE INDEX idx_attempts_failed ON notification_attempts(notification_id) WHERE outcome = 'failed';

CREATE TRIGGER notification_was_tried AFTER UPDATE OF attempts ON appeal_notifications
WHEN new.attempts > old.attempts AND new.status <> 'queued' BEGIN
    INSERT INTO notification_attempts(notification_id, attempt, outcome, error)
    VALUES (new.id, new.attempts, new.status, CASE new.status WHEN 'failed' THEN ifnull(new.last_error, 'unknown') END)
    ON CONFLICT DO NOTHING;
END;

CREATE VIEW notification_failures AS
SELECT t.notification_id, n.appeal_id, n.channel, t.attempt, t.error
FROM notification_attempts t JOIN appeal_notifications n ON n.id = t.notification_id WHERE t.outcome = 'failed';

-- What was changed by hand, by whom, from what to what. Written by the review tool.
CREATE TABLE appeal_edits (
    id          INTEGER PRIMARY KEY,
    appeal_id   INTEGER NOT NULL REFERENCES appeals(id) ON DELETE CASCADE,
    reviewer_id INTEGER REFERENCES reviewers(id),
    field       TEXT NOT NULL,
    old_value   TEXT,
    new_value   TEXT,
    edited_at   TEXT NOT NULL
) STRICT;

CREATE INDEX idx_edits_appeal_time ON appeal_edits(appeal_id, edited_at);

-- Users are compared with those of the same plan and age, not with everybody.
CREATE TABLE peer_groups (
    id        INTEGER PRIMARY KEY,
    title     TEXT NOT NULL UNIQUE,
    min_score INTEGER NOT NULL,
    max_score INTEGER NOT NULL CHECK (max_score >= min_score)
) STRICT;

INSERT INTO peer_groups(id, title, min_score, max_score) VALUES
    (1, 'newcomers in trouble', 0, 74), (2, 'ordinary clients', 75, 299), (3, 'partners', 300, 1000);

CREATE TABLE peer_group_members (
    user_id   INTEGER PRIMARY KEY REFERENCES users(id) ON DELETE CASCADE,
    group_id  INTEGER NOT NULL REFERENCES peer_groups(id),
    joined_at TEXT NOT NULL
) STRICT;

CREATE INDEX idx_peer_members_group ON peer_group_members(group_id);

-- Everybody who was there before belongs somewhere; whoever comes later is sorted in at once.
INSERT INTO peer_group_members(user_id, group_id, joined_at)
SELECT u.id, g.id, u.joined_at FROM users u JOIN peer_groups g ON u.reputation BETWEEN g.min_score AND g.max_score;

CREATE TRIGGER user_joins_peers AFTER INSERT ON users BEGIN
    INSERT INTO peer_group_members(user_id, group_id, joined_at)
    SELECT new.id, id, new.joined_at FROM peer_groups WHERE new.reputation BETWEEN min_score AND max_score
    ON CONFLICT (user_id) DO UPDATE SET group_id = excluded.group_id, joined_at = excluded.joined_at;
END;

CREATE TABLE peer_group_statistics (
    group_id        INTEGER NOT NULL REFERENCES peer_groups(id),
    day             TEXT NOT NULL,
    members         INTEGER NOT NULL,
    mean_reputation REAL NOT NULL,
    PRIMARY KEY (group_id, day)
) STRICT, WITHOUT ROWID;

CREATE VIEW peer_groups_today AS
SELECT g.id AS group_id, g.title, count(m.user_id) AS members, round(avg(u.reputation), 1) AS mean_reputation
FROM peer_groups g LEFT JOIN peer_group_members m ON m.group_id = g.id LEFT JOIN users u ON u.id = m.user_id GROUP BY g.id;

-- One decision over many appeals, for example after a faulty rule was withdrawn.

CREATE TABLE bulk_operations (
    id           INTEGER PRIMARY KEY,
    reviewer_id  INTEGER NOT NULL REFERENCES reviewers(id),
    action       TEXT NOT NULL CHECK (action IN ('approve', 'deny', 'expire', 'assign')),
    reason       TEXT NOT NULL,
    created_at   TEXT NOT NULL,
    finished_at  TEXT
) STRICT;

CREATE TABLE bulk_operation_items (
    operation_id INTEGER NOT NULL REFERENCES bulk_operations(id) ON DELETE CASCADE,
    appeal_id    INTEGER NOT NULL REFERENCES appeals(id) ON DELETE CASCADE,
    outcome      TEXT NOT NULL CHECK (outcome IN ('done', 'skipped', 'failed')),
    PRIMARY KEY (operation_id, appeal_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX idx_bulk_items_appeal ON bulk_operation_items(appeal_id);

CREATE INDEX idx_bulk_operations_open ON bulk_operations(created_at) WHERE finished_at IS NULL;

CREATE VIEW bulk_operation_results AS
SELECT o.id, o.action, o.reason, r.name AS reviewer, count(i.appeal_id) AS appeals, sum(i.outcome = 'done') AS done, o.created_at, o.finished_at
FROM bulk_operations o JOIN reviewers r ON r.id = o.reviewer_id LEFT JOIN bulk_operation_items i ON i.operation_id = o.id
GROUP BY o.id;

PRAGMA user_version = 2;
