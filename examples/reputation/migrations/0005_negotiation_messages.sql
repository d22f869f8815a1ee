-- The talk between user and reviewer about one appeal.

ALTER TABLE appeals ADD COLUMN message_count INTEGER NOT NULL DEFAULT 0;
ALTER TABLE appeals ADD COLUMN last_message_at TEXT;

CREATE TABLE appeal_negotiation_messages (
    id         INTEGER PRIMARY KEY,
    appeal_id  INTEGER NOT NULL REFERENCES appeals(id) ON DELETE CASCADE,
    sender     TEXT NOT NULL CHECK (sender IN ('user', 'reviewer', 'system')),
    body       TEXT NOT NULL CHECK (length(body) > 0),
    sentiment  REAL CHECK (sentiment BETWEEN -1.0 AND 1.0),
    created_at TEXT NOT NULL,
    read_at    TEXT
) STRICT;

-- A thread in its order.
CREATE INDEX idx_messages_appeal_created ON appeal_negotiation_messages(appeal_id, created_at);
-- How long talks last, from the index alone.
CREATE INDEX idx_messages_appeal_timestamps ON appeal_negotiation_messages(created_at, appeal_id, sender);
CREATE INDEX idx_messages_unread ON appeal_negotiation_messages(appeal_id) WHERE read_at IS NULL;

CREATE TRIGGER message_added AFTER INSERT ON appeal_negotiation_messages BEGIN
    UPDATE appeals SET message_count = message_count + 1, last_message_at = max(ifnull(last_message_at, ''), new.created_at)
    WHERE id = new.appeal_id;
END;

CREATE TRIGGER message_removed AFTER DELETE ON appeal_negotiation_messages BEGIN
    UPDATE appeals SET message_count = message_count - 1,
        last_message_at = (SELECT max(created_at) FROM appeal_negotiation_messages WHERE appeal_id = old.appeal_id)
    WHERE id = old.appeal_id;
END;

CREATE VIEW negotiation_durations AS
SELECT appeal_id, count(*) AS messages, min(created_at) AS began_at, max(created_at) AS last_at,
       round((julianday(max(created_at)) - julianday(min(created_at))) * 24, 2) AS hours, round(avg(sentiment), 3) AS mean_sentiment
FROM appeal_negotiation_messages GROUP BY appeal_id;

-- A talk ends after 72 hours without a word.
CREATE VIEW overdue_negotiations AS
SELECT id AS appeal_id, user_id, reviewer_id, message_count, last_message_at
FROM appeals WHERE status = 'negotiating' AND last_message_at < datetime('now', '-72 hours');

PRAGMA user_version = 5;
