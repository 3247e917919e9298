package mail

import (
	"regexp"
	"strings"
)

// placeholder is {{name}}, with or without spaces inside the braces.
var placeholder = regexp.MustCompile(`\{\{\s*([A-Za-z_][A-Za-z0-9_]*)\s*\}\}`)

// expand fills in {{formName}} and {{field}}, the name of any field; an unknown
// name becomes nothing. That is all there is: values are not looked at again,
// and braces that are no placeholder stay.
func expand(template string, lead Lead) string {
	return placeholder.ReplaceAllStringFunc(template, func(match string) string {
		name := strings.Trim(match, "{} \t\r\n\f\v")
		if name == "formName" { // no field's name has a capital letter
			return lead.FormName
		}
		for _, field := range lead.Fields {
			if field.Name == name {
				return field.Value
			}
		}
		return ""
	})
}
