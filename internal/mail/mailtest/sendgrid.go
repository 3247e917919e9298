package mailtest

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// deliveryKey is the custom argument that names the delivery of a mail.
const deliveryKey = "deliveryId"

// SendGrid is a fake of SendGrid's Web API on this machine. A request that
// SendGrid would not understand fails the test.
type SendGrid struct {
	// URL goes where https://api.sendgrid.com would.
	URL string

	t       testing.TB
	checker *Checker

	mu     sync.Mutex
	script []int
	mails  []Mail
}

// NewSendGrid starts a fake that lives as long as the test. It answers with the
// statuses of script, one a request, and with 202 after them.
func NewSendGrid(t testing.TB, script ...int) *SendGrid {
	t.Helper()
	checker, err := NewChecker()
	if err != nil {
		t.Fatal(err)
	}
	s := &SendGrid{t: t, checker: checker, script: script}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	s.URL = server.URL
	return s
}

// Answer appends statuses to the script.
func (s *SendGrid) Answer(statuses ...int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.script = append(s.script, statuses...)
}

// All lists the mails of all requests in the order they came, also of those
// that were refused.
func (s *SendGrid) All() []Mail {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.mails)
}

// Mails lists the mails of one delivery, like All.
func (s *SendGrid) Mails(deliveryID string) []Mail {
	return slices.DeleteFunc(s.All(), func(mail Mail) bool { return mail.IDs[deliveryKey] != deliveryID })
}

// ServeHTTP implements http.Handler.
func (s *SendGrid) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody))
	if err != nil {
		return // the client went away
	}
	key, problem := s.check(r, body)
	if problem != nil {
		s.t.Errorf("request to SendGrid: %v", problem)
		refuse(w, http.StatusBadRequest, problem.Error())
		return
	}
	status := s.record(body, key)
	w.Header().Set("X-Message-Id", "fake."+strconv.FormatInt(time.Now().UnixNano(), 36))
	if status < 300 {
		w.WriteHeader(status)
		return
	}
	if status == http.StatusTooManyRequests {
		w.Header().Set("X-RateLimit-Remaining", "0")
		w.Header().Set("X-RateLimit-Reset", strconv.FormatInt(time.Now().Add(time.Second).Unix(), 10))
	}
	refuse(w, status, http.StatusText(status))
}

// check returns the API key of a request that SendGrid would understand.
func (s *SendGrid) check(r *http.Request, body []byte) (string, error) {
	key, bearer := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch {
	case r.Method != http.MethodPost || r.URL.Path != "/v3/mail/send":
		return "", fmt.Errorf("no such route: %s %s", r.Method, r.URL.Path)
	case !bearer || key == "":
		return "", errors.New("no API key")
	case err != nil || media != "application/json":
		return "", fmt.Errorf("not application/json: %q", r.Header.Get("Content-Type"))
	}
	return key, s.checker.Check(body)
}

// record keeps the mails of a request and returns its answer's status.
func (s *SendGrid) record(body []byte, key string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	status := http.StatusAccepted
	if len(s.script) > 0 {
		status, s.script = s.script[0], s.script[1:]
	}
	var request request
	if err := json.Unmarshal(body, &request); err != nil {
		s.t.Errorf("request to SendGrid: %v", err)
	}
	s.mails = append(s.mails, request.mails(status, key)...)
	return status
}

// refuse answers with SendGrid's envelope of errors.
func refuse(w http.ResponseWriter, status int, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{ // an error means that the client went away
		"errors": []map[string]any{{"message": message, "field": nil, "help": nil}},
	})
}
