package api_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"leadrail/api"
	"leadrail/internal/auth"
	"leadrail/internal/leads"
	"leadrail/internal/store"
	"leadrail/models"
)

// oneLead is a database with a lead that nothing happens to.
type oneLead struct {
	leads.Store

	mu  sync.Mutex
	err error
}

func (*oneLead) Submission(_ context.Context, id string) (models.Submission, error) {
	return models.Submission{ID: id, Status: models.StatusPending}, nil
}

func (o *oneLead) Progress(_ context.Context, ids []string) (map[string]store.Progress, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return map[string]store.Progress{ids[0]: {SubmissionID: ids[0], Status: models.StatusPending}}, o.err
}

func (o *oneLead) fail(err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.err = err
}

// follow follows the lead until ctx ends or the stream does, and returns what came.
func (o *oneLead) follow(ctx context.Context) string {
	handler := api.NewHandler(api.Dependencies{
		Auth:  auth.NewAuthenticator(adminKey, nil, nil, time.Now),
		Leads: &leads.Service{Store: o, Followers: &leads.Followers{Store: o}},
		Log:   slog.New(slog.DiscardHandler),
	})
	request := httptest.NewRequestWithContext(ctx, http.MethodGet, "/v1/submissions/sub_1/events", http.NoBody)
	request.Header.Set("Authorization", "Bearer "+adminKey)
	answer := httptest.NewRecorder()
	handler.ServeHTTP(answer, request)
	return answer.Body.String()
}

func TestAQuietStreamBeats(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		gone, leave := context.WithTimeout(t.Context(), 46*time.Second)
		defer leave()
		sent := (&oneLead{}).follow(gone)
		require.Equal(t, 1, strings.Count(sent, "event: progress\n"))
		require.Equal(t, 3, strings.Count(sent, ": nothing new\n\n"))
		synctest.Wait()
	})
}

func TestAStreamSaysThatTheDatabaseIsAway(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var database oneLead
		time.AfterFunc(20*time.Second, func() { database.fail(models.Errorf(models.CodeUnavailable, "It does not answer.")) })
		time.AfterFunc(40*time.Second, func() { database.fail(nil) })
		gone, leave := context.WithTimeout(t.Context(), 46*time.Second)
		defer leave()
		sent := database.follow(gone)
		require.Equal(t, 1, strings.Count(sent, "event:"), "and makes nothing up")
		require.Equal(t, 1, strings.Count(sent, ": the database does not answer, the lead may be further\n\n"))
		require.Equal(t, 2, strings.Count(sent, ": nothing new\n\n"))
	})
}

func TestNoStreamLastsForEver(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		(&oneLead{}).follow(t.Context())
		require.Equal(t, time.Hour, time.Since(began))
	})
}
