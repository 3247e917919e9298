-- +goose Up

-- What visitors upload for file and image fields.
CREATE TABLE files (
    id            text COLLATE "C" PRIMARY KEY,
    form_id       text COLLATE "C" NOT NULL,
    field         text        NOT NULL,
    agent_id      text        NOT NULL,
    name          text        NOT NULL,
    content_type  text        NOT NULL,
    size          bigint      NOT NULL,
    sha256        text        NOT NULL,
    created_at    timestamptz NOT NULL,
    -- When a lead that was about to be accepted first named the file. From then
    -- on it stays: that lead may wait long until it is stored.
    referenced_at timestamptz,
    -- The lead that has the file, once it is stored.
    submission_id text COLLATE "C"
);

CREATE INDEX files_unreferenced_idx ON files (created_at) WHERE referenced_at IS NULL;
CREATE INDEX files_submission_id_idx ON files (submission_id) WHERE submission_id IS NOT NULL;

CREATE TABLE file_contents (
    file_id text COLLATE "C" PRIMARY KEY REFERENCES files (id) ON DELETE CASCADE,
    content bytea NOT NULL
);

-- The name, type and size of each file of a lead: they never change, so the
-- lead has them at hand. NULL for none.
ALTER TABLE submissions ADD COLUMN files jsonb;
