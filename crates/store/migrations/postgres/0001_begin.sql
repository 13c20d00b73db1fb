-- The first shape of the store in PostgreSQL: what SQLite has after its first seven migrations. Moments are milliseconds since 1970-01-01T00:00:00Z; digests of
-- files are 64 hexadecimal digits; enumerations are the names that the code gives them.

CREATE TABLE messages (
    message_id TEXT NOT NULL PRIMARY KEY,
    sender TEXT NOT NULL,
    digest BYTEA NOT NULL,
    business_signature BYTEA,
    correlation TEXT,
    -- The correlation again where this is its one final answer.
    settles TEXT UNIQUE,
    verdict_json TEXT NOT NULL,
    facts_json TEXT NOT NULL,
    answer BYTEA NOT NULL,
    accepted_at BIGINT NOT NULL
);
CREATE INDEX messages_signature ON messages (business_signature, accepted_at)
    WHERE business_signature IS NOT NULL;

CREATE TABLE outbox (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    destination TEXT NOT NULL,
    message_id TEXT NOT NULL,
    correlation TEXT,
    body TEXT NOT NULL,
    state TEXT NOT NULL,
    attempts BIGINT NOT NULL DEFAULT 0,
    due_at BIGINT NOT NULL,
    leased_until BIGINT,
    -- The writer's name of the process that has the lease.
    leased_by TEXT,
    why TEXT,
    queued_at BIGINT NOT NULL,
    concluded_at BIGINT
);
CREATE INDEX outbox_due ON outbox (due_at, id) WHERE state = 'pending';
CREATE INDEX outbox_message ON outbox (message_id, id);

CREATE TABLE journal (
    writer TEXT NOT NULL,
    id BIGINT NOT NULL,
    at BIGINT NOT NULL,
    kind TEXT NOT NULL,
    message_id TEXT,
    direction TEXT NOT NULL,
    label TEXT,
    raw TEXT,
    summary TEXT NOT NULL,
    previous BYTEA NOT NULL,
    hash BYTEA NOT NULL,
    -- The digest of what an entry's summary does not show: certificates, evidence, long base64.
    withheld TEXT,
    PRIMARY KEY (writer, id)
);
CREATE INDEX journal_message ON journal (message_id);
CREATE INDEX journal_withheld ON journal (withheld) WHERE withheld IS NOT NULL;

CREATE TABLE journal_heads (
    writer TEXT NOT NULL PRIMARY KEY,
    id BIGINT NOT NULL,
    hash BYTEA NOT NULL,
    -- Which journal of all: random, so that seals of two journals cannot be taken for each other's.
    journal BYTEA NOT NULL,
    -- The open segment and the number of its first entry (which may not be there yet).
    segment BIGINT NOT NULL DEFAULT 1,
    first_id BIGINT NOT NULL DEFAULT 1,
    -- The moment of the open segment's first entry. NULL where there is none.
    opened BIGINT
);

CREATE TABLE journal_seals (
    writer TEXT NOT NULL,
    segment BIGINT NOT NULL,
    journal BYTEA NOT NULL,
    first_id BIGINT NOT NULL,
    last_id BIGINT NOT NULL,
    entries BIGINT NOT NULL,
    -- The moments of its entries; the clock may have been set back between them.
    earliest BIGINT NOT NULL,
    latest BIGINT NOT NULL,
    sealed_at BIGINT NOT NULL,
    -- The hash of the seal before; of the first, zeros.
    header BYTEA NOT NULL,
    last_hash BYTEA NOT NULL,
    -- Merkle roots (RFC 6962): over the hashes of its entries, and over the seals before.
    root BYTEA NOT NULL,
    before BYTEA NOT NULL,
    -- The peaks of the tree over the seals before: what the tree needs to grow.
    frontier BYTEA NOT NULL,
    hash BYTEA NOT NULL,
    -- The authority's token (RFC 3161) over the tree with this seal, once there is one.
    stamp BYTEA,
    PRIMARY KEY (writer, segment)
);
CREATE INDEX journal_seals_unstamped ON journal_seals (writer, segment) WHERE stamp IS NULL;

-- What retention leaves of the segments that it has removed: the last one's seal stays in journal_seals, with
-- its stamp over the tree of all seals up to it; this row says that those before it are gone, and since when.
CREATE TABLE journal_checkpoints (
    writer TEXT NOT NULL PRIMARY KEY,
    segment BIGINT NOT NULL,
    pruned_at BIGINT NOT NULL
);

-- Files of raw bytes whose entries were removed: to be deleted where nothing else names them.
CREATE INDEX journal_raw ON journal (raw) WHERE raw IS NOT NULL;
CREATE TABLE orphans (
    digest TEXT NOT NULL PRIMARY KEY
);

CREATE TABLE trace (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    message_id TEXT NOT NULL,
    at BIGINT NOT NULL,
    element TEXT NOT NULL,
    meaning TEXT NOT NULL,
    outcome TEXT NOT NULL,
    label TEXT
);
CREATE INDEX trace_message ON trace (message_id, id);

CREATE TABLE accounts (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    iin TEXT NOT NULL UNIQUE,
    password_hash TEXT NOT NULL,
    roles_json TEXT NOT NULL,
    surname TEXT NOT NULL,
    given TEXT NOT NULL,
    patronymic TEXT,
    unit TEXT,
    created_at BIGINT NOT NULL
);

CREATE TABLE sessions (
    token BYTEA NOT NULL PRIMARY KEY,
    csrf TEXT NOT NULL,
    account BIGINT REFERENCES accounts (id) ON DELETE CASCADE,
    data_json TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires BIGINT NOT NULL
);
CREATE INDEX sessions_expires ON sessions (expires);

CREATE TABLE applications (
    id TEXT NOT NULL PRIMARY KEY,
    owner TEXT NOT NULL,
    message_id TEXT NOT NULL UNIQUE,
    service TEXT NOT NULL,
    form_json TEXT NOT NULL,
    status TEXT NOT NULL,
    label TEXT,
    document TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    submitted_at BIGINT
);
CREATE INDEX applications_owner ON applications (owner, created_at);

CREATE TABLE attachments (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    application TEXT NOT NULL REFERENCES applications (id) ON DELETE CASCADE,
    document TEXT NOT NULL,
    name TEXT NOT NULL,
    media_type TEXT NOT NULL,
    body TEXT NOT NULL,
    size BIGINT NOT NULL
);
CREATE INDEX attachments_application ON attachments (application, id);

CREATE TABLE cabinet (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    owner TEXT NOT NULL,
    message_id TEXT NOT NULL,
    service TEXT NOT NULL,
    outcome TEXT NOT NULL,
    title_json TEXT NOT NULL,
    verdict_json TEXT NOT NULL,
    body TEXT NOT NULL,
    received_at BIGINT NOT NULL,
    opened_at BIGINT
);
CREATE INDEX cabinet_owner ON cabinet (owner, id);
CREATE INDEX cabinet_message ON cabinet (message_id);

CREATE TABLE notifications (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    owner TEXT NOT NULL,
    message_id TEXT,
    key TEXT NOT NULL,
    args_json TEXT NOT NULL,
    at BIGINT NOT NULL,
    read_at BIGINT
);
CREATE INDEX notifications_owner ON notifications (owner, id);

CREATE TABLE cards (
    id TEXT NOT NULL PRIMARY KEY,
    number BIGINT NOT NULL UNIQUE,
    message_id TEXT NOT NULL UNIQUE,
    service TEXT NOT NULL,
    channel TEXT NOT NULL,
    sender TEXT NOT NULL,
    applicant_iin TEXT NOT NULL,
    applicant_surname TEXT NOT NULL,
    applicant_given TEXT NOT NULL,
    applicant_patronymic TEXT,
    document TEXT NOT NULL,
    result TEXT,
    verdict_json TEXT NOT NULL,
    work_json TEXT NOT NULL,
    state TEXT NOT NULL,
    label TEXT,
    registered_at BIGINT NOT NULL,
    decided_at BIGINT
);

CREATE TABLE tasks (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    card TEXT NOT NULL REFERENCES cards (id) ON DELETE CASCADE,
    unit TEXT NOT NULL,
    role TEXT NOT NULL,
    action TEXT NOT NULL,
    deadline BIGINT NOT NULL,
    given_at BIGINT NOT NULL,
    state TEXT NOT NULL,
    assignee BIGINT REFERENCES accounts (id),
    done_at BIGINT
);
CREATE INDEX tasks_queue ON tasks (unit, role, deadline) WHERE state = 'open';
CREATE INDEX tasks_card ON tasks (card, id);

CREATE TABLE certificates (
    issuer TEXT NOT NULL,
    serial TEXT NOT NULL,
    identity TEXT NOT NULL,
    der BYTEA NOT NULL,
    issued_at BIGINT NOT NULL,
    not_after BIGINT NOT NULL,
    state TEXT NOT NULL,
    reason BIGINT,
    state_at BIGINT NOT NULL,
    position BIGINT NOT NULL,
    PRIMARY KEY (issuer, serial)
);
CREATE INDEX certificates_identity ON certificates (identity, position);
CREATE INDEX certificates_position ON certificates (position);
CREATE INDEX certificates_serial ON certificates (serial);

-- Every change of a state, in order: what was so at an earlier moment, and what changed since a list was made.
CREATE TABLE certificate_changes (
    position BIGINT NOT NULL PRIMARY KEY,
    issuer TEXT NOT NULL,
    serial TEXT NOT NULL,
    state TEXT NOT NULL,
    reason BIGINT,
    since BIGINT NOT NULL
);

CREATE TABLE revocation_lists (
    name TEXT NOT NULL,
    number BIGINT NOT NULL,
    der BYTEA NOT NULL,
    at BIGINT NOT NULL,
    next_update BIGINT NOT NULL,
    -- Up to which change a list goes, and the number of the list that opened its base period.
    changes BIGINT NOT NULL DEFAULT 0,
    base BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (name, number)
);

CREATE TABLE counters (
    name TEXT NOT NULL PRIMARY KEY,
    value BIGINT NOT NULL
);

CREATE TABLE settings (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);

-- Stored bytes under their SHA-256 digest, locked with the actor's raw.key. Nothing is gained by compressing them.
CREATE TABLE blobs (
    digest TEXT NOT NULL PRIMARY KEY,
    locked BYTEA NOT NULL,
    -- By the server's clock, also when the same bytes are stored again: what is new may not be named yet.
    put_at TIMESTAMPTZ NOT NULL DEFAULT now()
);
ALTER TABLE blobs ALTER COLUMN locked SET STORAGE EXTERNAL;

-- Which key that is, by its SHA-256: a machine with another must not add to them.
CREATE TABLE raw_key (
    one BIGINT NOT NULL PRIMARY KEY CHECK (one = 1),
    fingerprint BYTEA NOT NULL
);
