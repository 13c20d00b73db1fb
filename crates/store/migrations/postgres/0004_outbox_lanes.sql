-- Processes of an earlier version work on beside this: nothing is renamed or removed, and what they put in has no lane.
-- Entries that go to the same endpoint share a lane, so that a slow one holds up its own alone. NULL where an
-- earlier version put the entry in: its destination is its lane.
ALTER TABLE outbox ADD COLUMN lane TEXT;
-- How often the entry was begun anew, with a fresh count of attempts.
ALTER TABLE outbox ADD COLUMN anew BIGINT NOT NULL DEFAULT 0;
-- From now on leased_until is real time, by the server's clock: those of processes, and the simulated one, may differ.
-- Lanes, and the oldest of each, without reading what waits behind them.
CREATE INDEX outbox_lanes ON outbox (COALESCE(lane, destination), due_at, id) WHERE state = 'pending';
-- What is under way in a lane.
CREATE INDEX outbox_leased ON outbox (COALESCE(lane, destination))
    WHERE state = 'pending' AND leased_until IS NOT NULL;
