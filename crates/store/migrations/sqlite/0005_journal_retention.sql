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
