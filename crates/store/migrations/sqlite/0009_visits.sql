-- What information systems asked of their mailboxes: the same signed request once more is a replay.
-- Moments are real ones, in milliseconds: a memory of what came must not move with the simulated clock.
CREATE TABLE visits (
    sender TEXT NOT NULL,
    signed BLOB NOT NULL,
    answer BLOB NOT NULL,
    at BIGINT NOT NULL,
    keep_until BIGINT NOT NULL,
    PRIMARY KEY (sender, signed)
);
CREATE INDEX visits_kept ON visits (keep_until);
-- Mailboxes in which something waits are found without reading what was delivered.
CREATE INDEX outbox_held ON outbox (destination) WHERE state = 'held';
