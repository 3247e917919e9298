package forms

import (
	"encoding/json"
	"iter"
	"slices"
	"strings"

	"leadrail/models"
)

// askedFields are the fields that the scoring rules ask about.
func askedFields(definition models.FormDefinition) []models.Field {
	asked := map[string]bool{}
	for c := range comparisons(scoring(definition)) {
		asked[c.Field] = true
	}
	return slices.DeleteFunc(slices.Clone(definition.Fields), func(field models.Field) bool { return !asked[field.Name] })
}

// signalsOf tells by name what is known of the signals that the form asks about:
// words to choose from, or another type than text.
func signalsOf(definition models.FormDefinition) map[string]string {
	conditions := scoring(definition)
	for _, field := range definition.Fields {
		if field.VisibleWhen != nil {
			conditions = append(conditions, *field.VisibleWhen)
		}
	}
	words := map[string][]string{}
	for c := range comparisons(conditions) {
		if name, ok := strings.CutPrefix(c.Field, signalPrefix); ok {
			words[name] = append(words[name], vocabulary(c)...)
		}
	}
	signals := map[string]string{}
	for name, known := range words {
		slices.Sort(known)
		if known = slices.Compact(known); len(known) > 0 {
			signals[name] = ": " + strings.Join(known, ", ")
		} else {
			signals[name] = ""
		}
	}
	return signals
}

// vocabulary is what a comparison tells of the values that a signal may have.
func vocabulary(c models.Condition) []string {
	switch c.Op {
	case models.OpEq, models.OpNe:
		return wordOf(c.Value)
	case models.OpIn, models.OpNotIn:
		var words []string
		list, _ := c.Value.([]any)
		for _, value := range list {
			words = append(words, wordOf(value)...)
		}
		return words
	case models.OpGt, models.OpGte, models.OpLt, models.OpLte:
		if _, text := c.Value.(string); text {
			return []string{"a date such as 2026-11-22"}
		}
		return []string{"a number"}
	case models.OpContains, models.OpExists, models.OpMatches:
	}
	return nil
}

// wordOf tells a text, and of a number only that it is one.
func wordOf(value any) []string {
	switch value.(type) {
	case bool:
		return []string{"true or false"}
	case string:
		word, _ := json.Marshal(value) // a text cannot fail
		return []string{string(word)}
	}
	return []string{"a number"}
}

func scoring(definition models.FormDefinition) []models.Condition {
	var conditions []models.Condition
	if definition.Qualification != nil {
		for _, rule := range definition.Qualification.Rules {
			conditions = append(conditions, rule.When)
		}
	}
	return conditions
}

// comparisons walks over the comparisons that conditions are made of.
func comparisons(conditions []models.Condition) iter.Seq[models.Condition] {
	return func(yield func(models.Condition) bool) { walk(conditions, yield) }
}

// walk reports whether to go on.
func walk(conditions []models.Condition, yield func(models.Condition) bool) bool {
	for _, c := range conditions {
		switch {
		case c.Not != nil:
			if !walk([]models.Condition{*c.Not}, yield) {
				return false
			}
		case c.All != nil || c.Any != nil:
			if !walk(c.All, yield) || !walk(c.Any, yield) {
				return false
			}
		case !yield(c):
			return false
		}
	}
	return true
}
