-- +goose Up

-- A form that is deleted is kept for its leads, and gives its name back.
ALTER TABLE forms ADD COLUMN deleted_at timestamptz;
ALTER TABLE forms DROP CONSTRAINT forms_agent_id_name_key;
CREATE UNIQUE INDEX forms_agent_id_name_key ON forms (agent_id, name) WHERE deleted_at IS NULL;
