package api_test

import (
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"leadrail/api"
)

func TestTheReceiverShowsWhatItTook(t *testing.T) {
	t.Parallel()
	s := newService(t)
	post := func(body string) map[string]any {
		return s.read(t, http.StatusOK, http.MethodPost, "/demo/receiver", withoutKey(), sending(t, body),
			with("Webhook-Id", "dlv_1"), with("Webhook-Signature", "v1,abc"), with("X-Token", "a secret"))
	}
	require.Equal(t, object{"received": true}, post(`{"n":1}`))
	post(`{"n":2,"html":"<b>"}`)

	answer := s.call(t, http.MethodGet, "/demo/receiver")
	require.Contains(t, answer.Body.String(), `"<b>"`)
	shown := decoded(t, answer)["received"].([]any)
	require.Len(t, shown, 2)
	newest := shown[0].(map[string]any)
	require.Empty(t, cmp.Diff(object{
		"webhookId": "dlv_1",
		"body":      object{"n": 2.0, "html": "<b>"},
		"headers": object{
			"Content-Type": []any{"application/json"}, "Webhook-Id": []any{"dlv_1"}, "Webhook-Signature": []any{"v1,abc"},
		},
		"at": newest["at"],
	}, newest))
}

func TestTheReceiverTakesJSONOnly(t *testing.T) {
	t.Parallel()
	s := newService(t)
	for _, body := range []string{"", "hello", `{"open":`} {
		s.read(t, http.StatusBadRequest, http.MethodPost, "/demo/receiver", withoutKey(), sending(t, body))
	}
	require.Empty(t, s.read(t, http.StatusOK, http.MethodGet, "/demo/receiver")["received"])
}

func TestWithoutADemoThereIsNoReceiver(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.dependencies.Receiver = nil
	s.handler = api.NewHandler(s.dependencies)
	request := sending(t, `{}`)
	answer := s.callUnchecked(http.MethodPost, "/demo/receiver", request)
	require.Equal(t, http.StatusNotFound, answer.Code)
	require.Contains(t, answer.Body.String(), `"no_route"`)
}
