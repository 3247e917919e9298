package mail_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"leadrail/internal/mail"
	"leadrail/internal/mail/mailtest"
	"leadrail/models"
)

// senders are what every rule about a message holds for, each with the mails
// that it has sent.
func senders(t *testing.T) map[string]func(mail.Message) (mail.Result, []mailtest.Mail) {
	t.Helper()
	provider := mailtest.NewSendGrid(t)
	sendGrid := newSender(t, options(provider.URL))
	var stored []mailtest.Mail
	outbox := mail.NewOutbox(mail.StoreFunc(func(_ context.Context, kept mail.StoredMail) error {
		sent := mailtest.Mail{Subject: kept.Subject, Text: kept.Text, HTML: kept.HTML, IDs: kept.IDs}
		for _, text := range kept.To {
			sent.To = append(sent.To, addressee(text))
		}
		sent.ReplyTo = addressee(kept.ReplyTo)
		stored = append(stored, sent)
		return nil
	}), mail.Address{}, nil)
	return map[string]func(mail.Message) (mail.Result, []mailtest.Mail){
		"SendGrid": func(message mail.Message) (mail.Result, []mailtest.Mail) {
			before := len(provider.All())
			result, err := sendGrid.Send(t.Context(), message)
			require.NoError(t, err)
			return result, provider.All()[before:]
		},
		"outbox": func(message mail.Message) (mail.Result, []mailtest.Mail) {
			before := len(stored)
			result, err := outbox.Send(t.Context(), message)
			require.NoError(t, err)
			return result, stored[before:]
		},
	}
}

// addressee reads what Address.String wrote.
func addressee(text string) mailtest.Address {
	if name, email, named := strings.Cut(strings.TrimSuffix(text, ">"), " <"); named {
		return mailtest.Address{Name: name, Email: email}
	}
	return mailtest.Address{Email: text}
}

func TestMessageIsCleanedBeforeItLeaves(t *testing.T) {
	t.Parallel()
	for name, send := range senders(t) {
		result, sent := send(mail.Message{
			ID: "dlv_1",
			To: []mail.Address{
				{Name: "Doe, Jane; \r\nBcc: x", Email: "jane@example.com"},
				{Email: "bob@BÜCHER.example"},
				{Name: "again", Email: "JANE@example.com"},
				{Email: "bob@xn--bcher-kva.example"},
			},
			ReplyTo: mail.Address{Name: "\u202eAda <x@example.com>", Email: "ada@example.com"},
			Content: mail.Content{Subject: "a\r\nBcc: everyone@example.com", Text: "text", HTML: "<p>html</p>"},
			IDs: map[string]string{
				"submissionId": "sub_1", "lead": "ada@example.com", "note": "a sentence", "an e-mail": "x", "empty": "", "": "x", "big": strings.Repeat("a", 129),
			},
		})
		require.True(t, result.Verdict.Delivered(), name)
		require.Len(t, sent, 1, name)
		require.Equal(t, []mailtest.Address{{Name: "Doe Jane Bcc: x", Email: "jane@example.com"}, {Email: "bob@xn--bcher-kva.example"}}, sent[0].To, name)
		require.Equal(t, mailtest.Address{Name: "Ada x@example.com", Email: "ada@example.com"}, sent[0].ReplyTo, name)
		require.Equal(t, "a Bcc: everyone@example.com", sent[0].Subject, name)
		require.Equal(t, "text", sent[0].Text, name)
		require.Equal(t, "<p>html</p>", sent[0].HTML, name)
		require.Equal(t, map[string]string{"submissionId": "sub_1", "deliveryId": "dlv_1"}, sent[0].IDs, name)
	}
}

func TestMessageWithLittleInIt(t *testing.T) {
	t.Parallel()
	for name, send := range senders(t) {
		for _, content := range []mail.Content{{Text: "text"}, {HTML: "<p>html</p>", Subject: "\r\n\x00"}} {
			result, sent := send(mail.Message{
				ID: "no id", To: []mail.Address{{Email: "a@b.co"}}, ReplyTo: mail.Address{Name: "Ada", Email: "ada at example"}, Content: content,
			})
			require.True(t, result.Verdict.Delivered(), name)
			require.Equal(t, "(no subject)", sent[0].Subject, name)
			require.Zero(t, sent[0].ReplyTo, name)
			require.Empty(t, sent[0].IDs, name)
			require.Equal(t, content.Text, sent[0].Text, name)
			require.Equal(t, content.HTML, sent[0].HTML, name)
		}
	}
}

func TestMessageThatCannotLeave(t *testing.T) {
	t.Parallel()
	for problem, test := range map[string]struct {
		change func(*mail.Message)
		want   models.Verdict
	}{
		"nobody": {
			func(m *mail.Message) { m.To = nil },
			models.Verdict{Outcome: models.OutcomeGiveUp, Code: models.ErrorNoRecipient, Message: "Nobody is listed to receive this mail."},
		},
		"no mailbox": {
			func(m *mail.Message) { m.To = append(m.To, mail.Address{Name: "Bob", Email: "bob at example"}) },
			models.Verdict{Outcome: models.OutcomeGiveUp, Code: models.ErrorNoRecipient, Message: "Recipient 2 of 2 is not a usable e-mail address."},
		},
		"two in one": {
			func(m *mail.Message) { m.To[0].Email = "bob@example.com\r\nBcc: eve@example.com" },
			models.Verdict{Outcome: models.OutcomeGiveUp, Code: models.ErrorNoRecipient, Message: "Recipient 1 of 1 is not a usable e-mail address."},
		},
		"1001 recipients": {
			func(m *mail.Message) { m.To = crowd(1001) },
			models.Verdict{Outcome: models.OutcomeGiveUp, Code: models.ErrorProviderRejected, Message: "The mail has more than 1000 recipients."},
		},
		"no content": {
			func(m *mail.Message) { m.Text, m.HTML = "", "" },
			models.Verdict{Outcome: models.OutcomeGiveUp, Code: models.ErrorProviderRejected, Message: "The mail is empty."},
		},
	} {
		t.Run(problem, func(t *testing.T) {
			t.Parallel()
			for name, send := range senders(t) {
				message := message()
				test.change(&message)
				result, sent := send(message)
				require.Equal(t, mail.Result{Verdict: test.want}, result, name)
				require.Empty(t, sent, name)
			}
		})
	}
}

func TestMessageAtTheLimits(t *testing.T) {
	t.Parallel()
	for name, send := range senders(t) {
		largest := message()
		largest.To = append(crowd(1000), crowd(1000)...) // everybody twice
		largest.IDs = map[string]string{}
		for i := range 1000 {
			largest.IDs[fmt.Sprintf("%0128d", i)] = strings.Repeat("x", 128)
		}
		result, sent := send(largest)
		require.True(t, result.Verdict.Delivered(), name)
		require.Len(t, sent[0].To, 1000, name)
		require.Len(t, sent[0].IDs, 21, name)
		require.Contains(t, sent[0].IDs, fmt.Sprintf("%0128d", 19), name)
	}
}

func crowd(size int) []mail.Address {
	list := make([]mail.Address, size)
	for i := range list {
		list[i].Email = fmt.Sprintf("person%d@example.com", i)
	}
	return list
}

func TestMessageIsNotLogged(t *testing.T) {
	t.Parallel()
	require.Equal(t, "[id=dlv_1 recipients=1]", message().LogValue().String())
	require.Equal(t, "[id=dlv_1 recipients=2]", mail.StoredMail{ID: "dlv_1", To: []string{"a@b.co", "c@d.co"}, Subject: "x"}.LogValue().String())
}

func TestOutboxKeepsMail(t *testing.T) {
	t.Parallel()
	var kept mail.StoredMail
	store := mail.StoreFunc(func(_ context.Context, stored mail.StoredMail) error {
		kept = stored
		return nil
	})
	sent := message()
	result, err := mail.NewOutbox(store, mail.Address{Name: "Leadrail", Email: "leads@example.com"}, at).Send(t.Context(), sent)
	require.NoError(t, err)
	require.Equal(t, models.Verdict{Outcome: models.OutcomeDelivered}, result.Verdict)
	require.Empty(t, result.ProviderMessageID)
	want := mail.StoredMail{
		ID: "dlv_1", From: "Leadrail <leads@example.com>", To: []string{"Bob Secret <bob@example.com>"}, ReplyTo: "Ada Hidden <ada@example.com>",
		Subject: sent.Subject, HTML: sent.HTML, Text: sent.Text,
		IDs: map[string]string{"submissionId": "sub_1", "deliveryId": "dlv_1"}, SentAt: at().UTC(),
	}
	require.Equal(t, want, kept)
	maps.Copy(sent.IDs, map[string]string{"changed": "later"})
	require.Equal(t, want, kept)
}

func TestOutboxReportsItsStore(t *testing.T) {
	t.Parallel()
	down := errors.New("the store is down")
	outbox := mail.NewOutbox(mail.StoreFunc(func(context.Context, mail.StoredMail) error { return down }), mail.Address{}, nil)
	result, err := outbox.Send(t.Context(), message())
	require.ErrorIs(t, err, down)
	require.Zero(t, result)
}
