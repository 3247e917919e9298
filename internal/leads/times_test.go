package leads_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"leadrail/models"
)

// sent makes a time of the request; the zero time is absent.
func sent(at time.Time) *models.Timestamp {
	if at.IsZero() {
		return nil
	}
	stamp := models.At(at)
	return &stamp
}

func TestTimes(t *testing.T) {
	t.Parallel()
	absent := time.Time{}
	ahead := start.Add
	for name, c := range map[string]struct {
		shown, started time.Time
		// kept says that both times are on the lead.
		kept     bool
		problems []string
	}{
		"none":                            {absent, absent, true, nil},
		"one after the other":             {ahead(-time.Minute), ahead(-time.Second), true, nil},
		"at once":                         {ahead(0), ahead(0), true, nil},
		"a form that was open for years":  {ahead(-3 * 365 * 24 * time.Hour), ahead(-time.Second), true, nil},
		"only the start":                  {absent, ahead(-time.Second), true, nil},
		"a clock that is ahead":           {ahead(time.Minute), ahead(2 * time.Minute), false, nil},
		"a clock ahead by less than this": {ahead(-time.Minute), ahead(time.Second), false, nil},
		"the widest time zone":            {ahead(14*time.Hour - time.Minute), ahead(14 * time.Hour), false, nil},

		"tomorrow":                 {ahead(24 * time.Hour), absent, false, []string{"impressionAt implausible"}},
		"a start tomorrow":         {ahead(0), ahead(24 * time.Hour), false, []string{"startedAt implausible"}},
		"started before it showed": {ahead(-time.Minute), ahead(-2 * time.Minute), false, []string{"startedAt implausible"}},
		"seconds": {
			time.UnixMilli(start.Unix()), time.UnixMilli(start.Unix()), false,
			[]string{"impressionAt implausible", "startedAt implausible"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			in := filledIn()
			in.ImpressionAt, in.StartedAt = sent(c.shown), sent(c.started)
			if c.problems != nil {
				require.Equal(t, c.problems, d.problems(t, in))
				return
			}
			lead := d.accept(t, in)
			if !c.kept {
				require.Nil(t, lead.ImpressionAt)
				require.Nil(t, lead.StartedAt)
				return
			}
			require.Equal(t, in.ImpressionAt, models.AtOrNil(lead.ImpressionAt))
			require.Equal(t, in.StartedAt, models.AtOrNil(lead.StartedAt))
		})
	}
}
