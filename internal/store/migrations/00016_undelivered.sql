-- +goose Up

-- What was not delivered, the longest ago first, and what waits for its next
-- attempt. Both are a small part of all deliveries.
CREATE INDEX deliveries_failed_idx ON deliveries (updated_at, id) WHERE status = 'failed';
CREATE INDEX deliveries_retrying_idx ON deliveries (next_attempt_at) WHERE status = 'retrying';

-- Who last said that a delivery is not to be made any more, and why.
ALTER TABLE deliveries
    ADD COLUMN dismissed_at   timestamptz,
    ADD COLUMN dismissed_by   text NOT NULL DEFAULT '',
    ADD COLUMN dismiss_reason text NOT NULL DEFAULT '';

-- When the log last said that deliveries of the form wait undelivered.
ALTER TABLE alerts ADD COLUMN undelivered_at timestamptz;
