package api

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"time"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"leadrail/internal/forms"
	"leadrail/internal/leads"
	"leadrail/models"
)

// captureArguments are a lead as a model sends it in.
type captureArguments struct {
	FormID         string            `json:"formId" jsonschema:"The form's id, form_…"`
	FormData       models.Document   `json:"formData,omitempty" jsonschema:"The visitor's answers by field name, as the formDataSchema of get_form says. Leave out what the visitor has not said; leave it out as a whole to have the visitor asked."`
	ConversationID string            `json:"conversationId,omitempty" jsonschema:"Your id of the conversation"`
	Signals        models.Document   `json:"signals,omitempty" jsonschema:"What you learnt about the visitor, such as {\"intent\":\"buy\"}, for scoring"`
	StartedAt      *models.Timestamp `json:"startedAt,omitempty" jsonschema:"When the visitor began to answer. Forms that guard against machines ask for it."`
	IdempotencyKey string            `json:"idempotencyKey,omitempty" jsonschema:"A text that you choose for this lead, unlike that of any other: at most 255 characters without blanks. Repeat a call with the same one, and it is one lead."`
	WaitSeconds    int               `json:"waitSeconds,omitempty" jsonschema:"Wait this long for the outcome of the deliveries, 0 to 30; 0 when absent"`
}

// Outcomes of capture_lead.
const (
	outcomeCaptured  = "captured"
	outcomeDeclined  = "declined"
	outcomeCancelled = "cancelled"
)

// captured is what became of a call of capture_lead.
type captured struct {
	Outcome       string        `json:"outcome" jsonschema:"captured, or declined or cancelled where the visitor was asked and did not answer"`
	Message       string        `json:"message" jsonschema:"What to tell the visitor, or what to do next"`
	SubmissionID  string        `json:"submissionId,omitempty" jsonschema:"The lead's id, for submission_status"`
	Status        models.Status `json:"status,omitempty" jsonschema:"pending: accepted, nothing more to do. With waitSeconds also completed or failed."`
	FailureReason *string       `json:"failureReason,omitempty" jsonschema:"Which deliveries gave up, and why. The lead itself is kept."`
	Repeated      bool          `json:"repeated,omitempty" jsonschema:"Whether an earlier call had captured this lead"`
	ClientHandler string        `json:"clientHandler,omitempty" jsonschema:"The handler in the visitor's page that has a part in this lead"`
	ClientToken   string        `json:"clientToken,omitempty" jsonschema:"What that handler reports its result with"`

	asks *mcp.CallToolResult
}

// Asks is the question to the visitor that comes before an outcome; nil for none.
func (c captured) Asks() *mcp.CallToolResult { return c.asks }

func captureTool(d Dependencies) mcpTool {
	gentle, open := false, true
	return newTool(models.ScopeSubmit, mcp.Tool{
		Name: "capture_lead", Title: "Capture a lead",
		Description: "Sends a filled-in lead form in. The lead is stored for good, then scored, routed and delivered. " +
			"Without formData, or where answers are missing or wrong, the visitor is asked to fill the form in, if the client can show forms. " +
			"An error says for each field what is wrong: ask the visitor for those, and call again. Never make answers up. " +
			"After a call whose answer was lost, call again with the same idempotencyKey: it stays one lead.",
		Annotations: &mcp.ToolAnnotations{DestructiveHint: &gentle, OpenWorldHint: &open},
	}, (&capture{forms: d.Forms, leads: d.Leads}).use)
}

// capture is the use of capture_lead.
type capture struct {
	forms *forms.Service
	leads *leads.Service
}

func (t *capture) use(ctx context.Context, req *mcp.CallToolRequest, in captureArguments) (captured, error) {
	so := roundsOf(req, t.leads.Now())
	answer, err := answerOf(req)
	if err != nil {
		return captured{}, err
	}
	switch {
	case answer == nil && canAsk(req) && isEmpty(in.FormData):
		if known, found, err := t.recall(ctx, in); err != nil || found {
			return known, err
		}
		if err := t.leads.Object(ctx, in.lead()); err != nil {
			return captured{}, err
		}
		if asked, err := t.ask(ctx, in, so, nil); err != nil || asked.asks != nil {
			return asked, err
		}
	case answer == nil:
	case answer.Action == actionAccept:
		if in, err = in.with(answer.Content, so.began); err != nil {
			return captured{}, err
		}
	default:
		return unanswered(answer.Action), nil
	}
	out, err := t.leads.Capture(ctx, in.lead())
	if refused := invalid(err); refused != nil && canAsk(req) {
		asked, unasked := t.ask(ctx, in, so, refused.Fields)
		if asked.asks != nil || invalid(unasked) != nil {
			return asked, unasked
		}
		// Where nobody can be asked for another reason, the model learns what is wrong.
	}
	if err != nil {
		return captured{}, err
	}
	return capturedOf(out), nil
}

// recall is the outcome of an earlier call under the caller's idempotency key: its
// visitor was asked already. A key that is made of the arguments is of no use here,
// because the answers are among them.
func (t *capture) recall(ctx context.Context, in captureArguments) (known captured, found bool, err error) {
	if in.IdempotencyKey == "" {
		return captured{}, false, nil
	}
	out, found, err := t.leads.Recall(ctx, in.lead())
	known = capturedOf(out)
	known.Message = "The lead of this idempotencyKey was captured before, so the visitor was not asked. For another lead choose another key."
	return known, found, err
}

// invalid is the error of a lead that has problems; nil for any other.
func invalid(err error) *models.Error {
	if coded, ok := errors.AsType[*models.Error](err); ok && coded.Code == models.CodeInvalid {
		return coded
	}
	return nil
}

// with adds what the visitor answered to what the model knew.
func (in captureArguments) with(answers map[string]any, startedAt time.Time) (captureArguments, error) {
	known, err := in.FormData.Object()
	if err != nil {
		return in, models.InvalidField("formData", "type", "This is a JSON object.")
	}
	maps.Copy(known, answers)
	if in.StartedAt == nil {
		began := models.At(startedAt)
		in.StartedAt = &began
	}
	in.FormData, err = models.NewDocument(known)
	return in, err
}

// lead is the submission.
func (in captureArguments) lead() leads.CaptureInput {
	lead := leads.CaptureInput{
		IdempotencyKey: in.key(), FormID: in.FormID, ConversationID: in.ConversationID,
		FormData: in.FormData, Signals: in.Signals, StartedAt: in.StartedAt,
	}
	if in.WaitSeconds > 0 {
		lead.Prefer = fmt.Sprintf("wait=%d", in.WaitSeconds)
	}
	return lead
}

// key is the caller's idempotency key. Without one it follows from the arguments,
// where they name the conversation: who sends the same once more in the same
// conversation did not hear the answer.
func (in captureArguments) key() string {
	if in.IdempotencyKey != "" || in.ConversationID == "" {
		return in.IdempotencyKey
	}
	in.WaitSeconds = 0
	arguments, err := models.NewDocument(in)
	if err != nil {
		return "" // a document that is none, and so refused
	}
	return fmt.Sprintf("mcp:%x", sha256.Sum256(arguments))
}

func capturedOf(out leads.CaptureOutput) captured {
	answer := captured{
		Outcome: outcomeCaptured, Message: cmp.Or(out.SuccessMessage, "The lead is accepted."),
		SubmissionID: out.SubmissionID, Status: out.Status, Repeated: out.Repeated(),
	}
	if work := out.ClientWork; work != nil {
		answer.ClientHandler, answer.ClientToken = work.ClientHandler, work.ClientToken
	}
	if out.Submission != nil {
		answer.FailureReason = out.FailureReason
	}
	return answer
}

// unanswered is the outcome of a question that the visitor did not answer.
func unanswered(action string) captured {
	if action == actionDecline {
		return captured{Outcome: outcomeDeclined, Message: "The visitor declined to fill the form in. Do not ask again unless they come back to it."}
	}
	return captured{Outcome: outcomeCancelled, Message: "The visitor closed the form without an answer. Go on with the conversation; you may offer it again later."}
}
