package leads_test

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"leadrail/internal/leads"
	"leadrail/models"
	"leadrail/workflows"
)

// stored is a lead with all that a reader can see.
func stored() models.Submission {
	finished, due := start.Add(time.Second), start.Add(time.Minute)
	lead := models.Submission{
		ID: "sub_1", FormID: "form_1", FormVersion: 3, FormName: "contact", AgentID: "agent_1", ConversationID: "conv/1",
		FormData: models.Document(`{"b":1,"a":2}`), SubmittedAt: start, Status: models.StatusRetrying, RunSeq: 2,
		Deliveries: []models.Delivery{{
			ID: "dlv_1", ActionID: "act_1", ActionName: "crm", Type: models.ActionWebhook,
			Status: models.DeliveryRetrying, NextAttemptAt: &due,
			Attempts: []models.Attempt{
				{
					RunSeq: 1, N: 4, Trigger: models.TriggerSchedule, StartedAt: start, FinishedAt: &finished, DurationMS: 0, HTTPStatus: 500, ErrorCode: models.ErrorHTTPStatus, Error: "it failed", Response: "no",
					Address: "192.0.2.1:443", Phases: models.Phases{DNSMS: 1, ConnectMS: 2, TLSMS: 3, FirstByteMS: 4},
				},
				{RunSeq: 2, N: 1, Trigger: models.TriggerFirst, StartedAt: start},
			},
		}},
	}
	lead.Assign(models.Assignment{Team: "sales", Reasons: []string{"the only team"}})
	return lead
}

const storedView = `{
	"submissionId":"sub_1","formId":"form_1","formName":"contact","formVersion":3,"agentId":"agent_1",
	"conversationId":"conv/1","conversationUrl":"https://chat.example.com/conv%2F1","formData":{"b":1,"a":2},
	"fieldsCompleted":[],"files":[],"submittedAt":"2026-11-22T09:30:00.123Z","completedAt":null,"status":"retrying",
	"failureReason":null,"qualification":null,"routing":{"team":"sales","assignee":null,"reasons":["the only team"]},
	"deliveries":[{
		"deliveryId":"dlv_1","action":{"id":"act_1","name":"crm"},"type":"webhook","status":"retrying",
		"attempts":[
			{"n":1,"trigger":"schedule","at":"2026-11-22T09:30:00.123Z","durationMs":0,"httpStatus":500,
			 "errorCode":"http_status","error":"it failed","response":"no","address":"192.0.2.1:443","target":null,
			 "phases":{"dnsMs":1,"connectMs":2,"tlsMs":3,"firstByteMs":4}},
			{"n":2,"trigger":"first","at":"2026-11-22T09:30:00.123Z","durationMs":null,"httpStatus":null,
			 "errorCode":null,"error":null,"response":null,"address":null,"target":null,"phases":null}
		],
		"nextAttemptAt":"2026-11-22T09:31:00.123Z","target":null,"dismissal":null
	}]}`

func TestAStoredLeadIsReadFromTheDatabase(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.submission = func(id string) (models.Submission, error) {
		require.Equal(t, "sub_1", id)
		return stored(), nil
	}
	d.input = func(context.Context, string) (workflows.Accepted, error) {
		require.Fail(t, "the engine was asked")
		return workflows.Accepted{}, nil
	}
	lead, err := d.Submission(t.Context(), leads.SubmissionRef{ID: "sub_1"})
	require.NoError(t, err)
	shown, err := json.Marshal(lead)
	require.NoError(t, err)
	require.JSONEq(t, storedView, string(shown))
}

func TestAnAcceptedLeadIsReadFromItsWorkflow(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	output, err := d.Capture(t.Context(), filledIn())
	require.NoError(t, err)
	d.input = func(ctx context.Context, id string) (workflows.Accepted, error) {
		_, bounded := ctx.Deadline()
		require.True(t, bounded, "a reader waits")
		require.Equal(t, output.SubmissionID, id)
		return workflows.Accepted{CaptureInput: d.started[0], Open: true}, nil
	}
	lead, err := d.Submission(t.Context(), leads.SubmissionRef{ID: output.SubmissionID})
	require.NoError(t, err)
	require.Equal(t, output.SubmissionID, lead.SubmissionID)
	require.Equal(t, models.StatusPending, lead.Status)
	require.JSONEq(t, `{"budget":5000}`, string(lead.FormData))
	require.Empty(t, cmp.Diff([]leads.Delivery{}, lead.Deliveries))
}

func TestALeadThatCannotBeRead(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		database, engine error
		code             models.Code
	}{
		"nobody knows it":            {unknown(), unknown(), models.CodeNotFound},
		"the database is away":       {away(), nil, models.CodeUnavailable},
		"only the engine could know": {unknown(), away(), models.CodeUnavailable},
		"the engine's is not sealed": {unknown(), nil, models.CodeInternal},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			d.submission = func(string) (models.Submission, error) { return models.Submission{}, c.database }
			d.input = func(context.Context, string) (workflows.Accepted, error) {
				return workflows.Accepted{CaptureInput: workflows.CaptureInput{Lead: models.Sealed("not sealed")}}, c.engine
			}
			_, err := d.Submission(t.Context(), leads.SubmissionRef{ID: "sub_1"})
			require.Equal(t, c.code, models.CodeOf(err))
		})
	}
}
