package leads

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"leadrail/models"
)

// SubmissionRef names a lead.
type SubmissionRef struct {
	ID string `json:"-" uri:"id"`
}

// readBudget bounds how long a reader waits for one of the places a lead can be.
const readBudget = 2 * time.Second

// Submission reads a lead. One that was accepted a moment ago and is not stored
// yet is read from the intake or from its workflow, as pending. It is not found
// when nobody knows it, unavailable when one who may cannot be asked, and
// forbidden when it is of a foreign agent.
func (s *Service) Submission(ctx context.Context, ref SubmissionRef) (Submission, error) {
	lead, err := s.find(ctx, ref.ID)
	if err != nil {
		return Submission{}, err
	}
	shown := s.view(lead)
	if err := s.addClientResult(ctx, lead, shown.Deliveries); err != nil {
		return Submission{}, err
	}
	return shown, nil
}

// find reads a lead that the caller may touch.
func (s *Service) find(ctx context.Context, submissionID string) (models.Submission, error) {
	lead, err := s.anywhere(ctx, submissionID)
	if err == nil {
		err = models.PrincipalOf(ctx).MayAgent(lead.AgentID)
	}
	if err != nil {
		return models.Submission{}, err
	}
	return lead, nil
}

// anywhere looks for a lead wherever it can be.
func (s *Service) anywhere(ctx context.Context, submissionID string) (models.Submission, error) {
	lead, err := s.inDatabase(ctx, submissionID)
	if code := models.CodeOf(err); code != models.CodeNotFound && code != models.CodeUnavailable {
		return lead, err
	}
	running, runErr := s.inWorkflow(ctx, submissionID)
	if models.CodeOf(err) == models.CodeNotFound {
		return running.lead, runErr
	}
	if runErr == nil && running.open {
		return running.lead, nil
	}
	return models.Submission{}, err // it may be further than its workflow tells
}

// inDatabase looks among the stored and the waiting leads.
func (s *Service) inDatabase(ctx context.Context, submissionID string) (models.Submission, error) {
	ctx, cancel := context.WithTimeout(ctx, readBudget)
	defer cancel()
	lead, err := s.Store.Submission(ctx, submissionID)
	if models.CodeOf(err) != models.CodeNotFound {
		return lead, err
	}
	waiting, err := s.Store.Intake(ctx, submissionID)
	if err != nil {
		return models.Submission{}, err
	}
	return s.open(waiting.Lead, submissionID)
}

// run is a lead as its workflow was given it.
type run struct {
	lead models.Submission
	open bool
}

func (s *Service) inWorkflow(ctx context.Context, submissionID string) (run, error) {
	ctx, cancel := context.WithTimeout(ctx, readBudget)
	defer cancel()
	found, err := s.Workflows.Accepted(ctx, submissionID)
	if err != nil {
		return run{}, err
	}
	lead, err := s.open(found.Lead, submissionID)
	return run{lead: lead, open: found.Open}, err
}

func (s *Service) open(sealed models.Sealed, submissionID string) (models.Submission, error) {
	var lead models.Submission
	plain, err := s.Sealer.Open(sealed, submissionID)
	if err == nil {
		err = json.Unmarshal(plain, &lead)
	}
	if err != nil {
		return models.Submission{}, fmt.Errorf("open lead: %w", err)
	}
	return lead, nil
}
