-- +goose Up

-- Where a run of a delivery goes instead of its action's own destination.
CREATE TABLE targets (
    delivery_id text COLLATE "C" NOT NULL REFERENCES deliveries (id) ON DELETE CASCADE,
    run_seq     bigint NOT NULL,
    url         text   NOT NULL,
    secret      bytea  NOT NULL,
    PRIMARY KEY (delivery_id, run_seq)
);

-- A replay of many leads fails when its workflow ends before it has.
ALTER TABLE replays
    ADD COLUMN failure_reason text NOT NULL DEFAULT '',
    DROP CONSTRAINT replays_status_check,
    ADD CONSTRAINT replays_status_check CHECK (status IN ('running', 'paused', 'cancelled', 'completed', 'failed'));
