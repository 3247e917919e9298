package activities

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"leadrail/internal/store"
	"leadrail/internal/webhook"
	"leadrail/models"
)

// Slack delivers leads as messages to Slack, through incoming webhooks.
type Slack struct {
	Store  AttemptStore
	Client Poster
	Sealed Opener
	Log    *slog.Logger
	Now    func() time.Time
	// ConversationURL and LeadURL are templates for links, see
	// models.ConversationURL and models.LeadURL.
	ConversationURL string
	LeadURL         string
	// PerEndpoint is how many attempts may be under way at one host and port;
	// 64 if zero.
	PerEndpoint int
	// Watch may be nil.
	Watch Watch

	crowd crowd
}

// DeliverSlack makes one attempt and returns Slack's verdict. A crowded host is
// treated as DeliverWebhook does.
func (s *Slack) DeliverSlack(ctx context.Context, in DeliverInput) (models.Verdict, error) {
	return s.attempts().run(ctx, in)
}

func (s *Slack) attempts() attempts {
	return attempts{
		store: s.Store, log: s.Log, now: s.Now, send: s.send, crowd: &s.crowd, limit: s.PerEndpoint, watch: s.Watch,
		endpointOf: func(destination models.Destination) (string, error) {
			url, err := s.url(destination)
			return hostOf(url), err
		},
	}
}

func (s *Slack) url(destination models.Destination) (string, error) {
	url, err := s.Sealed.Open(destination.SealedURL, destination.ActionID)
	if err != nil {
		return "", fmt.Errorf("open Slack URL: %w", err)
	}
	return string(url), nil
}

func (s *Slack) send(ctx context.Context, job store.Job, attempt *models.Attempt) error {
	url, err := s.url(job.Destination)
	if err != nil {
		return err
	}
	body, err := s.body(job)
	if err != nil {
		return err
	}
	response := s.Client.Post(ctx, webhook.Request{
		URL:       url,
		ID:        job.Delivery.ID,
		Body:      body,
		AcceptAny: true, // Slack answers "ok"
		Now:       s.Now(),
	})
	recordResponse(attempt, response)
	if !response.Verdict.Delivered() {
		attempt.Error = cmp.Or(slackReason(response.Excerpt), attempt.Error)
	}
	return nil
}

// body is the message as Slack takes it. No page that a link in it leads to is
// fetched for a preview.
func (s *Slack) body(job store.Job) ([]byte, error) {
	text, err := slackText(job, slackLinks{
		conversation: job.Submission.ConversationLink(s.ConversationURL),
		lead:         models.LeadURL(s.LeadURL, job.Submission.ID),
	})
	if err != nil {
		return nil, err
	}
	body, err := models.NewDocument(struct {
		Text        string `json:"text"`
		UnfurlLinks bool   `json:"unfurl_links"`
		UnfurlMedia bool   `json:"unfurl_media"`
	}{Text: text})
	if err != nil {
		return nil, fmt.Errorf("encode Slack message: %w", err)
	}
	return body, nil
}

// slackReason says in words what Slack's answer to a refused message means, ""
// for one that is not known. The words are ours: they stay in workflow history.
// Source: docs.slack.dev, "Sending messages using incoming webhooks", Handling
// errors.
func slackReason(answer string) string {
	switch strings.TrimSpace(answer) {
	case "invalid_payload", "no_text":
		return "Slack cannot read the message (invalid_payload): check the message template"
	case "invalid_token":
		return "Slack does not accept the URL (invalid_token): send the action a new one"
	case "no_service", "no_service_id", "no_active_hooks":
		return "Slack has removed or switched off the incoming webhook (no_service): make one and send the action its URL"
	case "no_team", "team_disabled":
		return "Slack does not know the workspace, or has closed it (no_team): send the action a URL of another"
	case "user_not_found":
		return "The person that the messages go to is not in the workspace (user_not_found): make an incoming webhook for a channel"
	case "channel_not_found":
		return "The channel does not exist (channel_not_found): make an incoming webhook for another"
	case "channel_is_archived":
		return "The channel is archived (channel_is_archived): restore it, or make an incoming webhook for another"
	case "action_prohibited", "posting_to_general_channel_denied":
		return "An administrator of the workspace does not allow these messages (action_prohibited)"
	}
	return ""
}
