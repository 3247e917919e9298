package activities_test

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"leadrail/internal/forms"
	"leadrail/models"
)

// sealedKey is a key as the store has it.
func (y *try) sealedKey(key models.SigningKey) models.Sealed { return y.keyring.Seal(key, "form_1") }

func TestAWebhookIsSignedWithWhatIsInForceAtTheAttempt(t *testing.T) {
	t.Parallel()
	older, newer := models.NewSigningKey(), models.NewSigningKey()
	sent := start.Add(2 * time.Second) // the clock at its second look
	for name, c := range map[string]struct {
		expires time.Time
		want    []models.SigningKey
	}{
		"the overlap ends later": {sent.Add(1), []models.SigningKey{newer, older}},
		"the overlap ends now":   {sent, []models.SigningKey{newer}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			y := newTry(t)
			y.secret.Current, y.secret.Previous = y.sealedKey(newer), y.sealedKey(older)
			y.secret.PreviousExpiresAt = &c.expires
			_, err := y.deliver()
			require.NoError(t, err)
			require.Equal(t, sent, y.requests[0].Now)
			require.Equal(t, c.want, y.requests[0].Keys)
		})
	}
}

func TestAFormWithoutASecretGetsOneBeforeItsFirstWebhook(t *testing.T) {
	t.Parallel()
	for name, another := range map[string]bool{"its own": false, "that which somebody else made meanwhile": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			y := newTry(t)
			y.secret = nil
			var kept models.Secret
			y.ensure = func(fresh models.Secret) (models.Secret, error) {
				require.Equal(t, "form_1", fresh.FormID)
				require.Equal(t, start.Add(2*time.Second), fresh.UpdatedAt)
				kept = fresh
				if another {
					kept = forms.NewSecret(y.keyring, "form_1", start)
				}
				return kept, nil
			}
			_, err := y.deliver()
			require.NoError(t, err)
			require.Equal(t, []string{"open", "ensure", "post", "close"}, y.journal)
			want, err := y.keyring.Open(kept.Current, "form_1")
			require.NoError(t, err)
			require.Equal(t, []models.SigningKey{want}, y.requests[0].Keys)
		})
	}
}

// Whatever keeps a webhook from being signed is trouble of ours: the attempt
// stays open and is tried again.
func TestNoWebhookLeavesUnsigned(t *testing.T) {
	t.Parallel()
	key := models.NewSigningKey()
	later := start.Add(time.Hour)
	for name, c := range map[string]struct {
		change func(y *try)
		want   string
	}{
		"no secret can be made": {func(y *try) {
			y.secret = nil
			y.ensure = func(models.Secret) (models.Secret, error) { return models.Secret{}, errors.New("the database is away") }
		}, "make signing secret: the database is away"},
		"a secret of a key that is gone": {func(y *try) {
			y.secret.Current = newTry(t).sealedKey(key)
		}, "open signing secret"},
		"a secret of another form": {func(y *try) {
			y.secret.Current = y.keyring.Seal(key, "form_2")
		}, "open signing secret"},
		"an empty secret": {func(y *try) { y.secret.Current = nil }, "open signing secret"},
		"a previous secret that does not open": {func(y *try) {
			y.secret.Previous, y.secret.PreviousExpiresAt = models.Sealed("x"), &later
		}, "open signing secret"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			y := newTry(t)
			c.change(y)
			_, err := y.deliver()
			require.ErrorContains(t, err, c.want)
			require.Empty(t, y.requests)
			require.Empty(t, y.closed, "it stays open for the next try")
			require.NotContains(t, err.Error(), key.Reveal())
			y.requireSilent(t)
		})
	}
}
