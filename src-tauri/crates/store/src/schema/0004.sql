-- Rehearsals of migrations: what a copy has shown. `basis` holds what each rested on, as JSON: files, schema, ledger, settings.
CREATE TABLE rehearsals (
    job          INTEGER PRIMARY KEY REFERENCES jobs (id),
    system       TEXT NOT NULL,
    component_id TEXT NOT NULL,
    at           TEXT NOT NULL,
    body         TEXT NOT NULL,
    basis        TEXT NOT NULL
) STRICT;
CREATE INDEX rehearsals_by_component ON rehearsals (component_id, job);

-- Where the migrations of a database lie whose definition does not say it.
CREATE TABLE migration_folders (
    component TEXT PRIMARY KEY REFERENCES components (id) ON DELETE CASCADE,
    folder    TEXT NOT NULL,
    -- NULL where it is detected.
    layout    TEXT,
    set_by    TEXT NOT NULL,
    set_at    TEXT NOT NULL
) STRICT;
