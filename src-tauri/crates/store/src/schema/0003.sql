-- Schedules, drills, checks of repositories: what ran, when, and with which result.
-- What a component is: sqlite or directory.
ALTER TABLE components ADD COLUMN kind TEXT NOT NULL DEFAULT 'sqlite';
