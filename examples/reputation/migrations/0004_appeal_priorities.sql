-- Appeals about many points are read first. Not applied when the example is loaded: try it on the Migrations page.

ALTER TABLE appeals ADD COLUMN priority INTEGER NOT NULL DEFAULT 0 CHECK (priority BETWEEN 0 AND 2);

UPDATE appeals SET priority = CASE WHEN points_disputed >= 50 THEN 2 WHEN points_disputed >= 20 THEN 1 ELSE 0 END
WHERE points_disputed >= 20;

CREATE INDEX idx_appeals_priority_open ON appeals(priority, created_at) WHERE resolved_at IS NULL;

CREATE VIEW urgent_appeals AS
SELECT id AS appeal_id, user_id, reviewer_id, priority, created_at FROM appeals WHERE resolved_at IS NULL AND priority = 2;

PRAGMA user_version = 4;
