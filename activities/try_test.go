package activities_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/netip"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/worker"

	"leadrail/activities"
	"leadrail/internal/forms"
	"leadrail/internal/seal"
	"leadrail/internal/store"
	"leadrail/internal/webhook"
	"leadrail/models"
)

// try is one call of DeliverWebhook, with a store and an endpoint made of
// functions. Those that newTry gives it find the attempt new, answer 200 and
// write everything.
type try struct {
	find    func(deliveryID string) (models.Destination, error)
	open    func(models.Attempt) (store.Job, error)
	post    func(context.Context, webhook.Request) webhook.Response
	close   func(context.Context, models.Attempt) error
	disable func(actionID, reason string, at time.Time) error
	ensure  func(models.Secret) (models.Secret, error)
	target  func(deliveryID string, runSeq int) (models.Target, error)

	// journal names the calls in their order.
	journal  []string
	requests []webhook.Request
	closed   []models.Attempt
	log      bytes.Buffer
	keyring  *seal.Keyring
	// secret is that of the form; nil where none was made yet.
	secret *models.Secret

	env     *testsuite.TestActivityEnvironment
	webhook *activities.Webhook
	// cancel ends the activity's context, and stopping is the worker's end.
	cancel   context.CancelCauseFunc
	stopping chan struct{}
}

func newTry(t *testing.T) *try {
	t.Helper()
	keyring, err := seal.ParseKeyring(seal.GenerateKey("test"))
	require.NoError(t, err)
	secret := forms.NewSecret(keyring, "form_1", start)
	y := &try{keyring: keyring, secret: &secret, stopping: make(chan struct{})}
	y.find = func(string) (models.Destination, error) { return aJob(models.Attempt{}).Destination, nil }
	y.open = func(attempt models.Attempt) (store.Job, error) { return aJob(attempt), nil }
	y.post = func(context.Context, webhook.Request) webhook.Response { return answered(200) }
	y.close = func(context.Context, models.Attempt) error { return nil }
	y.disable = func(string, string, time.Time) error { return nil }
	y.ensure = func(fresh models.Secret) (models.Secret, error) { return fresh, nil }
	y.target = func(string, int) (models.Target, error) {
		return models.Target{}, errors.New("nobody sent it elsewhere")
	}

	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(log.NewStructuredLogger(slog.New(slog.DiscardHandler)))
	y.env = suite.NewTestActivityEnvironment()
	ctx, cancel := context.WithCancelCause(t.Context())
	y.cancel = cancel
	y.env.SetWorkerOptions(worker.Options{BackgroundActivityContext: ctx})
	y.env.SetWorkerStopChannel(y.stopping)
	y.env.SetTestTimeout(time.Minute) // a busy machine is not a hang
	y.webhook = y.activity()
	y.env.RegisterActivity(y.webhook)
	return y
}

// activity is the activity under test, whose clock goes on by a second at each
// look.
func (y *try) activity() *activities.Webhook {
	looks := 0
	return &activities.Webhook{
		Store: y, Client: poster{y}, Sealed: y.keyring,
		Log: slog.New(slog.NewTextHandler(&y.log, nil)),
		Now: func() time.Time {
			looks++
			return start.Add(time.Duration(looks) * time.Second)
		},
		ConversationURL: "https://chat.example.com/{conversationId}",
	}
}

// deliver makes the second attempt of run 3.
func (y *try) deliver() (models.Verdict, error) { return y.deliverTo(false) }

// deliverTo makes it, in a run that a replay may have sent elsewhere.
func (y *try) deliverTo(retargeted bool) (models.Verdict, error) {
	var verdict models.Verdict
	result, err := y.env.ExecuteActivity((&activities.Webhook{}).DeliverWebhook, activities.DeliverInput{
		DeliveryID: "dlv_1", RunSeq: 3, N: 2, Trigger: models.TriggerSchedule, Retargeted: retargeted,
	})
	if err != nil {
		return verdict, err
	}
	return verdict, result.Get(&verdict)
}

func (y *try) OpenAttempt(_ context.Context, attempt models.Attempt) (store.Job, error) {
	y.journal = append(y.journal, "open")
	job, err := y.open(attempt)
	job.Secret = y.secret
	return job, err
}

func (y *try) DestinationOf(_ context.Context, deliveryID string) (models.Destination, error) {
	return y.find(deliveryID)
}

func (y *try) CloseAttempt(ctx context.Context, attempt models.Attempt) error {
	y.journal = append(y.journal, "close")
	y.closed = append(y.closed, attempt)
	return y.close(ctx, attempt)
}

func (y *try) DisableDestination(_ context.Context, actionID, reason string, at time.Time) error {
	y.journal = append(y.journal, "disable")
	return y.disable(actionID, reason, at)
}

func (y *try) EnsureSecret(_ context.Context, fresh models.Secret) (models.Secret, error) {
	y.journal = append(y.journal, "ensure")
	return y.ensure(fresh)
}

func (y *try) Target(_ context.Context, deliveryID string, runSeq int) (models.Target, error) {
	return y.target(deliveryID, runSeq)
}

// poster is the endpoint of a try.
type poster struct{ *try }

func (p poster) Post(ctx context.Context, request webhook.Request) webhook.Response {
	p.journal = append(p.journal, "post")
	p.requests = append(p.requests, request)
	return p.post(ctx, request)
}

// aJob is what the store has for an attempt: a lead with texts that must reach
// the endpoint and no log.
func aJob(attempt models.Attempt) store.Job {
	action := models.Action{ID: "act_1", Name: "crm", Type: models.ActionWebhook, Response: models.ResponseJSON}
	return store.Job{
		Attempt:  attempt,
		Delivery: models.Delivery{ID: "dlv_1", SubmissionID: "sub_1", ActionID: "act_1", ActionName: "crm"},
		Submission: models.Submission{
			ID: "sub_1", FormID: "form_1", FormVersion: 1, AgentID: "agent_1", Status: models.StatusPending,
			FormData: models.Document(`{"email":"ada@example.com"}`), FieldsCompleted: []string{"email"}, SubmittedAt: start,
		},
		Definition:  models.FormDefinition{Name: "contact", Actions: []models.Action{action}},
		Destination: models.Destination{ActionID: "act_1", FormID: "form_1", URL: "https://hooks.example.com/private-path", Enabled: true},
	}
}

// answered is an endpoint's answer with a status and an empty body.
func answered(status int) webhook.Response {
	response := webhook.Response{
		Verdict:  models.Verdict{Outcome: models.OutcomeDelivered, HTTPStatus: status},
		Duration: 120 * time.Millisecond,
		Phases: webhook.Phases{
			DNS: 10 * time.Millisecond, Connect: 20 * time.Millisecond, TLS: 30 * time.Millisecond, FirstByte: 40 * time.Millisecond,
		},
		Address: netip.MustParseAddrPort("192.0.2.1:443"),
		Excerpt: "the answer's text",
	}
	if status != 200 {
		response.Verdict.Outcome, response.Verdict.Code = models.OutcomeRetry, models.ErrorHTTPStatus
		response.Verdict.Message = "the endpoint answered with an error"
	}
	return response
}

// requireSilent checks that nothing of the lead or its destination was logged.
func (y *try) requireSilent(t *testing.T) {
	t.Helper()
	for _, private := range []string{"ada@example.com", "private-path", "the answer's text"} {
		require.NotContains(t, y.log.String(), private)
	}
}
