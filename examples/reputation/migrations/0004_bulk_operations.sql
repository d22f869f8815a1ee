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

CREATE VIEW bulk_operation_results AS
SELECT o.id, o.action, o.reason, r.name AS reviewer, count(i.appeal_id) AS appeals, sum(i.outcome = 'done') AS done, o.created_at, o.finished_at
FROM bulk_operations o JOIN reviewers r ON r.id = o.reviewer_id LEFT JOIN bulk_operation_items i ON i.operation_id = o.id
GROUP BY o.id;

PRAGMA user_version = 4;
