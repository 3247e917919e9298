package activities_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"leadrail/activities"
	"leadrail/internal/seal"
	"leadrail/internal/store"
	"leadrail/models"
)

// page is what the store has of one visitor's page: a report, or none.
type page struct {
	t       *testing.T
	keyring *seal.Keyring
	report  *models.ClientResult
	// found is the attempt's row before the look; nil where there is none.
	found    *models.Attempt
	openErr  error
	lookErr  error
	closeErr error

	opened  []models.Attempt
	closed  []models.Attempt
	journal []string
	witness witness
}

func newPage(t *testing.T) *page {
	t.Helper()
	keyring, err := seal.ParseKeyring(seal.GenerateKey("test"))
	require.NoError(t, err)
	return &page{t: t, keyring: keyring}
}

// reports has the page report.
func (p *page) reports(outcome models.ClientOutcome, message string) *page {
	plain, err := json.Marshal(models.ClientReport{Message: message, Data: models.Document(`{"room":7}`)})
	require.NoError(p.t, err)
	p.report = &models.ClientResult{SubmissionID: "sub_1", RunSeq: 3, Outcome: outcome, Report: p.keyring.Seal(plain, "sub_1")}
	return p
}

// OpenAttempt implements activities.ClientStore.
func (p *page) OpenAttempt(_ context.Context, attempt models.Attempt) (store.Job, error) {
	p.opened = append(p.opened, attempt)
	if p.found != nil {
		attempt = *p.found
	}
	return store.Job{
		Attempt: attempt, Delivery: models.Delivery{Type: models.ActionClient}, Submission: models.Submission{SubmittedAt: start},
	}, p.openErr
}

// CloseAttempt implements activities.ClientStore.
func (p *page) CloseAttempt(_ context.Context, attempt models.Attempt) error {
	p.closed = append(p.closed, attempt)
	return p.closeErr
}

// TakeClientResult implements activities.ClientStore.
func (p *page) TakeClientResult(_ context.Context, submissionID string, runSeq int, _ time.Time) (models.ClientResult, error) {
	p.journal = append(p.journal, "take")
	require.Equal(p.t, "sub_1", submissionID)
	require.Equal(p.t, 3, runSeq)
	if p.report == nil && p.lookErr == nil {
		return models.ClientResult{}, notFound()
	}
	if p.lookErr != nil {
		return models.ClientResult{}, p.lookErr
	}
	return *p.report, nil
}

// EndClientWait implements activities.ClientStore.
func (p *page) EndClientWait(ctx context.Context, submissionID string, runSeq int, at time.Time) (models.ClientResult, error) {
	if p.report == nil {
		p.report = &models.ClientResult{SubmissionID: submissionID, RunSeq: runSeq, Outcome: models.ClientNothing}
	}
	p.journal = append(p.journal, "end")
	return p.TakeClientResult(ctx, submissionID, runSeq, at)
}

// look looks for the page's result, 90 seconds after the wait began.
func (p *page) look(end models.ErrorCode) (activities.ClientVerdict, error) {
	looks := 0
	client := &activities.Client{Store: p, Sealed: p.keyring, Watch: &p.witness, Now: func() time.Time {
		looks++
		return start.Add(time.Duration(looks) * 45 * time.Second)
	}}
	return client.LookForResult(p.t.Context(), activities.ClientInput{
		SubmissionID: "sub_1", End: end,
		DeliverInput: activities.DeliverInput{DeliveryID: "dlv_1", RunSeq: 3, N: 1, Trigger: models.TriggerFirst},
	})
}

func TestALookFindsWhatThePageReported(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("ä", 501)
	for name, c := range map[string]struct {
		page    *page
		end     models.ErrorCode
		verdict models.Verdict
		words   string
	}{
		"success": {
			newPage(t).reports(models.ClientSucceeded, "Booked for Ann."), "",
			models.Verdict{Outcome: models.OutcomeDelivered},
			"",
		},
		"failure": {
			newPage(t).reports(models.ClientFailed, "Ann has no calendar."), "",
			handlerFailed(), "Ann has no calendar.",
		},
		"failure without a word": {newPage(t).reports(models.ClientFailed, ""), "", handlerFailed(), handlerFailed().Message},
		"the longest message":    {newPage(t).reports(models.ClientFailed, long[2:]), "", handlerFailed(), long[2:]},
		"a longer one":           {newPage(t).reports(models.ClientFailed, long), "", handlerFailed(), strings.Repeat("ä", 499) + "…"},
		"at the last moment": {
			newPage(t).reports(models.ClientSucceeded, ""), models.ErrorTimeout, models.Verdict{Outcome: models.OutcomeDelivered}, "",
		},
		"nothing in time": {
			newPage(t), models.ErrorTimeout,
			models.Verdict{Outcome: models.OutcomeGiveUp, Code: models.ErrorTimeout, Message: "the page reported nothing within 24 hours"},
			"the page reported nothing within 24 hours",
		},
		"cancelled": {
			newPage(t), models.ErrorCancelled,
			models.Verdict{Outcome: models.OutcomeGiveUp, Code: models.ErrorCancelled, Message: "cancelled before the page reported"},
			"cancelled before the page reported",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			found, err := c.page.look(c.end)
			require.NoError(t, err)
			require.Equal(t, activities.ClientVerdict{Known: true, Verdict: c.verdict}, found)
			want := models.Attempt{DeliveryID: "dlv_1", RunSeq: 3, N: 1, Trigger: models.TriggerFirst, StartedAt: start.Add(45 * time.Second)}
			require.Empty(t, cmp.Diff([]models.Attempt{want}, c.page.opened))
			want.Record(c.verdict)
			finished := start.Add(135 * time.Second) // the second look at the clock was for the store
			want.Error, want.FinishedAt, want.DurationMS = c.words, &finished, 90_000
			require.Empty(t, cmp.Diff([]models.Attempt{want}, c.page.closed))
			require.Empty(t, cmp.Diff([]models.Attempt{want}, c.page.witness.attempted))
			require.Equal(t, []time.Duration{135 * time.Second}, c.page.witness.ages)
		})
	}
}

func handlerFailed() models.Verdict {
	return models.Verdict{Outcome: models.OutcomeGiveUp, Code: models.ErrorHandlerFailed, Message: "the page's handler reported that it failed"}
}

func TestALookThatFindsNothingLeavesTheAttemptOpen(t *testing.T) {
	t.Parallel()
	p := newPage(t)
	found, err := p.look("")
	require.NoError(t, err)
	require.False(t, found.Known)
	require.Len(t, p.opened, 1)
	require.Empty(t, p.closed)
	require.Empty(t, p.witness.attempted)
	require.Equal(t, []string{"take"}, p.journal, "the page may still report")
}

// A look is repeated where its end was not recorded. What the page said is in the
// row then, and does not get into the history.
func TestALookThatIsRepeatedSaysTheSame(t *testing.T) {
	t.Parallel()
	p := newPage(t)
	p.found = &models.Attempt{FinishedAt: &start, Outcome: models.OutcomeGiveUp, ErrorCode: models.ErrorHandlerFailed, Error: "Ann has no calendar."}
	found, err := p.look(models.ErrorTimeout)
	require.NoError(t, err)
	require.Equal(t, activities.ClientVerdict{Known: true, Verdict: handlerFailed()}, found)
	require.Empty(t, p.journal)
	require.Empty(t, p.closed)
	require.Empty(t, p.witness.attempted, "it was counted")
}

func TestAReplayOfManyLeavesThePageAlone(t *testing.T) {
	t.Parallel()
	p := newPages(t, 1)
	p.failed[0].Deliveries = append(p.failed[0].Deliveries, models.Delivery{ID: "dlv_page", Type: models.ActionClient, Status: models.DeliveryFailed})
	_, err := p.run(nil)
	require.NoError(t, err)
	require.Equal(t, []string{"dlv_a"}, p.begun[0].DeliveryIDs)
}

func TestAPageOfAnErasedLeadIsNotAwaited(t *testing.T) {
	t.Parallel()
	p := newPage(t)
	p.openErr = erased()
	found, err := p.look("")
	require.NoError(t, err)
	require.True(t, found.Known)
	require.Equal(t, models.ErrorCancelled, found.Verdict.Code)
	require.Empty(t, p.journal)
}

func TestALookWithoutADatabaseIsRepeated(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(*page){
		"opening": func(p *page) { p.openErr = errors.New("away") },
		"looking": func(p *page) { p.lookErr = errors.New("away") },
		"closing": func(p *page) { p.closeErr = errors.New("away") },
		"unsealing": func(p *page) {
			p.report.Report = models.Sealed("other bytes")
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPage(t).reports(models.ClientFailed, "No.")
			spoil(p)
			found, err := p.look("")
			require.Error(t, err)
			require.False(t, found.Known)
			require.Empty(t, p.witness.attempted, "what is repeated is counted once")
		})
	}
}
