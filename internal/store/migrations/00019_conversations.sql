-- +goose Up

-- A row is there as soon as a lead or a decision of the gate names the
-- conversation. Answers to forms stay where the leads are.
CREATE TABLE conversations (
    id            text        NOT NULL,
    agent_id      text        NOT NULL,
    title         text        NOT NULL,
    url           text        NOT NULL,
    messages      jsonb       NOT NULL,
    message_count bigint      NOT NULL,
    created_at    timestamptz NOT NULL,
    updated_at    timestamptz NOT NULL,
    PRIMARY KEY (id, agent_id)
);

INSERT INTO conversations
SELECT conversation_id, agent_id, '', '', '[]', 0, min(submitted_at), min(submitted_at)
FROM submissions WHERE conversation_id <> '' GROUP BY conversation_id, agent_id;

CREATE INDEX conversations_created_at_idx ON conversations (created_at DESC, agent_id DESC, id DESC);
CREATE INDEX conversations_agent_id_idx ON conversations (agent_id, created_at DESC, id DESC);

-- What the gate answered, and by which rules. No word of the visitor's.
CREATE TABLE gate_decisions (
    id              text COLLATE "C" PRIMARY KEY,
    agent_id        text        NOT NULL,
    conversation_id text        NOT NULL,
    session_id      text        NOT NULL,
    form_id         text COLLATE "C" NOT NULL,
    form_version    bigint      NOT NULL,
    form_name       text        NOT NULL,
    at              timestamptz NOT NULL,
    score           bigint      NOT NULL,
    tier            text        NOT NULL,
    qualified       boolean     NOT NULL,
    show_form       boolean     NOT NULL,
    reason          text        NOT NULL,
    reasons         jsonb       NOT NULL
);

CREATE INDEX gate_decisions_conversation_id_idx ON gate_decisions (conversation_id, agent_id, id DESC);
