package workflows_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"go.temporal.io/sdk/activity"

	"leadrail/activities"
	"leadrail/models"
)

// effects stands in for the activities, under the names that a worker gives
// them. A nil function succeeds.
type effects struct {
	qualify func() error
	persist func() (models.Plan, error)
	deliver func(ctx context.Context, in activities.DeliverInput) (models.Verdict, error)
	// try is the first attempt at a quick endpoint.
	try          func(in activities.DeliverInput) (activities.TryResult, error)
	markRetrying func() error
	finalize     func() error
	alert        func() error
	// lookUp looks for what the visitor's page reported.
	lookUp      func(in activities.ClientInput) (activities.ClientVerdict, error)
	replayLeads func(in activities.ReplayPageInput) activities.ReplayPageResult

	journal *journal
}

// qualified is the score and the route of every lead here.
var qualified = activities.QualifyResult{
	Qualification: models.Qualification{
		Score: 42, Tier: "hot", Qualified: true, Reasons: []models.Reason{{Rule: "budget", Points: 42}},
	},
	TeamID: "team_1", RoutingReasons: []string{`rule "all" matched`},
}

func (e *effects) Qualify(ctx context.Context, in activities.LeadInput) (activities.QualifyResult, error) {
	e.journal.notef(ctx, "qualify")
	e.journal.keep(in)
	if e.qualify != nil {
		if err := e.qualify(); err != nil {
			return activities.QualifyResult{}, err
		}
	}
	return qualified, nil
}

func (e *effects) Persist(ctx context.Context, in activities.PersistInput) (models.Plan, error) {
	e.journal.notef(ctx, "persist")
	e.journal.keep(in)
	if e.persist == nil {
		return models.Plan{}, nil
	}
	return e.persist()
}

func (e *effects) DeliverEmail(ctx context.Context, in activities.DeliverInput) (models.Verdict, error) {
	return e.DeliverWebhook(ctx, in)
}

func (e *effects) AlertFailed(ctx context.Context, in activities.AlertInput) error {
	e.journal.notef(ctx, "alert")
	e.journal.keep(in)
	if e.alert == nil {
		return nil
	}
	return e.alert()
}

func (e *effects) DeliverWebhook(ctx context.Context, in activities.DeliverInput) (models.Verdict, error) {
	e.journal.notef(ctx, "attempt %s %d %s", short(in.DeliveryID), in.N, in.Trigger)
	e.journal.keep(in)
	if e.deliver == nil {
		return delivered(), nil
	}
	return e.deliver(ctx, in)
}

func (e *effects) TryWebhook(ctx context.Context, in activities.DeliverInput) (activities.TryResult, error) {
	e.journal.notef(ctx, "try %s %d %s", short(in.DeliveryID), in.N, in.Trigger)
	e.journal.keep(in)
	return e.try(in)
}

func (e *effects) LookForResult(ctx context.Context, in activities.ClientInput) (activities.ClientVerdict, error) {
	e.journal.notef(ctx, "%s", strings.TrimSpace("look "+string(in.End)))
	e.journal.keep(in)
	return e.lookUp(in)
}

func (e *effects) ReplayLeads(_ context.Context, in activities.ReplayPageInput) (activities.ReplayPageResult, error) {
	return e.replayLeads(in), nil
}

func (e *effects) MarkRetrying(ctx context.Context, in activities.RetryingInput) error {
	e.journal.notef(ctx, "retrying %s after %d, due %s", short(in.DeliveryID), in.Attempt, e.journal.since(in.NextAttemptAt))
	e.journal.keep(in)
	if e.markRetrying == nil {
		return nil
	}
	return e.markRetrying()
}

func (e *effects) Finalize(ctx context.Context, in activities.FinalizeInput) error {
	e.journal.notef(ctx, "finalize %s", in.Conclusion.Status())
	e.journal.keep(in)
	if e.finalize == nil {
		return nil
	}
	return e.finalize()
}

// journal writes down what a run does and when, counted from its start. A nil
// journal drops it all.
type journal struct {
	mu    sync.Mutex
	start time.Time
	now   func() time.Time
	lines []string
	// remote counts the calls that were ordinary activities, by name.
	remote map[string]int
	inputs []any
}

func (j *journal) notef(ctx context.Context, format string, args ...any) {
	if j == nil {
		return
	}
	info := activity.GetInfo(ctx)
	j.mu.Lock()
	defer j.mu.Unlock()
	j.lines = append(j.lines, j.since(j.now()).String()+" "+fmt.Sprintf(format, args...))
	if !info.IsLocalActivity {
		j.remote[info.ActivityType.Name]++
	}
}

func (j *journal) upsert(status any) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.lines = append(j.lines, fmt.Sprintf("%s status %s", j.since(j.now()), status))
}

func (j *journal) keep(input any) {
	if j == nil {
		return
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	j.inputs = append(j.inputs, input)
}

func (j *journal) since(at time.Time) time.Duration {
	if j == nil {
		return 0
	}
	return at.Sub(j.start)
}

// about returns the lines with the text in them.
func (j *journal) about(text string) []string {
	j.mu.Lock()
	defer j.mu.Unlock()
	found := []string{}
	for _, line := range j.lines {
		if strings.Contains(line, text) {
			found = append(found, line)
		}
	}
	return found
}

// inputsOf returns what the activities with inputs of the type were given.
func inputsOf[T any](j *journal) []T {
	j.mu.Lock()
	defer j.mu.Unlock()
	found := []T{}
	for _, input := range j.inputs {
		if typed, ok := input.(T); ok {
			found = append(found, typed)
		}
	}
	return found
}

// script answers the attempts of each delivery in turn, and with the last
// answer from then on. A delivery without answers is delivered.
type script map[string][]models.Verdict

func (s script) deliver(_ context.Context, in activities.DeliverInput) (models.Verdict, error) {
	answers := s[in.DeliveryID]
	if len(answers) == 0 {
		return delivered(), nil
	}
	return answers[min(in.N, len(answers))-1], nil
}

func delivered() models.Verdict {
	return models.Verdict{Outcome: models.OutcomeDelivered, HTTPStatus: 200}
}

func failed() models.Verdict {
	return models.Verdict{
		Outcome: models.OutcomeRetry, HTTPStatus: 500, Code: models.ErrorHTTPStatus,
		Message: "The endpoint answered with status 500.",
	}
}

// failing fails the first calls and lets the others pass.
func failing(calls int) func() error {
	var mu sync.Mutex
	return func() error {
		mu.Lock()
		defer mu.Unlock()
		if calls--; calls >= 0 {
			return errors.New("the database is away")
		}
		return nil
	}
}

func short(deliveryID string) string { return strings.TrimPrefix(deliveryID, "dlv_") }
