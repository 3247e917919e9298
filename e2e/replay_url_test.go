package e2e_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	official "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"github.com/stretchr/testify/require"
)

// A form had a wrong URL while a hundred leads came. Once it is corrected, one replay
// by form delivers them all to the new one.
func TestAHundredLeadsGoToTheCorrectedURL(t *testing.T) {
	t.Parallel()
	const count = 100
	m := newMachine(t, "LEADRAIL_ALLOW_CIDRS=127.0.0.0/8")
	leadrail := m.up()
	wrong, right := newReceiver(t, http.StatusNotFound), newReceiver(t, http.StatusOK)
	form := m.createForm("mistyped", wrong.URL, "0s")
	for range count {
		m.submit(form, "ada@example.com")
	}
	m.waitForAll("failed", count)
	before := wrong.all()
	require.Len(t, before, 2*count)

	m.replaceURL(form, "mistyped", right.URL)
	require.Regexp(t, `^rpl_\S+\n`+counts(count, count, 0)+`\n$`, m.command("replay", "-form", form, "-rate", "50", "-wait"))
	m.waitForAll("completed", count)
	require.Len(t, right.all(), count)
	require.Equal(t, webhookIDs(before), webhookIDs(right.all()), "each of them, and under the id of before")
	require.Len(t, wrong.all(), 2*count, "none went to the old one")
	require.Equal(t, 0, leadrail.stop())
}

// A lead is sent to another receiver once: it learns nothing of the action's own
// one, and the next replay goes back there.
func TestOneLeadIsReplayedToAnotherURL(t *testing.T) {
	t.Parallel()
	m := newMachine(t, "LEADRAIL_ALLOW_CIDRS=127.0.0.0/8")
	leadrail := m.up()
	own := newInbox(t, http.StatusGone, http.StatusOK)
	other := newInbox(t, http.StatusServiceUnavailable, http.StatusOK)
	form := m.createForm("forwarded", own.URL, "0s")
	m.saveForwarded(form, own.URL)
	id := m.submit(form, "ada@example.com")
	m.waitFor(id, "failed", 20*time.Second)
	first := own.next()
	require.Equal(t, "of-the-crm", first.header.Get("X-Api-Key"))

	var replay struct {
		Secret string `json:"secret"`
	}
	replayed := "/v1/submissions/" + id + "/replay"
	require.Equal(t, http.StatusAccepted, m.call(http.MethodPost, replayed, map[string]any{"url": other.URL + "/hook?token=hidden"}, &replay))
	m.waitFor(id, "completed", 20*time.Second)
	for range 2 { // its action, which is off after the 410, does not matter, and the retry goes there as well
		got := other.next()
		require.NoError(t, got.verify(t, replay.Secret))
		require.Error(t, got.verify(t, m.secret(http.MethodGet, form, "secret").Secret))
		require.Empty(t, got.header.Values("X-Api-Key"))
		require.Equal(t, first.header.Get("webhook-id"), got.header.Get("webhook-id"))
	}
	require.Empty(t, own.arrivals)
	require.Equal(t, []string{"", strings.TrimPrefix(other.URL, "http://")}, m.targets(id))

	m.requireWebhook(form, false)
	m.saveForwarded(form, own.URL)
	require.Equal(t, http.StatusAccepted, m.call(http.MethodPost, replayed, map[string]any{"force": true}, nil))
	m.waitFor(id, "completed", 20*time.Second)
	back := own.next()
	require.Equal(t, "of-the-crm", back.header.Get("X-Api-Key"))
	require.NoError(t, back.verify(t, m.secret(http.MethodGet, form, "secret").Secret))
	require.Error(t, back.verify(t, replay.Secret))
	require.Empty(t, other.arrivals)
	require.Equal(t, 0, leadrail.stop())
}

// saveForwarded saves the form as it is meant: with a header, and switched on.
func (m *machine) saveForwarded(formID, url string) {
	m.t.Helper()
	require.Equal(m.t, http.StatusOK, m.call(http.MethodPut, "/v1/forms/"+formID, map[string]any{
		"agentId": "agent_e2e", "name": "forwarded", "fields": []map[string]any{{"name": "email", "type": "email"}},
		"webhook": map[string]any{"url": url, "retrySchedule": []string{"0s"}, "headers": map[string]string{"X-Api-Key": "of-the-crm"}},
	}, nil))
}

// inbox is an endpoint that keeps webhooks byte by byte, and answers as a receiver
// does.
type inbox struct {
	*httptest.Server

	t        *testing.T
	arrivals chan signed
}

func newInbox(t *testing.T, statuses ...int) *inbox {
	t.Helper()
	in := &inbox{t: t, arrivals: make(chan signed, 10)}
	answers := &receiver{statuses: statuses}
	in.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body) // an error leaves a body that nobody verifies
		in.arrivals <- signed{r.Header, body}
		r.Body = http.NoBody
		answers.take(w, r)
	}))
	t.Cleanup(in.Close)
	return in
}

func (in *inbox) next() signed {
	in.t.Helper()
	select {
	case got := <-in.arrivals:
		return got
	case <-time.After(20 * time.Second):
		require.Fail(in.t, "nothing arrived")
		return signed{}
	}
}

// verify is what a receiver that was told the secret finds.
func (s signed) verify(t *testing.T, secret string) error {
	t.Helper()
	library, err := official.NewWebhook(secret)
	require.NoError(t, err)
	return library.Verify(s.body, s.header)
}

// targets are where the attempts of a lead's one delivery went, each once in a row;
// empty for the action's own URL.
func (m *machine) targets(id string) []string {
	m.t.Helper()
	var lead struct {
		Deliveries []struct {
			Target   string `json:"target"`
			Attempts []struct {
				Target string `json:"target"`
			} `json:"attempts"`
		} `json:"deliveries"`
	}
	require.Equal(m.t, http.StatusOK, m.call(http.MethodGet, "/v1/submissions/"+id, nil, &lead))
	hosts := []string{}
	for _, attempt := range lead.Deliveries[0].Attempts {
		if len(hosts) == 0 || hosts[len(hosts)-1] != attempt.Target {
			hosts = append(hosts, attempt.Target)
		}
	}
	require.Equal(m.t, lead.Deliveries[0].Target, hosts[len(hosts)-1])
	return hosts
}
