package leads_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"leadrail/internal/leads"
	"leadrail/internal/seal"
	"leadrail/internal/store"
	"leadrail/internal/webhook"
	"leadrail/models"
	"leadrail/workflows"
)

// start is the time of everything here, with a part that is cut off.
var start = time.Date(2026, 11, 22, 9, 30, 0, 123_456_789, time.UTC)

// desk is the use cases over a database and a workflow engine made of
// functions. Those that newDesk gives it know one form and no lead.
type desk struct {
	*leads.Service

	form        func(id string) (store.FormRecord, error)
	submission  func(id string) (models.Submission, error)
	submissions func(filter store.SubmissionFilter) ([]models.Submission, error)
	start       func(ctx context.Context, in workflows.CaptureInput, labels workflows.Labels) error
	input       func(ctx context.Context, submissionID string) (workflows.Accepted, error)
	// first is what an earlier request was recognised by, waiting what the
	// intake has.
	first   func(submissionID string) (models.Acceptance, error)
	waiting func(submissionID string) (models.Intake, error)
	save    func(lead models.Intake) (bool, error)
	retry   func(submissionID, callID string) ([]string, error)
	cancel  func(submissionID, callID, reason string) error
	// redeliver asks an open run, begin and replay make the next one.
	redeliver func(submissionID, callID string, deliveryIDs []string) ([]string, error)
	begin     func(replay store.Replay) error
	replay    func(lead models.Submission, sealed models.Sealed) error
	// reported has what pages reported, unless reportErr keeps it out; signal tells a
	// run of it.
	reported  map[string]models.ClientResult
	reportErr error
	signal    func(submissionID string) error
	// busy leads cannot go straight to the workflow engine; stuck ones not at all.
	busy, stuck bool

	// started are the leads that were handed over.
	started []workflows.CaptureInput
	keyring *seal.Keyring
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	keyring, err := seal.ParseKeyring(seal.GenerateKey("test"))
	require.NoError(t, err)
	d := &desk{keyring: keyring, reported: map[string]models.ClientResult{}}
	d.signal = func(string) error { return nil }
	d.form = func(string) (store.FormRecord, error) { return aForm(), nil }
	d.submission = func(string) (models.Submission, error) { return models.Submission{}, unknown() }
	d.submissions = func(store.SubmissionFilter) ([]models.Submission, error) { return nil, nil }
	d.start = func(context.Context, workflows.CaptureInput, workflows.Labels) error { return nil }
	d.input = func(context.Context, string) (workflows.Accepted, error) { return workflows.Accepted{}, unknown() }
	d.first = func(string) (models.Acceptance, error) { return models.Acceptance{}, unknown() }
	d.waiting = func(string) (models.Intake, error) { return models.Intake{}, unknown() }
	d.save = func(models.Intake) (bool, error) { return true, nil }
	d.Service = &leads.Service{
		Store: tables{d}, Workflows: engine{d}, Intake: spill{d}, Slots: leads.NewSlots(1), Sealer: keyring,
		Now: func() time.Time { return start }, Secret: "a secret", URLs: webhook.NewGuard(),
		ConversationURL: "https://chat.example.com/{conversationId}",
	}
	return d
}

// tables is the database of a desk.
type tables struct{ *desk }

func (d tables) Form(_ context.Context, id string) (store.FormRecord, error) { return d.form(id) }

func (d tables) Submission(_ context.Context, id string) (models.Submission, error) {
	return d.submission(id)
}

func (d tables) Submissions(_ context.Context, filter store.SubmissionFilter) ([]models.Submission, error) {
	return d.submissions(filter)
}

func (d tables) FormVersion(_ context.Context, id string, _ int) (models.FormVersion, error) {
	record, err := d.form(id)
	return record.Version, err
}

func (d tables) Intake(_ context.Context, id string) (models.Intake, error) { return d.waiting(id) }

func (d tables) Acceptance(_ context.Context, id string) (models.Acceptance, error) {
	return d.first(id)
}

func (d tables) BeginReplay(_ context.Context, replay store.Replay) (models.Submission, error) {
	lead, err := d.submission(replay.SubmissionID)
	if err == nil {
		err = d.begin(replay)
	}
	lead.Status, lead.RunSeq, lead.Deliveries = models.StatusPending, replay.RunSeq+1, nil
	return lead, err
}

func (d tables) SaveClientResult(ctx context.Context, result models.ClientResult) (models.ClientResult, bool, error) {
	if _, bounded := ctx.Deadline(); !bounded {
		return models.ClientResult{}, false, errors.New("a page waits without end")
	}
	key := resultKey(result.SubmissionID, result.RunSeq)
	if first, reported := d.reported[key]; reported {
		return first, false, nil
	}
	if d.reportErr == nil {
		d.reported[key] = result
	}
	return result, d.reportErr == nil, d.reportErr
}

func (d tables) ClientResult(_ context.Context, id string, runSeq int) (models.ClientResult, error) {
	if result, reported := d.reported[resultKey(id, runSeq)]; reported {
		return result, nil
	}
	return models.ClientResult{}, unknown()
}

func resultKey(submissionID string, runSeq int) string {
	return fmt.Sprintf("%s run %d", submissionID, runSeq)
}

// spill is the intake of a desk.
type spill struct{ *desk }

func (d spill) Empty() bool { return !d.busy }

func (d spill) Stuck() bool { return d.stuck }

func (d spill) Save(_ context.Context, lead models.Intake) (bool, error) { return d.save(lead) }

// engine is the workflow engine of a desk.
type engine struct{ *desk }

func (d engine) StartCapture(ctx context.Context, in workflows.CaptureInput, labels workflows.Labels) (bool, error) {
	d.started = append(d.started, in)
	err := d.start(ctx, in, labels)
	if errors.Is(err, errStarted) {
		return false, nil
	}
	return err == nil, err
}

// errStarted is how a desk's start says that the workflow exists already.
var errStarted = errors.New("started already")

func (d engine) RetryNow(_ context.Context, submissionID, callID string) ([]string, error) {
	return d.retry(submissionID, callID)
}

func (d engine) CancelCapture(_ context.Context, submissionID, callID, reason string) error {
	return d.cancel(submissionID, callID, reason)
}

func (d engine) Redeliver(_ context.Context, submissionID, callID string, deliveryIDs []string) ([]string, error) {
	return d.redeliver(submissionID, callID, deliveryIDs)
}

func (d engine) SignalClientResult(_ context.Context, submissionID string) error {
	return d.signal(submissionID)
}

func (d engine) StartReplay(_ context.Context, lead models.Submission, sealed models.Sealed) error {
	return d.replay(lead, sealed)
}

func (d engine) Acceptance(_ context.Context, submissionID string) (models.Acceptance, error) {
	return d.first(submissionID)
}

func (d engine) Accepted(ctx context.Context, submissionID string) (workflows.Accepted, error) {
	return d.input(ctx, submissionID)
}

func unknown() error { return models.Errorf(models.CodeNotFound, "There is no such submission.") }

func away() error { return models.Errorf(models.CodeUnavailable, "It does not answer.") }

// aForm takes anything in "note", and a number that must be there.
func aForm() store.FormRecord {
	return store.FormRecord{
		Form: models.Form{ID: "form_1", AgentID: "agent_1", Name: "contact_now", Version: 3, Enabled: true},
		Version: models.FormVersion{FormID: "form_1", Version: 3, Definition: models.FormDefinition{
			Name: "contact", SuccessMessage: "Thanks!", Fields: []models.Field{
				{Name: "budget", Type: models.FieldNumber, Validation: models.Validation{Required: &models.Rule[bool]{Value: true}}},
				{Name: "note", Type: models.FieldTextarea},
			},
		}},
	}
}

// filledIn is a submission that is fine.
func filledIn() leads.CaptureInput {
	return leads.CaptureInput{FormID: "form_1", FormData: models.Document(`{"budget":5000}`)}
}

// accept submits what must be accepted, and opens what was handed over.
func (d *desk) accept(t *testing.T, in leads.CaptureInput) models.Submission {
	t.Helper()
	output, err := d.Capture(t.Context(), in)
	require.NoError(t, err)
	require.Len(t, d.started, 1)
	plain, err := d.keyring.Open(d.started[0].Lead, output.SubmissionID)
	require.NoError(t, err)
	var lead models.Submission
	require.NoError(t, json.Unmarshal(plain, &lead))
	return lead
}

// problems submits what must be refused, and says where and why.
func (d *desk) problems(t *testing.T, in leads.CaptureInput) []string {
	t.Helper()
	_, err := d.Capture(t.Context(), in)
	var refused *models.Error
	require.ErrorAs(t, err, &refused)
	require.Equal(t, models.CodeInvalid, refused.Code)
	require.Empty(t, d.started, "nothing was accepted")
	var found []string
	for _, field := range refused.Fields {
		require.NotEmpty(t, field.Message)
		found = append(found, field.Field+" "+field.Code)
	}
	return found
}
