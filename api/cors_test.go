package api_test

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"leadrail/internal/auth"
	"leadrail/models"
	"leadrail/workflows"
)

// origins are what a page of nobody's sends as its origin.
func foreignOrigins() []string {
	return []string{"", "null", "*", "http://www.example.com", "https://example.com", "https://www.example.com:8443", "https://www.example.com.evil.example"}
}

func TestAPublishableKeyWorksInItsPagesAlone(t *testing.T) {
	t.Parallel()
	s := newService(t)
	lead := sending(t, object{"formId": s.create(t, aForm("contact_form")), "formData": object{"email": "a@b.co"}})
	_, key := s.key(t, pageKey())

	answer := s.call(t, http.MethodPost, "/v1/submissions", as(key), with("Origin", page), lead)
	require.Equal(t, http.StatusAccepted, answer.Code)
	require.Equal(t, page, answer.Header().Get("Access-Control-Allow-Origin"))
	require.Contains(t, answer.Header().Get("Access-Control-Expose-Headers"), "Retry-After")
	require.Equal(t, "Origin", answer.Header().Get("Vary"))
	require.Empty(t, answer.Header().Get("Access-Control-Allow-Credentials"))

	for _, origin := range foreignOrigins() {
		answer := s.call(t, http.MethodPost, "/v1/submissions", as(key), with("Origin", origin), lead)
		require.Equal(t, http.StatusForbidden, answer.Code, origin)
		require.Equal(t, "origin_not_allowed", decoded(t, answer)["code"])
		require.Empty(t, answer.Header().Get("Access-Control-Allow-Origin"))
		require.Equal(t, "Origin", answer.Header().Get("Vary"))
	}
	require.Len(t, s.read(t, http.StatusOK, http.MethodGet, "/v1/submissions")["data"], 1)
}

func TestAPageCanReadWhatIsWrongWithItsLead(t *testing.T) {
	t.Parallel()
	s := newService(t)
	form := s.create(t, aForm("contact_form"))
	_, key := s.key(t, pageKey())
	answer := s.call(t, http.MethodPost, "/v1/submissions", as(key), with("Origin", page),
		sending(t, object{"formId": form, "formData": object{"email": "nobody"}}))
	require.Equal(t, http.StatusUnprocessableEntity, answer.Code)
	require.Equal(t, page, answer.Header().Get("Access-Control-Allow-Origin"))
}

// TestAPageSeesWhatItHasLeft: a header that is not exposed does not exist for a page.
func TestAPageSeesWhatItHasLeft(t *testing.T) {
	t.Parallel()
	s := limited(t)
	form := s.create(t, aForm("contact_form"))
	_, key := s.key(t, pageKey())
	for path, name := range map[string]string{"/v1/submissions": "formId", "/form-submissions/submit": "toolId"} {
		answer := s.call(t, http.MethodPost, path, as(key), with("Origin", page), sending(t, object{name: form, "formData": object{"email": "nobody"}}))
		exposed := strings.Split(answer.Header().Get("Access-Control-Expose-Headers"), ", ")
		require.NotEmpty(t, answer.Header().Get("RateLimit-Limit"), path)
		for header := range answer.Header() {
			if strings.Contains(strings.ToLower(header), "ratelimit") {
				require.True(t, slices.ContainsFunc(exposed, func(name string) bool { return strings.EqualFold(name, header) }), header)
			}
		}
	}
}

func TestNoPageReadsWhatASecretKeyIsAnswered(t *testing.T) {
	t.Parallel()
	s := newService(t)
	lead := sending(t, object{"formId": s.create(t, aForm("contact_form")), "formData": object{"email": "a@b.co"}})
	_, secret := s.key(t, secretKey([]string{"submit"}))
	for _, key := range []string{secret, adminKey, auth.NewKey()} {
		answer := s.call(t, http.MethodPost, "/v1/submissions", as(key), with("Origin", page), lead)
		require.Empty(t, answer.Header().Get("Access-Control-Allow-Origin"))
	}
}

func TestPreflights(t *testing.T) {
	t.Parallel()
	s := newService(t)
	ask := func(path string, options ...option) (int, http.Header) {
		answer := s.callUnchecked(http.MethodOptions, path, options...)
		return answer.Code, answer.Header()
	}
	asking := with("Access-Control-Request-Method", http.MethodPost)
	status, header := ask("/v1/submissions", with("Origin", page), asking)
	require.Equal(t, http.StatusNoContent, status)
	require.Equal(t, page, header.Get("Access-Control-Allow-Origin"))
	require.Equal(t, http.MethodPost, header.Get("Access-Control-Allow-Methods"))
	require.Contains(t, header.Get("Access-Control-Allow-Headers"), "Authorization")
	require.Equal(t, "Origin", header.Get("Vary"))
	require.NotEmpty(t, header.Get("X-Request-Id"))

	for path, options := range map[string][]option{
		"/v1/submissions": {with("Origin", page)}, // nothing is asked
		"/v1/keys":        {with("Origin", page), asking},
		"/v1/forms":       {with("Origin", page), asking},
	} {
		status, header := ask(path, options...)
		require.Equal(t, http.StatusMethodNotAllowed, status, path)
		require.Empty(t, header.Get("Access-Control-Allow-Origin"), path)
	}
}

func TestAPageLearnsNothingOfALeadBeyondItsEnd(t *testing.T) {
	t.Parallel()
	s := newService(t)
	form := aForm("contact_form")
	form["successMessage"] = "Thanks!"
	lead := sending(t, object{"formId": s.create(t, form), "formData": object{"email": "a@b.co"}})
	start := s.runs.startCapture
	s.runs.startCapture = func(ctx context.Context, in workflows.CaptureInput, labels workflows.Labels) error {
		if err := start(ctx, in, labels); err != nil {
			return err
		}
		return s.store.Finalize(ctx, in.SubmissionID, in.RunSeq, models.Conclusion{}, s.clock())
	}
	_, key := s.key(t, pageKey())
	outcome := s.read(t, http.StatusOK, http.MethodPost, "/v1/submissions", as(key), with("Origin", page), with("Prefer", "wait=10"), lead)
	require.Equal(t, object{"submissionId": outcome["submissionId"], "status": "completed", "successMessage": "Thanks!"}, outcome)
}
