-- +goose Up

-- What pages report. A result may be here before its lead is: no key to
-- submissions. A row without a report closes the door to later ones.
CREATE TABLE client_results (
    submission_id text        NOT NULL,
    run_seq       bigint      NOT NULL,
    outcome       text        NOT NULL,
    digest        text        NOT NULL,
    report        bytea,
    at            timestamptz NOT NULL,
    taken_at      timestamptz,
    PRIMARY KEY (submission_id, run_seq)
);

-- Of the reconciler: those whose run may not have heard of them.
CREATE INDEX client_results_untaken_idx ON client_results (at) WHERE taken_at IS NULL;
