package leads_test

import (
	"encoding/json"
	"errors"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"leadrail/internal/leads"
	"leadrail/internal/store"
	"leadrail/models"
)

// endedLead is one that ended after its third run, with deliveries of every kind.
func endedLead(status models.Status) models.Submission {
	return models.Submission{
		ID: "sub_1", FormID: "form_1", AgentID: "agent_1", Status: status, RunSeq: 3, SubmittedAt: start,
		Deliveries: []models.Delivery{
			{ID: "dlv_done", Status: models.DeliveryDelivered},
			{ID: "dlv_a", Status: models.DeliveryFailed},
			{ID: "dlv_b", Status: models.DeliveryFailed},
			{ID: "dlv_off", Status: models.DeliveryDismissed},
		},
	}
}

// replaying is a desk with the lead, where every replay begins and starts.
func replaying(t *testing.T, lead models.Submission) *desk {
	t.Helper()
	d := newDesk(t)
	d.submission = func(string) (models.Submission, error) { return lead, nil }
	d.begin = func(store.Replay) error { return nil }
	d.replay = func(models.Submission, models.Sealed) error { return nil }
	return d
}

func replayInput(force bool, deliveries ...string) leads.ReplayInput {
	return leads.ReplayInput{SubmissionRef: leads.SubmissionRef{ID: "sub_1"}, Deliveries: deliveries, Force: force}
}

func TestReplayTakesWhatFailedOrIsNamed(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		status models.Status
		in     leads.ReplayInput
		want   []string
	}{
		"nothing is named":            {models.StatusFailed, replayInput(false), []string{"dlv_a", "dlv_b"}},
		"one":                         {models.StatusFailed, replayInput(false, "dlv_b"), []string{"dlv_b"}},
		"one, twice":                  {models.StatusFailed, replayInput(false, "dlv_b", "dlv_b"), []string{"dlv_b"}},
		"a dismissed one":             {models.StatusFailed, replayInput(false, "dlv_off"), []string{"dlv_off"}},
		"a delivered one, by force":   {models.StatusFailed, replayInput(true, "dlv_done"), []string{"dlv_done"}},
		"nothing is named, by force":  {models.StatusFailed, replayInput(true), []string{"dlv_done", "dlv_a", "dlv_b"}},
		"of a completed one by force": {models.StatusCompleted, replayInput(true, "dlv_done"), []string{"dlv_done"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := replaying(t, endedLead(c.status))
			var begun store.Replay
			d.begin = func(replay store.Replay) error { begun = replay; return nil }
			started := 0
			d.replay = func(lead models.Submission, sealed models.Sealed) error {
				started++
				require.Equal(t, 4, lead.RunSeq)
				plain, err := d.keyring.Open(sealed, "sub_1")
				require.NoError(t, err)
				var opened models.Submission
				require.NoError(t, json.Unmarshal(plain, &opened))
				require.Equal(t, "agent_1", opened.AgentID, "sealed anew from the row")
				return nil
			}
			out, err := d.Replay(t.Context(), c.in)
			require.NoError(t, err)
			require.Empty(t, cmp.Diff(store.Replay{
				SubmissionID: "sub_1", RunSeq: 3, DeliveryIDs: c.want, Named: c.in.Deliveries != nil, At: start,
			}, begun))
			require.Equal(t, leads.ReplayOutput{SubmissionID: "sub_1", Status: models.StatusPending, RunSeq: 4, Deliveries: c.want}, out)
			require.Equal(t, "/v1/submissions/sub_1", out.Location())
			require.Equal(t, 1, started)
		})
	}
}

func TestReplayIsRefused(t *testing.T) {
	t.Parallel()
	nothing := endedLead(models.StatusCompleted)
	nothing.Deliveries = nothing.Deliveries[:1]
	for name, c := range map[string]struct {
		lead models.Submission
		in   leads.ReplayInput
		code models.Code
		want string
	}{
		"a delivery of another lead":    {endedLead(models.StatusFailed), replayInput(true, "dlv_a", "dlv_x"), models.CodeInvalid, "deliveries[1]"},
		"an empty list":                 {endedLead(models.StatusFailed), replayInput(true, []string{}...), models.CodeInvalid, "deliveries"},
		"what was delivered":            {endedLead(models.StatusFailed), replayInput(false, "dlv_done"), models.CodeConflict, "already_delivered"},
		"nothing failed":                {nothing, replayInput(false), models.CodeConflict, "nothing_failed"},
		"what was delivered goes on":    {waitingLead(), replayInput(true, "dlv_a"), models.CodeConflict, "nothing_failed"},
		"what was delivered, unforced":  {waitingLead(), replayInput(false, "dlv_a"), models.CodeConflict, "already_delivered"},
		"somebody is always quicker":    {endedLead(models.StatusFailed), replayInput(false, "dlv_b"), models.CodeConflict, "nothing_failed"},
		"a key that is for other leads": {endedLead(models.StatusFailed), replayInput(false), models.CodeForbidden, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := replaying(t, c.lead)
			ctx := t.Context()
			if c.code == models.CodeForbidden {
				ctx = models.WithPrincipal(ctx, models.Principal{KeyID: "key_1", AgentIDs: []string{"agent_2"}})
			}
			in := c.in
			if name == "an empty list" {
				in.Deliveries = []string{}
			}
			d.begin = func(store.Replay) error {
				require.Equal(t, "somebody is always quicker", name)
				return models.Errorf(models.CodeConflict, "The lead changed meanwhile.")
			}
			_, err := d.Replay(ctx, in)
			var refused *models.Error
			require.ErrorAs(t, err, &refused)
			require.Equal(t, c.code, refused.Code)
			if len(refused.Fields) > 0 {
				require.Equal(t, c.want, refused.Fields[0].Field)
				return
			}
			require.Equal(t, c.want, refused.Reason)
		})
	}
}

func TestAReplayBegunStandsWithoutTheEngine(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		start error
		code  models.Code
	}{
		"it is away: the reconciler starts the run": {away(), ""},
		"it does not understand":                    {errors.New("it does not understand"), models.CodeInternal},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := replaying(t, endedLead(models.StatusFailed))
			d.replay = func(models.Submission, models.Sealed) error { return c.start }
			_, err := d.Replay(t.Context(), replayInput(false))
			require.Equal(t, c.code, models.CodeOf(err))
		})
	}
}

func TestAReplayThatCannotBeStoredIsUnavailable(t *testing.T) {
	t.Parallel()
	d := replaying(t, endedLead(models.StatusFailed))
	d.begin = func(store.Replay) error { return away() }
	_, err := d.Replay(t.Context(), replayInput(false))
	require.Equal(t, models.CodeUnavailable, models.CodeOf(err))

	d.submission = func(string) (models.Submission, error) { return models.Submission{}, away() }
	_, err = d.Replay(t.Context(), replayInput(false, "dlv_a"))
	require.Equal(t, models.CodeUnavailable, models.CodeOf(err), "the workflow does not know the deliveries")
}

// Whoever was quicker may be done by the time that the others look again: they meant
// the run that he has replayed.
func TestManyAtOnceReplayOneRun(t *testing.T) {
	t.Parallel()
	for name, then := range map[string]models.Submission{
		"which has failed again": endedLead(models.StatusFailed), "which goes on": waitingLead(),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			const callers = 50
			d := replaying(t, endedLead(models.StatusFailed))
			var mu sync.Mutex
			var looks sync.WaitGroup // no replay begins before all have seen the lead
			looks.Add(callers)
			lead, begun := endedLead(models.StatusFailed), 0
			d.submission = func(string) (models.Submission, error) {
				mu.Lock()
				defer mu.Unlock()
				return lead, nil
			}
			d.begin = func(replay store.Replay) error {
				looks.Done()
				looks.Wait()
				mu.Lock()
				defer mu.Unlock()
				if replay.RunSeq != lead.RunSeq {
					return models.Errorf(models.CodeConflict, "The lead changed meanwhile.")
				}
				begun++
				lead = then
				lead.RunSeq = replay.RunSeq + 1
				return nil
			}
			errs := make([]error, callers)
			var all sync.WaitGroup
			for i := range errs {
				all.Go(func() { _, errs[i] = d.Replay(t.Context(), replayInput(false)) })
			}
			all.Wait()
			require.Equal(t, 1, begun)
			conflicts := 0
			for _, err := range errs {
				if err != nil {
					var refused *models.Error
					require.ErrorAs(t, err, &refused)
					require.Equal(t, "nothing_failed", refused.Reason)
					conflicts++
				}
			}
			require.Equal(t, callers-1, conflicts)
		})
	}
}

func TestReplayOfALeadThatGoesOnAsksItsRun(t *testing.T) {
	t.Parallel()
	lead := waitingLead()
	lead.Deliveries[0] = models.Delivery{ID: "dlv_a", Status: models.DeliveryPending, Attempts: make([]models.Attempt, 4)}
	d := replaying(t, lead)
	var calls []string
	d.redeliver = func(submissionID, callID string, deliveryIDs []string) ([]string, error) {
		require.Equal(t, "sub_1", submissionID)
		calls = append(calls, callID)
		return []string{"dlv_a"}, nil
	}
	out, err := d.Replay(t.Context(), replayInput(false))
	require.NoError(t, err)
	require.Equal(t, leads.ReplayOutput{SubmissionID: "sub_1", Status: models.StatusRetrying, RunSeq: 3, Deliveries: []string{"dlv_a"}}, out)
	_, err = d.Replay(t.Context(), replayInput(true, "dlv_a"))
	require.NoError(t, err)
	require.Equal(t, []string{"redeliver:3:dlv_a:4:dlv_b:0", "redeliver:3:dlv_a:4"}, calls, "every click on what is seen is one call")
}

func TestReplayOfALeadWhoseRunHasJustEnded(t *testing.T) {
	t.Parallel()
	replayed := waitingLead()
	original := waitingLead()
	original.RunSeq = 1
	for name, c := range map[string]struct {
		then models.Submission
		want string // in the message; empty where it is replayed
	}{
		"it failed":                 {endedLead(models.StatusFailed), ""},
		"another replay is begun":   {replayed, "about to begin"},
		"the reconciler has to see": {original, "becomes failed within minutes"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := replaying(t, waitingLead())
			reads := 0
			d.submission = func(string) (models.Submission, error) {
				if reads++; reads == 1 {
					return waitingLead(), nil
				}
				return c.then, nil
			}
			d.redeliver = func(string, string, []string) ([]string, error) { return nil, unknown() }
			out, err := d.Replay(t.Context(), replayInput(false))
			if c.want == "" {
				require.NoError(t, err)
				require.Equal(t, 4, out.RunSeq)
				return
			}
			require.Equal(t, models.CodeConflict, models.CodeOf(err))
			require.ErrorContains(t, err, c.want)
		})
	}
}
