package rules_test

import (
	"testing"

	"leadrail/models"
)

func TestNumbersAreOrdered(t *testing.T) {
	t.Parallel()
	table(t, models.OpGt, []answer{{`5`, `4.9`, true}, {`5`, `5`, false}, {`4`, `5`, false}, {`-1`, `-2`, true}, {`0`, `-0.0`, false}})
	table(t, models.OpGte, []answer{{`5`, `4.9`, true}, {`5`, `5.0`, true}, {`4`, `5`, false}, {`1e3`, `1000`, true}})
	table(t, models.OpLt, []answer{{`4`, `5`, true}, {`5`, `5`, false}, {`5`, `4`, false}, {`0.1`, `0.2`, true}})
	table(t, models.OpLte, []answer{{`4`, `5`, true}, {`5`, `5`, true}, {`5`, `4`, false}, {`1e308`, `1e308`, true}})
}

func TestDatesAndTimesAreOrdered(t *testing.T) {
	t.Parallel()
	table(t, models.OpGt, []answer{
		{`"2026-11-23"`, `"2026-11-22"`, true},
		{`"2026-11-22"`, `"2026-11-22"`, false},
		{`"2026-11-22T00:00"`, `"2026-11-22"`, false},
		{`"2026-11-22T00:01"`, `"2026-11-22"`, true},
		{`"2026-11-22T09:30:00.5"`, `"2026-11-22T09:30"`, true},
		{`"2026-11-22T09:30:00.000000001Z"`, `"2026-11-22T09:30:00Z"`, true},
		{`"2026-11-22T09:30-01:00"`, `"2026-11-22T10:00Z"`, true},
	})
	table(t, models.OpGte, []answer{
		{`"2026-11-22T00:00"`, `"2026-11-22"`, true},
		{`"2026-11-22T09:30"`, `"2026-11-22T10:30+01:00"`, true},
		{`"2026-11-22T09:30"`, `"2026-11-22T09:30:00Z"`, true},
		{`"2024-02-29"`, `"2024-02-29"`, true},
	})
	table(t, models.OpLt, []answer{
		{`"2026-11-21T23:59:59"`, `"2026-11-22"`, true},
		{`"2026-11-22"`, `"2026-11-22"`, false},
	})
	table(t, models.OpLte, []answer{
		{`"2026-11-22"`, `"2026-11-22"`, true},
		{`"2026-11-23"`, `"2026-11-22"`, false},
	})
}

func TestNothingElseHasAnOrder(t *testing.T) {
	t.Parallel()
	for _, op := range []models.Operator{models.OpGt, models.OpGte, models.OpLt, models.OpLte} {
		table(t, op, []answer{
			{`"5"`, `5`, false},
			{`5`, `"5"`, false},
			{`"5"`, `"5"`, false},
			{`"b"`, `"a"`, false},
			{`true`, `true`, false},
			{`5`, `true`, false},
			{`[5]`, `5`, false},
			{`5`, `[5]`, false},
			{`5`, absent, false},
			{`5`, `null`, false},
			{absent, `5`, false},
			{`null`, `5`, false},
			{`1e400`, `5`, false},
			{`1795305600000`, `"2026-11-22"`, false},
			{`"2026-11-22"`, `1795305600000`, false},
		})
	}
}

func TestWhatIsNoMoment(t *testing.T) {
	t.Parallel()
	for _, spelling := range []string{
		`"2026-02-29"`, `"2026-13-01"`, `"2026-11-22 09:30"`, `"22.11.2026"`, `"2026-11-22T24:00"`, `"2026-11-22T9:30"`,
		`"2026-11-22T09:30:00,5Z"`, `"2026-11-22T09"`, `"2026-11-22Z"`, `" 2026-11-22"`, `"2026-11-22T09:30:00.0000000001Z"`,
		`"26-11-22"`, `"2026-11-22T09:30:60Z"`, `"2026-11-22t09:30z"`, `"today"`,
	} {
		table(t, models.OpGte, []answer{{spelling, `"1900-01-01"`, false}, {`"2100-01-01"`, spelling, false}})
	}
}
