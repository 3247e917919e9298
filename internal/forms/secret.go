package forms

import (
	"context"
	"fmt"
	"time"

	"leadrail/models"
)

// SecretStore keeps what the webhooks of forms are signed with.
type SecretStore interface {
	EnsureSecret(ctx context.Context, fresh models.Secret) (models.Secret, error)
	RotateSecret(ctx context.Context, next models.Secret) (models.Secret, error)
}

// NewSecret makes a secret for a form.
func NewSecret(sealer Sealer, formID string, at time.Time) models.Secret {
	return models.Secret{FormID: formID, Current: sealer.Seal(models.NewSigningKey(), formID), UpdatedAt: at}
}

// SigningKeys opens what a form's webhooks are signed with at a time, newest
// first.
func SigningKeys(sealer Sealer, secret models.Secret, at time.Time) ([]models.SigningKey, error) {
	sealed := secret.InForce(at)
	keys := make([]models.SigningKey, len(sealed))
	for i := range sealed {
		key, err := sealer.Open(sealed[i], secret.FormID)
		if err != nil {
			return nil, fmt.Errorf("open signing secret: %w", err)
		}
		keys[i] = key
	}
	return keys, nil
}

// SecretView is what the receivers of a form's webhooks verify them with.
type SecretView struct {
	Secret string `json:"secret"`
	// Previous is null unless the secret was changed a short while ago.
	Previous *string `json:"previous"`
	// PreviousExpiresAt is when Previous stops being used.
	PreviousExpiresAt *models.Timestamp `json:"previousExpiresAt"`
}

// Secret reads the secret of a form, and makes one for a form that has none. It
// outlives the form: webhooks of its leads are signed with it.
func (s *Service) Secret(ctx context.Context, ref Ref) (SecretView, error) {
	if _, err := s.keptForm(ctx, ref.ID); err != nil {
		return SecretView{}, err
	}
	now := s.Now()
	secret, err := s.Store.EnsureSecret(ctx, NewSecret(s.Sealer, ref.ID, now))
	if err != nil {
		return SecretView{}, err
	}
	return s.viewSecret(secret, now)
}

// RotateInput says how the secret of a form is changed.
type RotateInput struct {
	Ref

	// Overlap is how long webhooks are signed with the old secret as well: 0s
	// to models.MaxSecretOverlap, and models.DefaultSecretOverlap when absent.
	Overlap *models.Duration `json:"overlap"`
}

// RotateSecret makes a new secret for a form and keeps the old one until the
// overlap ends. One that is still kept from an earlier change is dropped.
func (s *Service) RotateSecret(ctx context.Context, in RotateInput) (SecretView, error) {
	overlap := models.DefaultSecretOverlap
	if in.Overlap != nil {
		overlap = *in.Overlap
	}
	if overlap < 0 || overlap > models.MaxSecretOverlap {
		return SecretView{}, models.InvalidField("overlap", "range",
			fmt.Sprintf("An overlap is between 0s and %s.", models.MaxSecretOverlap))
	}
	if _, err := s.form(ctx, in.ID); err != nil {
		return SecretView{}, err
	}
	now := s.Now()
	next := NewSecret(s.Sealer, in.ID, now)
	if overlap > 0 {
		expires := now.Add(overlap.Std())
		next.PreviousExpiresAt = &expires
	}
	secret, err := s.Store.RotateSecret(ctx, next)
	if err != nil {
		return SecretView{}, err
	}
	return s.viewSecret(secret, now)
}

func (s *Service) viewSecret(secret models.Secret, now time.Time) (SecretView, error) {
	keys, err := SigningKeys(s.Sealer, secret, now)
	if err != nil {
		return SecretView{}, err
	}
	view := SecretView{Secret: keys[0].Reveal()}
	if len(keys) > 1 {
		previous := keys[1].Reveal()
		view.Previous, view.PreviousExpiresAt = &previous, models.AtOrNil(secret.PreviousExpiresAt)
	}
	return view, nil
}
