package e2e_test

import (
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A process that hangs is worse than one that is dead: it holds on to what it
// has. And a network that is cut breaks connections in the middle of whatever
// they carry. Callers who repeat what was not answered lose nothing, and what
// arrives twice was on its way meanwhile.
func TestNothingIsLostInTrouble(t *testing.T) {
	t.Parallel()
	c := newStores(t)
	address, err := url.Parse(c.database)
	require.NoError(t, err)
	database, temporal := newProxy(t, address.Host), newProxy(t, c.machine.temporal)
	address.Host = database.address
	c.addReplicas(roads{database: address.String(), temporal: temporal.address})
	usable := c.balance()

	hang := func(part part) func() (ends func()) {
		return func() (ends func()) { return freeze(t, part.pid()) }
	}
	cut := func(network *proxy) func() (ends func()) {
		return func() (ends func()) {
			network.cut()
			return network.restore
		}
	}
	troubles := []struct {
		name   string
		begins func() (ends func())
		always bool
	}{
		{"replica_hangs", hang(c.replicas[0]), true},
		{"temporal_hangs", hang(c.engine), true},
		{"postgres_hangs", hang(c.product), true},
		{"postgres_of_temporal_hangs", hang(c.beneath), false},
		{"way_to_postgres_cut", cut(database), true},
		{"way_to_temporal_cut", cut(temporal), false},
	}
	for _, trouble := range troubles {
		if trouble.always || long() {
			f := c.newFlow(trouble.name, c.bases...)
			f.Usable = usable
			c.requireNoLoss(f, trouble.begins)
		}
	}
}

// requireNoLoss sends leads while there is trouble, each until it is accepted,
// and checks the account.
func (c *cluster) requireNoLoss(f *flow, begins func() (ends func())) {
	c.t.Helper()
	f.Persistent = true
	var from, to time.Time
	f.while(10, func() {
		lasting(time.Second)
		from = time.Now()
		ends := begins()
		lasting(oneOf(4*time.Second, 30*time.Second))
		ends()
		to = time.Now()
		lasting(2 * time.Second)
	})
	account := f.settle()
	underWay := c.underWay(f.FormID, from, to)
	c.t.Logf("%s: %d attempts were under way during the trouble", f.name, underWay)
	require.Zero(c.t, account.Unanswered, "a repeat under the same key is the same lead")
	require.LessOrEqual(c.t, account.Duplicates, underWay)
}
