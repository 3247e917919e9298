package api_test

import (
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"leadrail/models"
)

// failLead ends the first run of a lead with one webhook: it gave up.
func (s *service) failLead(t *testing.T, id string) (deliveryID string) {
	t.Helper()
	lead, err := s.store.Submission(t.Context(), id)
	require.NoError(t, err)
	deliveryID = lead.Deliveries[0].ID
	require.NoError(t, s.store.Finalize(t.Context(), id, lead.RunSeq, models.Conclusion{Outcomes: []models.DeliveryOutcome{{
		DeliveryID: deliveryID, Label: "webhook", Attempts: 4,
		Verdict: models.Verdict{Outcome: models.OutcomeRetry, Code: models.ErrorTimeout},
	}}}, s.clock()))
	return deliveryID
}

func TestReplay(t *testing.T) {
	t.Parallel()
	s := newService(t)
	form := aForm("contact_form")
	form["webhook"] = object{"url": "https://hooks.example.com/lead"}
	lead := s.submit(t, object{"formId": s.create(t, form), "formData": object{"email": "a@b.co"}})
	delivery := s.failLead(t, lead)
	path := "/v1/submissions/" + lead

	answer := s.call(t, http.MethodPost, path+"/replay", sending(t, ""))
	require.Equal(t, http.StatusAccepted, answer.Code, "%s", answer.Body)
	require.Equal(t, path, answer.Header().Get("Location"))
	want := object{"submissionId": lead, "status": "pending", "runSeq": 2.0, "deliveries": []any{delivery}}
	require.Empty(t, cmp.Diff(want, decoded(t, answer)))
	require.Len(t, s.runs.replayed, 1)
	require.Equal(t, 2, s.runs.replayed[0].RunSeq)
	begun := s.read(t, http.StatusOK, http.MethodGet, path)
	require.Equal(t, "pending", begun["status"])
	require.Nil(t, begun["failureReason"])
	require.Nil(t, begun["completedAt"])
	require.Equal(t, "pending", begun["deliveries"].([]any)[0].(object)["status"])

	s.runs.woken = []string{delivery}
	redelivered := s.read(t, http.StatusAccepted, http.MethodPost, path+"/replay", sending(t, object{"deliveries": []string{delivery}}))
	require.Equal(t, []any{delivery}, redelivered["deliveries"], "a run that goes on is asked")

	s.failLead(t, lead)
	s.runs.steerErr = models.Errorf(models.CodeUnavailable, "It does not answer.")
	again := s.read(t, http.StatusAccepted, http.MethodPost, path+"/replay", sending(t, object{"deliveries": nil, "force": true}))
	require.InDelta(t, 3, again["runSeq"], 0, "the replay stands, and the reconciler starts its run")
}

func TestReplayRefuses(t *testing.T) {
	t.Parallel()
	s := newService(t)
	form := aForm("contact_form")
	form["webhook"] = object{"url": "https://hooks.example.com/lead"}
	lead := s.submit(t, object{"formId": s.create(t, form), "formData": object{"email": "a@b.co"}})
	delivery := s.failLead(t, lead)
	path := "/v1/submissions/" + lead + "/replay"
	s.read(t, http.StatusNotFound, http.MethodPost, "/v1/submissions/sub_none/replay", sending(t, ""))
	foreign := s.read(t, http.StatusUnprocessableEntity, http.MethodPost, path, sending(t, object{"deliveries": []string{delivery, "dlv_x"}}))
	require.Equal(t, "deliveries[1]", foreign["errors"].([]any)[0].(object)["field"])

	s.read(t, http.StatusAccepted, http.MethodPost, path, sending(t, "{}"))
	require.NoError(t, s.store.Finalize(t.Context(), lead, 2, models.Conclusion{Outcomes: []models.DeliveryOutcome{{
		DeliveryID: delivery, Attempts: 1, Verdict: models.Verdict{Outcome: models.OutcomeDelivered},
	}}}, s.clock()))
	for reason, body := range map[string]object{"nothing_failed": {}, "already_delivered": {"deliveries": []string{delivery}}} {
		refused := s.read(t, http.StatusConflict, http.MethodPost, path, sending(t, body))
		require.Equal(t, reason, refused["code"])
		require.Contains(t, refused["detail"], "force")
	}
	s.read(t, http.StatusAccepted, http.MethodPost, path, sending(t, object{"deliveries": []string{delivery}, "force": true}))
}
