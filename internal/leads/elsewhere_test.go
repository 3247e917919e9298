package leads_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"leadrail/internal/leads"
	"leadrail/internal/store"
	"leadrail/models"
)

const otherURL = "https://other.example.com/hook?token=1"

// toURL asks for a replay to a URL.
func toURL(url string, deliveries ...string) leads.ReplayInput {
	in := replayInput(false, deliveries...)
	in.URL = &url
	return in
}

// webhooksLead is endedLead of webhooks, one aside.
func webhooksLead() models.Submission {
	lead := endedLead(models.StatusFailed)
	for i := range lead.Deliveries {
		lead.Deliveries[i].Type = models.ActionWebhook
	}
	lead.Deliveries[0].Type = models.ActionEmail
	return lead
}

func TestAReplayToAnotherURLHasASecretOfItsOwn(t *testing.T) {
	t.Parallel()
	d := replaying(t, webhooksLead())
	var begun store.Replay
	d.begin = func(replay store.Replay) error { begun = replay; return nil }
	out, err := d.Replay(t.Context(), toURL(otherURL))
	require.NoError(t, err)
	require.Equal(t, []string{"dlv_a", "dlv_b"}, out.Deliveries)
	require.Equal(t, "submission.forward", out.Change())
	require.Regexp(t, `^whsec_[A-Za-z0-9+/]{43}=$`, out.Secret)
	require.Len(t, begun.Targets, 2)
	for i, target := range begun.Targets {
		key, err := d.keyring.Open(target.Secret, out.Deliveries[i]+"/4")
		require.NoError(t, err, "sealed, and bound to the delivery and its run")
		require.Equal(t, out.Secret, models.SigningKey(key).Reveal())
		want := models.Target{DeliveryID: out.Deliveries[i], RunSeq: 4, URL: otherURL, Secret: target.Secret}
		require.Empty(t, cmp.Diff(want, target))
	}
	again, err := d.Replay(t.Context(), toURL(otherURL, "dlv_a"))
	require.NoError(t, err)
	require.NotEqual(t, out.Secret, again.Secret)

	own, err := d.Replay(t.Context(), replayInput(false))
	require.NoError(t, err)
	require.Empty(t, own.Secret)
	require.Empty(t, begun.Targets)
	require.Equal(t, "submission.replay", own.Change())
}

func TestAReplayToAnotherURLIsRefused(t *testing.T) {
	t.Parallel()
	mixed := webhooksLead()
	mixed.Deliveries[1].Type = models.ActionEmail
	goesOn := waitingLead()
	for name, c := range map[string]struct {
		lead  models.Submission
		in    leads.ReplayInput
		scope models.Scope
		code  models.Code
		want  string // the field, or the reason
	}{
		"a key that may only replay":    {webhooksLead(), toURL(otherURL), models.ScopeReplay, models.CodeForbidden, ""},
		"a key that may write":          {webhooksLead(), toURL(otherURL), models.ScopeWrite, models.CodeForbidden, ""},
		"no URL":                        {webhooksLead(), toURL(""), models.ScopeAdmin, models.CodeInvalid, "url"},
		"an address inside":             {webhooksLead(), toURL("http://169.254.169.254/"), models.ScopeAdmin, models.CodeInvalid, "url"},
		"a password in it":              {webhooksLead(), toURL("https://ada:secret@example.com"), models.ScopeAdmin, models.CodeInvalid, "url"},
		"a mail that failed":            {mixed, toURL(otherURL), models.ScopeAdmin, models.CodeInvalid, "deliveries"},
		"a mail that is named":          {mixed, toURL(otherURL, "dlv_b", "dlv_a"), models.ScopeAdmin, models.CodeInvalid, "deliveries[1]"},
		"a delivery of another lead":    {webhooksLead(), toURL(otherURL, "dlv_x"), models.ScopeAdmin, models.CodeInvalid, "deliveries[0]"},
		"its run goes on":               {goesOn, toURL(otherURL, "dlv_b"), models.ScopeAdmin, models.CodeConflict, "run_goes_on"},
		"its run goes elsewhere so far": {goingElsewhere(), replayInput(false), models.ScopeAdmin, models.CodeConflict, "run_goes_on"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := replaying(t, c.lead)
			d.begin = func(store.Replay) error { t.Error("it began"); return nil }
			ctx := models.WithPrincipal(t.Context(), models.Principal{KeyID: "key_1", Scopes: []models.Scope{c.scope}})
			_, err := d.Replay(ctx, c.in)
			var refused *models.Error
			require.ErrorAs(t, err, &refused)
			require.Equal(t, c.code, refused.Code)
			require.NotContains(t, err.Error(), "secret")
			if len(refused.Fields) > 0 {
				require.Equal(t, c.want, refused.Fields[0].Field)
				return
			}
			require.Equal(t, c.want, refused.Reason)
		})
	}
}

// goingElsewhere is a lead whose run, the third, goes to another URL.
func goingElsewhere() models.Submission {
	lead := waitingLead()
	lead.Deliveries[1].RunSeq = 3
	lead.Deliveries[1].Targets = []models.Target{{DeliveryID: "dlv_b", RunSeq: 3, URL: otherURL}}
	return lead
}

func TestAReaderSeesWhereARunWentAndNoMore(t *testing.T) {
	t.Parallel()
	lead := goingElsewhere()
	lead.Deliveries[1].Attempts = []models.Attempt{{RunSeq: 1, N: 1, StartedAt: start}, {RunSeq: 3, N: 1, StartedAt: start}}
	lead.Deliveries[1].Targets[0].URL = "https://Other.example.com:8443/hook/secret?token=secret"
	d := replaying(t, lead)
	view, err := d.Submission(t.Context(), leads.SubmissionRef{ID: "sub_1"})
	require.NoError(t, err)
	require.Nil(t, view.Deliveries[0].Target)
	require.Equal(t, "other.example.com:8443", *view.Deliveries[1].Target)
	require.Nil(t, view.Deliveries[1].Attempts[0].Target, "the first run went to the action's own")
	require.Equal(t, "other.example.com:8443", *view.Deliveries[1].Attempts[1].Target)
	encoded, err := json.Marshal(view)
	require.NoError(t, err)
	require.NotContains(t, string(encoded), "secret")
}

func TestAReaderSeesWhoDismissedADelivery(t *testing.T) {
	t.Parallel()
	lead := endedLead(models.StatusFailed)
	at := start.Add(time.Hour)
	for i := range lead.Deliveries[2:] { // one that failed again since, and one that is dismissed
		lead.Deliveries[2+i].DismissedAt, lead.Deliveries[2+i].DismissedBy, lead.Deliveries[2+i].DismissReason = &at, "key_1", "by hand"
	}
	view, err := replaying(t, lead).Submission(t.Context(), leads.SubmissionRef{ID: "sub_1"})
	require.NoError(t, err)
	require.Nil(t, view.Deliveries[2].Dismissal)
	require.Equal(t, &leads.Dismissal{At: models.At(at), By: "key_1", Reason: "by hand"}, view.Deliveries[3].Dismissal)
}
