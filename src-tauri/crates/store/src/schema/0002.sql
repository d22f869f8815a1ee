-- Whole checks by SQLite that found nothing wrong, by the bytes that were checked: equal bytes need no second one.
CREATE TABLE image_proofs (
    sha256     TEXT PRIMARY KEY,
    checked_at TEXT NOT NULL,
    -- The SQLite that checked.
    sqlite     TEXT NOT NULL,
    rows       TEXT NOT NULL
) STRICT;
