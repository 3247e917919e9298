package leads

import (
	"context"
	"encoding/json"
	"fmt"

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
