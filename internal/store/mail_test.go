package store_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"leadrail/models"
)

func aMail(n int) models.Mail {
	return models.Mail{
		ID: numbered("mail", n), MessageID: "dlv_crm", Sender: "leads@example.com",
		Recipients: []string{"sales@example.com", "ann@example.com"}, ReplyTo: "ada@example.com",
		Subject: "New lead: contact", HTML: "<p>Ada & co 😀</p>", Text: "Ada & co 😀", SentAt: minute(n),
	}
}

func TestOutboxKeepsMails(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	for n := range 3 {
		require.NoError(t, s.SaveMail(t.Context(), aMail(n)), "two mails may be about one delivery")
	}
	mail, err := s.Mail(t.Context(), "mail_001")
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(aMail(1), mail))
	mails, err := s.Mails(t.Context(), 2)
	require.NoError(t, err)
	require.Empty(t, cmp.Diff([]models.Mail{aMail(2), aMail(1)}, mails), "the newest")

	_, err = s.Mail(t.Context(), "mail_009")
	requireCode(t, models.CodeNotFound, err)
}

func TestHasEmailActions(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	has := func() bool {
		found, err := s.HasEmailActions(t.Context())
		require.NoError(t, err)
		return found
	}
	require.False(t, has(), "no form at all")
	form := aForm("crm")
	require.NoError(t, s.CreateForm(t.Context(), form))
	require.False(t, has(), "a webhook")
	form = aVersion(2, "crm", "mailing")
	form.Destinations[1].Recipients = []string{}
	require.NoError(t, s.ReplaceForm(t.Context(), form))
	require.True(t, has(), "even one without recipients of its own")
}
