package api_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"leadrail/api"
	"leadrail/internal/id"
	"leadrail/models"
)

// keep puts a mail into the outbox and returns its id.
func (s *service) keep(t *testing.T, mail models.Mail) string {
	t.Helper()
	mail.ID = id.New(id.Mail)
	require.NoError(t, s.store.SaveMail(t.Context(), mail))
	return mail.ID
}

func aMail(subject string) models.Mail {
	return models.Mail{
		MessageID: "dlv_1", Sender: "leads@example.com", Recipients: []string{"sales@example.com", "Ann <ann@example.com>"},
		ReplyTo: "ada@example.com", Subject: subject, HTML: "<p>hello</p><script>alert(1)</script>", Text: "hello <b>",
		SentAt: time.Date(2026, 11, 22, 9, 30, 0, 0, time.UTC),
	}
}

func TestOutboxListsTheNewestMailsFirst(t *testing.T) {
	t.Parallel()
	s := newService(t)
	require.Empty(t, s.read(t, http.StatusOK, http.MethodGet, "/v1/outbox")["data"])
	s.keep(t, aMail("first"))
	second := s.keep(t, aMail("second"))

	list := s.read(t, http.StatusOK, http.MethodGet, "/v1/outbox")["data"].([]any)
	require.Len(t, list, 2)
	require.Empty(t, cmp.Diff(object{
		"id": second, "messageId": "dlv_1", "from": "leads@example.com",
		"to": []any{"sales@example.com", "Ann <ann@example.com>"}, "replyTo": "ada@example.com", "subject": "second",
		"html": "<p>hello</p><script>alert(1)</script>", "text": "hello <b>", "sentAt": "2026-11-22T09:30:00.000Z",
	}, list[0]))
	require.Len(t, s.read(t, http.StatusOK, http.MethodGet, "/v1/outbox?limit=1")["data"], 1)
	s.read(t, http.StatusUnprocessableEntity, http.MethodGet, "/v1/outbox?limit=201")
}

func TestPagesEscapeWhatStrangersWrote(t *testing.T) {
	t.Parallel()
	s := newService(t)
	mail := s.keep(t, aMail("<script>alert(2)</script>"))
	for _, path := range []string{"/outbox", "/outbox/" + mail} {
		answer := s.call(t, http.MethodGet, path)
		require.Equal(t, http.StatusOK, answer.Code)
		require.Equal(t, "text/html; charset=utf-8", answer.Header().Get("Content-Type"))
		require.NotContains(t, answer.Body.String(), "<script>")
		require.Contains(t, answer.Body.String(), "&lt;script&gt;alert(2)")
		require.Contains(t, answer.Header().Get("Content-Security-Policy"), "default-src 'none'")
	}
}

func TestTheBodyOfAMailMayDoNothing(t *testing.T) {
	t.Parallel()
	s := newService(t)
	answer := s.call(t, http.MethodGet, "/outbox/"+s.keep(t, aMail("x"))+"/html")
	require.Equal(t, aMail("x").HTML, answer.Body.String())
	policy := answer.Header().Get("Content-Security-Policy")
	require.Contains(t, policy, "sandbox;")
	require.Contains(t, policy, "default-src 'none'")
	require.Equal(t, "nosniff", answer.Header().Get("X-Content-Type-Options"))
}

func TestPagesTakeTheKeyAsAPassword(t *testing.T) {
	t.Parallel()
	s := newService(t)
	for name, c := range map[string]struct {
		path    string
		options []option
		status  int
	}{
		"the key as password":         {"/outbox", []option{asPassword(adminKey)}, http.StatusOK},
		"a wrong password":            {"/outbox", []option{asPassword("lr_wrong")}, http.StatusUnauthorized},
		"nothing":                     {"/outbox", []option{withoutKey()}, http.StatusUnauthorized},
		"a password where no page is": {"/v1/outbox", []option{asPassword(adminKey)}, http.StatusUnauthorized},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			answer := s.call(t, http.MethodGet, c.path, c.options...)
			require.Equal(t, c.status, answer.Code)
			if c.status == http.StatusUnauthorized && c.path == "/outbox" {
				require.Contains(t, answer.Header().Get("WWW-Authenticate"), "Basic realm=")
			}
		})
	}
	require.Equal(t, http.StatusNotFound, s.call(t, http.MethodGet, "/outbox/mail_none").Code)
}

func TestWhereMailIsSentThereIsNoOutbox(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.dependencies.Outbox = nil
	s.handler = api.NewHandler(s.dependencies)
	for _, path := range []string{"/outbox", "/v1/outbox"} {
		require.Equal(t, http.StatusNotFound, s.callUnchecked(http.MethodGet, path).Code)
	}
}

// asPassword authenticates as a browser does.
func asPassword(key string) option {
	return func(r *http.Request) {
		r.Header.Del("Authorization")
		r.SetBasicAuth("anybody", key)
	}
}
