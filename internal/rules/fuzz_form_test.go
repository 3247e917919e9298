package rules_test

import (
	"encoding/json"
	"regexp"
	"slices"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"leadrail/internal/rules"
	"leadrail/models"
)

// FuzzVisible: whatever decides about whether fields are shown, circles too,
// there is an answer for each; where nothing is wrong with the conditions, it is
// the same in whatever order the fields are asked about, and after they were
// stored as JSON.
func FuzzVisible(f *testing.F) {
	conditions := append(seeds(), `null`, `{"field":"a","op":"exists"}`, `{"not":{"field":"b","op":"eq","value":"x"}}`,
		`{"any":[{"field":"c","op":"exists","value":false},{"field":"b","op":"in","value":["x"]}]}`)
	for i, first := range conditions {
		f.Add(first, conditions[(i+1)%len(conditions)], conditions[(i+2)%len(conditions)], `{"a":"x","b":"x","c":["x"],"x":5}`)
	}
	f.Fuzz(func(t *testing.T, a, b, c, data string) {
		schema := rules.Schema{Signals: true}
		written := map[string]*models.Condition{}
		for i, text := range []string{a, b, c} {
			name := string(rune('a' + i))
			schema.Fields = append(schema.Fields, models.Field{Name: name, Type: models.FieldText})
			var condition *models.Condition
			if json.Unmarshal([]byte(text), &condition) != nil {
				return
			}
			written[name] = condition
		}
		facts := rules.Facts{}
		facts.Data, _ = models.Document(data).Object()
		order := []string{"a", "b", "c"}
		shown := rules.Visible(order, written, facts)
		require.Len(t, shown, len(order))
		if len(rules.CheckVisibility(written, schema)) > 0 {
			return
		}
		encoded, err := json.Marshal(written)
		require.NoError(t, err)
		var read map[string]*models.Condition
		require.NoError(t, json.Unmarshal(encoded, &read))
		slices.Reverse(order)
		require.Equal(t, shown, rules.Visible(order, read, facts))
	})
}

// FuzzPattern: a pattern that may be used is one of RE2's, and a text that it
// takes whole is one in which it is found.
func FuzzPattern(f *testing.F) {
	for _, pattern := range []string{`[A-Z]{2}\d+`, `yes|no`, `(?m)^a$`, `a)(b`, `(?i`, `\Qa.b`, `x{900}`, `(a|b)*c\.`, ``, `\`, `(?-s).*`, `[[:^alpha:]]`} {
		f.Add(pattern, "AB12")
		f.Add(pattern, "a\na")
	}
	f.Fuzz(func(t *testing.T, pattern, text string) {
		if len(text) > rules.MaxMatchText || rules.CheckPattern(pattern) != nil {
			return
		}
		rule := &models.PatternRule{Value: pattern}
		taken := rule.Match(text)
		require.Equal(t, taken, rule.Match(text))
		found, err := regexp.Compile(pattern)
		require.NoError(t, err)
		if taken {
			require.True(t, found.MatchString(text))
		}
		if literal := regexp.QuoteMeta(text); rules.CheckPattern(literal) == nil && utf8.ValidString(text) {
			require.True(t, (&models.PatternRule{Value: literal}).Match(text))
		}
	})
}
