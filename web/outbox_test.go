package web_test

import (
	"context"
	"errors"
	"flag"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"leadrail/internal/leads"
	"leadrail/models"
	"leadrail/web"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// golden compares with testdata/name, byte by byte.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		require.NoError(t, os.MkdirAll("testdata", 0o755))
		require.NoError(t, os.WriteFile(path, got, 0o600))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(want), string(got))
}

// box is an outbox with these mails, or in trouble.
type box struct {
	mails []models.Mail
	err   error
}

// Mails implements leads.MailStore.
func (b box) Mails(context.Context, int) ([]models.Mail, error) { return b.mails, b.err }

// Mail implements leads.MailStore.
func (b box) Mail(_ context.Context, id string) (models.Mail, error) {
	for _, mail := range b.mails {
		if mail.ID == id {
			return mail, b.err
		}
	}
	return models.Mail{}, models.Errorf(models.CodeNotFound, "There is no such mail.")
}

// pages are the pages of the mails.
func pages(mails ...models.Mail) web.Outbox {
	return web.Outbox{Mails: &leads.Outbox{Store: box{mails: mails}}}
}

func plainMail() models.Mail {
	return models.Mail{
		ID: "mail_1", MessageID: "dlv_1", Sender: "Leads <leads@example.com>",
		Recipients: []string{"Ann <ann@example.com>", "bob@example.com"}, ReplyTo: "ada@example.com",
		Subject: "New lead: contact", HTML: "<p>hello</p>", Text: "hello\n\n    Ada Example\n",
		SentAt: time.Date(2026, 3, 9, 23, 5, 59, 999_999_999, time.FixedZone("", -3*60*60)),
	}
}

// emptyMail has the least that a mail can have.
func emptyMail() models.Mail { return models.Mail{ID: "mail_2"} }

// hostileMail says everything as a stranger who is after the reader would.
func hostileMail() models.Mail {
	const script = `</title></pre></td></table><script>alert(1)</script><img src=x onerror=alert(1)>`
	return models.Mail{
		ID: `mail_3"><script>alert(1)</script>`, MessageID: script, Sender: `"><b onmouseover="alert(1)`,
		Recipients: []string{script, "{{.HTML}}"}, ReplyTo: "javascript:alert(1)",
		Subject: script + " ' style='position:fixed &lt;b&gt;", HTML: script,
		Text: "<!--\n]]>" + script, SentAt: plainMail().SentAt,
	}
}

func TestListOfMails(t *testing.T) {
	t.Parallel()
	for name, mails := range map[string][]models.Mail{
		"list-empty.html":   nil,
		"list.html":         {plainMail(), emptyMail()},
		"list-hostile.html": {hostileMail()},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			page, err := pages(mails...).List(t.Context())
			require.NoError(t, err)
			golden(t, name, page.Body)
		})
	}
}

func TestPageOfAMail(t *testing.T) {
	t.Parallel()
	for name, mail := range map[string]models.Mail{
		"mail.html": plainMail(), "mail-empty.html": emptyMail(), "mail-hostile.html": hostileMail(),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			page, err := pages(mail).Mail(t.Context(), mail.ID)
			require.NoError(t, err)
			golden(t, name, page.Body)
		})
	}
}

func TestTheBodyOfAMailIsShownAsItIs(t *testing.T) {
	t.Parallel()
	for _, mail := range []models.Mail{plainMail(), emptyMail(), hostileMail()} {
		page, err := pages(mail).Body(t.Context(), mail.ID)
		require.NoError(t, err)
		require.Equal(t, mail.HTML, string(page.Body))
	}
}

func TestPagesThatCannotBeShown(t *testing.T) {
	t.Parallel()
	away := errors.New("the database is away")
	broken := web.Outbox{Mails: &leads.Outbox{Store: box{mails: []models.Mail{plainMail()}, err: away}}}
	_, err := broken.List(t.Context())
	require.ErrorIs(t, err, away)
	for _, show := range []func(web.Outbox, context.Context, string) (web.Page, error){web.Outbox.Mail, web.Outbox.Body} {
		_, err = show(broken, t.Context(), "mail_1")
		require.ErrorIs(t, err, away)
		_, err = show(pages(plainMail()), t.Context(), "mail_2")
		require.Equal(t, models.CodeNotFound, models.CodeOf(err))
	}
}

func TestHeadersOfAPage(t *testing.T) {
	t.Parallel()
	page, err := pages(plainMail()).Mail(t.Context(), "mail_1")
	require.NoError(t, err)
	answer := httptest.NewRecorder()
	page.WriteTo(answer)
	require.Equal(t, string(page.Body), answer.Body.String())
	for name, want := range map[string]string{
		"Content-Type": "text/html; charset=utf-8", "X-Content-Type-Options": "nosniff",
		"Referrer-Policy": "no-referrer", "Cache-Control": "no-store", "Content-Security-Policy": page.Policy,
	} {
		require.Equal(t, []string{want}, answer.Header().Values(name))
	}
}
