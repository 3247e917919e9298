package api_test

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/modelcontextprotocol/go-sdk/mcp"
	"github.com/stretchr/testify/require"

	"leadrail/internal/forms"
	"leadrail/internal/store"
	"leadrail/models"
)

// visitor answers each question with the next of its answers, and keeps the
// questions.
type visitor struct {
	t       *testing.T
	answers []*mcp.ElicitResult
	asked   []*mcp.ElicitParams
}

func (v *visitor) answer(question *mcp.ElicitParams) *mcp.ElicitResult {
	require.Less(v.t, len(v.asked), len(v.answers), "asked once too often: %s", question.Message)
	v.asked = append(v.asked, question)
	return v.answers[len(v.asked)-1]
}

func accepting(answers object) *mcp.ElicitResult {
	return &mcp.ElicitResult{Action: "accept", Content: answers}
}

func TestTheVisitorIsAskedForTheForm(t *testing.T) {
	t.Parallel()
	s := newService(t)
	form := s.create(t, aTalk())
	v := &visitor{t: t, answers: []*mcp.ElicitResult{accepting(object{"email": "a@b.example", "seats": 5, "plan": "pro", "topics": []any{"help"}})}}
	lead := use(t, s.connect(t, adminKey, v.answer), "capture_lead", object{"formId": form, "conversationId": "conv_1"})
	require.Equal(t, "captured", lead["outcome"])
	require.Equal(t, "Thanks!", lead["message"])

	require.Equal(t, "form", v.asked[0].Mode)
	require.Equal(t, "Talk to sales", v.asked[0].Message)
	require.Empty(t, cmp.Diff(object{
		"type": "object", "required": []any{"email"},
		"properties": object{
			"email":  object{"type": "string", "format": "email", "title": "Work email"},
			"seats":  object{"type": "number", "minimum": 1.0, "title": "Seats"},
			"plan":   object{"type": "string", "title": "plan", "default": "free", "oneOf": []any{object{"const": "free", "title": "Free"}, object{"const": "pro", "title": "Pro"}}},
			"topics": object{"type": "array", "title": "topics", "items": object{"anyOf": []any{object{"const": "price", "title": "Price"}, object{"const": "help", "title": "Help"}}}},
			"phone":  object{"type": "string", "title": "phone"},
		},
	}, v.asked[0].RequestedSchema), "flat, and without the trap for machines")

	stored := s.read(t, http.StatusOK, http.MethodGet, "/v1/submissions/"+lead["submissionId"].(string))
	require.Equal(t, object{"email": "a@b.example", "seats": 5.0, "plan": "pro", "topics": []any{"help"}}, stored["formData"])
	require.Equal(t, "conv_1", stored["conversationId"])
	began, err := time.Parse(time.RFC3339, stored["startedAt"].(string))
	require.NoError(t, err)
	require.WithinDuration(t, start, began, time.Minute, "when the visitor was asked")
}

func TestWhatIsKnownIsFilledInAndAskedAgainUntilItIsRight(t *testing.T) {
	t.Parallel()
	s := newService(t)
	form := s.create(t, aTalk())
	v := &visitor{t: t, answers: []*mcp.ElicitResult{
		accepting(object{"email": "nobody", "seats": 30, "plan": "free"}),
		accepting(object{"email": "a@b.example", "seats": 30, "phone": "+44 20 7946 0958", "plan": "free"}),
	}}
	lead := use(t, s.connect(t, adminKey, v.answer), "capture_lead", object{"formId": form, "formData": object{"seats": 30, "plan": "gold", "topics": []string{"help"}}})
	require.Equal(t, "captured", lead["outcome"])

	first := v.asked[0].RequestedSchema.(object)["properties"].(object)
	require.InDelta(t, 30, first["seats"].(object)["default"], 0)
	require.Equal(t, []any{"help"}, first["topics"].(object)["default"])
	require.NotContains(t, first["plan"], "default", "it is none of the choices")
	require.Contains(t, v.asked[0].Message, "Work email is required.")
	require.Equal(t, "nobody", v.asked[1].RequestedSchema.(object)["properties"].(object)["email"].(object)["default"])
	require.Contains(t, v.asked[1].Message, "phone is required.", "it is shown for so many seats")

	stored := s.read(t, http.StatusOK, http.MethodGet, "/v1/submissions/"+lead["submissionId"].(string))
	require.Equal(t, object{
		"email": "a@b.example", "seats": 30.0, "phone": "+44 20 7946 0958", "plan": "free", "topics": []any{"help"},
	}, stored["formData"])
}

func TestAVisitorTakesAwayWhatTheModelTookForKnown(t *testing.T) {
	t.Parallel()
	s := newService(t)
	form := s.create(t, aTalk())
	v := &visitor{t: t, answers: []*mcp.ElicitResult{accepting(object{"email": "a@b.example", "topics": []any{}})}}
	lead := use(t, s.connect(t, adminKey, v.answer), "capture_lead",
		object{"formId": form, "formData": object{"seats": 3, "topics": []string{"help"}}})
	stored := s.read(t, http.StatusOK, http.MethodGet, "/v1/submissions/"+lead["submissionId"].(string))
	require.Equal(t, object{"email": "a@b.example", "seats": 3.0, "plan": "free"}, stored["formData"])
}

func TestAVisitorIsNotAskedForEver(t *testing.T) {
	t.Parallel()
	s := newService(t)
	form := s.create(t, aTalk())
	wrong := accepting(object{"email": "nobody"})
	v := &visitor{t: t, answers: []*mcp.ElicitResult{wrong, wrong, wrong}}
	said := misuse(t, s.connect(t, adminKey, v.answer), "capture_lead", object{"formId": form})
	require.Len(t, v.asked, 3)
	require.Equal(t, []string{"formData.email email"}, problemsOf(said))
}

func TestAVisitorWhoDoesNotAnswerIsAnOutcome(t *testing.T) {
	t.Parallel()
	for action, outcome := range map[string]string{"decline": "declined", "cancel": "cancelled"} {
		s := newService(t)
		form := s.create(t, aTalk())
		v := &visitor{t: t, answers: []*mcp.ElicitResult{{Action: action}}}
		said := use(t, s.connect(t, adminKey, v.answer), "capture_lead", object{"formId": form})
		require.Equal(t, outcome, said["outcome"])
		require.Contains(t, said["message"], "visitor")
		require.NotContains(t, said, "submissionId")
		require.Empty(t, s.read(t, http.StatusOK, http.MethodGet, "/v1/submissions")["data"])
	}
}

func TestNobodyIsAskedWhereItDoesNotHelp(t *testing.T) {
	t.Parallel()
	s := newService(t)
	form := s.create(t, aTalk())
	off := aForm("off")
	off["enabled"] = false
	closed := s.create(t, off)
	client := s.connect(t, adminKey, (&visitor{t: t}).answer)
	for name, c := range map[string]struct {
		arguments object
		code      string
	}{
		"no form":                  {object{"formId": "form_none"}, "not_found"},
		"a form that is off":       {object{"formId": closed}, "form_disabled"},
		"a mistake of the model's": {object{"formId": form, "formData": object{"email": "a@b.example"}, "conversationId": "a\nb"}, "invalid"},
		"a field that is not":      {object{"formId": form, "formData": object{"mail": "a@b.example"}}, "invalid"},
	} {
		require.Equal(t, c.code, misuse(t, client, "capture_lead", c.arguments)["code"], name)
	}
	use(t, client, "capture_lead", object{"formId": form, "formData": object{"email": "a@b.example"}})
}

func TestFilesAndSecretsAreNotAskedFor(t *testing.T) {
	t.Parallel()
	s := newService(t)
	client := func(v *visitor) *mcp.ClientSession { return s.connect(t, adminKey, v.answer) }
	for name, field := range map[string]object{
		"a file":     {"name": "cv", "type": "file"},
		"an image":   {"name": "photo", "type": "image"},
		"a password": {"name": "user_password", "type": "text"},
		"a card":     {"name": "payment", "label": "Credit card", "type": "text"},
		"a code":     {"name": "cvv", "type": "number"},
		"an account": {"name": "refund_to", "label": "Bank account number", "type": "text"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			form := aForm("form_" + field["name"].(string))
			form["fields"] = append(form["fields"].([]object), field)
			v := &visitor{t: t, answers: []*mcp.ElicitResult{accepting(object{"email": "a@b.example"})}}
			use(t, client(v), "capture_lead", object{"formId": s.create(t, form)})
			require.NotContains(t, v.asked[0].RequestedSchema.(object)["properties"], field["name"])

			needed := aForm("needs_" + field["name"].(string))
			field["validation"] = object{"required": object{"value": true}}
			needed["fields"] = append(needed["fields"].([]object), field)
			said := misuse(t, client(&visitor{t: t}), "capture_lead", object{"formId": s.create(t, needed)})
			require.Equal(t, "needs_page", said["code"])
			require.Equal(t, []string{"formData." + field["name"].(string) + " needs_page"}, problemsOf(said))
		})
	}
}

// Whatever stands in the way of asking, the model learns of every problem.
func TestNoProblemIsLostWhereTheVisitorCannotBeAsked(t *testing.T) {
	t.Parallel()
	s := newService(t)
	required := object{"required": object{"value": true}}
	form := s.create(t, object{"agentId": "agent_site", "name": "apply", "fields": []object{
		{"name": "email", "type": "email", "validation": required}, {"name": "cv", "type": "file", "validation": required},
	}})
	client := s.connect(t, adminKey, (&visitor{t: t}).answer)
	said := misuse(t, client, "capture_lead", object{"formId": form, "formData": object{"email": "nobody"}})
	require.Equal(t, "needs_page", said["code"])
	require.Equal(t, []string{"formData.cv needs_page", "formData.email email"}, problemsOf(said))

	talk := s.create(t, aTalk())
	s.dependencies.Forms.Store = noForms{s.dependencies.Forms.Store}
	said = misuse(t, client, "capture_lead", object{"formId": talk, "formData": object{"email": "nobody"}})
	require.Equal(t, "invalid", said["code"])
	require.Equal(t, []string{"formData.email email"}, problemsOf(said))
}

// noForms is a database that does not answer; who takes leads has the forms in memory.
type noForms struct{ forms.Store }

func (noForms) Form(context.Context, string) (store.FormRecord, error) {
	return store.FormRecord{}, models.Errorf(models.CodeUnavailable, "The database does not answer.")
}

// What a visitor answers is lost where the call was wrong all along.
func TestNobodyIsAskedForALeadThatIsRefusedWhateverTheyAnswer(t *testing.T) {
	t.Parallel()
	s := newService(t)
	form := s.create(t, aTalk())
	client := s.connect(t, adminKey, (&visitor{t: t}).answer)
	for name, c := range map[string]struct {
		arguments object
		code      string
		problems  []string
	}{
		"a conversation of two lines":  {object{"conversationId": "a\nb"}, "invalid", []string{"conversationId invalid"}},
		"signals that are a text":      {object{"signals": "buy"}, "invalid", []string{"signals type"}},
		"a start in the future":        {object{"startedAt": "2036-01-01T00:00:00Z"}, "invalid", []string{"startedAt implausible"}},
		"an idempotency key of blanks": {object{"idempotencyKey": "a b"}, "invalid_idempotency_key", nil},
	} {
		c.arguments["formId"] = form
		said := misuse(t, client, "capture_lead", c.arguments)
		require.Equal(t, c.code, said["code"], name)
		require.Equal(t, c.problems, problemsOf(said), name)
	}
}

// The answer to the first call was lost, and the visitor has done their part.
func TestAVisitorIsNotAskedTwiceForOneLead(t *testing.T) {
	t.Parallel()
	s := newService(t)
	lead := object{"formId": s.create(t, aTalk()), "idempotencyKey": "order-7"}
	v := &visitor{t: t, answers: []*mcp.ElicitResult{accepting(object{"email": "a@b.example"})}}
	first := use(t, s.connect(t, adminKey, v.answer), "capture_lead", lead)
	second := use(t, s.connect(t, adminKey, v.answer), "capture_lead", lead)
	require.Equal(t, first["submissionId"], second["submissionId"])
	require.Contains(t, second["message"], "choose another key")
	require.Equal(t, true, second["repeated"])

	elsewhere := maps.Clone(lead)
	elsewhere["conversationId"] = "conv_2"
	said := misuse(t, s.connect(t, adminKey, (&visitor{t: t}).answer), "capture_lead", elsewhere)
	require.Equal(t, "idempotency_key_reused", said["code"], "it is another visitor's lead")

	_, other := s.key(t, secretKey([]string{"submit"}))
	v = &visitor{t: t, answers: []*mcp.ElicitResult{{Action: "decline"}}}
	require.Equal(t, "declined", use(t, s.connect(t, other, v.answer), "capture_lead", lead)["outcome"], "it is another's key")
	require.Len(t, s.read(t, http.StatusOK, http.MethodGet, "/v1/submissions")["data"], 1)
}

// A client of an older revision cannot be asked without a session: its model is told
// what to ask.
func TestAnOlderClientIsNotAsked(t *testing.T) {
	t.Parallel()
	s := newService(t)
	form := s.create(t, aTalk())
	for _, revision := range []string{"2025-03-26", "2025-06-18", "2025-11-25"} {
		call := `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"capture_lead","arguments":{"formId":"` + form + `"},
			"_meta":{"io.modelcontextprotocol/clientCapabilities":{"elicitation":{}}}}}`
		status, _, body := s.speak(t, call, with("Mcp-Protocol-Version", revision))
		require.Equal(t, http.StatusOK, status)
		var answer struct {
			Result mcp.CallToolResult `json:"result"`
		}
		require.NoError(t, json.Unmarshal([]byte(body), &answer))
		require.True(t, answer.Result.IsError)
		require.Equal(t, []string{"formData required", "formData.email required"}, problemsOf(answer.Result.StructuredContent.(object)["error"].(object)))
	}
}

func TestAnAnswerToNoQuestionIsRefused(t *testing.T) {
	t.Parallel()
	s := newService(t)
	form := s.create(t, aTalk())
	client := s.connect(t, adminKey, (&visitor{t: t}).answer)
	for name, answers := range map[string]mcp.InputResponseMap{
		"to another question": {"other": accepting(object{"email": "a@b.example"})},
		"of another kind":     {"form": &mcp.ElicitResult{Action: "perhaps"}},
	} {
		result, err := client.CallTool(t.Context(), &mcp.CallToolParams{Name: "capture_lead", Arguments: object{"formId": form}, InputResponses: answers})
		require.NoError(t, err)
		require.True(t, result.IsError, name)
		require.Equal(t, "malformed", result.StructuredContent.(object)["error"].(object)["code"])
	}
}

func TestAnAnsweredQuestionThatIsSentAgainIsOneLead(t *testing.T) {
	t.Parallel()
	s := newService(t)
	form := s.create(t, aTalk())
	client := s.connect(t, adminKey, (&visitor{t: t}).answer)
	call := &mcp.CallToolParams{
		Name: "capture_lead", Arguments: object{"formId": form, "conversationId": "conv_1"},
		InputResponses: mcp.InputResponseMap{"form": accepting(object{"email": "a@b.example"})}, RequestState: "1 1795339790000",
	}
	first, err := client.CallTool(t.Context(), call)
	require.NoError(t, err)
	second, err := client.CallTool(t.Context(), call)
	require.NoError(t, err)
	require.Equal(t, first.StructuredContent.(object)["submissionId"], second.StructuredContent.(object)["submissionId"])
}
