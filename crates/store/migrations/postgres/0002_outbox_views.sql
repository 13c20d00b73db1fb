-- What stopped is found without reading what was delivered.
CREATE INDEX outbox_stopped ON outbox (id) WHERE state = 'parked';
-- The entries of one exchange, in order.
CREATE INDEX outbox_exchange ON outbox (correlation, id) WHERE correlation IS NOT NULL;
