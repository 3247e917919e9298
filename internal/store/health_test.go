package store_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"leadrail/internal/pgtest"
	"leadrail/internal/store"
	"leadrail/models"
)

func TestServerVersion(t *testing.T) {
	t.Parallel()
	url := pgtest.Empty(t)
	var want int
	require.NoError(t, connect(t, url).QueryRow(t.Context(),
		"SELECT split_part(current_setting('server_version'), '.', 1)::int").Scan(&want))
	got, err := open(t, url).ServerVersion(t.Context())
	require.NoError(t, err)
	require.Equal(t, want, got)
}

func TestSchemaVersion(t *testing.T) {
	t.Parallel()
	url := pgtest.Empty(t)
	s := open(t, url)
	none, known, err := s.SchemaVersion(t.Context())
	require.NoError(t, err)
	require.Zero(t, none)
	require.Positive(t, known)

	require.NoError(t, store.Migrate(t.Context(), url))
	current, _, err := s.SchemaVersion(t.Context())
	require.NoError(t, err)
	require.Equal(t, known, current, "the newest migration was applied")
}

func TestSchemaVersionOfANewerBinary(t *testing.T) {
	t.Parallel()
	url := pgtest.New(t)
	_, err := connect(t, url).Exec(t.Context(), "INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, true)")
	require.NoError(t, err)
	current, known, err := open(t, url).SchemaVersion(t.Context())
	require.NoError(t, err)
	require.Equal(t, int64(99999), current)
	require.Less(t, known, current)
}

func TestFormActionsAreThoseOfTheNewestVersions(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	none, err := s.FormActions(t.Context())
	require.NoError(t, err)
	require.Empty(t, none)

	require.NoError(t, s.CreateForm(t.Context(), aForm("crm", "removed")))
	second := aVersion(2, "crm", "mailing")
	second.Destinations[0].Headers = models.Sealed("sealed")
	second.Destinations[0].Enabled = false
	second.Destinations[1].URL, second.Destinations[1].SealedURL = "", models.Sealed("sealed too")
	require.NoError(t, s.ReplaceForm(t.Context(), second))

	actions, err := s.FormActions(t.Context())
	require.NoError(t, err)
	form := second.Form.Name
	require.Empty(t, cmp.Diff([]store.FormAction{
		{Form: form, Action: "crm", ActionID: "act_crm", URL: second.Destinations[0].URL, Headers: models.Sealed("sealed")},
		{Form: form, Action: "mailing", ActionID: "act_mailing", SealedURL: models.Sealed("sealed too"), Enabled: true},
	}, actions))
}

func TestHealthOfADatabaseThatIsAway(t *testing.T) {
	t.Parallel()
	s := open(t, "postgres://postgres@127.0.0.1:1/leadrail")
	_, err := s.ServerVersion(t.Context())
	requireCode(t, models.CodeUnavailable, err)
	_, _, err = s.SchemaVersion(t.Context())
	requireCode(t, models.CodeUnavailable, err)
	_, err = s.FormActions(t.Context())
	requireCode(t, models.CodeUnavailable, err)
}
