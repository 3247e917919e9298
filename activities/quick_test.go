package activities_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"leadrail/models"
)

// What else a run does would wait for an attempt within the workflow task.
func TestOnlyAWebhookThatIsAloneIsPlannedForTheWorkflowTask(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		actions []models.Action
		quick   bool
		want    bool
	}{
		"a quick endpoint":         {[]models.Action{{ID: "act_b", Name: "crm", Type: models.ActionWebhook}}, true, true},
		"one that is not, so far":  {[]models.Action{{ID: "act_b", Name: "crm", Type: models.ActionWebhook}}, false, false},
		"a mail":                   {[]models.Action{{ID: "act_b", Name: "sales", Type: models.ActionEmail}}, true, false},
		"a webhook beside another": {[]models.Action{{ID: "act_b", Name: "crm", Type: models.ActionWebhook}, {ID: "act_a", Name: "chat", Type: models.ActionWebhook}}, true, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t, func(definition *models.FormDefinition) { definition.Actions = c.actions })
			d.Quick = func(actionID string) bool { return c.quick && actionID == "act_b" }
			require.Equal(t, c.want, d.persist(t).Deliveries[0].Quick)
		})
	}
}
