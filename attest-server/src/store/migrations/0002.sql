-- What steps left, by the key of everything they could see. Insert-only: a damaged one is deleted, then made anew.
CREATE TABLE cache_entries (
    key        BLOB PRIMARY KEY,      -- BLAKE3
    execution  INTEGER NOT NULL REFERENCES executions (seq),
    position   INTEGER NOT NULL,      -- the step's, in that execution
    log_first  INTEGER,               -- its lines in that execution's log, from this number; null: it wrote none
    log_last   INTEGER,               -- to this one
    record     TEXT NOT NULL,         -- JSON: as in steps.record
    created_at INTEGER NOT NULL,
    used_at    INTEGER NOT NULL       -- last hit; what gc goes by
) STRICT, WITHOUT ROWID;
CREATE INDEX cache_entries_by_use ON cache_entries (used_at);

-- One row: how many steps were looked up, and how many were found.
CREATE TABLE cache_lookups (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    hits     INTEGER NOT NULL,
    misses   INTEGER NOT NULL
) STRICT;
INSERT INTO cache_lookups VALUES (1, 0, 0);

-- Uploaded sources: the digest of a tree, and the blob that holds it as JSON.
CREATE TABLE sources (
    tree       BLOB PRIMARY KEY,
    blob       BLOB NOT NULL,
    used_at    INTEGER NOT NULL       -- last named by an upload or an execution; what gc goes by
) STRICT, WITHOUT ROWID;
