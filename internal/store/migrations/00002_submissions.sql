-- +goose Up

-- No foreign key to forms: an accepted lead is stored whatever happened to its
-- form in between.
CREATE TABLE submissions (
    id               text COLLATE "C" PRIMARY KEY,
    form_id          text COLLATE "C" NOT NULL,
    form_version     bigint      NOT NULL,
    form_name        text        NOT NULL,
    agent_id         text        NOT NULL,
    conversation_id  text        NOT NULL,
    session_id       text        NOT NULL,
    form_data        jsonb       NOT NULL,
    fields_completed jsonb       NOT NULL,
    signals          jsonb,
    context          jsonb,
    consent          jsonb,
    impression_at    timestamptz,
    started_at       timestamptz,
    submitted_at     timestamptz NOT NULL,
    completed_at     timestamptz,
    status           text        NOT NULL CHECK (status IN ('pending', 'retrying', 'completed', 'failed')),
    failure_reason   text        NOT NULL,
    run_seq          bigint      NOT NULL,
    qualification    jsonb
);

CREATE INDEX submissions_submitted_at_idx ON submissions (submitted_at DESC, id DESC);
CREATE INDEX submissions_form_id_idx ON submissions (form_id, submitted_at DESC, id DESC);
CREATE INDEX submissions_conversation_id_idx ON submissions (conversation_id, submitted_at DESC) WHERE conversation_id <> '';
CREATE INDEX submissions_open_idx ON submissions (status, submitted_at) WHERE status IN ('pending', 'retrying', 'failed');

CREATE TABLE deliveries (
    id              text COLLATE "C" PRIMARY KEY,
    submission_id   text COLLATE "C" NOT NULL REFERENCES submissions (id) ON DELETE CASCADE,
    action_id       text COLLATE "C" NOT NULL,
    action_name     text        NOT NULL,
    type            text        NOT NULL,
    status          text        NOT NULL CHECK (status IN ('pending', 'retrying', 'delivered', 'failed', 'dismissed')),
    run_seq         bigint      NOT NULL,
    attempt         bigint      NOT NULL,
    error_code      text        NOT NULL,
    error           text        NOT NULL,
    next_attempt_at timestamptz,
    created_at      timestamptz NOT NULL,
    updated_at      timestamptz NOT NULL,
    CONSTRAINT deliveries_submission_id_action_id_key UNIQUE (submission_id, action_id)
);

CREATE TABLE attempts (
    delivery_id text COLLATE "C" NOT NULL REFERENCES deliveries (id) ON DELETE CASCADE,
    run_seq     bigint      NOT NULL,
    n           bigint      NOT NULL,
    trigger     text        NOT NULL,
    started_at  timestamptz NOT NULL,
    finished_at timestamptz,
    duration_ms bigint      NOT NULL,
    outcome     text        NOT NULL,
    http_status bigint      NOT NULL,
    error_code  text        NOT NULL,
    error       text        NOT NULL,
    retry_after bigint      NOT NULL, -- nanoseconds
    response    text        NOT NULL,
    address     text        NOT NULL,
    PRIMARY KEY (delivery_id, run_seq, n)
);
