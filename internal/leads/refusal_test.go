package leads_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"leadrail/internal/leads"
	"leadrail/internal/store"
	"leadrail/models"
)

// ledger keeps counts, unless it is away.
type ledger struct {
	counts map[string]int64
	away   error
}

func (l *ledger) Form(context.Context, string) (store.FormRecord, error) { return aForm(), nil }

func (l *ledger) Refusals(context.Context, string, time.Time, time.Time) ([]models.Refusal, error) {
	return nil, nil
}

func (l *ledger) AddRefusals(_ context.Context, counted []models.Refusal) error {
	if l.away != nil {
		return l.away
	}
	for _, r := range counted {
		words := strings.Fields(fmt.Sprint(r.FormID, " ", r.Day.Format(time.DateOnly), " ", r.Field, " ", r.Code))
		l.counts[strings.Join(words, " ")] += r.Count
	}
	return nil
}

// counting makes a desk that counts refusals.
func counting(t *testing.T) (*desk, *ledger) {
	t.Helper()
	kept := &ledger{counts: map[string]int64{}}
	d := newDesk(t)
	d.Refusals = leads.NewRefusals(kept, slog.New(slog.DiscardHandler))
	return d, kept
}

// stop is the end of a process: what was counted is written once more.
func (d *desk) stop(t *testing.T) {
	t.Helper()
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	d.Refusals.Run(ended)
}

func TestWhatIsCounted(t *testing.T) {
	t.Parallel()
	of := func(formData string) leads.CaptureInput {
		return leads.CaptureInput{FormID: "form_1", FormData: models.Document(formData)}
	}
	for name, c := range map[string]struct {
		prepare func(*desk)
		in      leads.CaptureInput
		want    map[string]int64
	}{
		"nothing of what is accepted": {nil, filledIn(), nil},
		"a value":                     {nil, of(`{"budget":"x"}`), map[string]int64{"invalid": 1, "formData.budget type": 1}},
		"several problems": {nil, of(`{"note":7}`), map[string]int64{
			"invalid": 1, "formData.budget required": 1, "formData.note type": 1,
		}},
		"no word of a stranger": {nil, of(`{"budget":1,"ada@example.com":1,"Ada":1}`), map[string]int64{
			"invalid": 1, "formData unknown_field": 2,
		}},
		"nothing further in": {nil, func() leads.CaptureInput {
			in := filledIn()
			in.Signals, in.FieldsCompleted = models.Document(`{"ada":{"x":"\u0000"}}`), []string{"budget", "ada"}
			return in
		}(), map[string]int64{"invalid": 1, "signals invalid_text": 1, "fieldsCompleted unknown_field": 1}},
		"a form that is off": {func(d *desk) {
			d.form = func(string) (store.FormRecord, error) {
				record := aForm()
				record.Form.Enabled = false
				return record, nil
			}
		}, filledIn(), map[string]int64{"form_disabled": 1}},
		"a honeypot": {(*desk).wary, of(`{"website":"x"}`), map[string]int64{"honeypot": 1}},
		"what nobody could take": {func(d *desk) {
			d.engineSays(away())
			d.saving(away())
		}, filledIn(), map[string]int64{"unavailable": 1}},
		"no form that nobody knows": {func(d *desk) {
			d.form = func(string) (store.FormRecord, error) { return store.FormRecord{}, unknown() }
		}, filledIn(), nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, kept := counting(t)
			if c.prepare != nil {
				c.prepare(d)
			}
			d.Capture(t.Context(), c.in) //nolint:errcheck // what is counted tells
			d.stop(t)
			want := map[string]int64{}
			for what, count := range c.want {
				want["form_1 2026-11-22 "+what] = count
			}
			require.Equal(t, want, kept.counts)
		})
	}
}

func TestARepeatThatIsAnsweredIsNotRefused(t *testing.T) {
	t.Parallel()
	d, kept := counting(t)
	in := filledIn()
	in.IdempotencyKey = "key"
	first := d.accept(t, in)
	d.first = func(string) (models.Acceptance, error) {
		return models.Acceptance{Digest: first.Digest, FormVersion: 3}, nil
	}
	off := aForm()
	off.Form.Enabled = false
	d.form = func(string) (store.FormRecord, error) { return off, nil }
	_, err := d.Capture(t.Context(), in)
	require.NoError(t, err)
	d.stop(t)
	require.Empty(t, kept.counts)
}

func TestCountsWaitForTheDatabase(t *testing.T) {
	t.Parallel()
	d, kept := counting(t)
	refuse := func() {
		_, err := d.Capture(t.Context(), leads.CaptureInput{FormID: "form_1", FormData: models.Document(`{}`)})
		require.Error(t, err)
	}
	refuse()
	kept.away = errors.New("away")
	d.stop(t)
	refuse()
	kept.away = nil
	d.stop(t)
	d.stop(t)
	require.Equal(t, map[string]int64{"form_1 2026-11-22 invalid": 2, "form_1 2026-11-22 formData.budget required": 2}, kept.counts)
}

func TestCountsAreBoundedAndSafe(t *testing.T) {
	t.Parallel()
	d, kept := counting(t)
	d.form = func(id string) (store.FormRecord, error) {
		record := aForm()
		record.Form.ID, record.Form.Enabled = id, false
		return record, nil
	}
	var all sync.WaitGroup
	const many, few = 11_000, 50
	for worker := range 4 {
		all.Go(func() {
			for i := range many {
				d.Capture(t.Context(), leads.CaptureInput{FormID: fmt.Sprintf("form_%d_%d", worker, i%few)}) //nolint:errcheck // it is refused
			}
		})
	}
	all.Wait()
	for i := range many {
		d.Capture(t.Context(), leads.CaptureInput{FormID: fmt.Sprintf("form_of_%d", i)}) //nolint:errcheck // it is refused
	}
	d.stop(t)
	require.Len(t, kept.counts, 10_000)
	require.Equal(t, int64(many/few), kept.counts["form_3_7 2026-11-22 form_disabled"])
}
