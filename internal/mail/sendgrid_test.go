package mail_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"leadrail/internal/mail"
	"leadrail/internal/mail/mailtest"
)

func TestRequest(t *testing.T) {
	t.Parallel()
	requests := make(chan *http.Request, 1)
	bodies := make(chan []byte, 1)
	server := accept(t, func(_ *provider, conn net.Conn) {
		request, err := http.ReadRequest(bufio.NewReader(conn))
		if err != nil {
			return
		}
		body, err := io.ReadAll(request.Body)
		if err != nil {
			return
		}
		requests <- request
		bodies <- body
		say(accepted)(conn)
	})
	require.True(t, send(t, options(server.url+"/")).Verdict.Delivered())
	request := <-requests
	require.Equal(t, "POST /v3/mail/send", request.Method+" "+request.RequestURI)
	require.Equal(t, "Bearer "+apiKey, request.Header.Get("Authorization"))
	require.Equal(t, "application/json", request.Header.Get("Content-Type"))
	require.Empty(t, request.Header.Get("Accept-Encoding"))
	require.JSONEq(t, `{
		"from": {"name": "Leadrail", "email": "leads@example.com"},
		"reply_to": {"name": "Ada Hidden", "email": "ada@example.com"},
		"subject": "New lead: Private Matter",
		"personalizations": [{
			"to": [{"name": "Bob Secret", "email": "bob@example.com"}],
			"custom_args": {"deliveryId": "dlv_1", "submissionId": "sub_1"}
		}],
		"content": [
			{"type": "text/plain", "value": "Private Matter"},
			{"type": "text/html", "value": "<p>Private Matter</p>"}
		],
		"tracking_settings": {
			"click_tracking": {"enable": false, "enable_text": false},
			"open_tracking": {"enable": false},
			"subscription_tracking": {"enable": false}
		}
	}`, string(<-bodies))
}

// Every mail that is rendered passes SendGrid's rules.
func TestRenderedMailIsTaken(t *testing.T) {
	t.Parallel()
	provider := mailtest.NewSendGrid(t)
	sender := newSender(t, options(provider.URL))
	for name, lead := range map[string]mail.Lead{
		"plain": plainLead(), "full": fullLead(), "wide": wideLead(), "right-to-left": rightToLeftLead(), "hostile": hostileLead(),
	} {
		content, err := lead.Render("{{a}}{{name}} – {{formName}}")
		require.NoError(t, err)
		id := "dlv_" + name
		result, err := sender.Send(t.Context(), mail.Message{
			ID: id, To: []mail.Address{{Name: lead.FormName, Email: "bob@example.com"}},
			ReplyTo: mail.Address{Name: lead.Fields[0].Value, Email: "ada@example.com"}, Content: content,
		})
		require.NoError(t, err)
		require.True(t, result.Verdict.Delivered())
		sent := provider.Mails(id)
		require.Len(t, sent, 1)
		require.Equal(t, content.Subject, sent[0].Subject)
		require.Equal(t, content.HTML, sent[0].HTML)
		require.Equal(t, content.Text, sent[0].Text)
	}
}

func TestConcurrentMailsDoNotMix(t *testing.T) {
	t.Parallel()
	provider := mailtest.NewSendGrid(t)
	sender := newSender(t, options(provider.URL))
	const mails = 64
	var sending sync.WaitGroup
	for i := range mails {
		sending.Go(func() {
			text := fmt.Sprintf("mail %d", i)
			result, err := sender.Send(t.Context(), mail.Message{
				ID: fmt.Sprintf("dlv_%d", i), To: []mail.Address{{Email: fmt.Sprintf("person%d@example.com", i)}},
				Content: mail.Content{Subject: text, Text: text, HTML: text},
			})
			if err != nil || !result.Verdict.Delivered() {
				t.Errorf("%s: %v %+v", text, err, result.Verdict)
			}
		})
	}
	sending.Wait()
	require.Len(t, provider.All(), mails)
	for i := range mails {
		text := fmt.Sprintf("mail %d", i)
		require.Equal(t, []mailtest.Mail{{
			Status: http.StatusAccepted, APIKey: apiKey,
			From: mailtest.Address{Name: "Leadrail", Email: "leads@example.com"}, To: []mailtest.Address{{Email: fmt.Sprintf("person%d@example.com", i)}},
			Subject: text, Text: text, HTML: text, IDs: map[string]string{"deliveryId": fmt.Sprintf("dlv_%d", i)},
		}}, provider.Mails(fmt.Sprintf("dlv_%d", i)))
	}
}

func TestOptionsThatWork(t *testing.T) {
	t.Parallel()
	for _, host := range []string{"", "https://api.eu.sendgrid.com", "https://api.eu.sendgrid.com/", "http://127.0.0.1:8025", "http://[::1]:8025"} {
		_, err := mail.NewSendGrid(options(host))
		require.NoError(t, err, host)
	}
	international := options("")
	international.From = mail.Address{Name: "Leads, Inc.", Email: "leads@bücher.example"}
	_, err := mail.NewSendGrid(international)
	require.NoError(t, err, "the domain has an ASCII form")
}

func TestOptionsThatCannotWork(t *testing.T) {
	t.Parallel()
	const host = "the SendGrid host is a URL such as https://api.sendgrid.com"
	const key = "the SendGrid API key is empty or has characters that no key has"
	const from = "sender of mail: An e-mail address looks like ada@example.com, has at most 254 characters and plain letters before the @."
	for name, test := range map[string]struct {
		change func(*mail.Options)
		want   string
	}{
		"no key":            {func(o *mail.Options) { o.APIKey = "" }, key},
		"key with newline":  {func(o *mail.Options) { o.APIKey = "SG.x\n" }, key},
		"key with header":   {func(o *mail.Options) { o.APIKey = "SG.x\r\nX-Evil: 1" }, key},
		"key not ASCII":     {func(o *mail.Options) { o.APIKey = "SG.é" }, key},
		"host alone":        {func(o *mail.Options) { o.Host = "api.sendgrid.com" }, host},
		"host without name": {func(o *mail.Options) { o.Host = "https://:443" }, host},
		"host with path":    {func(o *mail.Options) { o.Host = "https://api.sendgrid.com/v3" }, host},
		"host with query":   {func(o *mail.Options) { o.Host = "https://api.sendgrid.com?a=b" }, host},
		"host with user":    {func(o *mail.Options) { o.Host = "https://key@api.sendgrid.com" }, host},
		"host of a file":    {func(o *mail.Options) { o.Host = "file:///etc/passwd" }, host},
		"host with newline": {func(o *mail.Options) { o.Host = "https://api.sendgrid.com\r\n" }, host},
		"no sender":         {func(o *mail.Options) { o.From = mail.Address{} }, from},
		"sender not ASCII":  {func(o *mail.Options) { o.From.Email = "léads@example.com" }, from},
		"name not ASCII":    {func(o *mail.Options) { o.From.Name = "Léads" }, "sender of mail: SendGrid takes a name in ASCII only"},
		"no dial":           {func(o *mail.Options) { o.Dial = nil }, "sending mail needs a dial function"},
		"nothing":           {func(o *mail.Options) { *o = mail.Options{Host: "x"} }, key + "\n" + host + "\n" + from + "\nsending mail needs a dial function"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			options := options("")
			test.change(&options)
			sender, err := mail.NewSendGrid(options)
			require.EqualError(t, err, test.want)
			require.Nil(t, sender)
		})
	}
}

func TestForgottenQueryMarkOfTheHost(t *testing.T) {
	t.Parallel()
	provider := mailtest.NewSendGrid(t)
	require.True(t, send(t, options(provider.URL+"?")).Verdict.Delivered())
}
