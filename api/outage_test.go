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

// temporalAway is what a workflow engine says that does not answer.
func temporalAway() error {
	return &models.Error{
		Code: models.CodeUnavailable, Reason: "temporal_unavailable", Message: "The workflow engine does not answer; try again shortly.",
	}
}

func TestWithoutTemporalALeadWaitsInTheIntake(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.runs.startCapture = func(context.Context, workflows.CaptureInput, workflows.Labels) error { return temporalAway() }
	form := s.create(t, aForm("contact_form"))

	id := s.submit(t, object{"formId": form, "formData": object{"email": "a@b.co"}})
	lead := s.read(t, http.StatusOK, http.MethodGet, "/v1/submissions/"+id)
	require.Equal(t, "pending", lead["status"])
	require.Equal(t, object{"email": "a@b.co"}, lead["formData"])
	depth, err := s.store.IntakeDepth(t.Context())
	require.NoError(t, err)
	require.Equal(t, 1, depth.Waiting)
}

func TestWithoutTemporalAndDatabaseNothingIsAccepted(t *testing.T) {
	t.Parallel()
	s := newService(t)
	form := s.create(t, aForm("contact_form"))
	s.runs.startCapture = func(context.Context, workflows.CaptureInput, workflows.Labels) error { return temporalAway() }
	s.dependencies.Leads.Intake = closedIntake{}
	answer := s.call(t, http.MethodPost, "/v1/submissions", sending(t, object{"formId": form, "formData": object{}}))
	require.Equal(t, http.StatusServiceUnavailable, answer.Code)
	require.Equal(t, "temporal_unavailable", decoded(t, answer)["code"])
	require.NotEmpty(t, answer.Header().Get("Retry-After"))
	require.Empty(t, answer.Header().Get("Location"))
	require.NotContains(t, decoded(t, answer), "submissionId")
	require.Empty(t, s.read(t, http.StatusOK, http.MethodGet, "/v1/submissions")["data"])
}

// closedIntake is one whose database is away.
type closedIntake struct{}

func (closedIntake) Empty() bool { return false }

func (closedIntake) Stuck() bool { return false }

func (closedIntake) Save(context.Context, models.Intake) (bool, error) {
	return false, &models.Error{
		Code: models.CodeUnavailable, Reason: "database_unavailable", Message: "The database does not answer; try again shortly.",
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
	s.runs.accepted = func(context.Context, string) (workflows.Accepted, error) {
		return workflows.Accepted{}, models.Errorf(models.CodeUnavailable, "The workflow engine does not answer.")
	}
	answer := s.read(t, http.StatusServiceUnavailable, http.MethodGet, "/v1/submissions/sub_1")
	require.Equal(t, "unavailable", answer["code"], "not found would be a guess")
}
