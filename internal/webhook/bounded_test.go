package webhook_test

import (
	"cmp"
	"net"
	"os"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"leadrail/internal/webhook"
	"leadrail/models"
)

const (
	// hastyLimit is the whole attempt's where it is to be used up.
	hastyLimit = 250 * time.Millisecond
	// slack is what a busy machine may add to it.
	slack = 2 * time.Second
	// maxAllocated is what an attempt, the endpoint's side included, may
	// allocate in all: far above what any does, far below what a bomb unpacks to.
	maxAllocated = 8 << 20
)

// Not parallel: it counts what the process allocates and which goroutines it
// runs. Whatever an endpoint does, an attempt is bounded: in time, in memory,
// in what is stored, in connections and requests; and nothing of it stays.
func TestEveryHostileEndpointIsBounded(t *testing.T) {
	for _, group := range hostileGroups(t) {
		t.Run(group.title, func(t *testing.T) {
			for _, c := range group.cases {
				t.Run(c.what, func(t *testing.T) { requireBounded(t, c) })
			}
		})
	}
}

func requireBounded(t *testing.T, c hostile) {
	t.Helper()
	goroutines := goleak.IgnoreCurrent()
	t.Cleanup(func() { goleak.VerifyNone(t, goroutines) })
	server := c.serve(t)
	dialer := &tracker{}
	options := webhook.Options{Guard: loopback(), Dial: dialer.dial, RootCAs: c.roots}
	if c.dial != nil {
		options.Dial = c.dial
	}
	if c.url != "" {
		options = webhook.Options{Resolver: &answers{list: [][]string{c.resolved}}, Dial: dialer.dial}
	}
	if c.code == models.ErrorTimeout {
		options.Limits.Total = hastyLimit
	}
	client := webhook.NewClient(options)

	before := allocated()
	response := send(t, client, webhook.Request{URL: c.target(server), AcceptAny: c.acceptAny})
	require.Less(t, allocated()-before, uint64(maxAllocated))

	require.Equal(t, c.code, response.Verdict.Code, response.Verdict.Message)
	require.Equal(t, outcomeOf(c.code), response.Verdict.Outcome)
	require.Less(t, response.Duration, hastyLimit+slack)
	require.LessOrEqual(t, len(response.Excerpt), 4096)
	require.Equal(t, dialer.opened.Load(), dialer.closed.Load())
	require.LessOrEqual(t, dialer.opened.Load(), int64(1))
	switch {
	case c.script != nil:
		require.EqualValues(t, 1, server.requests.Load())
	case c.url != "":
		require.Zero(t, dialer.opened.Load())
	}
}

// Not parallel, see above: the limit of production, in real time.
func TestTheWholeLimitInRealTime(t *testing.T) {
	if os.Getenv("LEADRAIL_LONG") == "" {
		t.Skip("takes half a minute: set LEADRAIL_LONG=1")
	}
	server := answering(t, drip(okOpen, " "))
	response := newClient(webhook.Limits{}).Post(t.Context(), webhook.Request{URL: "http://" + server.address, ID: "dlv_1", Keys: aKey()})
	requireRetry(t, response, models.ErrorTimeout)
	require.GreaterOrEqual(t, response.Duration, 30*time.Second)
	require.Less(t, response.Duration, 30*time.Second+slack)
}

func (c hostile) serve(t *testing.T) *endpoint {
	t.Helper()
	if c.script != nil {
		return answering(t, c.script)
	}
	return accept(t, func(_ *endpoint, conn net.Conn) {
		if c.raw != nil {
			c.raw(conn)
		}
	})
}

func (c hostile) target(server *endpoint) string {
	return cmp.Or(c.url, cmp.Or(c.scheme, "http")+"://"+server.address)
}

// outcomeOf is what becomes of a delivery after an attempt with the code.
func outcomeOf(code models.ErrorCode) models.Outcome {
	outcomes := map[models.ErrorCode]models.Outcome{
		"": models.OutcomeDelivered, models.ErrorGone: models.OutcomeDisable, models.ErrorAddressRefused: models.OutcomeGiveUp,
	}
	return cmp.Or(outcomes[code], models.OutcomeRetry)
}

// allocated is what the process has allocated on the heap since its start.
func allocated() uint64 {
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.TotalAlloc
}
