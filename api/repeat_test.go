package api_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"leadrail/models"
	"leadrail/workflows"
)

func TestAnIdempotencyKeyIsOneLead(t *testing.T) {
	t.Parallel()
	s := newService(t)
	lead := object{"formId": s.create(t, aForm("contact_form")), "formData": object{"email": "a@b.co"}}
	first := s.call(t, http.MethodPost, "/v1/submissions", sending(t, lead), with("Idempotency-Key", "order-4711"))
	require.Equal(t, http.StatusAccepted, first.Code)
	require.Empty(t, first.Header().Get("Idempotent-Replayed"))

	again := s.call(t, http.MethodPost, "/v1/submissions", sending(t, lead), with("Idempotency-Key", "order-4711"))
	require.Equal(t, http.StatusAccepted, again.Code)
	require.Equal(t, "true", again.Header().Get("Idempotent-Replayed"))
	require.Equal(t, first.Body.String(), again.Body.String())
	require.Equal(t, first.Header().Get("Location"), again.Header().Get("Location"))

	lead["formData"] = object{"email": "other@b.co"}
	other := s.read(t, http.StatusConflict, http.MethodPost, "/v1/submissions", sending(t, lead), with("Idempotency-Key", "order-4711"))
	require.Equal(t, "idempotency_key_reused", other["code"])
	odd := s.read(t, http.StatusBadRequest, http.MethodPost, "/v1/submissions", sending(t, lead), with("Idempotency-Key", "a b"))
	require.Equal(t, "invalid_idempotency_key", odd["code"])
}

func TestWhoPrefersToWaitIsAnsweredWithTheOutcome(t *testing.T) {
	t.Parallel()
	s := newService(t)
	form := aForm("contact_form")
	form["successMessage"] = "Thanks!"
	lead := object{"formId": s.create(t, form), "formData": object{"email": "a@b.co"}}
	start := s.runs.startCapture
	s.runs.startCapture = func(ctx context.Context, in workflows.CaptureInput, labels workflows.Labels) error {
		if err := start(ctx, in, labels); err != nil {
			return err
		}
		return s.store.Finalize(ctx, in.SubmissionID, in.RunSeq, models.Conclusion{}, s.clock())
	}
	answer := s.call(t, http.MethodPost, "/v1/submissions", sending(t, lead), with("Prefer", "wait=10"))
	require.Equal(t, http.StatusOK, answer.Code)
	outcome := decoded(t, answer)
	require.Equal(t, "completed", outcome["status"])
	require.Equal(t, "Thanks!", outcome["successMessage"])
	require.Equal(t, answer.Header().Get("Location"), "/v1/submissions/"+outcome["submissionId"].(string))
}
