-- Whose the lease of an entry is: a process that starts under a name voids the leases of that name, and no others.
ALTER TABLE outbox ADD COLUMN leased_by TEXT;
