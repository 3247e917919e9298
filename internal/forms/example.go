package forms

import (
	"strings"
	"time"

	"leadrail/internal/id"
	"leadrail/internal/rules"
	"leadrail/internal/store"
	"leadrail/models"
)

// Kinds of ids that only tests have: nothing else is called so.
const (
	testSubmission id.Kind = "sub_test"
	testDelivery   id.Kind = "dlv_test"
)

// exampleFile is the id of no file: no time is so early.
const exampleFile = string(id.File) + "_00000000000000000000000000"

// testJob makes up an attempt of an action of the form's newest version.
func testJob(record store.FormRecord, actionID string, at time.Time) (store.Job, error) {
	lead, err := exampleLead(record, at)
	if err != nil {
		return store.Job{}, err
	}
	job := store.Job{
		Attempt:    models.Attempt{RunSeq: lead.RunSeq, N: 1, Trigger: models.TriggerFirst, StartedAt: at, ActionID: actionID},
		Submission: lead,
		Definition: record.Version.Definition,
		Test:       true,
	}
	for _, destination := range record.Destinations {
		if destination.ActionID == actionID {
			job.Destination = destination
		}
	}
	job.Delivery = models.Delivery{
		ID: id.New(testDelivery), SubmissionID: lead.ID, ActionID: actionID, ActionName: job.Destination.Name,
		Type: job.Destination.Type, Status: models.DeliveryPending, RunSeq: lead.RunSeq, Attempt: 1, CreatedAt: at, UpdatedAt: at,
	}
	job.Attempt.DeliveryID = job.Delivery.ID
	return job, nil
}

// exampleLead is a lead that nobody sent, scored by the form's own rules.
func exampleLead(record store.FormRecord, at time.Time) (models.Submission, error) {
	accepted := exampleAnswers(record.Version.Definition)
	data, err := models.NewDocument(accepted.Data)
	if err != nil {
		return models.Submission{}, err
	}
	lead := models.Submission{
		ID: id.New(testSubmission), FormID: record.Form.ID, FormVersion: record.Form.Version, FormName: record.Form.Name,
		AgentID: record.Form.AgentID, ConversationID: "conv_test", FormData: data, FieldsCompleted: accepted.Completed,
		SubmittedAt: at, Status: models.StatusPending, RunSeq: 1,
	}
	lead.Qualify(rules.Qualify(record.Version.Definition.Qualification, rules.Facts{Data: accepted.Data}))
	return lead, nil
}

// exampleAnswers fills in every field that is shown. One that takes no value of
// ours is left out.
func exampleAnswers(definition models.FormDefinition) Accepted {
	data := map[string]any{}
	for _, field := range definition.Fields {
		data[field.Name] = exampleValue(field)
	}
	accepted, _ := Accept(definition, Answers{Data: data})
	return accepted
}

func exampleValue(field models.Field) any {
	switch field.Type {
	case models.FieldEmail:
		return "test@example.com"
	case models.FieldTel:
		return "+1 202 555 0100"
	case models.FieldDate:
		return "2026-01-15"
	case models.FieldDatetime:
		return "2026-01-15T09:30:00Z"
	case models.FieldFile, models.FieldImage:
		return exampleFile
	case models.FieldNumber:
		return exampleNumber(field.Validation)
	case models.FieldSelect:
		return exampleOption(field)
	case models.FieldMultiselect:
		return []any{exampleOption(field)}
	case models.FieldText, models.FieldTextarea:
	}
	return exampleText(field.Validation)
}

func exampleOption(field models.Field) string {
	if len(field.Options) == 0 {
		return ""
	}
	return field.Options[0].Value
}

// exampleNumber is 10, or the bound that is nearest to it.
func exampleNumber(bounds models.Validation) float64 {
	number := 10.0
	if bounds.Min != nil {
		number = max(number, bounds.Min.Value)
	}
	if bounds.Max != nil {
		number = min(number, bounds.Max.Value)
	}
	return number
}

// exampleText is a few words, repeated or cut to the length that is asked for.
func exampleText(bounds models.Validation) string {
	const words = "This is a test. "
	text := words[:len(words)-1]
	if low := bounds.MinLength; low != nil && len(text) < low.Value {
		text = strings.Repeat(words, low.Value/len(words)+1)[:low.Value]
	}
	if high := bounds.MaxLength; high != nil && len(text) > high.Value {
		text = text[:high.Value]
	}
	return text
}
