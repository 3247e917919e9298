package mail

import (
	"cmp"
	"fmt"
	"time"

	"leadrail/models"
)

// Undelivered is what the mail about deliveries that wait to be seen to tells the
// owner of their form. It holds nothing that the leads said.
type Undelivered struct {
	FormID string
	// FormName is the form's name, Title what people call the form; may be
	// empty.
	FormName string
	Title    string
	// Count is how many deliveries gave up longer ago than After, OldestAt when the
	// first of them did.
	Count    int
	After    models.Duration
	OldestAt time.Time
	// ByCode counts them by the reason, in the order in which they are shown.
	ByCode []CodeCount
}

// CodeCount is how many deliveries gave up for a reason.
type CodeCount struct {
	Code  string
	Count int
}

// command is a line for a shell.
type command struct{ Does, Line string }

type undeliveredView struct {
	Title, FormName   string
	Summary, OldestAt string
	ByCode            []CodeCount
	Commands          []command
}

// Render writes the mail.
func (u Undelivered) Render() (Content, error) {
	subject, gaveUp := "1 delivery waits", "1 delivery of this form gave up"
	if u.Count != 1 {
		subject, gaveUp = fmt.Sprintf("%d deliveries wait", u.Count), fmt.Sprintf("%d deliveries of this form gave up", u.Count)
	}
	view := undeliveredView{
		Title:    oneLine(cmp.Or(u.Title, u.FormName)),
		FormName: oneLine(u.FormName),
		Summary:  fmt.Sprintf("%s more than %s ago. Nothing is tried again until somebody replays or dismisses it.", gaveUp, u.After),
		OldestAt: moment(u.OldestAt),
		Commands: commands(oneLine(u.FormID)),
	}
	for _, each := range u.ByCode {
		view.ByCode = append(view.ByCode, CodeCount{Code: oneLine(each.Code), Count: each.Count})
	}
	return render("undelivered", headerLine(subject+" undelivered: "+u.FormName, maxSubject), view)
}

// commands are what helps, with the names for address and key that
// docs/operations.md uses.
func commands(formID string) []command {
	const key = ` -H "Authorization: Bearer $KEY"`
	return []command{
		{"List them", `curl -sS "$API/v1/undelivered?formId=` + formID + `"` + key},
		{"Count the leads that a replay takes", "leadrail replay -form " + formID + " -dry-run"},
		{"Remove the cause, then replay them", "leadrail replay -form " + formID},
		{
			"The same over the API",
			`curl -sS -X POST "$API/v1/replays"` + key + ` -d '{"filter": {"formId": "` + formID + `"}}'`,
		},
	}
}
