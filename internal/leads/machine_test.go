package leads_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"leadrail/internal/leads"
	"leadrail/internal/store"
	"leadrail/models"
)

// wary makes the desk's form one that looks out for machines.
func (d *desk) wary() {
	d.form = func(string) (store.FormRecord, error) {
		record := aForm()
		record.Version.Definition.Honeypot = "website"
		record.Version.Definition.MinFillSeconds = 3
		return record, nil
	}
}

// atLeisure is a submission that a person filled in.
func atLeisure(formData string) leads.CaptureInput {
	in := filledIn()
	in.FormData, in.StartedAt = models.Document(formData), sent(start.Add(-10*time.Second))
	return in
}

func TestAHoneypotIsAnsweredAndForgotten(t *testing.T) {
	t.Parallel()
	for name, formData := range map[string]string{
		"a text":              `{"budget":1,"website":"https://example.com"}`,
		"a ticked box":        `{"budget":1,"website":true}`,
		"a number":            `{"budget":1,"website":0}`,
		"beside other faults": `{"website":"x","colour":"red"}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			d.wary()
			kept := d.saving(nil)
			in := atLeisure(formData)
			in.StartedAt, in.Prefer = nil, "wait=30"
			first, err := d.Capture(t.Context(), in)
			require.NoError(t, err)
			require.Regexp(t, "^sub_[0-9a-z]{26}$", first.SubmissionID)
			second, err := d.Capture(t.Context(), in)
			require.NoError(t, err)
			require.NotEqual(t, first.SubmissionID, second.SubmissionID)

			genuine, err := d.Capture(t.Context(), atLeisure(`{"budget":1}`))
			require.NoError(t, err)
			require.Len(t, d.started, 1, "the genuine one")
			require.Empty(t, *kept)
			first.SubmissionID = genuine.SubmissionID
			require.Equal(t, genuine, first, "there is no other difference")

			in.IdempotencyKey = "key"
			once, err := d.Capture(t.Context(), in)
			require.NoError(t, err)
			again, err := d.Capture(t.Context(), in)
			require.NoError(t, err)
			require.Equal(t, once.SubmissionID, again.SubmissionID)
		})
	}
}

func TestAnEmptyHoneypotIsDropped(t *testing.T) {
	t.Parallel()
	for _, formData := range []string{
		`{"budget":1}`, `{"budget":1,"website":""}`, `{"budget":1,"website":null}`, `{"budget":1,"website":[]}`,
		`{"budget":1,"website":false}`, `{"budget":1,"website":" "}`,
	} {
		d := newDesk(t)
		d.wary()
		lead := d.accept(t, atLeisure(formData))
		require.Equal(t, `{"budget":1}`, string(lead.FormData), formData)
		require.Equal(t, []string{"budget"}, lead.FieldsCompleted)
	}
}

func TestAFormWithoutAHoneypotHasNone(t *testing.T) {
	t.Parallel()
	in := filledIn()
	in.FormData = models.Document(`{"budget":1,"":""}`)
	require.Equal(t, []string{"formData. unknown_field"}, newDesk(t).problems(t, in))
}

func TestPace(t *testing.T) {
	t.Parallel()
	ago := func(d time.Duration) time.Time { return start.Add(-d) }
	absent := time.Time{}
	for name, c := range map[string]struct {
		shown, started time.Time
		problems       []string
	}{
		"long enough":                  {ago(time.Hour), ago(4 * time.Second), nil},
		"just long enough":             {absent, ago(3 * time.Second), nil},
		"long enough since it showed":  {ago(4 * time.Second), absent, nil},
		"at once":                      {absent, ago(0), []string{"startedAt too_fast"}},
		"too fast":                     {ago(time.Hour), ago(2999 * time.Millisecond), []string{"startedAt too_fast"}},
		"too fast since it showed":     {ago(time.Second), absent, []string{"startedAt too_fast"}},
		"at once, on another machine":  {absent, ago(-time.Second), []string{"startedAt too_fast"}},
		"a clock that is ahead by far": {absent, ago(-time.Minute), nil},
		"nobody knows":                 {absent, absent, []string{"startedAt required"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			d.wary()
			in := filledIn()
			in.ImpressionAt, in.StartedAt = sent(c.shown), sent(c.started)
			if c.problems == nil {
				d.accept(t, in)
				return
			}
			require.Equal(t, c.problems, d.problems(t, in))
		})
	}
}
