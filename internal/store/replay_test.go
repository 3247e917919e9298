package store_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"leadrail/internal/pgtest"
	"leadrail/internal/store"
	"leadrail/models"
)

// replayOf asks in minute 30 for another run of sub_1 after its first.
func replayOf(names ...string) store.Replay {
	replay := store.Replay{SubmissionID: "sub_1", RunSeq: 1, At: minute(30)}
	for _, name := range names {
		replay.DeliveryIDs = append(replay.DeliveryIDs, "dlv_"+name)
	}
	return replay
}

// failedLead stores sub_1, whose deliveries to crm and mailing failed after two
// attempts; the one to chat was delivered.
func failedLead(t *testing.T, s *store.Store) models.Submission {
	t.Helper()
	require.NoError(t, s.CreateForm(t.Context(), aForm("crm", "mailing", "chat")))
	storeLead(t, s, aLead("sub_1"), "crm", "mailing", "chat")
	require.NoError(t, s.MarkRetrying(t.Context(), retryOf("crm", 1)))
	var conclusion models.Conclusion
	for _, name := range []string{"crm", "mailing", "chat"} {
		outcome := models.DeliveryOutcome{DeliveryID: "dlv_" + name, Label: name, Attempts: 2, Verdict: refused()}
		if name == "chat" {
			outcome.Verdict = delivered()
		}
		conclusion.Outcomes = append(conclusion.Outcomes, outcome)
	}
	return finalize(t, s, conclusion)
}

func beginReplay(t *testing.T, s *store.Store, replay store.Replay) models.Submission {
	t.Helper()
	lead, err := s.BeginReplay(t.Context(), replay)
	require.NoError(t, err)
	return lead
}

// deliveryOf reads one delivery of sub_1.
func deliveryOf(t *testing.T, s *store.Store, name string) models.Delivery {
	t.Helper()
	for _, delivery := range read(t, s, "sub_1").Deliveries {
		if delivery.ID == "dlv_"+name {
			return delivery
		}
	}
	require.Fail(t, "no such delivery", name)
	return models.Delivery{}
}

func TestAReplayTakesALeadToItsNextRun(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	before := failedLead(t, s)
	require.Equal(t, models.StatusFailed, before.Status)
	mailing, chat := deliveryOf(t, s, "mailing"), deliveryOf(t, s, "chat")

	begun := beginReplay(t, s, replayOf("crm"))
	want := before
	want.Status, want.RunSeq, want.FailureReason, want.CompletedAt, want.Deliveries = models.StatusPending, 2, "", nil, nil
	require.Empty(t, cmp.Diff(want, begun))

	crm := deliveryOf(t, s, "crm")
	require.Equal(t, models.DeliveryPending, crm.Status)
	require.Equal(t, 2, crm.RunSeq)
	require.Zero(t, crm.Attempt)
	require.Empty(t, crm.ErrorCode)
	require.Empty(t, crm.Error)
	require.Nil(t, crm.NextAttemptAt)
	require.True(t, crm.UpdatedAt.Equal(minute(30)))
	require.Empty(t, cmp.Diff(mailing, deliveryOf(t, s, "mailing")), "what was not chosen stays as it is")
	require.Empty(t, cmp.Diff(chat, deliveryOf(t, s, "chat")))
}

func TestWhatWasDeliveredOrDismissedCanBeReplayed(t *testing.T) {
	t.Parallel()
	url := pgtest.New(t)
	s := open(t, url)
	failedLead(t, s)
	_, err := connect(t, url).Exec(t.Context(), "UPDATE deliveries SET status = 'dismissed' WHERE id = 'dlv_mailing'")
	require.NoError(t, err)
	replay := replayOf("chat", "mailing")
	replay.Named = true
	beginReplay(t, s, replay)
	require.Equal(t, models.DeliveryPending, deliveryOf(t, s, "chat").Status)
	require.Equal(t, models.DeliveryPending, deliveryOf(t, s, "mailing").Status)
}

func TestAReplayOfALeadThatChangedIsAConflict(t *testing.T) {
	t.Parallel()
	other := replayOf("crm")
	other.SubmissionID = "sub_2"
	later := replayOf("crm")
	later.RunSeq = 2
	for name, c := range map[string]struct {
		open   bool
		replay store.Replay
	}{
		"it goes on":                 {true, replayOf("crm")},
		"another run of it":          {false, later},
		"another lead":               {false, other},
		"a delivery of another lead": {false, replayOf("crm", "other")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStore(t)
			if c.open {
				storeLead(t, s, aLead("sub_1"), "crm")
			} else {
				failedLead(t, s)
			}
			storeLead(t, s, aLead("sub_2"), "other")
			before := read(t, s, "sub_1")
			_, err := s.BeginReplay(t.Context(), c.replay)
			requireCode(t, models.CodeConflict, err)
			require.Empty(t, cmp.Diff(before, read(t, s, "sub_1")), "all or nothing")
		})
	}
}

func TestOneOfManyReplaysBegins(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	failedLead(t, s)
	errs := make([]error, 16)
	var all sync.WaitGroup
	for i := range errs {
		all.Go(func() { _, errs[i] = s.BeginReplay(t.Context(), replayOf("crm", "mailing")) })
	}
	all.Wait()
	begun := 0
	for _, err := range errs {
		if err == nil {
			begun++
		} else {
			requireCode(t, models.CodeConflict, err)
		}
	}
	require.Equal(t, 1, begun)
	require.Equal(t, 2, read(t, s, "sub_1").RunSeq)
}

// What the run before still writes after the replay began changes nothing.
func TestLateWritesOfTheRunBeforeChangeNothing(t *testing.T) {
	t.Parallel()
	conclusion := models.Conclusion{Outcomes: []models.DeliveryOutcome{
		{DeliveryID: "dlv_crm", Attempts: 4, Verdict: refused()}, {DeliveryID: "dlv_mailing", Attempts: 1, Verdict: delivered()},
	}}
	for name, write := range map[string]func(ctx context.Context, s *store.Store) error{
		"a wait": func(ctx context.Context, s *store.Store) error { return s.MarkRetrying(ctx, retryOf("crm", 2)) },
		"a conclusion": func(ctx context.Context, s *store.Store) error {
			return s.Finalize(ctx, "sub_1", 1, conclusion, minute(31))
		},
		"its end": func(ctx context.Context, s *store.Store) error {
			_, err := s.EndLeads(ctx, []store.Ending{ending("sub_1", 1)}, minute(31))
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStore(t)
			failedLead(t, s)
			beginReplay(t, s, replayOf("crm", "mailing"))
			before := read(t, s, "sub_1")
			require.NoError(t, write(t.Context(), s))
			require.Empty(t, cmp.Diff(before, read(t, s, "sub_1")))
		})
	}
}

// A verdict that comes late stands in its attempt, not in the delivery.
func TestALateVerdictOfTheRunBeforeDeliversNothing(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	failedLead(t, s)
	openAttempt(t, s, opening(3))
	beginReplay(t, s, replayOf("crm"))
	require.NoError(t, s.CloseAttempt(t.Context(), closed("crm", 3, delivered())))
	crm := deliveryOf(t, s, "crm")
	require.Equal(t, models.DeliveryPending, crm.Status)
	require.Equal(t, models.OutcomeDelivered, crm.Attempts[len(crm.Attempts)-1].Outcome)
}

func TestAReplayIsTakenByTheReconciler(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	failedLead(t, s)
	beginReplay(t, s, replayOf("crm"))
	look := func(round int) []store.OpenLead {
		leads, err := s.TakeOpenLeads(t.Context(), store.OpenLeads{At: minute(round), ChangedBefore: minute(round - 1), AttemptedBefore: minute(round), Limit: 9})
		require.NoError(t, err)
		return leads
	}
	require.Empty(t, look(31), "it began less than a minute ago")
	found := look(32)
	require.Len(t, found, 1)
	require.Equal(t, 2, found[0].RunSeq)
	require.False(t, found[0].Attempted, "the attempts so far are those of the run before")

	attempt := opening(1)
	attempt.RunSeq = 2
	openAttempt(t, s, attempt)
	require.True(t, look(33)[0].Attempted)
}

func TestReplaysFollowEachOther(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	failedLead(t, s)
	for run := 2; run <= 4; run++ {
		replay := replayOf("crm")
		replay.RunSeq = run - 1
		beginReplay(t, s, replay)
		attempt := opening(1)
		attempt.RunSeq = run
		openAttempt(t, s, attempt)
		require.NoError(t, s.Finalize(t.Context(), "sub_1", run, models.Conclusion{Outcomes: []models.DeliveryOutcome{
			{DeliveryID: "dlv_crm", Attempts: 1, Verdict: refused()},
		}}, minute(30+run)), fmt.Sprint(run))
	}
	lead := read(t, s, "sub_1")
	require.Equal(t, models.StatusFailed, lead.Status)
	require.Equal(t, 4, lead.RunSeq)
	require.True(t, lead.CompletedAt.Equal(minute(34)))
	require.Len(t, deliveryOf(t, s, "crm").Attempts, 3)
}
