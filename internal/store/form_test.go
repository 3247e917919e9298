package store_test

import (
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/stretchr/testify/require"

	"leadrail/internal/store"
	"leadrail/models"
)

// aVersion is the form at a later version.
func aVersion(n int, actions ...string) store.FormRecord {
	record := aForm(actions...)
	record.Form.Version, record.Form.UpdatedAt = n, minute(n)
	record.Version.Version, record.Version.CreatedAt = n, minute(n)
	for i := range record.Destinations {
		record.Destinations[i].UpdatedAt = minute(n)
	}
	return record
}

func form(t *testing.T, s *store.Store, id string) store.FormRecord {
	t.Helper()
	record, err := s.Form(t.Context(), id)
	require.NoError(t, err)
	return record
}

func TestFormIsKept(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	want := aForm("crm", "mailing")
	want.Version.Definition.Fields = []models.Field{{Name: "email", Type: models.FieldEmail, Label: "<b>E-mail</b> 😀"}}
	want.Version.Definition.Actions[0].RetrySchedule = []models.Duration{0}
	want.Version.Definition.Actions[1].RetrySchedule = []models.Duration{}
	want.Destinations[0].Headers = models.Sealed("\x00sealed\xff")
	require.NoError(t, s.CreateForm(t.Context(), want))
	require.Empty(t, cmp.Diff(want, form(t, s, "form_1")))
}

func TestFormOfNobody(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	_, err := s.Form(t.Context(), "form_1")
	requireCode(t, models.CodeNotFound, err)
	_, err = s.FormVersions(t.Context(), "form_1")
	requireCode(t, models.CodeNotFound, err)
	require.NoError(t, s.CreateForm(t.Context(), aForm()))
	_, err = s.FormVersion(t.Context(), "form_1", 2)
	requireCode(t, models.CodeNotFound, err)
}

func TestNamesAreUniquePerAgent(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	require.NoError(t, s.CreateForm(t.Context(), aForm("crm")))
	second := func(agent, name string) store.FormRecord {
		record := aForm()
		record.Form.ID, record.Version.FormID = "form_2", "form_2"
		record.Form.AgentID, record.Form.Name = agent, name
		return record
	}
	err := s.CreateForm(t.Context(), second("agent_1", "contact"))
	requireNameTaken(t, err)
	_, err = s.Form(t.Context(), "form_2")
	requireCode(t, models.CodeNotFound, err)

	require.NoError(t, s.CreateForm(t.Context(), second("agent_2", "contact")))
	renamed := second("agent_1", "contact")
	renamed.Form.Version, renamed.Version.Version = 2, 2
	requireNameTaken(t, s.ReplaceForm(t.Context(), renamed))
	require.Equal(t, 1, form(t, s, "form_2").Form.Version)
}

func requireNameTaken(t *testing.T, err error) {
	t.Helper()
	requireCode(t, models.CodeConflict, err)
	var taken *models.Error
	require.ErrorAs(t, err, &taken)
	require.Equal(t, "name_taken", taken.Reason)
	require.Contains(t, taken.Message, `"contact"`)
}

func TestReplaceFormMakesAVersion(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	first := aForm("crm", "mailing")
	require.NoError(t, s.CreateForm(t.Context(), first))
	second := aVersion(2, "crm", "chat")
	second.Form.Name, second.Form.Enabled = "contact_us", false
	second.Destinations[0].URL, second.Destinations[0].Enabled = "https://example.com/new", false
	require.NoError(t, s.ReplaceForm(t.Context(), second))

	got := form(t, s, "form_1")
	require.Empty(t, cmp.Diff(second.Form, got.Form))
	require.Empty(t, cmp.Diff(second.Version, got.Version))
	want := []models.Destination{second.Destinations[1], second.Destinations[0], first.Destinations[1]}
	require.Empty(t, cmp.Diff(want, got.Destinations), "one that was removed stays for the leads of older versions")

	version, err := s.FormVersion(t.Context(), "form_1", 1)
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(first.Version, version), "a version never changes")
	versions, err := s.FormVersions(t.Context(), "form_1")
	require.NoError(t, err)
	require.Empty(t, cmp.Diff([]models.FormVersion{second.Version, first.Version}, versions), "newest first")
}

func TestOnlyOneOfConcurrentChangesWins(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	require.NoError(t, s.CreateForm(t.Context(), aForm("crm")))
	const authors = 8
	errs := make([]error, authors)
	var all sync.WaitGroup
	for i := range authors {
		all.Go(func() { errs[i] = s.ReplaceForm(t.Context(), aVersion(2, "crm", numbered("own", i))) })
	}
	all.Wait()
	won := -1
	for i, err := range errs {
		if err == nil {
			require.Equal(t, -1, won, "two won")
			won = i
			continue
		}
		requireCode(t, models.CodeConflict, err)
		require.ErrorContains(t, err, "read it again")
	}
	require.NotEqual(t, -1, won, "nobody won")
	got := form(t, s, "form_1")
	require.Equal(t, 2, got.Form.Version)
	require.Equal(t, numbered("own", won), got.Version.Definition.Actions[1].Name)
	require.Len(t, got.Destinations, 2, "the others left nothing")
}

func TestFormsAreListedByAge(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	for i := range 4 {
		record := aForm()
		record.Form.ID, record.Version.FormID = numbered("form", i), numbered("form", i)
		record.Form.Name, record.Form.AgentID = numbered("contact", i), numbered("agent", i%2)
		record.Destinations = []models.Destination{
			{ActionID: numbered("act_b", i), FormID: record.Form.ID, Name: "b", Enabled: true, UpdatedAt: start},
			{ActionID: numbered("act_a", i), FormID: record.Form.ID, Name: "a", Enabled: true, UpdatedAt: start},
		}
		require.NoError(t, s.CreateForm(t.Context(), record))
	}
	for name, c := range map[string]struct {
		filter store.FormFilter
		want   []int
	}{
		"all":              {store.FormFilter{Limit: 10}, []int{3, 2, 1, 0}},
		"a page":           {store.FormFilter{Limit: 2}, []int{3, 2}},
		"the page after":   {store.FormFilter{Limit: 2, Before: "form_002"}, []int{1, 0}},
		"of an agent":      {store.FormFilter{Limit: 10, AgentIDs: []string{"agent_001"}}, []int{3, 1}},
		"an agent's page":  {store.FormFilter{Limit: 10, AgentIDs: []string{"agent_001"}, Before: "form_003"}, []int{1}},
		"behind the last":  {store.FormFilter{Limit: 10, Before: "form_000"}, []int{}},
		"of two agents":    {store.FormFilter{Limit: 2, AgentIDs: []string{"agent_000", "agent_001"}}, []int{3, 2}},
		"of another agent": {store.FormFilter{Limit: 10, AgentIDs: []string{"agent_009"}}, []int{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			records, err := s.Forms(t.Context(), c.filter)
			require.NoError(t, err)
			require.Len(t, records, len(c.want))
			for i, n := range c.want {
				want := form(t, s, numbered("form", n))
				require.Empty(t, cmp.Diff(want, records[i], cmpopts.EquateEmpty()), "with its definition and destinations")
			}
		})
	}
}

func TestDisableDestination(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	require.NoError(t, s.CreateForm(t.Context(), aForm("crm", "mailing")))
	require.NoError(t, s.DisableDestination(t.Context(), "act_crm", "the endpoint is gone", minute(1)))
	require.NoError(t, s.DisableDestination(t.Context(), "act_crm", "another reason", minute(2)), "the first reason stands")
	require.NoError(t, s.DisableDestination(t.Context(), "act_none", "x", minute(2)))

	want := aForm("crm", "mailing").Destinations
	want[0].Enabled, want[0].DisabledReason, want[0].UpdatedAt = false, "the endpoint is gone", minute(1)
	require.Empty(t, cmp.Diff(want, form(t, s, "form_1").Destinations))

	require.NoError(t, s.ReplaceForm(t.Context(), aVersion(2, "crm", "mailing")))
	got := form(t, s, "form_1").Destinations[0]
	require.True(t, got.Enabled, "saving the form switches it on")
	require.Empty(t, got.DisabledReason)
}
