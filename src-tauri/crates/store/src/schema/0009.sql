-- Watches after a deployment. The file is kept as it was when the watch began; the figures once it is over.
CREATE TABLE validations (
    id         TEXT PRIMARY KEY,
    system     TEXT NOT NULL,
    release    TEXT,
    begins     TEXT NOT NULL,
    ends       TEXT NOT NULL,
    -- NULL: nobody stopped it.
    stopped    TEXT,
    started_by TEXT NOT NULL,
    file       TEXT NOT NULL,
    -- JSON: what it came to; NULL until it is over.
    figures    TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX validations_by_system ON validations (system, begins);
