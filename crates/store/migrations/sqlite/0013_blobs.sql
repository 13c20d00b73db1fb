-- Stored bytes that are short, each locked under the key of the actor's folder, with its name: written in the transaction
-- that names them. Longer ones, and those of before, lie in files.
CREATE TABLE blobs (
    digest TEXT NOT NULL PRIMARY KEY,
    locked BLOB NOT NULL,
    -- Real time in milliseconds, also when the same bytes are stored again: what is new may not be named yet.
    put_at BIGINT NOT NULL
);
