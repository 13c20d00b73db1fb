-- The digest of the file that holds what an entry's summary does not show: certificates, evidence, long base64.
ALTER TABLE journal ADD COLUMN withheld TEXT;
CREATE INDEX journal_withheld ON journal (withheld) WHERE withheld IS NOT NULL;
-- The moment of the open segment's first entry. NULL where there is none, or where an earlier version wrote it.
ALTER TABLE journal_heads ADD COLUMN opened BIGINT;
