package activities_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"leadrail/activities"
	"leadrail/internal/store"
	"leadrail/internal/webhook"
	"leadrail/models"
)

const slackURL = "https://hooks.slack.example.com/services/T1/B2/private-path"

// slackJob is the mail's lead, whose action is a Slack message.
func (y *try) slackJob(template string) store.Job {
	job := aMailJob()
	job.Definition.Actions[0] = models.Action{ID: "act_1", Name: "sales", Type: models.ActionSlack, MessageTemplate: template}
	job.Destination = models.Destination{
		ActionID: "act_1", Type: models.ActionSlack, SealedURL: y.keyring.Seal([]byte(slackURL), "act_1"), Enabled: true,
	}
	return job
}

func (y *try) slack() *activities.Slack {
	return &activities.Slack{
		Store: y, Client: poster{y}, Sealed: y.keyring, Log: y.activity().Log, Now: now,
		ConversationURL: "https://chat.example.com/{conversationId}?a=1&b=2", LeadURL: "https://leads.example.com/{submissionId}",
	}
}

// deliverSlack makes the second attempt of run 3.
func (y *try) deliverSlack(t *testing.T, job store.Job) models.Verdict {
	t.Helper()
	y.find = func(string) (models.Destination, error) { return job.Destination, nil }
	y.open = func(attempt models.Attempt) (store.Job, error) {
		job.Attempt = attempt
		return job, nil
	}
	slack := y.slack()
	y.env.RegisterActivity(slack)
	result, err := y.env.ExecuteActivity(slack.DeliverSlack, activities.DeliverInput{
		DeliveryID: "dlv_1", RunSeq: 3, N: 2, Trigger: models.TriggerSchedule,
	})
	require.NoError(t, err)
	var verdict models.Verdict
	require.NoError(t, result.Get(&verdict))
	return verdict
}

// message is the text that Slack gets of a job.
func message(t *testing.T, change func(job *store.Job)) string {
	t.Helper()
	y := newTry(t)
	job := y.slackJob("")
	change(&job)
	require.True(t, y.deliverSlack(t, job).Delivered())
	require.Len(t, y.requests, 1)
	var body struct {
		Text string `json:"text"`
	}
	require.NoError(t, json.Unmarshal(y.requests[0].Body, &body))
	return body.Text
}

// written is the text that a template makes of the lead whose note is given.
func written(t *testing.T, template, note string) string {
	t.Helper()
	return message(t, func(job *store.Job) {
		data, err := models.NewDocument(map[string]any{"email": "ada@example.com", "name": note})
		require.NoError(t, err)
		job.Submission.FormData = data
		job.Definition.Actions[0].MessageTemplate = template
	})
}

func TestASlackMessageIsARequestLikeOthers(t *testing.T) {
	t.Parallel()
	y := newTry(t)
	y.post = func(context.Context, webhook.Request) webhook.Response { return answered(200) }
	verdict := y.deliverSlack(t, y.slackJob("New lead {{email}}"))
	require.Equal(t, models.Verdict{Outcome: models.OutcomeDelivered, HTTPStatus: 200}, verdict)
	require.Equal(t, []webhook.Request{{
		URL: slackURL, ID: "dlv_1", AcceptAny: true, Now: start,
		Body: []byte(`{"text":"New lead ada@example.com","unfurl_links":false,"unfurl_media":false}`),
	}}, y.requests)
	require.Equal(t, []string{"open", "post", "close"}, y.journal)
	require.Equal(t, "192.0.2.1:443", y.closed[0].Address)
	require.Equal(t, int64(120), y.closed[0].DurationMS)
	y.requireSilent(t)
}

func TestSlackMessageWithoutATemplate(t *testing.T) {
	t.Parallel()
	const links = "\n<https://leads.example.com/sub_1|Open the lead>\n<https://chat.example.com/conv%2F1?a=1&amp;b=2|Read the conversation>"
	require.Equal(t, "*New lead: contact*\n*Your name:* Ada Example\n*Work email:* ada@example.com"+links, message(t, func(*store.Job) {}))
	require.Equal(t, "[Test] *New lead: contact*\n*Work &amp; email:* ada@example.com\n<https://leads.example.com/sub_1|Open the lead>",
		message(t, func(job *store.Job) {
			job.Test = true
			job.Submission.ConversationID = ""
			job.Submission.FormData = models.Document(`{"email":"ada@example.com"}`)
			job.Definition.Fields[1].Label = "Work & email"
		}))
}

func TestSlackPlaceholders(t *testing.T) {
	t.Parallel()
	for template, want := range map[string]string{
		"{{formName}}: {{ score }} {{tier}}, {{team}}/{{assignee}}": "contact: 72 hot, Sales/cleo@example.com",
		"<{{leadUrl}}|Lead> <{{conversationUrl}}|Chat>":             "<https://leads.example.com/sub_1|Lead> <https://chat.example.com/conv%2F1?a=1&amp;b=2|Chat>",
		"*{{email}}* <!here> & {{nobody}}.":                         "*ada@example.com* <!here> & .",
		"{{ }} {{not a name}} {name}":                               "{{ }} {{not a name}} {name}",
	} {
		require.Equal(t, want, written(t, template, "Ada"))
	}
	require.Equal(t, "plenty/", message(t, func(job *store.Job) {
		job.Definition.Actions[0].MessageTemplate = "{{score}}/{{tier}}"
		job.Definition.Fields = append(job.Definition.Fields, models.Field{Name: "score"}, models.Field{Name: "tier"})
		job.Submission.FormData = models.Document(`{"score":"plenty"}`)
	}), "a field comes before a name of ours")
	require.Equal(t, "|", message(t, func(job *store.Job) {
		job.Definition.Actions[0].MessageTemplate = "{{score}}|{{tier}}"
		job.Definition.Qualification = nil
	}), "a form that does not score")
}

func TestValuesAreNoMarkup(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ value, want string }{
		"entities":                {`a < b & c > d`, `a &lt; b &amp; c &gt; d`},
		"an entity":               {`&lt;!here&gt;`, `&amp;lt;!here&amp;gt;`},
		"a mention":               {`<!channel> <@U123>`, `&lt;!channel&gt; &lt;@U123&gt;`},
		"a mention by name":       {"@here @Channel @everyone @hereby a@here.example", "@\u2060here @\u2060Channel @\u2060everyone @hereby a@\u2060here.example"},
		"a link":                  {`<https://evil.example|https://bank.example>`, "&lt;https:\u2060//evil.\u2060example|https:\u2060//bank.\u2060example&gt;"},
		"a bare link":             {`HTTPS://evil.example/a?b&c`, "HTTPS:\u2060//evil.\u2060example/a?b&amp;c"},
		"a bare domain":           {"evil.example, www.evil.example/a.html; münchen.example.", "evil.\u2060example, www.\u2060evil.\u2060example/a.\u2060html; münchen.\u2060example."},
		"an address":              {"ada.b+c@mail.example.com,evil.example", "ada.b+c@mail.example.com,evil.\u2060example"},
		"numbers and sentences":   {"1.5 and 10.0.0.1. Then 3.", "1.5 and 10.0.0.1. Then 3."},
		"a placeholder":           {`{{email}} {{formName}}`, `{{email}} {{formName}}`},
		"control characters":      {"a\x00\x07\x1b[1mb\u0085c\td\u202ee\u2066f", "a[1mbc\tdef"},
		"lines":                   {"a\r\nb\rc\nd", "a\nb\nc\nd"},
		"text from right to left": {"مرحبا 😀", "مرحبا 😀"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.want, written(t, "{{name}}", c.value))
		})
	}
}

func TestALongSlackMessageIsCut(t *testing.T) {
	t.Parallel()
	require.Equal(t, strings.Repeat("é", 3000), written(t, "{{name}}", strings.Repeat("é", 3000)))
	require.Equal(t, strings.Repeat("é", 2999)+"…", written(t, "{{name}}", strings.Repeat("é", 3001)))
	require.Equal(t, strings.Repeat("é", 2997)+"…", written(t, "{{name}}", strings.Repeat("é", 2997)+"&&"), "no half of an entity")
	require.Equal(t, strings.Repeat("é", 2995)+"…", written(t, "{{name}}<{{leadUrl}}|Lead>", strings.Repeat("é", 2995)), "no half of a link")
}

func TestSlackSaysWhyInWords(t *testing.T) {
	t.Parallel()
	for answer, want := range map[string]string{
		"no_service":                        "make one and send the action its URL",
		"channel_is_archived\n":             "The channel is archived",
		"channel_not_found":                 "The channel does not exist",
		"invalid_payload":                   "check the message template",
		"invalid_token":                     "send the action a new one",
		"user_not_found":                    "is not in the workspace",
		"team_disabled":                     "has closed it",
		"posting_to_general_channel_denied": "An administrator of the workspace",
		"ada@example.com":                   "the endpoint answered with an error",
	} {
		t.Run(answer, func(t *testing.T) {
			t.Parallel()
			y := newTry(t)
			y.post = func(context.Context, webhook.Request) webhook.Response {
				response := answered(404)
				response.Excerpt = answer
				return response
			}
			verdict := y.deliverSlack(t, y.slackJob(""))
			require.Equal(t, models.OutcomeRetry, verdict.Outcome)
			require.Equal(t, 404, verdict.HTTPStatus)
			require.Contains(t, verdict.Message, want)
			require.NotContains(t, verdict.Message, "ada@example.com")
			require.Equal(t, answer, y.closed[0].Response)
		})
	}
}

func TestASlackWebhookThatIsGoneIsSwitchedOff(t *testing.T) {
	t.Parallel()
	y := newTry(t)
	y.post = func(context.Context, webhook.Request) webhook.Response {
		return webhook.Response{
			Verdict: models.Verdict{Outcome: models.OutcomeDisable, HTTPStatus: 410, Code: models.ErrorGone, Message: "it is gone"},
		}
	}
	y.disable = func(actionID, reason string, _ time.Time) error {
		require.Equal(t, "act_1", actionID)
		require.Equal(t, "it is gone", reason)
		return nil
	}
	require.Equal(t, models.ErrorGone, y.deliverSlack(t, y.slackJob("")).Code)
	require.Equal(t, []string{"open", "post", "close", "disable"}, y.journal)
}
