package forms_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"leadrail/internal/forms"
	"leadrail/internal/store"
	"leadrail/models"
)

// only names the form's one post-action.
func only(form forms.View) forms.ActionRef {
	return forms.ActionRef{FormID: form.ID, ActionID: form.PostActions[0].ID}
}

func TestActionsAreSwitchedOffAndOn(t *testing.T) {
	t.Parallel()
	s, _ := newService(t)
	form := create(t, s, withActions(crm))
	off, err := s.DisableAction(t.Context(), forms.DisableInput{ActionRef: only(form), Reason: "It moves."})
	require.NoError(t, err)
	require.False(t, off.Enabled)
	require.Equal(t, "It moves.", off.DisabledReason)

	again, err := s.DisableAction(t.Context(), forms.DisableInput{ActionRef: only(form), Reason: "Another."})
	require.NoError(t, err)
	require.Equal(t, off, again, "the first reason stays")
	on, err := s.EnableAction(t.Context(), only(form))
	require.NoError(t, err)
	require.Equal(t, form.PostActions[0], on)

	read, err := s.Form(t.Context(), forms.Ref{ID: form.ID})
	require.NoError(t, err)
	require.Equal(t, form.Version, read.Version, "which is no new version")
}

func TestTheOwnWebhookIsAnAction(t *testing.T) {
	t.Parallel()
	s, _ := newService(t)
	form := create(t, s, `{"agentId":"a","name":"own","fields":[{"name":"email","type":"email"}],"webhook":{"url":"https://crm.example.com"}}`)
	off, err := s.DisableAction(t.Context(), forms.DisableInput{ActionRef: forms.ActionRef{FormID: form.ID, ActionID: form.Webhook.ID}})
	require.NoError(t, err)
	require.False(t, off.Enabled)
	require.Empty(t, off.DisabledReason)
}

func TestReasonsAreBounded(t *testing.T) {
	t.Parallel()
	s, _ := newService(t)
	ref := only(create(t, s, withActions(crm)))
	for reason, code := range map[string]string{strings.Repeat("é", 501): "max_length", "\x00": "invalid"} {
		_, err := s.DisableAction(t.Context(), forms.DisableInput{ActionRef: ref, Reason: reason})
		problems := problemsOf(t, err)
		require.Equal(t, "reason", problems[0].Field)
		require.Equal(t, code, problems[0].Code)
	}
	_, err := s.DisableAction(t.Context(), forms.DisableInput{ActionRef: ref, Reason: strings.Repeat("é", 500)})
	require.NoError(t, err)
}

func TestActionsOfNobody(t *testing.T) {
	t.Parallel()
	s, _ := newService(t)
	form := create(t, s, withActions(crm))
	other := inputOf(t, withActions(crm))
	other.Name = "other_form"
	second, err := s.CreateForm(t.Context(), other)
	require.NoError(t, err)
	removed := only(form)
	requireNoAction(t, s, forms.ActionRef{FormID: "form_none", ActionID: removed.ActionID})
	requireNoAction(t, s, forms.ActionRef{FormID: form.ID, ActionID: "act_none"})
	requireNoAction(t, s, forms.ActionRef{FormID: form.ID, ActionID: second.PostActions[0].ID})
	replace(t, s, form.ID, withActions(sheet))
	requireNoAction(t, s, removed)
}

func requireNoAction(t *testing.T, s *forms.Service, ref forms.ActionRef) {
	t.Helper()
	_, err := s.EnableAction(t.Context(), ref)
	require.Equal(t, models.CodeNotFound, models.CodeOf(err))
	_, err = s.DisableAction(t.Context(), forms.DisableInput{ActionRef: ref})
	require.Equal(t, models.CodeNotFound, models.CodeOf(err))
	_, err = s.TestAction(t.Context(), ref)
	require.Equal(t, models.CodeNotFound, models.CodeOf(err))
}

// trier is a Trier of a function, which keeps the job.
type trier struct {
	job store.Job
	try func(ctx context.Context, attempt *models.Attempt) error
}

func (y *trier) Try(ctx context.Context, job store.Job) (models.Attempt, error) {
	y.job = job
	attempt := job.Attempt
	err := y.try(ctx, &attempt)
	return attempt, err
}

const questions = `{"agentId":"agent_site","name":"demo","fields":[
	{"name":"email","type":"email","validation":{"required":{"value":true}}},
	{"name":"phone","type":"tel"},{"name":"day","type":"date"},{"name":"at","type":"datetime"},{"name":"cv","type":"file"},
	{"name":"photo","type":"image"},{"name":"code","type":"text","validation":{"pattern":{"value":"[A-Z]+"}}},{"name":"note","type":"textarea"},
	{"name":"long","type":"text","validation":{"minLength":{"value":40}}},
	{"name":"short","type":"text","validation":{"maxLength":{"value":4}}},
	{"name":"seats","type":"number","validation":{"min":{"value":100}}},
	{"name":"rate","type":"number","validation":{"max":{"value":0.5}}},
	{"name":"plan","type":"select","options":[{"value":"pro"},{"value":"free"}]},
	{"name":"tools","type":"multiselect","options":[{"value":"api"}]},
	{"name":"hidden","type":"text","visibleWhen":{"field":"plan","op":"eq","value":"free"}}],
	"qualification":{"rules":[{"name":"Many","when":{"field":"seats","op":"gte","value":50},"points":40}],
		"tiers":[{"name":"hot","min":40}],"qualifiedFrom":40},
	"postActions":[{"name":"crm","url":"https://crm.example.com","when":{"field":"seats","op":"lt","value":0}}]}`

func TestAnActionIsTriedWithMadeUpAnswers(t *testing.T) {
	t.Parallel()
	s, db := newService(t)
	y := &trier{try: func(ctx context.Context, attempt *models.Attempt) error {
		deadline, bounded := ctx.Deadline()
		require.True(t, bounded)
		require.LessOrEqual(t, time.Until(deadline), 35*time.Second)
		attempt.Record(models.Verdict{Outcome: models.OutcomeDelivered, HTTPStatus: 200})
		attempt.DurationMS, attempt.Response, attempt.Address = 12, "{}", "192.0.2.1:443"
		return nil
	}}
	s.Trier = y
	form := create(t, s, questions)
	_, err := s.DisableAction(t.Context(), forms.DisableInput{ActionRef: only(form)})
	require.NoError(t, err)
	view, err := s.TestAction(t.Context(), only(form))
	require.NoError(t, err)
	status, response, address := 200, "{}", "192.0.2.1:443"
	require.Equal(t, forms.TestView{
		SubmissionID: y.job.Submission.ID, Delivered: true, DurationMS: 12, HTTPStatus: &status, Response: &response, Address: &address,
	}, view)

	lead := y.job.Submission
	require.True(t, y.job.Test)
	require.Regexp(t, `^sub_test_[0-9a-z]{26}$`, lead.ID)
	require.Regexp(t, `^dlv_test_[0-9a-z]{26}$`, y.job.Delivery.ID)
	require.Equal(t, y.job.Delivery.ID, y.job.Attempt.DeliveryID)
	require.Equal(t, "https://crm.example.com", y.job.Destination.URL)
	action, found := y.job.Action()
	require.True(t, found)
	require.Equal(t, "crm", action.Name)
	require.JSONEq(t, `{"email":"test@example.com","phone":"+1 202 555 0100","day":"2026-01-15","at":"2026-01-15T09:30:00Z",
		"cv":"file_00000000000000000000000000","photo":"file_00000000000000000000000000","note":"This is a test.",
		"long":"This is a test. This is a test. This is ","short":"This","seats":100,"rate":0.5,"plan":"pro","tools":["api"]}`, string(lead.FormData))
	require.Equal(t, 40, lead.Qualification.Score)
	require.Equal(t, "hot", lead.Tier)
	_, err = db.Submission(t.Context(), lead.ID)
	require.Equal(t, models.CodeNotFound, models.CodeOf(err), "there is no such lead")
}

func TestATestThatFailsSaysWhy(t *testing.T) {
	t.Parallel()
	s, _ := newService(t)
	s.Trier = &trier{try: func(_ context.Context, attempt *models.Attempt) error {
		attempt.Record(models.Verdict{Outcome: models.OutcomeGiveUp, Code: models.ErrorAddressRefused, Message: "It is refused."})
		return nil
	}}
	form := create(t, s, withActions(crm))
	view, err := s.TestAction(t.Context(), only(form))
	require.NoError(t, err)
	require.False(t, view.Delivered)
	require.Equal(t, models.ErrorAddressRefused, *view.ErrorCode)
	require.Equal(t, "It is refused.", *view.Error)
	require.Nil(t, view.HTTPStatus)
	require.Nil(t, view.Response)
	require.Nil(t, view.Address)

	s.Trier = &trier{try: func(context.Context, *models.Attempt) error { return errors.New("no key") }}
	_, err = s.TestAction(t.Context(), only(form))
	require.ErrorContains(t, err, "no key")
}
