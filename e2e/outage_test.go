package e2e_test

import (
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// patience is the 99th percentile of answers while Temporal is away. The short
// tests do not insist: they share their machine with others.
const patience = 100 * time.Millisecond

// While Temporal is away, leads are accepted as ever. They wait, can be read, and
// travel in the order of acceptance when it is back.
func TestTemporalIsAway(t *testing.T) {
	t.Parallel()
	t.Run("up", func(t *testing.T) {
		t.Parallel()
		m := newMachine(t, "LEADRAIL_ALLOW_CIDRS=127.0.0.0/8")
		temporal := newGate(t, m.dir, binary(t, "leadrail-temporal"))
		m.env = append(m.env, "LEADRAIL_TEMPORAL_BINARY="+temporal.path)
		leadrail := m.up()
		m.withoutTemporal(m.newFlow("up", "http://"+m.api), func() {
			temporal.close()
			leadrail.killChild("leadrail-temporal -listen")
		}, temporal.open)
		require.Equal(t, 0, leadrail.stop())
	})
	t.Run("serve", func(t *testing.T) {
		t.Parallel()
		c := newCluster(t)
		c.withoutTemporal(c.newFlow("serve", c.bases...), c.engine.stop, c.engine.start)
	})
}

// withoutTemporal sends leads before, during and after an outage of Temporal.
func (m *machine) withoutTemporal(f *flow, ends, returns func()) {
	m.t.Helper()
	var waited []string
	var from, to time.Time
	f.while(oneOf(40, 100), func() {
		lasting(time.Second)
		ends()
		from = time.Now()
		lasting(oneOf(6*time.Second, time.Minute))
		waited = m.waiting()
		require.NotEmpty(m.t, waited)
		var lead submission
		require.Equal(m.t, http.StatusOK, m.call(http.MethodGet, "/v1/submissions/"+waited[0], nil, &lead))
		require.Equal(m.t, "pending", lead.Status)
		to = time.Now()
		returns()
		lasting(2 * time.Second)
	})
	account := f.settle()
	require.Empty(m.t, account.Refused)
	require.Zero(m.t, account.Unanswered)
	require.Zero(m.t, account.Duplicates)
	answers := f.answers(from, to)
	m.t.Logf("%s: answers while it was away p50 %s, p99 %s", f.name, short(answers(0.5)), short(answers(0.99)))
	if long() {
		require.LessOrEqual(m.t, answers(0.99), patience)
	}
	m.requireOrder(f, waited, to)
}

// While the product's Postgres is away and Temporal is not, leads are accepted
// as ever, and a repeat is still recognised.
func TestTheProductsPostgresIsAway(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	f := c.newFlow("no_postgres", c.bases...)
	f.while(oneOf(10, 20), func() {
		lasting(time.Second)
		c.product.stop()
		lasting(oneOf(5*time.Second, 30*time.Second) / 2)
		sent := time.Now()
		first := c.send(c.bases[0], "while_away", f.FormID, "ada@example.com")
		f.Ledger.Accept(first.id(t), sent)
		again := c.send(c.bases[1], "while_away", f.FormID, "ada@example.com")
		require.Equal(t, first.first(), again.first())
		require.True(t, again.Replayed)
		lasting(oneOf(5*time.Second, 30*time.Second) / 2)
		c.product.start()
		lasting(2 * time.Second)
	})
	account := f.settle()
	require.Empty(t, account.Refused)
	require.Zero(t, account.Unanswered)
	require.Zero(t, account.Duplicates)
}

// Where one Postgres is beneath everything, leads are refused while it is away,
// soon and with a word on when to come again. What was accepted arrives.
func TestTheOnlyPostgresIsAway(t *testing.T) {
	t.Parallel()
	m := newMachine(t, "LEADRAIL_ALLOW_CIDRS=127.0.0.0/8")
	programs := installedPostgres(t)
	newGate(t, m.dir, filepath.Join(programs, "initdb"))
	postgres := newGate(t, m.dir, filepath.Join(programs, "postgres"))
	m.env = append(m.env, "PATH="+m.dir+":"+os.Getenv("PATH"))
	leadrail := m.up()
	f := m.newFlow("only_postgres", "http://"+m.api)
	var from, to time.Time
	var slowest time.Duration
	f.while(20, func() {
		lasting(time.Second)
		from = time.Now()
		postgres.close()
		leadrail.killChild("postgres .*-D")
		m.awaitStatus(f, http.StatusServiceUnavailable)
		end := time.Now().Add(oneOf(4*time.Second, 30*time.Second))
		for time.Now().Before(end) {
			slowest = max(slowest, m.requireRefusal(f))
		}
		postgres.open()
		m.awaitStatus(f, http.StatusAccepted)
		to = time.Now()
	})
	account := f.settle()
	t.Logf("%s: the slowest refusal took %s", f.name, short(slowest))
	require.LessOrEqual(t, slowest, oneOf(4*time.Second, 2*time.Second))
	require.NotEmpty(t, account.Refused)
	require.LessOrEqual(t, account.Duplicates, m.underWay(f.FormID, from, to))
	for reason := range account.Refused {
		require.Regexp(t, `^503 `, reason)
	}
	require.Equal(t, 0, leadrail.stop())
}

// awaitStatus sends one lead again and again until it is answered so.
func (m *machine) awaitStatus(f *flow, status int) {
	m.t.Helper()
	require.Eventually(m.t, func() bool {
		sent := time.Now()
		got := m.send(f.Bases[0], fmt.Sprintf("until_%d", status), f.FormID, "ada@example.com")
		if got.Status == http.StatusAccepted {
			f.Ledger.Accept(got.id(m.t), sent)
		}
		return got.Status == status
	}, allDelivered, pollEvery)
}

// requireRefusal sends a lead that cannot be accepted now, and returns how long
// the answer took.
func (m *machine) requireRefusal(f *flow) time.Duration {
	m.t.Helper()
	began := time.Now()
	got := m.send(f.Bases[0], "refused", f.FormID, "ada@example.com")
	require.Equal(m.t, http.StatusServiceUnavailable, got.Status, got.Body)
	require.NotEmpty(m.t, got.RetryAfter)
	return time.Since(began)
}

// installedPostgres is the folder of the programs that leadrail up finds.
func installedPostgres(t *testing.T) string {
	t.Helper()
	found, err := exec.LookPath("postgres")
	if err != nil {
		packaged, err := filepath.Glob("/usr/lib/postgresql/*/bin/postgres")
		require.NoError(t, err)
		require.NotEmpty(t, packaged)
		found = packaged[len(packaged)-1]
	}
	program, err := filepath.EvalSymlinks(found)
	require.NoError(t, err)
	return filepath.Dir(program)
}
