package models

import (
	"cmp"
	"slices"
	"time"
)

// Form is a lead form of an agent. Every change makes a new version, and a
// submission keeps the version it was filled in with.
type Form struct {
	ID string `gorm:"primaryKey"`
	// AgentID is the caller's id of the agent that shows the form, at most
	// MaxCallerID characters.
	AgentID string
	// Name is unique per agent: ^[a-z_][a-z0-9_]*$.
	Name string
	// Version is the newest version, counted from 1.
	Version int
	Enabled bool
	// AlertEmail is told when leads fail; empty for nobody.
	AlertEmail string
	CreatedAt  time.Time
	UpdatedAt  time.Time `gorm:"autoUpdateTime:false"`
	// DeletedAt is when the form was deleted; nil while it exists. A deleted
	// form is kept for the leads that were filled in with it.
	DeletedAt *time.Time
}

// FormVersion is a form's definition at one version. It never changes.
type FormVersion struct {
	FormID     string         `gorm:"primaryKey"`
	Version    int            `gorm:"primaryKey;autoIncrement:false"`
	Definition FormDefinition `gorm:"serializer:json;type:jsonb"`
	CreatedAt  time.Time
}

// MaxCallerID is the longest id, in characters, that a caller may choose for
// an agent, a conversation or a session.
const MaxCallerID = 128

// FormDefinition is what an agent shows and what happens after a submission.
type FormDefinition struct {
	// Name is the form's name at this version.
	Name           string  `json:"name"`
	Title          string  `json:"title,omitempty"`
	Description    string  `json:"description,omitempty"`
	Fields         []Field `json:"fields"`
	SubmitLabel    string  `json:"submitLabel,omitempty"`
	SuccessMessage string  `json:"successMessage,omitempty"`
	ErrorMessage   string  `json:"errorMessage,omitempty"`
	// Honeypot is the name of an input that people do not see, and so leave
	// empty; it is none of the fields. Empty for none.
	Honeypot string `json:"honeypot,omitempty"`
	// MinFillSeconds is the shortest time in which a person fills the form in, 0
	// to MaxFillSeconds; 0 bounds nothing.
	MinFillSeconds int `json:"minFillSeconds,omitempty"`
	// ExecutionMode says who does the work after a submission; empty, in versions
	// from before there was a choice, means ModeWebhook.
	ExecutionMode ExecutionMode `json:"executionMode,omitempty"`
	// ClientHandler is the name of the handler in the page; empty unless the mode
	// has one.
	ClientHandler string   `json:"clientHandler,omitempty"`
	Actions       []Action `json:"actions"`
	// Qualification scores the leads; nil for a form whose leads all qualify.
	Qualification *QualificationRules `json:"qualification,omitempty"`
}

// ExecutionMode says who does the work after a submission. Other actions run in
// every mode.
type ExecutionMode string

// The execution modes.
const (
	// ModeWebhook: the server calls the form's webhook.
	ModeWebhook ExecutionMode = "webhook"
	// ModeClient: a handler in the visitor's page does it, and reports what came of
	// it.
	ModeClient ExecutionMode = "client"
	// ModeBoth: the server and the page, each for itself.
	ModeBoth ExecutionMode = "both"
)

// Valid reports whether m is a known mode.
func (m ExecutionMode) Valid() bool { return m == ModeWebhook || m.InPage() }

// InPage reports whether a handler in the page has a part in it.
func (m ExecutionMode) InPage() bool { return m == ModeClient || m == ModeBoth }

// Mode returns the definition's execution mode.
func (d FormDefinition) Mode() ExecutionMode { return cmp.Or(d.ExecutionMode, ModeWebhook) }

// MaxFillSeconds is the largest MinFillSeconds: whoever is that slow need not be
// a machine.
const MaxFillSeconds = 60

// FieldType is the kind of a form field.
type FieldType string

// The field types.
const (
	FieldText        FieldType = "text"
	FieldEmail       FieldType = "email"
	FieldTel         FieldType = "tel"
	FieldTextarea    FieldType = "textarea"
	FieldNumber      FieldType = "number"
	FieldSelect      FieldType = "select"
	FieldMultiselect FieldType = "multiselect"
	FieldDate        FieldType = "date"
	FieldDatetime    FieldType = "datetime"
	FieldFile        FieldType = "file"
	FieldImage       FieldType = "image"
)

// FieldTypes lists every type.
func FieldTypes() []FieldType {
	return []FieldType{
		FieldText, FieldEmail, FieldTel, FieldTextarea, FieldNumber, FieldSelect, FieldMultiselect,
		FieldDate, FieldDatetime, FieldFile, FieldImage,
	}
}

// Valid reports whether t is a known field type.
func (t FieldType) Valid() bool { return slices.Contains(FieldTypes(), t) }

// Field is one question of a form.
type Field struct {
	Name         string     `json:"name"`
	Label        string     `json:"label,omitempty"`
	Type         FieldType  `json:"type"`
	Placeholder  string     `json:"placeholder,omitempty"`
	HelpText     string     `json:"helpText,omitempty"`
	DefaultValue any        `json:"defaultValue,omitempty"`
	Options      []Option   `json:"options,omitempty"`
	Validation   Validation `json:"validation,omitzero"`
	// Region is the country whose national numbers a tel field takes, as ISO
	// 3166-1 alpha-2 names it: "DE". Empty for any that looks like one.
	Region string `json:"region,omitempty"`
	// VisibleWhen hides the field while it does not hold; nil always shows it.
	VisibleWhen *Condition `json:"visibleWhen,omitempty"`
}

// Option is one choice of a select or multiselect field.
type Option struct {
	Label string `json:"label"`
	Value string `json:"value"`
}

// Validation bounds what a field takes. Lengths count characters, not bytes.
type Validation struct {
	Required  *Rule[bool]    `json:"required,omitempty"`
	Min       *Rule[float64] `json:"min,omitempty"`
	Max       *Rule[float64] `json:"max,omitempty"`
	MinLength *Rule[int]     `json:"minLength,omitempty"`
	MaxLength *Rule[int]     `json:"maxLength,omitempty"`
	Pattern   *PatternRule   `json:"pattern,omitempty"`
}

// Rule is a bound with the message shown to a visitor who breaks it.
type Rule[T any] struct {
	Value T `json:"value"`
	// Message is empty for a message made from the field's label.
	Message string `json:"message,omitempty"`
}
