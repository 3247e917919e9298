package leads

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"leadrail/internal/store"
	"leadrail/models"
	"leadrail/workflows"
)

// Bounds of accepting: acceptBudget, with the reading of the form before it,
// keeps the answer within two seconds.
const (
	startBudget  = time.Second
	intakeBudget = 800 * time.Millisecond
	acceptBudget = 1600 * time.Millisecond
)

// Slots bound how many workflows are started at a time. A lead that finds none
// free does not wait for one: it goes to the intake.
type Slots chan struct{}

// NewSlots makes n slots.
func NewSlots(n int) Slots { return make(Slots, n) }

func (s Slots) take() bool {
	select {
	case s <- struct{}{}:
		return true
	default:
		return false
	}
}

func (s Slots) free() { <-s }

// candidate is a lead that is fine and not durable yet.
type candidate struct {
	lead   models.Submission
	record store.FormRecord
	// sealed is the lead, encrypted.
	sealed models.Sealed
	// keyed reports that the caller may repeat the request.
	keyed bool
	// way is how it becomes durable.
	way string
}

// accept makes the lead durable. Equal requests under one key that arrive while
// the first is under way wait for its answer: a visitor who clicks ten times costs
// one start.
func (s *Service) accept(ctx context.Context, c candidate) (CaptureOutput, error) {
	if !c.keyed {
		return s.place(ctx, c)
	}
	first := false
	out, err, _ := s.accepting.Do(c.lead.ID+c.lead.Digest, func() (any, error) {
		first = true
		return s.place(context.WithoutCancel(ctx), c) // others wait for it too
	})
	answer, _ := out.(CaptureOutput) // nothing else comes out
	answer.repeated = answer.repeated || !first
	return answer, err
}

// place puts the lead into the workflow engine, or where that is away, busy, or
// would let it overtake leads that wait, into the intake. Where the intake is away
// too, the engine is asked once more: it may have been busy, or only slow.
func (s *Service) place(ctx context.Context, c candidate) (CaptureOutput, error) {
	plain, err := json.Marshal(c.lead)
	if err != nil {
		return CaptureOutput{}, fmt.Errorf("encode lead: %w", err)
	}
	c.sealed = s.Sealer.Seal(plain, c.lead.ID)

	bounded, cancel := context.WithTimeout(ctx, acceptBudget)
	defer cancel()
	c.way = wayTemporal
	tried := s.Intake.Empty() && s.Slots.take()
	if tried {
		fresh, err := s.start(workflows.Impatient(bounded), c)
		s.Slots.free()
		if models.CodeOf(err) != models.CodeUnavailable {
			return s.settled(ctx, c, fresh, err)
		}
	}
	if c.keyed && !tried && !s.Intake.Stuck() && s.runs(bounded, c.lead.ID) {
		return s.settled(ctx, c, false, nil)
	}
	c.way = wayIntake
	fresh, err := s.putIn(bounded, c)
	if models.CodeOf(err) == models.CodeUnavailable {
		c.way = wayTemporal
		fresh, err = s.start(bounded, c)
	}
	return s.settled(ctx, c, fresh, err)
}

// settled answers for a lead that is durable, now or since an earlier request.
// Without a key there is none: only a first try of this one.
func (s *Service) settled(ctx context.Context, c candidate, fresh bool, err error) (CaptureOutput, error) {
	switch {
	case err != nil:
		return CaptureOutput{}, err
	case fresh, !c.keyed:
		out := s.accepted(c.lead, c.record)
		out.way = c.way
		return out, nil
	default:
		return s.repeated(ctx, c.lead.ID, c.lead.FormID, c.lead.Digest)
	}
}

// runs reports whether an earlier request has started the lead's workflow. The
// database, and so the intake, may not know of it yet.
func (s *Service) runs(ctx context.Context, submissionID string) bool {
	ctx, cancel := context.WithTimeout(workflows.Impatient(ctx), startBudget)
	defer cancel()
	_, err := s.Workflows.Acceptance(ctx, submissionID)
	return err == nil
}

// start hands the lead to the workflow engine.
func (s *Service) start(ctx context.Context, c candidate) (fresh bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, startBudget)
	defer cancel()
	return s.Workflows.StartCapture(ctx, workflows.CaptureInput{
		SubmissionID: c.lead.ID,
		FormID:       c.lead.FormID,
		FormVersion:  c.lead.FormVersion,
		RunSeq:       c.lead.RunSeq,
		Lead:         c.sealed,
	}, workflows.Labels{AgentID: c.lead.AgentID, FormName: c.record.Form.Name, Digest: c.lead.Digest})
}

// putIn hands the lead to the intake.
func (s *Service) putIn(ctx context.Context, c candidate) (fresh bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, intakeBudget)
	defer cancel()
	return s.Intake.Save(ctx, models.Intake{
		ID:          c.lead.ID,
		FormID:      c.lead.FormID,
		FormVersion: c.lead.FormVersion,
		FormName:    c.record.Form.Name,
		AgentID:     c.lead.AgentID,
		Digest:      c.lead.Digest,
		Lead:        c.sealed,
		AcceptedAt:  c.lead.SubmittedAt,
	})
}
