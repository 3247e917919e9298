package app

import (
	"context"
	"fmt"

	"leadrail/internal/intake"
	"leadrail/internal/telemetry"
	"leadrail/models"
	"leadrail/workflows"
)

// startSlots is how many workflows the API starts at a time. One takes some
// 15 ms, so they carry several hundred leads a second; beyond that the intake is
// the quicker way to a 202.
const startSlots = 16

// starter starts the workflows of leads that waited in the intake.
type starter struct {
	runs  *workflows.Client
	watch *telemetry.Watch
}

// StartLead implements intake.Starter.
func (s starter) StartLead(ctx context.Context, lead models.Intake) error {
	ctx, end := s.watch.Relay(workflows.Impatient(ctx), lead.ID) // the relay comes again
	fresh, err := s.runs.StartCapture(ctx, workflows.CaptureInput{
		SubmissionID: lead.ID,
		FormID:       lead.FormID,
		FormVersion:  lead.FormVersion,
		RunSeq:       1,
		Lead:         lead.Lead,
	}, workflows.Labels{AgentID: lead.AgentID, FormName: lead.FormName, Digest: lead.Digest})
	end(fresh)
	if err != nil || fresh {
		return err
	}
	first, err := s.runs.Acceptance(ctx, lead.ID)
	if err != nil {
		return err
	}
	if first.Digest != lead.Digest {
		return fmt.Errorf("start %s: %w", lead.ID, intake.ErrConflict)
	}
	return nil
}
