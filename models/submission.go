package models

import (
	"cmp"
	"time"
)

// Submission is a lead: one filled-in form. Its JSON form is what is sealed
// into workflow input between acceptance and storage.
type Submission struct {
	ID          string `gorm:"primaryKey" json:"id"`
	FormID      string `json:"formId"`
	FormVersion int    `json:"formVersion"`
	// FormName is the form's name at that version.
	FormName string `json:"formName"`
	// AgentID, ConversationID and SessionID are the caller's own ids.
	AgentID        string `json:"agentId"`
	ConversationID string `json:"conversationId,omitempty"`
	SessionID      string `json:"sessionId,omitempty"`
	// ConversationURL is what the agent told of the conversation, read with the lead;
	// see ConversationLink.
	ConversationURL string   `gorm:"-" json:"-"`
	FormData        Document `json:"formData"`
	// FieldsCompleted names the fields that the visitor filled in, in order.
	FieldsCompleted []string `gorm:"serializer:json;type:jsonb" json:"fieldsCompleted"`
	Signals         Document `json:"signals,omitempty"`
	Context         Document `json:"context,omitempty"`
	Consent         Document `json:"consent,omitempty"`
	// Files describes those that the form data names, in the form's order.
	Files []LeadFile `gorm:"serializer:json;type:jsonb" json:"files,omitempty"`
	// Digest is that of the request, see Acceptance.
	Digest string `json:"digest,omitempty"`

	ImpressionAt *time.Time `json:"impressionAt,omitempty"`
	StartedAt    *time.Time `json:"startedAt,omitempty"`
	SubmittedAt  time.Time  `json:"submittedAt"`
	CompletedAt  *time.Time `json:"completedAt,omitempty"`

	Status Status `json:"status"`
	// FailureReason is set when Status is StatusFailed.
	FailureReason string `json:"failureReason,omitempty"`
	// RunSeq counts the workflow runs of the lead from 1. Writes of an older
	// run than the row's never take effect.
	RunSeq int `json:"runSeq"`

	// Qualification is absent until the lead is qualified.
	Qualification *Qualification `gorm:"serializer:json;type:jsonb" json:"qualification,omitempty"`
	// Score and Tier repeat the qualification's, for sorting and searching.
	Score int    `json:"-"`
	Tier  string `json:"-"`
	// Assignment is absent until the lead is routed.
	Assignment *Assignment `gorm:"serializer:json;type:jsonb" json:"-"`
	// Team and Assignee repeat the assignment's, for searching.
	Team     string `json:"-"`
	Assignee string `json:"-"`

	Deliveries []Delivery `gorm:"foreignKey:SubmissionID" json:"-"`
}

// ConversationLink is the link to the lead's conversation: the conversation's own,
// or else what the template makes.
func (s Submission) ConversationLink(template string) string {
	return cmp.Or(s.ConversationURL, ConversationURL(template, s.ConversationID))
}

// Assign takes where the lead was routed.
func (s *Submission) Assign(assignment Assignment) {
	s.Assignment, s.Team, s.Assignee = &assignment, assignment.Team, assignment.Assignee
}

// Qualify takes the lead's score.
func (s *Submission) Qualify(qualification Qualification) {
	s.Qualification, s.Score, s.Tier = &qualification, qualification.Score, qualification.Tier
}

// Qualification is the outcome of a form's scoring rules for one lead.
type Qualification struct {
	Score     int    `json:"score"`
	Tier      string `json:"tier"`
	Qualified bool   `json:"qualified"`
	// Reasons lists every rule that counted, in the form's order.
	Reasons []Reason `json:"reasons"`
}

// Reason is one rule's contribution to a score.
type Reason struct {
	Rule   string `json:"rule"`
	Points int    `json:"points"`
}
