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

PRAGMA user_version = 3;
