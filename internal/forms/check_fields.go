package forms

import (
	"fmt"

	"leadrail/models"
)

func (c *checker) fields(fields []models.Field) {
	if len(fields) == 0 {
		c.addf("fields", "required", "A form has at least one field.")
	}
	if len(fields) > maxFields {
		c.addf("fields", "max_items", "At most %d fields.", maxFields)
		return
	}
	seen := map[string]bool{}
	for i, field := range fields {
		path := fmt.Sprintf("fields[%d]", i)
		c.field(path, field)
		if seen[field.Name] {
			c.addf(path+".name", "duplicate", "Another field is called %q.", field.Name)
		}
		seen[field.Name] = true
	}
}

func (c *checker) field(path string, field models.Field) {
	before := len(c.problems)
	c.name(path+".name", field.Name)
	c.text(path+".label", field.Label)
	c.text(path+".placeholder", field.Placeholder)
	c.text(path+".helpText", field.HelpText)
	if !field.Type.Valid() {
		c.addf(path+".type", "unsupported",
			"The type of a field is text, email, tel, textarea, number, select, multiselect or date.")
		return
	}
	c.options(path+".options", field)
	c.validation(path+".validation", field)
	c.storable(path+".defaultValue", field.DefaultValue)
	if !given(field.DefaultValue) || len(c.problems) > before {
		return
	}
	if problem := checkValue(field, field.DefaultValue); problem != nil {
		c.addf(path+".defaultValue", problem.code, "%s", problem.message)
	}
}

func (c *checker) options(path string, field models.Field) {
	if field.Type != models.FieldSelect && field.Type != models.FieldMultiselect {
		if len(field.Options) > 0 {
			c.addf(path, "unsupported", "Only a select or multiselect field has options.")
		}
		return
	}
	if len(field.Options) == 0 {
		c.addf(path, "required", "A field to choose from has at least one option.")
	}
	if len(field.Options) > maxOptions {
		c.addf(path, "max_items", "At most %d options.", maxOptions)
		return
	}
	seen := map[string]bool{}
	for i, option := range field.Options {
		at := fmt.Sprintf("%s[%d]", path, i)
		c.text(at+".label", option.Label)
		c.text(at+".value", option.Value)
		if option.Value == "" {
			c.addf(at+".value", "required", "An option has a value.")
		}
		if seen[option.Value] {
			c.addf(at+".value", "duplicate", "Another option has the value %q.", option.Value)
		}
		seen[option.Value] = true
	}
}

func (c *checker) validation(path string, field models.Field) {
	rules := field.Validation
	message(c, path+".required", rules.Required)
	message(c, path+".min", rules.Min)
	message(c, path+".max", rules.Max)
	message(c, path+".minLength", rules.MinLength)
	message(c, path+".maxLength", rules.MaxLength)
	if field.Type != models.FieldNumber && (rules.Min != nil || rules.Max != nil) {
		c.addf(path, "unsupported", "min and max bound a number field; a text has minLength and maxLength.")
	}
	if !hasLength(field.Type) && (rules.MinLength != nil || rules.MaxLength != nil) {
		c.addf(path, "unsupported", "minLength and maxLength bound a text, textarea, email or tel field.")
	}
	if rules.Min != nil && rules.Max != nil && rules.Min.Value > rules.Max.Value {
		c.addf(path+".min", "range", "min is above max: no value could pass.")
	}
	if rules.MinLength != nil && rules.MinLength.Value < 0 {
		c.addf(path+".minLength", "range", "A length is not negative.")
	}
	if rules.MaxLength != nil && rules.MaxLength.Value < lengthOf(rules.MinLength) {
		c.addf(path+".maxLength", "range", "maxLength is below minLength: no value could pass.")
	}
}

// message checks the text that a rule shows to a visitor.
func message[T any](c *checker, path string, rule *models.Rule[T]) {
	if rule != nil {
		c.text(path+".message", rule.Message)
	}
}

func hasLength(t models.FieldType) bool {
	return t == models.FieldText || t == models.FieldTextarea || t == models.FieldEmail || t == models.FieldTel
}

// lengthOf reads a bound that is 0 when absent.
func lengthOf(rule *models.Rule[int]) int {
	if rule == nil {
		return 0
	}
	return rule.Value
}
