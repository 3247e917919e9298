package activities_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"leadrail/activities"
	"leadrail/internal/mail"
	"leadrail/internal/store"
	"leadrail/models"
)

// tell tells of the owner's lead.
func (o *owner) tell() error {
	o.t.Helper()
	return o.alert().AlertFailed(o.t.Context(), activities.AlertInput{SubmissionID: "sub_1", RunSeq: 2})
}

// answer has the provider give one verdict to every mail.
func (o *owner) answer(outcome models.Outcome) {
	o.send = func(mail.Message) (mail.Result, error) {
		return mail.Result{Verdict: models.Verdict{Outcome: outcome, Code: models.ErrorProviderRejected}}, nil
	}
}

func TestTheOwnerIsToldOfAFailedLead(t *testing.T) {
	t.Parallel()
	o := newOwner(t)
	o.count = 3
	require.NoError(t, o.tell())

	key := store.AlertKey{FormID: "form_1", SubmissionID: "sub_1", RunSeq: 2}
	require.Equal(t, []store.AlertClaim{{AlertKey: key, At: start, Every: 10 * time.Minute}}, o.claims)
	require.Len(t, o.mails, 1)
	message := o.mails[0]
	require.Equal(t, "alert_sub_1_2", message.ID)
	require.Equal(t, []mail.Address{{Email: "owner@example.com"}}, message.To)
	want, err := mail.Alert{
		FormName: "contact", Title: "Contact us", Reason: "webhook crm: gone",
		LeadURL: "https://leads.example.com/sub_1", FailedAt: start.Add(-time.Minute), Count: 3,
	}.Render()
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(want, message.Content))
	require.Equal(t, []store.AlertKey{key}, o.told)
	require.Contains(t, o.log.String(), `level=ERROR msg="lead failed" submissionId=sub_1 formId=form_1 reason="webhook crm: gone"`)
}

func TestNobodyIsToldTooMuch(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change  func(*owner)
		claimed bool
		logged  bool
	}{
		"replayed since":         {func(o *owner) { o.lead.RunSeq = 3 }, false, false},
		"replayed and delivered": {func(o *owner) { o.lead.Status = models.StatusCompleted }, false, false},
		"no owner":               {func(o *owner) { o.form.Form.AlertEmail = "" }, false, true},
		"nobody sends mail":      {func(o *owner) { o.nobody = true }, false, true},
		"too early":              {func(o *owner) { o.count = 0 }, true, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := newOwner(t)
			c.change(o)
			require.NoError(t, o.tell())
			require.Empty(t, o.mails)
			require.Empty(t, o.told)
			require.Equal(t, c.claimed, len(o.claims) > 0)
			require.Equal(t, c.logged, o.log.Len() > 0)
		})
	}
}

func TestAnAlertThatDoesNotLeaveAsksForAnotherTry(t *testing.T) {
	t.Parallel()
	o := newOwner(t)
	o.answer(models.OutcomeRetry)
	require.ErrorContains(t, o.tell(), "provider_rejected")
	o.send = func(mail.Message) (mail.Result, error) { return mail.Result{}, errors.New("no provider") }
	require.ErrorContains(t, o.tell(), "no provider")
	require.Empty(t, o.told)
}

func TestOneThatCannotLeaveIsGivenUp(t *testing.T) {
	t.Parallel()
	o := newOwner(t)
	o.answer(models.OutcomeGiveUp)
	require.NoError(t, o.tell())
	require.Len(t, o.told, 1)
	require.Contains(t, o.log.String(), `msg="alert gave up" formId=form_1 code=provider_rejected`)
}

func TestOneThatLeftIsNotSentAgainAtOnce(t *testing.T) {
	t.Parallel()
	o := newOwner(t)
	o.sentErr = errors.New("the database is away")
	require.NoError(t, o.tell(), "another try would send another mail")
	require.Contains(t, o.log.String(), "level=WARN")
}

func TestTheOwnerHearsOfActionsThatAreOff(t *testing.T) {
	t.Parallel()
	o := newOwner(t)
	o.form.Version.Definition.Actions = []models.Action{{ID: "act_1", Name: "crm"}, {ID: "act_2", Name: "sheet"}}
	o.form.Destinations = []models.Destination{
		{ActionID: "act_1", Name: "crm", DisabledReason: "It is gone."},
		{ActionID: "act_2", Name: "sheet", Enabled: true},
		{ActionID: "act_3", Name: "removed"},
	}
	require.NoError(t, o.tell())
	want, err := mail.Alert{
		FormName: "contact", Title: "Contact us", Reason: "webhook crm: gone", LeadURL: "https://leads.example.com/sub_1",
		FailedAt: *o.lead.CompletedAt, Count: 1, Off: []mail.Field{{Name: "crm", Value: "It is gone."}},
	}.Render()
	require.NoError(t, err)
	require.Equal(t, want, o.mails[0].Content)
	require.Contains(t, want.Text, "Switched off: crm")
}

// aDueAlert is one that was held back.
func aDueAlert(form string) store.DueAlert {
	return store.DueAlert{
		FormID: form, SubmissionID: "sub_9", RunSeq: 1, FailureReason: "webhook crm: timeout", FailedAt: start, Count: 4,
	}
}

func TestHeldBackAlertsAreSentInTheRound(t *testing.T) {
	t.Parallel()
	r := newRound(t)
	r.due = []store.DueAlert{aDueAlert("form_1"), aDueAlert("form_2")}
	result, err := r.run()
	require.NoError(t, err)
	require.Equal(t, activities.ReconcileResult{Alerts: 2}, result)
	require.Len(t, r.mails, 2)
	require.Equal(t, "alert_sub_9_1", r.mails[0].ID)
	require.Contains(t, r.mails[0].Text, "4 leads")
	require.Contains(t, r.mails[0].Text, "webhook crm: timeout")
	require.Equal(t, []store.AlertKey{{FormID: "form_1"}, {FormID: "form_2"}}, r.told)
}

func TestAHeldBackAlertThatDoesNotLeaveKeepsNoOtherBack(t *testing.T) {
	t.Parallel()
	r := newRound(t, openLeads(1)...)
	r.due = []store.DueAlert{aDueAlert("form_1"), aDueAlert("form_2")}
	deliver := r.send
	r.send = func(message mail.Message) (mail.Result, error) {
		if len(r.mails) == 1 {
			return mail.Result{}, errors.New("no provider")
		}
		return deliver(message)
	}
	_, err := r.run()
	require.ErrorContains(t, err, "no provider")
	require.Equal(t, []store.AlertKey{{FormID: "form_2"}}, r.told)
	require.Len(t, r.taken, 1, "leads are looked at all the same")
}

func TestLeadsInDoubtKeepNoAlertBack(t *testing.T) {
	t.Parallel()
	r := newRound(t)
	r.takeErr = errors.New("the database is away")
	r.due = []store.DueAlert{aDueAlert("form_1")}
	_, err := r.run()
	require.Error(t, err)
	require.Len(t, r.mails, 1)
}

func TestWithoutASenderNothingIsDue(t *testing.T) {
	t.Parallel()
	r := newRound(t)
	r.nobody, r.dueErr = true, errors.New("nobody may ask: what is claimed is not told")
	_, err := r.run()
	require.NoError(t, err)
}
