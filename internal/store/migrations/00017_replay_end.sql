-- +goose Up

-- How the run that a replay of many leads began has ended, noted when the lead is
-- taken to yet another run; before that the lead itself tells.
ALTER TABLE replay_leads ADD COLUMN ended_as text NOT NULL DEFAULT '' CHECK (ended_as IN ('', 'completed', 'failed'));
