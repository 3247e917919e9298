package activities_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"leadrail/activities"
	"leadrail/internal/mail"
	"leadrail/internal/store"
	"leadrail/models"
)

// letter is one call of DeliverEmail: a try whose mails go to an outbox, unless
// another sender is chosen.
type letter struct {
	*try

	job    store.Job
	team   func(id string) (models.Team, error)
	sender mail.Sender

	// kept are the mails of the outbox.
	kept []mail.StoredMail
}

// newLetter is for a lead of team_1, whose action lists one recipient.
func newLetter(t *testing.T) *letter {
	t.Helper()
	l := &letter{try: newTry(t), job: aMailJob()}
	l.open = func(attempt models.Attempt) (store.Job, error) {
		l.job.Attempt = attempt
		return l.job, nil
	}
	l.team = func(id string) (models.Team, error) {
		require.Equal(t, "team_1", id)
		return models.Team{ID: id, Emails: []string{"Bob <bob@example.com>", "cleo@example.com"}}, nil
	}
	l.sender = mail.NewOutbox(mail.StoreFunc(func(_ context.Context, m mail.StoredMail) error {
		l.kept = append(l.kept, m)
		return nil
	}), mail.Address{Email: "leads@example.com"}, now)
	return l
}

// Team implements activities.Teams.
func (l *letter) Team(_ context.Context, id string) (models.Team, error) { return l.team(id) }

// mail makes the second attempt of run 3.
func (l *letter) mail() (models.Verdict, error) {
	email := &activities.Email{
		Store: l, Teams: l, Sender: l.sender, Log: l.activity().Log, Now: now,
		ConversationURL: "https://chat.example.com/{conversationId}", LeadURL: "https://leads.example.com/{submissionId}",
	}
	l.env.RegisterActivity(email)
	var verdict models.Verdict
	result, err := l.env.ExecuteActivity(email.DeliverEmail, activities.DeliverInput{
		DeliveryID: "dlv_1", RunSeq: 3, N: 2, Trigger: models.TriggerSchedule,
	})
	if err != nil {
		return verdict, err
	}
	return verdict, result.Get(&verdict)
}

// keptMail delivers, and returns the one mail that came of it.
func (l *letter) keptMail(t *testing.T) mail.StoredMail {
	t.Helper()
	verdict, err := l.mail()
	require.NoError(t, err)
	require.Equal(t, models.Verdict{Outcome: models.OutcomeDelivered}, verdict)
	require.Len(t, l.kept, 1)
	return l.kept[0]
}

// aMailJob is a lead with all that a mail can tell.
func aMailJob() store.Job {
	job := store.Job{
		Delivery: models.Delivery{ID: "dlv_1", SubmissionID: "sub_1", ActionID: "act_1", ActionName: "sales"},
		Submission: models.Submission{
			ID: "sub_1", FormID: "form_1", AgentID: "agent_1", ConversationID: "conv/1", Status: models.StatusPending,
			FormData: models.Document(`{"email":"ada@example.com","name":"Ada Example"}`), SubmittedAt: start.Add(-time.Minute),
		},
		Definition: models.FormDefinition{
			Name: "contact", Title: "Contact us",
			Fields: []models.Field{
				{Name: "name", Label: "Your name", Type: models.FieldText},
				{Name: "email", Label: "Work email", Type: models.FieldEmail},
			},
			Actions:       []models.Action{{ID: "act_1", Name: "sales", Type: models.ActionEmail}},
			Qualification: &models.QualificationRules{},
		},
		Destination: models.Destination{ActionID: "act_1", Recipients: []string{"Ann <ann@example.com>"}, Enabled: true},
	}
	job.Submission.Qualify(models.Qualification{Score: 72, Tier: "hot", Qualified: true})
	job.Submission.Assign(models.Assignment{TeamID: "team_1", Team: "Sales", Assignee: "cleo@example.com"})
	return job
}

// aMailLead is what a mail about aMailJob tells.
func aMailLead() mail.Lead {
	return mail.Lead{
		FormName: "contact", Title: "Contact us",
		Fields: []mail.Field{
			{Name: "name", Label: "Your name", Value: "Ada Example"},
			{Name: "email", Label: "Work email", Value: "ada@example.com"},
		},
		Qualification: &models.Qualification{Score: 72, Tier: "hot", Qualified: true},
		Team:          "Sales", Assignee: "cleo@example.com", AgentID: "agent_1", Status: models.StatusPending,
		SubmittedAt:     start.Add(-time.Minute),
		ConversationURL: "https://chat.example.com/conv%2F1", LeadURL: "https://leads.example.com/sub_1",
	}
}

// requireTells checks that a mail says what a lead says, under a subject.
func requireTells(t *testing.T, lead mail.Lead, subject string, got mail.StoredMail) {
	t.Helper()
	want, err := lead.Render(subject)
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(want, mail.Content{Subject: got.Subject, HTML: got.HTML, Text: got.Text}))
}
