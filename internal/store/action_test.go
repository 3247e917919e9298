package store_test

import (
	"database/sql"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/pressly/goose/v3"
	"github.com/stretchr/testify/require"

	"leadrail/internal/pgtest"
	"leadrail/internal/store"
	"leadrail/models"
)

func TestEnableDestination(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	require.NoError(t, s.CreateForm(t.Context(), aForm("crm", "mailing")))
	require.NoError(t, s.DisableDestination(t.Context(), "act_crm", "the endpoint is gone", minute(1)))
	require.NoError(t, s.EnableDestination(t.Context(), "act_crm", minute(2)))
	require.NoError(t, s.EnableDestination(t.Context(), "act_mailing", minute(3)), "which is on: nothing changes")

	want := aForm("crm", "mailing").Destinations
	want[0].UpdatedAt = minute(2)
	require.Empty(t, cmp.Diff(want, form(t, s, "form_1").Destinations), "on, and without the reason")
}

// tried stores a closed attempt of act_crm that began at a minute.
func tried(t *testing.T, s *store.Store, n, began int, verdict models.Verdict) {
	t.Helper()
	attempt := opening(n)
	attempt.StartedAt = minute(began)
	openAttempt(t, s, attempt)
	attempt = closed("crm", n, verdict)
	finished := minute(began).Add(time.Second)
	attempt.FinishedAt = &finished
	require.NoError(t, s.CloseAttempt(t.Context(), attempt))
}

// healthOf reads the health of act_crm a day after the start.
func healthOf(t *testing.T, s *store.Store) store.ActionHealth {
	t.Helper()
	health, err := s.ActionHealth(t.Context(), []string{"act_crm", "act_other"}, start.Add(24*time.Hour))
	require.NoError(t, err)
	require.NotContains(t, health, "act_other", "which was never used")
	return health["act_crm"]
}

func TestActionHealth(t *testing.T) {
	t.Parallel()
	ours := models.Verdict{Outcome: models.OutcomeGiveUp, Code: models.ErrorActionDisabled}
	cancelled := models.Verdict{Outcome: models.OutcomeGiveUp, Code: models.ErrorCancelled}
	type try struct {
		began   int
		verdict models.Verdict
	}
	ended := func(began int) *time.Time {
		at := minute(began).Add(time.Second)
		return &at
	}
	for name, c := range map[string]struct {
		tries []try
		want  store.ActionHealth
	}{
		"never used": {nil, store.ActionHealth{}},
		"well": {
			[]try{{1, refused()}, {2, delivered()}},
			store.ActionHealth{LastSuccessAt: ended(2), Attempts24h: 2, Failures24h: 1},
		},
		"failing": {
			[]try{{1, refused()}, {2, delivered()}, {3, refused()}, {4, refused()}},
			store.ActionHealth{LastSuccessAt: ended(2), FailingSince: ended(3), Attempts24h: 4, Failures24h: 3},
		},
		"never well": {[]try{{5, refused()}}, store.ActionHealth{FailingSince: ended(5), Attempts24h: 1, Failures24h: 1}},
		"well long ago": {
			[]try{{-2, refused()}, {-1, delivered()}, {0, refused()}, {1, refused()}},
			store.ActionHealth{LastSuccessAt: ended(-1), FailingSince: ended(0), Attempts24h: 1, Failures24h: 1},
		},
		"what did not reach it does not count": {
			[]try{{1, delivered()}, {2, ours}, {3, cancelled}}, store.ActionHealth{LastSuccessAt: ended(1), Attempts24h: 1},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := storeWithLead(t)
			for i, try := range c.tries {
				tried(t, s, i+1, try.began, try.verdict)
			}
			pending := opening(9)
			pending.StartedAt = minute(100)
			openAttempt(t, s, pending)
			if len(c.tries) > 0 {
				c.want.ActionID = "act_crm"
			}
			require.Empty(t, cmp.Diff(c.want, healthOf(t, s)), "one under way does not count")
		})
	}
}

func TestHealthOfNoActions(t *testing.T) {
	t.Parallel()
	health, err := newStore(t).ActionHealth(t.Context(), nil, start)
	require.NoError(t, err)
	require.Empty(t, health)
}

func TestActionsOfBeforeGetTheirTypesAndAttempts(t *testing.T) {
	t.Parallel()
	url := pgtest.Empty(t)
	db, err := sql.Open("pgx", url)
	require.NoError(t, err)
	defer db.Close()
	provider, err := goose.NewProvider(goose.DialectPostgres, db, store.Migrations())
	require.NoError(t, err)
	_, err = provider.UpTo(t.Context(), 9)
	require.NoError(t, err)
	conn := connect(t, url)
	_, err = conn.Exec(t.Context(), rowsAfter[1]+";"+rowsAfter[2]+`;
		INSERT INTO destinations (action_id, form_id, name, url, enabled, disabled_reason, updated_at, recipients)
		VALUES ('act_2', 'form_1', 'mailing', '', true, '', now(), '[]')`)
	require.NoError(t, err)
	require.NoError(t, store.Migrate(t.Context(), url))

	require.Equal(t, []string{"act_1 webhook", "act_2 email"},
		lines(t, conn, "SELECT action_id || ' ' || type FROM destinations ORDER BY 1"))
	require.Equal(t, []string{"act_1"}, lines(t, conn, "SELECT action_id FROM attempts"))
}
