-- Messages of one exchange go to one destination in their order: what waits for that is little, and looked for often.
CREATE INDEX outbox_behind ON outbox (correlation, destination, id) WHERE state = 'behind';
