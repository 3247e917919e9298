package api_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"leadrail/activities"
	"leadrail/internal/webhook"
	"leadrail/models"
)

// slackForm has one action, a Slack message.
func slackForm() object {
	form := aForm("chat")
	form["postActions"] = []object{{
		"type": "slack", "name": "chat", "webhookUrl": "https://hooks.slack.example.com/services/T1/B2/secret", "messageTemplate": "{{email}}",
	}}
	return form
}

// firstAction reads the first post-action of a form.
func (s *service) firstAction(t *testing.T, form string) object {
	t.Helper()
	return s.read(t, http.StatusOK, http.MethodGet, "/v1/forms/"+form)["postActions"].([]any)[0].(map[string]any)
}

// actionPath is where the form's first post-action is switched and tried.
func (s *service) actionPath(t *testing.T, form string) string {
	t.Helper()
	return "/v1/forms/" + form + "/actions/" + s.firstAction(t, form)["id"].(string)
}

// trying has actions tried with a client that resolves every name to loopback.
func (s *service) trying(guard *webhook.Guard, dial webhook.DialFunc) {
	client := webhook.NewClient(webhook.Options{Guard: guard, Resolver: loopback{}, Dial: dial})
	s.dependencies.Forms.Destinations = destinations{guard}
	s.dependencies.Forms.Trier = activities.Trial{
		Webhook: &activities.Webhook{Store: s.store, Client: client, Sealed: s.keyring, Now: s.clock},
		Slack:   &activities.Slack{Store: s.store, Client: client, Sealed: s.keyring, Now: s.clock},
	}
}

type loopback struct{}

func (loopback) LookupNetIP(context.Context, string, string) ([]netip.Addr, error) {
	return []netip.Addr{netip.MustParseAddr("127.0.0.1")}, nil
}

func TestASlackActionComesBackMasked(t *testing.T) {
	t.Parallel()
	s := newService(t)
	form := s.create(t, slackForm())
	answer := s.call(t, http.MethodGet, "/v1/forms/"+form)
	require.NotContains(t, answer.Body.String(), "hooks.slack")
	require.Equal(t, "••••••••", s.firstAction(t, form)["webhookUrl"])
	require.Nil(t, s.firstAction(t, form)["health"], "it was never used")
	s.read(t, http.StatusOK, http.MethodPut, "/v1/forms/"+form, sending(t, decoded(t, answer)))
}

func TestAnActionIsSwitchedOffAndOn(t *testing.T) {
	t.Parallel()
	s := newService(t)
	form := s.create(t, slackForm())
	path := s.actionPath(t, form)
	off := s.read(t, http.StatusOK, http.MethodPost, path+"/disable", sending(t, object{"reason": "The channel moves."}))
	require.Equal(t, false, off["enabled"])
	require.Equal(t, "The channel moves.", s.firstAction(t, form)["disabledReason"])
	on := s.read(t, http.StatusOK, http.MethodPost, path+"/enable")
	require.Equal(t, true, on["enabled"])
	require.NotContains(t, s.firstAction(t, form), "disabledReason")

	require.Equal(t, false, s.read(t, http.StatusOK, http.MethodPost, path+"/disable")["enabled"], "without a body")
	s.read(t, http.StatusOK, http.MethodPost, path+"/enable", sending(t, object{}))
	s.read(t, http.StatusNotFound, http.MethodPost, "/v1/forms/"+form+"/actions/act_none/enable")
	require.Equal(t, http.StatusBadRequest, s.callUnchecked(http.MethodPost, path+"/enable",
		with("Authorization", "Bearer "+adminKey), sending(t, `{"reason":"x"}`)).Code)
}

func TestAnActionIsTried(t *testing.T) {
	t.Parallel()
	var got []string
	endpoint := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body) // what is missing shows below
		got = append(got, string(body))
		w.WriteHeader(http.StatusNotFound)
		io.WriteString(w, "no_service")
	}))
	t.Cleanup(endpoint.Close)
	s := newService(t)
	s.trying(webhook.NewGuard(netip.MustParsePrefix("127.0.0.0/8")), nil)
	form := slackForm()
	form["postActions"].([]object)[0]["webhookUrl"] = endpoint.URL + "/services/secret"
	path := s.actionPath(t, s.create(t, form))
	s.read(t, http.StatusOK, http.MethodPost, path+"/disable")

	result := s.read(t, http.StatusOK, http.MethodPost, path+"/test")
	require.Equal(t, false, result["delivered"])
	require.InDelta(t, http.StatusNotFound, result["httpStatus"], 0)
	require.Equal(t, "http_status", result["errorCode"])
	require.Contains(t, result["error"], "incoming webhook")
	require.Equal(t, "no_service", result["response"])
	require.Equal(t, endpoint.Listener.Addr().String(), result["address"])
	require.Equal(t, []string{`{"text":"[Test] test@example.com","unfurl_links":false,"unfurl_media":false}`}, got)
	require.Empty(t, s.read(t, http.StatusOK, http.MethodGet, "/v1/submissions")["data"], "no lead came of it")
	require.NotContains(t, s.log.String(), "services/secret")
}

func TestATestReachesNoRefusedAddress(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.trying(webhook.NewGuard(), func(context.Context, string, string) (net.Conn, error) {
		t.Error("a refused address was dialled")
		return nil, net.ErrClosed
	})
	result := s.read(t, http.StatusOK, http.MethodPost, s.actionPath(t, s.create(t, slackForm()))+"/test")
	require.Equal(t, "address_refused", result["errorCode"])
	require.Nil(t, result["address"])
}

func TestHealthOfAnAction(t *testing.T) {
	t.Parallel()
	s := newService(t)
	form := s.create(t, slackForm())
	lead := s.submit(t, object{"formId": form, "formData": object{"email": "ada@example.com"}})
	delivery := s.read(t, http.StatusOK, http.MethodGet, "/v1/submissions/"+lead)["deliveries"].([]any)[0].(map[string]any)
	for n, verdict := range []models.Verdict{
		{Outcome: models.OutcomeDelivered, HTTPStatus: http.StatusOK},
		{Outcome: models.OutcomeRetry, Code: models.ErrorTimeout},
	} {
		began := start.Add(time.Duration(n) * time.Minute)
		finished := began.Add(time.Second)
		job, err := s.store.OpenAttempt(t.Context(), models.Attempt{
			DeliveryID: delivery["deliveryId"].(string), RunSeq: 1, N: n + 1, Trigger: models.TriggerFirst, StartedAt: began,
		})
		require.NoError(t, err)
		job.Attempt.FinishedAt = &finished
		job.Attempt.Record(verdict)
		require.NoError(t, s.store.CloseAttempt(t.Context(), job.Attempt))
	}
	want := object{
		"lastSuccessAt": "2026-11-22T09:30:01.000Z", "failingSince": "2026-11-22T09:31:01.000Z", "attempts24h": 2.0, "failures24h": 1.0,
	}
	require.Equal(t, want, s.firstAction(t, form)["health"])
	listed := s.read(t, http.StatusOK, http.MethodGet, "/v1/forms")["data"].([]any)[0].(map[string]any)
	require.Equal(t, want, listed["postActions"].([]any)[0].(map[string]any)["health"])
}
