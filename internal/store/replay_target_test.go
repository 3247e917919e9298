package store_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"leadrail/internal/pgtest"
	"leadrail/internal/store"
	"leadrail/models"
)

// elsewhere is where the run of crm goes.
func elsewhere(runSeq int) models.Target {
	return models.Target{DeliveryID: "dlv_crm", RunSeq: runSeq, URL: "https://other.example.com/a", Secret: models.Sealed("sealed")}
}

// replayedElsewhere has crm and mailing replayed, crm to another URL.
func replayedElsewhere(t *testing.T, s *store.Store) {
	t.Helper()
	failedLead(t, s)
	replay := replayOf("crm", "mailing")
	replay.Targets = []models.Target{elsewhere(2)}
	beginReplay(t, s, replay)
}

func TestAReplayGoesElsewhereForOneRun(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	replayedElsewhere(t, s)
	target, err := s.Target(t.Context(), "dlv_crm", 2)
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(elsewhere(2), target))
	for _, other := range []models.Target{{DeliveryID: "dlv_crm", RunSeq: 1}, {DeliveryID: "dlv_crm", RunSeq: 3}, {DeliveryID: "dlv_mailing", RunSeq: 2}} {
		_, err := s.Target(t.Context(), other.DeliveryID, other.RunSeq)
		requireCode(t, models.CodeNotFound, err)
	}

	finalizeRun(t, s, 2)
	again := replayOf("crm")
	again.RunSeq = 2
	beginReplay(t, s, again)
	finalizeRun(t, s, 3)
	again.RunSeq, again.Targets = 3, []models.Target{elsewhere(4)}
	beginReplay(t, s, again)
	require.Empty(t, cmp.Diff([]models.Target{elsewhere(2), elsewhere(4)}, deliveryOf(t, s, "crm").Targets), "each run keeps its own")
	leads, err := s.Submissions(t.Context(), store.SubmissionFilter{Limit: 1})
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(read(t, s, "sub_1").Deliveries, leads[0].Deliveries))
}

// finalizeRun ends a run of sub_1 in which crm failed.
func finalizeRun(t *testing.T, s *store.Store, runSeq int) {
	t.Helper()
	require.NoError(t, s.Finalize(t.Context(), "sub_1", runSeq, models.Conclusion{
		Outcomes: []models.DeliveryOutcome{{DeliveryID: "dlv_crm", Attempts: 1, Verdict: refused()}},
	}, minute(35)))
}

func TestAReplayThatDoesNotBeginGoesNowhere(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	failedLead(t, s)
	beginReplay(t, s, replayOf("mailing"))
	replay := replayOf("crm")
	replay.Targets = []models.Target{elsewhere(2)}
	_, err := s.BeginReplay(t.Context(), replay)
	requireCode(t, models.CodeConflict, err)
	_, err = s.Target(t.Context(), "dlv_crm", 2)
	requireCode(t, models.CodeNotFound, err)
}

// OpenAttempt reads the target with all else: what a plan knows may be less.
func TestAnAttemptFindsTheTargetOfItsRun(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	replayedElsewhere(t, s)
	attempt := models.Attempt{DeliveryID: "dlv_crm", RunSeq: 2, N: 1, Trigger: models.TriggerReplay, StartedAt: minute(31)}
	job := openAttempt(t, s, attempt)
	require.Empty(t, cmp.Diff(elsewhere(2), job.Target))
	require.True(t, job.Attempt.Elsewhere)
	require.Empty(t, cmp.Diff(job, openAttempt(t, s, attempt)), "a repeat as well")

	late := openAttempt(t, s, opening(3))
	require.Zero(t, late.Target, "one of the run before")
	require.False(t, late.Attempt.Elsewhere)
	attempt.DeliveryID = "dlv_mailing"
	require.Zero(t, openAttempt(t, s, attempt).Target, "the delivery beside it")
}

// A worker that is older than targets opens the attempt without a word of them.
func TestAnOlderWorkerMayNotMakeAnAttemptElsewhere(t *testing.T) {
	t.Parallel()
	url := pgtest.New(t)
	s := open(t, url)
	replayedElsewhere(t, s)
	conn := connect(t, url)
	insert := func(delivery string) error {
		_, err := conn.Exec(t.Context(), `
			INSERT INTO attempts (delivery_id, run_seq, n, action_id, trigger, started_at, duration_ms, outcome, http_status,
			                      error_code, error, retry_after, response, address)
			VALUES ($1, 2, 1, '', 'replay', now(), 0, '', 0, '', '', 0, '', '') ON CONFLICT DO NOTHING`, delivery)
		return err
	}
	require.ErrorContains(t, insert("dlv_crm"), "too old")
	require.NoError(t, insert("dlv_mailing"), "which goes to the action's own URL")
	openAttempt(t, s, models.Attempt{DeliveryID: "dlv_crm", RunSeq: 2, N: 1, Trigger: models.TriggerReplay, StartedAt: minute(31)})
	require.ErrorContains(t, insert("dlv_crm"), "too old", "nor repeat it")
}

func TestHealthIsThatOfTheActionsOwnURL(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	replayedElsewhere(t, s)
	for n, verdict := range []models.Verdict{refused(), delivered()} {
		attempt := models.Attempt{DeliveryID: "dlv_crm", RunSeq: 2, N: n + 1, Trigger: models.TriggerReplay, StartedAt: minute(31 + n)}
		openAttempt(t, s, attempt)
		attempt.Record(verdict)
		finished := minute(32 + n)
		attempt.FinishedAt = &finished
		require.NoError(t, s.CloseAttempt(t.Context(), attempt))
	}
	require.Zero(t, healthOf(t, s))
}
