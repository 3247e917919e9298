package store_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"leadrail/internal/pgtest"
	"leadrail/internal/store"
	"leadrail/models"
)

// refused is the verdict of the attempts that failed here.
func refused() models.Verdict {
	return models.Verdict{
		Outcome: models.OutcomeRetry, HTTPStatus: 500, Code: models.ErrorHTTPStatus, Message: "the endpoint answered 500",
	}
}

func delivered() models.Verdict {
	return models.Verdict{Outcome: models.OutcomeDelivered, HTTPStatus: 200}
}

// retryOf is the wait after attempt n of a delivery of sub_1, which failed in
// minute n.
func retryOf(name string, n int) store.Retry {
	return store.Retry{
		SubmissionID: "sub_1", DeliveryID: "dlv_" + name, RunSeq: 1, Attempt: n,
		Verdict: refused(), NextAttemptAt: minute(n + 1), At: minute(n),
	}
}

// closed is attempt n with its verdict, made in minute n.
func closed(name string, n int, verdict models.Verdict) models.Attempt {
	finished := minute(n)
	attempt := models.Attempt{
		DeliveryID: "dlv_" + name, RunSeq: 1, N: n, Trigger: models.TriggerSchedule, StartedAt: start,
		FinishedAt: &finished, DurationMS: 120, Response: "{}", Address: "192.0.2.1:443",
	}
	attempt.Record(verdict)
	return attempt
}

// outcomeOf is where a delivery ended.
func outcomeOf(name string, attempts int, verdict models.Verdict) models.DeliveryOutcome {
	return models.DeliveryOutcome{DeliveryID: "dlv_" + name, Label: "webhook " + name, Attempts: attempts, Verdict: verdict}
}

// write is one of the writes that a run makes about a lead.
type write struct {
	name string
	do   func(t *testing.T, s *store.Store) error
}

// writesOf are the writes of a run that ends with its third attempt.
func writesOf(runSeq int, last models.Verdict) []write {
	retry := func(n int) write {
		return write{fmt.Sprintf("R%d", n), func(t *testing.T, s *store.Store) error {
			t.Helper()
			in := retryOf("crm", n)
			in.RunSeq = runSeq
			return s.MarkRetrying(t.Context(), in)
		}}
	}
	return []write{
		retry(1),
		retry(2),
		{"C3", func(t *testing.T, s *store.Store) error {
			t.Helper()
			attempt := closed("crm", 3, last)
			attempt.RunSeq = runSeq
			return s.CloseAttempt(t.Context(), attempt)
		}},
		{"F", func(t *testing.T, s *store.Store) error {
			t.Helper()
			outcomes := []models.DeliveryOutcome{outcomeOf("crm", 3, last)}
			return s.Finalize(t.Context(), "sub_1", runSeq, models.Conclusion{Outcomes: outcomes}, minute(3))
		}},
	}
}

// orders lists every order of the writes.
func orders(writes []write) [][]write {
	if len(writes) == 0 {
		return [][]write{nil}
	}
	var all [][]write
	for i, first := range writes {
		rest := append(append([]write{}, writes[:i]...), writes[i+1:]...)
		for _, order := range orders(rest) {
			all = append(all, append([]write{first}, order...))
		}
	}
	return all
}

// rank says how far a status is. No write may lower it.
func rank(status string) int {
	return map[string]int{"pending": 0, "retrying": 1, "delivered": 2, "completed": 2, "failed": 2, "dismissed": 2}[status]
}

func TestStatusNeverMovesBackwards(t *testing.T) {
	t.Parallel()
	url := pgtest.New(t)
	s, conn := open(t, url), connect(t, url)
	require.NoError(t, s.CreateForm(t.Context(), aForm("crm")))
	for _, last := range []models.Verdict{delivered(), refused()} {
		for _, order := range orders(writesOf(1, last)) {
			name := string(last.Outcome)
			for _, w := range order {
				name += " " + w.name
			}
			t.Run(name, func(t *testing.T) {
				_, err := conn.Exec(t.Context(), "DELETE FROM submissions")
				require.NoError(t, err)
				storeLead(t, s, aLead("sub_1"), "crm")
				openAttempt(t, s, opening(3))
				before := read(t, s, "sub_1")
				for _, w := range append(order, order...) { // each write comes twice
					require.NoError(t, w.do(t, s))
					now := read(t, s, "sub_1")
					require.GreaterOrEqual(t, rank(string(now.Status)), rank(string(before.Status)), w.name)
					require.GreaterOrEqual(t, rank(string(now.Deliveries[0].Status)), rank(string(before.Deliveries[0].Status)), w.name)
					require.GreaterOrEqual(t, now.Deliveries[0].Attempt, before.Deliveries[0].Attempt, w.name)
					before = now
				}
				wantLead, wantDelivery := models.StatusCompleted, models.DeliveryDelivered
				if !last.Delivered() {
					wantLead, wantDelivery = models.StatusFailed, models.DeliveryFailed
				}
				require.Equal(t, wantLead, before.Status)
				require.Equal(t, wantDelivery, before.Deliveries[0].Status)
				require.Equal(t, 3, before.Deliveries[0].Attempt)
				require.Equal(t, last.Code, before.Deliveries[0].ErrorCode)
				require.Nil(t, before.Deliveries[0].NextAttemptAt)
			})
		}
	}
}

func TestWritesOfAnotherRunChangeNothing(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	require.NoError(t, s.CreateForm(t.Context(), aForm("crm")))
	lead := aLead("sub_1")
	lead.RunSeq = 2
	storeLead(t, s, lead, "crm")
	before := read(t, s, "sub_1")
	for _, runSeq := range []int{1, 3} {
		attempt := opening(3)
		attempt.RunSeq = runSeq
		openAttempt(t, s, attempt)
		for _, w := range writesOf(runSeq, delivered()) {
			require.NoError(t, w.do(t, s))
			now := read(t, s, "sub_1")
			now.Deliveries[0].Attempts = before.Deliveries[0].Attempts // they are the other run's own
			require.Empty(t, cmp.Diff(before, now), "%s of run %d", w.name, runSeq)
		}
	}
}

func TestWritesLeaveADismissedDeliveryAlone(t *testing.T) {
	t.Parallel()
	url := pgtest.New(t)
	s := open(t, url)
	require.NoError(t, s.CreateForm(t.Context(), aForm("crm")))
	storeLead(t, s, aLead("sub_1"), "crm")
	openAttempt(t, s, opening(3))
	_, err := connect(t, url).Exec(t.Context(), "UPDATE deliveries SET status = 'dismissed'")
	require.NoError(t, err)
	for _, w := range writesOf(1, delivered()) {
		require.NoError(t, w.do(t, s))
		require.Equal(t, models.DeliveryDismissed, read(t, s, "sub_1").Deliveries[0].Status, w.name)
	}
}
