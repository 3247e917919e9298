package mail

import (
	"cmp"
	"fmt"
	"log/slog"
	"strconv"
	"time"

	"leadrail/models"
)

// DefaultSubject is the subject template of an action that names none.
const DefaultSubject = "New lead: {{formName}}"

// Lead is what the mail about a new lead tells. Every text may come from a
// stranger; every one but FormName may be empty, and is then not mentioned.
type Lead struct {
	// FormName is the form's name, Title what people call the form.
	FormName string
	Title    string
	// Fields are the submitted ones, in the form's order.
	Fields []Field
	// Qualification is nil for a lead that was not scored.
	Qualification *models.Qualification
	// Team and Assignee are whom the lead was routed to.
	Team     string
	Assignee string
	AgentID  string
	Status   models.Status
	// SubmittedAt is shown in UTC.
	SubmittedAt time.Time
	// ConversationURL and LeadURL are left out unless they are http or https.
	ConversationURL string
	LeadURL         string
}

// LogValue implements slog.LogValuer: a lead is personal data throughout.
func (l Lead) LogValue() slog.Value {
	return slog.StringValue(fmt.Sprintf("[lead, %d fields]", len(l.Fields)))
}

// Field is one submitted value.
type Field struct {
	Name  string
	Label string
	// Value may have several lines.
	Value string
}

// Render writes the mail. The subject template is DefaultSubject when empty;
// see expand for its placeholders.
func (l Lead) Render(subjectTemplate string) (Content, error) {
	subject := headerLine(expand(subjectTemplate, l), maxSubject)
	if subject == "" {
		subject = headerLine(expand(DefaultSubject, l), maxSubject)
	}
	return render("lead", subject, l.view())
}

// leadView is a Lead as the templates want it: every value in lines, every
// link checked, everything absent empty.
type leadView struct {
	Title, FormName          string
	Fields, Details          []fieldView
	Score                    *scoreView
	Reasons                  []reasonView
	LeadURL, ConversationURL string
}

type fieldView struct {
	Label string
	Lines []string
}

type scoreView struct {
	Points, Tier string
	Qualified    bool
}

type reasonView struct{ Points, Rule string }

func (l Lead) view() leadView {
	view := leadView{
		Title:           oneLine(cmp.Or(l.Title, l.FormName)),
		FormName:        oneLine(l.FormName),
		LeadURL:         link(l.LeadURL),
		ConversationURL: link(l.ConversationURL),
		Details:         l.details(),
	}
	for _, field := range l.Fields {
		view.Fields = append(view.Fields, newFieldView(cmp.Or(field.Label, field.Name), field.Value))
	}
	if l.Qualification != nil {
		view.Score, view.Reasons = score(*l.Qualification)
	}
	return view
}

// details lists what we know of the lead besides its answers.
func (l Lead) details() []fieldView {
	var list []fieldView
	for _, detail := range []Field{
		{Label: "Team", Value: l.Team},
		{Label: "Assigned to", Value: l.Assignee},
		{Label: "Form", Value: l.FormName},
		{Label: "Agent", Value: l.AgentID},
		{Label: "Status", Value: string(l.Status)},
		{Label: "Submitted", Value: moment(l.SubmittedAt)},
	} {
		if detail.Value != "" {
			list = append(list, newFieldView(detail.Label, oneLine(detail.Value)))
		}
	}
	return list
}

// newFieldView shows a value that is empty as a dash.
func newFieldView(label, value string) fieldView {
	lines := bodyLines(value)
	if len(lines) == 1 && lines[0] == "" {
		lines[0] = "–"
	}
	return fieldView{Label: oneLine(label), Lines: lines}
}

// score lists the points and the rules behind them.
func score(qualification models.Qualification) (*scoreView, []reasonView) {
	var reasons []reasonView
	for _, reason := range qualification.Reasons {
		reasons = append(reasons, reasonView{fmt.Sprintf("%+d", reason.Points), oneLine(reason.Rule)})
	}
	return &scoreView{
		Points:    strconv.Itoa(qualification.Score),
		Tier:      oneLine(qualification.Tier),
		Qualified: qualification.Qualified,
	}, reasons
}
