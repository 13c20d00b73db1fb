-- A mailbox in the order in which it is handed out, without what was delivered from it: without this each fetch reads
-- the whole outbox.
CREATE INDEX outbox_mailbox ON outbox (destination, attempts, id)
    WHERE state IN ('held', 'pending', 'behind');
