-- +goose Up

-- Leads that were accepted while Temporal was away or busy, until a relay has
-- started their workflows. The lead is sealed, as in workflow history.
CREATE TABLE intake (
    id           text COLLATE "C" PRIMARY KEY,
    -- The order of acceptance.
    seq          bigint GENERATED ALWAYS AS IDENTITY,
    form_id      text COLLATE "C" NOT NULL,
    form_version bigint      NOT NULL,
    form_name    text        NOT NULL,
    agent_id     text        NOT NULL,
    digest       text        NOT NULL,
    lead         bytea       NOT NULL,
    accepted_at  timestamptz NOT NULL,
    -- Why a lead stays here for good: a workflow of its id exists with another
    -- body. Empty for leads on their way.
    conflict     text        NOT NULL
);

CREATE INDEX intake_seq_idx ON intake (seq) WHERE conflict = '';

-- What the request looked like, so that a repeat under the same idempotency
-- key can be told from another body.
ALTER TABLE submissions ADD COLUMN digest text NOT NULL DEFAULT '';

-- One row: a secret of the installation, from which ids are derived that must
-- come out the same on every machine and after every restart.
CREATE TABLE installation (
    id     bigint PRIMARY KEY CHECK (id = 1),
    secret text   NOT NULL
);
INSERT INTO installation (id, secret)
VALUES (1, replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''));
