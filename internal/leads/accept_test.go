package leads_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"leadrail/internal/leads"
	"leadrail/models"
	"leadrail/workflows"
)

// engineSays makes every start of a workflow end with the error.
func (d *desk) engineSays(err error) {
	d.start = func(context.Context, workflows.CaptureInput, workflows.Labels) error { return err }
}

// saving keeps what goes to the intake.
func (d *desk) saving(err error) *[]models.Intake {
	kept := &[]models.Intake{}
	d.save = func(lead models.Intake) (bool, error) {
		if err == nil {
			*kept = append(*kept, lead)
		}
		return err == nil, err
	}
	return kept
}

func TestWhereALeadBecomesDurable(t *testing.T) {
	t.Parallel()
	other := errors.New("it broke")
	for name, c := range map[string]struct {
		busy, noSlot   bool
		engine, intake error
		// starts and saves are how often each was tried.
		starts, saves int
		code          models.Code
	}{
		"the engine is well":                 {starts: 1},
		"the engine is away":                 {engine: away(), starts: 1, saves: 1},
		"the engine is away, intake too":     {engine: away(), intake: away(), starts: 2, code: models.CodeUnavailable},
		"the engine breaks":                  {engine: other, starts: 1, code: models.CodeInternal},
		"others wait":                        {busy: true, saves: 1},
		"no slot is free":                    {noSlot: true, saves: 1},
		"others wait, the intake is away":    {busy: true, intake: away(), starts: 1},
		"no slot is free, the intake away":   {noSlot: true, intake: away(), starts: 1},
		"others wait, everything is away":    {busy: true, engine: away(), intake: away(), starts: 1, code: models.CodeUnavailable},
		"others wait, and the intake breaks": {busy: true, intake: other, code: models.CodeInternal},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			d.busy = c.busy
			if c.noSlot {
				d.Slots = leads.NewSlots(0)
			}
			d.engineSays(c.engine)
			kept := d.saving(c.intake)
			output, err := d.Capture(t.Context(), filledIn())
			require.Equal(t, c.code, models.CodeOf(err))
			require.Len(t, d.started, c.starts)
			require.Len(t, *kept, c.saves)
			if err != nil {
				require.Empty(t, output)
				return
			}
			require.Equal(t, models.StatusPending, output.Status)
			require.False(t, output.Repeated())
		})
	}
}

// A start that took too long may have been made all the same. The second, where
// there is no intake, finds it.
func TestASlowEngineIsAskedTwice(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.start = func(ctx context.Context, _ workflows.CaptureInput, _ workflows.Labels) error {
		if len(d.started) == 1 {
			<-ctx.Done()
			return away()
		}
		return errStarted
	}
	d.saving(away())
	began := time.Now()
	output, err := d.Capture(t.Context(), filledIn())
	require.NoError(t, err)
	require.GreaterOrEqual(t, time.Since(began), time.Second)
	require.Equal(t, d.started[1].SubmissionID, output.SubmissionID)
	require.Equal(t, d.started[0], d.started[1])
	require.False(t, output.Repeated())
}

func TestTheIntakeIsGivenTheSealedLead(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.busy = true
	kept := d.saving(nil)
	output, err := d.Capture(t.Context(), filledIn())
	require.NoError(t, err)
	lead := (*kept)[0]
	require.Equal(t, output.SubmissionID, lead.ID)
	require.Equal(t, "form_1", lead.FormID)
	require.Equal(t, 3, lead.FormVersion)
	require.Equal(t, "contact_now", lead.FormName)
	require.Equal(t, "agent_1", lead.AgentID)
	require.NotEmpty(t, lead.Digest)
	require.NotContains(t, string(lead.Lead), "5000")

	d.waiting = func(string) (models.Intake, error) { return lead, nil }
	shown, err := d.Submission(t.Context(), leads.SubmissionRef{ID: lead.ID})
	require.NoError(t, err)
	require.Equal(t, models.StatusPending, shown.Status)
	require.JSONEq(t, `{"budget":5000}`, string(shown.FormData))
}

func TestASlotIsFreeAgainAfterAStart(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	for range 3 {
		_, err := d.Capture(t.Context(), filledIn())
		require.NoError(t, err)
	}
	require.Len(t, d.started, 3, "one slot serves one after another")
}

func TestAWorkflowThatIsOpenAnswersWhenTheDatabaseIsAway(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	output, err := d.Capture(t.Context(), filledIn())
	require.NoError(t, err)
	d.submission = func(string) (models.Submission, error) { return models.Submission{}, away() }
	open := true
	d.input = func(context.Context, string) (workflows.Accepted, error) {
		return workflows.Accepted{CaptureInput: d.started[0], Open: open}, nil
	}
	lead, err := d.Submission(t.Context(), leads.SubmissionRef{ID: output.SubmissionID})
	require.NoError(t, err)
	require.Equal(t, models.StatusPending, lead.Status)

	open = false // it ended one way or the other, and only the database knows which
	_, err = d.Submission(t.Context(), leads.SubmissionRef{ID: output.SubmissionID})
	require.Equal(t, models.CodeUnavailable, models.CodeOf(err))
}
