package leads

import (
	"context"
	"encoding/json"
	"fmt"

	"leadrail/internal/store"
	"leadrail/models"
)

// SubmissionRef names a lead.
type SubmissionRef struct {
	ID string `json:"-" uri:"id"`
}

// Submission reads a lead. A lead that was accepted a moment ago and is not
// stored yet is read from its workflow, as pending. It is not found when
// neither knows it, and unavailable when one of them cannot be asked.
func (s *Service) Submission(ctx context.Context, ref SubmissionRef) (Submission, error) {
	lead, err := s.Store.Submission(ctx, ref.ID)
	if err != nil && models.CodeOf(err) != models.CodeNotFound {
		return Submission{}, err
	}
	if err != nil {
		if lead, err = s.accepted(ctx, ref.ID); err != nil {
			return Submission{}, err
		}
	}
	return s.view(lead), nil
}

// accepted reads a lead that is not stored yet from its workflow's input.
func (s *Service) accepted(ctx context.Context, submissionID string) (models.Submission, error) {
	ctx, cancel := context.WithTimeout(ctx, startBudget)
	defer cancel()
	in, err := s.Workflows.CaptureInput(ctx, submissionID)
	if err != nil {
		return models.Submission{}, err
	}
	plain, err := s.Sealer.Open(in.Lead, submissionID)
	if err != nil {
		return models.Submission{}, fmt.Errorf("open lead: %w", err)
	}
	var lead models.Submission
	if err := json.Unmarshal(plain, &lead); err != nil {
		return models.Submission{}, fmt.Errorf("open lead: %w", err)
	}
	return lead, nil
}

// ListInput selects leads; absent parameters select everything.
type ListInput struct {
	FormID         string            `form:"formId"`
	AgentID        string            `form:"agentId"`
	ConversationID string            `form:"conversationId"`
	Status         models.Status     `form:"status"`
	From           *models.Timestamp `form:"from"`
	To             *models.Timestamp `form:"to"`
	Limit          int               `form:"limit"`
	Cursor         string            `form:"cursor"`
}

// Submissions lists leads, newest first. It reads the database alone, so a
// lead that was accepted a moment ago may be missing for a moment more.
func (s *Service) Submissions(ctx context.Context, in ListInput) (models.Page[Submission], error) {
	filter, err := in.filter()
	if err != nil {
		return models.Page[Submission]{}, err
	}
	limit := filter.Limit
	filter.Limit++
	rows, err := s.Store.Submissions(ctx, filter)
	if err != nil {
		return models.Page[Submission]{}, err
	}
	return models.NewPage(rows, limit, s.view, func(last models.Submission) store.SubmissionCursor {
		return store.SubmissionCursor{SubmittedAt: last.SubmittedAt, ID: last.ID}
	})
}

func (in ListInput) filter() (store.SubmissionFilter, error) {
	if in.Status != "" && !in.Status.Valid() {
		return store.SubmissionFilter{}, models.InvalidField("status", "option",
			"A status is pending, retrying, completed or failed.")
	}
	limit, err := models.CheckLimit(in.Limit)
	if err != nil {
		return store.SubmissionFilter{}, err
	}
	after, err := models.ReadCursor[store.SubmissionCursor](in.Cursor)
	if err != nil {
		return store.SubmissionFilter{}, err
	}
	return store.SubmissionFilter{
		FormID:         in.FormID,
		AgentID:        in.AgentID,
		ConversationID: in.ConversationID,
		Status:         in.Status,
		From:           timeOf(in.From),
		To:             timeOf(in.To),
		After:          after,
		Limit:          limit,
	}, nil
}
