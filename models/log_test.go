package models_test

import (
	"bytes"
	"io"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/require"

	"leadrail/models"
)

// private stands in every text that no log may hold.
const private = "ada@example.com"

// personal is one of each model that carries what people typed or are called,
// secrets, or other people's texts.
func personal() map[string]any {
	document := models.Document(`{"email":"` + private + `"}`)
	return map[string]any{
		"document": document,
		"sealed":   models.Sealed(private),
		"mail": models.Mail{
			ID: "mail_1", Sender: private, Recipients: []string{private}, ReplyTo: private, Subject: private, HTML: private, Text: private,
		},
		"submission": models.Submission{
			ID: "sub_1", FormData: document, Signals: document, Context: document, Consent: document, Assignee: private,
			Assignment: &models.Assignment{Assignee: private},
			Deliveries: []models.Delivery{{ID: "dlv_1", Attempts: []models.Attempt{{Response: private}}}},
		},
		"delivery": models.Delivery{ID: "dlv_1", Attempts: []models.Attempt{{Response: private}}},
		"target":   models.Target{DeliveryID: "dlv_1", RunSeq: 2, URL: "https://example.com/" + private, Secret: models.Sealed(private)},
		"attempt":  models.Attempt{DeliveryID: "dlv_1", RunSeq: 1, N: 2, Response: private, Address: private},
		"destination": models.Destination{
			ActionID: "act_1", URL: private, SealedURL: models.Sealed(private), Headers: models.Sealed(private), Recipients: []string{private},
		},
		"form":       models.Form{ID: "form_1", AlertEmail: private},
		"assignment": models.Assignment{TeamID: "team_1", Assignee: private},
		"team":       models.Team{ID: "team_1", Emails: []string{private}, Members: []models.Member{{Email: private}}},
		"file":       models.File{ID: "file_1", Name: private},
		"upload":     models.Upload{File: models.File{ID: "file_1", Name: private}, Content: []byte(private)},
		"bytes":      models.FileContent{FileID: "file_1", Content: []byte(private)},
		"lead file":  models.LeadFile{FileID: "file_1", Name: private},
		"member":     models.Member{TeamID: "team_1", Email: private},
	}
}

func TestNoLogHoldsPersonalData(t *testing.T) {
	t.Parallel()
	const key = "key"
	for handlerName, newHandler := range map[string]func(io.Writer) slog.Handler{
		"text": func(w io.Writer) slog.Handler { return slog.NewTextHandler(w, nil) },
		"json": func(w io.Writer) slog.Handler { return slog.NewJSONHandler(w, nil) },
	} {
		for name, value := range personal() {
			t.Run(name+" as "+handlerName, func(t *testing.T) {
				t.Parallel()
				var written bytes.Buffer
				log := slog.New(newHandler(&written))
				log.InfoContext(t.Context(), "an argument", key, value)
				log.InfoContext(t.Context(), "in a group", slog.Group(key, key, value))
				log.With(key, value).WithGroup(key).InfoContext(t.Context(), "of the logger")
				require.NotEmpty(t, written.String())
				require.NotContains(t, written.String(), private)
				require.NotContains(t, written.String(), "97 100 97 64", "bytes written as numbers")
				require.NotContains(t, written.String(), "YWRhQ", "nor in base64")
			})
		}
	}
}

func TestLogsNameWhatTheyHide(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"document": "[document, 27 bytes]", "sealed": "[sealed, 15 bytes]", "mail": "mail_1", "submission": "sub_1",
		"delivery": "dlv_1", "attempt": "attempt 2 of dlv_1, run 1", "destination": "act_1", "form": "form_1",
		"assignment": "team_1", "team": "team_1", "member": "a member of team_1",
	} {
		require.Equal(t, want, slog.AnyValue(personal()[name]).Resolve().String())
	}
}
