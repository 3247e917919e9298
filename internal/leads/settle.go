package leads

import (
	"context"
	"time"

	"leadrail/models"
)

// storedWithin is how long a lead that was accepted usually takes to be stored, many
// times over. One that is not by then waits for a part that is away, or was trapped.
const storedWithin = time.Second

// Settled waits until nothing will happen to a lead before the time is over: what is
// left waits for its visitor's page, or for a later attempt. It returns the lead as
// it was seen last, and false where the caller may not see it or it is not stored.
func (s *Service) Settled(ctx context.Context, ref SubmissionRef, within time.Duration) (shown Submission, known bool) {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	began := time.Now()
	for look := firstLook; known || time.Since(began) < storedWithin; look = min(2*look, lastLook) {
		timer := time.NewTimer(look)
		select {
		case <-ctx.Done():
			timer.Stop()
			return shown, known
		case <-timer.C:
		}
		lead, err := s.Store.Submission(ctx, ref.ID)
		if err != nil {
			continue
		}
		if models.PrincipalOf(ctx).MayAgent(lead.AgentID) != nil {
			return Submission{}, false
		}
		shown, known = s.view(lead), true
		if settled(lead, began.Add(within)) {
			break
		}
	}
	return shown, known
}

func settled(lead models.Submission, deadline time.Time) bool {
	waits := false
	for _, delivery := range lead.Deliveries {
		switch delivery.Status {
		case models.DeliveryPending:
			if delivery.Type != models.ActionClient {
				return false
			}
			waits = true
		case models.DeliveryRetrying:
			if delivery.NextAttemptAt == nil || delivery.NextAttemptAt.Before(deadline) {
				return false
			}
			waits = true
		case models.DeliveryDelivered, models.DeliveryFailed, models.DeliveryDismissed:
		}
	}
	return waits || lead.Status.Terminal()
}
