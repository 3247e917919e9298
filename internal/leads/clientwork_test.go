package leads_test

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"leadrail/internal/leads"
	"leadrail/internal/store"
	"leadrail/models"
)

func TestThePageIsToldItsWork(t *testing.T) {
	t.Parallel()
	d, out := newPage(t)
	require.Equal(t, models.ModeClient, out.ExecutionMode)
	require.Equal(t, "app.book", out.ClientHandler)
	require.NotEmpty(t, out.ClientToken)

	again, err := d.Capture(t.Context(), keyed("k1"))
	require.NoError(t, err)
	require.True(t, again.Repeated())
	require.Equal(t, out.ClientWork, again.ClientWork, "a repeat gets the same")
	other, err := d.Capture(t.Context(), keyed("k2"))
	require.NoError(t, err)
	require.NotEqual(t, out.ClientToken, other.ClientToken)
	d.Secret = "another installation's"
	_, err = d.ReportResult(fromPage(t), successOf(out))
	requireReason(t, err, models.CodeForbidden, "invalid_client_token")
}

func TestAFormWithoutWorkForThePageSaysNothingOfIt(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	out, err := d.Capture(t.Context(), filledIn())
	require.NoError(t, err)
	text, err := json.Marshal(out)
	require.NoError(t, err)
	require.JSONEq(t, `{"submissionId":"`+out.SubmissionID+`","status":"pending","successMessage":"Thanks!"}`, string(text))
}

// Whoever fills in what people do not see is answered as everybody is.
func TestAMachineIsToldItsWorkToo(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.Refusals = leads.NewRefusals(nil, nil)
	d.form = func(string) (store.FormRecord, error) {
		record := pageForm()
		record.Version.Definition.Honeypot = "website"
		return record, nil
	}
	in := filledIn()
	in.FormData = models.Document(`{"budget":1,"website":"x"}`)
	out, err := d.Capture(t.Context(), in)
	require.NoError(t, err)
	require.Empty(t, d.started)
	require.NotEmpty(t, out.ClientToken)
}

func TestWhoMayReport(t *testing.T) {
	t.Parallel()
	caller := func(kind models.KeyKind, agent string, scopes ...models.Scope) models.Principal {
		return models.Principal{KeyID: "key_1", Kind: kind, Scopes: scopes, AgentIDs: []string{agent}}
	}
	page := caller(models.KeyPublishable, "agent_1", models.ScopeSubmit)
	server := caller(models.KeySecret, "agent_1", models.ScopeSubmit)
	writer := caller(models.KeySecret, "agent_1", models.ScopeSubmit, models.ScopeWrite)
	for name, c := range map[string]struct {
		caller models.Principal
		token  func(right string) string
		reason string // "-" where it may
	}{
		"a page with the token":       {page, right, "-"},
		"a page without":              {page, none, "invalid_client_token"},
		"a page with another":         {page, func(string) string { return "x" }, "invalid_client_token"},
		"a page with a part of it":    {page, func(right string) string { return right[:20] }, "invalid_client_token"},
		"a page with more":            {page, func(right string) string { return right + "x" }, "invalid_client_token"},
		"a server with the token":     {server, right, "-"},
		"a server without":            {server, none, "invalid_client_token"},
		"whoever may write":           {writer, none, "-"},
		"the admin":                   {models.Admin(), none, "-"},
		"a page of another agent":     {caller(models.KeyPublishable, "agent_2", models.ScopeSubmit), right, ""},
		"a writer of another agent":   {caller(models.KeySecret, "agent_2", models.ScopeSubmit, models.ScopeWrite), none, ""},
		"nobody, who has the token":   {models.Principal{}, right, ""},
		"nobody, who has not even it": {models.Principal{}, none, "invalid_client_token"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, out := newPage(t)
			in := successOf(out)
			in.Token = c.token(out.ClientToken)
			_, err := d.ReportResult(models.WithPrincipal(t.Context(), c.caller), in)
			if c.reason == "-" {
				require.NoError(t, err)
				return
			}
			requireReason(t, err, models.CodeForbidden, c.reason)
			require.Empty(t, d.reported)
		})
	}
}

func right(token string) string { return token }

func none(string) string { return "" }

// A token proves which submission was made, and opens no other.
func TestATokenIsForOneLead(t *testing.T) {
	t.Parallel()
	d, out := newPage(t)
	in := successOf(out)
	in.ID = "sub_other"
	asked := false
	d.submission = func(id string) (models.Submission, error) {
		asked = true
		return awaiting(id), nil
	}
	_, err := d.ReportResult(fromPage(t), in)
	requireReason(t, err, models.CodeForbidden, "invalid_client_token")
	require.False(t, asked, "whether there is such a lead stays unsaid")
}

func TestAReplayIsNotForThePageUnlessItIsNamed(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		in   leads.ReplayInput
		want []string // nil where there is nothing to replay
	}{
		"by default":   {replayInput(false), []string{"dlv_a", "dlv_b"}},
		"by force":     {replayInput(true), []string{"dlv_done", "dlv_a", "dlv_b"}},
		"named":        {replayInput(false, "dlv_page"), []string{"dlv_page"}},
		"named beside": {replayInput(false, "dlv_a", "dlv_page"), []string{"dlv_a", "dlv_page"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			lead := endedLead(models.StatusFailed)
			lead.Deliveries = append(lead.Deliveries, models.Delivery{ID: "dlv_page", Type: models.ActionClient, Status: models.DeliveryFailed})
			d := replaying(t, lead)
			out, err := d.Replay(t.Context(), c.in)
			require.NoError(t, err)
			require.Equal(t, c.want, out.Deliveries)
		})
	}
	alone := endedLead(models.StatusFailed)
	alone.Deliveries = []models.Delivery{{ID: "dlv_page", Type: models.ActionClient, Status: models.DeliveryFailed}}
	d := replaying(t, alone)
	d.begin = func(store.Replay) error {
		require.Fail(t, "a replay of nothing")
		return nil
	}
	_, err := d.Replay(context.Background(), replayInput(false))
	requireReason(t, err, models.CodeConflict, "nothing_failed")
}
