package api

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"unicode"

	"github.com/google/jsonschema-go/jsonschema"

	"leadrail/models"
)

// questions is the form as a client shows it: one flat object of texts, numbers and
// choices, in the form's order. What is known stands in it already, for the visitor
// to correct. Fields that are not always shown are not required: the answers are
// checked anyway.
func questions(fields []models.Field, known map[string]any) *jsonschema.Schema {
	schema := &jsonschema.Schema{Type: "object", Properties: map[string]*jsonschema.Schema{}}
	for _, field := range fields {
		if !askable(field) {
			continue
		}
		property := questionOf(field)
		property.Title = cmp.Or(field.Label, field.Name)
		property.Description = cmp.Or(field.HelpText, field.Placeholder)
		property.Default = defaultOf(field, known[field.Name])
		schema.Properties[field.Name] = property
		schema.PropertyOrder = append(schema.PropertyOrder, field.Name)
		if isRequired(field) {
			schema.Required = append(schema.Required, field.Name)
		}
	}
	return schema
}

func questionOf(field models.Field) *jsonschema.Schema {
	bounds := field.Validation
	switch field.Type {
	case models.FieldNumber:
		return &jsonschema.Schema{Type: "number", Minimum: valueOf(bounds.Min), Maximum: valueOf(bounds.Max)}
	case models.FieldSelect:
		return &jsonschema.Schema{Type: "string", OneOf: choices(field)}
	case models.FieldMultiselect:
		return &jsonschema.Schema{Type: "array", Items: &jsonschema.Schema{AnyOf: choices(field)}}
	case models.FieldEmail:
		return &jsonschema.Schema{Type: "string", Format: "email"}
	case models.FieldDate:
		return &jsonschema.Schema{Type: "string", Format: "date"}
	case models.FieldDatetime:
		return &jsonschema.Schema{Type: "string", Format: "date-time"}
	default:
		return &jsonschema.Schema{Type: "string", MinLength: valueOf(bounds.MinLength), MaxLength: valueOf(bounds.MaxLength)}
	}
}

func choices(field models.Field) []*jsonschema.Schema {
	schemas := make([]*jsonschema.Schema, len(field.Options))
	for i, option := range field.Options {
		schemas[i] = &jsonschema.Schema{Const: jsonschema.Ptr[any](option.Value), Title: cmp.Or(option.Label, option.Value)}
	}
	return schemas
}

func valueOf[T any](rule *models.Rule[T]) *T {
	if rule == nil {
		return nil
	}
	return &rule.Value
}

// defaultOf is the value to begin with: the known one, else the form's own; nil
// where it is none that the field takes.
func defaultOf(field models.Field, known any) json.RawMessage {
	if known == nil {
		known = field.DefaultValue
	}
	fits := false
	switch value := known.(type) {
	case string:
		fits = value != "" && field.Type != models.FieldNumber && field.Type != models.FieldMultiselect && isChoice(field, value)
	case json.Number, float64, int:
		fits = field.Type == models.FieldNumber
	case []any:
		fits = field.Type == models.FieldMultiselect && !slices.ContainsFunc(value, func(item any) bool {
			text, ok := item.(string)
			return !ok || !isChoice(field, text)
		})
	}
	if !fits {
		return nil
	}
	encoded, err := json.Marshal(known)
	if err != nil {
		return nil
	}
	return encoded
}

// isChoice reports whether the value is one of the options, where there are some.
func isChoice(field models.Field, value string) bool {
	return len(field.Options) == 0 || slices.ContainsFunc(field.Options, func(o models.Option) bool { return o.Value == value })
}

// isRequired reports whether every lead needs the field.
func isRequired(field models.Field) bool {
	required := field.Validation.Required
	return required != nil && required.Value && field.VisibleWhen == nil
}

// askable reports whether a client's form may ask for the field: files do not fit
// in, and secrets must not go through a client.
func askable(field models.Field) bool { return !isUpload(field) && !isSecret(field) }

func isUpload(field models.Field) bool {
	return field.Type == models.FieldFile || field.Type == models.FieldImage
}

// isSecret reports whether a field asks, by its name or label, for what a server
// must not ask for in a form (MCP 2026-07-28, "Elicitation", security).
func isSecret(field models.Field) bool {
	words := strings.FieldsFunc(strings.ToLower(field.Name+" "+field.Label), func(r rune) bool { return !unicode.IsLetter(r) })
	secrets := []string{
		"password", "passwords", "passwort", "passwd", "pwd", "passcode", "passphrase", "pin", "otp", "secret", "secrets", "token", "apikey",
		"credential", "credentials", "creditcard", "cardnumber", "cvv", "cvc", "iban", "ssn",
	}
	pairs := []string{
		"credit card", "debit card", "card number", "security code", "verification code", "api key", "access key", "private key",
		"social security", "bank account", "account number", "routing number", "sort code",
	}
	text := strings.Join(words, " ")
	return slices.ContainsFunc(words, func(word string) bool { return slices.Contains(secrets, word) }) ||
		slices.ContainsFunc(pairs, func(pair string) bool { return strings.Contains(text, pair) })
}

// missingElsewhere is the error of a form that cannot do without a field which a
// client's form may not ask for. It tells of the other problems as well.
func missingElsewhere(fields []models.Field, known map[string]any, others []models.FieldError) error {
	var problems []models.FieldError
	for _, field := range fields {
		if askable(field) || !isRequired(field) || known[field.Name] != nil {
			continue
		}
		message := "Only a page of yours may ask for this."
		if isUpload(field) {
			message = "Show the form in a page, or upload the file with POST /v1/files and put its id here."
		}
		problems = append(problems, models.FieldError{Field: dataPath(field), Code: "needs_page", Message: message})
	}
	if len(problems) == 0 {
		return nil
	}
	for _, other := range others {
		if !slices.ContainsFunc(problems, func(told models.FieldError) bool { return told.Field == other.Field }) {
			problems = append(problems, other)
		}
	}
	return &models.Error{
		Code: models.CodeInvalid, Reason: "needs_page",
		Message: "The visitor cannot be asked here: the form needs what a client's form does not take.", Fields: problems,
	}
}
