-- The first shape of the store. Moments are milliseconds since 1970-01-01T00:00:00Z; digests of
-- files are 64 hexadecimal digits; enumerations are the names that the code gives them.

CREATE TABLE messages (
    message_id TEXT NOT NULL PRIMARY KEY,
    sender TEXT NOT NULL,
    digest BLOB NOT NULL,
    business_signature BLOB,
    correlation TEXT,
    -- The correlation again where this is its one final answer.
    settles TEXT UNIQUE,
    verdict_json TEXT NOT NULL,
    facts_json TEXT NOT NULL,
    answer BLOB NOT NULL,
    accepted_at BIGINT NOT NULL
);
CREATE INDEX messages_signature ON messages (business_signature, accepted_at)
    WHERE business_signature IS NOT NULL;

CREATE TABLE outbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    destination TEXT NOT NULL,
    message_id TEXT NOT NULL,
    correlation TEXT,
    body TEXT NOT NULL,
    state TEXT NOT NULL,
    attempts BIGINT NOT NULL DEFAULT 0,
    due_at BIGINT NOT NULL,
    leased_until BIGINT,
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
    previous BLOB NOT NULL,
    hash BLOB NOT NULL,
    PRIMARY KEY (writer, id)
);
CREATE INDEX journal_message ON journal (message_id);

CREATE TABLE journal_heads (
    writer TEXT NOT NULL PRIMARY KEY,
    id BIGINT NOT NULL,
    hash BLOB NOT NULL
);

CREATE TABLE trace (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    message_id TEXT NOT NULL,
    at BIGINT NOT NULL,
    element TEXT NOT NULL,
    meaning TEXT NOT NULL,
    outcome TEXT NOT NULL,
    label TEXT
);
CREATE INDEX trace_message ON trace (message_id, id);

CREATE TABLE accounts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
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
    token BLOB NOT NULL PRIMARY KEY,
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
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    application TEXT NOT NULL REFERENCES applications (id) ON DELETE CASCADE,
    document TEXT NOT NULL,
    name TEXT NOT NULL,
    media_type TEXT NOT NULL,
    body TEXT NOT NULL,
    size BIGINT NOT NULL
);
CREATE INDEX attachments_application ON attachments (application, id);

CREATE TABLE cabinet (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
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
    id INTEGER PRIMARY KEY AUTOINCREMENT,
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
    id INTEGER PRIMARY KEY AUTOINCREMENT,
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
    der BLOB NOT NULL,
    issued_at BIGINT NOT NULL,
    not_after BIGINT NOT NULL,
    state TEXT NOT NULL,
    reason BIGINT,
    state_at BIGINT NOT NULL,
    position INTEGER NOT NULL,
    PRIMARY KEY (issuer, serial)
);
CREATE INDEX certificates_identity ON certificates (identity, position);

CREATE TABLE revocation_lists (
    name TEXT NOT NULL,
    number BIGINT NOT NULL,
    der BLOB NOT NULL,
    at BIGINT NOT NULL,
    next_update BIGINT NOT NULL,
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
