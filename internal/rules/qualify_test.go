package rules_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"leadrail/internal/rules"
	"leadrail/models"
)

// scoring gives 40 points for a budget, 30 for an intent, takes 25 for a
// student and notes what is worth nothing.
func scoring() *models.QualificationRules {
	return &models.QualificationRules{
		Rules: []models.ScoringRule{
			{Name: "Budget", When: is("budget", models.OpGte, 5000.0), Points: 40},
			{Name: "Wants to buy", When: is("signals.intent", models.OpEq, "buy"), Points: 30},
			{Name: "Student", When: is("email", models.OpMatches, `\.edu$`), Points: -25},
			{Name: "Noted", When: is("email", models.OpExists, nil), Points: 0},
		},
		Tiers:         []models.Tier{{Name: "cold", Min: 0}, {Name: "hot", Min: 70}, {Name: "warm", Min: 40}},
		QualifiedFrom: 40,
	}
}

func TestQualify(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		data, signals string
		want          models.Qualification
	}{
		"everything": {`{"budget":9000,"email":"a@b.co"}`, `{"intent":"buy"}`, models.Qualification{
			Score: 70, Tier: "hot", Qualified: true,
			Reasons: []models.Reason{{Rule: "Budget", Points: 40}, {Rule: "Wants to buy", Points: 30}, {Rule: "Noted", Points: 0}},
		}},
		"just enough": {`{"budget":5000}`, `{}`, models.Qualification{
			Score: 40, Tier: "warm", Qualified: true, Reasons: []models.Reason{{Rule: "Budget", Points: 40}},
		}},
		"points taken away": {`{"budget":5000,"email":"a@b.edu"}`, `{}`, models.Qualification{
			Score: 15, Tier: "cold", Qualified: false,
			Reasons: []models.Reason{{Rule: "Budget", Points: 40}, {Rule: "Student", Points: -25}, {Rule: "Noted", Points: 0}},
		}},
		"nothing": {`{}`, `{}`, models.Qualification{Tier: "cold", Reasons: []models.Reason{}}},
		"below every tier": {`{"email":"a@b.edu"}`, `{}`, models.Qualification{
			Score: -25, Reasons: []models.Reason{{Rule: "Student", Points: -25}, {Rule: "Noted", Points: 0}},
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			facts := rules.Facts{Data: object(t, c.data), Signals: object(t, c.signals)}
			require.Empty(t, cmp.Diff(c.want, rules.Qualify(scoring(), facts)))
		})
	}
}

func TestWithoutRulesEveryLeadIsQualified(t *testing.T) {
	t.Parallel()
	require.Empty(t, cmp.Diff(models.Qualification{Qualified: true, Reasons: []models.Reason{}}, rules.Qualify(nil, rules.Facts{})))
}

func TestScoringAgainGivesTheSame(t *testing.T) {
	t.Parallel()
	definition := scoring()
	definition.Rules = append(definition.Rules, models.ScoringRule{Name: "Hot", When: is("tier", models.OpExists, true), Points: 5})
	facts := rules.Facts{Data: object(t, `{"budget":5000}`)}
	once := rules.Qualify(definition, facts)
	require.Empty(t, cmp.Diff(once, rules.Qualify(definition, facts.WithQualification(once))))
}

func TestAScoreHasBounds(t *testing.T) {
	t.Parallel()
	always := is("x", models.OpExists, false)
	for points, score := range map[int]int{
		1 << 62: rules.MaxScore, -1 << 62: -rules.MaxScore, rules.MaxPoints: 3 * rules.MaxPoints,
	} {
		definition := &models.QualificationRules{Rules: []models.ScoringRule{
			{When: always, Points: points}, {When: always, Points: points}, {When: always, Points: points},
		}}
		require.Equal(t, score, rules.Qualify(definition, rules.Facts{}).Score)
	}
}

func TestGrade(t *testing.T) {
	t.Parallel()
	for score, want := range map[int]models.Qualification{
		100: {Score: 100, Tier: "hot", Qualified: true},
		70:  {Score: 70, Tier: "hot", Qualified: true},
		69:  {Score: 69, Tier: "warm", Qualified: true},
		39:  {Score: 39, Tier: "cold"},
		0:   {Score: 0, Tier: "cold"},
		-1:  {Score: -1},
	} {
		require.Equal(t, want, rules.Grade(scoring(), models.Qualification{Score: score, Tier: "old", Qualified: !want.Qualified}))
	}
	require.Equal(t, models.Qualification{Score: -5, Qualified: true}, rules.Grade(nil, models.Qualification{Score: -5, Tier: "old"}))
}

func TestNormalizeSortsTiers(t *testing.T) {
	t.Parallel()
	given := scoring()
	stored := rules.Normalize(given)
	require.Equal(t, []models.Tier{{Name: "hot", Min: 70}, {Name: "warm", Min: 40}, {Name: "cold", Min: 0}}, stored.Tiers)
	require.Empty(t, cmp.Diff(scoring(), given), "the argument stays as it is")
	require.Equal(t, &models.QualificationRules{Rules: []models.ScoringRule{}, Tiers: []models.Tier{}},
		rules.Normalize(&models.QualificationRules{}))
	require.Nil(t, rules.Normalize(nil))
}
