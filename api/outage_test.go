package api_test

import (
	"context"
	"net"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"leadrail/models"
	"leadrail/workflows"
)

// closedPort is the URL of a database at a port where nobody listens.
func closedPort(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, listener.Close())
	return "postgres://leadrail@" + listener.Addr().String() + "/leadrail?connect_timeout=5"
}

func TestDatabaseAway(t *testing.T) {
	t.Parallel()
	s := newServiceOn(t, closedPort(t))
	lead := object{"formId": "form_1", "formData": object{"email": "a@b.co"}}
	for _, c := range []struct {
		method, path string
		body         any
	}{
		{http.MethodPost, "/v1/forms", aForm("x")},
		{http.MethodGet, "/v1/forms", ""},
		{http.MethodGet, "/v1/forms/form_1", ""},
		{http.MethodPut, "/v1/forms/form_1", aForm("x")},
		{http.MethodGet, "/v1/forms/form_1/versions", ""},
		{http.MethodPost, "/v1/submissions", lead},
		{http.MethodGet, "/v1/submissions", ""},
		{http.MethodGet, "/v1/submissions/sub_1", ""},
	} {
		t.Run(c.method+" "+c.path, func(t *testing.T) {
			t.Parallel()
			answer := s.call(t, c.method, c.path, sending(t, c.body))
			require.Equal(t, http.StatusServiceUnavailable, answer.Code, "%s", answer.Body)
			require.Equal(t, "database_unavailable", decoded(t, answer)["code"])
			require.Equal(t, "2", answer.Header().Get("Retry-After"))
			require.NotContains(t, answer.Body.String(), "127.0.0.1", "an address stays in the log")
		})
	}
}

func TestTemporalAwayAcceptsNothing(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		err  error
		code string
	}{
		"it does not answer": {&models.Error{
			Code: models.CodeUnavailable, Reason: "temporal_unavailable", Message: "The workflow engine does not answer; try again shortly.",
		}, "temporal_unavailable"},
		"it takes too long": {context.DeadlineExceeded, "unavailable"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newService(t)
			s.runs.startCapture = func(context.Context, workflows.CaptureInput, workflows.Labels) error { return c.err }
			lead := object{"formId": s.create(t, aForm("contact_form")), "formData": object{}}

			answer := s.call(t, http.MethodPost, "/v1/submissions", sending(t, lead))
			require.Equal(t, http.StatusServiceUnavailable, answer.Code)
			require.Equal(t, c.code, decoded(t, answer)["code"])
			require.NotEmpty(t, answer.Header().Get("Retry-After"))
			require.Empty(t, answer.Header().Get("Location"))
			require.NotContains(t, decoded(t, answer), "submissionId")
			require.Empty(t, s.read(t, http.StatusOK, http.MethodGet, "/v1/submissions")["data"])
		})
	}
}

func TestAVisitorNeverWaitsWithoutBoundForTemporal(t *testing.T) {
	t.Parallel()
	s := newService(t)
	bounded := false
	s.runs.startCapture = func(ctx context.Context, _ workflows.CaptureInput, _ workflows.Labels) error {
		_, bounded = ctx.Deadline()
		return nil
	}
	s.submit(t, object{"formId": s.create(t, aForm("contact_form")), "formData": object{}})
	require.True(t, bounded)
}

func TestALeadThatOnlyTemporalCouldKnowIsUnavailableWithoutIt(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.runs.captureInput = func(context.Context, string) (workflows.CaptureInput, error) {
		return workflows.CaptureInput{}, models.Errorf(models.CodeUnavailable, "The workflow engine does not answer.")
	}
	answer := s.read(t, http.StatusServiceUnavailable, http.MethodGet, "/v1/submissions/sub_1")
	require.Equal(t, "unavailable", answer["code"], "not found would be a guess")
}
