package e2e_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"leadrail/internal/loadtest"
)

// allDelivered bounds how long after a restart everything is at its end.
const allDelivered = 60 * time.Second

// Whatever is killed, and whenever, every accepted lead arrives. What arrives
// twice was on its way at that moment and can be recognised, and no attempt of
// an endpoint is spent on a death of ours.
func TestNoDeathLosesALead(t *testing.T) {
	t.Parallel()
	rounds, leads := 3, 60
	if os.Getenv("LEADRAIL_LONG") != "" {
		rounds, leads = 20, 1000
	}
	m := newMachine(t, "LEADRAIL_ALLOW_CIDRS=127.0.0.0/8")
	c := &chaos{machine: m, leadrail: m.up()}
	for round := range rounds {
		c.round(fmt.Sprintf("round_%d", round), leads, round%3)
	}
	require.Equal(t, 0, c.leadrail.stop())
}

// chaos is a machine whose processes are killed.
type chaos struct {
	*machine

	leadrail *process
}

// round submits leads, kills one process or all of them at some moment, and
// checks the account.
func (c *chaos) round(name string, leads, victim int) {
	c.t.Helper()
	ledger := loadtest.NewLedger()
	sink, err := loadtest.NewSink(ledger)
	require.NoError(c.t, err)
	defer sink.Close()
	generator := &loadtest.Generator{
		Bases: []string{"http://" + c.api}, Key: c.adminKey, FormID: c.createForm(name, sink.URL), Ledger: ledger,
		Prefix: name, Persistent: true,
	}
	ctx, cancel := context.WithTimeout(c.t.Context(), 5*time.Minute)
	defer cancel()
	sent := make(chan struct{})
	go func() {
		defer close(sent)
		generator.Closed(ctx, leads, 16)
	}()
	moment := time.Duration(rand.Int64N(int64(time.Duration(leads) * 20 * time.Millisecond)))
	<-time.After(moment)
	killed := time.Now()
	c.kill(victim)
	<-sent
	require.NoError(c.t, ctx.Err())
	c.settle(ledger)

	account := ledger.Summary()
	c.t.Logf("%s: victim %d after %s: %d accepted, %d duplicates, refused %v, last after %s",
		name, victim, moment.Round(time.Millisecond), account.Accepted, account.Duplicates, account.Refused,
		account.Last.Sub(killed).Round(time.Millisecond))
	require.Equal(c.t, leads, account.Accepted)
	require.Empty(c.t, account.Lost)
	require.Zero(c.t, account.Unanswered, "a repeat under the same key is the same lead")
	require.Zero(c.t, account.Disguised, "a duplicate has the webhook-id of the first")
	require.LessOrEqual(c.t, account.Duplicates, c.number(
		`SELECT count(*) FROM attempts WHERE started_at <= $1 AND (finished_at IS NULL OR finished_at >= $1)`, killed))
	require.Zero(c.t, c.number(`SELECT count(*) FROM attempts WHERE n > 1`))
}

// kill ends a process as a power cut would: Temporal, Postgres, or everything,
// which is then started again.
func (c *chaos) kill(victim int) {
	c.t.Helper()
	switch victim {
	case 0:
		c.leadrail.kill()
		c.leadrail = c.up()
	case 1:
		c.leadrail.killChild("leadrail-temporal")
	case 2:
		c.leadrail.killChild("postgres .*-D")
	}
}

// settle waits until every accepted lead has arrived and is at its end.
func (c *chaos) settle(ledger *loadtest.Ledger) {
	c.t.Helper()
	require.Eventually(c.t, func() bool { return ledger.Missing() == 0 }, allDelivered, pollEvery, "leads are missing")
	for _, status := range []string{"pending", "retrying", "failed"} {
		require.Eventually(c.t, func() bool {
			var page struct {
				Data []submission `json:"data"`
			}
			return c.call(http.MethodGet, "/v1/submissions?limit=1&status="+status, nil, &page) == http.StatusOK && len(page.Data) == 0
		}, allDelivered, pollEvery, "some are %s", status)
	}
}

// number asks the database of the machine for one.
func (m *machine) number(query string, args ...any) int {
	m.t.Helper()
	conn, err := pgx.Connect(m.t.Context(), m.database)
	require.NoError(m.t, err)
	defer conn.Close(context.Background())
	var found int
	require.NoError(m.t, conn.QueryRow(m.t.Context(), query, args...).Scan(&found))
	return found
}
