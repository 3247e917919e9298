package api_test

import (
	"context"
	"encoding/base64"
	"net/http"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"leadrail/internal/leads"
	"leadrail/internal/store"
	"leadrail/models"
	"leadrail/workflows"
)

// withPage is a tool whose handler in the page has work to do.
const withPage = `{
	"agentId": "agent_site", "name": "book_demo", "formExecutionMode": "client",
	"formSchema": { "fields": [{ "name": "email", "type": "email" }] }
}`

// retryInAnHour lets the first delivery of a lead fail once.
func (s *service) retryInAnHour(ctx context.Context, id string) error {
	lead, err := s.store.Submission(ctx, id)
	if err != nil {
		return err
	}
	return s.store.MarkRetrying(ctx, store.Retry{
		SubmissionID: id, DeliveryID: lead.Deliveries[0].ID, RunSeq: lead.RunSeq, Attempt: 1, At: time.Now(),
		Verdict:       models.Verdict{Outcome: models.OutcomeRetry, Code: models.ErrorTimeout, Message: "no answer"},
		NextAttemptAt: time.Now().Add(time.Hour),
	})
}

func aSubmission(tool string) object {
	return object{"toolId": tool, "formData": object{"email": "ada@example.com"}, "fieldsCompleted": []string{"email"}}
}

func TestAResultFromThePage(t *testing.T) {
	t.Parallel()
	s := newService(t)
	submitted := s.exchange(t, "submitted_client", http.StatusOK, "POST /form-submissions/submit",
		`{ "toolId": "`+s.tool(t, withPage)+`", "formData": { "email": "ada@example.com" }, "fieldsCompleted": ["email"] }`)
	id := submitted["submissionId"].(string)
	s.exchange(t, "client_result", http.StatusOK, "POST /form-submissions/client-result",
		`{ "submissionId": "`+id+`", "success": true, "message": "Booked.", "data": { "slot": 7 } }`)

	_, submitter := s.key(t, secretKey([]string{"submit"}, "agent_site"))
	result := object{"submissionId": id, "success": true, "message": "Booked.", "data": object{"slot": 7}}
	refused := s.read(t, http.StatusForbidden, http.MethodPost, "/form-submissions/client-result", as(submitter), sending(t, result))
	code, _ := saidOf(refused)
	require.Equal(t, "invalid_client_token", code)
	result["token"] = submitted["clientToken"]
	s.read(t, http.StatusOK, http.MethodPost, "/form-submissions/client-result", as(submitter), sending(t, result))
	for _, broken := range []string{`{ "success": true }`, `{ "submissionId": "` + id + `" }`} {
		s.read(t, http.StatusBadRequest, http.MethodPost, "/form-submissions/client-result", sending(t, broken))
	}
	s.read(t, http.StatusNotFound, http.MethodPost, "/form-submissions/client-result", sending(t, `{ "submissionId": "sub_none", "success": true }`))
}

// TestWhatIsNotAtItsEndIsNotSaid: the webhook waits for an hour, so the answer does
// not.
func TestWhatIsNotAtItsEndIsNotSaid(t *testing.T) {
	t.Parallel()
	s := newService(t)
	begin := s.runs.startCapture
	s.runs.startCapture = func(ctx context.Context, in workflows.CaptureInput, labels workflows.Labels) error {
		if err := begin(ctx, in, labels); err != nil {
			return err
		}
		return s.retryInAnHour(ctx, in.SubmissionID)
	}
	id := s.create(t, shopForm("shop_form"))
	submitted := s.read(t, http.StatusOK, http.MethodPost, "/form-submissions/submit", sending(t, aSubmission(id)))
	require.Equal(t, "retrying", submitted["status"])
	require.Equal(t, true, submitted["success"], "it is recorded")
	require.Nil(t, submitted["webhookResult"])
	require.Empty(t, submitted["postActionResults"])
}

func TestAPageIsNotToldWhatCameOfALead(t *testing.T) {
	t.Parallel()
	s := newService(t)
	form := aForm("contact_form")
	form["webhook"] = object{"url": "https://example.com/leads"}
	id := s.create(t, form)
	s.finishing(map[string]models.Verdict{"webhook": {Outcome: models.OutcomeDelivered}})
	_, key := s.key(t, pageKey())
	answer := s.call(t, http.MethodPost, "/form-submissions/submit", as(key), with("Origin", page), sending(t, aSubmission(id)))
	require.Equal(t, http.StatusOK, answer.Code)
	require.Equal(t, page, answer.Header().Get("Access-Control-Allow-Origin"))
	submitted := decoded(t, answer)
	require.Equal(t, "pending", submitted["status"])
	require.Nil(t, submitted["webhookResult"])
	code, _ := saidOf(s.read(t, http.StatusForbidden, http.MethodPost, "/form-submissions/submit", as(key), sending(t, aSubmission(id))))
	require.Equal(t, "origin_not_allowed", code)
}

func TestASubmissionIsRecognisedByItsIdempotencyKey(t *testing.T) {
	t.Parallel()
	s := newService(t)
	id := s.create(t, aForm("contact_form"))
	s.finishing(nil)
	submit := func(key string) any {
		return s.read(t, http.StatusOK, http.MethodPost, "/form-submissions/submit", sending(t, aSubmission(id)), with("Idempotency-Key", key))["submissionId"]
	}
	require.Equal(t, submit("order-1"), submit("order-1"))
	require.NotEqual(t, submit("order-1"), submit("order-2"))
}

func TestFilesInsideASubmission(t *testing.T) {
	t.Parallel()
	s := newService(t)
	form := aForm("contact_form")
	form["fields"] = []object{{"name": "note", "type": "textarea"}, {"name": "document", "type": "file"}}
	id := s.create(t, form)
	s.finishing(nil)
	send := func(status int, data object) object {
		return s.read(t, status, http.MethodPost, "/form-submissions/submit", sending(t, object{"toolId": id, "formData": data}))
	}
	url := func(size int) string {
		return "data:application/pdf;base64," + base64.StdEncoding.EncodeToString(append([]byte("%PDF-1.4\n"), make([]byte, size-9)...))
	}
	lead := s.read(t, http.StatusOK, http.MethodGet, "/v1/submissions/"+send(http.StatusOK, object{"document": url(models.MaxFileSize)})["submissionId"].(string))
	require.InDelta(t, models.MaxFileSize, lead["files"].([]any)[0].(object)["size"], 0)

	code, _ := saidOf(send(http.StatusBadRequest, object{"document": url(models.MaxFileSize + 1)}))
	require.Equal(t, "invalid", code)
	code, _ = saidOf(send(http.StatusBadRequest, object{"document": url(2 * models.MaxFileSize)}))
	require.Equal(t, "too_large", code)
	code, _ = saidOf(send(http.StatusBadRequest, object{"note": url(1 << 20)}))
	require.NotEqual(t, "internal", code, "what is no file is no larger than elsewhere")
}

// slowly is a workflow engine whose starts wait until they may proceed.
type slowly struct {
	*runs

	arrived chan struct{}
	proceed chan struct{}
}

func (s slowly) StartCapture(context.Context, workflows.CaptureInput, workflows.Labels) (bool, error) {
	s.arrived <- struct{}{}
	<-s.proceed
	return true, nil
}

// unstored is a database that is silent about leads until it is released, and knows none.
type unstored struct {
	leads.Store

	released chan struct{}
}

func (u unstored) Submission(context.Context, string) (models.Submission, error) {
	<-u.released
	return models.Submission{}, models.Errorf(models.CodeNotFound, "There is no such submission.")
}

func TestALargeSubmissionGivesItsPlaceUpBeforeItsAnswer(t *testing.T) {
	t.Parallel()
	s := newService(t)
	id := s.create(t, aForm("contact_form"))
	const places = 8
	arrived, proceed, released := make(chan struct{}, places+1), make(chan struct{}), make(chan struct{})
	service := s.dependencies.Leads
	service.Workflows, service.Store, service.Slots = slowly{s.runs, arrived, proceed}, unstored{service.Store, released}, leads.NewSlots(places+1)
	unmeasured := func(r *http.Request) { r.ContentLength = -1 }
	submit := func() int {
		return s.callUnchecked(http.MethodPost, "/form-submissions/submit", as(adminKey), sending(t, aSubmission(id)), unmeasured).Code
	}
	var all sync.WaitGroup
	defer all.Wait()
	defer close(released)
	for range places {
		all.Go(func() { submit() })
	}
	for range places {
		<-arrived
	}
	require.Equal(t, http.StatusServiceUnavailable, submit(), "one more, while all are in memory")
	close(proceed)
	all.Go(func() {
		for full := true; full; full = submit() == http.StatusServiceUnavailable {
			runtime.Gosched()
		}
	})
	select {
	case <-arrived:
	case <-time.After(time.Minute):
		require.FailNow(t, "nobody is let in while answers wait for deliveries")
	}
}

func TestRateLimitsInTheWordsOfTheProduct(t *testing.T) {
	t.Parallel()
	s := limited(t)
	_, key := s.key(t, secretKey([]string{"read"}))
	answer := s.call(t, http.MethodGet, "/tools?agentId=agent_site", as(key))
	require.Equal(t, "3", answer.Header().Get("X-RateLimit-Limit"))
	require.Equal(t, "2", answer.Header().Get("X-RateLimit-Remaining"))
	reset, err := strconv.ParseInt(answer.Header().Get("X-RateLimit-Reset"), 10, 64)
	require.NoError(t, err)
	require.Greater(t, reset, time.Now().Unix())
	require.Empty(t, s.call(t, http.MethodGet, "/v1/forms", as(key)).Header().Get("X-RateLimit-Limit"))
	s.call(t, http.MethodGet, "/tools?agentId=agent_site", as(key))
	code, text := saidOf(s.read(t, http.StatusTooManyRequests, http.MethodGet, "/tools?agentId=agent_site", as(key)))
	require.Equal(t, "rate_limited", code)
	require.True(t, strings.HasPrefix(text, "Too many requests"))
}
