package leads_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"leadrail/internal/leads"
	"leadrail/internal/store"
	"leadrail/models"
	"leadrail/workflows"
)

// keyed is a submission under an idempotency key.
func keyed(key string) leads.CaptureInput {
	in := filledIn()
	in.IdempotencyKey = key
	return in
}

// remembering makes a desk whose engine knows the leads that it was given.
func remembering(t *testing.T) *desk {
	t.Helper()
	d := newDesk(t)
	known := map[string]models.Acceptance{}
	d.start = func(_ context.Context, in workflows.CaptureInput, labels workflows.Labels) error {
		if _, exists := known[in.SubmissionID]; exists {
			return errStarted
		}
		known[in.SubmissionID] = models.Acceptance{Digest: labels.Digest, FormVersion: in.FormVersion}
		return nil
	}
	d.first = func(id string) (models.Acceptance, error) {
		if found, exists := known[id]; exists {
			return found, nil
		}
		return models.Acceptance{}, unknown()
	}
	return d
}

func TestARepeatGetsTheFirstAnswer(t *testing.T) {
	t.Parallel()
	d := remembering(t)
	first, err := d.Capture(t.Context(), keyed("k1"))
	require.NoError(t, err)
	require.False(t, first.Repeated())
	second, err := d.Capture(t.Context(), keyed("k1"))
	require.NoError(t, err)
	require.True(t, second.Repeated())
	require.Equal(t, first.SubmissionID, second.SubmissionID)
	require.Equal(t, first.Status, second.Status)
	require.Equal(t, first.SuccessMessage, second.SuccessMessage)
}

func TestARepeatIsRecognisedWhereverTheFirstWent(t *testing.T) {
	t.Parallel()
	for name, hinder := range map[string]func(*desk){
		"the engine is free":             func(*desk) {},
		"no slot is free":                func(d *desk) { d.Slots = leads.NewSlots(0) },
		"others wait":                    func(d *desk) { d.busy = true },
		"others wait, the intake has it": func(d *desk) { d.busy = true; d.save = func(models.Intake) (bool, error) { return false, nil } },
		"the form takes no leads now": func(d *desk) {
			d.form = func(string) (store.FormRecord, error) {
				record := aForm()
				record.Form.Enabled = false
				return record, nil
			}
		},
		"the form wants more now": func(d *desk) {
			d.form = func(string) (store.FormRecord, error) {
				record := aForm()
				record.Version.Definition.Fields[1].Validation.Required = &models.Rule[bool]{Value: true}
				return record, nil
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := remembering(t)
			first, err := d.Capture(t.Context(), keyed("k1"))
			require.NoError(t, err)
			hinder(d)
			again, err := d.Capture(t.Context(), keyed("k1"))
			require.NoError(t, err)
			require.True(t, again.Repeated())
			require.Equal(t, first.SubmissionID, again.SubmissionID)

			other := keyed("k1")
			other.FormData = models.Document(`{"budget":5001,"note":"x"}`)
			_, err = d.Capture(t.Context(), other)
			require.Equal(t, models.CodeConflict, models.CodeOf(err))
		})
	}
}

// A visitor who clicks again and again costs one start.
func TestEqualRequestsAtOnceShareOneStart(t *testing.T) {
	t.Parallel()
	const clicks = 50
	synctest.Test(t, func(t *testing.T) {
		d := remembering(t)
		remember, gate := d.start, make(chan struct{})
		d.start = func(ctx context.Context, in workflows.CaptureInput, labels workflows.Labels) error {
			<-gate
			return remember(ctx, in, labels)
		}
		gone, leave := context.WithCancel(t.Context())
		outputs := make([]leads.CaptureOutput, clicks)
		var clicking sync.WaitGroup
		for i := range outputs {
			clicking.Go(func() {
				var err error
				outputs[i], err = d.Capture(gone, keyed("k1"))
				require.NoError(t, err)
			})
		}
		synctest.Wait()
		leave() // the visitor closes the page: the lead counts all the same
		close(gate)
		clicking.Wait()

		require.Len(t, d.started, 1)
		firsts := 0
		for _, output := range outputs {
			require.Equal(t, outputs[0].SubmissionID, output.SubmissionID)
			if !output.Repeated() {
				firsts++
			}
		}
		require.Equal(t, 1, firsts)
	})
}

// An engine that is known to be away is not asked for each lead that waits.
func TestAStuckEngineIsNotAsked(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.busy, d.stuck = true, true
	d.first = func(string) (models.Acceptance, error) {
		t.Error("the engine was asked")
		return models.Acceptance{}, away()
	}
	kept := d.saving(nil)
	output, err := d.Capture(t.Context(), keyed("k1"))
	require.NoError(t, err)
	require.False(t, output.Repeated())
	require.Len(t, *kept, 1)
}

func TestKeysAreKeptApart(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	ids := map[string]bool{}
	other := keyed("k1")
	other.FormID = "form_2"
	for _, in := range []leads.CaptureInput{keyed("k1"), keyed("k2"), other, filledIn(), filledIn()} {
		output, err := d.Capture(t.Context(), in)
		require.NoError(t, err)
		require.False(t, ids[output.SubmissionID])
		ids[output.SubmissionID] = true
	}
	again, err := d.Capture(t.Context(), keyed("k1"))
	require.NoError(t, err)
	require.True(t, ids[again.SubmissionID], "the same key, the same lead")
	d.Secret = "of another installation"
	elsewhere, err := d.Capture(t.Context(), keyed("k1"))
	require.NoError(t, err)
	require.False(t, ids[elsewhere.SubmissionID])
}

func TestKeysThatCannotBe(t *testing.T) {
	t.Parallel()
	for _, key := range []string{strings.Repeat("k", 256), "a b", "a\tb", "kéy", "a\x00"} {
		_, err := newDesk(t).Capture(t.Context(), keyed(key))
		require.Equal(t, models.CodeMalformed, models.CodeOf(err), "%q", key)
	}
	_, err := newDesk(t).Capture(t.Context(), keyed(strings.Repeat("k", 255)))
	require.NoError(t, err)
}

func TestPreferToWait(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		prefer string
		looks  int // after how many looks the lead is at its end; 0 is never
		waited bool
	}{
		"nothing is preferred":       {"", 1, false},
		"something else":             {"return=minimal", 1, false},
		"no number":                  {"wait=soon", 1, false},
		"less than nothing":          {"wait=-1", 1, false},
		"at once":                    {"wait=10", 1, true},
		"after some looks":           {"wait=10", 3, true},
		"among others, in any case":  {"return=minimal, Wait = 10; x=y", 1, true},
		"longer than anybody may":    {"wait=999999", 1, true},
		"it does not end in a while": {"wait=1", 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			looks := 0
			d.submission = func(id string) (models.Submission, error) {
				if looks++; looks != c.looks {
					return models.Submission{}, unknown()
				}
				return models.Submission{ID: id, Status: models.StatusFailed, FailureReason: "why", SubmittedAt: start}, nil
			}
			in := filledIn()
			in.Prefer = c.prefer
			output, err := d.Capture(t.Context(), in)
			require.NoError(t, err)
			require.Equal(t, c.waited, output.Finished())
			if c.waited {
				require.Equal(t, models.StatusFailed, output.Status)
				require.Equal(t, "Thanks!", output.SuccessMessage)
				require.Equal(t, "why", *output.FailureReason)
				return
			}
			require.Equal(t, models.StatusPending, output.Status)
		})
	}
}

func TestNobodyWaitsForACallerWhoHasGone(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	ctx, leave := context.WithCancel(t.Context())
	d.submission = func(string) (models.Submission, error) { leave(); return models.Submission{}, unknown() }
	in := filledIn()
	in.Prefer = "wait=30"
	began := time.Now()
	_, err := d.Capture(ctx, in)
	require.NoError(t, err, "the lead is durable all the same")
	require.Less(t, time.Since(began), 10*time.Second)
}
