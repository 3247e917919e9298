-- +goose Up

-- Ids are text with a prefix and sort by time; the collation C compares them
-- byte by byte, whatever the database's own collation is.
CREATE TABLE forms (
    id         text COLLATE "C" PRIMARY KEY,
    agent_id   text        NOT NULL,
    name       text        NOT NULL,
    version    bigint      NOT NULL,
    enabled    boolean     NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT forms_agent_id_name_key UNIQUE (agent_id, name)
);

CREATE TABLE form_versions (
    form_id    text COLLATE "C" NOT NULL REFERENCES forms (id) ON DELETE CASCADE,
    version    bigint      NOT NULL,
    definition jsonb       NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (form_id, version)
);

-- Where an action goes now. Not versioned: a corrected URL heals the retries
-- that wait. A row outlives the action's removal from the form, because leads
-- of older versions still need it.
CREATE TABLE destinations (
    action_id       text COLLATE "C" PRIMARY KEY,
    form_id         text COLLATE "C" NOT NULL REFERENCES forms (id) ON DELETE CASCADE,
    name            text        NOT NULL,
    url             text        NOT NULL,
    headers         bytea,
    enabled         boolean     NOT NULL,
    disabled_reason text        NOT NULL,
    updated_at      timestamptz NOT NULL,
    CONSTRAINT destinations_form_id_name_key UNIQUE (form_id, name)
);
