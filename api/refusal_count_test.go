package api_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A run of the counter begins and ends here: at its end it writes what it has.
func (s *service) countRefusals(t *testing.T) {
	t.Helper()
	ended, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.dependencies.Leads.Refusals.Run(ended)
	}()
	cancel()
	<-done
}

func TestRefusedSubmissionsAreCounted(t *testing.T) {
	t.Parallel()
	s := newService(t)
	definition := aForm("contact_form")
	definition["honeypot"] = "website"
	form := s.create(t, definition)
	post := func(status int, formData object) {
		s.read(t, status, http.MethodPost, "/v1/submissions", sending(t, object{"formId": form, "formData": formData}))
	}
	post(http.StatusAccepted, object{"email": "ada@example.com"})
	post(http.StatusUnprocessableEntity, object{"email": "ada"})
	post(http.StatusUnprocessableEntity, object{"email": "ada", "emial": "ada@example.com", "ada@example.com": 1})
	post(http.StatusAccepted, object{"website": "https://example.com"})

	s.countRefusals(t)
	list := s.read(t, http.StatusOK, http.MethodGet, "/v1/forms/"+form+"/refusals?from=2026-11-22T00:00:00Z&to=2026-11-23T00:00:00Z")
	day := "2026-11-22"
	require.Equal(t, object{"total": 3.0, "data": []any{
		object{"day": day, "field": "", "code": "invalid", "count": 2.0},
		object{"day": day, "field": "formData", "code": "unknown_field", "count": 2.0},
		object{"day": day, "field": "formData.email", "code": "email", "count": 2.0},
		object{"day": day, "field": "", "code": "honeypot", "count": 1.0},
	}}, list)

	none := s.read(t, http.StatusOK, http.MethodGet, "/v1/forms/"+form+"/refusals?to="+day+"T00:00:00Z")
	require.Equal(t, object{"total": 0.0, "data": []any{}}, none)
	s.read(t, http.StatusNotFound, http.MethodGet, "/v1/forms/form_none/refusals")
}

// Whoever fills in what people do not see is told what everybody is told.
func TestAHoneypotTellsNothing(t *testing.T) {
	t.Parallel()
	s := newService(t)
	definition := aForm("contact_form")
	definition["honeypot"], definition["successMessage"] = "website", "Thanks!"
	form := s.create(t, definition)
	answer := s.call(t, http.MethodPost, "/v1/submissions", sending(t,
		object{"formId": form, "formData": object{"email": "ada@example.com", "website": "x"}}))
	require.Equal(t, http.StatusAccepted, answer.Code)
	accepted := decoded(t, answer)
	require.Equal(t, "pending", accepted["status"])
	require.Equal(t, "Thanks!", accepted["successMessage"])
	require.Equal(t, "/v1/submissions/"+accepted["submissionId"].(string), answer.Header().Get("Location"))
	s.read(t, http.StatusNotFound, http.MethodGet, answer.Header().Get("Location"))
	leads := s.read(t, http.StatusOK, http.MethodGet, "/v1/submissions?formId="+form)
	require.Empty(t, leads["data"])
}

func TestAFormThatIsFilledInTooFast(t *testing.T) {
	t.Parallel()
	s := newService(t)
	definition := aForm("contact_form")
	definition["minFillSeconds"] = 30
	form := s.create(t, definition)
	lead := func(startedAt any) object {
		return object{"formId": form, "formData": object{"email": "ada@example.com"}, "startedAt": startedAt}
	}
	post := func(status int, startedAt any) object {
		return s.read(t, status, http.MethodPost, "/v1/submissions", sending(t, lead(startedAt)))
	}
	post(http.StatusAccepted, start.Add(-time.Minute).UnixMilli())
	for code, startedAt := range map[string]any{"required": nil, "too_fast": start.UnixMilli()} {
		problem := post(http.StatusUnprocessableEntity, startedAt)["errors"].([]any)[0].(object)
		require.Equal(t, "startedAt", problem["field"])
		require.Equal(t, code, problem["code"])
	}
}
