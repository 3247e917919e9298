package activities

import (
	"encoding/json"
	"fmt"
	"strings"

	"leadrail/internal/mail"
	"leadrail/models"
)

// mailFields lists a lead's answers as a mail shows them, in the form's order,
// and finds the lead's own address: the first e-mail field that was filled in.
func mailFields(definition models.FormDefinition, formData models.Document) ([]mail.Field, mail.Address, error) {
	data, err := formData.Object()
	if err != nil {
		return nil, mail.Address{}, err
	}
	var fields []mail.Field
	var own mail.Address
	for _, field := range definition.Fields {
		value, given := data[field.Name]
		if !given {
			continue
		}
		text := plainText(field, value)
		fields = append(fields, mail.Field{Name: field.Name, Label: field.Label, Value: text})
		if field.Type == models.FieldEmail && own.Email == "" {
			own.Email = text
		}
	}
	return fields, own, nil
}

// plainText writes a value as a person would: the labels of what was chosen,
// numbers as they were sent.
func plainText(field models.Field, value any) string {
	switch value := value.(type) {
	case string:
		return optionLabel(field, value)
	case json.Number:
		return value.String()
	case []any:
		texts := make([]string, len(value))
		for i, item := range value {
			texts[i] = plainText(field, item)
		}
		return strings.Join(texts, ", ")
	default:
		return fmt.Sprint(value)
	}
}

func optionLabel(field models.Field, value string) string {
	for _, option := range field.Options {
		if option.Value == value && option.Label != "" {
			return option.Label
		}
	}
	return value
}
