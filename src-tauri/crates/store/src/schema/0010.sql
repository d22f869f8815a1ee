-- What gates of checklists' files protected when the files were last looked at: it counts while their folder cannot be read.
CREATE TABLE gates_seen (
    system    TEXT NOT NULL REFERENCES systems (name) ON DELETE CASCADE,
    checklist TEXT NOT NULL,
    name      TEXT NOT NULL,
    title     TEXT NOT NULL,
    -- A list as JSON.
    protects  TEXT NOT NULL,
    PRIMARY KEY (system, checklist, name)
) STRICT;
