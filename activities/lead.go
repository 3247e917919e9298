package activities

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"leadrail/internal/id"
	"leadrail/internal/rules"
	"leadrail/internal/store"
	"leadrail/models"
)

// LeadStore is where leads and their progress are kept.
type LeadStore interface {
	Definitions
	Progress
}

// Definitions are what decides about a lead.
type Definitions interface {
	FormVersion(ctx context.Context, id string, version int) (models.FormVersion, error)
	Routing(ctx context.Context) (models.Routing, error)
}

// Progress is what becomes of a lead.
type Progress interface {
	Submission(ctx context.Context, id string) (models.Submission, error)
	Persist(ctx context.Context, lead models.Submission, deliveries []models.Delivery) (models.Submission, error)
	MarkRetrying(ctx context.Context, retry store.Retry) error
	Finalize(ctx context.Context, submissionID string, runSeq int, conclusion models.Conclusion, at time.Time) error
}

// Opener decrypts what was sealed for an owner.
type Opener interface {
	Open(sealed models.Sealed, owner string) ([]byte, error)
}

// Lead is the part of a lead's life that happens in Leadrail's own database.
type Lead struct {
	Store  LeadStore
	Sealed Opener
	Now    func() time.Time
	// Quick reports whether the endpoint of a webhook action is quick; nil for none.
	Quick func(actionID string) bool
}

// LeadInput identifies an accepted lead and carries it, sealed.
type LeadInput struct {
	SubmissionID string
	RunSeq       int
	// Lead is a models.Submission in JSON, sealed for SubmissionID.
	Lead models.Sealed
}

// QualifyResult is a lead's score and the team that the rules send it to. It
// names rules and teams and nothing that the visitor typed.
type QualifyResult struct {
	Qualification models.Qualification
	// TeamID is empty for a lead without a team.
	TeamID string
	// RoutingReasons say why that team.
	RoutingReasons []string
}

// Qualify scores the lead by the rules of its form version, and routes it by
// the rules of the installation.
func (l *Lead) Qualify(ctx context.Context, in LeadInput) (QualifyResult, error) {
	lead, definition, err := l.load(ctx, in)
	if err != nil {
		return QualifyResult{}, fmt.Errorf("qualify: %w", err)
	}
	routing, err := l.Store.Routing(ctx)
	if err != nil {
		return QualifyResult{}, fmt.Errorf("qualify: %w", err)
	}
	facts, err := factsOf(lead)
	if err != nil {
		return QualifyResult{}, fmt.Errorf("qualify: %w", err)
	}
	qualification := rules.Qualify(definition.Qualification, facts)
	decision := rules.Route(routing.Rules, routing.FallbackTeam, facts.WithQualification(qualification))
	return QualifyResult{Qualification: qualification, TeamID: decision.Team, RoutingReasons: decision.Reasons}, nil
}

// PersistInput is a lead with its score and its team.
type PersistInput struct {
	LeadInput
	QualifyResult
}

// Persist stores the lead with one delivery per action of its form version
// whose condition holds, assigns it, and returns what is to be delivered.
// Repeats return the same plan. The lead of a replay is stored already, and its
// plan is what the replay chose.
func (l *Lead) Persist(ctx context.Context, in PersistInput) (models.Plan, error) {
	if in.RunSeq > 1 {
		return l.planReplay(ctx, in.LeadInput)
	}
	lead, definition, err := l.load(ctx, in.LeadInput)
	if err != nil {
		return models.Plan{}, fmt.Errorf("persist: %w", err)
	}
	lead.Status, lead.RunSeq = models.StatusPending, in.RunSeq
	lead.Qualify(in.Qualification)
	lead.Assign(models.Assignment{TeamID: in.TeamID, Reasons: in.RoutingReasons, At: l.Now()})
	actions, err := actionsFor(lead, definition)
	if err != nil {
		return models.Plan{}, fmt.Errorf("persist: %w", err)
	}
	stored, err := l.Store.Persist(ctx, lead, l.deliveries(lead, actions))
	if err != nil {
		return models.Plan{}, fmt.Errorf("persist: %w", err)
	}
	return l.hurried(planOf(stored, in.RunSeq, definition)), nil
}

// planReplay returns what a replay chose. A lead that was erased since has
// nothing left, and is not stored again.
func (l *Lead) planReplay(ctx context.Context, in LeadInput) (models.Plan, error) {
	stored, err := l.Store.Submission(ctx, in.SubmissionID)
	if models.CodeOf(err) == models.CodeNotFound {
		return models.Plan{Deliveries: []models.PlannedDelivery{}, Stored: true}, nil
	}
	if err != nil {
		return models.Plan{}, fmt.Errorf("plan replay: %w", err)
	}
	version, err := l.Store.FormVersion(ctx, stored.FormID, stored.FormVersion)
	if err != nil {
		return models.Plan{}, fmt.Errorf("plan replay: %w", err)
	}
	return l.hurried(planOf(stored, in.RunSeq, version.Definition)), nil
}

// hurried marks a webhook that may be tried within the workflow task: one that is
// all there is to do, for what else the run does waits for the task.
func (l *Lead) hurried(plan models.Plan) models.Plan {
	if l.Quick == nil || len(plan.Deliveries) != 1 {
		return plan
	}
	only := &plan.Deliveries[0]
	only.Quick = only.Type == models.ActionWebhook && !only.Retargeted && l.Quick(only.ActionID)
	return plan
}

// load opens the lead and reads the definition that it was filled in with.
func (l *Lead) load(ctx context.Context, in LeadInput) (models.Submission, models.FormDefinition, error) {
	var lead models.Submission
	plain, err := l.Sealed.Open(in.Lead, in.SubmissionID)
	if err == nil {
		err = json.Unmarshal(plain, &lead)
	}
	if err != nil {
		return lead, models.FormDefinition{}, fmt.Errorf("open lead: %w", err)
	}
	version, err := l.Store.FormVersion(ctx, lead.FormID, lead.FormVersion)
	return lead, version.Definition, err
}

// factsOf is what rules may ask about a lead.
func factsOf(lead models.Submission) (rules.Facts, error) {
	data, err := lead.FormData.Object()
	if err != nil {
		return rules.Facts{}, err
	}
	signals, err := lead.Signals.Object()
	return rules.Facts{Data: data, Signals: signals}, err
}

// actionsFor lists the actions whose condition holds for a qualified lead.
func actionsFor(lead models.Submission, definition models.FormDefinition) ([]models.Action, error) {
	facts, err := factsOf(lead)
	if err != nil {
		return nil, err
	}
	facts = facts.WithQualification(*lead.Qualification)
	var due []models.Action
	for _, action := range definition.Actions {
		if action.When == nil || rules.Holds(*action.When, facts) {
			due = append(due, action)
		}
	}
	return due, nil
}

func (l *Lead) deliveries(lead models.Submission, actions []models.Action) []models.Delivery {
	now := l.Now()
	deliveries := make([]models.Delivery, len(actions))
	for i, action := range actions {
		deliveries[i] = models.Delivery{
			ID:           id.New(id.Delivery),
			SubmissionID: lead.ID,
			ActionID:     action.ID,
			ActionName:   action.Name,
			Type:         action.Type,
			Status:       models.DeliveryPending,
			RunSeq:       lead.RunSeq,
			CreatedAt:    now,
			UpdatedAt:    now,
		}
	}
	return deliveries
}

// planOf lists the stored deliveries of a run in the form's order. A lead that
// is finished, or is another run's, has nothing left.
func planOf(lead models.Submission, runSeq int, definition models.FormDefinition) models.Plan {
	plan := models.Plan{
		Deliveries: []models.PlannedDelivery{}, Team: lead.Team,
		Stored: lead.Status.Terminal() || lead.RunSeq != runSeq,
		Ended:  lead.Status.Terminal() && lead.RunSeq == runSeq,
	}
	if plan.Stored && !plan.Ended {
		return plan
	}
	byAction := map[string]models.Delivery{}
	for _, delivery := range lead.Deliveries {
		byAction[delivery.ActionID] = delivery
	}
	for _, action := range definition.Actions {
		planned := models.PlannedDelivery{ActionID: action.ID, Action: action.Name, Type: action.Type, Schedule: action.Schedule()}
		if runSeq > 1 {
			planned.Trigger = models.TriggerReplay
		}
		delivery, due := byAction[action.ID]
		planned.DeliveryID, planned.Retargeted = delivery.ID, delivery.Target(runSeq).Elsewhere()
		switch {
		case !due || delivery.Status == models.DeliveryDelivered:
		case delivery.RunSeq == runSeq && !plan.Ended:
			plan.Deliveries = append(plan.Deliveries, planned)
		default:
			plan.Undelivered = append(plan.Undelivered, undelivered(delivery, planned.Label()))
		}
	}
	return plan
}

// undelivered is how a delivery ended that is not part of the run.
func undelivered(delivery models.Delivery, label string) models.DeliveryOutcome {
	return models.DeliveryOutcome{
		DeliveryID: delivery.ID, Label: label, Attempts: delivery.Attempt,
		Verdict: models.Verdict{Outcome: models.OutcomeGiveUp, Code: delivery.ErrorCode, Message: delivery.Error},
	}
}
