package models

import "time"

// Conversation is a chat of an agent, which forms are shown in. Ids are the
// callers' and unique per agent. It has a row as soon as a lead or a decision of the
// gate names it; whatever else is known of it was put there by the agent.
type Conversation struct {
	ID      string `gorm:"primaryKey"`
	AgentID string `gorm:"primaryKey"`
	// Title and URL are empty until they are known. URL is a link for people: an
	// http or https URL that nobody here opens.
	Title string
	URL   string
	// Messages are the latest that the agent told of; none is an empty list.
	Messages []Message `gorm:"serializer:json;type:jsonb"`
	// MessageCount repeats their number, for lists.
	MessageCount int
	CreatedAt    time.Time
	UpdatedAt    time.Time `gorm:"autoUpdateTime:false"`
}

// Message is one turn of a conversation, as the agent tells of it.
type Message struct {
	// ID is the caller's, at most MaxCallerID characters; it may be absent.
	ID        string      `json:"id,omitempty"`
	Role      MessageRole `json:"role"`
	Content   string      `json:"content"`
	CreatedAt *Timestamp  `json:"createdAt,omitempty"`
}

// MessageRole says whose words a message has.
type MessageRole string

// The roles.
const (
	RoleUser      MessageRole = "user"
	RoleAssistant MessageRole = "assistant"
	RoleSystem    MessageRole = "system"
	RoleTool      MessageRole = "tool"
)

// Valid reports whether r is a known role.
func (r MessageRole) Valid() bool {
	return r == RoleUser || r == RoleAssistant || r == RoleSystem || r == RoleTool
}

// GateDecision is one answer of the gate: may this visitor be shown this form?
// What the visitor said is no part of it.
type GateDecision struct {
	ID             string `gorm:"primaryKey"`
	AgentID        string
	ConversationID string
	// SessionID may be empty.
	SessionID   string
	FormID      string
	FormVersion int
	// FormName is the form's name at that version.
	FormName string
	At       time.Time
	Score    int
	Tier     string
	// Qualified is what the form's rules say, ShowForm what the caller was told.
	Qualified bool
	ShowForm  bool
	// Reason says why the form is shown or not.
	Reason GateReason
	// Reasons lists every rule that counted, in the form's order.
	Reasons []Reason `gorm:"serializer:json;type:jsonb"`
}

// GateReason says in a word why a form is shown or not.
type GateReason string

// The reasons.
const (
	// GateNoRules: the form does not score, so whoever comes is shown it.
	GateNoRules      GateReason = "no_rules"
	GateQualified    GateReason = "qualified"
	GateNotQualified GateReason = "not_qualified"
	GateFormDisabled GateReason = "form_disabled"
)

// Shows reports whether the form is shown.
func (r GateReason) Shows() bool { return r == GateNoRules || r == GateQualified }
