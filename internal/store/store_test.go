package store_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"leadrail/internal/pgtest"
	"leadrail/internal/store"
	"leadrail/models"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// start is when everything here begins.
var start = time.Date(2026, 11, 22, 9, 30, 0, 0, time.UTC)

// minute is a moment after the start.
func minute(n int) time.Time { return start.Add(time.Duration(n) * time.Minute) }

// newStore opens a database of the test's own.
func newStore(t *testing.T) *store.Store {
	t.Helper()
	return open(t, pgtest.New(t))
}

func open(t *testing.T, databaseURL string) *store.Store {
	t.Helper()
	s, err := store.Open(databaseURL, store.Options{MaxConnections: 8})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

// connect opens a connection past the store.
func connect(t *testing.T, databaseURL string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), databaseURL)
	require.NoError(t, err)
	t.Cleanup(func() { conn.Close(context.Background()) })
	return conn
}

// aLead is a lead that was accepted at the start.
func aLead(id string) models.Submission {
	return models.Submission{
		ID: id, FormID: "form_1", FormVersion: 1, FormName: "contact", AgentID: "agent_1",
		FormData: models.Document(`{}`), SubmittedAt: start, Status: models.StatusPending, RunSeq: 1,
	}
}

// deliveriesOf makes one pending delivery per name, dlv_<name> for act_<name>.
func deliveriesOf(lead models.Submission, names ...string) []models.Delivery {
	deliveries := make([]models.Delivery, len(names))
	for i, name := range names {
		deliveries[i] = models.Delivery{
			ID: "dlv_" + name, SubmissionID: lead.ID, ActionID: "act_" + name, ActionName: name,
			Type: models.ActionWebhook, Status: models.DeliveryPending, RunSeq: lead.RunSeq,
			CreatedAt: start, UpdatedAt: start,
		}
	}
	return deliveries
}

// aForm is the form that the leads are of, with one webhook per name.
func aForm(actions ...string) store.FormRecord {
	record := store.FormRecord{
		Form:    models.Form{ID: "form_1", AgentID: "agent_1", Name: "contact", Version: 1, Enabled: true, CreatedAt: start, UpdatedAt: start},
		Version: models.FormVersion{FormID: "form_1", Version: 1, CreatedAt: start},
	}
	record.Version.Definition = models.FormDefinition{Name: "contact", Fields: []models.Field{}, Actions: []models.Action{}}
	for _, name := range actions {
		record.Version.Definition.Actions = append(record.Version.Definition.Actions,
			models.Action{ID: "act_" + name, Name: name, Type: models.ActionWebhook, Response: models.ResponseJSON})
		record.Destinations = append(record.Destinations, models.Destination{
			ActionID: "act_" + name, FormID: "form_1", Name: name, Type: models.ActionWebhook,
			URL: "https://example.com/" + name, Enabled: true, UpdatedAt: start,
		})
	}
	return record
}

// storeLead stores a lead with the deliveries.
func storeLead(t *testing.T, s *store.Store, lead models.Submission, names ...string) models.Submission {
	t.Helper()
	stored, err := s.Persist(t.Context(), lead, deliveriesOf(lead, names...))
	require.NoError(t, err)
	return stored
}

// read reads a lead that must be there.
func read(t *testing.T, s *store.Store, id string) models.Submission {
	t.Helper()
	lead, err := s.Submission(t.Context(), id)
	require.NoError(t, err)
	return lead
}

// requireCode checks that an error is one that a caller can act on.
func requireCode(t *testing.T, code models.Code, err error) {
	t.Helper()
	require.Error(t, err)
	require.Equal(t, code, models.CodeOf(err), "%v", err)
}

func numbered(prefix string, n int) string { return fmt.Sprintf("%s_%03d", prefix, n) }
