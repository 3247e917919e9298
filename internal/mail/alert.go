package mail

import (
	"cmp"
	"fmt"
	"time"
)

// Alert is what the mail about a failed lead tells the owner of its form. It
// holds nothing that the lead said.
type Alert struct {
	// FormName is the form's name, Title what people call the form; may be
	// empty.
	FormName string
	Title    string
	// Reason is the lead's failure reason.
	Reason string
	// LeadURL is left out unless it is http or https.
	LeadURL string
	// FailedAt is shown in UTC; the zero time is not.
	FailedAt time.Time
	// Count is how many leads of the form have failed since the last alert,
	// this one among them. Less than 2 is not mentioned.
	Count int
}

type alertView struct {
	Title, FormName   string
	Summary           string
	Reason            []string
	LeadURL, FailedAt string
}

// Render writes the mail.
func (a Alert) Render() (Content, error) {
	subject := "Lead failed: " + a.FormName
	summary := "A lead of this form was stored, but not everything that should happen to it did."
	if a.Count > 1 {
		subject = fmt.Sprintf("%d leads failed: %s", a.Count, a.FormName)
		summary = fmt.Sprintf("%d leads of this form have failed since the last alert. They are stored. The newest one:", a.Count)
	}
	return render("alert", headerLine(subject, maxSubject), alertView{
		Title:    oneLine(cmp.Or(a.Title, a.FormName)),
		FormName: oneLine(a.FormName),
		Summary:  summary,
		Reason:   newFieldView("", a.Reason).Lines,
		LeadURL:  link(a.LeadURL),
		FailedAt: moment(a.FailedAt),
	})
}
