package leads

import (
	"context"
	"strconv"
	"strings"
	"time"

	"leadrail/models"
)

const (
	maxWait = 30 * time.Second
	// The first look comes when a lead whose endpoints are quick is done; later
	// looks are rarer.
	firstLook = 25 * time.Millisecond
	lastLook  = 250 * time.Millisecond
)

// await waits, where the caller prefers so, until the lead is at its end. A lead
// that takes longer, and one that cannot be looked at, is answered as accepted.
// A page learns that the lead is at its end, and no more of it.
func (s *Service) await(ctx context.Context, prefer string, out CaptureOutput) CaptureOutput {
	wait := preferredWait(prefer)
	if wait == 0 {
		return out
	}
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	for look := firstLook; ; look = min(2*look, lastLook) {
		timer := time.NewTimer(look)
		select {
		case <-ctx.Done():
			timer.Stop()
			return out
		case <-timer.C:
		}
		lead, err := s.Store.Submission(ctx, out.SubmissionID)
		if err == nil && lead.Status.Terminal() {
			out.Status = lead.Status
			if !models.PrincipalOf(ctx).Publishable() {
				shown := s.view(lead)
				out.Submission = &shown
			}
			return out
		}
	}
}

// preferredWait reads the wait preference of a Prefer header (RFC 7240 section
// 4.3): whole seconds, at most 30. Other preferences, and what cannot be read,
// are ignored, as the header's definition wants it.
func preferredWait(prefer string) time.Duration {
	for preference := range strings.SplitSeq(prefer, ",") {
		preference, _, _ = strings.Cut(preference, ";")
		name, value, _ := strings.Cut(preference, "=")
		if !strings.EqualFold(strings.TrimSpace(name), "wait") {
			continue
		}
		seconds, err := strconv.ParseUint(strings.Trim(strings.TrimSpace(value), `"`), 10, 31)
		if err != nil {
			return 0
		}
		return min(time.Duration(seconds)*time.Second, maxWait)
	}
	return 0
}
