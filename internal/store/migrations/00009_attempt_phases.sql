-- +goose Up

-- Where the time of an attempt went; 0 for a phase that was not reached.
ALTER TABLE attempts
    ADD COLUMN dns_ms        bigint NOT NULL DEFAULT 0,
    ADD COLUMN connect_ms    bigint NOT NULL DEFAULT 0,
    ADD COLUMN tls_ms        bigint NOT NULL DEFAULT 0,
    ADD COLUMN first_byte_ms bigint NOT NULL DEFAULT 0;
