package rules_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"leadrail/internal/rules"
	"leadrail/models"
)

// seeds are conditions of every form and operator, sound and not.
func seeds() []string {
	return []string{
		`{"field":"x","op":"eq","value":"pro"}`,
		`{"field":"x","op":"ne","value":5.0}`,
		`{"field":"x","op":"gt","value":9007199254740993}`,
		`{"field":"x","op":"lte","value":"2026-11-22T09:30Z"}`,
		`{"field":"signals.a.b","op":"in","value":["a",5,true]}`,
		`{"field":"x","op":"notIn","value":[null]}`,
		`{"field":"x","op":"contains","value":"İ"}`,
		`{"field":"x","op":"exists"}`,
		`{"field":"x","op":"exists","value":false}`,
		`{"field":"x","op":"matches","value":"^(a|b){2,5}$"}`,
		`{"all":[{"field":"score","op":"gte","value":40},{"not":{"field":"tier","op":"eq","value":"hot"}}]}`,
		`{"any":[{"field":"qualified","op":"eq","value":true},{"all":[]}]}`,
		`{"field":"x","op":"eq","value":1,"any":[{}]}`,
		`{}`,
	}
}

// FuzzHolds: whatever the condition and the lead, Holds answers, and a
// condition that Check lets pass answers the same after it was stored as JSON.
func FuzzHolds(f *testing.F) {
	for _, condition := range seeds() {
		for _, data := range []string{`{"x":"pro"}`, `{"x":5}`, `{"x":["a",5]}`, `{"x":"2026-11-22"}`, `{}`} {
			f.Add(condition, data, `{"a":{"b":"a"}}`, 50)
		}
	}
	schema := rules.Schema{Open: true, Signals: true, Outcome: true}
	f.Fuzz(func(t *testing.T, text, data, signals string, score int) {
		var written models.Condition
		if json.Unmarshal([]byte(text), &written) != nil {
			return
		}
		facts := rules.Facts{}
		facts.Data, _ = models.Document(data).Object()
		facts.Signals, _ = models.Document(signals).Object()
		facts = facts.WithQualification(models.Qualification{Score: score, Tier: "hot"})
		answer := rules.Holds(written, facts)
		if len(rules.Check("when", written, schema)) > 0 {
			return
		}
		stored, err := json.Marshal(written)
		require.NoError(t, err)
		var read models.Condition
		require.NoError(t, json.Unmarshal(stored, &read))
		require.Empty(t, rules.Check("when", read, schema))
		require.Equal(t, answer, rules.Holds(read, facts))
		if negated := not(written); len(rules.Check("when", negated, schema)) == 0 {
			require.NotEqual(t, answer, rules.Holds(negated, facts))
		}
	})
}

// FuzzToMoment: what is read as a moment is one that other readers of ISO 8601
// agree on, and every spelling of it is ordered like it.
func FuzzToMoment(f *testing.F) {
	for _, text := range []string{
		"2026-11-22", "2026-11-22T09:30", "2026-11-22T09:30Z", "2026-11-22T09:30:15.123456789+05:30", "0000-01-01",
		"2026-02-29", "2026-11-22T24:00", "2026-11-22T9:30", "9999-12-31T23:59:59-23:59",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		moment, ok := rules.ToMoment(text)
		if !ok {
			require.Zero(t, moment)
			return
		}
		require.Equal(t, text[:len("2006-01-02")], moment.Format(time.DateOnly))
		again, ok := rules.ToMoment(moment.Format(time.RFC3339Nano))
		require.True(t, ok, "%s", moment.Format(time.RFC3339Nano))
		require.True(t, again.Equal(moment))
		facts := rules.Facts{Data: map[string]any{"x": text}}
		require.True(t, rules.Holds(is("x", models.OpLte, moment.Format(time.RFC3339Nano)), facts))
		require.False(t, rules.Holds(is("x", models.OpGt, moment.Format(time.RFC3339Nano)), facts))
	})
}
