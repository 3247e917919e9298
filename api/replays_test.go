package api_test

import (
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"leadrail/models"
)

func TestReplaysOfManyLeads(t *testing.T) {
	t.Parallel()
	s := newService(t)
	form := aForm("contact_form")
	form["webhook"] = object{"url": "https://hooks.example.com/lead"}
	formID := s.create(t, form)
	for range 3 {
		s.failLead(t, s.submit(t, object{"formId": formID, "formData": object{"email": "a@b.co"}}))
	}
	s.submit(t, object{"formId": formID, "formData": object{"email": "a@b.co"}}) // it has not failed
	filter := object{"formId": formID, "status": "failed", "from": "2026-11-22T00:00:00Z", "minScore": nil}

	dry := s.read(t, http.StatusOK, http.MethodPost, "/v1/replays", sending(t, object{"filter": filter, "dryRun": true}))
	require.Empty(t, cmp.Diff(object{"replayId": nil, "matched": 3.0}, dry))

	answer := s.call(t, http.MethodPost, "/v1/replays", sending(t, object{"filter": filter, "ratePerSecond": 5}))
	require.Equal(t, http.StatusAccepted, answer.Code, "%s", answer.Body)
	path := answer.Header().Get("Location")
	require.InDelta(t, 3, decoded(t, answer)["matched"], 0)
	for _, step := range []struct{ call, status string }{{"pause", "paused"}, {"resume", "running"}, {"cancel", "cancelled"}} {
		require.Equal(t, step.status, s.read(t, http.StatusOK, http.MethodPost, path+"/"+step.call, sending(t, ""))["status"])
		require.Equal(t, step.status, s.read(t, http.StatusOK, http.MethodGet, path)["status"])
	}
	refused := s.read(t, http.StatusConflict, http.MethodPost, path+"/pause", sending(t, "{}"))
	require.Equal(t, "replay_ended", refused["code"])
	ended := s.read(t, http.StatusOK, http.MethodGet, path)
	require.NotNil(t, ended["endedAt"])
	require.InDelta(t, 5, ended["ratePerSecond"], 0)
}

func TestReplaysOfManyLeadsAreRefused(t *testing.T) {
	t.Parallel()
	s := newService(t)
	for field, body := range map[string]object{
		"filter": {}, "filter.status": {"filter": object{"status": "pending"}}, "ratePerSecond": {"filter": object{}, "ratePerSecond": 51},
	} {
		refused := s.read(t, http.StatusUnprocessableEntity, http.MethodPost, "/v1/replays", sending(t, body))
		require.Equal(t, field, refused["errors"].([]any)[0].(object)["field"])
	}
	s.read(t, http.StatusBadRequest, http.MethodPost, "/v1/replays", sending(t, object{"filter": object{"form": "x"}}))
	for _, call := range []string{"pause", "resume", "cancel"} {
		s.read(t, http.StatusNotFound, http.MethodPost, "/v1/replays/rpl_none/"+call, sending(t, ""))
	}
	s.read(t, http.StatusNotFound, http.MethodGet, "/v1/replays/rpl_none")

	s.runs.steerErr = models.Errorf(models.CodeUnavailable, "It does not answer.")
	s.read(t, http.StatusServiceUnavailable, http.MethodPost, "/v1/replays", sending(t, object{"filter": object{}}))
}
