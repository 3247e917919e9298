package forms_test

import (
	"context"
	"encoding/json"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"leadrail/internal/forms"
	"leadrail/internal/mail"
	"leadrail/internal/pgtest"
	"leadrail/internal/seal"
	"leadrail/internal/store"
	"leadrail/internal/webhook"
	"leadrail/models"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// destinations are checked as in production, where the operator opened the
// addresses of the machine itself.
type destinations struct{ *webhook.Guard }

func (destinations) CheckHeaders(headers map[string]string) error {
	return webhook.CheckHeaders(headers)
}

func (destinations) CheckRecipient(text string) error {
	_, err := mail.ParseRecipient(text)
	return err
}

// newService is a service over a database of its own.
func newService(t *testing.T) (*forms.Service, *store.Store) {
	t.Helper()
	db, err := store.Open(pgtest.New(t), store.Options{MaxConnections: 2})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return newServiceOn(t, db), db
}

func newServiceOn(t *testing.T, db forms.Store) *forms.Service {
	t.Helper()
	keyring, err := seal.ParseKeyring(seal.GenerateKey("test"))
	require.NoError(t, err)
	var looks atomic.Int64
	return &forms.Service{
		Store: db, Destinations: destinations{webhook.NewGuard(netip.MustParsePrefix("127.0.0.0/8"))}, Sealer: keyring,
		Now: func() time.Time { return time.Date(2026, 11, 22, 9, 30, int(looks.Add(1)), 0, time.UTC) },
	}
}

// accepting is a store that takes every form and keeps none.
type accepting struct{ forms.Store }

func (accepting) CreateForm(context.Context, store.FormRecord) error { return nil }

// inputOf decodes a form as the API does.
func inputOf(t testing.TB, text string) forms.Input {
	t.Helper()
	var in forms.Input
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.DisallowUnknownFields()
	require.NoError(t, decoder.Decode(&in), text)
	return in
}

// create stores a form.
func create(t *testing.T, s *forms.Service, text string) forms.View {
	t.Helper()
	view, err := s.CreateForm(t.Context(), inputOf(t, text))
	require.NoError(t, err)
	return view
}

// replace stores a new version of a form.
func replace(t *testing.T, s *forms.Service, id, text string) forms.View {
	t.Helper()
	view, err := s.ReplaceForm(t.Context(), forms.ReplaceInput{Ref: forms.Ref{ID: id}, Input: inputOf(t, text)})
	require.NoError(t, err)
	return view
}

// encoded writes a view as the API does.
func encoded(t *testing.T, view any) string {
	t.Helper()
	text, err := json.Marshal(view)
	require.NoError(t, err)
	return string(text)
}

// problemsOf returns the fields of an invalid error.
func problemsOf(t *testing.T, err error) []models.FieldError {
	t.Helper()
	var invalid *models.Error
	require.ErrorAs(t, err, &invalid)
	require.Equal(t, models.CodeInvalid, invalid.Code)
	return invalid.Fields
}
