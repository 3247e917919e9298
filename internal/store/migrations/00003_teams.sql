-- +goose Up

CREATE TABLE teams (
    id         text COLLATE "C" PRIMARY KEY,
    name       text        NOT NULL,
    emails     jsonb       NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT teams_name_key UNIQUE (name)
);

CREATE TABLE team_members (
    team_id   text COLLATE "C" NOT NULL REFERENCES teams (id) ON DELETE CASCADE,
    email     text    NOT NULL,
    position  bigint  NOT NULL,
    weight    bigint  NOT NULL,
    capacity  bigint  NOT NULL,
    hours     jsonb,
    time_zone text    NOT NULL,
    away      boolean NOT NULL,
    credit    bigint  NOT NULL, -- in parts of a lead
    day       text    NOT NULL,
    taken     bigint  NOT NULL,
    PRIMARY KEY (team_id, email)
);

-- How leads are routed. There is always one row, which changes lock.
CREATE TABLE routing (
    id            bigint PRIMARY KEY CHECK (id = 1),
    rules         jsonb       NOT NULL,
    fallback_team text        NOT NULL,
    updated_at    timestamptz NOT NULL
);

INSERT INTO routing (id, rules, fallback_team, updated_at) VALUES (1, '[]', '', now());

ALTER TABLE submissions
    ADD COLUMN score    bigint NOT NULL DEFAULT 0,
    ADD COLUMN tier     text   NOT NULL DEFAULT '',
    ADD COLUMN team     text   NOT NULL DEFAULT '',
    ADD COLUMN assignee text   NOT NULL DEFAULT '',
    ADD COLUMN assignment jsonb;

CREATE INDEX submissions_score_idx ON submissions (score DESC, submitted_at DESC, id DESC);
CREATE INDEX submissions_team_idx ON submissions (team, submitted_at DESC, id DESC) WHERE team <> '';
