package store_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"leadrail/internal/pgtest"
	"leadrail/internal/store"
	"leadrail/models"
)

func TestADeletedFormIsKeptForItsLeads(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	record := aForm("crm")
	require.NoError(t, s.CreateForm(t.Context(), record))
	require.NoError(t, s.DeleteForm(t.Context(), "form_1", 1, minute(5)))

	_, err := s.Form(t.Context(), "form_1")
	requireCode(t, models.CodeNotFound, err)
	list, err := s.Forms(t.Context(), store.FormFilter{Limit: 10})
	require.NoError(t, err)
	require.Empty(t, list)
	actions, err := s.FormActions(t.Context())
	require.NoError(t, err)
	require.Empty(t, actions, "nothing is left to check of it")

	kept, err := s.KeptForm(t.Context(), "form_1")
	require.NoError(t, err)
	deleted := minute(5)
	record.Form.DeletedAt = &deleted
	require.Empty(t, cmp.Diff(record, kept))
	version, err := s.FormVersion(t.Context(), "form_1", 1)
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(record.Version, version))
}

func TestADeletedFormGivesItsNameBack(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	require.NoError(t, s.CreateForm(t.Context(), aForm()))
	for i := range 2 {
		next := aForm()
		next.Form.ID = numbered("form_next", i)
		next.Version.FormID = next.Form.ID
		requireNameTaken(t, s.CreateForm(t.Context(), next))
		before := "form_1"
		if i > 0 {
			before = numbered("form_next", i-1)
		}
		require.NoError(t, s.DeleteForm(t.Context(), before, 0, minute(i)))
		require.NoError(t, s.CreateForm(t.Context(), next))
	}
}

func TestADeletedFormCannotBeChanged(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	require.NoError(t, s.CreateForm(t.Context(), aForm("crm")))
	requireCode(t, models.CodeConflict, s.DeleteForm(t.Context(), "form_1", 2, minute(1)))
	require.Nil(t, form(t, s, "form_1").Form.DeletedAt)
	require.NoError(t, s.DeleteForm(t.Context(), "form_1", 0, minute(1)))

	requireCode(t, models.CodeConflict, s.ReplaceForm(t.Context(), aVersion(2, "crm")))
	requireCode(t, models.CodeNotFound, s.DeleteForm(t.Context(), "form_1", 0, minute(2)))
	requireCode(t, models.CodeNotFound, s.DeleteForm(t.Context(), "form_1", 1, minute(2)))
	requireCode(t, models.CodeNotFound, s.DeleteForm(t.Context(), "form_2", 0, minute(2)))
	requireCode(t, models.CodeNotFound, s.DeleteForm(t.Context(), "\x00", 0, minute(2)))
	kept, err := s.KeptForm(t.Context(), "form_1")
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(minute(1), *kept.Form.DeletedAt), "once is enough")
}

func TestEveryProcessHearsThatAFormIsDeleted(t *testing.T) {
	t.Parallel()
	url := pgtest.New(t)
	other := open(t, url)
	require.NoError(t, other.CreateForm(t.Context(), aForm("crm")))
	c := startCached(t, open(t, url), url)
	require.Equal(t, "contact", nameOf(t, c))
	require.NoError(t, other.DeleteForm(t.Context(), "form_1", 0, minute(1)))
	gone := func() bool {
		_, err := c.Form(t.Context(), "form_1")
		return models.CodeOf(err) == models.CodeNotFound
	}
	require.Eventually(t, gone, patience, lookEvery)
}

func TestADeletionCountsWhenItReturns(t *testing.T) {
	t.Parallel()
	url := pgtest.New(t)
	proxied, listenURL := newProxy(t, url)
	s := open(t, url)
	require.NoError(t, s.CreateForm(t.Context(), aForm("crm")))
	c := startCached(t, s, listenURL)
	require.Equal(t, "contact", nameOf(t, c))
	proxied.silent.Store(true) // no notification comes
	require.NoError(t, c.Direct().DeleteForm(t.Context(), "form_1", 0, minute(1)))
	_, err := c.Form(t.Context(), "form_1")
	requireCode(t, models.CodeNotFound, err)
	_, err = c.FormVersion(t.Context(), "form_1", 1)
	require.NoError(t, err, "leads of it may be on their way")
}
