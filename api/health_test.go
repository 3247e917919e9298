package api_test

import (
	"context"
	"errors"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"leadrail/api"
	"leadrail/models"
)

func TestHealthAsksNobody(t *testing.T) {
	t.Parallel()
	s := newServiceOn(t, closedPort(t))
	require.Equal(t, object{"status": "ok"}, s.read(t, http.StatusOK, http.MethodGet, "/healthz", withoutKey()))
}

func TestReadinessTellsOfEveryPart(t *testing.T) {
	t.Parallel()
	answers := func(context.Context) error { return nil }
	away := func(context.Context) error { return errors.New("dial tcp 10.0.0.7:5432: refused") }
	for name, c := range map[string]struct {
		checks []api.ReadyCheck
		status int
		want   object
	}{
		"all answer": {
			[]api.ReadyCheck{{Part: "postgres", Ping: answers}, {Part: "temporal", Ping: answers}},
			http.StatusOK,
			object{"status": "ok", "parts": object{"postgres": "ok", "temporal": "ok"}, "intake": nil},
		},
		"one is away": {
			[]api.ReadyCheck{{Part: "postgres", Ping: answers}, {Part: "temporal", Ping: away}},
			http.StatusOK,
			object{"status": "degraded", "parts": object{"postgres": "ok", "temporal": "unavailable"}, "intake": nil},
		},
		"all are away": {
			[]api.ReadyCheck{{Part: "postgres", Ping: away}, {Part: "temporal", Ping: away}},
			http.StatusServiceUnavailable,
			object{"status": "unavailable", "parts": object{"postgres": "unavailable", "temporal": "unavailable"}, "intake": nil},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newServiceOn(t, closedPort(t))
			s.dependencies.Ready = c.checks
			s.handler = api.NewHandler(s.dependencies)
			require.Empty(t, cmp.Diff(c.want, s.read(t, c.status, http.MethodGet, "/readyz", withoutKey())))
		})
	}
}

func TestReadinessTellsWhatWaitsInTheIntake(t *testing.T) {
	t.Parallel()
	s := newService(t)
	require.Equal(t, object{"waiting": 0.0, "conflicts": 0.0, "oldestAgeMs": 0.0}, s.read(t, http.StatusOK, http.MethodGet, "/readyz")["intake"])
	_, err := s.store.SaveIntake(t.Context(), models.Intake{ID: "sub_1", Lead: models.Sealed("x"), AcceptedAt: start})
	require.NoError(t, err)
	intake := s.read(t, http.StatusOK, http.MethodGet, "/readyz")["intake"].(map[string]any)
	require.InDelta(t, 1, intake["waiting"], 0)
	require.Positive(t, intake["oldestAgeMs"])
}

func TestAProcessThatStopsIsNotReady(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.dependencies.Stopping = func() bool { return true }
	s.handler = api.NewHandler(s.dependencies)
	require.Equal(t, "stopping", s.read(t, http.StatusServiceUnavailable, http.MethodGet, "/readyz")["status"])
	s.read(t, http.StatusOK, http.MethodGet, "/v1/forms")
}

func TestReadinessBoundsItsPatience(t *testing.T) {
	t.Parallel()
	s := newServiceOn(t, closedPort(t))
	bounded := false
	s.dependencies.Ready = []api.ReadyCheck{{Part: "postgres", Ping: func(ctx context.Context) error {
		_, bounded = ctx.Deadline()
		return nil
	}}}
	s.handler = api.NewHandler(s.dependencies)
	s.read(t, http.StatusOK, http.MethodGet, "/readyz")
	require.True(t, bounded)
}

func TestReadinessOfTheDatabase(t *testing.T) {
	t.Parallel()
	s := newService(t)
	require.Equal(t, "ok", s.read(t, http.StatusOK, http.MethodGet, "/readyz")["status"])
	away := newServiceOn(t, closedPort(t))
	require.Equal(t, "unavailable", away.read(t, http.StatusServiceUnavailable, http.MethodGet, "/readyz")["status"])
}
