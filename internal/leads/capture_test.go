package leads_test

import (
	"bytes"
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"leadrail/internal/leads"
	"leadrail/internal/store"
	"leadrail/models"
	"leadrail/workflows"
)

func TestCaptureHandsTheLeadOver(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	impression := models.At(start.Add(-time.Minute))
	in := filledIn()
	in.ConversationID, in.SessionID = "conv_1", "session_1"
	in.FormData = models.Document(`{"budget": 12345678901234567890.50, "note": "😀 مرحبا"}`)
	in.ImpressionAt, in.StartedAt = &impression, &impression
	in.Signals = models.Document(`{"z": 1.0, "a": "buy"}`)
	in.Context, in.Consent = &leads.Context{Channel: "widget"}, &leads.Consent{Version: "1"}
	var labels workflows.Labels
	d.start = func(ctx context.Context, _ workflows.CaptureInput, given workflows.Labels) error {
		_, bounded := ctx.Deadline()
		require.True(t, bounded, "a visitor waits")
		labels = given
		return nil
	}
	lead := d.accept(t, in)

	id := d.started[0].SubmissionID
	require.Regexp(t, "^sub_[0-9a-z]{26}$", id)
	require.Empty(t, cmp.Diff(models.Submission{
		ID: id, FormID: "form_1", FormVersion: 3, FormName: "contact", AgentID: "agent_1",
		ConversationID: "conv_1", SessionID: "session_1",
		FormData:        models.Document(`{"budget":12345678901234567890.50,"note":"😀 مرحبا"}`),
		FieldsCompleted: []string{"budget", "note"},
		Signals:         models.Document(`{"z":1.0,"a":"buy"}`),
		Context:         models.Document(`{"channel":"widget"}`), Consent: models.Document(`{"version":"1"}`),
		ImpressionAt: &impression.Time, StartedAt: &impression.Time,
		SubmittedAt: start.Truncate(time.Millisecond), Status: models.StatusPending, RunSeq: 1,
		Digest: lead.Digest,
	}, lead))
	require.Regexp(t, "^[0-9a-f]{64}$", lead.Digest)
	require.Equal(t, workflows.CaptureInput{
		SubmissionID: id, FormID: "form_1", FormVersion: 3, RunSeq: 1, Lead: d.started[0].Lead,
	}, d.started[0])
	require.Equal(t, workflows.Labels{AgentID: "agent_1", FormName: "contact_now", Digest: lead.Digest}, labels)
	require.NotContains(t, string(d.started[0].Lead), "channel", "it is sealed")
}

func TestCaptureAnswers(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	output, err := d.Capture(t.Context(), filledIn())
	require.NoError(t, err)
	require.Equal(t, models.StatusPending, output.Status)
	require.Equal(t, "Thanks!", output.SuccessMessage)
	require.Equal(t, "/v1/submissions/"+output.SubmissionID, output.Location())
	second, err := d.Capture(t.Context(), filledIn())
	require.NoError(t, err)
	require.NotEqual(t, output.SubmissionID, second.SubmissionID)
}

func TestCaptureRefuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		form func(string) (store.FormRecord, error)
		code models.Code
	}{
		"an unknown form":    {func(string) (store.FormRecord, error) { return store.FormRecord{}, unknown() }, models.CodeNotFound},
		"without a database": {func(string) (store.FormRecord, error) { return store.FormRecord{}, away() }, models.CodeUnavailable},
		"a form that is off": {func(string) (store.FormRecord, error) {
			record := aForm()
			record.Form.Enabled = false
			return record, nil
		}, models.CodeConflict},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			d.form = c.form
			_, err := d.Capture(t.Context(), filledIn())
			require.Equal(t, c.code, models.CodeOf(err))
			require.Empty(t, d.started)
		})
	}
}

func TestEveryProblemIsToldAtOnce(t *testing.T) {
	t.Parallel()
	in := filledIn()
	in.ConversationID, in.SessionID = string(bytes.Repeat([]byte("x"), models.MaxCallerID+1)), "a\nb"
	in.FormData = models.Document(`{"note":7,"extra":1}`)
	in.FieldsCompleted = []string{"note", "other"}
	in.Signals, in.Context, in.Consent = models.Document(`[]`), &leads.Context{PageURL: "/pricing"}, &leads.Consent{Text: "\x00"}
	in.StartedAt = &models.Timestamp{}
	require.Equal(t, []string{
		"consent.text invalid_text",
		"context.pageUrl url",
		"conversationId invalid",
		"sessionId invalid",
		"signals type",
		"startedAt implausible",
		"formData.extra unknown_field",
		"formData.budget required",
		"formData.note type",
		"fieldsCompleted[1] unknown_field",
	}, newDesk(t).problems(t, in))
}
