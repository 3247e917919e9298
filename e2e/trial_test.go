package e2e_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The API process itself makes the attempt, and it is what a delivery is.
func TestAnActionIsTriedBeforeAnyLead(t *testing.T) {
	t.Parallel()
	m := newMachine(t, "LEADRAIL_ALLOW_CIDRS=127.0.0.0/8")
	m.up()
	endpoint := newReceiver(t, http.StatusOK, http.StatusGone)
	type object = map[string]any
	var form struct {
		ID      string `json:"id"`
		Webhook struct {
			ID      string `json:"id"`
			Enabled bool   `json:"enabled"`
		} `json:"webhook"`
	}
	require.Equal(t, http.StatusCreated, m.call(http.MethodPost, "/v1/forms", object{
		"agentId": "agent_site", "name": "tried", "fields": []object{{"name": "email", "type": "email"}}, "webhook": object{"url": endpoint.URL},
	}, &form))
	path := "/v1/forms/" + form.ID + "/actions/" + form.Webhook.ID

	var result struct {
		SubmissionID string `json:"submissionId"`
		Delivered    bool   `json:"delivered"`
		ErrorCode    string `json:"errorCode"`
	}
	require.Equal(t, http.StatusOK, m.call(http.MethodPost, path+"/test", object{}, &result))
	require.True(t, result.Delivered)
	got := endpoint.all()
	require.Len(t, got, 1)
	require.True(t, strings.HasPrefix(got[0].WebhookID, "dlv_test_"))
	require.Equal(t, true, got[0].Body["test"])
	require.Equal(t, result.SubmissionID, got[0].Body["submissionId"])
	require.Equal(t, object{"email": "test@example.com"}, got[0].Body["formData"])

	require.Equal(t, http.StatusOK, m.call(http.MethodPost, path+"/test", object{}, &result))
	require.Equal(t, "gone", result.ErrorCode)
	require.Equal(t, http.StatusOK, m.call(http.MethodGet, "/v1/forms/"+form.ID, nil, &form))
	require.True(t, form.Webhook.Enabled, "a test switches nothing off")
	require.Equal(t, http.StatusNotFound, m.call(http.MethodGet, "/v1/submissions/"+result.SubmissionID, nil, nil))
}
