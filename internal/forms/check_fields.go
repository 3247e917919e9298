package forms

import (
	"fmt"
	"regexp/syntax"
	"strings"

	"leadrail/internal/rules"
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
		c.addf(path+".type", "unsupported", "The type of a field is one of %s.", typeNames())
		return
	}
	c.options(path+".options", field)
	c.region(path+".region", field)
	c.validation(path+".validation", field)
	c.storable(path+".defaultValue", field.DefaultValue)
	if !given(field.DefaultValue) || len(c.problems) > before {
		return
	}
	if problem := checkValue(field, field.DefaultValue); problem != nil {
		c.addf(path+".defaultValue", problem.code, "%s", problem.message)
	}
}

func typeNames() string {
	names := make([]string, len(models.FieldTypes()))
	for i, fieldType := range models.FieldTypes() {
		names[i] = string(fieldType)
	}
	return strings.Join(names, ", ")
}

func (c *checker) region(path string, field models.Field) {
	switch {
	case field.Region == "":
	case field.Type != models.FieldTel:
		c.addf(path, "unsupported", "Only a tel field has a region.")
	case !isRegion(field.Region):
		c.addf(path, "invalid", "A region is the code of a country in ISO 3166-1, such as DE.")
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
	bounds := field.Validation
	message(c, path+".required", bounds.Required)
	message(c, path+".min", bounds.Min)
	message(c, path+".max", bounds.Max)
	message(c, path+".minLength", bounds.MinLength)
	message(c, path+".maxLength", bounds.MaxLength)
	if field.Type != models.FieldNumber && (bounds.Min != nil || bounds.Max != nil) {
		c.addf(path, "unsupported", "min and max bound a number field; a text has minLength and maxLength.")
	}
	if !isTyped(field.Type) && (bounds.MinLength != nil || bounds.MaxLength != nil || bounds.Pattern != nil) {
		c.addf(path, "unsupported", "minLength, maxLength and pattern are for a text, textarea, email or tel field.")
	} else if bounds.Pattern != nil {
		c.pattern(path+".pattern", bounds.Pattern)
	}
	if bounds.Min != nil && bounds.Max != nil && bounds.Min.Value > bounds.Max.Value {
		c.addf(path+".min", "range", "min is above max: no value could pass.")
	}
	if bounds.MinLength != nil && bounds.MinLength.Value < 0 {
		c.addf(path+".minLength", "range", "A length is not negative.")
	}
	if bounds.MaxLength != nil && bounds.MaxLength.Value < lengthOf(bounds.MinLength) {
		c.addf(path+".maxLength", "range", "maxLength is below minLength: no value could pass.")
	}
}

// message checks the text that a rule shows to a visitor.
func message[T any](c *checker, path string, rule *models.Rule[T]) {
	if rule != nil {
		c.text(path+".message", rule.Message)
	}
}

func (c *checker) pattern(path string, rule *models.PatternRule) {
	if rule.Value == "" {
		c.addf(path+".value", "required", "Give a regular expression (RE2).")
	} else if err := rules.CheckPattern(rule.Value); err != nil {
		c.addf(path+".value", "pattern", "The pattern cannot be used: %s.", err)
	} else if _, err := syntax.Parse("(?:"+rule.Value+")", syntax.Perl); err != nil {
		c.addf(path+".value", "pattern", `What follows \Q must end with \E.`) // else it swallows what the pattern stands in
	}
	c.storable(path+".value", rule.Value)
	c.text(path+".message", rule.Message)
}

// lengthOf reads a bound that is 0 when absent.
func lengthOf(rule *models.Rule[int]) int {
	if rule == nil {
		return 0
	}
	return rule.Value
}
