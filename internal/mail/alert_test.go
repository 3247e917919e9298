package mail_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"leadrail/internal/mail"
)

func TestAlertMail(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		alert   mail.Alert
		subject string
	}{
		"alert-one": {
			mail.Alert{
				FormName: "contact_form", Title: "Talk to sales", Count: 1, FailedAt: at(),
				Reason:  "webhook crm gave up after 4 attempts: The endpoint answered with status 500.",
				LeadURL: "https://leads.example.com/leads/sub_1",
			},
			"Lead failed: contact_form",
		},
		"alert-many": {
			mail.Alert{FormName: "contact_form", Reason: "webhook crm gave up.\nemail gave up.", Count: 12},
			"12 leads failed: contact_form",
		},
		"alert-off": {
			mail.Alert{
				FormName: "contact_form", Title: "Talk to sales", Reason: "webhook crm: gone", Count: 1,
				LeadURL: "https://leads.example.com/leads/sub_1",
				Off:     []mail.Field{{Name: "crm", Value: "The endpoint answered 410 Gone, so the action was disabled."}},
			},
			"Lead failed, crm switched off: contact_form",
		},
		"alert-off-many": {
			mail.Alert{
				FormName: "contact_form", Reason: "webhook crm: gone", Count: 3,
				Off: []mail.Field{{Name: "crm"}, {Name: "sheet", Value: "<b>Moved</b>\nto another"}},
			},
			"3 leads failed, 2 actions switched off: contact_form",
		},
		"alert-hostile": {
			mail.Alert{
				FormName: "x\r\nBcc: everyone@example.com\u202e",
				Title:    "</title></head><script>alert(1)</script>",
				Reason:   "<img src=x onerror=alert(1)>\r\n-- \r\nRemove the cause",
				LeadURL:  "javascript:alert(1)",
			},
			"Lead failed: x Bcc: everyone@example.com",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			content, err := test.alert.Render()
			require.NoError(t, err)
			require.Equal(t, test.subject, content.Subject)
			requireGolden(t, name+".html", content.HTML)
			requireGolden(t, name+".txt", content.Text)
		})
	}
}
