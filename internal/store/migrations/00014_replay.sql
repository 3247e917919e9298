-- +goose Up

-- Replays of all failed leads that a filter selects.
CREATE TABLE replays (
    id              text COLLATE "C" PRIMARY KEY,
    filter          jsonb       NOT NULL,
    status          text        NOT NULL CHECK (status IN ('running', 'paused', 'cancelled', 'completed')),
    matched         bigint      NOT NULL,
    rate_per_second bigint      NOT NULL,
    created_at      timestamptz NOT NULL,
    ended_at        timestamptz
);

-- The leads that a replay took to their next run.
CREATE TABLE replay_leads (
    replay_id     text COLLATE "C" NOT NULL REFERENCES replays (id) ON DELETE CASCADE,
    submission_id text COLLATE "C" NOT NULL REFERENCES submissions (id) ON DELETE CASCADE,
    run_seq       bigint      NOT NULL,
    PRIMARY KEY (replay_id, submission_id)
);

CREATE INDEX replay_leads_submission_id_idx ON replay_leads (submission_id);
