-- +goose Up

-- What the webhooks of a form are signed with, sealed for the form's id. A form
-- without a row gets one when it is first needed.
CREATE TABLE secrets (
    form_id             text COLLATE "C" PRIMARY KEY REFERENCES forms (id) ON DELETE CASCADE,
    current             bytea       NOT NULL,
    previous            bytea,
    previous_expires_at timestamptz,
    updated_at          timestamptz NOT NULL
);
