package models_test

import (
	"encoding/json"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"leadrail/models"
)

func TestPatternsMatchWholeTexts(t *testing.T) {
	t.Parallel()
	for pattern, texts := range map[string]map[string]bool{
		`[A-Z]{2}\d+`: {"AB12": true, "AB": false, "xAB12": false, "AB12x": false, "AB12\n": false},
		`yes|no`:      {"yes": true, "no": true, "yesno": false, "oh no": false},
		`(?m)^a$`:     {"a": true, "a\na": false},
		`.{3}`:        {"äöü": true, "äö": false},
		``:            {"": true, "a": false},
		`a)(b`:        {"ab": true}, // whoever saves a form refuses it
		`(a`:          {"a": false, "(a": false},
	} {
		rule := &models.PatternRule{Value: pattern}
		for range 2 {
			for text, want := range texts {
				require.Equal(t, want, rule.Match(text), "%q in %q", pattern, text)
			}
		}
	}
}

func TestOnePatternIsForManyAtOnce(t *testing.T) {
	t.Parallel()
	rule := &models.PatternRule{Value: `(a|b)+`}
	var all sync.WaitGroup
	matches := make([]bool, 8)
	for i := range matches {
		all.Go(func() { matches[i] = rule.Match("abba") })
	}
	all.Wait()
	require.NotContains(t, matches, false)
}

func TestPatternsAreEqualByWhatTheySay(t *testing.T) {
	t.Parallel()
	used, fresh := &models.PatternRule{Value: "a", Message: "A!"}, &models.PatternRule{Value: "a", Message: "A!"}
	require.True(t, used.Match("a"))
	require.True(t, used.Equal(fresh))
	require.Empty(t, cmp.Diff(models.Validation{Pattern: used}, models.Validation{Pattern: fresh}))
	for _, other := range []*models.PatternRule{nil, {Value: "b", Message: "A!"}, {Value: "a"}} {
		require.False(t, used.Equal(other))
		require.NotEmpty(t, cmp.Diff(other, used))
	}
	require.True(t, (*models.PatternRule)(nil).Equal(nil))

	stored, err := json.Marshal(used)
	require.NoError(t, err)
	require.JSONEq(t, `{"value":"a","message":"A!"}`, string(stored))
}
