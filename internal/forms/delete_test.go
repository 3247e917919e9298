package forms_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"leadrail/internal/forms"
	"leadrail/models"
)

func deleteForm(t *testing.T, s *forms.Service, id, ifMatch string) error {
	t.Helper()
	return s.DeleteForm(t.Context(), forms.DeleteInput{Ref: forms.Ref{ID: id}, IfMatch: ifMatch})
}

func TestADeletedFormIsGone(t *testing.T) {
	t.Parallel()
	s, _ := newService(t)
	view := create(t, s, everything)
	ref := forms.Ref{ID: view.ID}
	require.NoError(t, deleteForm(t, s, view.ID, ""))

	_, err := s.Form(t.Context(), ref)
	require.Equal(t, models.CodeNotFound, models.CodeOf(err))
	_, err = s.PublicForm(t.Context(), ref)
	require.Equal(t, models.CodeNotFound, models.CodeOf(err))
	_, err = s.ReplaceForm(t.Context(), forms.ReplaceInput{Ref: ref, Input: inputOf(t, everything)})
	require.Equal(t, models.CodeNotFound, models.CodeOf(err))
	require.Equal(t, models.CodeNotFound, models.CodeOf(deleteForm(t, s, view.ID, "")), "once is enough")
	list, err := s.Forms(t.Context(), forms.ListInput{})
	require.NoError(t, err)
	require.Empty(t, list.Data)
}

func TestWhatLeadsNeedOutlivesTheForm(t *testing.T) {
	t.Parallel()
	s, _ := newService(t)
	view := create(t, s, everything)
	ref := forms.Ref{ID: view.ID}
	secret, err := s.Secret(t.Context(), ref)
	require.NoError(t, err)
	versions, err := s.Versions(t.Context(), ref)
	require.NoError(t, err)
	require.NoError(t, deleteForm(t, s, view.ID, ""))

	kept, err := s.Secret(t.Context(), ref)
	require.NoError(t, err, "webhooks under way are signed with it")
	require.Equal(t, secret, kept)
	again, err := s.Versions(t.Context(), ref)
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(versions, again))
}

func TestTheNameOfADeletedFormIsFree(t *testing.T) {
	t.Parallel()
	s, _ := newService(t)
	first := create(t, s, everything)
	require.NoError(t, deleteForm(t, s, first.ID, ""))
	second := create(t, s, everything)
	require.NotEqual(t, first.ID, second.ID)
	require.NoError(t, deleteForm(t, s, second.ID, ""), "any number of deleted forms may share a name")
}

func TestDeletingTheVersionThatIsMeant(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		ifMatch string
		deleted bool
	}{
		"whatever there is": {"", true}, "any version": {"*", true}, "the newest": {`"2"`, true},
		"an older one": {`"1"`, false}, "one to come": {`"3"`, false}, "a weak tag": {`W/"2"`, false}, "a bare number": {"2", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, _ := newService(t)
			view := create(t, s, everything)
			replace(t, s, view.ID, everything)
			err := deleteForm(t, s, view.ID, c.ifMatch)
			_, readErr := s.Form(t.Context(), forms.Ref{ID: view.ID})
			if c.deleted {
				require.NoError(t, err)
				require.Equal(t, models.CodeNotFound, models.CodeOf(readErr))
				return
			}
			var mismatch *models.Error
			require.ErrorAs(t, err, &mismatch)
			require.Equal(t, "version_mismatch", mismatch.Reason)
			require.NoError(t, readErr)
		})
	}
}

func TestDeletingAFormOfNobody(t *testing.T) {
	t.Parallel()
	s, _ := newService(t)
	for _, ifMatch := range []string{"", "*", `"1"`} {
		require.Equal(t, models.CodeNotFound, models.CodeOf(deleteForm(t, s, "form_nobody", ifMatch)))
	}
}
