package forms

import (
	"leadrail/internal/rules"
	"leadrail/models"
)

const dialect = "https://json-schema.org/draft/2020-12/schema"

// Names in $defs: what counts as not given, and per field the condition under which
// it is shown. Where that cannot be told in full there are two: it may hold, and
// it holds surely.
const (
	defNothing = "nothing"
	defShown   = "shown."
	defMaybe   = "maybe."
)

// Schema is the schema of a form's data while nothing is known of the agent's
// signals. A field whose condition asks for one need not be filled in, but is
// bounded by its rules. So it takes whatever is kept of a lead ([Accepted]) under
// any signals, and it may take more: data whose field turns out to be shown and
// required.
//
// What it says otherwise is said at [SchemaUnder].
func Schema(definition models.FormDefinition) *JSONSchema {
	return schema(definition, nil)
}

// SchemaUnder is the schema of a form's data under the agent's signals. It takes
// exactly what [Accept] has no problem with: values of hidden fields do not
// matter, and null, "" and [] count as not given. Validators need only know the
// 2020-12 vocabularies; patterns mean the same in RE2 and in ECMA-262 with the
// flag u. In three cases it takes more than Accept:
//
//   - An e-mail address ("idn-email") and a phone number ("phone", or "phone-DE" for
//     the numbers of a region) are as good as the validator's own check of the format.
//     One that only annotates formats takes any text for the former, and digits in
//     the shape of a number for the latter.
//   - A pattern with ^ or $ for lines, "(?m)", has no equal in both dialects and is
//     left out.
//   - Patterns match no text of more than 16 KiB. Schemas count characters, so a text
//     of at most 16,384 characters that takes more bytes is not held back.
//
// And a condition that asks which of two times comes first, in a datetime field, or
// has a pattern of the second case, cannot be told: its field is treated as one
// whose signals are not known, as [Schema] says.
//
// Numbers are float64, as JavaScript reads them: a validator that reckons with more
// digits than those may tell apart what Accept takes for equal. And \p{L} and its
// like mean the validator's version of Unicode.
func SchemaUnder(definition models.FormDefinition, signals map[string]any) *JSONSchema {
	if signals == nil {
		signals = map[string]any{}
	}
	return schema(definition, signals)
}

// schema takes nil for signals that are not known.
func schema(definition models.FormDefinition, signals map[string]any) *JSONSchema {
	s := &schemer{fields: map[string]models.Field{}, signals: signals, shown: map[string]truth{}}
	s.root = &JSONSchema{
		Schema: dialect, Title: definition.Title, Description: definition.Description, Type: "object", Closed: true,
	}
	for _, field := range definition.Fields {
		s.fields[field.Name] = field
	}
	for _, field := range definition.Fields {
		s.field(field)
	}
	s.root.Defs = append(s.root.Defs, Property{defNothing, &JSONSchema{
		Description: "Counts as not given.", Enum: []any{nil, "", []any{}},
	}})
	return s.root
}

// schemer makes one schema.
type schemer struct {
	root    *JSONSchema
	fields  map[string]models.Field
	signals map[string]any
	// shown has the fields whose condition stands in $defs, or is known.
	shown map[string]truth
}

// field adds a field: described among the properties, and bounded while it is
// shown.
func (s *schemer) field(field models.Field) {
	shown, property := s.isShown(field), described(field)
	if shown.may.is(true) {
		bound(property, valueOrNothing(field))
	} else if !shown.may.is(false) {
		bounds := Properties{{field.Name, valueOrNothing(field)}}
		s.root.AllOf = append(s.root.AllOf, &JSONSchema{If: shown.may, Then: &JSONSchema{Properties: bounds}})
	}
	if required(field) {
		must := []string{field.Name}
		switch last := len(s.root.AllOf) - 1; {
		case shown.must.is(true):
			s.root.Required = append(s.root.Required, field.Name)
		case shown.must.is(false):
		case shown.must == shown.may:
			s.root.AllOf[last].Then.Required = must
		default:
			s.root.AllOf = append(s.root.AllOf, &JSONSchema{If: shown.must, Then: &JSONSchema{Required: must}})
		}
	}
	s.root.Properties = append(s.root.Properties, Property{field.Name, property})
}

// bound adds to the description of a field what it takes.
func bound(property, bounds *JSONSchema) {
	title, description, standard := property.Title, property.Description, property.Default
	*property = *bounds
	property.Title, property.Description, property.Default = title, description, standard
}

// isShown tells when a field is shown, by reference where that is not known
// beforehand.
func (s *schemer) isShown(field models.Field) truth {
	if field.VisibleWhen == nil {
		return known(true)
	}
	if shown, done := s.shown[field.Name]; done {
		return shown
	}
	s.shown[field.Name] = known(false) // fields cannot decide about themselves: see rules.Visible
	shown := s.holds(field.VisibleWhen)
	same := shown.may == shown.must
	if !shown.must.known() {
		shown.must = s.define(defShown+field.Name, shown.must)
	}
	switch {
	case same:
		shown.may = shown.must
	case !shown.may.known():
		shown.may = s.define(defMaybe+field.Name, shown.may)
	}
	s.shown[field.Name] = shown
	return shown
}

func (s *schemer) define(name string, schema *JSONSchema) *JSONSchema {
	s.root.Defs = append(s.root.Defs, Property{name, schema})
	return &JSONSchema{Ref: "#/$defs/" + name}
}

// valueOrNothing is what a field takes while it is shown, or nothing unless that is
// required.
func valueOrNothing(field models.Field) *JSONSchema {
	value := valueOf(field)
	if required(field) {
		return answered(field, value)
	}
	return &JSONSchema{AnyOf: []*JSONSchema{value, {Ref: "#/$defs/" + defNothing}}}
}

func required(field models.Field) bool {
	rule := field.Validation.Required
	return rule != nil && rule.Value
}

// givenSchema takes whatever is there.
func givenSchema() *JSONSchema {
	return &JSONSchema{Not: &JSONSchema{Ref: "#/$defs/" + defNothing}}
}

// longest is the length up to which patterns match.
func longest(own *models.Rule[int]) *int {
	limit := rules.MaxMatchText
	if own != nil {
		limit = min(limit, own.Value)
	}
	return &limit
}
