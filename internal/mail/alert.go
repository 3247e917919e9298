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
	// Off are the form's actions that are switched off: their names, and as
	// values the reasons.
	Off []Field
}

type alertView struct {
	Title, FormName   string
	Summary           string
	Reason            []string
	Off               []fieldView
	LeadURL, FailedAt string
}

// Render writes the mail.
func (a Alert) Render() (Content, error) {
	subject := "Lead failed"
	summary := "A lead of this form was stored, but not everything that should happen to it did."
	if a.Count > 1 {
		subject = fmt.Sprintf("%d leads failed", a.Count)
		summary = fmt.Sprintf("%d leads of this form have failed since the last alert. They are stored. The newest one:", a.Count)
	}
	var off []fieldView
	for _, action := range a.Off {
		off = append(off, newFieldView(action.Name, action.Value))
	}
	switch len(off) {
	case 0:
	case 1:
		subject += ", " + off[0].Label + " switched off"
	default:
		subject += fmt.Sprintf(", %d actions switched off", len(off))
	}
	return render("alert", headerLine(subject+": "+a.FormName, maxSubject), alertView{
		Title:    oneLine(cmp.Or(a.Title, a.FormName)),
		FormName: oneLine(a.FormName),
		Summary:  summary,
		Reason:   newFieldView("", a.Reason).Lines,
		Off:      off,
		LeadURL:  link(a.LeadURL),
		FailedAt: moment(a.FailedAt),
	})
}
