package leads_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"leadrail/internal/leads"
	"leadrail/internal/store"
	"leadrail/models"
	"leadrail/workflows"
)

// newPage is a desk whose form has work for the visitor's page, and a lead of it.
func newPage(t *testing.T) (*desk, leads.CaptureOutput) {
	t.Helper()
	d := remembering(t)
	d.form = func(string) (store.FormRecord, error) { return pageForm(), nil }
	out, err := d.Capture(t.Context(), keyed("k1"))
	require.NoError(t, err)
	d.submission = func(id string) (models.Submission, error) { return awaiting(id), nil }
	return d, out
}

func pageForm() store.FormRecord {
	record := aForm()
	record.Version.Definition.ExecutionMode, record.Version.Definition.ClientHandler = models.ModeClient, "app.book"
	return record
}

// awaiting is a lead whose third run waits for the page.
func awaiting(id string) models.Submission {
	return models.Submission{
		ID: id, FormID: "form_1", FormVersion: 3, AgentID: "agent_1", Status: models.StatusPending, RunSeq: 3,
		Deliveries: []models.Delivery{
			{ID: "dlv_crm", Type: models.ActionWebhook, Status: models.DeliveryDelivered, RunSeq: 2},
			{ID: "dlv_page", Type: models.ActionClient, Status: models.DeliveryPending, RunSeq: 3},
		},
	}
}

// fromPage is a context in which a visitor's page asks.
func fromPage(t *testing.T) context.Context {
	t.Helper()
	return models.WithPrincipal(t.Context(), models.Principal{
		KeyID: "key_page", Kind: models.KeyPublishable, Scopes: []models.Scope{models.ScopeSubmit}, AgentIDs: []string{"agent_1"},
	})
}

func successOf(out leads.CaptureOutput) leads.ClientResultInput {
	success := true
	return leads.ClientResultInput{
		SubmissionRef: leads.SubmissionRef{ID: out.SubmissionID}, Success: &success, Token: out.ClientToken,
		Message: "Booked.", Data: models.Document(`{"room":7}`),
	}
}

// requireReason checks that an error is one that a caller can act on.
func requireReason(t *testing.T, err error, code models.Code, reason string) {
	t.Helper()
	var coded *models.Error
	require.ErrorAs(t, err, &coded)
	require.Equal(t, code, coded.Code)
	require.Equal(t, reason, coded.Reason)
}

func TestAReportIsStoredAndThenTold(t *testing.T) {
	t.Parallel()
	for name, success := range map[string]bool{"success": true, "failure": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, out := newPage(t)
			var told []string
			d.signal = func(id string) error {
				require.Len(t, d.reported, 1, "it is stored before the run hears of it")
				told = append(told, id)
				return nil
			}
			in := successOf(out)
			in.Success = &success
			answer, err := d.ReportResult(fromPage(t), in)
			require.NoError(t, err)
			require.Equal(t, models.StatusPending, answer.Status)
			require.Equal(t, out.SubmissionID, answer.SubmissionID)
			require.False(t, answer.Finished())
			require.Equal(t, []string{out.SubmissionID}, told)

			result := d.reported[resultKey(out.SubmissionID, 3)]
			require.Equal(t, map[bool]models.ClientOutcome{true: models.ClientSucceeded, false: models.ClientFailed}[success], result.Outcome)
			require.Nil(t, result.TakenAt)
			require.Equal(t, start, result.At)
			plain, err := d.keyring.Open(result.Report, out.SubmissionID)
			require.NoError(t, err, "sealed for the lead")
			var report models.ClientReport
			require.NoError(t, json.Unmarshal(plain, &report))
			require.Empty(t, cmp.Diff(models.ClientReport{Message: "Booked.", Data: models.Document(`{"room":7}`)}, report))
		})
	}
}

func TestALeadShowsWhatItsPageReported(t *testing.T) {
	t.Parallel()
	d, out := newPage(t)
	shown := func() *leads.ClientResult {
		lead, err := d.Submission(t.Context(), leads.SubmissionRef{ID: out.SubmissionID})
		require.NoError(t, err)
		require.Nil(t, lead.Deliveries[0].ClientResult)
		return lead.Deliveries[1].ClientResult
	}
	require.Nil(t, shown())
	_, err := d.ReportResult(fromPage(t), successOf(out))
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(&leads.ClientResult{
		Success: true, Message: "Booked.", Data: models.Document(`{"room":7}`), At: models.At(start),
	}, shown()))
	d.reported[resultKey(out.SubmissionID, 3)] = models.ClientResult{Outcome: models.ClientNothing}
	require.Nil(t, shown(), "the wait was ended")
	d.reported[resultKey(out.SubmissionID, 3)] = models.ClientResult{Outcome: models.ClientFailed, Report: d.keyring.Seal([]byte(`{}`), "sub_other")}
	_, err = d.Submission(t.Context(), leads.SubmissionRef{ID: out.SubmissionID})
	require.Error(t, err, "another lead's")
}

func TestALostSignalLosesNoReport(t *testing.T) {
	t.Parallel()
	for name, lost := range map[string]error{"the engine is away": away(), "no run is open": unknown(), "a fault": errors.New("x")} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, out := newPage(t)
			d.signal = func(string) error { return lost }
			_, err := d.ReportResult(fromPage(t), successOf(out))
			require.NoError(t, err)
			require.Len(t, d.reported, 1)
		})
	}
}

func TestTheSameReportGetsTheSameAnswer(t *testing.T) {
	t.Parallel()
	d, out := newPage(t)
	first, err := d.ReportResult(fromPage(t), successOf(out))
	require.NoError(t, err)
	d.signal = func(string) error {
		require.Fail(t, "told twice")
		return nil
	}
	again, err := d.ReportResult(fromPage(t), successOf(out))
	require.NoError(t, err)
	require.True(t, again.Finished())
	require.Equal(t, first.SubmissionID, again.SubmissionID)
	require.Equal(t, first.Status, again.Status)

	d.submission = func(id string) (models.Submission, error) {
		return pageEnded(awaiting(id), models.DeliveryDelivered), nil
	}
	again, err = d.ReportResult(fromPage(t), successOf(out))
	require.NoError(t, err, "also once the lead has ended")
	require.Equal(t, models.StatusCompleted, again.Status)
}

// pageEnded is a lead at its end, with the page's delivery as it ended.
func pageEnded(lead models.Submission, status models.DeliveryStatus) models.Submission {
	lead.Deliveries[1].Status, lead.Status = status, models.StatusCompleted
	if status != models.DeliveryDelivered {
		lead.Status = models.StatusFailed
	}
	return lead
}

func TestAnotherReportIsRefused(t *testing.T) {
	t.Parallel()
	no := false
	for name, change := range map[string]func(*leads.ClientResultInput){
		"another outcome": func(in *leads.ClientResultInput) { in.Success = &no },
		"other words":     func(in *leads.ClientResultInput) { in.Message = "Booked!" },
		"other data":      func(in *leads.ClientResultInput) { in.Data = models.Document(`{"room":8}`) },
		"no data":         func(in *leads.ClientResultInput) { in.Data = nil },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, out := newPage(t)
			_, err := d.ReportResult(fromPage(t), successOf(out))
			require.NoError(t, err)
			other := successOf(out)
			change(&other)
			_, err = d.ReportResult(fromPage(t), other)
			requireReason(t, err, models.CodeConflict, "already_reported")
			require.Len(t, d.reported, 1)

			d.submission = func(id string) (models.Submission, error) {
				return pageEnded(awaiting(id), models.DeliveryDelivered), nil
			}
			_, err = d.ReportResult(fromPage(t), other)
			requireReason(t, err, models.CodeConflict, "already_reported")
		})
	}
}

func TestALateReportIsRefused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		delivery models.DeliveryStatus
		waitOver bool
	}{
		"its run waits no longer": {models.DeliveryPending, true},
		"it has failed":           {models.DeliveryFailed, true},
		"it was dismissed":        {models.DeliveryDismissed, true},
		"its run was lost":        {models.DeliveryFailed, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, out := newPage(t)
			d.submission = func(id string) (models.Submission, error) {
				lead := awaiting(id)
				lead.Deliveries[1].Status = c.delivery
				return lead, nil
			}
			if c.waitOver {
				d.reported[resultKey(out.SubmissionID, 3)] = models.ClientResult{Outcome: models.ClientNothing}
			}
			kept := len(d.reported)
			_, err := d.ReportResult(fromPage(t), successOf(out))
			requireReason(t, err, models.CodeConflict, "lead_ended")
			require.Len(t, d.reported, kept)
		})
	}
}

func TestEachRunTakesAReport(t *testing.T) {
	t.Parallel()
	d, out := newPage(t)
	_, err := d.ReportResult(fromPage(t), successOf(out))
	require.NoError(t, err)
	d.submission = func(id string) (models.Submission, error) {
		replayed := awaiting(id)
		replayed.RunSeq, replayed.Deliveries[1].RunSeq = 4, 4
		return replayed, nil
	}
	other := successOf(out)
	other.Message = "Booked again."
	_, err = d.ReportResult(fromPage(t), other)
	require.NoError(t, err, "with the same token")
	require.Contains(t, d.reported, resultKey(out.SubmissionID, 4))
}

func TestAReportAboutALeadThatIsNotStoredYet(t *testing.T) {
	t.Parallel()
	for name, place := range map[string]func(*desk, leads.CaptureOutput){
		"in the intake": func(d *desk, out leads.CaptureOutput) {
			d.waiting = func(id string) (models.Intake, error) {
				return models.Intake{ID: id, Lead: d.started[0].Lead}, nil
			}
		},
		"with its workflow": func(d *desk, out leads.CaptureOutput) {
			d.input = func(context.Context, string) (workflows.Accepted, error) {
				return workflows.Accepted{CaptureInput: d.started[0], Open: true}, nil
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, out := newPage(t)
			d.submission = func(string) (models.Submission, error) { return models.Submission{}, unknown() }
			place(d, out)
			_, err := d.ReportResult(fromPage(t), successOf(out))
			require.NoError(t, err)
			require.Contains(t, d.reported, resultKey(out.SubmissionID, 1))
		})
	}
}

func TestAReportThatCannotBeStoredIsNotAcknowledged(t *testing.T) {
	t.Parallel()
	d, out := newPage(t)
	d.reportErr = away()
	d.signal = func(string) error {
		require.Fail(t, "told of what is not stored")
		return nil
	}
	_, err := d.ReportResult(fromPage(t), successOf(out))
	require.Equal(t, models.CodeUnavailable, models.CodeOf(err))
}

// What its run was started with does not say which of the lead's runs waits.
func TestAReportIsNotStoredForALeadThatCannotBeRead(t *testing.T) {
	t.Parallel()
	d, out := newPage(t)
	d.submission = func(string) (models.Submission, error) { return models.Submission{}, away() }
	d.input = func(context.Context, string) (workflows.Accepted, error) {
		return workflows.Accepted{CaptureInput: d.started[0], Open: true}, nil
	}
	_, err := d.ReportResult(fromPage(t), successOf(out))
	require.Equal(t, models.CodeUnavailable, models.CodeOf(err))
	require.Empty(t, d.reported)
}

func TestAReportAboutNoSuchLead(t *testing.T) {
	t.Parallel()
	d, out := newPage(t)
	d.submission = func(string) (models.Submission, error) { return models.Submission{}, unknown() }
	_, err := d.ReportResult(fromPage(t), successOf(out))
	require.Equal(t, models.CodeNotFound, models.CodeOf(err))
}

func TestAFormWithoutWorkForThePageTakesNoReport(t *testing.T) {
	t.Parallel()
	d, out := newPage(t)
	d.form = func(string) (store.FormRecord, error) { return aForm(), nil }
	_, err := d.ReportResult(t.Context(), successOf(out))
	requireReason(t, err, models.CodeConflict, "no_client_handler")
}

func TestWhatIsNoReport(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change   func(*leads.ClientResultInput)
		problems []string
	}{
		"neither success nor failure": {func(in *leads.ClientResultInput) { in.Success = nil }, []string{"success required"}},
		"a longer message":            {func(in *leads.ClientResultInput) { in.Message = strings.Repeat("ü", 2001) }, []string{"message max_length"}},
		"a message with U+0000":       {func(in *leads.ClientResultInput) { in.Message = "a\x00b" }, []string{"message invalid_text"}},
		"a list":                      {func(in *leads.ClientResultInput) { in.Data = models.Document(`[1]`) }, []string{"data type"}},
		"more data": {
			func(in *leads.ClientResultInput) {
				in.Data = models.Document(`{"a":"` + strings.Repeat("x", 64<<10-7) + `"}`)
			}, []string{"data max_size"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, out := newPage(t)
			in := successOf(out)
			c.change(&in)
			_, err := d.ReportResult(fromPage(t), in)
			var invalid *models.Error
			require.ErrorAs(t, err, &invalid)
			found := []string{}
			for _, field := range invalid.Fields {
				found = append(found, field.Field+" "+field.Code)
			}
			require.Equal(t, c.problems, found)
			require.Empty(t, d.reported)
		})
	}
	d, out := newPage(t)
	in := successOf(out)
	in.Message, in.Data = strings.Repeat("ü", 2000), models.Document(`{"a":"`+strings.Repeat("x", 64<<10-8)+`"}`)
	_, err := d.ReportResult(fromPage(t), in)
	require.NoError(t, err, "the most that there may be")
}
