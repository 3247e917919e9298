-- +goose Up

-- When the reconciler last took the lead for a look at its workflow.
ALTER TABLE submissions ADD COLUMN reconciled_at timestamptz;

CREATE INDEX submissions_reconciled_at_idx ON submissions (reconciled_at NULLS FIRST, id) WHERE status IN ('pending', 'retrying');
CREATE INDEX submissions_failed_idx ON submissions (form_id, completed_at DESC, id DESC) WHERE status = 'failed';

-- With the lead, the run that an alert is about: a replay may fail again.
ALTER TABLE alerts ADD COLUMN run_seq bigint NOT NULL DEFAULT 0;
