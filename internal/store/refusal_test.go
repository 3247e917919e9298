package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"leadrail/internal/store"
	"leadrail/models"
)

// refusals are counts of one form and one day of November.
func refusals(formID string, day int, counts map[string]int64) []models.Refusal {
	var counted []models.Refusal
	for code, count := range counts {
		counted = append(counted, models.Refusal{
			FormID: formID, Day: time.Date(2026, 11, day, 0, 0, 0, 0, time.UTC), Field: "formData.email", Code: code, Count: count,
		})
	}
	return counted
}

// toldOf reads the refusals of form_1, one line each.
func toldOf(t *testing.T, s *store.Store, from, to time.Time) []string {
	t.Helper()
	counted, err := s.Refusals(t.Context(), "form_1", from, to)
	require.NoError(t, err)
	told := []string{}
	for _, r := range counted {
		told = append(told, fmt.Sprintf("%s %s %s %d", r.Day.Format(time.DateOnly), r.Field, r.Code, r.Count))
	}
	return told
}

func TestRefusalsAddUp(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	require.NoError(t, s.AddRefusals(t.Context(), refusals("form_1", 22, map[string]int64{"required": 1, "email": 5})))
	require.NoError(t, s.AddRefusals(t.Context(), refusals("form_1", 22, map[string]int64{"required": 6})))
	require.NoError(t, s.AddRefusals(t.Context(), refusals("form_1", 23, map[string]int64{"email": 1})))
	require.NoError(t, s.AddRefusals(t.Context(), refusals("form_2", 22, map[string]int64{"required": 100})))
	require.Empty(t, cmp.Diff([]string{
		"2026-11-23 formData.email email 1",
		"2026-11-22 formData.email required 7",
		"2026-11-22 formData.email email 5",
	}, toldOf(t, s, start, start.AddDate(0, 0, 2))))
}

// A day counts when it and the period have a moment in common.
func TestRefusalsOfAPeriod(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	for day := 21; day <= 23; day++ {
		require.NoError(t, s.AddRefusals(t.Context(), refusals("form_1", day, map[string]int64{"email": int64(day)})))
	}
	midnight := time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
	east := time.FixedZone("east", 14*60*60) // there it is the next day already
	for name, c := range map[string]struct {
		from, to time.Time
		days     []string
	}{
		"a day":                       {midnight, midnight.AddDate(0, 0, 1), []string{"22"}},
		"its first moment":            {midnight, midnight.Add(time.Microsecond), []string{"22"}},
		"the last moment of a day":    {midnight.Add(-time.Nanosecond), midnight, []string{"21"}},
		"parts of two days":           {midnight.Add(-time.Hour), midnight.Add(time.Hour), []string{"22", "21"}},
		"the same from another place": {midnight.In(east), midnight.Add(time.Hour).In(east), []string{"22"}},
		"nothing":                     {midnight, midnight, []string{}},
		"a period turned round":       {midnight.AddDate(0, 0, 2), midnight, []string{}},
		"long ago":                    {midnight.AddDate(-1, 0, 0), midnight.AddDate(0, 0, -2), []string{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want := []string{}
			for _, day := range c.days {
				want = append(want, fmt.Sprintf("2026-11-%s formData.email email %s", day, day))
			}
			require.Equal(t, want, toldOf(t, s, c.from, c.to))
		})
	}
}

func TestManyRefusalsAtOnce(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	counts := map[string]int64{}
	for i := range 1200 {
		counts[numbered("code", i)] = 1
	}
	require.NoError(t, s.AddRefusals(t.Context(), refusals("form_1", 22, counts)))
	require.Len(t, toldOf(t, s, start, start.AddDate(0, 0, 1)), 1200)
}

func TestRefusalsWithoutADatabase(t *testing.T) {
	t.Parallel()
	s := open(t, closedPort(t))
	requireCode(t, models.CodeUnavailable, s.AddRefusals(t.Context(), refusals("form_1", 22, map[string]int64{"email": 1})))
	_, err := s.Refusals(t.Context(), "form_1", start, start)
	requireCode(t, models.CodeUnavailable, err)
}
