package activities_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"leadrail/activities"
	"leadrail/internal/pgtest"
	"leadrail/internal/seal"
	"leadrail/internal/store"
	"leadrail/models"
)

// desk is the lead's activities over a database of their own.
type desk struct {
	activities.Lead

	store   *store.Store
	keyring *seal.Keyring
}

// newDesk has a form with the actions.
func newDesk(t *testing.T, change func(*models.FormDefinition)) desk {
	t.Helper()
	s, err := store.Open(pgtest.New(t), store.Options{MaxConnections: 4})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	keyring, err := seal.ParseKeyring(seal.GenerateKey("test"))
	require.NoError(t, err)
	definition := models.FormDefinition{
		Name: "contact", Fields: []models.Field{{Name: "email", Type: models.FieldEmail}},
		Actions: []models.Action{
			{ID: "act_b", Name: "crm", Type: models.ActionWebhook},
			{ID: "act_a", Name: "chat", Type: models.ActionWebhook, RetrySchedule: []models.Duration{models.Duration(time.Hour)}},
		},
	}
	change(&definition)
	form := models.Form{ID: "form_1", AgentID: "agent_1", Name: "contact", Version: 1, Enabled: true, CreatedAt: start, UpdatedAt: start}
	require.NoError(t, s.CreateForm(t.Context(), store.FormRecord{
		Form: form, Version: models.FormVersion{FormID: "form_1", Version: 1, Definition: definition, CreatedAt: start},
		Destinations: []models.Destination{{
			ActionID: "act_b", FormID: "form_1", Name: "crm", Type: models.ActionWebhook, URL: "https://example.com/crm", Enabled: true, UpdatedAt: start,
		}},
	}))
	return desk{
		Lead:  activities.Lead{Store: s, Sealed: keyring, Now: func() time.Time { return start.Add(time.Minute) }},
		store: s, keyring: keyring,
	}
}

func asItIs(*models.FormDefinition) {}

// input seals a lead for its first run.
func (d desk) input(t *testing.T) activities.LeadInput {
	t.Helper()
	plain, err := json.Marshal(models.Submission{
		ID: "sub_1", FormID: "form_1", FormVersion: 1, FormName: "contact", AgentID: "agent_1",
		FormData: models.Document(`{"email":"ada@example.com"}`), FieldsCompleted: []string{"email"},
		Signals: models.Document(`{"intent":"buy"}`), SubmittedAt: start, Status: models.StatusPending, RunSeq: 1,
	})
	require.NoError(t, err)
	return activities.LeadInput{SubmissionID: "sub_1", RunSeq: 1, Lead: d.keyring.Seal(plain, "sub_1")}
}

// persist qualifies the lead and stores it.
func (d desk) persist(t *testing.T) models.Plan {
	t.Helper()
	in := d.input(t)
	qualified, err := d.Qualify(t.Context(), in)
	require.NoError(t, err)
	plan, err := d.Persist(t.Context(), activities.PersistInput{LeadInput: in, QualifyResult: qualified})
	require.NoError(t, err)
	return plan
}

func (d desk) lead(t *testing.T) models.Submission {
	t.Helper()
	lead, err := d.store.Submission(t.Context(), "sub_1")
	require.NoError(t, err)
	return lead
}

func TestPersistPlansTheDeliveries(t *testing.T) {
	t.Parallel()
	d := newDesk(t, asItIs)
	plan := d.persist(t)
	require.Len(t, plan.Deliveries, 2)
	crm, chat := plan.Deliveries[0], plan.Deliveries[1]
	require.Regexp(t, "^dlv_", crm.DeliveryID)
	require.NotEqual(t, crm.DeliveryID, chat.DeliveryID)
	require.Empty(t, cmp.Diff(models.Plan{Deliveries: []models.PlannedDelivery{
		{DeliveryID: crm.DeliveryID, ActionID: "act_b", Action: "crm", Type: models.ActionWebhook, Schedule: models.DefaultRetrySchedule()},
		{DeliveryID: chat.DeliveryID, ActionID: "act_a", Action: "chat", Type: models.ActionWebhook, Schedule: []models.Duration{models.Duration(time.Hour)}},
	}}, plan), "in the form's order")
	recorded, err := json.Marshal(plan)
	require.NoError(t, err)
	require.NotContains(t, string(recorded), "ada@example.com", "history carries no personal data")

	lead := d.lead(t)
	require.Equal(t, models.StatusPending, lead.Status)
	require.Equal(t, 1, lead.RunSeq)
	require.True(t, lead.Qualification.Qualified)
	require.JSONEq(t, `{"email":"ada@example.com"}`, string(lead.FormData))
	require.Len(t, lead.Deliveries, 2)
	for _, delivery := range lead.Deliveries {
		require.Equal(t, models.DeliveryPending, delivery.Status)
		require.Equal(t, 1, delivery.RunSeq)
		require.True(t, delivery.CreatedAt.Equal(start.Add(time.Minute)))
	}
	require.Empty(t, cmp.Diff(plan, d.persist(t)), "a repeat returns the same plan")
	require.Empty(t, cmp.Diff(lead, d.lead(t)))
}

func TestPersistLeavesOutActionsWhoseConditionDoesNotHold(t *testing.T) {
	t.Parallel()
	d := newDesk(t, func(definition *models.FormDefinition) {
		definition.Actions[0].When = &models.Condition{Field: "signals.intent", Op: models.OpEq, Value: "browse"}
		definition.Actions[1].When = &models.Condition{Field: "qualified", Op: models.OpEq, Value: true}
	})
	plan := d.persist(t)
	require.Len(t, plan.Deliveries, 1)
	require.Equal(t, "chat", plan.Deliveries[0].Action)
	require.Len(t, d.lead(t).Deliveries, 1)
}

func TestAFinishedLeadIsNotDeliveredAgain(t *testing.T) {
	t.Parallel()
	d := newDesk(t, asItIs)
	plan := d.persist(t)
	var outcomes []models.DeliveryOutcome
	for _, delivery := range plan.Deliveries {
		outcomes = append(outcomes, models.DeliveryOutcome{
			DeliveryID: delivery.DeliveryID, Label: delivery.Label(), Attempts: 1, Verdict: models.Verdict{Outcome: models.OutcomeDelivered},
		})
	}
	outcomes[1].Verdict = models.Verdict{Outcome: models.OutcomeGiveUp, Code: models.ErrorGone, Message: "it is gone"}
	require.NoError(t, d.Finalize(t.Context(), activities.FinalizeInput{
		SubmissionID: "sub_1", RunSeq: 1, Conclusion: models.Conclusion{Outcomes: outcomes},
	}))
	require.Empty(t, cmp.Diff(models.Plan{
		Deliveries: []models.PlannedDelivery{}, Stored: true, Ended: true, Undelivered: outcomes[1:],
	}, d.persist(t)), "and how it ended is known")
}

func TestQualifyAndRoute(t *testing.T) {
	t.Parallel()
	d := newDesk(t, func(definition *models.FormDefinition) {
		definition.Qualification = &models.QualificationRules{
			Rules: []models.ScoringRule{
				{Name: "wants to buy", When: models.Condition{Field: "signals.intent", Op: models.OpEq, Value: "buy"}, Points: 40},
				{Name: "works at big", When: models.Condition{Field: "email", Op: models.OpContains, Value: "big.example"}, Points: 40},
			},
			Tiers: []models.Tier{{Name: "warm", Min: 40}, {Name: "cold"}}, QualifiedFrom: 50,
		}
	})
	team := models.Team{
		ID: "team_1", Name: "sales", Emails: []string{}, CreatedAt: start, UpdatedAt: start,
		Members: []models.Member{{TeamID: "team_1", Email: "ann@example.com", Weight: 1}},
	}
	require.NoError(t, d.store.CreateTeam(t.Context(), team))
	require.NoError(t, d.store.SaveRouting(t.Context(), models.Routing{Rules: []models.RoutingRule{
		{Name: "warm ones", When: models.Condition{Field: "tier", Op: models.OpEq, Value: "warm"}, Team: "team_1"},
	}, UpdatedAt: start}))

	result, err := d.Qualify(t.Context(), d.input(t))
	require.NoError(t, err)
	want := models.Qualification{Score: 40, Tier: "warm", Reasons: []models.Reason{{Rule: "wants to buy", Points: 40}}}
	require.Empty(t, cmp.Diff(want, result.Qualification))
	require.Equal(t, "team_1", result.TeamID)
	require.NotContains(t, fmt.Sprintf("%+v", result), "ada@example.com", "history carries no personal data")

	require.Equal(t, "sales", d.persist(t).Team)
	lead := d.lead(t)
	require.Equal(t, "ann@example.com", lead.Assignee)
	require.Equal(t, 40, lead.Score)
	require.Equal(t, "warm", lead.Tier)
}

func TestALeadWithoutRulesQualifiesWithoutPoints(t *testing.T) {
	t.Parallel()
	d := newDesk(t, asItIs)
	result, err := d.Qualify(t.Context(), d.input(t))
	require.NoError(t, err)
	require.Equal(t, models.Qualification{Qualified: true, Reasons: []models.Reason{}}, result.Qualification)
	require.Empty(t, result.TeamID)
}

func TestALeadThatDoesNotOpenIsNotStored(t *testing.T) {
	t.Parallel()
	d := newDesk(t, asItIs)
	fine := d.input(t)
	for name, c := range map[string]struct {
		in   activities.LeadInput
		want string
	}{
		"sealed for another lead": {activities.LeadInput{SubmissionID: "sub_2", RunSeq: 1, Lead: fine.Lead}, "open lead"},
		"no lead":                 {activities.LeadInput{SubmissionID: "sub_1", RunSeq: 1, Lead: d.keyring.Seal([]byte("x"), "sub_1")}, "open lead"},
		"of an unknown form": {activities.LeadInput{
			SubmissionID: "sub_1", RunSeq: 1, Lead: d.keyring.Seal([]byte(`{"id":"sub_1","formId":"form_9"}`), "sub_1"),
		}, "There is no such form version."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := d.Qualify(t.Context(), c.in)
			require.ErrorContains(t, err, c.want)
			_, err = d.Persist(t.Context(), activities.PersistInput{LeadInput: c.in})
			require.ErrorContains(t, err, c.want)
			_, err = d.store.Submission(t.Context(), c.in.SubmissionID)
			require.Equal(t, models.CodeNotFound, models.CodeOf(err))
		})
	}
}

func TestProgressIsWritten(t *testing.T) {
	t.Parallel()
	d := newDesk(t, asItIs)
	plan := d.persist(t)
	verdict := models.Verdict{Outcome: models.OutcomeRetry, HTTPStatus: 500, Code: models.ErrorHTTPStatus, Message: "it failed"}
	due := start.Add(time.Hour).In(time.FixedZone("", 3600))
	require.NoError(t, d.MarkRetrying(t.Context(), activities.RetryingInput{
		SubmissionID: "sub_1", RunSeq: 1, DeliveryID: plan.Deliveries[0].DeliveryID, Attempt: 1, Verdict: verdict, NextAttemptAt: due,
	}))
	lead := d.lead(t)
	require.Equal(t, models.StatusRetrying, lead.Status)
	waiting := lead.Deliveries[0]
	if waiting.ID != plan.Deliveries[0].DeliveryID {
		waiting = lead.Deliveries[1]
	}
	require.Equal(t, models.DeliveryRetrying, waiting.Status)
	require.Equal(t, "it failed", waiting.Error)
	require.True(t, waiting.NextAttemptAt.Equal(due))

	outcomes := make([]models.DeliveryOutcome, 2)
	for i, planned := range plan.Deliveries {
		outcomes[i] = models.DeliveryOutcome{DeliveryID: planned.DeliveryID, Label: planned.Label(), Attempts: 4, Verdict: verdict}
	}
	require.NoError(t, d.Finalize(t.Context(), activities.FinalizeInput{
		SubmissionID: "sub_1", RunSeq: 1, Conclusion: models.Conclusion{Outcomes: outcomes},
	}))
	lead = d.lead(t)
	require.Equal(t, models.StatusFailed, lead.Status)
	require.Contains(t, lead.FailureReason, "webhook crm: http_status: it failed (4 attempts)")
	require.True(t, lead.CompletedAt.Equal(start.Add(time.Minute)))
}
