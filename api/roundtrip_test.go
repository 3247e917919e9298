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
	c.watch(bufio.NewReader(io.TeeReader(client, server)))
}

// watch counts what is answered as a whole: simple queries and the ends of
// extended ones (PostgreSQL manual, 55.2 and 55.7). The first message has no type.
func (c *trips) watch(sent *bufio.Reader) {
	for kind, first := byte(0), true; ; first = false {
		var err error
		if !first {
			if kind, err = sent.ReadByte(); err != nil {
				return
			}
		}
		var length uint32
		if binary.Read(sent, binary.BigEndian, &length) != nil {
			return
		}
		body := make([]byte, length-4)
		if _, err := io.ReadFull(sent, body); err != nil {
			return
		}
		// A pool that has rested for a second asks whether the connection is alive.
		if kind == 'S' || kind == 'Q' && !strings.HasPrefix(string(body), "-- ping") {
			c.count.Add(1)
		}
	}
}

// hotPath is a service whose way from a lead to its 202 is production's, over one
// connection that is counted.
func hotPath(t *testing.T) (*service, *trips) {
	t.Helper()
	direct := pgtest.New(t)
	s := newServiceOn(t, direct)
	counter, through := countTrips(t, direct)
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
	return s, counter
}

// A visitor who waits for a 202 waits for the database once at most, and not at
// all while Temporal takes the lead.
func TestRoundTripsBeforeThe202(t *testing.T) {
	t.Parallel()
	s, counter := hotPath(t)
	taken := func(context.Context, workflows.CaptureInput, workflows.Labels) error { return nil }
	refused := func(context.Context, workflows.CaptureInput, workflows.Labels) error {
		return models.Errorf(models.CodeUnavailable, "It does not answer.")
	}
	form := s.create(t, aForm("contact_form"))
	_, key := s.key(t, secretKey([]string{"submit"}))
	trips := func(status int, options ...option) int64 {
		before := counter.count.Load()
		answer := s.call(t, http.MethodPost, "/v1/submissions", append(options, as(key))...)
		require.Equal(t, status, answer.Code, "%s", answer.Body)
		return counter.count.Load() - before
	}
	lead := sending(t, object{"formId": form, "formData": object{"email": "ada@example.com"}, "context": object{"channel": "widget"}})
	broken := sending(t, object{"formId": form, "formData": object{"email": "ada"}})

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
	s, counter := hotPath(t)
	form := s.create(t, scoring())
	_, key := s.key(t, secretKey([]string{"submit"}))
	trips := func(status int, known object) int64 {
		before := counter.count.Load()
		answer := s.call(t, http.MethodPost, "/v1/forms/"+form+"/qualify", as(key), sending(t, known))
		require.Equal(t, status, answer.Code, "%s", answer.Body)
		return counter.count.Load() - before
	}
	known := object{"conversationId": "conv_1", "signals": object{"intent": "buy"}, "formData": object{"seats": 100}}
	require.Eventually(t, func() bool { return trips(http.StatusOK, known) == 0 }, 10*time.Second, 10*time.Millisecond,
		"the form and the key come to be known")
	require.Zero(t, trips(http.StatusOK, known))
	require.Zero(t, trips(http.StatusUnprocessableEntity, object{"formData": object{"seats": "many"}}))
	s.noteDecisions(t)
	require.NotEmpty(t, s.read(t, http.StatusOK, http.MethodGet, "/v1/conversations/conv_1")["gateDecisions"])
}
