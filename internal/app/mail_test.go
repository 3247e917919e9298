package app_test

import (
	"net/http"
	"net/netip"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/stretchr/testify/require"

	"leadrail/internal/app"
	"leadrail/internal/config"
	"leadrail/internal/mail"
	"leadrail/internal/mail/mailtest"
	"leadrail/internal/pgtest"
	"leadrail/internal/store"
	outbound "leadrail/internal/webhook"
	"leadrail/models"
)

func TestWhatUpDoesAboutMail(t *testing.T) {
	t.Parallel()
	const ui, page = "0.0.0.0:8233", "https://crm.example.com/{submissionId}"
	const workflow = "http://127.0.0.1:8233/namespaces/default/workflows/lead-{submissionId}"
	for name, c := range map[string]struct {
		given                   config.Config
		ui                      string
		mail, provider, leadURL string
	}{
		"nothing was said":     {config.Config{}, ui, "outbox", "outbox", workflow},
		"no UI":                {config.Config{}, "", "outbox", "outbox", ""},
		"a page for leads":     {config.Config{LeadURL: page}, ui, "outbox", "outbox", page},
		"a key":                {config.Config{SendGridAPIKey: "SG.key"}, ui, "", "sendgrid", workflow},
		"a key and the outbox": {config.Config{SendGridAPIKey: "SG.key", Mail: "outbox"}, ui, "outbox", "outbox", workflow},
		"SendGrid":             {config.Config{SendGridAPIKey: "SG.key", Mail: "sendgrid"}, ui, "sendgrid", "sendgrid", workflow},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.given.TemporalNamespace = "default"
			got := app.WithLocalMail(c.given, c.ui)
			require.Equal(t, c.provider, got.MailProvider())
			want := c.given
			want.Mail, want.LeadURL = c.mail, c.leadURL
			require.Empty(t, cmp.Diff(want, got, cmpopts.EquateComparable(netip.Prefix{})), "all else stays")
			require.Equal(t, c.provider == "outbox", app.HasOutbox(got))
		})
	}
}

// newStore is an empty database.
func newStore(t *testing.T) *store.Store {
	t.Helper()
	db, err := store.Open(pgtest.New(t), store.Options{MaxConnections: 4})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}

func aMessage() mail.Message {
	return mail.Message{
		ID: "dlv_1", To: []mail.Address{{Name: "Ann", Email: "ann@example.com"}, {Email: "bob@example.com"}},
		ReplyTo: mail.Address{Email: "ada@example.com"},
		Content: mail.Content{Subject: "New lead", HTML: "<p>hello</p>", Text: "hello"},
	}
}

func TestMailInTheOutboxIsStored(t *testing.T) {
	t.Parallel()
	db := newStore(t)
	sender, err := app.NewSender(config.Config{Mail: config.MailOutbox, MailFrom: "Leads <leads@example.com>"}, db, nil)
	require.NoError(t, err)
	for range 2 {
		result, err := sender.Send(t.Context(), aMessage())
		require.NoError(t, err)
		require.True(t, result.Verdict.Delivered())
	}
	kept, err := db.Mails(t.Context(), 10)
	require.NoError(t, err)
	require.Len(t, kept, 2, "a replay is a mail of its own")
	require.NotEqual(t, kept[0].ID, kept[1].ID)
	require.Regexp(t, "^mail_", kept[0].ID)
	require.WithinDuration(t, time.Now(), kept[0].SentAt, time.Minute)
	require.Empty(t, cmp.Diff(models.Mail{
		MessageID: "dlv_1", Sender: "Leads <leads@example.com>", Recipients: []string{"Ann <ann@example.com>", "bob@example.com"},
		ReplyTo: "ada@example.com", Subject: "New lead", HTML: "<p>hello</p>", Text: "hello",
	}, kept[0], cmpopts.IgnoreFields(models.Mail{}, "ID", "SentAt")))
}

func TestSendGridIsReachedThroughTheGuard(t *testing.T) {
	t.Parallel()
	provider := mailtest.NewSendGrid(t)
	c := config.Config{SendGridAPIKey: "SG.key", SendGridHost: provider.URL, MailFrom: "Leads <leads@example.com>"}
	guarded, err := app.NewSender(c, nil, outbound.NewGuard())
	require.NoError(t, err)
	result, err := guarded.Send(t.Context(), aMessage())
	require.NoError(t, err)
	require.Equal(t, models.ErrorAddressRefused, result.Verdict.Code, "this machine is no provider")
	require.Equal(t, models.OutcomeRetry, result.Verdict.Outcome)
	require.Empty(t, provider.All())

	allowed, err := app.NewSender(c, nil, outbound.NewGuard(netip.MustParsePrefix("127.0.0.0/8")))
	require.NoError(t, err)
	result, err = allowed.Send(t.Context(), aMessage())
	require.NoError(t, err)
	require.True(t, result.Verdict.Delivered())
	require.Empty(t, cmp.Diff([]mailtest.Mail{{
		Status: http.StatusAccepted, APIKey: "SG.key", From: mailtest.Address{Name: "Leads", Email: "leads@example.com"},
		To:      []mailtest.Address{{Name: "Ann", Email: "ann@example.com"}, {Email: "bob@example.com"}},
		ReplyTo: mailtest.Address{Email: "ada@example.com"}, Subject: "New lead", Text: "hello", HTML: "<p>hello</p>",
		IDs: map[string]string{"deliveryId": "dlv_1"},
	}}, provider.All()))
}

func TestSendersThatCannotWork(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*config.Config)
		want   string
	}{
		"no address to send from": {func(c *config.Config) { c.MailFrom = "leads at example.com" }, "LEADRAIL_MAIL_FROM: "},
		"the same for the outbox": {func(c *config.Config) { c.Mail, c.MailFrom = "outbox", "" }, "LEADRAIL_MAIL_FROM: "},
		"no key":                  {func(c *config.Config) { c.SendGridAPIKey = "" }, "API key"},
		"half a host":             {func(c *config.Config) { c.SendGridHost = "api.example.com" }, "the SendGrid host is a URL"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			given := config.Config{
				Mail: "sendgrid", SendGridAPIKey: "SG.key", SendGridHost: "https://api.example.com", MailFrom: "leads@example.com",
			}
			c.change(&given)
			_, err := app.NewSender(given, nil, outbound.NewGuard())
			require.ErrorContains(t, err, c.want)
			require.NotContains(t, err.Error(), "SG.key")
		})
	}
}

func TestWithoutAProviderMailWaits(t *testing.T) {
	t.Parallel()
	sender, err := app.NewSender(config.Config{}, nil, nil)
	require.NoError(t, err)
	require.Nil(t, sender)
	_, err = app.Undecided.Send(t.Context(), aMessage())
	require.ErrorContains(t, err, "LEADRAIL_MAIL is not set", "no verdict: it is the operator's to mend")
}

func TestAWorkerNeedsAProviderForFormsThatSendMail(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		action   models.Destination
		provider mail.Sender
		want     string
	}{
		"webhooks alone":        {action: webhook("crm", "https://hooks.example.com")},
		"a mail and a provider": {action: email(), provider: app.Undecided},
		"a mail and nobody":     {action: email(), want: "a form sends mail, and LEADRAIL_MAIL is not set"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPatient(t)
			p.form(t, c.action)
			db, err := store.Open(p.config.DatabaseURL.Reveal(), store.Options{})
			require.NoError(t, err)
			defer db.Close()
			err = app.RequireProvider(t.Context(), c.provider, db)
			if c.want == "" {
				require.NoError(t, err)
			} else {
				require.ErrorContains(t, err, c.want)
			}
		})
	}
}
