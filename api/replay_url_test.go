package api_test

import (
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
)

func TestReplayToAnotherURL(t *testing.T) {
	t.Parallel()
	s := newService(t)
	form := aForm("contact_form")
	form["webhook"] = object{"url": "https://hooks.example.com/lead"}
	lead := s.submit(t, object{"formId": s.create(t, form), "formData": object{"email": "a@b.co"}})
	delivery := s.failLead(t, lead)
	path := "/v1/submissions/" + lead
	elsewhere := object{"deliveries": []string{delivery}, "url": "https://other.example.com/hook/token"}

	answer := s.read(t, http.StatusAccepted, http.MethodPost, path+"/replay", sending(t, elsewhere))
	secret := answer["secret"]
	require.Contains(t, secret, "whsec_")
	delete(answer, "secret")
	require.Empty(t, cmp.Diff(object{"submissionId": lead, "status": "pending", "runSeq": 2.0, "deliveries": []any{delivery}}, answer))
	shown := s.call(t, http.MethodGet, path)
	require.Contains(t, shown.Body.String(), `"target":"other.example.com"`)
	require.NotContains(t, shown.Body.String(), "token")
	require.NotContains(t, shown.Body.String(), "whsec_")

	target, err := s.store.Target(t.Context(), delivery, 2)
	require.NoError(t, err)
	require.Equal(t, "https://other.example.com/hook/token", target.URL)

	refused := s.read(t, http.StatusConflict, http.MethodPost, path+"/replay", sending(t, elsewhere))
	require.Equal(t, "run_goes_on", refused["code"])
	require.Contains(t, refused["detail"], "cancel")

	audit := s.call(t, http.MethodGet, "/v1/audit?target="+lead)
	require.Contains(t, audit.Body.String(), `"action":"submission.forward"`)
	require.Contains(t, audit.Body.String(), `"key":"admin"`)
	require.NotContains(t, audit.Body.String()+s.log.String(), "whsec_")
	require.NotContains(t, s.log.String(), "token")
}

func TestReplayToAnotherURLRefuses(t *testing.T) {
	t.Parallel()
	s := newService(t)
	form := aForm("contact_form")
	form["postActions"] = []object{{"type": "email", "name": "mail", "to": []string{"sales@example.com"}}}
	lead := s.submit(t, object{"formId": s.create(t, form), "formData": object{"email": "a@b.co"}})
	s.failLead(t, lead)
	path := "/v1/submissions/" + lead + "/replay"
	_, replayer := s.key(t, secretKey([]string{"replay"}))
	for name, c := range map[string]struct {
		key, url string
		status   int
		want     string
	}{
		"a key that may only replay": {replayer, "https://other.example.com", http.StatusForbidden, "scope admin"},
		"an address inside":          {adminKey, "http://10.0.0.1/", http.StatusUnprocessableEntity, `"field":"url"`},
		"a mail":                     {adminKey, "https://other.example.com", http.StatusUnprocessableEntity, `"code":"webhook"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			answer := s.call(t, http.MethodPost, path, sending(t, object{"url": c.url}), as(c.key))
			require.Equal(t, c.status, answer.Code, "%s", answer.Body)
			require.Contains(t, answer.Body.String(), c.want)
		})
	}
}
