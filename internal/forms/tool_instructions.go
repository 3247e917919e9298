package forms

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"leadrail/models"
)

// instructions are a text for an agent's prompt: when to show the form, what to find
// out before, what never to make up, and what answers mean. Of the scoring rules it
// tells what they ask about, and which words they know for a signal, but neither
// bounds, names nor points.
func instructions(formID string, definition models.FormDefinition) string {
	var out strings.Builder
	fmt.Fprintf(&out, "# Form %s: %s\n\n", definition.Name, label(models.Field{Name: definition.Name, Label: definition.Title}))
	if definition.Description != "" {
		fmt.Fprintf(&out, "%s\n\n", definition.Description)
	}
	writeBefore(&out, formID, definition)
	writeFilling(&out, definition)
	writeSending(&out, formID, definition)
	return out.String()
}

// writeBefore is about the time before the form is shown.
func writeBefore(out *strings.Builder, formID string, definition models.FormDefinition) {
	signals := signalsOf(definition)
	fields := askedFields(definition)
	if len(signals)+len(fields) == 0 && definition.Qualification == nil {
		return
	}
	out.WriteString("## Before you show it\n\n")
	if len(fields) > 0 {
		out.WriteString("Find out in the conversation, one question at a time:\n\n")
		for _, field := range fields {
			fmt.Fprintf(out, "- %s (`%s`)\n", label(field), field.Name)
		}
		out.WriteByte('\n')
	}
	if len(signals) > 0 {
		out.WriteString("Note these signals when the conversation shows them, and leave them out while it does not:\n\n")
		for _, name := range slices.Sorted(maps.Keys(signals)) {
			fmt.Fprintf(out, "- `%s`%s\n", name, signals[name])
		}
		out.WriteByte('\n')
	}
	if definition.Qualification != nil {
		fmt.Fprintf(out, `Then ask the gate: POST /v1/forms/%s/qualify with {"conversationId", "signals", "formData"}, where formData is what you know
so far. Show the form only if the answer has "showForm": true. Otherwise go on helping, do not mention the form, and
ask again when you know more. Never tell the visitor about scores or reasons.

`, formID)
	}
}

func writeFilling(out *strings.Builder, definition models.FormDefinition) {
	var musts, conditional []string
	for _, field := range definition.Fields {
		switch {
		case field.VisibleWhen != nil:
			line := fmt.Sprintf("- %s (`%s`): only while %s\n", label(field), field.Name, inWords(field.VisibleWhen))
			conditional = append(conditional, line)
		case required(field):
			musts = append(musts, "`"+field.Name+"`")
		}
	}
	out.WriteString("## Filling it in\n\n")
	if len(musts) > 0 {
		fmt.Fprintf(out, "Required: %s. ", strings.Join(musts, ", "))
	}
	out.WriteString(`Leave out what the visitor has not told you. Never invent, guess or complete a value: no name, no address, no
number, no choice among options, no agreement. Ask instead, and send what the visitor said.

`)
	if len(conditional) > 0 {
		fmt.Fprintf(out, "Some fields belong to the form only under a condition; what is sent for them otherwise is dropped:\n\n%s\n", strings.Join(conditional, ""))
	}
}

func writeSending(out *strings.Builder, formID string, definition models.FormDefinition) {
	began := ""
	if definition.MinFillSeconds > 0 {
		began = `, "startedAt"`
	}
	fmt.Fprintf(out, `## Sending it

POST /v1/submissions with {"formId": "%s", "conversationId", "formData", "signals"%s} and an Idempotency-Key header that is the same for
every try of the same lead. 202 means that the lead is safe`, formID, began)
	if definition.SuccessMessage != "" {
		fmt.Fprintf(out, "; say: %s", definition.SuccessMessage)
	} else {
		out.WriteByte('.')
	}
	if began != "" {
		out.WriteString(`

"startedAt" is when you showed the form, such as 2026-11-22T09:30:00Z. An error with the code "too_fast" means that too little time has
passed since: wait a moment and send the same again.`)
	}
	out.WriteString(`

If the answer is an error:

- 422: "errors" lists what is wrong by "field", with a "message" for the visitor. Ask for these fields again and send the whole
  form anew. The code "unknown_field" is a mistake of yours: take the field out.
- 409: another lead was sent under this Idempotency-Key. Use a new one for another lead.
- 429 or 503: wait as many seconds as Retry-After says, then send the same again with the same Idempotency-Key.
- Anything else: apologise, do not say that the form was sent, and go on without it.
`)
}
