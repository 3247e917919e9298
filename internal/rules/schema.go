package rules

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"leadrail/models"
)

// Schema says what a condition may ask about in the place where it stands.
type Schema struct {
	// Fields are the fields of the form, in its order.
	Fields []models.Field
	// Open allows fields that are not among Fields, with every operator:
	// routing rules are asked about the leads of any form.
	Open bool
	// Signals allows "signals.<name>", with every operator.
	Signals bool
	// Outcome allows score, tier and qualified.
	Outcome bool
	// Tiers are the names that tier can have; nil allows any.
	Tiers []string
}

// kind is what a name holds, as far as operators care.
type kind string

const (
	kindAny     kind = "a value"
	kindText    kind = "a text"
	kindNumber  kind = "a number"
	kindBool    kind = "true or false"
	kindDate    kind = "a date"
	kindChoice  kind = "one choice"
	kindChoices kind = "several choices"
	kindFile    kind = "a file"
)

// kindOf maps the type of a field. An unknown type takes every operator: its
// own error is reported where the field is defined.
func kindOf(fieldType models.FieldType) kind {
	switch fieldType {
	case "text", "email", "tel", "textarea":
		return kindText
	case "number":
		return kindNumber
	case "select":
		return kindChoice
	case "multiselect":
		return kindChoices
	case "date", "datetime":
		return kindDate
	case "file", "image":
		return kindFile
	}
	return kindAny
}

// operators lists every operator.
func operators() []models.Operator {
	return []models.Operator{
		models.OpEq, models.OpNe, models.OpGt, models.OpGte, models.OpLt, models.OpLte,
		models.OpIn, models.OpNotIn, models.OpContains, models.OpExists, models.OpMatches,
	}
}

// takes lists the operators that can hold of a kind of value.
func (k kind) takes() []models.Operator {
	switch k {
	case kindText:
		return []models.Operator{
			models.OpEq, models.OpNe, models.OpIn, models.OpNotIn, models.OpContains, models.OpExists, models.OpMatches,
		}
	case kindNumber, kindDate:
		return []models.Operator{
			models.OpEq, models.OpNe, models.OpGt, models.OpGte, models.OpLt, models.OpLte,
			models.OpIn, models.OpNotIn, models.OpExists,
		}
	case kindBool:
		return []models.Operator{models.OpEq, models.OpNe, models.OpExists}
	case kindChoice:
		return []models.Operator{models.OpEq, models.OpNe, models.OpIn, models.OpNotIn, models.OpExists, models.OpMatches}
	case kindChoices:
		return []models.Operator{models.OpContains, models.OpIn, models.OpNotIn, models.OpExists}
	case kindFile:
		return []models.Operator{models.OpExists}
	default:
		return operators()
	}
}

// subject is what a comparison is about.
type subject struct {
	kind kind
	// options are the values that a choice can have; nil allows any.
	options []string
}

// problem is what is wrong with a part of a definition.
type problem struct{ code, message string }

func refuse(code, format string, args ...any) *problem {
	return &problem{code: code, message: fmt.Sprintf(format, args...)}
}

var fieldPattern = regexp.MustCompile(`^[a-z_][a-z0-9_]{0,63}$`)

// subject finds what name stands for, or says why it stands for nothing.
func (s Schema) subject(name string) (subject, *problem) {
	if isOutcome(name) {
		return s.outcome(name)
	}
	if strings.HasPrefix(name, nameSignals+".") {
		return s.signal(name)
	}
	for _, field := range s.Fields {
		if field.Name == name {
			return subject{kind: kindOf(field.Type), options: optionValues(field)}, nil
		}
	}
	if s.Open && fieldPattern.MatchString(name) {
		return subject{kind: kindAny}, nil
	}
	return subject{}, s.unknown(name)
}

func isOutcome(name string) bool {
	return name == nameScore || name == nameTier || name == nameQualified
}

func (s Schema) outcome(name string) (subject, *problem) {
	if !s.Outcome {
		return subject{}, refuse("unavailable", "%q is the outcome of the scoring rules and not known here.", name)
	}
	switch name {
	case nameScore:
		return subject{kind: kindNumber}, nil
	case nameQualified:
		return subject{kind: kindBool}, nil
	default:
		return subject{kind: kindChoice, options: s.Tiers}, nil
	}
}

// maxSignalPath is the longest dotted path, in bytes.
const maxSignalPath = 256

func (s Schema) signal(name string) (subject, *problem) {
	if !s.Signals {
		return subject{}, refuse("unavailable", "The agent's signals are not known here.")
	}
	if len(name) > maxSignalPath || slices.Contains(strings.Split(name, "."), "") {
		return subject{}, refuse("unknown_field", `A signal is written "signals.<name>", in at most %d bytes.`, maxSignalPath)
	}
	return subject{kind: kindAny}, unlessStorable(name)
}

func optionValues(field models.Field) []string {
	if len(field.Options) == 0 {
		return nil
	}
	values := make([]string, len(field.Options))
	for i, option := range field.Options {
		values[i] = option.Value
	}
	return values
}

// unknown names the nearest known name where one is near.
func (s Schema) unknown(name string) *problem {
	if first, rest, dotted := strings.Cut(name, "."); dotted {
		if _, near := models.Nearest(first, []string{nameSignals}); s.Signals && rest != "" && near {
			return refuse("unknown_field", "%q is not known. Did you mean %q?", clip(name), nameSignals+"."+clip(rest))
		}
		return refuse("unknown_field", "%q is not known: only signals have dotted names.", clip(name))
	}
	if near, found := models.Nearest(name, s.names()); found {
		return refuse("unknown_field", "%q is not known. Did you mean %q?", clip(name), near)
	}
	return refuse("unknown_field", "%q is not known.", clip(name))
}

func (s Schema) names() []string {
	var names []string
	for _, field := range s.Fields {
		names = append(names, field.Name)
	}
	if s.Outcome {
		names = append(names, nameScore, nameTier, nameQualified)
	}
	return names
}
