package config

import (
	"fmt"
	"reflect"
	"strings"
)

// Setting describes one setting for flags and documentation.
type Setting struct {
	Variable    string
	Flag        string
	Default     string
	Description string
	field       string
}

// Settings lists every setting in the order of the struct.
func Settings() []Setting {
	var settings []Setting
	for _, field := range reflect.VisibleFields(reflect.TypeFor[Config]()) {
		variable := field.Tag.Get("env")
		settings = append(settings, Setting{
			Variable:    variable,
			Flag:        flagName(variable),
			Default:     field.Tag.Get("envDefault"),
			Description: field.Tag.Get("desc"),
			field:       field.Name,
		})
	}
	return settings
}

// usage is the help on the setting's flag.
func (s Setting) usage() string {
	if s.Default == "" {
		return fmt.Sprintf("%s [%s]", s.Description, s.Variable)
	}
	return fmt.Sprintf("%s [%s=%s]", s.Description, s.Variable, s.Default)
}

// flagName turns LEADRAIL_DATA_DIR into data-dir.
func flagName(variable string) string {
	name := strings.TrimPrefix(variable, "LEADRAIL_")
	return strings.ReplaceAll(strings.ToLower(name), "_", "-")
}

func variableOf(field string) string {
	for _, setting := range Settings() {
		if setting.field == field {
			return setting.Variable
		}
	}
	return field
}
