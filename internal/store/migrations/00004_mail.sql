-- +goose Up

-- Mails of installations without a provider: shown, never sent.
CREATE TABLE mails (
    id         text COLLATE "C" PRIMARY KEY,
    -- The delivery or alert that the mail belongs to; a replay brings it again.
    message_id text        NOT NULL,
    sender     text        NOT NULL,
    recipients jsonb       NOT NULL,
    reply_to   text        NOT NULL,
    subject    text        NOT NULL,
    html       text        NOT NULL,
    text       text        NOT NULL,
    sent_at    timestamptz NOT NULL
);

-- What the owner of a form was last told of failed leads, and how many have
-- failed since.
CREATE TABLE alerts (
    form_id       text COLLATE "C" PRIMARY KEY,
    submission_id text COLLATE "C" NOT NULL,
    sent_at       timestamptz NOT NULL,
    told          bigint      NOT NULL,
    failed        bigint      NOT NULL
);

ALTER TABLE destinations ADD COLUMN recipients jsonb;
ALTER TABLE forms ADD COLUMN alert_email text NOT NULL DEFAULT '';
