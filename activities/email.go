package activities

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"time"

	"leadrail/internal/mail"
	"leadrail/internal/store"
	"leadrail/models"
)

// Teams finds the addresses of a team.
type Teams interface {
	Team(ctx context.Context, id string) (models.Team, error)
}

// Email delivers leads by mail.
type Email struct {
	Store  AttemptStore
	Teams  Teams
	Sender mail.Sender
	Log    *slog.Logger
	Now    func() time.Time
	// ConversationURL and LeadURL are templates for links, see
	// models.ConversationURL and models.LeadURL.
	ConversationURL string
	LeadURL         string
	// PerEndpoint is how many mails may be on their way to the provider at a
	// time; 64 if zero.
	PerEndpoint int
	// Watch may be nil.
	Watch Watch

	crowd crowd
}

// DeliverEmail makes one attempt and returns the provider's verdict. Where the
// provider has enough of them under way, it asks Temporal to repeat it later.
func (e *Email) DeliverEmail(ctx context.Context, in DeliverInput) (models.Verdict, error) {
	return e.attempts().run(ctx, in)
}

// mailProvider is the one endpoint of all mail.
const mailProvider = "mail provider"

func (e *Email) attempts() attempts {
	return attempts{
		store: e.Store, log: e.Log, now: e.Now, send: e.send, crowd: &e.crowd, limit: e.PerEndpoint, watch: e.Watch,
		endpoint: mailProvider,
	}
}

func (e *Email) send(ctx context.Context, job store.Job, attempt *models.Attempt) error {
	recipients, err := e.recipients(ctx, job)
	if err != nil {
		return err
	}
	message, err := e.message(job)
	if err != nil {
		return err
	}
	message.To = recipients
	result, err := e.Sender.Send(ctx, message)
	if err != nil {
		return err
	}
	e.warn(ctx, result.Verdict)
	attempt.Record(result.Verdict)
	attempt.DurationMS = result.Duration.Milliseconds()
	if result.ProviderMessageID != "" {
		attempt.Response = "X-Message-Id: " + result.ProviderMessageID
	}
	return nil
}

// warn tells the operator of what only the operator can mend.
func (e *Email) warn(ctx context.Context, verdict models.Verdict) {
	if verdict.HTTPStatus == http.StatusUnauthorized || verdict.HTTPStatus == http.StatusForbidden {
		e.Log.ErrorContext(ctx, "the mail provider refuses our credentials: check SENDGRID_API_KEY and LEADRAIL_MAIL_FROM",
			"httpStatus", verdict.HTTPStatus)
	}
}

// recipients are the action's own and, where it says so, the team's. A team
// that was deleted since has none.
func (e *Email) recipients(ctx context.Context, job store.Job) ([]mail.Address, error) {
	listed := job.Destination.Recipients
	action, _ := job.Action()
	if team := teamOf(job.Submission); action.ToTeam && team != "" {
		found, err := e.Teams.Team(ctx, team)
		if err != nil && models.CodeOf(err) != models.CodeNotFound {
			return nil, fmt.Errorf("read team: %w", err)
		}
		listed = slices.Concat(listed, found.Emails)
	}
	addresses := make([]mail.Address, 0, len(listed))
	for _, text := range listed {
		address, err := mail.ParseRecipient(text)
		if err != nil {
			address = mail.Address{Email: text} // the sender refuses it, with a verdict
		}
		addresses = append(addresses, address)
	}
	return addresses, nil
}

func teamOf(lead models.Submission) string {
	if lead.Assignment == nil {
		return ""
	}
	return lead.Assignment.TeamID
}

// message writes the mail, without recipients.
func (e *Email) message(job store.Job) (mail.Message, error) {
	lead := job.Submission
	fields, replyTo, err := mailFields(job.Definition, lead.FormData)
	if err != nil {
		return mail.Message{}, err
	}
	action, _ := job.Action()
	content, err := mail.Lead{
		FormName:        job.Definition.Name,
		Title:           job.Definition.Title,
		Fields:          fields,
		Qualification:   scoreOf(job.Definition, lead),
		Team:            lead.Team,
		Assignee:        lead.Assignee,
		AgentID:         lead.AgentID,
		Status:          lead.Status,
		SubmittedAt:     lead.SubmittedAt,
		ConversationURL: lead.ConversationLink(e.ConversationURL),
		LeadURL:         models.LeadURL(e.LeadURL, lead.ID),
	}.Render(cmp.Or(action.Subject, mail.DefaultSubject))
	if err != nil {
		return mail.Message{}, err
	}
	if job.Test {
		content.Subject = testMark + content.Subject
	}
	return mail.Message{
		ID:      job.Delivery.ID,
		ReplyTo: replyTo,
		Content: content,
		IDs:     map[string]string{"submissionId": lead.ID, "formId": lead.FormID},
	}, nil
}

// scoreOf leaves the score out for a form that does not score.
func scoreOf(definition models.FormDefinition, lead models.Submission) *models.Qualification {
	if definition.Qualification == nil {
		return nil
	}
	return lead.Qualification
}
