-- Times are microseconds since the Unix epoch, digests and hashes their written form unless a column says otherwise.

CREATE TABLE api_keys (
    id         TEXT PRIMARY KEY,
    name       TEXT NOT NULL,
    hash       BLOB NOT NULL UNIQUE,   -- keyed BLAKE3 of the key under the pepper; the key itself is stored nowhere
    scopes     TEXT NOT NULL,          -- JSON array
    tier       TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER,
    revoked_at INTEGER
) STRICT;

CREATE TABLE signing_keys (
    id         TEXT PRIMARY KEY,
    public_key TEXT NOT NULL,
    signer     TEXT NOT NULL,
    status     TEXT NOT NULL CHECK (status IN ('active', 'retired', 'revoked')),
    valid_from INTEGER NOT NULL,
    revoked_at INTEGER
) STRICT;

CREATE TABLE pipelines (
    seq         INTEGER PRIMARY KEY AUTOINCREMENT,
    id          TEXT NOT NULL UNIQUE,
    name        TEXT NOT NULL,
    description TEXT,
    status      TEXT NOT NULL CHECK (status IN ('active', 'archived')),
    version     INTEGER NOT NULL,      -- the newest
    created_at  INTEGER NOT NULL,
    updated_at  INTEGER NOT NULL,
    executions  INTEGER NOT NULL DEFAULT 0,
    completed   INTEGER NOT NULL DEFAULT 0,
    failed      INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX pipelines_by_name ON pipelines (name, seq);
CREATE INDEX pipelines_by_created ON pipelines (created_at, seq);
CREATE INDEX pipelines_by_updated ON pipelines (updated_at, seq);

-- Insert-only: an execution names the version it ran.
CREATE TABLE pipeline_versions (
    pipeline        INTEGER NOT NULL REFERENCES pipelines (seq),
    version         INTEGER NOT NULL,
    config          TEXT NOT NULL,     -- JSON, as given
    definition_hash TEXT NOT NULL,
    created_at      INTEGER NOT NULL,
    PRIMARY KEY (pipeline, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE executions (
    seq             INTEGER PRIMARY KEY AUTOINCREMENT,
    id              TEXT NOT NULL UNIQUE,
    pipeline        INTEGER NOT NULL REFERENCES pipelines (seq),
    version         INTEGER NOT NULL,
    status          TEXT NOT NULL CHECK (status IN ('queued', 'running', 'completed', 'failed', 'cancelled')),
    environment     TEXT,
    created_at      INTEGER NOT NULL,
    started_at      INTEGER,
    completed_at    INTEGER,
    exit_code       INTEGER,
    attempts        INTEGER NOT NULL DEFAULT 0,
    cancelling      INTEGER NOT NULL DEFAULT 0,
    pipeline_hash   TEXT NOT NULL,
    pipeline_text   TEXT NOT NULL,     -- what pipeline_hash is the hash of
    plan            TEXT NOT NULL,     -- JSON: everything a later attempt needs
    failure         TEXT,              -- JSON: step, reason, message
    receipt_hash    TEXT,
    receipt_absence TEXT               -- why a finished execution has no receipt
) STRICT;
CREATE INDEX executions_by_pipeline ON executions (pipeline, seq);
CREATE INDEX executions_by_created ON executions (created_at, seq);
CREATE INDEX executions_unfinished ON executions (status, seq) WHERE status IN ('queued', 'running');

CREATE TABLE steps (
    execution    INTEGER NOT NULL REFERENCES executions (seq),
    position     INTEGER NOT NULL,     -- in the order of the definition
    name         TEXT NOT NULL,
    status       TEXT NOT NULL,
    exit_code    INTEGER,
    cache_hit    INTEGER NOT NULL DEFAULT 0,
    started_at   INTEGER,
    completed_at INTEGER,
    duration_ms  INTEGER,
    input_hash   TEXT,
    output_hash  TEXT,
    record       TEXT,                 -- JSON: what the receipt and dependent steps need of a finished step
    supervisor   TEXT,                 -- JSON: the process to end if this server dies
    PRIMARY KEY (execution, position)
) STRICT, WITHOUT ROWID;

-- One row per batch of lines of one step. Counting is by stream, since the filter `level` is `stream` by another name.
CREATE TABLE log_chunks (
    execution    INTEGER NOT NULL REFERENCES executions (seq),
    first_seq    INTEGER NOT NULL,
    last_seq     INTEGER NOT NULL,
    step         INTEGER NOT NULL,     -- steps.position
    stdout_lines INTEGER NOT NULL,
    stderr_lines INTEGER NOT NULL,
    lines        BLOB NOT NULL,        -- zstd of JSON
    PRIMARY KEY (execution, first_seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE receipts (
    execution  INTEGER PRIMARY KEY REFERENCES executions (seq),
    hash       TEXT NOT NULL,
    key_id     TEXT,                   -- null: unsigned
    receipt    TEXT NOT NULL,          -- the JSON rendering, byte-stable
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX receipts_by_hash ON receipts (hash);

-- The answer is written in the transaction that did the work: there is no state "in flight" that a crash could leave.
CREATE TABLE idempotency (
    credential  TEXT NOT NULL,
    key         TEXT NOT NULL,
    fingerprint BLOB NOT NULL,         -- BLAKE3 of method, path and body
    status      INTEGER NOT NULL,
    location    TEXT,
    body        BLOB NOT NULL,
    created_at  INTEGER NOT NULL,
    PRIMARY KEY (credential, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX idempotency_by_age ON idempotency (created_at);
