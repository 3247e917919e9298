package demo_test

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"leadrail/internal/demo"
)

// terminal takes what the demo writes, and stops the demo after some lines.
type terminal struct {
	bytes.Buffer

	lines int
	stop  func()
}

func (t *terminal) Write(p []byte) (int, error) {
	n, err := t.Buffer.Write(p)
	if bytes.Count(t.Bytes(), []byte("\n")) >= t.lines {
		t.stop()
	}
	return n, err
}

// run runs the demo until it has written so many lines.
func run(t *testing.T, url string, lines int) (string, error) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	out := &terminal{lines: lines, stop: stop}
	err := demo.Run(ctx, demo.Options{URL: url, AdminKey: "the-key", Every: time.Millisecond, Out: out})
	return out.String(), err
}

func TestEachLeadHasALine(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.leads = map[string]object{
		"contact_form": completed("webhook", "email"),
		"newsletter":   {"status": "retrying", "deliveries": []object{{"type": "webhook", "status": "retrying"}}},
		"demo_request": {
			"status": "failed", "qualification": object{"score": 110, "tier": "hot"},
			"routing":    object{"team": "enterprise", "assignee": nil},
			"deliveries": []object{{"type": "webhook", "status": "delivered"}, {"type": "email", "status": "failed"}},
		},
		"support_ticket": {"refused": "The form is switched off."},
	}
	out, err := run(t, s.URL, 40)
	require.NoError(t, err)
	for _, want := range []string{
		`Sample leads go to http://127\.0\.0\.1:\d+\. Ctrl-C ends the demo\.`,
		`TIME      FORM            SCORE     TEAM        ASSIGNEE          STATUS     DELIVERIES`,
		`\d\d:\d\d:\d\d  newsletter      -         -           -                 retrying   webhook retrying`,
		`\d\d:\d\d:\d\d  contact_form    0         general     eve@example\.com   completed  webhook delivered · email delivered`,
		`\d\d:\d\d:\d\d  demo_request    110 hot   enterprise  -                 failed     webhook delivered · email failed`,
		`\d\d:\d\d:\d\d  support_ticket  -         -           -                 not accepted  The form is switched off\.`,
		`\d+ leads: \d+ completed, \d+ failed, \d+ retrying, (\d+ pending, )?\d+ not accepted\.`, // pending are those that the end overtook
	} {
		require.Regexp(t, `(?m)^`+want+`$`, out)
	}
	require.Equal(t, len(s.posted), strings.Count(out, "\n")-5, "one line for each lead, also for those that the end overtook")
	for _, lead := range s.posted {
		for _, value := range lead["formData"].(object) {
			if text, _ := value.(string); len(text) > 9 { // a shorter one may be the name of something
				require.NotContains(t, out, text)
			}
		}
	}
}

func TestWhatIsMissingIsMade(t *testing.T) {
	t.Parallel()
	s := newService(t)
	_, err := run(t, s.URL, 1)
	require.NoError(t, err)
	names := func(list []object) []any {
		var all []any
		for _, one := range list {
			all = append(all, one["name"])
		}
		return all
	}
	require.Equal(t, []any{"contact_form", "demo_request", "newsletter", "support_ticket"}, names(s.forms))
	for _, form := range s.forms {
		require.Equal(t, s.URL+demo.ReceiverPath, form["webhook"].(object)["url"])
	}
	require.Equal(t, []any{"enterprise", "growth", "general"}, names(s.teams))
	for _, team := range s.teams {
		require.NotEmpty(t, team["emails"], "somebody gets the team's mail")
		require.Greater(t, len(team["members"].([]any)), 1)
	}
	require.Empty(t, cmp.Diff([]any{
		object{"name": "Hot", "when": object{"field": "score", "op": "gte", "value": 70.0}, "team": "id_enterprise"},
		object{"name": "Warm demo", "when": object{"field": "tier", "op": "eq", "value": "warm"}, "team": "id_growth"},
	}, s.routing["rules"]))
	require.Equal(t, "id_general", s.routing["fallbackTeam"])
}

func TestWhatIsThereIsUsed(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.forms = []object{
		{"id": "id_mine", "agentId": "agent_web", "name": "contact_form"},
		{"id": "id_other", "agentId": "agent_other", "name": "newsletter"},
	}
	s.teams = []object{{"id": "id_sales", "name": "sales"}}
	_, err := run(t, s.URL, 20)
	require.NoError(t, err)
	require.Len(t, s.forms, 5, "the three that the sample agents do not have yet were made")
	require.Len(t, s.teams, 1)
	require.Nil(t, s.routing)
	used := map[any]bool{}
	for _, lead := range s.posted {
		used[lead["formId"]] = true
		require.NotContains(t, lead, "form")
		require.NotContains(t, lead, "agentId")
		require.NotContains(t, lead, "submittedAt")
	}
	require.Equal(t, map[any]bool{"id_mine": true, "id_demo_request": true, "id_newsletter": true, "id_support_ticket": true}, used)
}

func TestALeadWithoutAnAnswerDoesNotEndTheDemo(t *testing.T) {
	t.Parallel()
	s := newService(t)
	delete(s.leads, "newsletter")
	out, err := run(t, s.URL, 40)
	require.NoError(t, err)
	require.Regexp(t, `(?m)^\S+  newsletter      -         -           -                 not accepted  nothing answers$`, out)
	require.Contains(t, out, "completed  webhook delivered\n")
}

func TestWhatToDoWhenThereIsNothingToTalkTo(t *testing.T) {
	t.Parallel()
	answering := func(status int) string {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { write(w, status, object{"detail": "Detail."}) }))
		t.Cleanup(server.Close)
		return server.URL
	}
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	for name, c := range map[string]struct{ url, want string }{
		"nothing":      {gone.URL, "nothing answers at " + gone.URL + ": start leadrail up"},
		"another key":  {answering(http.StatusUnauthorized), "the admin key is not that of the running leadrail up: start the demo in the same folder"},
		"leadrail api": {answering(http.StatusNotFound), "is not leadrail up"},
		"trouble":      {answering(http.StatusInternalServerError), "Detail."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			out, err := run(t, c.url, 1)
			require.ErrorContains(t, err, c.want)
			require.Empty(t, out)
		})
	}
}

func TestAnInterruptBeforeTheFirstLeadIsTold(t *testing.T) {
	t.Parallel()
	s := newService(t)
	stopped, stop := context.WithCancel(t.Context())
	stop()
	err := demo.Run(stopped, demo.Options{URL: s.URL, AdminKey: "the-key", Every: time.Hour, Out: &bytes.Buffer{}})
	require.ErrorIs(t, err, context.Canceled)
}
