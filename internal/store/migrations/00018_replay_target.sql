-- +goose Up

-- Where a run of a delivery goes instead of its action's own destination.
CREATE TABLE targets (
    delivery_id text COLLATE "C" NOT NULL REFERENCES deliveries (id) ON DELETE CASCADE,
    run_seq     bigint NOT NULL,
    url         text   NOT NULL,
    secret      bytea  NOT NULL,
    PRIMARY KEY (delivery_id, run_seq)
);

-- Whether the attempt goes to its run's target. A worker that is older than targets
-- would make it at the action's own destination: it may not open it, and Temporal
-- gives the attempt to another.
ALTER TABLE attempts ADD COLUMN elsewhere boolean NOT NULL DEFAULT false;

-- +goose StatementBegin
CREATE FUNCTION refuse_stray_attempt() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM targets WHERE delivery_id = NEW.delivery_id AND run_seq = NEW.run_seq) THEN
        RAISE EXCEPTION 'the run goes to another URL, which this worker is too old to know';
    END IF;
    RETURN NEW;
END
$$;
-- +goose StatementEnd

CREATE TRIGGER refuse_stray_attempt BEFORE INSERT ON attempts
    FOR EACH ROW WHEN (NEW.run_seq > 1 AND NOT NEW.elsewhere) EXECUTE FUNCTION refuse_stray_attempt();

-- A replay of many leads fails when its workflow ends before it has.
ALTER TABLE replays
    ADD COLUMN failure_reason text NOT NULL DEFAULT '',
    DROP CONSTRAINT replays_status_check,
    ADD CONSTRAINT replays_status_check CHECK (status IN ('running', 'paused', 'cancelled', 'completed', 'failed'));
