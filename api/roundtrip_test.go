package api_test

import (
	"bufio"
	"context"
	"encoding/binary"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"leadrail/api"
	"leadrail/internal/auth"
	"leadrail/internal/leads"
	"leadrail/internal/pgtest"
	"leadrail/internal/store"
	"leadrail/models"
	"leadrail/workflows"
)

// trips counts how often whoever is behind it waits for the database.
type trips struct {
	count  atomic.Int64
	target string
}

// countTrips stands before a database, and returns the URL through it.
func countTrips(t *testing.T, databaseURL string) (*trips, string) {
	t.Helper()
	address, err := url.Parse(databaseURL)
	require.NoError(t, err)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	c := &trips{target: address.Host}
	var all sync.WaitGroup
	all.Go(func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			all.Go(func() { c.serve(client) })
		}
	})
	t.Cleanup(func() {
		listener.Close()
		all.Wait()
	})
	address.Host = listener.Addr().String()
	return c, address.String()
}

func (c *trips) serve(client net.Conn) {
	defer client.Close()
	server, err := net.Dial("tcp", c.target)
	if err != nil {
		return
	}
	defer server.Close()
	go io.Copy(client, server) //nolint:errcheck // it ends with either side
	c.pass(bufio.NewReader(client), server)
}

// pass counts what is answered as a whole: simple queries and the ends of
// extended ones (PostgreSQL manual, 55.2 and 55.7). The first message has no type.
// A message is counted before it goes on, so that whoever has its answer finds it
// in the count.
func (c *trips) pass(sent *bufio.Reader, server io.Writer) {
	for typed := 0; ; typed = 1 {
		head, err := sent.Peek(typed + 4)
		if err != nil {
			return
		}
		message := make([]byte, typed+int(binary.BigEndian.Uint32(head[typed:])))
		if _, err := io.ReadFull(sent, message); err != nil {
			return
		}
		// A pool that has rested for a second asks whether the connection is alive.
		ping := strings.HasPrefix(string(message[typed+4:]), "-- ping")
		if typed == 1 && (message[0] == 'S' || message[0] == 'Q' && !ping) {
			c.count.Add(1)
		}
		if _, err := server.Write(message); err != nil {
			return
		}
	}
}

// hotPath is a service with a form and a key for it whose way from a lead to its 202
// is production's, over one connection that is counted.
type hotPath struct {
	*service

	trips     *trips
	form, key string
}

// newHotPath makes the form and the key before anybody listens for changes. News of
// them that came later would be read up on, in the middle of what a test counts.
func newHotPath(t *testing.T, form object) hotPath {
	t.Helper()
	direct := pgtest.New(t)
	s := newServiceOn(t, direct)
	path := hotPath{service: s, form: s.create(t, form)}
	_, path.key = s.key(t, secretKey([]string{"submit"}))
	counter, through := countTrips(t, direct)
	path.trips = counter
	db, err := store.Open(through, store.Options{MaxConnections: 1})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	silent := slog.New(slog.DiscardHandler)
	cached, err := db.Cached(direct, silent) // what it hears is no part of the path
	require.NoError(t, err)
	ctx, stop := context.WithCancel(t.Context())
	var hearing sync.WaitGroup
	hearing.Go(func() { cached.Run(ctx) })
	t.Cleanup(func() {
		stop()
		hearing.Wait()
	})
	s.dependencies.Auth = auth.NewAuthenticator(adminKey, cached, auth.NewUses(db, silent), time.Now)
	s.dependencies.Leads.Store, s.dependencies.Leads.Files = cached, db
	s.dependencies.Leads.Intake, s.dependencies.Leads.Refusals = spill{db}, leads.NewRefusals(cached, silent)
	s.handler = api.NewHandler(s.dependencies)
	return path
}

// count makes an exchange and returns how often it waited for the database.
func (p hotPath) count(t *testing.T, status int, target string, options ...option) int64 {
	t.Helper()
	before := p.trips.count.Load()
	answer := p.call(t, http.MethodPost, target, append(options, as(p.key))...)
	require.Equal(t, status, answer.Code, "%s", answer.Body)
	return p.trips.count.Load() - before
}

// A visitor who waits for a 202 waits for the database once at most, and not at
// all while Temporal takes the lead.
func TestRoundTripsBeforeThe202(t *testing.T) {
	t.Parallel()
	s := newHotPath(t, aForm("contact_form"))
	taken := func(context.Context, workflows.CaptureInput, workflows.Labels) error { return nil }
	refused := func(context.Context, workflows.CaptureInput, workflows.Labels) error {
		return models.Errorf(models.CodeUnavailable, "It does not answer.")
	}
	trips := func(status int, options ...option) int64 { return s.count(t, status, "/v1/submissions", options...) }
	lead := sending(t, object{"formId": s.form, "formData": object{"email": "ada@example.com"}, "context": object{"channel": "widget"}})
	broken := sending(t, object{"formId": s.form, "formData": object{"email": "ada"}})

	s.runs.startCapture = taken
	require.Eventually(t, func() bool { return trips(http.StatusAccepted, lead) == 0 }, 10*time.Second, 10*time.Millisecond,
		"the form and the key come to be known")
	require.Zero(t, trips(http.StatusAccepted, lead, with("Idempotency-Key", "one")))
	require.Zero(t, trips(http.StatusUnprocessableEntity, broken), "counting refusals makes nobody wait")

	s.runs.startCapture = refused
	trips(http.StatusAccepted, lead) // the statement is prepared once for each connection
	require.Equal(t, int64(1), trips(http.StatusAccepted, lead))
	require.Equal(t, int64(1), trips(http.StatusAccepted, lead, with("Idempotency-Key", "two")))
	s.dependencies.Leads.Slots = leads.NewSlots(0)
	require.Equal(t, int64(1), trips(http.StatusAccepted, lead))
	require.Equal(t, int64(1), trips(http.StatusAccepted, lead, with("Idempotency-Key", "three")))
}

// The gate stands between the visitor and the form: nobody waits for a database
// there, and what it decided is written later.
func TestTheGateAsksNoDatabase(t *testing.T) {
	t.Parallel()
	s := newHotPath(t, scoring())
	trips := func(status int, known object) int64 {
		return s.count(t, status, "/v1/forms/"+s.form+"/qualify", sending(t, known))
	}
	known := object{"conversationId": "conv_1", "signals": object{"intent": "buy"}, "formData": object{"seats": 100}}
	require.Eventually(t, func() bool { return trips(http.StatusOK, known) == 0 }, 10*time.Second, 10*time.Millisecond,
		"the form and the key come to be known")
	require.Zero(t, trips(http.StatusOK, known))
	require.Zero(t, trips(http.StatusUnprocessableEntity, object{"formData": object{"seats": "many"}}))
	s.noteDecisions(t)
	require.NotEmpty(t, s.read(t, http.StatusOK, http.MethodGet, "/v1/conversations/conv_1")["gateDecisions"])
}
