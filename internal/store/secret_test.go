package store_test

import (
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"leadrail/internal/pgtest"
	"leadrail/internal/store"
	"leadrail/models"
)

// aSecret is a secret of form_1 that was made in minute n.
func aSecret(text string, n int) models.Secret {
	return models.Secret{FormID: "form_1", Current: models.Sealed(text), UpdatedAt: minute(n)}
}

// rotation is what makes a secret the newest in minute n, with an overlap in
// minutes.
func rotation(text string, n, overlap int) models.Secret {
	next := aSecret(text, n)
	if overlap > 0 {
		expires := minute(n + overlap)
		next.PreviousExpiresAt = &expires
	}
	return next
}

func rotate(t *testing.T, s *store.Store, next models.Secret) models.Secret {
	t.Helper()
	rotated, err := s.RotateSecret(t.Context(), next)
	require.NoError(t, err)
	return rotated
}

// storedSecret is what an attempt reads.
func storedSecret(t *testing.T, s *store.Store) *models.Secret {
	t.Helper()
	return openAttempt(t, s, opening(1)).Secret
}

func TestAFormIsStoredWithItsSecret(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	form := aForm("crm")
	form.Secret = aSecret("first", 0)
	require.NoError(t, s.CreateForm(t.Context(), form))
	storeLead(t, s, aLead("sub_1"), "crm")
	want := aSecret("first", 0)
	require.Empty(t, cmp.Diff(&want, storedSecret(t, s)))

	require.NoError(t, s.ReplaceForm(t.Context(), aVersion(2, "crm")))
	require.Empty(t, cmp.Diff(&want, storedSecret(t, s)), "a new version keeps it")
}

func TestTheFirstSecretStays(t *testing.T) {
	t.Parallel()
	s := storeWithLead(t)
	require.Nil(t, storedSecret(t, s), "a form of before there were any")
	for _, text := range []string{"first", "second"} {
		got, err := s.EnsureSecret(t.Context(), aSecret(text, 1))
		require.NoError(t, err)
		require.Empty(t, cmp.Diff(aSecret("first", 1), got))
	}
	require.Equal(t, models.Sealed("first"), storedSecret(t, s).Current)
}

func TestOfSecretsMadeAtOnceAllGetTheSame(t *testing.T) {
	t.Parallel()
	s := storeWithLead(t)
	const makers = 8
	got := make([]models.Secret, makers)
	errs := make([]error, makers)
	var all sync.WaitGroup
	for i := range makers {
		all.Go(func() { got[i], errs[i] = s.EnsureSecret(t.Context(), aSecret(numbered("secret", i), 1)) })
	}
	all.Wait()
	for i := range makers {
		require.NoError(t, errs[i])
		require.Equal(t, storedSecret(t, s).Current, got[i].Current)
	}
}

func TestARotationKeepsTheSecretBefore(t *testing.T) {
	t.Parallel()
	s := storeWithLead(t)
	first := rotate(t, s, rotation("first", 0, 60))
	require.Empty(t, cmp.Diff(aSecret("first", 0), first), "nothing was there to be kept")

	for _, step := range []struct {
		next     models.Secret
		previous string
	}{
		{rotation("second", 1, 60), "first"},
		{rotation("third", 2, 5), "second"},
		{rotation("fourth", 90, 60), "third"},
	} {
		want := step.next
		want.Previous = models.Sealed(step.previous)
		require.Empty(t, cmp.Diff(want, rotate(t, s, step.next)), "what was kept before is dropped")
		require.Empty(t, cmp.Diff(&want, storedSecret(t, s)))
	}
	require.Empty(t, cmp.Diff(aSecret("last", 91), rotate(t, s, rotation("last", 91, 0))), "without an overlap nothing is kept")
	want := aSecret("last", 91)
	require.Empty(t, cmp.Diff(&want, storedSecret(t, s)))
}

func TestRotationsAtOnceFollowOneAnother(t *testing.T) {
	t.Parallel()
	s := storeWithLead(t)
	rotate(t, s, rotation("first", 0, 0))
	const rotations = 8
	got := make([]models.Secret, rotations)
	errs := make([]error, rotations)
	var all sync.WaitGroup
	for i := range rotations {
		all.Go(func() { got[i], errs[i] = s.RotateSecret(t.Context(), rotation(numbered("secret", i), 1, 60)) })
	}
	all.Wait()
	before := map[string]string{} // which one each secret took the place of
	for i := range rotations {
		require.NoError(t, errs[i])
		before[string(got[i].Current)] = string(got[i].Previous)
	}
	chain := string(storedSecret(t, s).Current)
	for range rotations {
		chain = before[chain]
	}
	require.Equal(t, "first", chain, "none was lost or kept twice: %v", before)
}

func TestSecretsOfNoForm(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	_, err := s.EnsureSecret(t.Context(), aSecret("first", 0))
	requireCode(t, models.CodeNotFound, err)
	_, err = s.RotateSecret(t.Context(), rotation("first", 0, 60))
	requireCode(t, models.CodeNotFound, err)
}

func TestASecretGoesWithItsForm(t *testing.T) {
	t.Parallel()
	url := pgtest.New(t)
	s, conn := open(t, url), connect(t, url)
	form := aForm("crm")
	form.Secret = aSecret("first", 0)
	require.NoError(t, s.CreateForm(t.Context(), form))
	_, err := conn.Exec(t.Context(), "DELETE FROM forms")
	require.NoError(t, err)
	require.Equal(t, []string{"0"}, lines(t, conn, "SELECT count(*)::text FROM secrets"))
}
