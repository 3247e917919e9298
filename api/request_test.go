package api_test

import (
	"context"
	"errors"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"leadrail/workflows"
)

func TestRequestIDs(t *testing.T) {
	t.Parallel()
	s := newService(t)
	fresh := regexp.MustCompile(`^req_[0-9a-z]{26}$`)
	for name, c := range map[string]struct {
		given string
		kept  bool
	}{
		"a caller's own":       {"checkout-42/a:b", true},
		"the longest":          {strings.Repeat("x", 128), true},
		"none":                 {"", false},
		"too long":             {strings.Repeat("x", 129), false},
		"a blank inside":       {"a b", false},
		"a tab inside":         {"a\tb", false},
		"beyond ASCII":         {"müller", false},
		"a control character":  {"a\x1b[31m", false},
		"a line break for log": {"a\nlevel=ERROR", false},
	} {
		for _, path := range []string{"/healthz", "/v1/forms", "/nowhere"} {
			t.Run(name+" at "+path, func(t *testing.T) {
				t.Parallel()
				got := s.call(t, http.MethodGet, path, with("X-Request-Id", c.given)).Header().Get("X-Request-Id")
				if c.kept {
					require.Equal(t, c.given, got)
					return
				}
				require.Regexp(t, fresh, got)
			})
		}
	}
}

func TestAProblemNamesItsRequest(t *testing.T) {
	t.Parallel()
	s := newService(t)
	problem := s.read(t, http.StatusNotFound, http.MethodGet, "/v1/forms/form_none", with("X-Request-Id", "mine"))
	require.Equal(t, "mine", problem["requestId"])
}

func TestInternalTextStaysInTheLog(t *testing.T) {
	t.Parallel()
	for name, fail := range map[string]func() error{
		"an error": func() error { return errors.New("ada@example.com broke it") },
		"a panic": func() error {
			panic("ada@example.com broke it") // on purpose: it is what is tested
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newService(t)
			s.runs.accepted = func(context.Context, string) (workflows.Accepted, error) {
				return workflows.Accepted{}, fail()
			}
			answer := s.call(t, http.MethodGet, "/v1/submissions/sub_1", with("X-Request-Id", "mine"))
			require.Equal(t, http.StatusInternalServerError, answer.Code)
			require.Equal(t, "internal", decoded(t, answer)["code"])
			require.NotContains(t, answer.Body.String(), "ada@example.com")
			require.Contains(t, s.log.String(), "broke it")
			require.Contains(t, s.log.String(), "mine")
		})
	}
}

func TestTheLogNeverShowsWhatAVisitorTyped(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.call(t, http.MethodGet, "/v1/submissions?conversationId=ada@example.com")
	s.call(t, http.MethodGet, "/v1/submissions/ada@example.com")
	form := s.create(t, aForm("contact_form"))
	s.call(t, http.MethodPost, "/v1/submissions", sending(t, object{"formId": form, "formData": object{"email": "ada@example.com broken"}}))
	require.NotContains(t, s.log.String(), "ada@example.com")
}
