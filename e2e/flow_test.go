package e2e_test

import (
	"context"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"leadrail/internal/loadtest"
)

// long reports whether tests take the time that trouble takes in real life.
func long() bool { return os.Getenv("LEADRAIL_LONG") != "" }

// oneOf is short, or in the long tests long.
func oneOf[T any](inShort, inLong T) T {
	if long() {
		return inLong
	}
	return inShort
}

// flow is a stream of leads of one form, and the account of what becomes of it.
type flow struct {
	*loadtest.Generator

	m    *machine
	name string
}

// newFlow makes a form and a generator for it, which sends to the bases in turns
// and takes the first answer for the last.
func (m *machine) newFlow(name string, bases ...string) *flow {
	m.t.Helper()
	ledger := loadtest.NewLedger()
	sink, err := loadtest.NewSink(ledger)
	require.NoError(m.t, err)
	m.t.Cleanup(func() { sink.Close() })
	return &flow{m: m, name: name, Generator: &loadtest.Generator{
		Bases: bases, Key: m.adminKey, FormID: m.createForm(name, sink.URL), Ledger: ledger, Prefix: name,
	}}
}

// while sends leads at a rate until something has happened, and returns when all
// are answered.
func (f *flow) while(rate int, happens func()) {
	f.m.t.Helper()
	end := make(chan struct{})
	var sending sync.WaitGroup
	sending.Go(func() { f.Until(f.m.t.Context(), rate, end) })
	stop := sync.OnceFunc(func() {
		close(end)
		sending.Wait()
	})
	defer stop() // also where the test ends in what happens
	happens()
}

// settle waits until every accepted lead has arrived and is at its end, and
// checks what must be true after any trouble.
func (f *flow) settle() loadtest.Summary {
	t := f.m.t
	t.Helper()
	within := allDelivered + 40*time.Millisecond*time.Duration(len(f.Ledger.Accepted()))
	began := time.Now()
	require.Eventually(t, func() bool { return f.Ledger.Missing() == 0 }, within, pollEvery, "%s: leads are missing", f.name)
	require.Eventually(t, func() bool {
		return f.m.number(`SELECT (SELECT count(*) FROM submissions WHERE status <> 'completed') + (SELECT count(*) FROM intake)`) == 0
	}, within, pollEvery, "%s: leads are not at their end", f.name)
	account, travel := f.Ledger.Summary(), f.Ledger.Travel()
	t.Logf("%s: %d accepted, %d delivered, %d lost, %d duplicates, %d unanswered, refused %v; "+
		"answers p50 %s p99 %s, travel p50 %s p99 %s, settled after %s; load %s",
		f.name, account.Accepted, account.Delivered, len(account.Lost), account.Duplicates, account.Unanswered, account.Refused,
		short(account.P50), short(account.P99), short(travel.P50), short(travel.P99), short(time.Since(began)), load())
	require.NotZero(t, account.Accepted)
	require.Empty(t, account.Lost)
	require.Zero(t, account.Disguised, "a duplicate has the webhook-id of the first")
	require.Zero(t, f.m.number(`SELECT count(*) FROM attempts WHERE n > 1`), "trouble of ours spends no attempt of an endpoint")
	return account
}

// answers tells how long the answers took that came between two moments, by
// quantile.
func (f *flow) answers(from, to time.Time) (quantile func(q float64) time.Duration) {
	var took []time.Duration
	for _, id := range f.Ledger.Accepted() {
		if entry := f.Ledger.Entry(id); entry.AcceptedAt.After(from) && entry.AcceptedAt.Before(to) {
			took = append(took, entry.Latency)
		}
	}
	slices.Sort(took)
	return func(q float64) time.Duration { return took[int(q*float64(len(took)))] }
}

// underWay counts the attempts for a form's leads that were open at some time
// between two moments.
func (m *machine) underWay(formID string, from, to time.Time) int {
	m.t.Helper()
	return m.number(`SELECT count(*) FROM attempts a
		JOIN deliveries d ON d.id = a.delivery_id JOIN submissions s ON s.id = d.submission_id
		WHERE s.form_id = $1 AND a.started_at <= $3 AND (a.finished_at IS NULL OR a.finished_at >= $2)`, formID, from, to)
}

// waiting lists what is in the intake, oldest first.
func (m *machine) waiting() []string {
	m.t.Helper()
	conn, err := pgx.Connect(m.t.Context(), m.database)
	require.NoError(m.t, err)
	defer conn.Close(context.Background())
	rows, err := conn.Query(m.t.Context(), `SELECT id FROM intake ORDER BY seq`)
	require.NoError(m.t, err)
	ids, err := pgx.CollectRows(rows, pgx.RowTo[string])
	require.NoError(m.t, err)
	return ids
}

func short(d time.Duration) time.Duration { return d.Round(time.Millisecond) }

// load is how busy the machine is with everything on it.
func load() string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	return string(text[:min(len(text), 14)])
}
