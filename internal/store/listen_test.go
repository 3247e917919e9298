package store_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"leadrail/internal/pgtest"
	"leadrail/models"
)

// notifications collects what is told of a write: everything before a mark
// that is told of after it.
func notifications(t *testing.T, listening, writing *pgx.Conn, write func() error) []string {
	t.Helper()
	require.NoError(t, write())
	_, err := writing.Exec(t.Context(), "NOTIFY leadrail_changed, 'mark'")
	require.NoError(t, err)
	var payloads []string
	for {
		notification, err := listening.WaitForNotification(t.Context())
		require.NoError(t, err)
		if notification.Payload == "mark" {
			return payloads
		}
		payloads = append(payloads, notification.Payload)
	}
}

func TestChangesAreToldOfOnceAndLeadsNotAtAll(t *testing.T) {
	t.Parallel()
	url := pgtest.New(t)
	s := open(t, url)
	listening, writing := connect(t, url), connect(t, url)
	_, err := listening.Exec(t.Context(), "LISTEN leadrail_changed")
	require.NoError(t, err)
	execute := func(statement string) func() error {
		return func() error { _, err := writing.Exec(t.Context(), statement); return err }
	}
	for _, step := range []struct {
		name  string
		write func() error
		want  []string
	}{
		{"create a form", func() error { return s.CreateForm(t.Context(), aForm("crm", "mailing")) }, []string{"forms:form_1"}},
		{"replace a form", func() error { return s.ReplaceForm(t.Context(), aVersion(2, "crm", "mailing")) }, []string{"forms:form_1"}},
		{"disable an action", func() error { return s.DisableDestination(t.Context(), "act_crm", "gone", start) }, []string{"forms:form_1"}},
		{"create a team", func() error { return s.CreateTeam(t.Context(), aTeam("team_1", "Sales", 1, 1)) }, nil},
		{"route", func() error { return s.SaveRouting(t.Context(), toSales()) }, []string{"routing:1"}},
		{"store and assign a lead", func() error {
			_, err := s.Persist(t.Context(), routed("sub_1", "team_1"), deliveriesOf(aLead("sub_1"), "crm"))
			return err
		}, nil},
		{"attempt", func() error { _, err := s.OpenAttempt(t.Context(), opening(1)); return err }, nil},
		{"finish a lead", func() error {
			return s.Finalize(t.Context(), "sub_1", 1, models.Conclusion{}, start)
		}, nil},
		{"change an id", execute(`
			INSERT INTO forms VALUES ('form_2', 'agent_1', 'other', 1, true, now(), now());
			UPDATE forms SET id = 'form_3' WHERE id = 'form_2'`), []string{"forms:form_2", "forms:form_3"}},
		{"delete a form", execute("DELETE FROM forms WHERE id = 'form_1'"), []string{"forms:form_1"}},
	} {
		require.Empty(t, cmp.Diff(step.want, notifications(t, listening, writing, step.write)), step.name)
	}
}
