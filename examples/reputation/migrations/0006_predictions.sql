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

PRAGMA user_version = 6;
