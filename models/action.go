package models

import (
	"slices"
	"time"
)

// ActionType is the kind of thing that happens after a submission.
type ActionType string

// The action types.
const (
	ActionWebhook ActionType = "webhook"
	ActionEmail   ActionType = "email"
	ActionSlack   ActionType = "slack"
	// ActionClient is the work of a handler in the visitor's page. A form has it
	// by its execution mode, and not among the actions that its author lists.
	ActionClient ActionType = "client"
)

// Valid reports whether t is a known action type.
func (t ActionType) Valid() bool {
	return t == ActionWebhook || t == ActionEmail || t == ActionSlack || t == ActionClient
}

// Action is what a form does with a submission, as defined by one version of
// the form. Where it goes, a Destination, is read fresh at each attempt.
type Action struct {
	// ID stays the same over all versions, by name.
	ID   string     `json:"id"`
	Name string     `json:"name"`
	Type ActionType `json:"type"`
	// When decides for each lead whether the action runs; nil means always. It
	// may ask for form data, signals and the outcome of the scoring rules.
	When *Condition `json:"when,omitempty"`
	// Response says which answers of a webhook count as success; empty for
	// other types.
	Response ResponseRule `json:"response,omitempty"`
	// Subject is the template of an email's subject; empty for the default.
	Subject string `json:"subject,omitempty"`
	// ToTeam adds the routed team's addresses to an email's recipients.
	ToTeam bool `json:"toTeam,omitempty"`
	// MessageTemplate is the text of a Slack message, in Slack's own markup;
	// empty for the default.
	MessageTemplate string `json:"messageTemplate,omitempty"`
	// RetrySchedule lists the waits before the second, third, … attempt, each
	// counted from the end of the attempt before.
	// Nil means the default.
	RetrySchedule []Duration `json:"retrySchedule"`
}

// ResponseRule says what a webhook's 2xx answer must carry.
type ResponseRule string

// The response rules.
const (
	// ResponseJSON wants an empty body or valid JSON.
	ResponseJSON ResponseRule = "json"
	// ResponseAny takes any body.
	ResponseAny ResponseRule = "any"
)

// Valid reports whether r is a known rule.
func (r ResponseRule) Valid() bool { return r == ResponseJSON || r == ResponseAny }

// Bounds of a retry schedule.
const (
	MaxRetries   = 20
	MaxRetryWait = Duration(24 * time.Hour)
)

// defaultRetrySchedule: at once, after a minute, after five.
var defaultRetrySchedule = []Duration{0, Duration(time.Minute), Duration(5 * time.Minute)}

// DefaultRetrySchedule returns the schedule of an action that names none: four
// attempts in all.
func DefaultRetrySchedule() []Duration { return slices.Clone(defaultRetrySchedule) }

// Schedule returns the action's retry schedule. An action with an empty, not
// absent, schedule is tried once.
func (a Action) Schedule() []Duration {
	if a.RetrySchedule == nil {
		return DefaultRetrySchedule()
	}
	return a.RetrySchedule
}

// Destination is where an action goes now. It has no versions: a corrected URL
// heals the retries that wait and the replays to come.
type Destination struct {
	ActionID string `gorm:"primaryKey"`
	FormID   string
	Name     string
	// Type never changes: leads of older versions rely on it.
	Type ActionType
	// URL is a webhook's; empty for other types.
	URL string
	// SealedURL is the URL of a Slack action, bound to the action id: whoever
	// knows it can post. Absent for other types.
	SealedURL Sealed
	// Headers are the caller's own request headers, a sealed JSON object bound
	// to the action id; absent when there are none.
	Headers Sealed
	// Recipients are the addresses of an email action; nil, and NULL in the
	// database, for actions of other types.
	Recipients []string `gorm:"serializer:json;type:jsonb"`
	Enabled    bool
	// DisabledReason says why an action that was switched off by itself is off.
	DisabledReason string
	UpdatedAt      time.Time
}

// TableName names the table.
func (Destination) TableName() string { return "destinations" }
