package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"leadrail/activities"
	"leadrail/api"
	"leadrail/internal/analytics"
	"leadrail/internal/auth"
	"leadrail/internal/demo"
	"leadrail/internal/forms"
	"leadrail/internal/leads"
	"leadrail/internal/mail"
	"leadrail/internal/pgtest"
	"leadrail/internal/seal"
	"leadrail/internal/store"
	"leadrail/internal/webhook"
	"leadrail/models"
	"leadrail/workflows"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

const adminKey = "lr_test_admin_key"

// start is when the clock of a service begins.
var start = time.Date(2026, 11, 22, 9, 30, 0, 0, time.UTC)

// service is the whole API over a database of its own, with a fake in the
// place of Temporal.
type service struct {
	handler      http.Handler
	dependencies api.Dependencies
	store        *store.Store
	keyring      *seal.Keyring
	runs         *runs
	log          *bytes.Buffer
	clock        func() time.Time
}

// runs is a workflow engine of functions.
type runs struct {
	startCapture func(context.Context, workflows.CaptureInput, workflows.Labels) error
	accepted     func(context.Context, string) (workflows.Accepted, error)

	// woken and steerErr are the answer to whoever steers a run.
	woken    []string
	steerErr error
	// replayed are the leads whose next run was started.
	replayed []models.Submission

	mu    sync.Mutex
	known map[string]models.Acceptance
}

func (r *runs) StartCapture(ctx context.Context, in workflows.CaptureInput, labels workflows.Labels) (bool, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, exists := r.known[in.SubmissionID]; exists {
		return false, nil
	}
	if err := r.startCapture(ctx, in, labels); err != nil {
		return false, err
	}
	r.known[in.SubmissionID] = models.Acceptance{Digest: labels.Digest, FormVersion: in.FormVersion}
	return true, nil
}

func (r *runs) Acceptance(_ context.Context, submissionID string) (models.Acceptance, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	found, exists := r.known[submissionID]
	if !exists {
		return found, models.Errorf(models.CodeNotFound, "There is no such submission.")
	}
	return found, nil
}

func (r *runs) RetryNow(context.Context, string, string) ([]string, error) {
	return r.woken, r.steerErr
}

func (r *runs) CancelCapture(context.Context, string, string, string) error { return r.steerErr }

func (r *runs) Redeliver(context.Context, string, string, []string) ([]string, error) {
	return r.woken, r.steerErr
}

func (r *runs) SignalClientResult(context.Context, string) error { return r.steerErr }

func (r *runs) StartReplays(context.Context, string, int) error { return r.steerErr }

func (r *runs) WakeReplays(context.Context, string) error { return r.steerErr }

func (r *runs) StartReplay(_ context.Context, lead models.Submission, _ models.Sealed) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.replayed = append(r.replayed, lead)
	return r.steerErr
}

func (r *runs) Accepted(ctx context.Context, submissionID string) (workflows.Accepted, error) {
	return r.accepted(ctx, submissionID)
}

// spill is an intake that nobody relays, and that holds nobody up.
type spill struct{ store *store.Store }

func (spill) Empty() bool { return true }

func (spill) Stuck() bool { return false }

func (s spill) Save(ctx context.Context, lead models.Intake) (bool, error) {
	return s.store.SaveIntake(ctx, lead)
}

// destinations are checked as in production.
type destinations struct{ *webhook.Guard }

func (destinations) CheckHeaders(headers map[string]string) error {
	return webhook.CheckHeaders(headers)
}

func (destinations) CheckRecipient(text string) error {
	_, err := mail.ParseRecipient(text)
	return err
}

func newService(t *testing.T) *service {
	t.Helper()
	return newServiceOn(t, pgtest.New(t))
}

func newServiceOn(t *testing.T, databaseURL string) *service {
	t.Helper()
	db, err := store.Open(databaseURL, store.Options{MaxConnections: 4})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	keyring, err := seal.ParseKeyring(seal.GenerateKey("test"))
	require.NoError(t, err)
	s := &service{store: db, keyring: keyring, log: &bytes.Buffer{}, clock: ticking()}
	s.runs = &runs{startCapture: s.storeAtOnce, accepted: noRun, known: map[string]models.Acceptance{}}
	s.dependencies = api.Dependencies{
		Auth:  auth.NewAuthenticator(adminKey, db, auth.NewUses(db, slog.New(slog.DiscardHandler)), time.Now),
		Keys:  &auth.Keys{Store: db, Now: time.Now},
		Audit: &auth.Audit{Store: db, Now: time.Now},
		Forms: &forms.Service{Store: db, Destinations: destinations{webhook.NewGuard()}, Sealer: keyring, Now: s.clock},
		Leads: &leads.Service{
			Store: db, Files: db, Workflows: s.runs, Intake: spill{db}, Slots: leads.NewSlots(4), Sealer: keyring, Now: s.clock, Secret: "test",
			Refusals:        leads.NewRefusals(db, slog.New(slog.DiscardHandler)),
			Decisions:       leads.NewDecisions(db, slog.New(slog.DiscardHandler)),
			Followers:       &leads.Followers{Store: db},
			URLs:            webhook.NewGuard(),
			ConversationURL: "https://chat.example.com/{conversationId}",
		},
		Teams:              &leads.Teams{Store: db, Now: s.clock},
		Replays:            &leads.BulkReplays{Store: db, Workflows: s.runs, Now: s.clock},
		Ledger:             &leads.Ledger{Store: db, Now: s.clock},
		ConversationSlices: &leads.ConversationSlices{Store: db},
		Analytics:          &analytics.Service{Store: db},
		Conversations:      &leads.Conversations{Store: db, Now: s.clock, URL: "https://chat.example.com/{conversationId}"},
		Ready:              []api.ReadyCheck{{Part: "postgres", Ping: db.Ping}},
		Intake:             db.IntakeDepth,
		Stopping:           func() bool { return false },
		Outbox:             &leads.Outbox{Store: db},
		Receiver:           demo.NewReceiver(s.clock),
		Log:                slog.New(slog.NewTextHandler(s.log, nil)),
	}
	s.handler = api.NewHandler(s.dependencies)
	return s
}

// ticking is a clock that goes on by a second and a bit at each look, so that
// cutting to milliseconds shows.
func ticking() func() time.Time {
	var looks atomic.Int64
	return func() time.Time {
		return start.Add(time.Duration(looks.Add(1)) * (time.Second + 1234*time.Microsecond + 567*time.Nanosecond))
	}
}

// storeAtOnce is a workflow that gets as far as storing the lead.
func (s *service) storeAtOnce(ctx context.Context, in workflows.CaptureInput, _ workflows.Labels) error {
	lead := activities.Lead{Store: s.store, Sealed: s.keyring, Now: s.clock}
	_, err := lead.Persist(ctx, activities.PersistInput{
		LeadInput:     activities.LeadInput{SubmissionID: in.SubmissionID, RunSeq: in.RunSeq, Lead: in.Lead},
		QualifyResult: activities.QualifyResult{Qualification: models.Qualification{Qualified: true, Reasons: []models.Reason{}}},
	})
	return err
}

func noRun(context.Context, string) (workflows.Accepted, error) {
	return workflows.Accepted{}, models.Errorf(models.CodeNotFound, "There is no such submission.")
}

type option func(*http.Request)

func withoutKey() option { return func(r *http.Request) { r.Header.Del("Authorization") } }

func with(name, value string) option { return func(r *http.Request) { r.Header.Set(name, value) } }

// sending sets a body: text as it is, anything else as JSON.
func sending(t *testing.T, body any) option {
	t.Helper()
	text, raw := body.(string)
	if !raw {
		encoded, err := json.Marshal(body)
		require.NoError(t, err)
		text = string(encoded)
	}
	return func(r *http.Request) {
		r.Body = io.NopCloser(strings.NewReader(text))
		r.Header.Set("Content-Type", "application/json")
	}
}

// call makes one exchange and checks it against the contract.
func (s *service) call(t *testing.T, method, target string, options ...option) *httptest.ResponseRecorder {
	t.Helper()
	request := httptest.NewRequest(method, target, http.NoBody)
	request.Header.Set("Authorization", "Bearer "+adminKey)
	for _, apply := range options {
		apply(request)
	}
	body, err := io.ReadAll(request.Body)
	require.NoError(t, err)
	request.Body = io.NopCloser(bytes.NewReader(body))
	answer := httptest.NewRecorder()
	s.handler.ServeHTTP(answer, request)
	theContract(t).check(t, request, body, answer)
	return answer
}

// callUnchecked is call for a service that lacks a part of the contract.
func (s *service) callUnchecked(method, target string, options ...option) *httptest.ResponseRecorder {
	request := httptest.NewRequest(method, target, http.NoBody)
	for _, apply := range options {
		apply(request)
	}
	answer := httptest.NewRecorder()
	s.handler.ServeHTTP(answer, request)
	return answer
}

// read makes an exchange that must end with the status, and decodes its answer.
func (s *service) read(t *testing.T, status int, method, target string, options ...option) map[string]any {
	t.Helper()
	answer := s.call(t, method, target, options...)
	require.Equal(t, status, answer.Code, "%s", answer.Body)
	return decoded(t, answer)
}

func decoded(t *testing.T, answer *httptest.ResponseRecorder) map[string]any {
	t.Helper()
	var value map[string]any
	require.NoError(t, json.Unmarshal(answer.Body.Bytes(), &value), "%s", answer.Body)
	return value
}

// object is a JSON object.
type object = map[string]any

// aForm is the smallest form that there is.
func aForm(name string) object {
	return object{"agentId": "agent_site", "name": name, "fields": []object{{"name": "email", "type": "email"}}}
}

// create makes a form and returns its id.
func (s *service) create(t *testing.T, form object) string {
	t.Helper()
	return s.read(t, http.StatusCreated, http.MethodPost, "/v1/forms", sending(t, form))["id"].(string)
}

// submit posts a lead and returns its id.
func (s *service) submit(t *testing.T, lead object) string {
	t.Helper()
	return s.read(t, http.StatusAccepted, http.MethodPost, "/v1/submissions", sending(t, lead))["submissionId"].(string)
}
