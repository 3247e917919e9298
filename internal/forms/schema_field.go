package forms

import (
	"fmt"
	"strings"
	"unicode"

	"leadrail/internal/id"
	"leadrail/models"
)

// maxListed is how many options are told by their labels.
const maxListed = 50

// Patterns of values, in the syntax of portable.
const (
	// dayShape is a day that is in the calendar.
	dayShape = `(?:[0-9]{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))` +
		`|(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29)`
	timeShape   = `(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\.[0-9]{1,9})?)?`
	offsetShape = `(?:Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])?`

	datePattern     = `^` + dayShape + `$`
	datetimePattern = `^` + dayShape + `T` + timeShape + offsetShape + `$`
	filePattern     = `^` + string(id.File) + `_[0-7][0-9a-hjkmnp-tv-z]{25}$`
	// digitsPattern is a phone number without a country: five to fifteen digits.
	digitsPattern = `^[^0-9]*(?:[0-9][^0-9]*){5,15}$`
)

// described is what a person, or a model, is told of a field.
func described(field models.Field) *JSONSchema {
	var told []string
	add := func(format, text string) {
		if text != "" {
			told = append(told, fmt.Sprintf(format, text))
		}
	}
	add("%s", field.HelpText)
	add("Such as: %s", field.Placeholder)
	add("Options: %s.", optionLabels(field.Options))
	add("%s", hint(field.Type))
	if field.VisibleWhen != nil {
		add("Only while %s.", inWords(field.VisibleWhen))
	}
	description := &JSONSchema{Title: field.Label, Description: strings.Join(told, "\n")}
	if given(field.DefaultValue) {
		description.Default = field.DefaultValue
	}
	return description
}

// hint tells of a type what its rules do not.
func hint(kind models.FieldType) string {
	switch kind {
	case models.FieldFile, models.FieldImage:
		return "The id of a file that was uploaded for this field."
	case models.FieldEmail:
		return "An e-mail address."
	case models.FieldDatetime:
		return "A date and a time such as 2026-11-22T09:30, with an offset or without."
	case models.FieldText, models.FieldTextarea, models.FieldTel, models.FieldNumber, models.FieldSelect,
		models.FieldMultiselect, models.FieldDate:
	}
	return ""
}

// optionLabels is empty where the values say it all.
func optionLabels(options []models.Option) string {
	var labels []string
	for _, option := range options[:min(len(options), maxListed)] {
		if option.Label != "" && option.Label != option.Value {
			labels = append(labels, fmt.Sprintf("%s (%s)", option.Value, option.Label))
		}
	}
	return strings.Join(labels, ", ")
}

// valueOf takes the values of a field, and perhaps nothing.
func valueOf(field models.Field) *JSONSchema {
	switch field.Type {
	case models.FieldNumber:
		return numberOf(field.Validation)
	case models.FieldSelect:
		return &JSONSchema{Type: "string", Enum: optionValues(field.Options)}
	case models.FieldMultiselect:
		return &JSONSchema{Type: "array", Items: &JSONSchema{Type: "string", Enum: optionValues(field.Options)}, UniqueItems: true}
	case models.FieldDate:
		return &JSONSchema{Type: "string", Format: "date", Pattern: datePattern}
	case models.FieldDatetime:
		return &JSONSchema{Type: "string", Pattern: datetimePattern}
	case models.FieldFile, models.FieldImage:
		return &JSONSchema{Type: "string", Pattern: filePattern}
	case models.FieldText, models.FieldTextarea, models.FieldEmail, models.FieldTel:
	}
	return typedOf(field)
}

func numberOf(bounds models.Validation) *JSONSchema {
	schema := &JSONSchema{Type: "number"}
	if bounds.Min != nil {
		schema.Minimum = &bounds.Min.Value
	}
	if bounds.Max != nil {
		schema.Maximum = &bounds.Max.Value
	}
	return schema
}

// optionValues is never nil: without options there is no value.
func optionValues(options []models.Option) []any {
	values := make([]any, len(options))
	for i, option := range options {
		values[i] = option.Value
	}
	return values
}

// typedOf takes what people type.
func typedOf(field models.Field) *JSONSchema {
	bounds := field.Validation
	schema := &JSONSchema{Type: "string", MinLength: lengthOf(bounds.MinLength)}
	if bounds.MaxLength != nil {
		schema.MaxLength = &bounds.MaxLength.Value
	}
	switch {
	case field.Type == models.FieldEmail:
		schema.Format = "idn-email"
	case field.Type == models.FieldTel && field.Region == "":
		schema.Format = "phone"
		schema.also(telShape(), `\+|`+digitsPattern)
	case field.Type == models.FieldTel:
		schema.Format = "phone-" + field.Region
		schema.also(telShape())
	}
	if bounds.Pattern != nil {
		schema.MaxLength = longest(bounds.MaxLength)
		if pattern, ok := portable(`\A(?:` + bounds.Pattern.Value + `)\z`); ok {
			schema.also(pattern)
		}
	}
	return schema
}

// telShape is telPattern, portable.
func telShape() string {
	pattern, _ := portable(telPattern.String()) // it has no lines
	return pattern
}

// answered is a value that must be there, and not be white space alone.
func answered(field models.Field, value *JSONSchema) *JSONSchema {
	switch field.Type {
	case models.FieldText, models.FieldTextarea:
		value.also("[^" + ranges(tableRanges(unicode.White_Space)) + "]")
	case models.FieldMultiselect:
		value.MinItems = 1
	case models.FieldEmail, models.FieldTel, models.FieldNumber, models.FieldSelect, models.FieldDate, models.FieldDatetime,
		models.FieldFile, models.FieldImage:
	}
	return value
}

// also adds patterns; a schema has room for one, and more are schemas of their own.
func (s *JSONSchema) also(patterns ...string) {
	for _, pattern := range patterns {
		switch {
		case s.Pattern == "" && len(s.AllOf) == 0:
			s.Pattern = pattern
		default:
			s.AllOf = append(s.AllOf, &JSONSchema{Pattern: pattern})
		}
	}
}
