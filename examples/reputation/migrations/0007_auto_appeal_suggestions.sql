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

PRAGMA user_version = 7;
