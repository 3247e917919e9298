-- +goose Up

-- The type of an action never changes; a Slack action's URL is a secret.
ALTER TABLE destinations
    ADD COLUMN type       text NOT NULL DEFAULT 'webhook',
    ADD COLUMN sealed_url bytea;
UPDATE destinations SET type = 'email' WHERE recipients IS NOT NULL;

-- The health of an action is read from its attempts. Neither column of the
-- index ever changes, so closing an attempt leaves the index alone.
ALTER TABLE attempts ADD COLUMN action_id text COLLATE "C" NOT NULL DEFAULT '';
UPDATE attempts SET action_id = deliveries.action_id FROM deliveries WHERE deliveries.id = attempts.delivery_id;
CREATE INDEX attempts_action_id_idx ON attempts (action_id, started_at DESC);
