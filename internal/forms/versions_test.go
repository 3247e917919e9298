package forms_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"leadrail/internal/forms"
	"leadrail/models"
)

func titled(title string) string {
	return fmt.Sprintf(`{"agentId":"agent_site","name":"contact_form","title":%q,"fields":[{"name":"email","type":"email"}]}`, title)
}

func TestEveryChangeIsAVersion(t *testing.T) {
	t.Parallel()
	s, _ := newService(t)
	form := create(t, s, titled("one"))
	require.Equal(t, `"1"`, form.ETag())
	replace(t, s, form.ID, titled("two"))
	last := replace(t, s, form.ID, titled("two")) // also one that changes nothing
	require.Equal(t, `"3"`, last.ETag())
	require.Equal(t, form.CreatedAt, last.CreatedAt)
	require.True(t, last.UpdatedAt.After(form.UpdatedAt.Time))

	versions, err := s.Versions(t.Context(), forms.Ref{ID: form.ID})
	require.NoError(t, err)
	require.Nil(t, versions.NextCursor)
	var shown []string
	for _, version := range versions.Data {
		shown = append(shown, fmt.Sprint(version.Version, " ", version.Definition.Title))
	}
	require.Equal(t, []string{"3 two", "2 two", "1 one"}, shown)
	require.Equal(t, last.UpdatedAt, versions.Data[0].CreatedAt)
	require.Equal(t, form.CreatedAt, versions.Data[2].CreatedAt)
}

func TestAVersionKeepsItsRulesAndActions(t *testing.T) {
	t.Parallel()
	s, _ := newService(t)
	form := create(t, s, everything)
	replace(t, s, form.ID, titled("bare"))
	versions, err := s.Versions(t.Context(), forms.Ref{ID: form.ID})
	require.NoError(t, err)
	first := versions.Data[1].Definition
	require.Equal(t, "everything", first.Name)
	require.Empty(t, cmp.Diff(form.Fields, first.Fields))
	require.Empty(t, cmp.Diff(form.Qualification, first.Qualification))
	mail := first.Actions[2]
	require.Empty(t, cmp.Diff(models.Action{
		ID: idsOf(form)["email_2"], Name: "email_2", Type: models.ActionEmail, Subject: "{{formName}}", ToTeam: true,
		When: form.PostActions[1].When, RetrySchedule: []models.Duration{},
	}, mail))
}

func TestIfMatch(t *testing.T) {
	t.Parallel()
	s, _ := newService(t)
	form := create(t, s, titled("one"))
	change := func(ifMatch string) error {
		_, err := s.ReplaceForm(t.Context(), forms.ReplaceInput{
			Ref: forms.Ref{ID: form.ID}, IfMatch: ifMatch, Input: inputOf(t, titled("new")),
		})
		return err
	}
	require.NoError(t, change(`"1"`))
	require.NoError(t, change(`*`))
	require.NoError(t, change(``))
	for _, other := range []string{`"1"`, `"5"`, `4`, `W/"4"`, `"4", "5"`, `"04"`, `nonsense`} {
		err := change(other)
		var coded *models.Error
		require.ErrorAs(t, err, &coded)
		require.Equal(t, models.CodeConflict, coded.Code)
		require.Equal(t, "version_mismatch", coded.Reason)
	}
	require.NoError(t, change(`"4"`))
}

func TestOnlyOneOfTwoChangesWins(t *testing.T) {
	t.Parallel()
	s, _ := newService(t)
	form := create(t, s, titled("one"))
	results := make(chan error)
	for range 4 {
		go func() {
			_, err := s.ReplaceForm(t.Context(), forms.ReplaceInput{
				Ref: forms.Ref{ID: form.ID}, IfMatch: `"1"`, Input: inputOf(t, titled("new")),
			})
			results <- err
		}()
	}
	won := 0
	for range 4 {
		if err := <-results; err == nil {
			won++
		} else {
			require.Equal(t, models.CodeConflict, models.CodeOf(err))
		}
	}
	require.Equal(t, 1, won)
}

func TestWhatIsNotThere(t *testing.T) {
	t.Parallel()
	s, _ := newService(t)
	nowhere := forms.Ref{ID: "form_none"}
	_, err := s.Form(t.Context(), nowhere)
	require.Equal(t, models.CodeNotFound, models.CodeOf(err))
	_, err = s.Versions(t.Context(), nowhere)
	require.Equal(t, models.CodeNotFound, models.CodeOf(err))
	_, err = s.ReplaceForm(t.Context(), forms.ReplaceInput{Ref: nowhere, Input: inputOf(t, titled("x"))})
	require.Equal(t, models.CodeNotFound, models.CodeOf(err))
	for _, in := range []forms.ListInput{{Limit: -1}, {Cursor: "x"}} {
		_, err = s.Forms(t.Context(), in)
		require.Equal(t, models.CodeInvalid, models.CodeOf(err))
	}
}

func TestABadChangeChangesNothing(t *testing.T) {
	t.Parallel()
	s, _ := newService(t)
	form := create(t, s, titled("one"))
	_, err := s.ReplaceForm(t.Context(), forms.ReplaceInput{Ref: forms.Ref{ID: form.ID}, Input: inputOf(t, `{}`)})
	require.NotEmpty(t, problemsOf(t, err))
	kept, err := s.Form(t.Context(), forms.Ref{ID: form.ID})
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(form, kept))
}

func TestNamesAreUniquePerAgent(t *testing.T) {
	t.Parallel()
	s, _ := newService(t)
	create(t, s, titled("one"))
	other := inputOf(t, titled("two"))
	_, err := s.CreateForm(t.Context(), other)
	require.Equal(t, models.CodeConflict, models.CodeOf(err))

	other.AgentID = "agent_shop"
	second, err := s.CreateForm(t.Context(), other)
	require.NoError(t, err)
	other.AgentID = "agent_site"
	_, err = s.ReplaceForm(t.Context(), forms.ReplaceInput{Ref: forms.Ref{ID: second.ID}, Input: other})
	require.Equal(t, models.CodeConflict, models.CodeOf(err))
}

func TestListsAreNewestFirstAndPaged(t *testing.T) {
	t.Parallel()
	s, _ := newService(t)
	for i := range 5 {
		in := inputOf(t, titled("x"))
		in.AgentID, in.Name = fmt.Sprintf("agent_%d", i%2), fmt.Sprintf("form_%d", i)
		_, err := s.CreateForm(t.Context(), in)
		require.NoError(t, err)
	}
	var pages [][]string
	in := forms.ListInput{Limit: 2}
	for more := true; more; {
		page, err := s.Forms(t.Context(), in)
		require.NoError(t, err)
		var names []string
		for _, form := range page.Data {
			names = append(names, form.Name)
		}
		pages = append(pages, names)
		if more = page.NextCursor != nil; more {
			in.Cursor = *page.NextCursor
		}
	}
	require.Equal(t, [][]string{{"form_4", "form_3"}, {"form_2", "form_1"}, {"form_0"}}, pages)

	of, err := s.Forms(t.Context(), forms.ListInput{AgentID: "agent_1"})
	require.NoError(t, err)
	require.Len(t, of.Data, 2)
}
