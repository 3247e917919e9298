package activities_test

import (
	"errors"
	"net"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/stretchr/testify/require"

	"leadrail/internal/mail"
	"leadrail/internal/mail/mailtest"
	"leadrail/models"
)

func TestAMailTellsOfTheLead(t *testing.T) {
	t.Parallel()
	l := newLetter(t)
	got := l.keptMail(t)
	requireTells(t, aMailLead(), mail.DefaultSubject, got)
	require.Empty(t, cmp.Diff(mail.StoredMail{
		ID: "dlv_1", From: "leads@example.com", To: []string{"Ann <ann@example.com>"}, ReplyTo: "ada@example.com",
		IDs: map[string]string{"deliveryId": "dlv_1", "submissionId": "sub_1", "formId": "form_1"}, SentAt: start,
	}, got, cmpopts.IgnoreFields(mail.StoredMail{}, "Subject", "HTML", "Text")))
	require.Equal(t, []string{"open", "close"}, l.journal)
	require.Empty(t, l.log.String())
}

func TestAMailLeavesOutWhatNobodyKnows(t *testing.T) {
	t.Parallel()
	l := newLetter(t)
	l.job.Submission.Assignment, l.job.Submission.Team, l.job.Submission.Assignee = nil, "", ""
	l.job.Submission.ConversationID = ""
	want := aMailLead()
	want.Team, want.Assignee, want.ConversationURL = "", "", ""
	requireTells(t, want, mail.DefaultSubject, l.keptMail(t))
}

func TestAFormThatDoesNotScoreShowsNoScore(t *testing.T) {
	t.Parallel()
	l := newLetter(t)
	l.job.Definition.Qualification = nil
	got := l.keptMail(t)
	want := aMailLead()
	want.Qualification = nil
	requireTells(t, want, mail.DefaultSubject, got)
	require.NotContains(t, got.Text, "Score")
}

func TestTheSubjectIsTheActions(t *testing.T) {
	t.Parallel()
	l := newLetter(t)
	l.job.Definition.Actions[0].Subject = "{{name}} of {{formName}}"
	require.Equal(t, "Ada Example of contact", l.keptMail(t).Subject)
}

// sendGrid makes a fake SendGrid that answers with the statuses, then takes
// every mail, and what sends through it.
func sendGrid(t *testing.T, script ...int) (*mailtest.SendGrid, mail.Sender) {
	t.Helper()
	provider := mailtest.NewSendGrid(t, script...)
	sender, err := mail.NewSendGrid(mail.Options{
		APIKey: "SG.secret", Host: provider.URL, From: mail.Address{Email: "leads@example.com"}, Dial: (&net.Dialer{}).DialContext,
	})
	require.NoError(t, err)
	return provider, sender
}

func TestTheProvidersIDIsKept(t *testing.T) {
	t.Parallel()
	l := newLetter(t)
	provider, sender := sendGrid(t)
	l.sender = sender
	verdict, err := l.mail()
	require.NoError(t, err)
	require.Equal(t, models.Verdict{Outcome: models.OutcomeDelivered, HTTPStatus: http.StatusAccepted}, verdict)
	require.Equal(t, verdict, l.closed[0].Verdict())
	require.Regexp(t, `^X-Message-Id: fake\.\w+$`, l.closed[0].Response)

	mails := provider.Mails("dlv_1")
	require.Len(t, mails, 1)
	require.Equal(t, map[string]string{"deliveryId": "dlv_1", "submissionId": "sub_1", "formId": "form_1"}, mails[0].IDs,
		"the provider's staff see them, so they are ids and nothing else")
	require.Empty(t, l.log.String())
}

func TestAProviderThatRefuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		status  int
		outcome models.Outcome
		code    models.ErrorCode
		// operator has something to mend.
		operator bool
	}{
		"the key":                  {http.StatusUnauthorized, models.OutcomeRetry, models.ErrorHTTPStatus, true},
		"the sender":               {http.StatusForbidden, models.OutcomeRetry, models.ErrorHTTPStatus, true},
		"the mail":                 {http.StatusBadRequest, models.OutcomeGiveUp, models.ErrorProviderRejected, false},
		"so many mails":            {http.StatusTooManyRequests, models.OutcomeRetry, models.ErrorRateLimited, false},
		"because it is in trouble": {http.StatusInternalServerError, models.OutcomeRetry, models.ErrorHTTPStatus, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLetter(t)
			_, l.sender = sendGrid(t, c.status)
			verdict, err := l.mail()
			require.NoError(t, err)
			require.Equal(t, c.outcome, verdict.Outcome)
			require.Equal(t, c.code, verdict.Code)
			require.Equal(t, c.status, verdict.HTTPStatus)
			require.Equal(t, verdict, l.closed[0].Verdict())
			require.Equal(t, c.operator, l.log.Len() > 0)
			if c.operator {
				require.Contains(t, l.log.String(), "level=ERROR")
				require.Contains(t, l.log.String(), "check SENDGRID_API_KEY and LEADRAIL_MAIL_FROM")
			}
			for _, private := range []string{"SG.secret", "@example.com", "Ada"} {
				require.NotContains(t, l.log.String()+verdict.Message, private)
			}
		})
	}
}

func TestAMailThatOurSideCannotSendWaits(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*letter){
		"no sender": func(l *letter) {
			l.sender = &owner{send: func(mail.Message) (mail.Result, error) { return mail.Result{}, errors.New("trouble") }}
		},
		"team that is not known": func(l *letter) {
			l.job.Definition.Actions[0].ToTeam = true
			l.team = func(string) (models.Team, error) { return models.Team{}, errors.New("trouble") }
		},
		"data that is no JSON": func(l *letter) { l.job.Submission.FormData = models.Document(`{"email":`) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLetter(t)
			change(l)
			_, err := l.mail()
			require.ErrorContains(t, err, "make attempt: ")
			require.Equal(t, []string{"open"}, l.journal, "it stays open for the next try")
			require.Empty(t, l.kept)
		})
	}
}
