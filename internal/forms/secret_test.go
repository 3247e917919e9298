package forms_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"leadrail/internal/forms"
	"leadrail/internal/store"
	"leadrail/models"
)

// noon is a clock that stands still until it is moved.
type noon struct{ time.Time }

func newNoon(s *forms.Service) *noon {
	clock := &noon{time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)}
	s.Now = func() time.Time { return clock.Time }
	return clock
}

func (n *noon) pass(d time.Duration) { n.Time = n.Add(d) }

// keeping is a store that remembers the newest secret that it returned.
type keeping struct {
	forms.Store

	secret models.Secret
}

func (k *keeping) EnsureSecret(ctx context.Context, fresh models.Secret) (models.Secret, error) {
	stored, err := k.Store.EnsureSecret(ctx, fresh)
	k.secret = stored
	return stored, err
}

func secretOf(t *testing.T, s *forms.Service, formID string) forms.SecretView {
	t.Helper()
	view, err := s.Secret(t.Context(), forms.Ref{ID: formID})
	require.NoError(t, err)
	return view
}

func rotateSecret(t *testing.T, s *forms.Service, formID string, overlap *models.Duration) forms.SecretView {
	t.Helper()
	view, err := s.RotateSecret(t.Context(), forms.RotateInput{Ref: forms.Ref{ID: formID}, Overlap: overlap})
	require.NoError(t, err)
	return view
}

// duringOverlap is what is shown of a secret with the one before.
func duringOverlap(secret, previous string, expires time.Time) forms.SecretView {
	at := models.At(expires)
	return forms.SecretView{Secret: secret, Previous: &previous, PreviousExpiresAt: &at}
}

func TestAFormIsMadeWithASecret(t *testing.T) {
	t.Parallel()
	s, db := newService(t)
	kept := &keeping{Store: db}
	s.Store = kept
	form := create(t, s, withActions(``))
	view := secretOf(t, s, form.ID)
	require.Regexp(t, `^whsec_[A-Za-z0-9+/]{43}=$`, view.Secret, "32 bytes")
	require.Nil(t, view.Previous)
	require.Nil(t, view.PreviousExpiresAt)
	require.Equal(t, view, secretOf(t, s, form.ID))
	require.True(t, kept.secret.UpdatedAt.Equal(form.CreatedAt.Time), "it was there before anybody asked")
	other := create(t, s, `{"agentId":"agent_site","name":"other","fields":[{"name":"email","type":"email"}]}`)
	require.NotEqual(t, view.Secret, secretOf(t, s, other.ID).Secret)
}

func TestASecretIsStoredSealedForItsForm(t *testing.T) {
	t.Parallel()
	s, db := newService(t)
	kept := &keeping{Store: db}
	s.Store = kept
	form := create(t, s, withActions(``))
	view := secretOf(t, s, form.ID)
	key, err := s.Sealer.Open(kept.secret.Current, form.ID)
	require.NoError(t, err)
	require.Equal(t, view.Secret, models.SigningKey(key).Reveal())
	require.NotContains(t, string(kept.secret.Current), string(key))
	_, err = s.Sealer.Open(kept.secret.Current, "form_other")
	require.Error(t, err)
}

func TestAnOldFormGetsItsSecretWhenSomebodyAsks(t *testing.T) {
	t.Parallel()
	s, db := newService(t)
	now := s.Now()
	require.NoError(t, db.CreateForm(t.Context(), store.FormRecord{
		Form:    models.Form{ID: "form_old", AgentID: "agent_1", Name: "old", Version: 1, CreatedAt: now, UpdatedAt: now},
		Version: models.FormVersion{FormID: "form_old", Version: 1, CreatedAt: now},
	}))
	require.Equal(t, secretOf(t, s, "form_old"), secretOf(t, s, "form_old"))
}

func TestARotationOverlaps(t *testing.T) {
	t.Parallel()
	s, _ := newService(t)
	clock := newNoon(s)
	form := create(t, s, withActions(``)).ID
	first := secretOf(t, s, form).Secret

	second := rotateSecret(t, s, form, nil)
	require.NotEqual(t, first, second.Secret)
	require.Empty(t, cmp.Diff(duringOverlap(second.Secret, first, clock.Add(24*time.Hour)), second))
	clock.pass(24*time.Hour - 1)
	require.Empty(t, cmp.Diff(second, secretOf(t, s, form)), "to the last moment")

	hour := models.Duration(time.Hour)
	third := rotateSecret(t, s, form, &hour)
	require.Empty(t, cmp.Diff(duringOverlap(third.Secret, second.Secret, clock.Add(time.Hour)), third), "the oldest is dropped")
	clock.pass(time.Hour)
	require.Empty(t, cmp.Diff(forms.SecretView{Secret: third.Secret}, secretOf(t, s, form)), "the overlap is over")

	fourth := rotateSecret(t, s, form, &hour)
	require.Equal(t, third.Secret, *fourth.Previous, "what has run out does not come back")
	at := models.Duration(0)
	fifth := rotateSecret(t, s, form, &at)
	require.Empty(t, cmp.Diff(forms.SecretView{Secret: fifth.Secret}, fifth), "0s drops the old one at once")
}

func TestBoundsOfAnOverlap(t *testing.T) {
	t.Parallel()
	s, _ := newService(t)
	form := create(t, s, withActions(``)).ID
	for overlap, ok := range map[time.Duration]bool{
		-1: false, 0: true, 1: true, 7 * 24 * time.Hour: true, 7*24*time.Hour + 1: false,
	} {
		before := secretOf(t, s, form)
		asked := models.Duration(overlap)
		_, err := s.RotateSecret(t.Context(), forms.RotateInput{Ref: forms.Ref{ID: form}, Overlap: &asked})
		if ok {
			require.NoError(t, err, overlap)
			continue
		}
		require.Equal(t, []models.FieldError{{
			Field: "overlap", Code: "range", Message: "An overlap is between 0s and 168h.",
		}}, problemsOf(t, err))
		require.Equal(t, before.Secret, secretOf(t, s, form).Secret, "nothing changed")
	}
}

func TestSecretsOfAnUnknownForm(t *testing.T) {
	t.Parallel()
	s, _ := newService(t)
	_, err := s.Secret(t.Context(), forms.Ref{ID: "form_none"})
	require.Equal(t, models.CodeNotFound, models.CodeOf(err))
	_, err = s.RotateSecret(t.Context(), forms.RotateInput{Ref: forms.Ref{ID: "form_none"}})
	require.Equal(t, models.CodeNotFound, models.CodeOf(err))
}

// A lost seal key is mended by a rotation that keeps nothing of before.
func TestASecretThatDoesNotOpen(t *testing.T) {
	t.Parallel()
	s, db := newService(t)
	form := create(t, s, withActions(``)).ID
	other := newServiceOn(t, db)
	_, err := other.Secret(t.Context(), forms.Ref{ID: form})
	require.Equal(t, models.CodeInternal, models.CodeOf(err))
	require.ErrorContains(t, err, "open signing secret")

	at := models.Duration(0)
	require.Equal(t, rotateSecret(t, other, form, &at), secretOf(t, other, form))
}
