package leads

import (
	"context"

	"leadrail/models"
)

// Recall answers as Capture did for the lead that the input's idempotency key has,
// whatever its data were; false where it has none, or where nobody can be asked. It is
// for callers who would have to ask a visitor for the data. A lead of another
// conversation is another visitor's: then it is a conflict.
func (s *Service) Recall(ctx context.Context, in CaptureInput) (out CaptureOutput, known bool, err error) {
	if in.IdempotencyKey == "" {
		return CaptureOutput{}, false, nil
	}
	lead, err := s.anywhere(ctx, s.submissionID(ctx, in))
	if err != nil {
		return CaptureOutput{}, false, nil // the key's first use, as far as anybody can tell
	}
	if lead.ConversationID != in.ConversationID {
		return CaptureOutput{}, false, keyReused()
	}
	out, err = s.answeredBefore(ctx, lead.ID, in.FormID, lead.FormVersion)
	if err != nil {
		return CaptureOutput{}, false, err
	}
	s.eye().Accepted(ctx, lead.ID, wayRepeat)
	return s.await(ctx, in.Prefer, out), true, nil
}

// Object returns the error that Capture would return whatever the form data were, or
// nil. A visitor who is asked for them first would have answered in vain.
func (s *Service) Object(ctx context.Context, in CaptureInput) error {
	if err := checkIdempotencyKey(in.IdempotencyKey); err != nil {
		return err
	}
	form, err := s.Store.Form(ctx, in.FormID)
	if err != nil {
		return err
	}
	if err := mayFillIn(ctx, form.Form); err != nil {
		return err
	}
	in.FormData = models.Document("{}")
	if _, problems := readInput(in, s.Now()); len(problems) > 0 {
		return invalidSubmission(problems)
	}
	return nil
}
