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

-- What a model expects: how likely an appeal is approved, and how soon a reputation recovers.

CREATE TABLE ml_models (
    version    TEXT PRIMARY KEY,
    trained_at TEXT NOT NULL,
    accuracy   REAL NOT NULL CHECK (accuracy BETWEEN 0.0 AND 1.0)
) STRICT, WITHOUT ROWID;

INSERT INTO ml_models(version, trained_at, accuracy) VALUES ('v0.9', '2026-03-02 04:10:00', 0.71), ('v1.0', '2026-06-14 04:10:00', 0.78);

CREATE TABLE ml_predictions (
    id              INTEGER PRIMARY KEY,
    user_id         INTEGER NOT NULL REFERENCES users(id) ON DELETE CASCADE,
    appeal_id       INTEGER REFERENCES appeals(id) ON DELETE SET NULL,
    model_version   TEXT NOT NULL REFERENCES ml_models(version),
    prediction_type TEXT NOT NULL CHECK (prediction_type IN ('approval-probability', 'recovery-days')),
    value           REAL NOT NULL,
    confidence      REAL NOT NULL CHECK (confidence BETWEEN 0.0 AND 1.0),
    features        TEXT NOT NULL CHECK (json_valid(features)),
    created_at      TEXT NOT NULL
) STRICT;

CREATE INDEX idx_predictions_type_user ON ml_predictions(prediction_type, user_id);
CREATE INDEX idx_predictions_appeal ON ml_predictions(appeal_id);
CREATE INDEX idx_predictions_user ON ml_predictions(user_id, created_at);

CREATE VIEW prediction_quality AS
SELECT p.model_version, count(*) AS predictions, round(avg(p.confidence), 3) AS mean_confidence,
       round(avg((p.value >= 0.5) = (a.status = 'approved')), 3) AS right_share
FROM ml_predictions p JOIN appeals a ON a.id = p.appeal_id
WHERE p.prediction_type = 'approval-probability' AND a.status IN ('approved', 'denied') GROUP BY p.model_version;

-- Violations that look like mistakes: the user is offered an appeal that is already written.

CREATE TABLE auto_appeal_suggestions (
    id            INTEGER PRIMARY KEY,
    user_id       INTEGER NOT NULL REFERENCES users(id) ON DELETE CASCADE,
    history_id    INTEGER NOT NULL UNIQUE REFERENCES reputation_history(id) ON DELETE CASCADE,
    prediction_id INTEGER REFERENCES ml_predictions(id) ON DELETE SET NULL,
    confidence    REAL NOT NULL CHECK (confidence BETWEEN 0.60 AND 1.0),
    draft         TEXT NOT NULL,
    state         TEXT NOT NULL DEFAULT 'offered' CHECK (state IN ('offered', 'accepted', 'dismissed', 'expired')),
    appeal_id     INTEGER REFERENCES appeals(id) ON DELETE SET NULL,
    created_at    TEXT NOT NULL,
    answered_at   TEXT,
    CHECK ((state = 'offered') = (answered_at IS NULL))
) STRICT;

CREATE INDEX idx_suggestions_user_state ON auto_appeal_suggestions(user_id, state);
CREATE INDEX idx_suggestions_prediction ON auto_appeal_suggestions(prediction_id);
CREATE INDEX idx_suggestions_appeal ON auto_appeal_suggestions(appeal_id);

CREATE VIEW suggestion_acceptance AS
SELECT date(created_at) AS day, count(*) AS offered, sum(state = 'accepted') AS accepted, sum(state = 'dismissed') AS dismissed
FROM auto_appeal_suggestions GROUP BY day;

CREATE VIEW user_overview AS
SELECT u.id AS user_id, u.handle, u.standing, u.reputation,
       (SELECT count(*) FROM appeals a WHERE a.user_id = u.id AND a.resolved_at IS NULL) AS open_appeals,
       (SELECT count(*) FROM appeals a WHERE a.user_id = u.id AND a.status = 'approved') AS approved_appeals,
       (SELECT max(h.created_at) FROM reputation_history h WHERE h.user_id = u.id) AS last_change_at
FROM users u;

-- Extended classification: one violation can be of several kinds, each with the weight that a person or the model gave it.

CREATE TABLE classification_labels (
    label TEXT PRIMARY KEY,
    title TEXT NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO classification_labels(label, title) VALUES
    ('accident', 'Nobody meant it'), ('neglect', 'A client that nobody looks after'), ('abuse', 'On purpose'), ('theft', 'Somebody else''s key');

CREATE TABLE violation_classifications (
    violation TEXT NOT NULL REFERENCES violations(code),
    label     TEXT NOT NULL REFERENCES classification_labels(label),
    weight    REAL NOT NULL CHECK (weight BETWEEN 0.0 AND 1.0),
    PRIMARY KEY (violation, label)
) STRICT, WITHOUT ROWID;

CREATE INDEX idx_classifications_label ON violation_classifications(label);

INSERT INTO violation_classifications(violation, label, weight) VALUES
    ('burst', 'accident', 0.7), ('burst', 'neglect', 0.3), ('quota', 'neglect', 0.8), ('quota', 'accident', 0.2), ('scraping', 'abuse', 0.9),
    ('shared-key', 'neglect', 0.5), ('shared-key', 'theft', 0.5), ('retry-storm', 'accident', 0.6), ('retry-storm', 'neglect', 0.4),
    ('false-agent', 'abuse', 0.8), ('payload', 'accident', 0.9), ('stolen-key', 'theft', 1.0);

CREATE VIEW violations_by_label AS
SELECT c.label, l.title, count(*) AS violations, round(sum(c.weight), 1) AS weight
FROM reputation_history h JOIN violation_classifications c ON c.violation = h.violation JOIN classification_labels l ON l.label = c.label
GROUP BY c.label;

-- What was measured of each model after it went into use.
CREATE TABLE ml_model_measurements (
    version     TEXT NOT NULL REFERENCES ml_models(version),
    measured_at TEXT NOT NULL,
    measure     TEXT NOT NULL CHECK (measure IN ('accuracy', 'latency-ms', 'drift')),
    value       REAL NOT NULL,
    PRIMARY KEY (version, measure, measured_at)
) STRICT, WITHOUT ROWID;

CREATE INDEX idx_measurements_measure ON ml_model_measurements(measure, measured_at);

-- Files that were sent within a talk.
CREATE TABLE message_attachments (
    id         INTEGER PRIMARY KEY,
    message_id INTEGER NOT NULL REFERENCES appeal_negotiation_messages(id) ON DELETE CASCADE,
    file_name  TEXT NOT NULL,
    sha256     TEXT NOT NULL CHECK (length(sha256) = 64),
    size       INTEGER NOT NULL CHECK (size >= 0)
) STRICT;

CREATE INDEX idx_attachments_message ON message_attachments(message_id);

PRAGMA user_version = 3;
