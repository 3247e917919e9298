package leads

import (
	"cmp"

	"leadrail/models"
)

// maxShown is how many leads and decisions a conversation is shown with, the
// newest. All leads are in the list of leads.
const maxShown = 200

// ConversationSummary is a conversation in a list.
type ConversationSummary struct {
	ID      string `json:"id"`
	AgentID string `json:"agentId"`
	// Title and URL are null unless the agent told them.
	Title *string `json:"title"`
	URL   *string `json:"url"`
	// ConversationURL is URL, or else the installation's link; absent where there is
	// neither.
	ConversationURL string           `json:"conversationUrl,omitempty"`
	MessageCount    int              `json:"messageCount"`
	CreatedAt       models.Timestamp `json:"createdAt"`
	UpdatedAt       models.Timestamp `json:"updatedAt"`
}

// Conversation is a conversation with what came of it.
type Conversation struct {
	ConversationSummary

	Messages []models.Message `json:"messages"`
	// FormSubmissions are its leads, newest first.
	FormSubmissions []FormSubmission `json:"formSubmissions"`
	// GateDecisions are what the gate answered, newest first.
	GateDecisions []GateDecision `json:"gateDecisions"`
}

// FormSubmission is a lead as a conversation shows it.
type FormSubmission struct {
	SubmissionID string            `json:"submissionId"`
	FormID       string            `json:"formId"`
	FormName     string            `json:"formName"`
	FormData     models.Document   `json:"formData"`
	Files        []models.LeadFile `json:"files"`
	Status       models.Status     `json:"status"`
	SubmittedAt  models.Timestamp  `json:"submittedAt"`
}

// GateDecision is an answer of the gate as its readers see it.
type GateDecision struct {
	GateOutcome

	DecisionID  string           `json:"decisionId"`
	FormID      string           `json:"formId"`
	FormName    string           `json:"formName"`
	FormVersion int              `json:"formVersion"`
	SessionID   string           `json:"sessionId,omitempty"`
	At          models.Timestamp `json:"at"`
	ShowForm    bool             `json:"showForm"`
}

func (c *Conversations) summary(row models.Conversation) ConversationSummary {
	return ConversationSummary{
		ID:              row.ID,
		AgentID:         row.AgentID,
		Title:           orNull(row.Title),
		URL:             orNull(row.URL),
		ConversationURL: cmp.Or(row.URL, models.ConversationURL(c.URL, row.ID)),
		MessageCount:    row.MessageCount,
		CreatedAt:       models.At(row.CreatedAt),
		UpdatedAt:       models.At(row.UpdatedAt),
	}
}

func (c *Conversations) view(row models.Conversation, leads []models.Submission, decisions []models.GateDecision) Conversation {
	view := Conversation{
		ConversationSummary: c.summary(row),
		Messages:            row.Messages,
		FormSubmissions:     make([]FormSubmission, len(leads)),
		GateDecisions:       make([]GateDecision, len(decisions)),
	}
	for i, lead := range leads {
		view.FormSubmissions[i] = FormSubmission{
			SubmissionID: lead.ID, FormID: lead.FormID, FormName: lead.FormName, FormData: lead.FormData,
			Files: append([]models.LeadFile{}, lead.Files...), Status: lead.Status, SubmittedAt: models.At(lead.SubmittedAt),
		}
	}
	for i, d := range decisions {
		view.GateDecisions[i] = GateDecision{
			DecisionID: d.ID, FormID: d.FormID, FormName: d.FormName, FormVersion: d.FormVersion,
			SessionID: d.SessionID, At: models.At(d.At), ShowForm: d.ShowForm,
			GateOutcome: GateOutcome{
				Qualification: models.Qualification{Score: d.Score, Tier: d.Tier, Qualified: d.Qualified, Reasons: d.Reasons},
				Reason:        d.Reason,
			},
		}
	}
	return view
}
