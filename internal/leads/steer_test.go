package leads_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"leadrail/internal/leads"
	"leadrail/models"
)

// waitingLead is one of whose deliveries one waits after its second attempt.
func waitingLead() models.Submission {
	return models.Submission{
		ID: "sub_1", Status: models.StatusRetrying, RunSeq: 3, SubmittedAt: start,
		Deliveries: []models.Delivery{
			{ID: "dlv_a", Status: models.DeliveryDelivered, Attempt: 1},
			{ID: "dlv_b", Status: models.DeliveryRetrying, Attempt: 2},
		},
	}
}

func TestRetryNowWakesWhatWaits(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.submission = func(string) (models.Submission, error) { return waitingLead(), nil }
	d.retry = func(submissionID, callID string) ([]string, error) {
		require.Equal(t, "sub_1", submissionID)
		require.Equal(t, "retry:3:dlv_b:2", callID, "every click on the same wait is one call")
		return []string{"dlv_b"}, nil
	}
	out, err := d.RetryNow(t.Context(), leads.RetryInput{SubmissionRef: leads.SubmissionRef{ID: "sub_1"}})
	require.NoError(t, err)
	require.Equal(t, leads.RetryOutput{SubmissionID: "sub_1", DeliveryIDs: []string{"dlv_b"}}, out)
}

func TestCancelEndsALead(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.submission = func(string) (models.Submission, error) { return waitingLead(), nil }
	d.cancel = func(submissionID, callID, reason string) error {
		require.Equal(t, []string{"sub_1", "cancel:3", "a duplicate"}, []string{submissionID, callID, reason})
		return nil
	}
	out, err := d.Cancel(t.Context(), leads.CancelInput{SubmissionRef: leads.SubmissionRef{ID: "sub_1"}, Reason: "a duplicate"})
	require.NoError(t, err)
	require.Equal(t, "sub_1", out.SubmissionID)
	for _, reason := range []string{strings.Repeat("ü", 501), "two\nlines", "a\x00b"} {
		_, err := d.Cancel(t.Context(), leads.CancelInput{SubmissionRef: leads.SubmissionRef{ID: "sub_1"}, Reason: reason})
		require.Equal(t, models.CodeInvalid, models.CodeOf(err))
	}
}

func TestALeadThatHasEndedIsNotSteered(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		lead func() (models.Submission, error)
		run  error
		code models.Code
	}{
		"completed":           {func() (models.Submission, error) { return ended(models.StatusCompleted), nil }, nil, models.CodeConflict},
		"failed":              {func() (models.Submission, error) { return ended(models.StatusFailed), nil }, nil, models.CodeConflict},
		"ended a moment ago":  {func() (models.Submission, error) { return waitingLead(), nil }, unknown(), models.CodeConflict},
		"the engine is away":  {func() (models.Submission, error) { return waitingLead(), nil }, away(), models.CodeUnavailable},
		"nobody knows of it":  {func() (models.Submission, error) { return models.Submission{}, unknown() }, nil, models.CodeNotFound},
		"it cannot be looked": {func() (models.Submission, error) { return models.Submission{}, away() }, nil, models.CodeUnavailable},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			d.submission = func(string) (models.Submission, error) { return c.lead() }
			d.retry = func(string, string) ([]string, error) { return nil, c.run }
			d.cancel = func(string, string, string) error { return c.run }
			_, err := d.RetryNow(t.Context(), leads.RetryInput{SubmissionRef: leads.SubmissionRef{ID: "sub_1"}})
			require.Equal(t, c.code, models.CodeOf(err))
			_, err = d.Cancel(t.Context(), leads.CancelInput{SubmissionRef: leads.SubmissionRef{ID: "sub_1"}})
			require.Equal(t, c.code, models.CodeOf(err))
		})
	}
}

func ended(status models.Status) models.Submission {
	lead := waitingLead()
	lead.Status = status
	return lead
}
