package leads

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"

	"leadrail/internal/id"
	"leadrail/models"
)

const maxIdempotencyKey = 255

func checkIdempotencyKey(key string) error {
	if len(key) <= maxIdempotencyKey && !strings.ContainsFunc(key, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return nil
	}
	return &models.Error{
		Code: models.CodeMalformed, Reason: "invalid_idempotency_key",
		Message: "An Idempotency-Key has at most 255 visible ASCII characters.",
	}
}

// submissionID is fresh, or the one that belongs to the caller's idempotency key,
// the same on every machine and after any crash. Two callers may choose one key.
func (s *Service) submissionID(ctx context.Context, in CaptureInput) string {
	if in.IdempotencyKey == "" {
		return id.New(id.Submission)
	}
	return id.Derived(id.Submission, s.Secret, models.PrincipalOf(ctx).KeyID, in.FormID, in.IdempotencyKey)
}

// digest tells two requests apart. It is keyed, because it stands where the form
// data must not be guessed from it.
func (s *Service) digest(in CaptureInput) string {
	mac := hmac.New(sha256.New, []byte(s.Secret))
	json.NewEncoder(mac).Encode(in) // an error is impossible: documents that were decoded encode again
	return hex.EncodeToString(mac.Sum(nil))
}

// refusal reports whether an error says no for good: an earlier request may have
// been accepted all the same, before the form changed.
func refusal(err error) bool {
	switch models.CodeOf(err) {
	case models.CodeInvalid, models.CodeNotFound, models.CodeConflict:
		return true
	default:
		return false
	}
}

// answerAgain answers a request that is refused now as it was answered when it
// was accepted; refused is the error where it never was.
func (s *Service) answerAgain(ctx context.Context, in CaptureInput, refused error) (CaptureOutput, error) {
	out, err := s.repeated(ctx, s.submissionID(ctx, in), in.FormID, s.digest(in))
	if err != nil {
		return CaptureOutput{}, refused
	}
	return out, nil
}

// repeated answers a request whose lead is known, by the version of the form
// that it was accepted with. It is a conflict when the lead was another one.
func (s *Service) repeated(ctx context.Context, submissionID, formID, digest string) (CaptureOutput, error) {
	first, err := s.acceptance(ctx, submissionID)
	if err != nil {
		return CaptureOutput{}, err
	}
	if first.Digest != digest {
		return CaptureOutput{}, keyReused()
	}
	return s.answeredBefore(ctx, submissionID, formID, first.FormVersion)
}

// answeredBefore is the answer to a lead that was accepted with a version of its form.
func (s *Service) answeredBefore(ctx context.Context, submissionID, formID string, version int) (CaptureOutput, error) {
	accepted, err := s.Store.FormVersion(ctx, formID, version)
	if err != nil {
		return CaptureOutput{}, err
	}
	out := s.answer(submissionID, accepted.Definition)
	out.repeated = true
	return out, nil
}

func keyReused() error {
	return &models.Error{
		Code: models.CodeConflict, Reason: "idempotency_key_reused",
		Message: "The Idempotency-Key belongs to a request with another body: choose a new key for a new lead.",
	}
}

// acceptance reads what a known lead is recognised by, from the database or from
// its workflow.
func (s *Service) acceptance(ctx context.Context, submissionID string) (models.Acceptance, error) {
	ctx, cancel := context.WithTimeout(ctx, startBudget)
	defer cancel()
	found, err := s.Store.Acceptance(ctx, submissionID)
	if err == nil {
		return found, nil
	}
	if code := models.CodeOf(err); code != models.CodeNotFound && code != models.CodeUnavailable {
		return models.Acceptance{}, err
	}
	return s.Workflows.Acceptance(ctx, submissionID)
}
