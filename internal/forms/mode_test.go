package forms_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/stretchr/testify/require"

	"leadrail/internal/forms"
	"leadrail/internal/store"
	"leadrail/models"
)

func TestExecutionModes(t *testing.T) {
	t.Parallel()
	const alone = `"webhook":null,"clientHandler":"book"`
	handler := func(name string) string { return `{"executionMode":"both","clientHandler":"` + name + `"}` }
	refusals{
		"the server":                    {`{"executionMode":"webhook"}`, nil},
		"the server, no handler":        {`{"executionMode":"webhook","clientHandler":null}`, nil},
		"the server, nothing to do":     {`{"executionMode":"webhook","webhook":null}`, nil},
		"the server and a handler":      {`{"executionMode":"webhook","clientHandler":"book"}`, []string{"clientHandler contradiction"}},
		"a handler alone":               {`{"clientHandler":"book"}`, []string{"clientHandler contradiction"}},
		"the page":                      {`{"executionMode":"client",` + alone + `}`, nil},
		"the page and a webhook":        {`{"executionMode":"client","clientHandler":"book"}`, []string{"executionMode contradiction"}},
		"the page without a handler":    {`{"executionMode":"client","webhook":null}`, []string{"clientHandler required"}},
		"both":                          {handler("book"), nil},
		"both without a webhook":        {`{"executionMode":"both",` + alone + `}`, []string{"executionMode contradiction"}},
		"both without a handler":        {`{"executionMode":"both"}`, []string{"clientHandler required"}},
		"a mode of nobody":              {`{"executionMode":"server"}`, []string{"executionMode unsupported"}},
		"a handler of an object":        {handler("app.leads.book-now_2"), nil},
		"a handler with a dollar":       {handler("$"), nil},
		"the longest handler":           {handler(strings.Repeat("x", 128)), nil},
		"a handler that is too long":    {handler(strings.Repeat("x", 129)), []string{"clientHandler max_length"}},
		"a handler that begins with 2":  {handler("2book"), []string{"clientHandler pattern"}},
		"a handler that is called":      {handler("book()"), []string{"clientHandler pattern"}},
		"a handler with a line break":   {handler(`book\n`), []string{"clientHandler pattern"}},
		"work of the page in the list":  {`{"postActions":[{"type":"client"}]}`, []string{"postActions[0].type unsupported"}},
		"its name":                      {`{"postActions":[{"name":"client","type":"email","toTeam":true}]}`, []string{"postActions[0].name reserved"}},
		"a page as the form's webhook":  {`{"webhook":{"type":"client","url":"https://crm.example.com"}}`, []string{"webhook.type unsupported"}},
		"its name for the form's, too":  {`{"webhook":{"name":"client","url":"https://crm.example.com"}}`, []string{"webhook.name reserved"}},
		"its name beside the page's":    {`{"executionMode":"both","clientHandler":"book","postActions":[{"name":"client","type":"email","toTeam":true}]}`, []string{"postActions[0].name reserved", "postActions[0].name duplicate"}},
		"all problems at the same time": {`{"executionMode":"client","clientHandler":"a b"}`, []string{"executionMode contradiction", "clientHandler pattern"}},
	}.check(t)
}

// inPage is a form whose page has the work.
const inPage = `{"agentId":"agent_site","name":"book_demo","fields":[{"name":"email","type":"email"}],
	"executionMode":"client","clientHandler":"app.book","postActions":[{"type":"email","toTeam":true}]}`

func TestAFormWithWorkForThePageCanBeReadAndSentBack(t *testing.T) {
	t.Parallel()
	s, _ := newService(t)
	for name, mode := range map[string]string{"page_alone": `"client"`, "page_and_server": `"both","webhook":{"url":"https://crm.example.com"}`} {
		text := strings.Replace(inPage, "book_demo", name, 1)
		made := create(t, s, strings.Replace(text, `"client"`, mode, 1))
		require.Equal(t, "app.book", *made.ClientHandler)
		require.Len(t, made.PostActions, 1, "the page's work is none of them")
		sent := replace(t, s, made.ID, encoded(t, made))
		require.Empty(t, cmp.Diff(made, sent, cmpopts.IgnoreFields(forms.View{}, "Version", "UpdatedAt")))
	}
}

// pageAction is the work of the page in the newest version, and where it goes.
func pageAction(t *testing.T, db *store.Store, formID string) (models.Action, models.Destination) {
	t.Helper()
	record, err := db.Form(t.Context(), formID)
	require.NoError(t, err)
	var action models.Action
	for _, each := range record.Version.Definition.Actions {
		if each.Type == models.ActionClient {
			action = each
		}
	}
	for _, destination := range record.Destinations {
		if destination.ActionID == action.ID {
			return action, destination
		}
	}
	return action, models.Destination{}
}

func TestTheWorkOfThePageIsAnActionOfItsOwn(t *testing.T) {
	t.Parallel()
	s, db := newService(t)
	made := create(t, s, inPage)
	action, destination := pageAction(t, db, made.ID)
	require.Equal(t, models.Action{ID: action.ID, Name: "client", Type: models.ActionClient, RetrySchedule: []models.Duration{}}, action)
	require.Empty(t, action.Schedule(), "the page does it once")
	require.True(t, destination.Enabled)
	require.Empty(t, destination.URL)

	plain := strings.Replace(inPage, `"executionMode":"client","clientHandler":"app.book",`, "", 1)
	require.Nil(t, replace(t, s, made.ID, plain).ClientHandler)
	without, _ := pageAction(t, db, made.ID)
	require.Empty(t, without.ID)
	replace(t, s, made.ID, strings.Replace(inPage, "app.book", "app.other", 1))
	again, _ := pageAction(t, db, made.ID)
	require.Equal(t, action.ID, again.ID, "by name, as all are")
}

func TestVersionsKeepTheirMode(t *testing.T) {
	t.Parallel()
	s, _ := newService(t)
	made := create(t, s, inPage)
	replace(t, s, made.ID, strings.Replace(inPage, `"executionMode":"client","clientHandler":"app.book",`, "", 1))
	versions, err := s.Versions(t.Context(), forms.Ref{ID: made.ID})
	require.NoError(t, err)
	require.Equal(t, models.ModeWebhook, versions.Data[0].Definition.Mode())
	require.Equal(t, models.ModeClient, versions.Data[1].Definition.Mode())
	require.Equal(t, "app.book", versions.Data[1].Definition.ClientHandler)
	require.Equal(t, models.ModeWebhook, models.FormDefinition{}.Mode(), "of versions from before there was a choice")
}

func TestAPageLearnsItsPart(t *testing.T) {
	t.Parallel()
	s, _ := newService(t)
	public, err := s.PublicForm(t.Context(), forms.Ref{ID: create(t, s, inPage).ID})
	require.NoError(t, err)
	require.Equal(t, models.ModeClient, public.ExecutionMode)
	require.Equal(t, "app.book", *public.ClientHandler)
}

func TestTheWorkOfThePageIsNotTriedOrSwitchedOff(t *testing.T) {
	t.Parallel()
	s, db := newService(t)
	made := create(t, s, inPage)
	action, _ := pageAction(t, db, made.ID)
	ref := forms.ActionRef{FormID: made.ID, ActionID: action.ID}
	_, err := s.TestAction(t.Context(), ref)
	require.Equal(t, models.CodeNotFound, models.CodeOf(err))
	_, err = s.DisableAction(t.Context(), forms.DisableInput{ActionRef: ref})
	require.Equal(t, models.CodeNotFound, models.CodeOf(err))
	_, err = s.EnableAction(t.Context(), ref)
	require.Equal(t, models.CodeNotFound, models.CodeOf(err))
}
