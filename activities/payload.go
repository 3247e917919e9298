package activities

import (
	"encoding/json"
	"fmt"

	"leadrail/internal/store"
	"leadrail/models"
)

// payload is the body of a webhook. The first six keys are those that
// receivers of chat-agent forms know already; the others are ours.
type payload struct {
	SubmissionID   string           `json:"submissionId"`
	ToolID         string           `json:"toolId"`
	ToolName       string           `json:"toolName"`
	ConversationID string           `json:"conversationId"`
	FormData       models.Document  `json:"formData"`
	SubmittedAt    models.Timestamp `json:"submittedAt"`

	AgentID         string                `json:"agentId"`
	ConversationURL string                `json:"conversationUrl,omitempty"`
	Status          models.Status         `json:"status"`
	FieldsCompleted []string              `json:"fieldsCompleted"`
	Qualification   *models.Qualification `json:"qualification"`
	// Routing is null for a lead without a team.
	Routing     *routing        `json:"routing"`
	FormVersion int             `json:"formVersion"`
	Attempt     int             `json:"attempt"`
	Context     models.Document `json:"context,omitempty"`
	// Files describes those that the form data names; absent without any.
	Files []models.LeadFile `json:"files,omitempty"`
	// Test is true for a lead that was made up to try the action out.
	Test bool `json:"test,omitempty"`
}

// routing is whom the lead was given to; nobody when Assignee is null.
type routing struct {
	Team     string  `json:"team"`
	Assignee *string `json:"assignee"`
}

func routingOf(lead models.Submission) *routing {
	if lead.Team == "" {
		return nil
	}
	given := &routing{Team: lead.Team}
	if lead.Assignee != "" {
		given.Assignee = &lead.Assignee
	}
	return given
}

// webhookBody encodes what the endpoint receives. Texts arrive as they were
// typed: nothing is escaped beyond what JSON asks for.
func webhookBody(job store.Job, conversationURLTemplate string) ([]byte, error) {
	lead := job.Submission
	body, err := models.NewDocument(payload{
		SubmissionID:    lead.ID,
		ToolID:          lead.FormID,
		ToolName:        job.Definition.Name,
		ConversationID:  lead.ConversationID,
		FormData:        lead.FormData,
		SubmittedAt:     models.At(lead.SubmittedAt),
		AgentID:         lead.AgentID,
		ConversationURL: lead.ConversationLink(conversationURLTemplate),
		Status:          lead.Status,
		FieldsCompleted: lead.FieldsCompleted,
		Qualification:   lead.Qualification,
		Routing:         routingOf(lead),
		FormVersion:     lead.FormVersion,
		Attempt:         job.Attempt.N,
		Context:         lead.Context,
		Files:           lead.Files,
		Test:            job.Test,
	})
	if err != nil {
		return nil, fmt.Errorf("encode webhook body: %w", err)
	}
	return body, nil
}

// openHeaders decrypts a destination's custom headers.
func openHeaders(sealed Opener, destination models.Destination) (map[string]string, error) {
	headers := map[string]string{}
	if len(destination.Headers) == 0 {
		return headers, nil
	}
	plain, err := sealed.Open(destination.Headers, destination.ActionID)
	if err != nil {
		return nil, fmt.Errorf("open headers: %w", err)
	}
	if err := json.Unmarshal(plain, &headers); err != nil {
		return nil, fmt.Errorf("open headers: %w", err)
	}
	return headers, nil
}
