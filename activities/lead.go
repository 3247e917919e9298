package activities

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"leadrail/internal/id"
	"leadrail/internal/store"
	"leadrail/models"
)

// LeadStore is where leads and their progress are kept.
type LeadStore interface {
	FormVersion(ctx context.Context, id string, version int) (models.FormVersion, error)
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
}

// LeadInput identifies an accepted lead and carries it, sealed.
type LeadInput struct {
	SubmissionID string
	RunSeq       int
	// Lead is a models.Submission in JSON, sealed for SubmissionID.
	Lead models.Sealed
}

// Qualify scores the lead. A form without rules qualifies every lead, with no
// points.
func (l *Lead) Qualify(_ context.Context, _ LeadInput) (models.Qualification, error) {
	return models.Qualification{Qualified: true, Reasons: []models.Reason{}}, nil
}

// PersistInput is a lead with its score.
type PersistInput struct {
	LeadInput
	Qualification models.Qualification
}

// Persist stores the lead with one delivery per action of its form version,
// and returns what is to be delivered. Repeats return the same plan.
func (l *Lead) Persist(ctx context.Context, in PersistInput) (models.Plan, error) {
	lead, err := l.open(in.LeadInput)
	if err != nil {
		return models.Plan{}, err
	}
	version, err := l.Store.FormVersion(ctx, lead.FormID, lead.FormVersion)
	if err != nil {
		return models.Plan{}, fmt.Errorf("persist: %w", err)
	}
	lead.Status, lead.RunSeq, lead.Qualification = models.StatusPending, in.RunSeq, &in.Qualification
	stored, err := l.Store.Persist(ctx, lead, l.deliveries(lead, version.Definition))
	if err != nil {
		return models.Plan{}, fmt.Errorf("persist: %w", err)
	}
	return planOf(stored, version.Definition), nil
}

func (l *Lead) open(in LeadInput) (models.Submission, error) {
	plain, err := l.Sealed.Open(in.Lead, in.SubmissionID)
	if err != nil {
		return models.Submission{}, fmt.Errorf("open lead: %w", err)
	}
	var lead models.Submission
	if err := json.Unmarshal(plain, &lead); err != nil {
		return models.Submission{}, fmt.Errorf("open lead: %w", err)
	}
	return lead, nil
}

func (l *Lead) deliveries(lead models.Submission, definition models.FormDefinition) []models.Delivery {
	now := l.Now()
	deliveries := make([]models.Delivery, len(definition.Actions))
	for i, action := range definition.Actions {
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

// planOf lists the stored deliveries in the form's order. A lead that is
// finished has nothing left.
func planOf(lead models.Submission, definition models.FormDefinition) models.Plan {
	plan := models.Plan{Deliveries: []models.PlannedDelivery{}, Stored: lead.Status.Terminal()}
	if plan.Stored {
		return plan
	}
	byAction := map[string]models.Delivery{}
	for _, delivery := range lead.Deliveries {
		byAction[delivery.ActionID] = delivery
	}
	for _, action := range definition.Actions {
		plan.Deliveries = append(plan.Deliveries, models.PlannedDelivery{
			DeliveryID: byAction[action.ID].ID,
			Action:     action.Name,
			Type:       action.Type,
			Schedule:   action.Schedule(),
		})
	}
	return plan
}

// RetryingInput is one delivery's wait for its next attempt.
type RetryingInput struct {
	SubmissionID string
	RunSeq       int
	DeliveryID   string
	// Attempt is the number of the attempt that failed, with this verdict.
	Attempt       int
	Verdict       models.Verdict
	NextAttemptAt time.Time
}

// MarkRetrying records that a delivery failed and waits.
func (l *Lead) MarkRetrying(ctx context.Context, in RetryingInput) error {
	return l.Store.MarkRetrying(ctx, store.Retry{
		SubmissionID:  in.SubmissionID,
		RunSeq:        in.RunSeq,
		DeliveryID:    in.DeliveryID,
		Attempt:       in.Attempt,
		Verdict:       in.Verdict,
		NextAttemptAt: in.NextAttemptAt.UTC(),
		At:            l.Now(),
	})
}

// FinalizeInput is how a run ended.
type FinalizeInput struct {
	SubmissionID string
	RunSeq       int
	Conclusion   models.Conclusion
}

// Finalize writes the lead's final status.
func (l *Lead) Finalize(ctx context.Context, in FinalizeInput) error {
	return l.Store.Finalize(ctx, in.SubmissionID, in.RunSeq, in.Conclusion, l.Now())
}
