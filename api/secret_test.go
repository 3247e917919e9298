package api_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"leadrail/models"
)

func TestAFormsSecretIsReadAndRotated(t *testing.T) {
	t.Parallel()
	s := newService(t)
	path := "/v1/forms/" + s.create(t, aForm("contact_form")) + "/secret"
	first := s.read(t, http.StatusOK, http.MethodGet, path)
	require.Empty(t, cmp.Diff(object{"secret": first["secret"], "previous": nil, "previousExpiresAt": nil}, first))

	for overlap, body := range map[time.Duration]string{24 * time.Hour: `{}`, 90 * time.Minute: `{"overlap":"1h30m"}`} {
		before := s.read(t, http.StatusOK, http.MethodGet, path)["secret"]
		rotated := s.read(t, http.StatusOK, http.MethodPost, path+"/rotate", sending(t, body))
		require.NotEqual(t, before, rotated["secret"])
		require.Equal(t, before, rotated["previous"])
		require.Empty(t, cmp.Diff(rotated, s.read(t, http.StatusOK, http.MethodGet, path)))
		expires, err := time.Parse(models.TimestampLayout, rotated["previousExpiresAt"].(string))
		require.NoError(t, err)
		require.WithinRange(t, expires, start.Add(overlap), s.clock().Add(overlap))
	}
	dropped := s.read(t, http.StatusOK, http.MethodPost, path+"/rotate", sending(t, object{"overlap": "0s"}))
	require.Empty(t, cmp.Diff(object{"secret": dropped["secret"], "previous": nil, "previousExpiresAt": nil}, dropped))
}

func TestSecretsStandInNoOtherAnswerAndNoLog(t *testing.T) {
	t.Parallel()
	s := newService(t)
	form := "/v1/forms/" + s.create(t, richForm())
	old := s.read(t, http.StatusOK, http.MethodGet, form+"/secret")["secret"].(string)
	rotated := s.read(t, http.StatusOK, http.MethodPost, form+"/secret/rotate", sending(t, object{}))["secret"].(string)
	shown := s.log.String()
	for _, path := range []string{"/v1/forms", form, form + "/versions"} {
		shown += s.call(t, http.MethodGet, path).Body.String()
	}
	for _, secret := range []string{old, rotated} {
		require.NotContains(t, shown, secret[len("whsec_"):])
	}
}

func TestSecretRefusals(t *testing.T) {
	t.Parallel()
	s := newService(t)
	secret := "/v1/forms/" + s.create(t, aForm("contact_form")) + "/secret"
	rotate := secret + "/rotate"
	get, post := http.MethodGet, http.MethodPost
	body := func(text string) []option { return []option{sending(t, text)} }
	for _, r := range []refusal{
		{"no key", get, secret, []option{withoutKey()}, 401, "unauthorized", ""},
		{"no key to rotate", post, rotate, []option{withoutKey(), sending(t, object{})}, 401, "unauthorized", ""},
		{"an unknown form", get, "/v1/forms/form_none/secret", nil, 404, "not_found", ""},
		{"an unknown form to rotate", post, "/v1/forms/form_none/secret/rotate", body(`{}`), 404, "not_found", ""},
		{"a form whose id is no text", get, "/v1/forms/%00/secret", nil, 404, "not_found", ""},
		{"a form to rotate whose id is no text", post, "/v1/forms/%00/secret/rotate", body(`{}`), 404, "not_found", ""},
		{"an empty body", post, rotate, body(``), 400, "malformed", ""},
		{"a secret of one's own", post, rotate, body(`{"secret":"whsec_x"}`), 400, "unknown_field", "secret"},
		{"a number for an overlap", post, rotate, body(`{"overlap":24}`), 422, "invalid", "overlap"},
		{"an overlap without a unit", post, rotate, body(`{"overlap":"24"}`), 422, "invalid", "overlap"},
		{"an overlap below zero", post, rotate, body(`{"overlap":"-1s"}`), 422, "invalid", "overlap"},
		{"an overlap too long", post, rotate, body(`{"overlap":"169h"}`), 422, "invalid", "overlap"},
		{"a rotation by reading", get, rotate, nil, 405, "method_not_allowed", ""},
	} {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			s.requireRefusal(t, r)
		})
	}
}
