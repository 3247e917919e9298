package mail_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"leadrail/internal/mail"
	"leadrail/models"
)

func TestUndeliveredMail(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		mail    mail.Undelivered
		subject string
	}{
		"undelivered-one": {
			mail.Undelivered{
				FormID: "form_01jd9zk6q2e8rv9f6m3n5t7w1x", FormName: "contact_form", Count: 1, After: models.Duration(90 * time.Minute), OldestAt: at(),
				ByCode: []mail.CodeCount{{Code: "timeout", Count: 1}},
			},
			"1 delivery waits undelivered: contact_form",
		},
		"undelivered-many": {
			mail.Undelivered{
				FormID: "form_01jd9zk6q2e8rv9f6m3n5t7w1x", FormName: "contact_form", Title: "Talk to sales", Count: 112,
				After: models.Duration(24 * time.Hour), OldestAt: at(),
				ByCode: []mail.CodeCount{{Code: "connection_refused", Count: 100}, {Code: "http_status", Count: 12}},
			},
			"112 deliveries wait undelivered: contact_form",
		},
		"undelivered-hostile": {
			mail.Undelivered{
				FormID: "form_1", FormName: "x\r\nBcc: everyone@example.com", Title: "</title></head><script>alert(1)</script>",
				Count: 2, After: models.Duration(time.Hour),
			},
			"2 deliveries wait undelivered: x Bcc: everyone@example.com",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			content, err := test.mail.Render()
			require.NoError(t, err)
			require.Equal(t, test.subject, content.Subject)
			requireGolden(t, name+".html", content.HTML)
			requireGolden(t, name+".txt", content.Text)
		})
	}
}
