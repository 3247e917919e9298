package forms

import (
	"slices"

	"leadrail/models"
)

// checkChoices takes a list of different options.
func checkChoices(field models.Field, value any) *problem {
	chosen, ok := value.([]any)
	if !ok {
		return broken("type", "", "%s is a list of options.", label(field))
	}
	seen := map[string]bool{}
	for _, item := range chosen {
		text, ok := item.(string)
		if !ok {
			return broken("type", "", "%s is a list of options, which are texts.", label(field))
		}
		if p := checkOption(field, text); p != nil {
			return p
		}
		if seen[text] {
			return broken("duplicate", "", "%s has an option twice.", label(field))
		}
		seen[text] = true
	}
	return nil
}

func checkOption(field models.Field, text string) *problem {
	if !slices.ContainsFunc(field.Options, func(o models.Option) bool { return o.Value == text }) {
		return broken("option", "", "%s is one of the options.", label(field))
	}
	return nil
}
