-- The journal in segments. A segment is closed by a seal; the first entry of the next holds the seal's hash
-- as its `previous`. What was written before segments were known is the beginning of the first.

-- Which journal of all: random, so that seals of two journals cannot be taken for each other's.
ALTER TABLE journal_heads ADD COLUMN journal BLOB NOT NULL DEFAULT x'';
UPDATE journal_heads SET journal = randomblob(32);
-- The open segment and the number of its first entry (which may not be there yet).
ALTER TABLE journal_heads ADD COLUMN segment BIGINT NOT NULL DEFAULT 1;
ALTER TABLE journal_heads ADD COLUMN first_id BIGINT NOT NULL DEFAULT 1;

CREATE TABLE journal_seals (
    writer TEXT NOT NULL,
    segment BIGINT NOT NULL,
    journal BLOB NOT NULL,
    first_id BIGINT NOT NULL,
    last_id BIGINT NOT NULL,
    entries BIGINT NOT NULL,
    -- The moments of its entries; the clock may have been set back between them.
    earliest BIGINT NOT NULL,
    latest BIGINT NOT NULL,
    sealed_at BIGINT NOT NULL,
    -- The hash of the seal before; of the first, zeros.
    header BLOB NOT NULL,
    last_hash BLOB NOT NULL,
    -- Merkle roots (RFC 6962): over the hashes of its entries, and over the seals before.
    root BLOB NOT NULL,
    before BLOB NOT NULL,
    -- The peaks of the tree over the seals before: what the tree needs to grow.
    frontier BLOB NOT NULL,
    hash BLOB NOT NULL,
    -- The authority's token (RFC 3161) over the tree with this seal, once there is one.
    stamp BLOB,
    PRIMARY KEY (writer, segment)
);
CREATE INDEX journal_seals_unstamped ON journal_seals (writer, segment) WHERE stamp IS NULL;
